"""When an occasion of the leadership is due: once in a calendar year, once in a term; pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

REMIND_BEFORE = timedelta(days=61)  # own choice: two months are enough to call a meeting


@dataclass(frozen=True)
class Due:
    """How one occasion stands on a day, in words; `open` when somebody has to see to it now."""

    words: str
    open: bool


def hearing_due(held: Iterable[date], *, today: date) -> Due:
    """This function will say whether this year's hearing was held, or until when it must be."""
    mine = [day for day in held if day.year == today.year and day <= today]
    if mine:
        return Due(f"今年已经听取，{max(mine).month}月{max(mine).day}日", False)
    last = date(today.year, 12, 31)
    return Due("今年还没有听取，最晚 12月31日", last - today <= REMIND_BEFORE)


def meeting_due(held: Iterable[date], *, term: tuple[date, date] | None, today: date) -> Due:
    """This function will say whether this term's meeting was held; unknown without the term (its end is not of it)."""
    if term is None or not term[0] <= today < term[1]:
        return Due("没有登记本届的起止，说不准到期没有", False)
    mine = [day for day in held if term[0] <= day <= today]
    if mine:
        return Due(f"本届已经召开，{max(mine).year}年{max(mine).month}月{max(mine).day}日", False)
    last = term[1] - timedelta(days=1)
    return Due(f"本届还没有召开，最晚 {last.year}年{last.month}月{last.day}日", last - today <= timedelta(days=365))


def group_due(held: Iterable[date], *, today: date) -> Due:
    """This function will say when the leading group last met; the plan gives it no rhythm, so nothing is ever due."""
    mine = [day for day in held if day <= today]
    return Due(f"最近一次 {max(mine).year}年{max(mine).month}月{max(mine).day}日" if mine else "还没有登记", False)
