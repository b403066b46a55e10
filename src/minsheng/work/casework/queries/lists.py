from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, cast
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet

from minsheng.foundation.access.context import BUSINESS_ZONE
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.calendars.queries import work_calendar
from minsheng.foundation.calendars.rules import UnableToCountWorkingDays, working_days_between
from minsheng.foundation.pages.paging import keyset_page
from minsheng.work.casework.models import Case, Check, Delay
from minsheng.work.casework.procedures import edition_of, procedures
from minsheng.work.casework.types import ENDED, UNDECIDED, CheckState, Status

_ENDED = [status.value for status in ENDED]


@dataclass(frozen=True)
class CaseFilter:
    """What a list of cases is narrowed to; every field stands in the address of the page."""

    whose: str = ""
    status: str = ""
    procedure: str = ""
    due: str = ""

    @classmethod
    def read(cls, values: dict[str, str]) -> "CaseFilter":
        """This function will read a filter from address parameters; what it does not know it leaves out."""
        return cls(
            whose=values.get("whose", "") if values.get("whose") == "mine" else "",
            status=values.get("status", "") if values.get("status", "") in set(Status) else "",
            procedure=values.get("procedure", "") if values.get("procedure", "") in procedures() else "",
            due=values.get("due", "") if values.get("due") in ("late", "today", "soon") else "",
        )

    def query(self, **changes: str) -> str:
        """This function will write the filter as address parameters, with some of them changed."""
        held = {"whose": self.whose, "status": self.status, "procedure": self.procedure, "due": self.due} | changes
        return urlencode({name: value for name, value in held.items() if value})

    def without(self, name: str) -> "CaseFilter":
        """This function will return the filter with one field cleared."""
        return replace(self, **cast(dict[str, Any], {name: ""}))


@dataclass(frozen=True)
class CaseLine:
    """One case in a list; `left` counts working days, negative when overdue, None when nothing runs."""

    id: int
    number: str
    name: str
    title: str
    status: Status
    due_date: date | None
    limit: str
    left: int | None
    origin: str
    unexplained: bool


@dataclass(frozen=True)
class CasesPage:
    """One page of cases with the tokens of its neighbours."""

    rows: tuple[CaseLine, ...]
    next_token: str | None
    previous_token: str | None


@dataclass(frozen=True)
class CaseCounts:
    """How many cases of a filter are being worked on, supported without open work, due today, overdue, unexplained."""

    open: int
    supported: int
    today: int
    late: int
    unexplained: int


def _today(at: datetime) -> date:
    return at.astimezone(BUSINESS_ZONE).date()


def _chosen(viewer: Viewer, chosen: CaseFilter, today: date) -> QuerySet[Case]:
    require(viewer=viewer, capability="casework.view")
    rows = Case.objects.all()
    rows = rows.filter(status=chosen.status) if chosen.status else rows.exclude(status__in=_ENDED)
    if chosen.whose:
        rows = rows.filter(handler_id=viewer.account_id)
    if chosen.procedure:
        rows = rows.filter(procedure=chosen.procedure)
    if chosen.due == "late":
        rows = rows.filter(due_date__lt=today)
    elif chosen.due == "today":
        rows = rows.filter(due_date=today)
    elif chosen.due == "soon":
        rows = rows.filter(due_date__gte=today)
    return rows


