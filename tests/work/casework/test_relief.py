"""Relief that is given once: its amount comes from the rulebook, for the day of the emergency, once for one matter."""

from datetime import date, timedelta

import pytest

from minsheng.foundation.access.context import acting_as
from minsheng.work.casework import operations as casework
from minsheng.work.casework import queries
from minsheng.work.casework.checking.asking import Answer, Question
from minsheng.work.casework.models import Case, Decision, Document
from minsheng.work.casework.operations import UnableToProceed
from minsheng.work.casework.procedures import procedures
from minsheng.work.casework.types import Origin, Status
from minsheng.work.eligibility import queries as eligibility
from minsheng.work.payments import operations as payments
from minsheng.work.payments.models import FloatDraw, Grant
from work.casework.conftest import FAMILY, AgreeingSources, Office, members_of

pytestmark = pytest.mark.xdist_group("district")
STRAINED = 15  # 闻志强's household: rigid spending, and relief of it (policies/stories/wen_zhiqiang.yaml)


@pytest.mark.usefixtures("district")
def test_every_benefit_that_a_procedure_names_is_in_the_rulebook() -> None:
    named = [(e.procedure, scheme) for editions in procedures().values() for e in editions for scheme in e.schemes]
    for procedure, scheme in named:
        found = eligibility.scheme_ref(code=scheme)
        assert found is not None, f"{procedure}: the rulebook holds no {scheme}"
        assert found.monthly != procedure.startswith("temporary_relief"), f"{procedure}: relief alone is given once"


def opened(office: Office, procedure: str, scheme: str, household_id: int, person_id: int | None) -> int:
    """This function will open a case of relief at the counter."""
    return casework.open_case(
        actor=office("street_intake"),
        at=office.at,
        procedure=procedure,
        scheme=scheme,
        household_id=household_id,
        person_id=person_id,
        origin=Origin.APPLICATION,
    )


def accepted(office: Office, severity: str = "medium") -> tuple[int, int]:
    """This function will lead a case of quick aid to its acceptance: (case, person); the emergency was yesterday."""
    person = members_of(office)[0]
    case_id = opened(office, "temporary_relief_quick", "small_quick_aid", FAMILY, person)
    told = {"kind": "accident", "severity": severity, "date": office.at.date() - timedelta(days=1)}
    casework.save_draft(
        actor=office("street_intake"),
        at=office.at,
        case_id=case_id,
        answers={"application.reason": "家里失火"} | {f"{person}.emergency_{k}": v for k, v in told.items()},
    )
    casework.submit(actor=office("street_intake"), at=office.at, case_id=case_id, declared_true=True)
    casework.accept(actor=office("street_intake"), at=office.at, case_id=case_id)
    return case_id, person


def test_quick_aid_asks_about_the_emergency_and_about_no_income(office: Office) -> None:
    case_id, person = accepted(office)
    with acting_as(viewer=office("system"), at=office.at):
        file = queries.case_file(viewer=office("system"), at=office.at, case_id=case_id)
    assert file is not None
    asked = {cell.key for block in file.form for cell in block.cells}
    assert {f"{person}.emergency_date", "application.reason"} <= asked
    assert not any("income" in key or key.startswith("household.") for key in asked)
    with pytest.raises(UnableToProceed, match=r"没有“1\.wage_income”这一栏"):
        other = opened(office, "temporary_relief_quick", "small_quick_aid", FAMILY, members_of(office)[1])
        casework.save_draft(actor=office("street_intake"), at=office.at, case_id=other, answers={"1.wage_income": 1})


def test_urgent_aid_comes_before_its_papers_and_within_what_the_rules_give(office: Office) -> None:
    case_id, person = accepted(office)
    confirmer = office("street_confirm")
    # A medium emergency: 60 % of one month's standard, 1,102.00 x 60 % = 661.20; it began after the first of the month.
    with pytest.raises(UnableToProceed, match=r"不超过 661\.20 元"):
        casework.aid_first(actor=confirmer, at=office.at, case_id=case_id, amount_fen=66_121, reason="失火")
    casework.aid_first(actor=confirmer, at=office.at, case_id=case_id, amount_fen=66_120, reason="失火")
    with acting_as(viewer=office("system"), at=office.at):
        case = Case.objects.get(pk=case_id)
        decision = Decision.objects.get(case_id=case_id)
        draw = FloatDraw.objects.get(decision_ref=f"casework:{decision.pk}")
    assert case.due_limit == "papers", "the three days are kept by the money, ten more run for the papers"
    assert (decision.monthly, decision.amount_fen) == (False, 66_120)
    assert (draw.use, draw.amount_fen, draw.paid_at) == ("aid_first", 66_120, None), "cash waits in the street's float"
    payments.pay_draw(actor=office("street_intake"), at=office.at, draw_id=draw.pk, receipt="R-1")
    replayed = casework.replay_decision(actor=office("auditor"), at=office.at, decision_id=decision.pk)
    assert replayed is not None
    assert replayed.same
    casework.supply_papers(actor=office("street_intake"), at=office.at, case_id=case_id, note="补了签字")
    # The same fire again, three days later: refused. A new emergency: heard.
    office.days(3)
    office.state_purpose()
    again = opened(office, "temporary_relief_quick", "small_quick_aid", FAMILY, person)
    casework.save_draft(
        actor=office("street_intake"), at=office.at, case_id=again, answers={"application.reason": "家里失火"}
    )
    casework.submit(actor=office("street_intake"), at=office.at, case_id=again, declared_true=True)
    casework.accept(actor=office("street_intake"), at=office.at, case_id=again)
    with pytest.raises(UnableToProceed, match="已经为这件事给过小额快救"):
        casework.aid_first(actor=confirmer, at=office.at, case_id=again, amount_fen=10_000, reason="失火")


