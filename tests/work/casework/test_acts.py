"""What acts refuse and why, and what each leaves behind."""

from datetime import timedelta
from typing import Any

import pytest

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import UnableToAct
from minsheng.records.registry import operations as registry
from minsheng.records.registry.types import SubjectKind
from minsheng.work.casework import operations as casework
from minsheng.work.casework import queries
from minsheng.work.casework.checking.asking import Answer, Mandate, Question, UnableToAsk
from minsheng.work.casework.models import Adjustment, Case, Check, Decision, Delay, Notice, Objection, Opinion
from minsheng.work.casework.operations import UnableToFindCase, UnableToProceed
from minsheng.work.casework.pages.public import qr_code
from minsheng.work.casework.queries.lists import ids_waiting_for_answers
from minsheng.work.casework.rules.papers import PAPERS, may_not_be_asked
from minsheng.work.casework.types import CheckState, Outcome, Status
from minsheng.work.eligibility import queries as eligibility
from minsheng.work.payments.models import Grant
from work.casework.conftest import (
    FAMILY,
    SCHEME,
    AgreeingSources,
    Office,
    authorised,
    checked,
    investigated,
    members_of,
    opened,
    opined,
    submitted,
    to_confirmation,
)

pytestmark = pytest.mark.xdist_group("district")


def accepted(office: Office) -> int:
    """This function will lead the family's case to acceptance."""
    case_id = opened(office)
    authorised(office, case_id)
    submitted(office, case_id)
    casework.accept(actor=office("street_intake"), at=office.at, case_id=case_id)
    return case_id


def paying(office: Office) -> int:
    """This function will lead the family's case to its running benefit."""
    case_id = to_confirmation(office)
    casework.approve(actor=office("district_business"), at=office.at, case_id=case_id, reason="符合低保条件")
    casework.deliver(actor=office("street_intake"), at=office.at, case_id=case_id, how="handed", received_by="本人")
    return case_id


def status_of(office: Office, case_id: int) -> Status:
    with acting_as(viewer=office("system"), at=office.at):
        return Status(Case.objects.get(pk=case_id).status)


class Says:
    """A provider for tests that answers what it is told, for one source; others know nothing."""

    def __init__(self, **answers: dict[str, Any] | None) -> None:
        self.answers = answers

    def ask(self, question: Question) -> Answer | None:
        """This method will answer, or, where it was told None, not yet."""
        said = self.answers.get(question.source, {})
        return None if said is None else Answer(said, question.asked_at, 90)


def test_no_paper_may_be_asked_for_that_the_check_can_give(office: Office) -> None:
    case_id = opened(office)
    authorised(office, case_id)
    submitted(office, case_id)
    for code, paper in PAPERS.items():
        assert (may_not_be_asked(code) is None) == (paper.given_by is None)
    with pytest.raises(UnableToProceed, match="不动产登记核对就能查到"):
        casework.request_correction(
            actor=office("street_intake"), at=office.at, case_id=case_id, papers=["property_certificate"], note=""
        )
    casework.request_correction(
        actor=office("street_intake"), at=office.at, case_id=case_id, papers=["tenancy_agreement"], note=""
    )
    casework.submit(actor=office("street_intake"), at=office.at, case_id=case_id, declared_true=True)
    with pytest.raises(UnableToProceed, match="已经一次性告知过补正"):
        casework.request_correction(
            actor=office("street_intake"), at=office.at, case_id=case_id, papers=["signature"], note=""
        )


def test_a_question_cannot_be_made_outside_of_its_authorisation(office: Office) -> None:
    day = office.at.date()
    mandate = Mandate(frozenset({"police"}), frozenset({1}), "casework.x", day, day + timedelta(days=1))
    fitting: dict[str, Any] = {
        "case_id": 1,
        "source": "police",
        "subject_kind": SubjectKind.PERSON,
        "subject_id": 1,
        "attributes": ("hukou_local",),
        "purpose": "casework.x",
        "attempt": 1,
        "asked_at": office.at,
        "day": day,
        "mandate": mandate,
    }
    Question(**fitting)
    for wrong in (
        {"source": "deposits"},
        {"subject_id": 2},
        {"purpose": "casework.y"},
        {"day": day + timedelta(days=1)},
        {"day": day - timedelta(days=1)},
    ):
        with pytest.raises(UnableToAsk):
            Question(**(fitting | wrong))


