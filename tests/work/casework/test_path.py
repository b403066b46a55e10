"""低保 from a finding to a decision, by different people, and nothing of it can be left out."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.events.models import OutboxEvent
from minsheng.work.casework import operations as casework
from minsheng.work.casework import queries
from minsheng.work.casework.models import Case, Decision, Document
from minsheng.work.casework.operations import UnableToProceed
from minsheng.work.casework.types import Status
from work.casework.conftest import Office, opened, to_confirmation

pytestmark = pytest.mark.xdist_group("district")


def test_from_a_finding_to_a_decision_that_replays(office: Office) -> None:
    case_id = to_confirmation(office)
    bureau = office("district_business")
    decision = casework.approve(actor=bureau, at=office.at, case_id=case_id, reason="符合低保条件")
    with acting_as(viewer=bureau, at=office.at):
        row = Decision.objects.get(pk=decision)
        assert (row.amount_fen, row.monthly, row.start_date) == (180_600, True, date(2026, 12, 1))
        assert row.frozen["subject"] == "林阿珍一家"
        kinds = set(Document.objects.filter(case_id=case_id).values_list("kind", flat=True))
    assert kinds == {"authorisation", "acceptance", "notice", "decision"}
    replayed = casework.replay_decision(actor=office("auditor"), at=office.at, decision_id=decision)
    assert replayed is not None
    assert replayed.same, replayed.differences
    assert replayed.payable_fen == 180_600
    granted = OutboxEvent.objects.get(name="casework.GrantDecided", payload__case_id=case_id).payload
    assert (granted["amount_fen"], granted["start_date"], granted["decision_id"]) == (180_600, "2026-12-01", decision)
    casework.deliver(
        actor=office("street_intake"), at=office.at, case_id=case_id, how="handed", received_by="林阿珍本人"
    )
    file = queries.case_file(viewer=bureau, at=office.at, case_id=case_id)
    with acting_as(viewer=bureau, at=office.at):
        file = queries.case_file(viewer=bureau, at=office.at, case_id=case_id)
    assert file is not None
    assert file.status is Status.PAYING
    assert {line.code: line.state for line in file.clock.lines}["total"] == "done"


def test_a_decision_written_past_the_operations_is_refused_by_the_database(office: Office) -> None:
    """The planted shortcut: a row of an approval, written straight into the table."""
    case_id = opened(office)
    bureau = office("district_business")
    with acting_as(viewer=bureau, at=office.at):
        case = Case.objects.get(pk=case_id)
        with pytest.raises(DatabaseError, match="casework_no_shortcut"), transaction.atomic():
            Decision.objects.create(
                case=case,
                area_id=case.area_id,
                outcome="grant",
                scheme=case.scheme,
                amount_fen=1,
                monthly=True,
                reason="急",
                basis="",
                decided_by=bureau.account_id,
                decided_by_name="",
                decided_at=office.at,
                frozen={},
                frozen_sha256="",
            )


def test_who_prepared_a_case_does_not_decide_it(office: Office) -> None:
    """The bureau confirms; a street reviewer who is also given that power meets the person, not the role."""
    from dataclasses import replace

    case_id = to_confirmation(office)
    reviewer = office("street_review")
    both = replace(reviewer, capabilities=reviewer.capabilities | {"casework.confirm_district"})
    with pytest.raises(UnableToProceed, match="您在这一件上做过“出具初步意见”"):
        casework.approve(actor=both, at=office.at, case_id=case_id, reason="符合")
