from datetime import date

from minsheng.foundation.calendars.models import CalendarDay, CalendarRevision, CalendarYear
from minsheng.foundation.calendars.types import DayKind, Revision, SpecialDay, WorkCalendar, YearSummary


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
