from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.foundation.calendars.models import CalendarDay, CalendarRevision, CalendarYear
from minsheng.foundation.calendars.reference import REFERENCE_SOURCE, reference_days
from minsheng.foundation.calendars.rules import problems_of_year
from minsheng.foundation.calendars.types import SpecialDay, YearEntered
from minsheng.foundation.events import operations as events

CAPABILITY = "calendars.edit"


class UnableToEnterYear(ValueError):
    """The days of a year contradict the calendar, the law or another year's notice; `problems` are sentences."""

    def __init__(self, year: int, problems: Sequence[str]) -> None:
        self.year, self.problems = year, list(problems)
        super().__init__(f"{year} 年的放假安排没有保存，已填的内容还在。" + "".join(problems))


def enter_year(*, actor: Viewer, at: datetime, year: int, days: Sequence[SpecialDay], source: str) -> int:
    """This function will enter or replace the holidays of one year and return the revision's number.

    `source` names the announcement (title and 文号). The version before stays readable as a revision.
    """
    require(viewer=actor, capability=CAPABILITY)
    if not source.strip():
        raise UnableToEnterYear(year, ["请写明依据的通知名称和文号。"])
    return _put_year(actor=actor, at=at, year=year, days=sorted(days), source=source.strip())


def load_reference_years(*, actor: Viewer, at: datetime) -> list[int]:
    """This function will enter the years 2004–2026 that ship with the product, leaving years alone that are there.

    It belongs to installing, so no right of the actor is asked for; returns the years it added.
    """
    by_year = reference_days()
    known = set(CalendarYear.objects.values_list("year", flat=True))
    added = [year for year in sorted(by_year) if year not in known]
    for year in added:
        _put_year(actor=actor, at=at, year=year, days=by_year[year], source=REFERENCE_SOURCE)
    return added


def _put_year(*, actor: Viewer, at: datetime, year: int, days: Sequence[SpecialDay], source: str) -> int:
    with transaction.atomic():
        problems = problems_of_year(year, days)
        if problems:
            raise UnableToEnterYear(year, problems)
        CalendarYear.objects.bulk_create(
            [CalendarYear(year=year, revision=0, source=source, entered_by_id=actor.account_id, entered_at=at)],
            ignore_conflicts=True,
        )
        notice = CalendarYear.objects.select_for_update(no_key=True).get(year=year)
        others = CalendarDay.objects.filter(date__in=[day.date for day in days]).exclude(notice=notice)
        if clashes := [f"{row.date:%Y-%m-%d} 已在 {row.notice_id} 年的安排里。请先核对那一年。" for row in others]:
            raise UnableToEnterYear(year, clashes)
        notice.revision += 1
        notice.source, notice.entered_by_id, notice.entered_at = source, actor.account_id, at
        notice.save()
        CalendarDay.objects.filter(notice=notice).delete()
        CalendarDay.objects.bulk_create(
            [CalendarDay(date=day.date, notice=notice, kind=day.kind.value, name=day.name) for day in days]
        )
        CalendarRevision.objects.create(
            notice=notice,
            number=notice.revision,
            days=[{"date": day.date.isoformat(), "kind": day.kind.value, "name": day.name} for day in days],
            source=source,
            entered_by_id=actor.account_id,
            entered_at=at,
        )
        audit.record(
            actor=actor,
            at=at,
            action="calendars.year_entered",
            object_type="calendars.year",
            object_id=str(year),
            detail={"revision": notice.revision, "days": len(days)},
        )
        events.publish(YearEntered(year=year, revision=notice.revision), at=at)
    return int(notice.revision)
