"""A resident says once what is needed; the office and the other departments each get their part."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from minsheng.foundation.access.context import acting_as
from minsheng.portal import operations
from minsheng.portal.scope import as_resident
from minsheng.work.casework import operations as casework
from minsheng.work.casework import queries
from minsheng.work.casework.models import Authorisation, Case, CaseAct, JointApplication, Proxy, Referral
from minsheng.work.casework.types import Act
from portal.conftest import Door
from work.casework.conftest import FAMILY, authorised, opened, submitted

pytestmark = pytest.mark.xdist_group("district")
NEEDS = {"needs": ["living", "schooling"]}


def test_one_question_a_page_then_everything_once_more_and_it_is_handed_in(
    browse: Callable[[], Client], door: Door
) -> None:
    client, address = browse(), "/my/together/"
    assert "您家有哪些困难" in client.get(address).content.decode()
    assert client.post(address, {"step": "0"}).status_code == 422, "nothing was chosen"
    second = client.post(address, NEEDS | {"step": "0"}).content.decode()
    assert "遇到了什么困难" in second
    assert second.count('name="needs"') == 2, "the first answer is kept"
    assert client.post(address, NEEDS | {"step": "1", "reason": ""}).status_code == 422
    said = NEEDS | {"reason": "丈夫失业，学费交不起"}
    assert "什么时候上门方便" in client.post(address, said | {"step": "1"}).content.decode()
    said |= {"contact_time": "下午"}
    check = client.post(address, said | {"step": "2"}).content.decode()
    assert "请核对，没有错就提交" in check
    assert "最低生活保障" in check
    assert "教育救助（教育）" in check
    back = client.post(address, said | {"step": "3", "again": "1"}).content.decode()
    assert "什么时候上门方便" in back
    assert 'value="下午"' in back
    chosen = said | {"step": "3", "parts": ["minimum_living_allowance:0"], "partners": ["education"]}
    assert client.post(address, chosen).status_code == 422, "nobody vouched for it"
    done = client.post(address, chosen | {"declared_true": "on"})
    assert done.status_code == 302, done.content.decode()
    page = client.get("/my/progress/").content.decode()
    assert "收到了，编号 2026L" in page
    assert "教育救助（教育）" in page
    assert "2026年11月17日（星期二）" in page, "the day by which the school office answers"
    clerk = door.office("street_intake")
    with acting_as(viewer=clerk, at=door.office.at):
        joint = JointApplication.objects.get(household_id=FAMILY)
        referral = Referral.objects.get(joint=joint)
        assert Case.objects.get(joint=joint).status == "submitted"
    casework.answer_joint_referral(
        actor=clerk,
        at=door.office.at,
        joint_id=joint.pk,
        referral_id=referral.pk,
        outcome="helped",
        answer="学费已减免",
    )
    casework.act_on_parts(actor=clerk, at=door.office.at, joint_id=joint.pk, act=Act.ACCEPT)
    page = client.get("/my/progress/").content.decode()
    assert "已给予帮助。学费已减免" in page
    assert "给您答复" in page
    again = client.post(address, chosen | {"declared_true": "on"})
    assert again.status_code == 422, "what is in hand is not opened twice"


def test_a_resident_signs_one_authorisation_for_all_parts_and_for_no_case_of_others(door: Door, token: str) -> None:
    at, needs = door.office.at, ["living", "illness", "disability"]
    with as_resident(token=token, at=at) as resident:
        plan = queries.plan_of_household(viewer=resident.viewer, at=at, household_id=FAMILY, needs=needs)
        assert plan is not None
        operations.apply_together(
            resident=resident, at=at, needs=needs, parts=[part.key for part in plan.parts if part.proposed],
            partners=[], reason="妻子重病", contact_time="", declared_true=True,
        )  # fmt: skip
        letter = Authorisation.objects.get(joint__isnull=False)
        checked = [case for case in Case.objects.filter(joint=letter.joint) if case.pk in letter.covers]
        assert len(checked) == len(letter.covers) >= 2
        assert {case.status for case in checked} == {"submitted"}
        with pytest.raises(DatabaseError), transaction.atomic():
            Authorisation.objects.update(covers=[*letter.covers, 999_999_999])
        with pytest.raises(DatabaseError), transaction.atomic():
            Authorisation.objects.update(sources=["deposits"])


def test_what_is_not_in_the_plan_cannot_be_sent(browse: Callable[[], Client]) -> None:
    sent = NEEDS | {
        "step": "3", "reason": "困难", "parts": ["old_age_allowance:1"], "partners": ["housing"], "declared_true": "on",
    }  # fmt: skip
    answer = browse().post("/my/together/", sent)
    assert answer.status_code == 422
    assert "对不上" in answer.content.decode()


def test_the_database_lets_a_resident_answer_no_referral_and_see_no_others(door: Door, token: str) -> None:
    clerk = door.office("street_intake")
    with acting_as(viewer=clerk, at=door.office.at):
        strange = JointApplication.objects.create(
            area_id=clerk.grants[0].area_id, household_id=FAMILY + 1, applicant_id=1, subject_name="邻居",
            needs=["work"], partners=["employment"], reason="别家的事", opened_by=clerk.account_id,
            opened_at=door.office.at,
        )  # fmt: skip
        casework.referring.send(actor=clerk, at=door.office.at, of=strange, partner="employment", need="别家的事")
    with as_resident(token=token, at=door.office.at) as resident:
        operations.apply_together(
            resident=resident, at=door.office.at, needs=["schooling"], parts=[], partners=["education"],
            reason="学费", contact_time="", declared_true=True,
        )  # fmt: skip
        assert [row.partner for row in Referral.objects.all()] == ["education"]
        assert JointApplication.objects.count() == 1
        with pytest.raises(DatabaseError), transaction.atomic():
            Referral.objects.update(answer="自己答复", outcome="helped", answered_at=door.office.at)
        with pytest.raises(DatabaseError), transaction.atomic():
            JointApplication.objects.update(reason="改一改")


def test_a_family_sees_who_acts_for_it_and_ends_that_by_one_tap(browse: Callable[[], Client], door: Door) -> None:
    clerk, case_id = door.office("street_intake"), opened(door.office)
    casework.name_proxy(
        actor=clerk, at=door.office.at, case_id=case_id, username="wangge", basis="community", relation="社区网格员",
        paper="电话里同意", scope=["apply"], valid_to=door.office.at.date() + timedelta(days=90),
    )  # fmt: skip
    authorised(door.office, case_id)
    submitted(door.office, case_id)
    casework.accept(actor=clerk, at=door.office.at, case_id=case_id)
    client = browse()
    page = client.get("/my/progress/").content.decode()
    assert "代办人：<strong>" in page
    address = f"/my/cases/{case_id}/proxy/end/"
    assert client.post("/my/cases/999999999/proxy/end/").status_code == 404
    assert client.post(address)["Location"] == "/my/progress/"
    page = client.get("/my/progress/").content.decode()
    assert "已经撤回" in page
    assert "代办人：" not in page
    assert client.post(address).status_code == 404, "nobody acts for them any more"
    with acting_as(viewer=clerk, at=door.office.at):
        assert Proxy.objects.get(case_id=case_id).ended_words == "本人在网上撤回"
        assert CaseAct.objects.filter(case_id=case_id, act="end_proxy", account_name="居民本人").count() == 1


def test_the_database_lets_a_resident_name_no_proxy(door: Door, token: str) -> None:
    case_id = opened(door.office)
    with as_resident(token=token, at=door.office.at) as resident, pytest.raises(DatabaseError), transaction.atomic():
        Proxy.objects.create(
            case_id=case_id, area_id=resident.area_id, account_id=1, name="谁", relation="朋友", basis="entrusted",
            paper="", scope=["apply"], valid_from=door.office.at.date(), recorded_by=1, recorded_at=door.office.at,
            valid_to=door.office.at.date() + timedelta(days=9),
        )  # fmt: skip
