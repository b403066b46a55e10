"""救助“一件事”: said once, derived, opened and visited together, and each part decided by itself."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import UnableToAct
from minsheng.foundation.accounts.models import Account as StaffAccount
from minsheng.foundation.accounts.types import Viewer
from minsheng.work.casework import operations as casework
from minsheng.work.casework import queries
from minsheng.work.casework.models import (
    Account,
    Authorisation,
    Case,
    CaseAct,
    Document,
    Investigation,
    Referral,
)
from minsheng.work.casework.rules.joining import Likelihood
from minsheng.work.casework.types import Act
from work.casework.conftest import FAMILY, Office, members_of, opened
from work.casework.joining import SOURCES, authorised, opened_together, parts, plan_of, together


def test_one_need_leads_to_procedures_and_to_departments(office: Office) -> None:
    plan = plan_of(office)
    found = {(part.procedure, part.standing.likelihood) for part in plan.parts}
    assert ("minimum_living_allowance", Likelihood.LIKELY) in found, found
    assert {one.partner for one in plan.referrals} == {"medical", "federation", "education", "employment"}
    assert plan.applicant_name == "林阿珍" or plan.applicant_name
    assert plan_of(office, ("no-such-need",)).parts == ()


def test_papers_signature_and_submission_are_given_once_for_all_parts(office: Office) -> None:
    joint_id = opened_together(office)
    cases = parts(office, joint_id)
    assert len(cases) >= 2
    with pytest.raises(casework.UnableToProceed, match="核对授权"):
        together(office, joint_id, Act.SUBMIT, declared_true=True)
    authorised(office, joint_id)
    together(
        office, joint_id, Act.ENTER_ACCOUNT, holder_name=cases[0].subject_name, bank="演示银行",
        account_number="6228480000000000001",
    )  # fmt: skip
    household = {"household.medical_spending": 3_000_000}
    saved = together(office, joint_id, Act.SAVE_DRAFT, answers=household | {"application.reason": "丈夫失业"})
    with acting_as(viewer=office("street_intake"), at=office.at):
        letters = Document.objects.filter(case__joint_id=joint_id, kind="authorisation")
        assert letters.count() == 1, "one letter is signed"
        assert "、" in letters.get().data["opening"].partition("，")[0]
        asked = [case for case in cases if Authorisation.objects.filter(case=case).exists()]
        assert len(asked) == 1, "one authorisation, in the file of the first part"
        letter = Authorisation.objects.get(joint_id=joint_id)
        assert len(letter.covers) >= 2
        assert set(letter.sources) <= set(SOURCES)
        assert all(case.number in letter.purpose for case in cases if case.pk in letter.covers)
        assert Account.objects.filter(case__in=cases).count() == len(cases)
        assert Referral.objects.filter(joint_id=joint_id).count() == 0, "nobody is told before it is handed in"
        filled = [case.answers.get("household.medical_spending") for case in Case.objects.filter(joint_id=joint_id)]
    assert set(saved.done) == {case.pk for case in cases}  # type: ignore[attr-defined]
    assert filled.count(3_000_000) >= 2
    done = together(office, joint_id, Act.SUBMIT, declared_true=True)
    assert set(done.done) == {case.pk for case in cases}  # type: ignore[attr-defined]
    with acting_as(viewer=office("street_intake"), at=office.at):
        told = {one.partner: one for one in Referral.objects.filter(joint_id=joint_id)}
    assert set(told) == {"education", "employment"}
    assert told["education"].due_date == date(2026, 11, 17), "ten working days from Tuesday 3 November"


def test_two_people_visit_once_for_every_part_and_nobody_comes_twice(office: Office) -> None:
    joint_id = opened_together(office)
    authorised(office, joint_id)
    together(office, joint_id, Act.SUBMIT, declared_true=True)
    together(office, joint_id, Act.ACCEPT)
    started = together(office, joint_id, Act.START_INVESTIGATION)
    visit = {
        "method": "home", "visited_date": office.at.date(), "interviewee": "本人", "observations": "属实",
        "family_signed": True,
    }  # fmt: skip
    visited = together(office, joint_id, Act.RECORD_INVESTIGATION, **visit)
    assert set(visited.done) == set(started.done)  # type: ignore[attr-defined]
    with pytest.raises(casework.UnableToProceed):
        together(office, joint_id, Act.RECORD_INVESTIGATION, **visit)
    with pytest.raises(casework.UnableToProceed, match="两个人"):
        together(office, joint_id, Act.SIGN_INVESTIGATION)
    together(office, joint_id, Act.SIGN_INVESTIGATION, by="community_worker")
    with acting_as(viewer=office("street_intake"), at=office.at):
        rows = list(Investigation.objects.filter(case__joint_id=joint_id))
        without = Case.objects.filter(joint_id=joint_id).exclude(pk__in=[row.case_id for row in rows])
        procedures = {case.procedure for case in without}
    assert len(rows) == len(started.done) >= 2  # type: ignore[attr-defined]
    assert all(row.signed_at for row in rows)
    assert procedures <= {"disability_subsidies", "child_basic_living_allowance"}, "the law asks no visit of them"
    with pytest.raises(UnableToAct):
        together(office, joint_id, Act.REQUEST_CHECK, by="district_leader")
    with pytest.raises(KeyError):
        together(office, joint_id, Act.APPROVE, reason="一起批准")  # a decision belongs to each part alone


def test_a_part_that_is_not_ready_is_named_and_the_others_go_on(office: Office) -> None:
    joint_id = opened_together(office)
    authorised(office, joint_id)
    together(office, joint_id, Act.SUBMIT, declared_true=True)
    first, *rest = parts(office, joint_id)
    casework.withdraw(actor=office("street_intake"), at=office.at, case_id=first.pk, reason="先不办")
    done = together(office, joint_id, Act.ACCEPT)
    assert set(done.done) == {case.pk for case in rest}  # type: ignore[attr-defined]
    assert [number for number, _ in done.left] == [first.pk]  # type: ignore[attr-defined]
    with acting_as(viewer=office("street_intake"), at=office.at):
        file = queries.joint_file(viewer=office("street_intake"), at=office.at, joint_id=joint_id)
    assert file is not None
    assert [part.answer_date is not None for part in file.parts if part.id != first.pk].count(True) >= 1
    assert file.decided == 1


def test_the_departments_are_told_by_whichever_part_leaves_the_draft_last(office: Office) -> None:
    clerk, joint_id = office("street_intake"), opened_together(office)
    authorised(office, joint_id)
    first, *rest = parts(office, joint_id)
    for case in rest:
        casework.withdraw(actor=clerk, at=office.at, case_id=case.pk, reason="先办一样")
    with acting_as(viewer=clerk, at=office.at):
        assert not Referral.objects.filter(joint_id=joint_id).exists()
    casework.submit(actor=clerk, at=office.at, case_id=first.pk, declared_true=True)
    with acting_as(viewer=clerk, at=office.at):
        assert Referral.objects.filter(joint_id=joint_id).count() == 2


def test_an_application_withdrawn_whole_tells_nobody(office: Office) -> None:
    clerk, joint_id = office("street_intake"), opened_together(office)
    for case in parts(office, joint_id):
        casework.withdraw(actor=clerk, at=office.at, case_id=case.pk, reason="不办了")
    with acting_as(viewer=clerk, at=office.at):
        assert not Referral.objects.filter(joint_id=joint_id).exists()


def test_what_has_no_part_of_ours_goes_out_at_once_and_comes_back_with_an_answer(office: Office) -> None:
    clerk = office("street_intake")
    given = {"actor": clerk, "at": office.at, "household_id": FAMILY, "needs": ["schooling"], "reason": "学费交不起"}
    with pytest.raises(casework.UnableToProceed, match="至少选一项"):
        casework.open_joint(**given, parts=[], partners=[])
    with pytest.raises(casework.UnableToProceed, match="对不上"):
        casework.open_joint(**given, parts=[], partners=["housing"])
    joint_id = casework.open_joint(**given, parts=[], partners=["education"])
    with acting_as(viewer=clerk, at=office.at):
        row = Referral.objects.get(joint_id=joint_id)
    office.days(20)
    with acting_as(viewer=clerk, at=office.at):
        assert [one.late for one in queries.referrals_waiting(viewer=clerk, at=office.at) if one.id == row.pk] == [True]
    answer = {"actor": clerk, "at": office.at, "joint_id": joint_id, "referral_id": row.pk}
    with pytest.raises(casework.UnableToProceed, match="办成了没有"):
        casework.answer_joint_referral(**answer, outcome="maybe", answer="好的")
    casework.answer_joint_referral(**answer, outcome="helped", answer="已减免本学期学费")
    with pytest.raises(casework.UnableToProceed, match="已经有了反馈"):
        casework.answer_joint_referral(**answer, outcome="refused", answer="再来")
    with acting_as(viewer=clerk, at=office.at):
        file = queries.joint_file(viewer=clerk, at=office.at, joint_id=joint_id)
        with pytest.raises(IntegrityError), transaction.atomic():
            Referral.objects.create(
                area_id=row.area_id, partner="education", need="无主", referred_by=1, referred_at=office.at
            )  # fmt: skip
    assert file is not None
    assert (file.answered, file.referrals[0].outcome) == (1, "已给予帮助")


def test_what_is_asked_for_already_is_not_opened_again(office: Office) -> None:
    opened(office)
    plan = plan_of(office, ("living",))
    assert [(p.standing.likelihood, p.can_be_opened) for p in plan.parts] == [(Likelihood.IN_HAND, False)]
    with pytest.raises(casework.UnableToProceed, match="已经有一件在办"):
        casework.open_joint(
            actor=office("street_intake"), at=office.at, household_id=FAMILY, needs=["living"],
            parts=[plan.parts[0].key], partners=[], reason="日子过不下去",
        )  # fmt: skip


def test_strangers_see_nothing_of_it(office: Office) -> None:
    joint_id = opened_together(office)
    stranger = Viewer(999_999, "外区", "stranger", (), frozenset({"casework.view", "casework.intake"}))
    with acting_as(viewer=stranger, at=office.at):
        assert queries.joint_file(viewer=stranger, at=office.at, joint_id=joint_id) is None
        assert queries.joint_list(viewer=stranger) == []
        assert queries.referrals_waiting(viewer=stranger, at=office.at) == []
    with pytest.raises(casework.UnableToFindJoint):
        casework.act_on_parts(actor=stranger, at=office.at, joint_id=joint_id, act=Act.ACCEPT)
    with pytest.raises(casework.UnableToFindJoint):
        together(office, joint_id + 10_000, Act.ACCEPT)


def browser(office: Office, username: str, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(timezone, "now", lambda: office.at)
    client = Client()
    client.force_login(StaffAccount.objects.get(username=username), "django.contrib.auth.backends.ModelBackend")
    return client


def test_the_pages_lead_from_the_need_to_the_answer(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    from minsheng.config.demo.accounts import STAFF

    clerk = browser(office, STAFF["street_intake"][0], monkeypatch)
    address = f"/cases/together/new/{FAMILY}/"
    assert "有哪些困难" in clerk.get(address).content.decode()
    shown = clerk.get(f"{address}?needs=living&needs=schooling").content.decode()
    assert "最低生活保障" in shown
    assert "教育救助（教育）" in shown
    refused = clerk.post(f"{address}?needs=living&needs=schooling", {"parts": [], "partners": ["education"]})
    assert refused.status_code == 422
    sent = {"parts": ["minimum_living_allowance:0"], "partners": ["education"], "reason": "丈夫失业，孩子要上学"}
    made = clerk.post(f"{address}?needs=living&needs=schooling", sent)
    assert made.status_code == 302, made.content.decode()
    joint = made["Location"]
    page = clerk.get(joint).content.decode()
    assert "提交后转给：教育救助（教育）" in page
    family = members_of(office)
    signed = {
        "person_ids": family, "sources": ["police", "hrss"], "valid_to": "2027-06-01", "signed_how": "paper",
    }  # fmt: skip
    assert clerk.post(f"{joint}acts/authorise/", signed).status_code == 302
    assert clerk.post(f"{joint}acts/submit/", {}).status_code == 422, "nobody vouched for it"
    assert clerk.post(f"{joint}acts/submit/", {"declared_true": "on"}).status_code == 302
    assert clerk.post(f"{joint}acts/approve/", {"reason": "批"}).status_code == 404
    assert clerk.post(f"{joint}acts/accept/", {}).status_code == 302
    page = clerk.get(joint).content.decode()
    assert "最晚 2026年11月17日" in page
    with acting_as(viewer=office("street_intake"), at=office.at):
        referral = Referral.objects.get(joint__household_id=FAMILY)
        case = Case.objects.get(joint__isnull=False, household_id=FAMILY)
        assert CaseAct.objects.filter(case=case, act="accept").count() == 1
    answers = f"{joint}referrals/{referral.pk}/"
    assert clerk.post(answers, {"outcome": "helped", "answer": ""}).status_code == 422
    assert clerk.post(answers, {"outcome": "helped", "answer": "学费已减免"}).status_code == 302
    assert "已给予帮助：学费已减免" in clerk.get(joint).content.decode()
    listed = clerk.get("/cases/together/").content.decode()
    assert "1 条，都有反馈" in listed
    assert "一件事联办" in clerk.get(f"/cases/{case.pk}/").content.decode()


def test_a_wish_for_what_looks_unlikely_is_taken_too(office: Office) -> None:
    """The registry's no closes no door: whoever insists is taken, and refused by a decision."""
    plan = plan_of(office, ("child",))
    unlikely = [part for part in plan.parts if part.standing.likelihood is Likelihood.UNLIKELY]
    assert unlikely
    assert not any(part.proposed for part in unlikely)
    joint_id = casework.open_joint(
        actor=office("street_intake"), at=office.at, household_id=FAMILY, needs=["child"],
        parts=[unlikely[0].key], partners=[], reason="孩子跟着奶奶",
    )  # fmt: skip
    assert len(parts(office, joint_id)) == 1