def test_a_late_and_a_contradicting_source_hold_the_case_until_settled(office: Office) -> None:
    case_id = accepted(office)
    casework.start_investigation(actor=office("street_intake"), at=office.at, case_id=case_id)
    investigated(office, case_id)
    casework.request_check(actor=office("street_intake"), at=office.at, case_id=case_id)
    office.days(8)
    answering = Says(deposits=None, vehicles={"vehicles": 2})
    casework.collect_answers(actor=office("system"), at=office.at, case_id=case_id, source=answering)
    with acting_as(viewer=office("system"), at=office.at):
        states = dict(Check.objects.filter(case_id=case_id).values_list("source", "state"))
    assert (states["deposits"], states["vehicles"]) == (CheckState.LATE, CheckState.CONTRADICTORY)
    with pytest.raises(UnableToProceed, match="还有 1 项核对没有结果"):
        opined(office, case_id)
    # The car goes into the registry under its source, and the family no longer passes.
    casework.request_check(actor=office("street_intake"), at=office.at, case_id=case_id)
    casework.collect_answers(actor=office("system"), at=office.at, case_id=case_id, source=AgreeingSources())
    with pytest.raises(UnableToProceed, match="不符合条件"):
        opined(office, case_id)
    # The family objects: it is checked again, and the second answer counts.
    with acting_as(viewer=office("system"), at=office.at):
        car = Check.objects.get(case_id=case_id, source="vehicles")
    casework.object_to_check(
        actor=office("street_intake"), at=office.at, case_id=case_id, check_id=car.pk, words_said="车已报废，有注销证明"
    )
    with pytest.raises(UnableToProceed, match="有异议待复查"):
        opined(office, case_id)
    office.days(1)
    casework.request_check(actor=office("street_intake"), at=office.at, case_id=case_id)
    casework.collect_answers(
        actor=office("system"), at=office.at, case_id=case_id, source=Says(vehicles={"vehicles": 0})
    )
    opined(office, case_id)
    assert status_of(office, case_id) is Status.OPINED


def test_an_objection_from_the_street_stops_the_notice_and_brings_the_bureau_to_the_door(office: Office) -> None:
    case_id = accepted(office)
    casework.start_investigation(actor=office("street_intake"), at=office.at, case_id=case_id)
    investigated(office, case_id)
    checked(office, case_id)
    opined(office, case_id)
    token = casework.publish_notice(actor=office("street_review"), at=office.at, case_id=case_id, place="公告栏")
    shown = queries.public_notice(token=token, at=office.at)
    assert shown is not None
    assert (shown.name, shown.household_size, shown.amount_fen) == ("林阿珍", 3, 180_600)
    assert queries.public_notice(token=token[:-1] + "x", at=office.at) is None
    office.days(7)
    with pytest.raises(UnableToProceed, match="才满 7 天"):
        casework.end_notice(actor=office("street_review"), at=office.at, case_id=case_id)
    casework.lodge_objection(token=token, at=office.at, words_said="他家有辆车", contact="13800000000")
    assert status_of(office, case_id) is Status.OBJECTED
    with acting_as(viewer=office("system"), at=office.at):
        assert b"13800000000" not in bytes(Objection.objects.get(notice__case_id=case_id).contact_sealed or b"")
    casework.reinvestigate(actor=office("street_intake"), at=office.at, case_id=case_id)
    assert queries.public_notice(token=token, at=office.at) is None
    with pytest.raises(casework.UnableToFindNotice):
        casework.lodge_objection(token=token, at=office.at, words_said="再说一次")
    investigated(office, case_id)
    opined(office, case_id)
    casework.publish_notice(actor=office("street_review"), at=office.at, case_id=case_id, place="公告栏")
    office.days(8)
    casework.end_notice(actor=office("street_review"), at=office.at, case_id=case_id)
    with pytest.raises(UnableToProceed, match="区级必须先入户"):
        casework.approve(actor=office("district_business"), at=office.at, case_id=case_id, reason="符合")
    casework.visit_by_county(
        actor=office("district_business"),
        at=office.at,
        case_id=case_id,
        visited_date=office.at.date(),
        interviewee="林阿珍",
        observations="没有车",
        family_signed=True,
    )
    casework.approve(actor=office("district_business"), at=office.at, case_id=case_id, reason="符合")


