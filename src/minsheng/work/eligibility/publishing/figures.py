"""How a figure of the law is typed and shown: money in yuan, everything else as a whole number, with its unit."""

from decimal import Decimal, InvalidOperation

from minsheng.work.eligibility.law import code_names
from rulebook import Number
from rulebook.book import Table
from rulebook.units import Base, Unit, say

Figure = Number | Table


class UnableToReadFigure(ValueError):
    """What was typed is no amount, or no whole number: says what to type."""


def is_money(unit: Unit) -> bool:
    """This function will tell whether a figure is typed in yuan and kept in fen."""
    return dict(unit.powers).get("fen") == 1


def unit_word(unit: Unit) -> str:
    """This function will name the unit as the reader types it: 元/人/月, 岁, 个月, %."""
    if dict(unit.powers) == {"month": 1}:
        return "个月"
    return unit.spoken or "个"


def typed(value: int, unit: Unit) -> str:
    """This function will write a stored value the way it is typed into a field: 110200 fen → 1102.00."""
    return f"{value // 100}.{value % 100:02d}" if is_money(unit) else str(value)


def read_figure(text: str, unit: Unit) -> int:
    """This function will read what was typed, exactly: yuan with at most two decimals become fen."""
    plain = text.strip().replace(",", "").replace("，", "").removesuffix("元").strip()
    try:
        number = Decimal(plain)
    except InvalidOperation:
        raise UnableToReadFigure(f"“{text}”不是数字。请填写像 1102 或 1102.50 这样的数。") from None
    scaled = number * 100 if is_money(unit) else number
    if not scaled.is_finite() or scaled != scaled.to_integral_value():
        kind = "金额最多两位小数" if is_money(unit) else "这里要填整数"
        raise UnableToReadFigure(f"{kind}，现在是“{text}”。")
    return int(scaled)


def band_labels(table: Table, edges: tuple[int, ...]) -> list[str]:
    """This function will name the rows of a table: its codes, or its bands, half-open."""
    if table.key.base is Base.CODE:
        return code_names(table.codes)
    unit = unit_word(table.key.unit) if table.key.unit is not None else ""
    bounds = zip(edges, (*edges[1:], None), strict=True)
    return [f"满 {low} {unit}" + (f"、不满 {high} {unit}" if high is not None else "起") for low, high in bounds]


def change_words(before: int, after: int, unit: Unit) -> str:
    """This function will say how far a new value is from the old one: 多 197.90 元（18.0%）; nothing for the same."""
    if before == after:
        return ""
    words = f"{'多' if after > before else '少'} {say(abs(after - before), unit)}"
    if not before or not is_money(unit):
        return words
    tenths = (abs(after - before) * 1000 + before // 2) // before
    return f"{words}（{tenths // 10:,}.{tenths % 10}%）"


def is_far_off(before: int, after: int, unit: Unit) -> bool:
    """This function will tell whether an amount looks mistyped: nothing at all, three times as much, or a third."""
    return is_money(unit) and before > 0 and not before < after * 3 < before * 9


def said(value: int, unit: Unit) -> str:
    """This function will write a value for reading, with its unit."""
    return say(value, unit)
