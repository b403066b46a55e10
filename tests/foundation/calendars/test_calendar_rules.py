"""Counting days against `chinesecalendar` (2004–2026) as the oracle, and by properties."""

from bisect import bisect_right
from collections.abc import Callable
from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minsheng.foundation.calendars.reference import reference_days
from minsheng.foundation.calendars.rules import (
    UnableToCountWorkingDays,
    add_calendar_days,
    add_working_days,
    first_of_next_month,
    is_working_day,
    last_day,
    missing_years,
    next_working_day,
    problems_of_year,
    working_days_between,
)
from minsheng.foundation.calendars.types import CalendarDays, DayKind, SpecialDay, WorkCalendar, WorkingDays

FIRST, LAST = date(2004, 1, 1), date(2026, 12, 31)


REFERENCE = [day for days_of_one_year in reference_days().values() for day in days_of_one_year]
CALENDAR = WorkCalendar(
    years=frozenset(range(2004, 2027)),
    holidays=frozenset(day.date for day in REFERENCE if day.kind is DayKind.HOLIDAY),
    makeup_workdays=frozenset(day.date for day in REFERENCE if day.kind is DayKind.MAKEUP_WORKDAY),
)
ORACLE = chinese_calendar.get_workdays(FIRST, LAST)
days = st.dates(FIRST, date(2026, 6, 30))


def test_every_day_of_23_years_agrees_with_the_oracle() -> None:
    day, compared = FIRST, 0
    while day <= LAST:
        assert is_working_day(CALENDAR, day) == chinese_calendar.is_workday(day), day
        day += timedelta(days=1)
        compared += 1
    assert compared == 8401


@settings(deadline=None)
@given(days, st.integers(1, 60))
def test_adding_working_days_agrees_with_the_oracle(start: date, number: int) -> None:
    expected = ORACLE[bisect_right(ORACLE, start) + number - 1]
    assert add_working_days(CALENDAR, start, WorkingDays(number)) == expected


@settings(deadline=None)
@given(days, st.integers(1, 60))
def test_between_undoes_adding(start: date, number: int) -> None:
    end = add_working_days(CALENDAR, start, WorkingDays(number))
    assert working_days_between(CALENDAR, start, end) == WorkingDays(number)
    assert working_days_between(CALENDAR, end, start) == WorkingDays(-number)


@settings(deadline=None)
@given(days, st.integers(0, 30), st.integers(0, 30))
def test_adding_twice_is_adding_the_sum(start: date, first: int, second: int) -> None:
    halfway = add_working_days(CALENDAR, start, WorkingDays(first))
    assert add_working_days(CALENDAR, halfway, WorkingDays(second)) == add_working_days(
        CALENDAR, start, WorkingDays(first + second)
    )


@settings(deadline=None)
@given(days, st.integers(0, 90))
def test_a_calendar_day_limit_ends_on_the_first_working_day_from_its_nominal_end(start: date, number: int) -> None:
    nominal = start + timedelta(days=number)
    end = add_calendar_days(CALENDAR, start, CalendarDays(number))
    assert end >= nominal
    assert is_working_day(CALENDAR, end)
    skipped = [nominal + timedelta(days=step) for step in range((end - nominal).days)]
    assert not any(is_working_day(CALENDAR, day) for day in skipped)


@pytest.mark.parametrize(
    ("start", "limit", "end"),
    [
        # National Day 2026: 1–7 October off, Saturday 10 October (and Sunday 20 September) worked.
        (date(2026, 9, 30), WorkingDays(1), date(2026, 10, 8)),
        (date(2026, 9, 30), WorkingDays(3), date(2026, 10, 10)),
        (date(2026, 9, 30), WorkingDays(4), date(2026, 10, 12)),
        (date(2026, 9, 18), WorkingDays(1), date(2026, 9, 20)),
        # A notice of 7 days put up on 24 September ends within the holiday, so on the 8th.
        (date(2026, 9, 24), CalendarDays(7), date(2026, 10, 8)),
        # The day of the event is not counted: 7 days from the 1st end on the 8th (a Thursday).
        (date(2026, 1, 1), CalendarDays(7), date(2026, 1, 8)),
        (date(2026, 11, 3), WorkingDays(20), date(2026, 12, 1)),
    ],
)
def test_limits_worked_out_by_hand(start: date, limit: WorkingDays | CalendarDays, end: date) -> None:
    assert last_day(CALENDAR, start, limit) == end