def test_a_near_relative_brings_the_bureau_to_the_door(office: Office) -> None:
    case_id = to_confirmation(office)
    casework.record_relative(
        actor=office("street_intake"), at=office.at, case_id=case_id, relation="陈国良与居委会委员是兄弟"
    )
    with pytest.raises(UnableToProceed, match="近亲属备案"):
        casework.approve(actor=office("district_business"), at=office.at, case_id=case_id, reason="符合")


def test_one_person_does_not_investigate_alone(office: Office) -> None:
    case_id = accepted(office)
    intake = office("street_intake")
    casework.start_investigation(actor=intake, at=office.at, case_id=case_id)
    casework.record_investigation(
        actor=intake,
        at=office.at,
        case_id=case_id,
        method="home",
        visited_date=office.at.date(),
        interviewee="林阿珍",
        observations="属实",
        family_signed=True,
    )
    with pytest.raises(UnableToProceed, match="调查要两个人"):
        casework.sign_investigation(actor=intake, at=office.at, case_id=case_id)


def test_the_approval_opens_the_grant_on_its_hash(office: Office) -> None:
    case_id = paying(office)
    with acting_as(viewer=office("district_business"), at=office.at):
        decision = Decision.objects.get(case_id=case_id)
        grant = Grant.objects.get(decision_ref=f"casework:{decision.pk}")
        assert (grant.decision_sha256, grant.scheme, grant.household_id) == (decision.frozen_sha256, SCHEME, FAMILY)


def test_nothing_is_reduced_before_the_person_was_heard(office: Office) -> None:
    case_id = paying(office)
    intake, bureau = office("street_intake"), office("district_business")
    with pytest.raises(UnableToProceed, match="没有要调整的"):
        casework.propose_adjustment(actor=intake, at=office.at, case_id=case_id, reason="复核")
    registry.record_statement(
        actor=intake,
        at=office.at,
        subject_kind=SubjectKind.PERSON,
        subject_id=members_of(office)[1],
        source="hrss",
        values={"transfer_income": 2_400_000},
        valid_from=office.at.date().replace(day=1),
    )
    outcome = casework.propose_adjustment(actor=intake, at=office.at, case_id=case_id, reason="养老金增加")
    assert outcome is Outcome.REDUCE
    with pytest.raises(UnableToProceed, match="听取本人意见（社会救助法第四十八条）"):
        casework.decide_adjustment(actor=bureau, at=office.at, case_id=case_id, reason="养老金增加")
    casework.hear(actor=intake, at=office.at, case_id=case_id, words_said="知道了，同意")
    decision = casework.decide_adjustment(actor=bureau, at=office.at, case_id=case_id, reason="养老金增加")
    casework.notify_adjustment(actor=intake, at=office.at, case_id=case_id, received_by="林阿珍")
    with acting_as(viewer=bureau, at=office.at):
        # (1,102.00 - 24,000 / 12 / 3) x 3 = 1,306.00
        assert Decision.objects.get(pk=decision).amount_fen == 130_600
        assert Adjustment.objects.get(case_id=case_id).heard_at is not None
    assert status_of(office, case_id) is Status.PAYING


def test_a_wish_to_end_is_heard_too_and_closes_the_case(office: Office) -> None:
    case_id = paying(office)
    intake, bureau = office("street_intake"), office("district_business")
    assert (
        casework.propose_adjustment(actor=intake, at=office.at, case_id=case_id, reason="搬走", own_wish=True)
        is Outcome.END
    )
    casework.hear(actor=intake, at=office.at, case_id=case_id, words_said="确实不要了")
    casework.decide_adjustment(actor=bureau, at=office.at, case_id=case_id, reason="本人要求")
    casework.notify_adjustment(actor=intake, at=office.at, case_id=case_id, received_by="林阿珍")
    assert status_of(office, case_id) is Status.CLOSED