def cases_page(
    *, viewer: Viewer, at: datetime, chosen: CaseFilter, token: str | None = None, size: int = 30
) -> CasesPage:
    """This function will return one page of cases, the nearest legal deadline first."""
    today = _today(at)
    page = keyset_page(_chosen(viewer, chosen, today), order=("due_date", "id"), token=token, size=size)
    named = set(
        Delay.objects.filter(case__in=[row.pk for row in page.rows])
        .exclude(reason="")
        .values_list("case_id", "due_date")
    )
    calendar = work_calendar()

    def left(due: date | None) -> int | None:
        try:
            return working_days_between(calendar, today, due).number if due else None
        except UnableToCountWorkingDays:
            return None

    return CasesPage(
        tuple(
            CaseLine(
                id=row.pk,
                number=row.number,
                name=row.subject_name if row.person_id else f"{row.subject_name}一家",
                title=edition_of(row.procedure, row.edition).title,
                status=Status(row.status),
                due_date=row.due_date,
                limit=limit_label(row),
                left=left(row.due_date),
                origin=row.origin,
                unexplained=bool(row.due_date and row.due_date < today and (row.pk, row.due_date) not in named),
            )
            for row in page.rows
        ),
        page.next_token,
        page.previous_token,
    )


def limit_label(case: Case) -> str:
    """This function will name the limit that ends next."""
    limits = edition_of(case.procedure, case.edition).limits
    return next((limit.label for limit in limits if limit.code == case.due_limit), "")


def case_counts(*, viewer: Viewer, at: datetime, chosen: CaseFilter) -> CaseCounts:
    """This function will count the cases of a filter by how their deadlines stand."""
    today = _today(at)
    rows = _chosen(viewer, chosen.without("due"), today)
    late = Q(due_date__lt=today)
    named = Delay.objects.exclude(reason="").values_list("case_id", "due_date")
    overdue = set(rows.filter(late).values_list("id", "due_date"))
    supported = Q(status__in=[Status.PAYING.value, Status.GRADUAL_EXIT.value])
    found = rows.aggregate(
        open=Count("id", filter=~supported),
        supported=Count("id", filter=supported),
        today=Count("id", filter=Q(due_date=today)),
    )
    return CaseCounts(
        found["open"], found["supported"], found["today"], len(overdue), len(overdue - set(named)) if overdue else 0
    )


def counts_by_status(*, viewer: Viewer, at: datetime, chosen: CaseFilter) -> dict[str, int]:
    """This function will count the cases of a filter by status."""
    rows = _chosen(viewer, chosen.without("status"), _today(at))
    return dict(rows.values_list("status").annotate(cases=Count("id")).values_list("status", "cases"))


def ids_in_flight() -> list[int]:
    """This function will return the ids of undecided cases that the transaction's account sees."""
    statuses = [status.value for status in UNDECIDED]
    return list(Case.objects.filter(status__in=statuses).order_by("id").values_list("id", flat=True))


def ids_waiting_for_answers(*, on: date) -> list[int]:
    """This function will return the ids of cases whose sources still owe an answer and may be asked on a day.

    What was asked for several parts of a joint application is collected by the first of them that is still in hand.
    """
    states = [CheckState.ASKED.value, CheckState.LATE.value]
    statuses = [Status.ACCEPTED.value, Status.INVESTIGATING.value]
    rows = Check.objects.filter(
        state__in=states, authorisation__withdrawn_at__isnull=True, authorisation__valid_to__gt=on
    ).values_list("case_id", "covers")
    waiting = [covers or [case_id] for case_id, covers in rows.distinct()]
    named = {number for group in waiting for number in group}
    in_hand = set(Case.objects.filter(pk__in=named, status__in=statuses).values_list("id", flat=True))
    return sorted({min(mine) for group in waiting if (mine := in_hand & set(group))})


@dataclass(frozen=True)
class Matter:
    """What a case is about, for who only marks it elsewhere."""

    number: str
    scheme: str
    household_id: int
    person_id: int | None


def matter_of(*, case_id: int) -> Matter | None:
    """This function will return what a case is about, where the transaction's account sees it."""
    row = Case.objects.filter(pk=case_id).first()
    return Matter(row.number, row.scheme, row.household_id, row.person_id) if row is not None else None


def household_of(*, case_id: int) -> int | None:
    """This function will return the household of a case that the transaction's account sees."""
    return Case.objects.filter(pk=case_id).values_list("household_id", flat=True).first()
