"""What passed its day comes before whoever supervises; it stays there until somebody names why."""

from datetime import datetime

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.foundation.events.operations import publish
from minsheng.work.casework.acting import today_of
from minsheng.work.casework.events import CaseOverdue
from minsheng.work.casework.models import Case, Delay


def raise_overdue(*, actor: Viewer, at: datetime) -> int:
    """This function will note every limit that passed and was not noted yet, and return how many; safe to repeat."""
    require(viewer=actor, capability="casework.check")
    with acting_as(viewer=actor, at=at):
        today = today_of(at)
        noted = set(Delay.objects.values_list("case_id", "limit_code", "due_date"))
        raised = 0
        for case in Case.objects.filter(due_date__lt=today).order_by("id"):
            due = case.due_date
            if due is None or (case.pk, case.due_limit, due) in noted:
                continue
            Delay.objects.create(
                case=case, area_id=case.area_id, limit_code=case.due_limit, due_date=due, noticed_at=at
            )
            publish(CaseOverdue(case.pk, case.due_limit, due, at), at=at, area_id=case.area_id)
            raised += 1
        if raised:
            audit.record(
                actor=actor,
                at=at,
                action="casework.overdue_raised",
                object_type="casework.case",
                object_id="all",
                detail={"cases": raised},
            )
        return raised
