"""Days and limits. Working days (工作日) and calendar days (日, 天) are two types and never mix."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from minsheng.foundation.events.types import event


class DayKind(StrEnum):
    """How the State Council's yearly notice changes a day."""

    HOLIDAY = "holiday"
    MAKEUP_WORKDAY = "makeup_workday"


DAY_KIND_LABELS = {DayKind.HOLIDAY: "放假", DayKind.MAKEUP_WORKDAY: "上班"}


@dataclass(frozen=True)
class WorkingDays:
    """A number of 工作日. Negative only as an answer: so many working days overdue."""

    number: int


@dataclass(frozen=True)
class CalendarDays:
    """A number of plain days (日, 天)."""

    number: int


Limit = WorkingDays | CalendarDays


@dataclass(frozen=True, order=True)
class SpecialDay:
    """One day that differs from its weekday: a holiday, or a weekend day on which people work."""

    date: date
    kind: DayKind
    name: str


@dataclass(frozen=True)
class WorkCalendar:
    """What is known about days, as a value: ask `queries.work_calendar` once and hand it on through the transaction."""

    years: frozenset[int]
    holidays: frozenset[date] = field(repr=False)
    makeup_workdays: frozenset[date] = field(repr=False)


@dataclass(frozen=True)
class YearSummary:
    """One year of the table, for the list: how many days it changes, who entered it and from which notice."""

    year: int
    holidays: int
    makeup_workdays: int
    source: str
    entered_by: str
    entered_at: datetime
    revision: int


@dataclass(frozen=True)
class Revision:
    """One version of a year as it was entered."""

    number: int
    source: str
    entered_by: str
    entered_at: datetime
    days: tuple[SpecialDay, ...]


@event("calendars.YearEntered")
@dataclass(frozen=True)
class YearEntered:
    """A year's holidays were entered or replaced: limits that run into it can be counted (again)."""

    year: int
    revision: int