COUNTS: list[Callable[[], object]] = [
    lambda: is_working_day(CALENDAR, date(2027, 1, 4)),
    lambda: next_working_day(CALENDAR, date(2027, 1, 1)),
    lambda: add_working_days(CALENDAR, date(2026, 12, 25), WorkingDays(30)),
    lambda: add_calendar_days(CALENDAR, date(2026, 12, 25), CalendarDays(30)),
    lambda: working_days_between(CALENDAR, date(2026, 12, 25), date(2027, 1, 15)),
]


@pytest.mark.parametrize("count", COUNTS)
def test_a_year_that_nobody_entered_is_an_error_that_names_it(count: Callable[[], object]) -> None:
    with pytest.raises(UnableToCountWorkingDays, match=r"2027 年.*维护工作日历") as caught:
        count()
    assert caught.value.year == 2027


def test_limits_inside_known_years_need_no_other_year() -> None:
    assert add_working_days(CALENDAR, date(2026, 12, 25), WorkingDays(2)) == date(2026, 12, 29)


def test_limits_do_not_run_backwards() -> None:
    for limit in (WorkingDays(-1), CalendarDays(-1)):
        with pytest.raises(ValueError, match="forward"):
            last_day(CALENDAR, LAST, limit)


@settings(deadline=None)
@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_payment_begins_on_the_first_of_the_month_after(day: date) -> None:
    first = first_of_next_month(day)
    assert first.day == 1
    assert (first.year * 12 + first.month) - (day.year * 12 + day.month) == 1


def test_the_coming_year_is_asked_for_from_november_on() -> None:
    assert missing_years(CALENDAR, today=date(2026, 10, 31)) == []
    assert missing_years(CALENDAR, today=date(2026, 11, 1)) == [2027]
    assert missing_years(CALENDAR, today=date(2027, 3, 1)) == [2027]


@pytest.mark.parametrize("year", range(2004, 2027))
def test_every_year_of_the_reference_passes_the_checks(year: int) -> None:
    assert problems_of_year(year, [day for day in REFERENCE if day.date.year == year]) == []


def _year_2026(*changes: SpecialDay, without: date | None = None) -> list[str]:
    kept = [day for day in REFERENCE if day.date.year == 2026 and day.date != without]
    return problems_of_year(2026, [*kept, *changes])


def test_slips_of_the_pen_are_noticed() -> None:
    def work(*day: int) -> SpecialDay:
        return SpecialDay(date(*day), DayKind.MAKEUP_WORKDAY, "国庆节")

    assert "本来就是工作日" in _year_2026(work(2026, 11, 3))[0]
    assert "出现了两次" in _year_2026(work(2026, 10, 10))[0]
    assert "不在 2026 年内" in _year_2026(work(2027, 1, 2))[0]
    assert "没有写节日名称" in _year_2026(SpecialDay(date(2026, 12, 24), DayKind.HOLIDAY, " "))[0]
    assert "10 月 1 日是法定节假日" in _year_2026(without=date(2026, 10, 1))[0]
    assert any("至少 13 天" in problem for problem in problems_of_year(2026, REFERENCE[:3]))
    assert _year_2026(SpecialDay(date(2025, 12, 27), DayKind.MAKEUP_WORKDAY, "元旦")) == []
    weekends = [SpecialDay(date(2026, 3, 1) + timedelta(weeks=n), DayKind.MAKEUP_WORKDAY, "?") for n in range(30)]
    assert any("还多" in problem for problem in _year_2026(*weekends))
