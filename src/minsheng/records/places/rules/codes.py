"""Codes of GB/T 2260 and 统计用区划代码 (12 digits: 6 county, 3 street, 3 community) and our own of units below."""

from minsheng.records.places.types import UNIT_KINDS, DivisionKind

FULL_DIGITS = 12
UNIT_DIGITS = 16
MOST_UNITS_OF_A_KIND = 999


class UnableToReadCode(ValueError):
    """The text is no division code: says why and what a code looks like."""


def full_code(text: str) -> str:
    """This function will write 2, 4, 6, 9 or 12 digits as 12, and leave the 16 of a unit; blanks are ignored.

    The 6 digits of an old ID card are read like any others: whether the code still exists is not asked here.
    """
    code = "".join(text.split())
    if not (code.isascii() and code.isdigit()):
        raise UnableToReadCode(
            f"“{text}”不是区划代码：代码只有数字。请填 6 位（区县）、9 位（街道）或 12 位（社区）代码。"
        )
    if len(code) == UNIT_DIGITS:
        return code
    if len(code) not in (2, 4, 6, 9, FULL_DIGITS):
        raise UnableToReadCode(f"“{text}”有 {len(code)} 位。请填 6 位（区县）、9 位（街道）或 12 位（社区）代码。")
    if code.startswith("0"):
        raise UnableToReadCode(f"“{text}”以 0 开头，没有这样的省份代码。请核对，表格软件有时会改动长数字。")
    return code.ljust(FULL_DIGITS, "0")


def level_of(code: str) -> DivisionKind | None:
    """This function will tell the level of a 12-digit code from its zeros; None for a unit's 16 digits."""
    if len(code) != FULL_DIGITS:
        return None
    for zeros, kind in (
        (10, DivisionKind.PROVINCE),
        (8, DivisionKind.CITY),
        (6, DivisionKind.COUNTY),
        (3, DivisionKind.STREET),
    ):
        if code.endswith("0" * zeros):
            return kind
    return DivisionKind.COMMUNITY


def parent_code_of(code: str) -> str:
    """This function will return the code that contains this one by its digits; empty for a province."""
    match level_of(code):
        case None:
            return code[:FULL_DIGITS]
        case DivisionKind.PROVINCE:
            return ""
        case DivisionKind.CITY:
            return full_code(code[:2])
        case DivisionKind.COUNTY:
            return full_code(code[:4])
        case DivisionKind.STREET:
            return full_code(code[:6])
        case _:
            return full_code(code[:9])


def scope_area_id(code: str) -> int:
    """This function will give a district, street or community its place in the scope tree: stable, from the digits.

    The district is 1; 330102012000 is 12000, 330102012051 is 12051. Within one district this never collides.
    """
    return int(code[6:FULL_DIGITS]) or 1


def unit_code(*, community_code: str, kind: DivisionKind, number: int) -> str:
    """This function will return our own 16 digits of a unit: community, one for the kind, three for the number."""
    if kind not in UNIT_KINDS:
        raise UnableToReadCode(f"“{kind.label}”的代码由国家统计局编，不在这里编。")
    if not 1 <= number <= MOST_UNITS_OF_A_KIND:
        raise UnableToReadCode(f"一个社区的{kind.label}最多 {MOST_UNITS_OF_A_KIND} 个。请合并或改用下一级。")
    return f"{community_code}{UNIT_KINDS.index(kind)}{number:03d}"
