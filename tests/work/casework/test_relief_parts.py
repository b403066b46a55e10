"""An approval of relief that is paid in monthly parts: divided to the fen, said in the letter, opened as one grant."""

from datetime import date

import pytest

from minsheng.foundation.access.context import acting_as
from minsheng.work.casework import operations as casework
from minsheng.work.casework.models import Case, CaseAct, Document
from minsheng.work.casework.paying import MOST_PARTS, in_parts
from minsheng.work.casework.types import Origin
from minsheng.work.payments.models import Amount, FloatDraw
from work.casework.conftest import FAMILY, Office, members_of, to_confirmation

NOVEMBER = date(2026, 11, 3)


@pytest.mark.parametrize("parts", range(2, MOST_PARTS + 1))
def test_the_parts_are_the_amount_to_the_fen_in_months_that_follow(parts: int) -> None:
    found = in_parts(100_001, parts=parts, first=NOVEMBER)
    assert sum(fen for _, fen in found) == 100_001
    assert len({month for month, _ in found}) == parts
    assert [month for month, _ in found] == sorted(month for month, _ in found)
    assert found[0][0] == date(2026, 11, 1)
    assert max(fen for _, fen in found) - min(fen for _, fen in found) < parts


def test_one_sum_is_no_parts_and_too_many_are_refused() -> None:
    assert in_parts(100, parts=1, first=NOVEMBER) == ()
    for wrong, fen in ((0, 100), (MOST_PARTS + 1, 100_000), (3, 2)):
        with pytest.raises(casework.UnableToProceed, match="分次发放"):
            in_parts(fen, parts=wrong, first=NOVEMBER)


@pytest.mark.xdist_group("district")
def test_an_approval_in_three_parts_opens_one_grant_of_three_dated_amounts(office: Office) -> None:
    clerk, person = office("street_intake"), members_of(office)[0]
    case_id = casework.open_case(
        actor=clerk, at=office.at, procedure="temporary_relief_quick", scheme="small_quick_aid",
        household_id=FAMILY, person_id=person, origin=Origin.APPLICATION,
    )  # fmt: skip
    answers = {
        f"{person}.emergency_kind": "accident", f"{person}.emergency_severity": "grave",
        f"{person}.emergency_date": office.at.date(), "application.reason": "家里失火",
    }  # fmt: skip
    casework.save_draft(actor=clerk, at=office.at, case_id=case_id, answers=answers)
    casework.submit(actor=clerk, at=office.at, case_id=case_id, declared_true=True)
    casework.accept(actor=clerk, at=office.at, case_id=case_id)
    casework.give_opinion(
        actor=office("street_review"), at=office.at, case_id=case_id, favourable=True, words_said="属实"
    )
    casework.forward(actor=office("street_review"), at=office.at, case_id=case_id)
    approval = {"actor": office("district_business"), "at": office.at, "case_id": case_id, "reason": "属实"}
    with pytest.raises(casework.UnableToProceed, match="分次发放"):
        casework.approve(**approval, parts=MOST_PARTS + 1)
    casework.approve(**approval, parts=3)
    with acting_as(viewer=office("district_business"), at=office.at):
        grant_id = Case.objects.get(pk=case_id).grant_id
        amounts = list(Amount.objects.filter(grant_id=grant_id).order_by("valid_from"))
        letter = Document.objects.get(case_id=case_id, kind="decision").data
        decided = CaseAct.objects.get(case_id=case_id, act="approve").detail
        assert not FloatDraw.objects.filter(decision_ref=amounts[0].decision_ref).exists(), "a float pays in one sum"
    assert [row.valid_from for row in amounts] == [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)]
    assert sum(row.amount_fen for row in amounts) == decided["amount_fen"]
    assert decided["parts"] == 3
    assert "分 3 次发" in str(letter["blocks"])


@pytest.mark.xdist_group("district")
def test_what_runs_by_month_has_no_parts(office: Office) -> None:
    case_id = to_confirmation(office)
    with pytest.raises(casework.UnableToProceed, match="按月发的待遇不分次"):
        casework.approve(
            actor=office("district_business"), at=office.at, case_id=case_id, reason="符合", parts=2
        )  # fmt: skip
