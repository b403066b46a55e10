"""What waits in payments for this viewer: the counts on the room's first page."""

from dataclasses import dataclass
from datetime import date

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.work.payments.models import (
    Float,
    FloatDraw,
    FloatReconciliation,
    FollowUp,
    Recalculation,
    Recovery,
    Run,
    SampleLine,
)
from minsheng.work.payments.rules.months import first_of
from minsheng.work.payments.types import RecalculationState, RunState


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

    @property
    def total(self) -> int:
        return (self.runs or 0) + self.follow_ups + self.differences + self.draws + self.sample_lines


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
    )
