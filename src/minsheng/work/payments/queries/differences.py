"""What was paid too much or too little, and how it comes back: figures by household number, no names."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, QuerySet, Sum

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.queries import holder_of
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.pages.paging import keyset_page
from minsheng.work.eligibility.queries.standing import scheme_titles
from minsheng.work.payments.figures import figure
from minsheng.work.payments.models import Grant, Line, Recalculation, Recovery
from minsheng.work.payments.types import Cause, LineState, RecalculationState

ROWS = 20


@dataclass(frozen=True)
class DifferenceRow:
    """One difference; `fen` is positive where too much was paid."""

    recalculation_id: int
    household_id: int
    scheme: str
    cause: Cause
    state: RecalculationState
    fen: int
    from_month: date
    found_at: datetime

    @property
    def less_fen(self) -> int:
        """What was paid too little, as a positive amount."""
        return max(0, -self.fen)


@dataclass(frozen=True)
class MonthRow:
    """One month of a difference, in fen."""

    month: date
    paid_fen: int
    due_fen: int

    @property
    def over_fen(self) -> int:
        return self.paid_fen - self.due_fen


@dataclass(frozen=True)
class RecoveryRow:
    """How too much comes back. `pending_fen` is deducted in runs that the bank has not answered."""

    recovery_id: int
    recalculation_id: int
    household_id: int
    scheme: str
    total_fen: int
    recovered_fen: int
    pending_fen: int
    instalment_fen: int
    from_month: date
    by_deduction: bool
    hardship_note: str
    closed_at: datetime | None

    @property
    def left_fen(self) -> int:
        return self.total_fen - self.recovered_fen

    @property
    def payable_fen(self) -> int:
        """What may be paid back in person: what is being deducted already may not."""
        return self.left_fen - self.pending_fen

    @property
    def months_left(self) -> int | None:
        """None where nothing is deducted: it rests, or waits for repayment in person."""
        return -(-self.left_fen // self.instalment_fen) if self.by_deduction and self.instalment_fen else None


@dataclass(frozen=True)
class DifferenceView:
    """One difference as its page shows it; `own` where the viewer has proposed it, so that somebody else decides."""

    row: DifferenceRow
    months: tuple[MonthRow, ...]
    reason: str
    decision_ref: str
    own: bool
    waits_for_bank: bool
    most_months: int
    recovery: RecoveryRow | None


@dataclass(frozen=True)
class Page:
    """Rows of one page, how many there are by state, and the tokens of its neighbours."""

    rows: tuple[Any, ...]
    counts: dict[str, int]
    next_token: str | None
    previous_token: str | None


def differences(*, viewer: Viewer, state: RecalculationState, token: str | None = None) -> Page:
    """This function will return the differences of the viewer's areas in one state, newest first."""
    require(viewer=viewer, capability="payments.work")
    counts = dict(Recalculation.objects.order_by().values_list("state").annotate(n=Count("id")))
    page = keyset_page(Recalculation.objects.filter(state=state.value), order=("-id",), token=token, size=ROWS)
    schemes = _schemes({one.grant_id for one in page.rows})
    return Page(tuple(_row(one, schemes) for one in page.rows), counts, page.next_token, page.previous_token)


def difference(*, viewer: Viewer, recalculation_id: int, on: date) -> DifferenceView | None:
    """This function will return one difference with its months and its recovery, or None where there is none."""
    require(viewer=viewer, capability="payments.work")
    one = Recalculation.objects.filter(pk=recalculation_id).first()
    if one is None:
        return None
    recovery = Recovery.objects.filter(recalculation=one)
    return DifferenceView(
        row=_row(one, _schemes({one.grant_id})),
        months=tuple(MonthRow(date.fromisoformat(m["month"]), int(m["paid"]), int(m["due"])) for m in one.months),
        reason=one.reason,
        decision_ref=one.decision_ref,
        own=holder_of(account_id=one.found_by) == holder_of(account_id=viewer.account_id),
        waits_for_bank=Line.objects.filter(
            grant_id=one.grant_id,
            month__gte=one.effective_month,
            state__in=(LineState.SENT.value, LineState.UNKNOWN.value),
        ).exists(),
        most_months=figure("recovery_most_months", on),
        recovery=next(iter(_recoveries(recovery)), None),
    )


def recoveries(*, viewer: Viewer, closed: bool, token: str | None = None) -> Page:
    """This function will return what is being paid back, or what has come back whole, newest first."""
    require(viewer=viewer, capability="payments.work")
    running = Recovery.objects.filter(closed_at__isnull=True).count()
    counts = {"open": running, "closed": Recovery.objects.count() - running}
    rows = Recovery.objects.filter(closed_at__isnull=not closed)
    page = keyset_page(rows, order=("-id",), token=token, size=ROWS)
    shown = Recovery.objects.filter(id__in=[one.pk for one in page.rows]).order_by("-id")
    return Page(_recoveries(shown), counts, page.next_token, page.previous_token)


def _recoveries(rows: QuerySet[Recovery]) -> tuple[RecoveryRow, ...]:
    found = list(rows.select_related("recalculation"))
    pending = dict(
        Line.objects.filter(
            recovery_id__in=[one.pk for one in found],
            state__in=(LineState.PLANNED.value, LineState.SENT.value, LineState.UNKNOWN.value),
        )
        .values_list("recovery_id")
        .annotate(fen=Sum("deducted_fen"))
    )
    schemes = _schemes({one.recalculation.grant_id for one in found})
    return tuple(
        RecoveryRow(
            recovery_id=one.pk,
            recalculation_id=one.recalculation_id,
            household_id=one.recalculation.household_id,
            scheme=schemes.get(one.recalculation.grant_id, ""),
            total_fen=one.total_fen,
            recovered_fen=one.recovered_fen,
            pending_fen=int(pending.get(one.pk) or 0),
            instalment_fen=one.instalment_fen,
            from_month=one.from_month,
            by_deduction=one.grant_id is not None,
            hardship_note=one.hardship_note,
            closed_at=one.closed_at,
        )
        for one in found
    )


def _row(one: Recalculation, schemes: dict[int, str]) -> DifferenceRow:
    return DifferenceRow(
        one.pk,
        one.household_id,
        schemes.get(one.grant_id, ""),
        Cause(one.cause),
        RecalculationState(one.state),
        one.over_fen,
        one.effective_month,
        one.found_at,
    )


def _schemes(grant_ids: set[int]) -> dict[int, str]:
    titles = scheme_titles()
    found = Grant.objects.filter(id__in=grant_ids).values_list("id", "scheme")
    return {number: titles.get(scheme, scheme) for number, scheme in found}
