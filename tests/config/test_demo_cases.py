"""The demo's cases: every state that an office sees in a week, people of four streets, none late without a reason."""

from datetime import datetime

import pytest
from django.db.models import Count

from minsheng.config.demo.cases import FEWEST_STORIES
from minsheng.foundation.access.context import acting_as
from minsheng.work.casework.models import Appeal, Case, CaseAct, Delay, Document, Notice
from minsheng.work.casework.types import Act, Status
from work.casework.conftest import viewer_of

pytestmark = pytest.mark.xdist_group("district")
S = Status
STATES = {
    S.DRAFT, S.SUBMITTED, S.CORRECTION, S.ACCEPTED, S.INVESTIGATING, S.NOTICED, S.OBJECTED, S.CONFIRMING,
    S.APPROVED, S.REJECTED, S.PAYING, S.PROPOSED, S.AIDED, S.SUSPENDED, S.WITHDRAWN, S.CLOSED,
}  # fmt: skip


def test_the_demo_has_a_case_in_every_state_and_each_came_there_by_its_acts(district: None, at: datetime) -> None:
    system = viewer_of("system", at)
    with acting_as(viewer=system, at=at):
        cases = list(Case.objects.all())
        acts = list(CaseAct.objects.order_by("id"))
        reasons = list(Delay.objects.values_list("reason", flat=True))
        assert Notice.objects.filter(taken_down_date__isnull=True, last_date__gte=at.date()).count() >= 1
        assert Appeal.objects.filter(settled_at__isnull=True).count() == 1
        assert Document.objects.count() > len(cases)
        asked = Case.objects.filter(origin="finding").aggregate(found=Count("finding_id"), all=Count("id"))
    assert {Status(case.status) for case in cases} >= STATES
    assert len(cases) >= FEWEST_STORIES
    assert reasons
    assert all(reasons), "what passed its day has a named reason"
    assert len({case.area_id for case in cases}) >= 6
    assert len({act.account_id for act in acts}) >= 12
    assert sum(act.act == Act.HAND_OVER for act in acts) == 1
    assert asked["found"] == asked["all"], "a case that comes from a finding names it"
    for case in cases:
        own = [act for act in acts if act.case_id == case.pk]
        assert [act.at for act in own] == sorted(act.at for act in own)
        assert own[-1].status_after == case.status, "no state was written past an act"
        assert all(act.at <= at for act in own)
    weekend = {act.at.date() for act in acts if act.at.date().weekday() >= 5 and act.at.date().month == 11}
    assert weekend == set(), "offices work on working days"
