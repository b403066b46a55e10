"""Counting days by law, without database or clock.

The day of the event is not counted (民法典 Art 201). A limit in calendar days whose last day is not a working day ends
on the next working day (Art 203); a limit in working days ends on a working day anyhow.
"""

from collections.abc import Iterable
from datetime import MAXYEAR, date, timedelta

from minsheng.foundation.calendars.types import CalendarDays, DayKind, Limit, SpecialDay, WorkCalendar, WorkingDays

ONE_DAY = timedelta(days=1)
_SATURDAY = 5
# 全国年节及纪念日放假办法: 11 days until 2024, 13 from 2025 (国令795号), 10 before 2008 (国令270号).
FEWEST_HOLIDAYS = {2025: 13, 2008: 11, 0: 10}
FIXED_HOLIDAYS = ((1, 1), (5, 1), (10, 1), (10, 2), (10, 3))


class UnableToCountWorkingDays(LookupError):
    """A day falls in a year whose holidays nobody has entered; counting on would be guessing."""

    def __init__(self, year: int) -> None:
        self.year = year
        super().__init__(
            f"{year} 年的放假安排还没有录入，算不出这个期限。"
            f"请有“维护工作日历”权限的同事，在“工作日历”里录入国务院办公厅当年的放假通知，录入后会自动算出。"
        )


def is_working_day(calendar: WorkCalendar, day: date) -> bool:
    """This function will return whether people work on that day, make-up workdays and holidays considered."""
    if day.year not in calendar.years:
        raise UnableToCountWorkingDays(day.year)
    if day.weekday() >= _SATURDAY:
        return day in calendar.makeup_workdays
    return day not in calendar.holidays


def next_working_day(calendar: WorkCalendar, day: date) -> date:
    """This function will return the day itself if it is a working day, else the first working day after it."""
    while not is_working_day(calendar, day):
        day += ONE_DAY
    return day


def add_working_days(calendar: WorkCalendar, start: date, limit: WorkingDays) -> date:
    """This function will return the last day of a limit of working days; the starting day is not counted.

    Zero days end on the starting day itself. Raises UnableToCountWorkingDays when the count leaves the known years.
    """
    _require_non_negative(limit)
    left, day = limit.number, start
    while left:
        day += ONE_DAY
        left -= is_working_day(calendar, day)
    return day


def add_calendar_days(calendar: WorkCalendar, start: date, limit: CalendarDays) -> date:
    """This function will return the last day of a limit of plain days, moved to the next working day if need be."""
    _require_non_negative(limit)
    return next_working_day(calendar, start + timedelta(days=limit.number))


def last_day(calendar: WorkCalendar, start: date, limit: Limit) -> date:
    """This function will return the last day of a limit of either kind."""
    if isinstance(limit, WorkingDays):
        return add_working_days(calendar, start, limit)
    return add_calendar_days(calendar, start, limit)


def working_days_between(calendar: WorkCalendar, start: date, end: date) -> WorkingDays:
    """This function will return the working days after `start` up to and with `end`; negative if `end` lies before.

    So `working_days_between(today, add_working_days(today, n))` is n, and an overdue case shows a negative number.
    """
    if end < start:
        return WorkingDays(-working_days_between(calendar, end, start).number)
    return WorkingDays(
        sum(is_working_day(calendar, start + timedelta(days=step)) for step in range(1, (end - start).days + 1))
    )


def first_of_next_month(day: date) -> date:
    """This function will return the first day of the month after, the start of 下月起发放 (民发〔2021〕57号 Art 21)."""
    return date(day.year + 1, 1, 1) if day.month == 12 else date(day.year, day.month + 1, 1)


def missing_years(calendar: WorkCalendar, *, today: date) -> list[int]:
    """This function will return the years that somebody must enter soon: this one, and the next from November on.

    The State Council announces a year's holidays in October or November of the year before.
    """
    needed = [today.year, today.year + 1] if today.month >= 11 else [today.year]
    return [year for year in needed if year not in calendar.years]


def problems_of_year(year: int, days: Iterable[SpecialDay]) -> list[str]:
    """This function will return what is wrong with a year's days, as sentences; none means they may be entered.

    A notice may change days of the December before (2012: 31 December 2011 was a workday), no other day outside.
    """
    listed = sorted(days)
    if not 2000 <= year < MAXYEAR:
        return [f"年份 {year} 不对。"]
    found = []
    seen: set[date] = set()
    for day in listed:
        shown = f"{day.date:%Y-%m-%d}（{_weekday_name(day.date)}）"
        if day.date in seen:
            found.append(f"{shown} 出现了两次，请只留一行。")
        seen.add(day.date)
        if day.date.year != year and (day.date.year, day.date.month) != (year - 1, 12):
            found.append(f"{shown} 不在 {year} 年内。")
        if day.kind is DayKind.MAKEUP_WORKDAY and day.date.weekday() < _SATURDAY:
            found.append(f"{shown} 写作调休上班，但这天本来就是工作日。请核对日期。")
        if not day.name.strip():
            found.append(f"{shown} 没有写节日名称。")
    holidays = {day.date for day in listed if day.kind is DayKind.HOLIDAY and day.date.year == year}
    fewest = next(number for since, number in FEWEST_HOLIDAYS.items() if year >= since)
    if len(holidays) < fewest:
        found.append(f"{year} 年只有 {len(holidays)} 天放假，法定节假日至少 {fewest} 天。请检查是否漏录。")
    found += [
        f"{year} 年 {month} 月 {day} 日是法定节假日，名单里没有。"
        for month, day in FIXED_HOLIDAYS
        if date(year, month, day) not in holidays
    ]
    on_weekdays = sum(day.weekday() < _SATURDAY for day in holidays)
    makeup = sum(day.kind is DayKind.MAKEUP_WORKDAY for day in listed)
    if makeup > on_weekdays:
        found.append(f"调休上班有 {makeup} 天，比落在工作日的放假（{on_weekdays} 天）还多。请核对。")
    return found


def _require_non_negative(limit: Limit) -> None:
    if limit.number < 0:
        raise ValueError(f"a limit runs forward: {limit}")


def _weekday_name(day: date) -> str:
    return "周" + "一二三四五六日"[day.weekday()]
