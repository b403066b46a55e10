"""What waits in payments for this viewer: the counts on the room's first page."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, F, OuterRef

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.work.payments.models import (
    Amount,
    Float,
    FloatDraw,
    FloatReconciliation,
    FollowUp,
    Line,
    Recalculation,
    Recovery,
    Run,
    SampleLine,
)
from minsheng.work.payments.rules.months import first_of
from minsheng.work.payments.types import LineKind, LineState, RecalculationState, RunState


@dataclass(frozen=True)
class Desk:
    """How much waits of each kind; `runs` is None for who does not see runs."""

    runs: int | None
    follow_ups: int
    differences: int
    recoveries: int
    draws: int
    floats_uncounted: int
    sample_lines: int
    relief: int

    @property
    def total(self) -> int:
        return (self.runs or 0) + self.follow_ups + self.differences + self.draws + self.sample_lines + self.relief


def desk(*, viewer: Viewer, on: date) -> Desk:
    """This function will count what waits in the viewer's areas."""
    require(viewer=viewer, capability="payments.work")
    counted = FloatReconciliation.objects.filter(month=first_of(on), confirmed_at__isnull=False)
    return Desk(
        runs=Run.objects.exclude(state=RunState.SETTLED.value).count() if viewer.can("payments.view_runs") else None,
        follow_ups=FollowUp.objects.filter(closed_at__isnull=True).count(),
        differences=Recalculation.objects.filter(state=RecalculationState.PROPOSED.value).count(),
        recoveries=Recovery.objects.filter(closed_at__isnull=True).count(),
        draws=FloatDraw.objects.filter(paid_at__isnull=True, withdrawn_at__isnull=True).count(),
        floats_uncounted=Float.objects.exclude(id__in=counted.values("float_id")).count(),
        sample_lines=SampleLine.objects.filter(result="").count(),
        relief=relief_waiting(on=on) if viewer.can("payments.view_runs") else 0,
    )


def relief_waiting(*, on: date) -> int:
    """This function will count relief given once, each part for itself, that is due and in no run yet."""
    taken = Line.objects.filter(amount_row_id=OuterRef("pk"), kind=LineKind.ONCE.value).exclude(
        state__in=(LineState.HELD.value, LineState.RETURNED.value)
    )
    waiting = Amount.objects.filter(
        grant__once=True, grant__held_reason="", valid_to__gt=F("valid_from"), valid_from__lte=first_of(on)
    )
    return waiting.exclude(Exists(taken)).count()
