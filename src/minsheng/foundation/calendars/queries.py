from datetime import date

from minsheng.foundation.calendars.announcement import days_of_announcement, text_of_days
from minsheng.foundation.calendars.models import CalendarDay, CalendarRevision, CalendarYear
from minsheng.foundation.calendars.rules import missing_years, problems_of_year
from minsheng.foundation.calendars.types import (
    DayKind,
    Overview,
    Revision,
    SpecialDay,
    WorkCalendar,
    YearPreview,
    YearSummary,
    YearView,
)


def work_calendar() -> WorkCalendar:
    """This function will return all that is known about days (two statements); keep it for one transaction."""
    years = frozenset(CalendarYear.objects.values_list("year", flat=True))
    days = list(CalendarDay.objects.values_list("date", "kind"))
    return WorkCalendar(
        years=years,
        holidays=frozenset(day for day, kind in days if kind == DayKind.HOLIDAY),
        makeup_workdays=frozenset(day for day, kind in days if kind == DayKind.MAKEUP_WORKDAY),
    )


def list_years() -> list[YearSummary]:
    """This function will return the years of the table, newest first. Days are public: no viewer is asked for."""
    counts: dict[int, dict[str, int]] = {}
    for year, kind in CalendarDay.objects.values_list("notice_id", "kind"):
        kinds = counts.setdefault(year, {})
        kinds[kind] = kinds.get(kind, 0) + 1
    return [
        YearSummary(
            year=row.year,
            holidays=counts.get(row.year, {}).get(DayKind.HOLIDAY, 0),
            makeup_workdays=counts.get(row.year, {}).get(DayKind.MAKEUP_WORKDAY, 0),
            source=row.source,
            entered_by=row.entered_by.display_name,
            entered_at=row.entered_at,
            revision=row.revision,
        )
        for row in CalendarYear.objects.select_related("entered_by").order_by("-year")
    ]


def days_of_year(*, year: int) -> list[SpecialDay]:
    """This function will return the days that the year's notice changes, in order; empty if the year is not entered."""
    rows = CalendarDay.objects.filter(notice_id=year).order_by("date")
    return [SpecialDay(row.date, DayKind(row.kind), row.name) for row in rows]


def revisions_of_year(*, year: int) -> list[Revision]:
    """This function will return every version of a year, newest first, with its days as they were entered."""
    rows = CalendarRevision.objects.filter(notice_id=year).select_related("entered_by").order_by("-number")
    return [
        Revision(
            number=row.number,
            source=row.source,
            entered_by=row.entered_by.display_name,
            entered_at=row.entered_at,
            days=tuple(
                SpecialDay(date.fromisoformat(day["date"]), DayKind(day["kind"]), day["name"]) for day in row.days
            ),
        )
        for row in rows
    ]


def overview(*, today: date) -> Overview:
    """This function will return the years of the table, and which ones must be entered now."""
    return Overview(tuple(list_years()), tuple(missing_years(work_calendar(), today=today)))


def year_view(*, year: int) -> YearView | None:
    """This function will return one year with its versions, or None if nobody has entered it."""
    notice = CalendarYear.objects.filter(year=year).first()
    if notice is None:
        return None
    days = days_of_year(year=year)
    return YearView(year, notice.source, tuple(days), text_of_days(days), tuple(revisions_of_year(year=year)))


def preview_year(*, year: int, text: str) -> YearPreview:
    """This function will return what entering an announcement would do, without doing it.

    Raises UnableToReadAnnouncement for a line that cannot be read.
    """
    days = days_of_announcement(year=year, text=text)
    before = days_of_year(year=year)
    return YearPreview(
        year=year,
        days=tuple(days),
        problems=tuple(problems_of_year(year, days)),
        added=tuple(day for day in days if day not in before),
        removed=tuple(day for day in before if day not in days),
        replaces=bool(before),
    )
