"""The list of visits for whoever makes them: the nearest day first, where to go and why."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, cast
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.pages.paging import keyset_page
from minsheng.records.registry.days import business_day
from minsheng.records.registry.queries.whereabouts import doors_of
from minsheng.work.visits.models import Visit
from minsheng.work.visits.types import Origin, VisitStatus, Way

WEEK = timedelta(days=7)
DUE = {"late": "已过期", "today": "今天到期", "week": "七天内"}
_CLOSED = VisitStatus.CLOSED.value


@dataclass(frozen=True)
class VisitFilter:
    """What a list of visits is narrowed to; every field stands in the address of the page."""

    due: str = ""
    whose: str = ""
    way: str = ""
    origin: str = ""
    status: str = ""

    @classmethod
    def read(cls, values: Mapping[str, str]) -> "VisitFilter":
        """This function will read a filter from address parameters; what it does not know it leaves out."""

        def known(name: str, codes: Any) -> str:
            return values.get(name, "") if values.get(name, "") in codes else ""

        return cls(
            known("due", DUE),
            known("whose", {"mine"}),
            known("way", set(Way)),
            known("origin", set(Origin)),
            known("status", set(VisitStatus)),
        )

    def query(self, **changes: str) -> str:
        """This function will write the filter as address parameters, with some of them changed."""
        return urlencode({name: value for name, value in (vars(self) | changes).items() if value})

    def without(self, name: str) -> "VisitFilter":
        """This function will return the filter with one field cleared."""
        return replace(self, **cast(dict[str, Any], {name: ""}))


@dataclass(frozen=True)
class VisitLine:
    """One visit in the list. `left` counts days to the due day, negative when it has passed."""

    id: int
    name: str
    address: str
    star: int
    way: Way
    origin: Origin
    status: VisitStatus
    why: tuple[str, ...]
    due_date: date
    left: int
    attempts: int


@dataclass(frozen=True)
class VisitsPage:
    """One page of visits with the tokens of its neighbours."""

    rows: tuple[VisitLine, ...]
    next_token: str | None
    previous_token: str | None


@dataclass(frozen=True)
class VisitCounts:
    """Open visits of a filter by how their day stands."""

    open: int
    late: int
    today: int
    week: int


def chosen_visits(viewer: Viewer, chosen: VisitFilter, today: date) -> QuerySet[Visit]:
    """This function will return the visits of a filter in the viewer's areas; open ones unless a status is chosen."""
    require(viewer=viewer, capability="visits.view")
    rows = Visit.objects.all()
    rows = rows.filter(status=chosen.status) if chosen.status else rows.exclude(status=_CLOSED)
    if chosen.whose:
        rows = rows.filter(assigned_to=viewer.account_id)
    if chosen.way:
        rows = rows.filter(way=chosen.way)
    if chosen.origin:
        rows = rows.filter(origin=chosen.origin)
    when = {
        "late": Q(due_date__lt=today),
        "today": Q(due_date=today),
        "week": Q(due_date__gte=today, due_date__lte=today + WEEK),
    }
    return rows.filter(when[chosen.due]) if chosen.due else rows


def visits_page(
    *, viewer: Viewer, at: datetime, chosen: VisitFilter, token: str | None = None, size: int = 20
) -> VisitsPage:
    """This function will return one page of visits, the nearest due day first."""
    today = business_day(at)
    page = keyset_page(chosen_visits(viewer, chosen, today), order=("due_date", "id"), token=token, size=size)
    doors = doors_of(household_ids=[row.household_id for row in page.rows], on=today)
    return VisitsPage(
        tuple(line_of(row, doors[row.household_id].address if row.household_id in doors else "", today)
              for row in page.rows),
        page.next_token,
        page.previous_token,
    )  # fmt: skip


def line_of(row: Visit, address: str, today: date) -> VisitLine:
    """This function will return what a list says of a visit: reasons in a few words, no figures."""
    return VisitLine(
        row.pk,
        row.subject_name,
        address,
        row.star,
        Way(row.way),
        Origin(row.origin),
        VisitStatus(row.status),
        tuple(dict.fromkeys(reason["label"] for reason in row.reasons)),
        row.due_date,
        (row.due_date - today).days,
        row.attempts,
    )


def visit_counts(*, viewer: Viewer, at: datetime, chosen: VisitFilter) -> VisitCounts:
    """This function will count the open visits of a filter by how their day stands."""
    today = business_day(at)
    found = chosen_visits(viewer, chosen.without("due"), today).aggregate(
        open=Count("id"),
        late=Count("id", filter=Q(due_date__lt=today)),
        today=Count("id", filter=Q(due_date=today)),
        week=Count("id", filter=Q(due_date__gte=today, due_date__lte=today + WEEK)),
    )
    return VisitCounts(**found)