def test_the_street_confirms_only_where_and_when_it_was_delegated(office: Office) -> None:
    casework.set_delegation(
        actor=office("district_business"),
        at=office.at,
        procedure=SCHEME,
        valid_from=office.at.date() + timedelta(days=1),
        to_street=True,
        basis="区政府文件（演示）",
    )
    before = to_confirmation(office)  # accepted today: it stays with the bureau
    with pytest.raises(UnableToAct):
        casework.approve(actor=office("street_confirm"), at=office.at, case_id=before, reason="符合")
    casework.withdraw(actor=office("street_intake"), at=office.at, case_id=before, reason="重新申请")
    office.state_purpose()
    after = to_confirmation(office)
    with acting_as(viewer=office("system"), at=office.at):
        assert Case.objects.get(pk=after).delegated
    with pytest.raises(UnableToAct):
        casework.approve(actor=office("district_business"), at=office.at, case_id=after, reason="符合")
    casework.approve(actor=office("street_confirm"), at=office.at, case_id=after, reason="符合")


def test_what_passed_its_day_is_raised_once_and_needs_a_reason(office: Office) -> None:
    office.days(10)
    casework.raise_overdue(actor=office("system"), at=office.at)  # what others let lie is raised before
    office.days(-10)
    case_id = accepted(office)
    office.days(10)
    assert casework.raise_overdue(actor=office("system"), at=office.at) == 1
    assert casework.raise_overdue(actor=office("system"), at=office.at) == 0
    chosen = queries.CaseFilter(whose="mine")  # nobody else's
    with acting_as(viewer=office("street_intake"), at=office.at):
        counts = queries.case_counts(viewer=office("street_intake"), at=office.at, chosen=chosen)
    assert (counts.late, counts.unexplained) == (1, 1)
    casework.explain_delay(actor=office("street_intake"), at=office.at, case_id=case_id, reason="本人住院，出院即查")
    with acting_as(viewer=office("street_intake"), at=office.at):
        counts = queries.case_counts(viewer=office("street_intake"), at=office.at, chosen=chosen)
        assert Delay.objects.get(case_id=case_id).reason
    assert (counts.late, counts.unexplained) == (1, 0)


def test_referral_conference_and_appeal_stay_with_the_case(office: Office) -> None:
    case_id = paying(office)
    intake = office("street_intake")
    casework.refer(actor=intake, at=office.at, case_id=case_id, partner="medical", need="医疗救助")
    casework.answer_referral(actor=intake, at=office.at, case_id=case_id, answer="已纳入")
    with pytest.raises(UnableToProceed, match="没有等待反馈的转介"):
        casework.answer_referral(actor=intake, at=office.at, case_id=case_id, answer="再来一次")
    casework.confer(
        actor=intake, at=office.at, case_id=case_id, agenda="照护", participants="街道、社区", conclusion="加一次护理"
    )
    casework.appeal(
        actor=intake,
        at=office.at,
        case_id=case_id,
        kind="reconsideration",
        authority="区人民政府",
        grounds="金额算少了",
        lodged_date=office.at.date(),
    )
    casework.settle_appeal(actor=intake, at=office.at, case_id=case_id, result="upheld", result_words="计算无误")
    assert status_of(office, case_id) is Status.PAYING


def test_a_stranger_finds_no_case(office: Office) -> None:
    from minsheng.foundation.accounts.types import Viewer

    case_id = opened(office)
    stranger = Viewer(999_999, "外区", "stranger", (), frozenset({"casework.view", "casework.intake"}))
    with pytest.raises(UnableToFindCase):
        casework.accept(actor=stranger, at=office.at, case_id=case_id)
    with acting_as(viewer=stranger, at=office.at):
        assert queries.case_file(viewer=stranger, at=office.at, case_id=case_id) is None
        assert not Notice.objects.exists()


