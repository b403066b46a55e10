"""Days and limits. Working days (工作日) and calendar days (日, 天) are two types and never mix."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256

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

    @property
    def kind_label(self) -> str:
        """This property will say what people do on that day: 放假 or 上班."""
        return DAY_KIND_LABELS[self.kind]


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


@dataclass(frozen=True)
class Overview:
    """The years of the table and those that are missing now."""

    years: tuple[YearSummary, ...]
    missing: tuple[int, ...]


@dataclass(frozen=True)
class YearView:
    """One year for its page: the days in force, as a list and as text to edit, and its versions."""

    year: int
    source: str
    days: tuple[SpecialDay, ...]
    text: str
    revisions: tuple[Revision, ...]


@dataclass(frozen=True)
class YearPreview:
    """What entering a text would do: its days, what is wrong, what changes against the version in force."""

    year: int
    days: tuple[SpecialDay, ...]
    problems: tuple[str, ...]
    added: tuple[SpecialDay, ...]
    removed: tuple[SpecialDay, ...]
    replaces: bool

    @property
    def holidays(self) -> int:
        """This property will count the days off."""
        return sum(day.kind is DayKind.HOLIDAY for day in self.days)

    @property
    def makeup_workdays(self) -> int:
        """This property will count the weekend days on which people work."""
        return len(self.days) - self.holidays

    @property
    def fingerprint(self) -> str:
        """This property will name exactly these days, so that what is saved is what was looked at."""
        listed = "".join(f"{day.date.isoformat()}{day.kind}{day.name};" for day in self.days)
        return sha256(f"{self.year};{listed}".encode()).hexdigest()[:16]
