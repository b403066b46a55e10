"""Visits that nobody needs to make any more: closed by the house itself, with the reason as their result."""

from collections.abc import Collection
from datetime import datetime

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.foundation.events.operations import publish
from minsheng.work.visits.events import VisitClosed
from minsheng.work.visits.models import Visit
from minsheng.work.visits.rules.transitions import status_after
from minsheng.work.visits.types import VisitAct, VisitStatus

SETTLED = VisitAct.SETTLE.value


def settle_visits(*, actor: Viewer, at: datetime, household_ids: Collection[int], why: str) -> int:
    """This function will close the visits of these households that are still to be made, and return how many.

    A household that was promised help keeps its visit. Call it inside the caller's act.
    """
    to_do = [s.value for s in VisitStatus if status_after(s, VisitAct.SETTLE)]
    rows = Visit.objects.select_for_update(no_key=True).filter(household_id__in=list(household_ids), status__in=to_do)
    closed = 0
    for row in rows.order_by("id"):
        row.status, row.result, row.outcome, row.closed_at = VisitStatus.CLOSED.value, SETTLED, why, at
        row.save(update_fields=["status", "result", "outcome", "closed_at"])
        audit.record(
            actor=actor,
            at=at,
            action="visits.settled",
            object_type="visits.visit",
            object_id=str(row.pk),
            area_id=row.area_id,
            detail={"household": row.household_id},
        )
        publish(VisitClosed(row.pk, row.household_id, SETTLED, at), at=at, area_id=row.area_id)
        closed += 1
    return closed
