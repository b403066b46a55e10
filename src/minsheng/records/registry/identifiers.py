"""Certificates and codes: check digits, normal forms, what may be read from them as a default. Pure.

GB 11643-1999 (公民身份号码), GB 32100-2015 (统一社会信用代码), passports, 外国人永久居留身份证. The six digits of
division in an id number are those of its first issue: 330104 (old 江干, abolished 2021) or any other place. They say
nothing about where somebody lives, and a number is never refused because of them.
"""

import re
from dataclasses import dataclass
from datetime import date

from minsheng.records.registry.types import IdKind, Sex

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK = "10X98765432"
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_BLANKS = dict.fromkeys(map(ord, " \t\r\n\u00a0\u2002\u2003\u2009\u200b\u3000\ufeff-"))


class UnableToReadIdentifier(ValueError):
    """The number cannot be right: says what is wrong with it and what to check."""


@dataclass(frozen=True)
class Identity:
    """A certificate in normal form, with what it suggests of its holder: defaults that a person may overrule."""

    kind: IdKind
    number: str
    sex: Sex | None = None
    birth_date: date | None = None


def plain(text: str) -> str:
    """This function will drop blanks and dashes, make full width half, and use capitals."""
    return text.translate(_FULL_WIDTH).translate(_BLANKS).upper()


def resident_check_character(first_seventeen: str) -> str:
    """This function will return the 18th character (ISO 7064 MOD 11-2)."""
    return _ID_CHECK[sum(int(d) * w for d, w in zip(first_seventeen, _ID_WEIGHTS, strict=True)) % 11]


def widen(number: str) -> str:
    """This function will make 18 characters of a first-generation number of 15 digits (born 19xx)."""
    seventeen = f"{number[:6]}19{number[6:]}"
    return seventeen + resident_check_character(seventeen)


def read_resident_id(text: str, *, today: date) -> Identity:
    """This function will check an id number and return it in 18 characters with its default sex and birth date.

    Raises UnableToReadIdentifier for a wrong length, an impossible birth date or a wrong check character. The division
    code is not judged.
    """
    number = plain(text)
    if re.fullmatch(r"\d{15}", number):
        number = widen(number)
    if not re.fullmatch(r"\d{17}[\dX]", number):
        raise UnableToReadIdentifier(
            f"身份证号应为18位（老证15位），最后一位可以是X；现在是{len(number)}位。请对照证件核对。"
        )
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError as error:
        raise UnableToReadIdentifier(f"身份证号里的出生日期“{number[6:14]}”不存在。请核对第7到14位。") from error
    if not date(1850, 1, 1) <= born <= today:
        raise UnableToReadIdentifier(f"身份证号里的出生日期“{number[6:14]}”不合理。请核对第7到14位。")
    expected = resident_check_character(number[:17])
    if number[17] != expected:
        raise UnableToReadIdentifier("身份证号的校验位不对，多半有一位抄错了。请逐位对照证件。")
    return Identity(IdKind.RESIDENT_ID, number, Sex.MALE if int(number[16]) % 2 else Sex.FEMALE, born)


def read_passport(text: str) -> Identity:
    """This function will check a passport number: 5 to 17 letters and digits (the form is the state's own)."""
    number = plain(text)
    if not re.fullmatch(r"[A-Z0-9]{5,17}", number) or not any(c.isdigit() for c in number):
        raise UnableToReadIdentifier("护照号应为5到17位字母和数字。请对照护照首页核对。")
    return Identity(IdKind.PASSPORT, number)


def read_foreign_permanent(text: str, *, today: date) -> Identity:
    """This function will check the number of a foreigner's permanent residence card.

    Since 2023 it has 18 characters of the resident form that begin with 9; older cards have 3 letters and 12 digits.
    """
    number = plain(text)
    if re.fullmatch(r"[A-Z]{3}\d{12}", number):
        return Identity(IdKind.FOREIGN_PERMANENT, number)
    if number.startswith("9"):
        read = read_resident_id(number, today=today)
        return Identity(IdKind.FOREIGN_PERMANENT, read.number, read.sex, read.birth_date)
    raise UnableToReadIdentifier("永久居留证号应为9开头的18位，或3个字母加12位数字。请对照证件核对。")


def read_identifier(text: str, *, kind: IdKind, today: date) -> Identity:
    """This function will read a number of the stated kind."""
    if kind is IdKind.RESIDENT_ID:
        return read_resident_id(text, today=today)
    if kind is IdKind.PASSPORT:
        return read_passport(text)
    if kind is IdKind.FOREIGN_PERMANENT:
        return read_foreign_permanent(text, today=today)
    raise UnableToReadIdentifier(f"“{kind.label}”的人不填证件号。请清空证件号，或改选证件种类。")


def credit_check_character(first_seventeen: str) -> str:
    """This function will return the 18th character of a unified social credit code; the outer % 31 matters at 0."""
    total = sum(_CREDIT_ALPHABET.index(c) * w for c, w in zip(first_seventeen, _CREDIT_WEIGHTS, strict=True))
    return _CREDIT_ALPHABET[(31 - total % 31) % 31]


def read_credit_code(text: str) -> str:
    """This function will return a unified social credit code in normal form, or raise UnableToReadIdentifier."""
    code = plain(text)
    if len(code) != 18 or any(c not in _CREDIT_ALPHABET for c in code):
        raise UnableToReadIdentifier("统一社会信用代码应为18位数字和大写字母（没有 I、O、S、V、Z）。请对照证书核对。")
    if code[17] != credit_check_character(code[:17]):
        raise UnableToReadIdentifier("统一社会信用代码的校验位不对，多半有一位抄错了。请逐位对照证书。")
    return code


def registered_by_civil_affairs(code: str) -> bool:
    """This function will say whether the code was given by civil affairs (first character 5, GB 32100)."""
    return code.startswith("5")