def test_nothing_is_given_for_an_emergency_that_nobody_registered(office: Office) -> None:
    case_id = opened(office, "temporary_relief_quick", "small_quick_aid", FAMILY, members_of(office)[1])
    casework.save_draft(
        actor=office("street_intake"), at=office.at, case_id=case_id, answers={"application.reason": "缺钱"}
    )
    casework.submit(actor=office("street_intake"), at=office.at, case_id=case_id, declared_true=True)
    casework.accept(actor=office("street_intake"), at=office.at, case_id=case_id)
    with pytest.raises(UnableToProceed, match="还不是规定的急难"):
        casework.aid_first(
            actor=office("street_confirm"), at=office.at, case_id=case_id, amount_fen=10_000, reason="缺钱"
        )


def decided(office: Office, procedure: str, scheme: str) -> int:
    """This function will lead the strained family's case to its approval by every step, and return the decision."""
    office.state_purpose(STRAINED)
    case_id = opened(office, procedure, scheme, STRAINED, None)
    intake, review = office("street_intake"), office("street_review")
    sources = procedures()[procedure][-1].sources
    casework.authorise(
        actor=intake,
        at=office.at,
        case_id=case_id,
        person_ids=members_of(office, STRAINED),
        sources=sources,
        valid_to=office.at.date() + timedelta(days=365),
        signed_how="paper",
    )
    casework.save_draft(actor=intake, at=office.at, case_id=case_id, answers={"application.reason": "看病"})
    casework.submit(actor=intake, at=office.at, case_id=case_id, declared_true=True)
    casework.accept(actor=intake, at=office.at, case_id=case_id)
    casework.start_investigation(actor=intake, at=office.at, case_id=case_id)
    casework.record_investigation(
        actor=intake,
        at=office.at,
        case_id=case_id,
        method="home",
        visited_date=office.at.date(),
        interviewee="闻志强",
        observations="属实",
        family_signed=True,
    )
    casework.sign_investigation(actor=office("community_worker"), at=office.at, case_id=case_id)
    casework.request_check(actor=intake, at=office.at, case_id=case_id)
    casework.collect_answers(actor=office("system"), at=office.at, case_id=case_id, source=Knowing())
    casework.give_opinion(actor=review, at=office.at, case_id=case_id, favourable=True, words_said="符合")
    casework.publish_notice(actor=review, at=office.at, case_id=case_id, place="公告栏")
    office.days(8)
    casework.end_notice(actor=review, at=office.at, case_id=case_id)
    return casework.approve(actor=office("district_business"), at=office.at, case_id=case_id, reason="符合条件")


class Knowing(AgreeingSources):
    """Sources that know the wife's illness, as the family said."""

    def ask(self, question: Question) -> Answer | None:
        """This method will answer at once; of illness it says what the family said."""
        held = {"severe_illness": True} if question.source == "medical_insurance" else {}
        return Answer(held, question.asked_at, 50)


def test_relief_of_spending_is_the_households_and_paid_once(office: Office) -> None:
    number = decided(office, "temporary_relief_expenditure", "expenditure_assistance")
    with acting_as(viewer=office("system"), at=office.at):
        decision = Decision.objects.get(pk=number)
        letter = Document.objects.get(case_id=decision.case_id, kind="decision").data
    assert (decision.amount_fen, decision.monthly, decision.start_date) == (661_200, False, date(2026, 11, 11))
    assert "一次性 6,612.00 元" in letter["blocks"][0]["items"][0]
    casework.deliver(
        actor=office("street_intake"), at=office.at, case_id=decision.case_id, how="handed", received_by="闻志强"
    )
    with acting_as(viewer=office("system"), at=office.at):
        assert Status(Case.objects.get(pk=decision.case_id).status) is Status.CLOSED


def test_the_status_of_rigid_spending_carries_no_money_and_ends_after_its_year(office: Office) -> None:
    number = decided(office, "rigid_expenditure_hardship", "rigid_spending_hardship")
    with acting_as(viewer=office("system"), at=office.at):
        decision = Decision.objects.get(pk=number)
        letter = Document.objects.get(case_id=decision.case_id, kind="decision").data
        assert not Grant.objects.filter(decision_ref=f"casework:{number}").exists()
    assert (decision.amount_fen, decision.start_date, decision.end_date) == (0, date(2026, 12, 1), date(2027, 12, 1))
    assert letter["blocks"][0]["items"][0] == "认定这一身份，不另发钱，3 人。"
    assert not any("账户" in line for line in letter["blocks"][0]["items"])