def test_a_letter_is_verified_without_saying_whose_it_is(office: Office) -> None:
    from minsheng.work.casework.models import Document

    case_id = accepted(office)
    with acting_as(viewer=office("system"), at=office.at):
        letter = Document.objects.get(case_id=case_id, kind="acceptance")
    found = queries.verified_letter(code=letter.code)
    assert found is not None
    assert (found.title, found.office) == ("受理通知书", "采荷街道")
    assert "林阿珍" not in repr(found)
    assert queries.verified_letter(code="A" * 16) is None


@pytest.mark.parametrize(
    ("found", "why"),
    [
        ({"amount_fen": 180_600, "payable_fen": None, "reductions": []}, "叠加还定不了"),
        ({"amount_fen": 180_600, "payable_fen": 0, "reductions": ["已由特困供养代替"]}, "已由特困供养代替"),
        ({"amount_fen": 180_600, "payable_fen": 0, "reductions": []}, "已由更高的待遇代替"),
    ],
)
def test_an_amount_unknown_or_replaced_is_refused_and_never_read_as_zero(
    office: Office, monkeypatch: pytest.MonkeyPatch, found: dict[str, Any], why: str
) -> None:
    case_id = accepted(office)
    casework.start_investigation(actor=office("street_intake"), at=office.at, case_id=case_id)
    investigated(office, case_id)
    checked(office, case_id)
    truly = eligibility.freeze
    monkeypatch.setattr(eligibility, "freeze", lambda **asked: {**(truly(**asked) or {}), **found})
    with pytest.raises(UnableToProceed, match=why):
        opined(office, case_id)
    with acting_as(viewer=office("system"), at=office.at):
        assert not Opinion.objects.filter(case_id=case_id).exists()
    monkeypatch.undo()
    opined(office, case_id)
    with acting_as(viewer=office("system"), at=office.at):
        assert Opinion.objects.get(case_id=case_id).amount_fen == 180_600


def test_the_code_on_the_board_leads_to_the_notice_and_needs_no_style() -> None:
    address = "https://example.org/notices/abc/"
    drawn = qr_code(address)
    assert drawn.startswith("<svg")
    assert "style=" not in drawn
    assert "<script" not in drawn
    assert drawn != qr_code(address + "x")


def test_an_authorisation_that_was_taken_back_asks_nobody_any_more(office: Office) -> None:
    case_id = accepted(office)
    casework.start_investigation(actor=office("street_intake"), at=office.at, case_id=case_id)
    asked = casework.request_check(actor=office("street_intake"), at=office.at, case_id=case_id)
    with acting_as(viewer=office("system"), at=office.at):
        assert case_id in ids_waiting_for_answers(on=office.at.date()), "the control: it waits for answers"
    casework.revoke_authorisation(
        actor=office("street_intake"), at=office.at, case_id=case_id, reason="本人来窗口书面撤回"
    )
    with pytest.raises(UnableToProceed, match="没有有效的核对授权"):
        casework.collect_answers(actor=office("system"), at=office.at, case_id=case_id, source=AgreeingSources())
    with pytest.raises(UnableToProceed, match="没有有效的核对授权"):
        casework.request_check(actor=office("street_intake"), at=office.at, case_id=case_id)
    with pytest.raises(UnableToProceed, match="可以撤回"):
        casework.revoke_authorisation(actor=office("street_intake"), at=office.at, case_id=case_id, reason="再撤一次")
    with acting_as(viewer=office("system"), at=office.at):
        assert case_id not in ids_waiting_for_answers(on=office.at.date())
        assert not Check.objects.filter(case_id=case_id, queried_at__isnull=False).exists()
    authorised(office, case_id)
    assert casework.request_check(actor=office("street_intake"), at=office.at, case_id=case_id) == asked
    answered = casework.collect_answers(actor=office("system"), at=office.at, case_id=case_id, source=AgreeingSources())
    assert answered == asked, "only what was asked under the new authorisation"
