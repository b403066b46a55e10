"""A decision that does not bear its MAC is no ground for anything: not for a change, an appeal, a replay."""

from datetime import timedelta

import pytest

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.evidence.rows import check_rows
from minsheng.foundation.sealing.macs import RowMac
from minsheng.work.casework import operations as casework
from minsheng.work.casework.models import Decision
from minsheng.work.casework.operations import UnableToProceed
from minsheng.work.casework.sealed_columns import DECISION_ROW
from minsheng.work.casework.working import trusted
from work.casework.conftest import Office, to_confirmation

pytestmark = pytest.mark.xdist_group("district")
OTHERWISE = {
    "amount_fen": lambda d: d.amount_fen * 10,
    "start_date": lambda d: d.start_date - timedelta(days=31),
    "outcome": lambda d: "end",
    "monthly": lambda d: not d.monthly,
    "decided_by": lambda d: d.decided_by + 1,
    "frozen_sha256": lambda d: "0" * 64,
    "mac": lambda d: None,
}


def test_every_figure_of_a_decision_is_vouched_for(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    bureau = office("district_business")
    case_id = to_confirmation(office)
    number = casework.approve(actor=bureau, at=office.at, case_id=case_id, reason="符合低保条件")
    report = check_rows(viewer=office("system"), at=office.at)
    assert report.broken == ()
    assert report.rows["casework_decision"] >= 1
    with acting_as(viewer=bureau, at=office.at):
        for column, other in OTHERWISE.items():
            decision = Decision.objects.get(pk=number)
            trusted(decision)  # the control: as it was written
            setattr(decision, column, other(decision))
            with pytest.raises(UnableToProceed, match="校验码"):
                trusted(decision)
    # As if the row had been changed: what reads it for an act refuses. Only decisions: grants bear MACs as well.
    holds = RowMac.holds
    monkeypatch.setattr(RowMac, "holds", lambda mac, row, **ring: mac != DECISION_ROW and holds(mac, row, **ring))
    with pytest.raises(UnableToProceed, match="校验码"):
        casework.replay_decision(actor=office("auditor"), at=office.at, decision_id=number)
    with pytest.raises(UnableToProceed, match="校验码"):
        casework.appeal(
            actor=bureau, at=office.at, case_id=case_id, kind="reconsideration", authority="区政府",
            grounds="不服", lodged_date=office.at.date(),
        )  # fmt: skip
