"""A fact arrives and the finding follows: registry → event → eligibility, without anybody pressing a button."""

from datetime import datetime

import pytest

from minsheng.config.demo.accounts import system_viewer
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.events.operations import deliver_pending
from minsheng.records.registry import operations as registry
from minsheng.records.registry.types import SubjectKind
from minsheng.work.eligibility.models import Finding, Result

pytestmark = pytest.mark.xdist_group("district")
SCHEME = "minimum_living_allowance"
FAMILY = 7  # 林阿珍's household: the stories come first, in the order of their files


def deliver(at: datetime) -> None:
    actor = system_viewer(at=at)
    while deliver_pending(actor=actor, at=at, limit=100, scope=lambda: acting_as(viewer=actor, at=at)).delivered:
        pass


def test_a_fact_that_ends_entitlement_closes_the_finding(district: None, at: datetime) -> None:
    actor = system_viewer(at=at)
    with acting_as(viewer=actor, at=at):
        before = Finding.objects.get(household_id=FAMILY, scheme=SCHEME, closed_at__isnull=True)
        assert before.amount_fen == 180_600
        closed = set(
            Finding.objects.filter(closed_at__isnull=False).values_list("pk", flat=True)
        )  # by the demo's cases
        registry.record_statement(
            actor=actor,
            at=at,
            subject_kind=SubjectKind.HOUSEHOLD,
            subject_id=FAMILY,
            source="economic_check",
            values={"vehicles": 2},
            valid_from=at.date().replace(day=1),
        )
    deliver(at)
    with acting_as(viewer=actor, at=at):
        assert not Finding.objects.filter(household_id=FAMILY, scheme=SCHEME, closed_at__isnull=True).exists()
        assert not Result.objects.filter(household_id=FAMILY, scheme=SCHEME, valid_to__isnull=True).exists()
        others = Finding.objects.filter(closed_at__isnull=False).exclude(household_id=FAMILY)
        assert set(others.values_list("pk", flat=True)) == closed, "only the household concerned is touched"
