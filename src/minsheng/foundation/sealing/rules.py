"""Normal forms: two ways of writing one number give one blind index. Pure text work, no keys, no ciphers."""

from collections.abc import Callable

from minsheng.foundation.sealing.types import INDEXABLE, LAST_FOUR_INDEXABLE, SealedColumn, ValueKind

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"
# Full-width ASCII (U+FF01…U+FF5E) to half width; every blank and dash that a keyboard or a PDF may put in is dropped.
_PLAIN = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_DROPPED = dict.fromkeys(map(ord, " \t\r\n\u00a0\u2002\u2003\u2009\u200b\u3000\ufeff-‐‑‒–—―−－·"))
_TRANSLATION = {**_PLAIN, **_DROPPED}
_SHORTEST_INDEXED = 7  # a land line without its area code; anything shorter can be guessed in an instant


class UnableToIndex(ValueError):
    """A blind index was refused: the column or the value holds too few possibilities, or is empty."""


def _plain(value: str) -> str:
    return value.translate(_TRANSLATION).upper()


def id_check_character(first_seventeen: str) -> str:
    """This function will return the check character of an 18-character id number (GB 11643-1999, ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(first_seventeen, _WEIGHTS, strict=True))
    return _CHECK_CHARACTERS[total % 11]


def normal_id_number(value: str) -> str:
    """This function will return one form for an id number: half width, no blanks, capital X, 15 digits made 18.

    Numbers of the first generation have 15 digits: a two-digit year of the 20th century and no check character
    (GB 11643-1989). Nothing is judged valid or invalid here; other certificates pass through in plain capitals.
    """
    if len(value) == 18 and value.isascii() and value.isdigit():
        return value
    plain = _plain(value)
    if len(plain) == 15 and plain.isascii() and plain.isdigit():
        seventeen = f"{plain[:6]}19{plain[6:]}"
        return seventeen + id_check_character(seventeen)
    return plain


def normal_disability_certificate(value: str) -> str:
    """This function will return one form for a 残疾人证号: the id number in normal form, class and grade digits."""
    return _plain(value)


def normal_phone(value: str) -> str:
    """This function will return one form for a telephone number: digits only, without the country code 86."""
    if len(value) == 11 and value.isascii() and value.isdigit():
        return value
    plain = _plain(value).replace("(", "").replace(")", "").replace(".", "")
    for prefix in ("+86", "0086"):
        if plain.startswith(prefix):
            return plain[len(prefix) :]
    if len(plain) == 13 and plain.startswith("861"):
        return plain[2:]
    return plain


def normal_bank_card(value: str) -> str:
    """This function will return one form for a bank card number: digits only."""
    if value.isascii() and value.isdigit():
        return value
    return _plain(value)


_NORMAL_FORMS: dict[ValueKind, Callable[[str], str]] = {
    ValueKind.ID_NUMBER: normal_id_number,
    ValueKind.DISABILITY_CERTIFICATE: normal_disability_certificate,
    ValueKind.PHONE: normal_phone,
    ValueKind.BANK_CARD: normal_bank_card,
    ValueKind.ALIAS: str,
}


def normal_form(context: SealedColumn) -> Callable[[str], str]:
    """This function will return the normaliser of an indexable column, or refuse a column with too few values."""
    if context.kind not in INDEXABLE:
        raise UnableToIndex(
            f"{context.name} 不能建盲索引：只有少数几种取值，索引相同就等于公开内容。请先按人查到，再解密查看。"
        )
    return _NORMAL_FORMS[context.kind]


def indexed_text(context: SealedColumn, value: str) -> str:
    """This function will return the normal form that is indexed, or refuse one that is empty or short."""
    text = normal_form(context)(value)
    if len(text) < _SHORTEST_INDEXED:
        raise UnableToIndex(f"{context.name} 的内容少于 {_SHORTEST_INDEXED} 位，不能建索引。请核对是否录入完整。")
    return text


def last_four(context: SealedColumn, value: str) -> str:
    """This function will return the last four digits of a telephone or card number, the only tails that are indexed.

    The tail of an id number is refused: beside a date of birth it completes the whole number.
    """
    if context.kind not in LAST_FOUR_INDEXABLE:
        raise UnableToIndex(f"{context.name} 不能按后四位查询：只有电话和银行卡可以。请输入完整号码查询。")
    tail = normal_form(context)(value)[-4:]
    if len(tail) < 4:
        raise UnableToIndex(f"{context.name} 需要完整的后四位才能查询。")
    return tail
