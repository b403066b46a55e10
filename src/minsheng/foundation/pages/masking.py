"""What may be shown of a person: the one place with the masking rules, used by pages, API, exports, messages, PDFs.

Combination rule. An 18-digit id number is 6 digits of division + 8 of birth + 3 of sequence + 1 check digit. A page
with the birth date, the registered division and the last four digits has published the whole number, although each
part looks masked. So: where the birth date is shown, the tail is not; where the tail is shown, only an age band is.
Two pages join as well as two columns: a list that leads to a page with the birth date shows no tail (experiment E22).
`person_view` decides this for a whole person; templates should use it rather than the single filters.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from minsheng.foundation.pages.wording import day

# Pairs of characters, one surname after the other.
_COMPOUND = (
    "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠公孙慕容仲孙"
    "钟离长孙宇文司徒鲜于司空闾丘子车亓官司寇巫马公西颛孙壤驷公良漆雕乐正宰父谷梁拓跋夹谷轩辕令狐段干百里"
    "呼延东郭南门羊舌微生公户公玉公仪梁丘公仲公上公门公山公坚左丘公伯西门公祖第五公乘贯丘公皙南荣东里东宫"
    "仲长子书子桑即墨达奚褚师纳兰"
)
COMPOUND_SURNAMES = frozenset(_COMPOUND[i : i + 2] for i in range(0, len(_COMPOUND), 2))
_NAME_DOTS = "·•‧・."
AGE_BAND_YEARS = 10


class Audience(StrEnum):
    """Who will see the values."""

    OWN_AREA = "own_area"  # staff who handle this person
    STAFF = "staff"  # other staff
    PUBLIC = "public"  # public notices
    MESSAGE = "message"  # SMS and other messages that leave the house


def mask_name(name: str | None, audience: Audience = Audience.STAFF) -> str:
    """This function will mask a name: 张*, 张*明, 张**明, 欧阳*, 买买提·**; whole for staff of the own area."""
    text = (name or "").strip()
    if audience is Audience.OWN_AREA or not text:
        return text
    for dot in _NAME_DOTS:
        first, found, rest = text.partition(dot)
        if found and first and rest:
            return first + dot + "**"
    if re.fullmatch(r"[A-Za-z][A-Za-z' -]*", text):
        return text[0] + "**"
    if text[:2] in COMPOUND_SURNAMES and len(text) > 2:
        given = text[2:]
        return text[:2] + "*" * max(1, len(given) - 1) + (given[-1] if len(given) > 1 else "")
    if len(text) == 1:
        return "*"
    return text[0] + "*" + (("*" * (len(text) - 3)) + text[-1] if len(text) > 2 else "")


def mask_id(number: str | None, audience: Audience = Audience.STAFF) -> str:
    """This function will mask an id number: 330***********1234 (staff), 3****************4 (public), "" (message).

    Do not put it beside a birth date: see `person_view`.
    """
    text = re.sub(r"\s", "", number or "")
    if not text or audience is Audience.MESSAGE:
        return ""
    if audience is Audience.PUBLIC or len(text) != 18:
        return text[0] + "*" * max(1, len(text) - 2) + text[-1] if len(text) > 4 else "*" * len(text)
    return text[:3] + "*" * 11 + text[-4:]


def hide_id_tail(number: str | None) -> str:
    """This function will mask everything but the province part: what may stand beside a birth date."""
    text = re.sub(r"\s", "", number or "")
    return text[:3] + "*" * (len(text) - 3) if len(text) == 18 else "*" * len(text)


def mask_phone(number: str | None) -> str:
    """This function will mask a telephone number: 138****1234, 0571-****4321; too short to mask safely is all stars."""
    digits = re.sub(r"[^\d+]", "", number or "").removeprefix("+86")
    if not digits:
        return ""
    if re.fullmatch(r"1\d{10}", digits):
        return f"{digits[:3]}****{digits[-4:]}"
    if re.fullmatch(r"0\d{9,11}", digits):
        area = 3 if digits[1] in "12" else 4
        return f"{digits[:area]}-****{digits[-4:]}"
    return "****" + digits[-2:] if len(digits) >= 7 else "*" * len(digits)


def mask_card(number: str | None, audience: Audience = Audience.STAFF) -> str:
    """This function will mask a bank card to its last four digits; 尾号1234 in a message, nothing in public."""
    digits = re.sub(r"\D", "", number or "")
    if not digits or audience is Audience.PUBLIC:
        return ""
    tail = digits[-4:] if len(digits) >= 12 else "****"
    return f"尾号{tail}" if audience is Audience.MESSAGE else f"**** **** **** {tail}"


def mask_address(address: str | None, audience: Audience = Audience.STAFF) -> str:
    """This function will cut an address after its community (or village, else its street); nothing in a message."""
    text = (address or "").strip()
    if not text or audience is Audience.MESSAGE:
        return ""
    if audience is Audience.OWN_AREA:
        return text
    for pattern in (r"^.*?(?:社区|村(?!路|街|巷|弄))", r"^.*?(?:街道|镇(?!路|街)|乡(?!路|街))"):
        found = re.match(pattern, text)
        if found:
            return found.group() + "****"
    return "****"


def age_on(*, birth_date: date, on: date) -> int:
    """This function will return completed years of age on a day; a 29 February birthday counts from 1 March."""
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))


def age_band(*, birth_date: date, on: date) -> str:
    """This function will write the ten-year band that the age falls in: 60—69岁."""
    low = max(0, age_on(birth_date=birth_date, on=on)) // AGE_BAND_YEARS * AGE_BAND_YEARS
    return f"{low}—{low + AGE_BAND_YEARS - 1}岁"


@dataclass(frozen=True)
class Wanted:
    """What a page would like to show. Where both are wanted the birth date wins and the tail is withheld."""

    birth_date: bool = False
    id_tail: bool = True
    division: bool = True


@dataclass(frozen=True)
class PersonView:
    """What may be shown of a person. `age` is an age or a band; `withheld` says what is missing and why."""

    name: str
    id_number: str
    birth: str
    age: str
    division: str
    phone: str
    withheld: str


def person_view(
    *,
    name: str,
    on: date,
    audience: Audience = Audience.STAFF,
    wanted: Wanted = Wanted(),
    id_number: str | None = None,
    birth_date: date | None = None,
    division: str = "",
    phone: str | None = None,
) -> PersonView:
    """This function will decide what of a person may be shown together, so that the id number cannot be rebuilt.

    `division` is the registered (户籍) division in words; `on` the day that ages are reckoned for. In public neither
    birth date nor exact age nor telephone is shown; a message carries the masked name only.
    """
    shown_name = mask_name(name, audience)
    shown_division = division if wanted.division else ""
    if audience is Audience.MESSAGE:
        return PersonView(shown_name, "", "", "", "", "", "短信里不写证件号、出生日期和地址。")
    band = age_band(birth_date=birth_date, on=on) if birth_date else ""
    if audience is Audience.PUBLIC:
        return PersonView(
            shown_name,
            mask_id(id_number, audience),
            "",
            band,
            shown_division,
            "",
            "公示只写年龄段，不写出生日期和电话。",
        )
    if wanted.birth_date and birth_date:
        return PersonView(
            shown_name,
            hide_id_tail(id_number),
            day(birth_date),
            f"{age_on(birth_date=birth_date, on=on)}岁",
            shown_division,
            mask_phone(phone),
            "已显示出生日期，所以不显示证件号后四位。" if id_number else "",
        )
    if wanted.id_tail and id_number:
        return PersonView(
            shown_name,
            mask_id(id_number, audience),
            "",
            band,
            shown_division,
            mask_phone(phone),
            "已显示证件号后四位，所以只显示年龄段。" if birth_date else "",
        )
    age = f"{age_on(birth_date=birth_date, on=on)}岁" if birth_date else ""
    return PersonView(shown_name, hide_id_tail(id_number), "", age, shown_division, mask_phone(phone), "")
