"""The stories of the demo's cases: from which scheme, how many working days ago they began, and how far they came."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from minsheng.config.demo.joint_stories import ask_for_more, name_proxy
from minsheng.records.registry import operations as registry
from minsheng.records.registry.types import SubjectKind
from minsheng.work.casework import operations as casework
from minsheng.work.casework.operations import UnableToProceed
from minsheng.work.casework.procedures import edition_on
from minsheng.work.casework.types import Act

if TYPE_CHECKING:
    from minsheng.config.demo.cases import File

POVERTY = "minimum_living_allowance"
WORKING = range(20, 58)
NOTICE = 7  # working days: more than the seven days of a notice
REASONS = (
    "丈夫失业半年，只靠低保线以下的收入过日子",
    "老人看病花光了积蓄，子女在外地打零工",
    "孩子上学，妻子长期吃药，收入不够",
    "去年店关了，一直没找到工作",
)


class Of(StrEnum):
    """Whom a story is told of: somebody whom the rules found, or a family that is neither poor nor receiving.

    Where the rules found too few poor families, as in a small demo, one that has lost its work takes their place.
    """

    FINDING = "finding"
    NEIGHBOUR = "neighbour"


@dataclass(frozen=True)
class Story:
    """One case as it is meant to come out; `back` counts working days from its beginning to today."""

    scheme: str
    back: int
    tell: Callable[[File], None]
    procedure: str = POVERTY
    of_person: bool = False
    of: Of = Of.FINDING


def draft(file: File) -> None:
    """Opened from the finding, prefilled; nobody has been asked yet."""


def half_filled(file: File) -> None:
    _authorise(file)
    file.do(casework.save_draft, "community_worker", answers={"application.contact_time": "工作日上午"})


def handed_in(file: File) -> None:
    _authorise(file)
    reason = REASONS[file.case_id % len(REASONS)]
    file.do(casework.save_draft, "community_worker", answers={"application.reason": reason})
    if file.case_id % 3:
        file.do(
            casework.enter_account,
            "community_worker",
            holder_name=file.head,
            bank="演示银行上城支行",
            account_number=f"62284800{file.case_id:08d}0000",
        )
    proxied = file.case_id % 4 == 0
    if proxied:
        name_proxy(file)
    file.do(casework.submit, "community_worker", declared_true=True, proxied=proxied)


def to_be_corrected(file: File) -> None:
    handed_in(file)
    given = {"papers": ["tenancy_agreement", "support_agreement"], "note": "复印件就行，社区可以代拍照片"}
    file.do(casework.request_correction, "street_intake", **given)


def accepted(file: File) -> None:
    handed_in(file)
    file.wait(1)
    file.do(casework.accept, "street_intake")


def overdue(file: File) -> None:
    """Accepted, and the three working days for the visit passed; somebody has named why."""
    accepted(file)
    file.wait(5)
    why = "申请人住院，本周五出院后当天上门"
    file.do(casework.explain_delay, "street_intake", reason=why)


def waiting_for_the_second(file: File) -> None:
    accepted(file)
    file.do(casework.start_investigation, "street_intake")
    file.do(casework.request_check, "street_intake")
    file.wait(1)
    _visit(file)


def checking(file: File) -> None:
    accepted(file)
    file.do(casework.start_investigation, "street_intake")
    file.wait(1)
    file.do(casework.request_check, "street_intake")


def looked_into(file: File) -> None:
    accepted(file)
    if _needs(file, Act.START_INVESTIGATION):
        file.do(casework.start_investigation, "street_intake")
    if _needs(file, Act.REQUEST_CHECK):
        file.do(casework.request_check, "street_intake")
    file.wait(1)
    if _needs(file, Act.RECORD_INVESTIGATION):
        _visit(file)
        file.do(casework.sign_investigation, "community_worker")
    if _needs(file, Act.REQUEST_CHECK):
        file.answers()


def contested(file: File) -> None:
    """The family says that one answer is wrong; it is being asked again."""
    looked_into(file)
    file.wait(1)
    given = {"check_id": file.check_of("deposits"), "words_said": "这张卡去年就销户了，可以出示销户单"}
    file.do(casework.object_to_check, "street_intake", **given)


def opined(file: File) -> None:
    looked_into(file)
    file.wait(1)
    file.do(casework.give_opinion, "street_review", favourable=True, words_said="情况属实，符合条件，建议批准")


def published(file: File) -> None:
    opined(file)
    file.do(casework.publish_notice, "street_review", place="社区公告栏")


def objected(file: File) -> None:
    published(file)
    file.wait(1)
    given = {"words_said": "他家好像还有一辆车在外地亲戚名下", "contact": ""}
    file.do(casework.record_objection, "community_worker", **given)


def confirming(file: File) -> None:
    if _needs(file, Act.PUBLISH_NOTICE):
        published(file)
        file.wait(NOTICE)
        file.do(casework.end_notice, "street_review")
    else:
        opined(file)
        file.do(casework.forward, "street_review")


def with_a_relative(file: File) -> None:
    """A relative works at the street: the bureau has to go there itself before it decides."""
    confirming(file)
    file.do(casework.record_relative, "street_intake", relation="申请人的侄女在本街道便民服务中心工作")


def returned(file: File) -> None:
    confirming(file)
    file.wait(1)
    file.do(casework.return_case, "district_business", reason="请补充邻里访问，写清子女在外地的收入")


def approved(file: File) -> None:
    confirming(file)
    file.wait(1)
    file.do(casework.approve, "district_business", reason="经审核，符合条件")


def paying(file: File) -> None:
    approved(file)
    file.do(casework.deliver, "street_intake", how="handed", received_by=file.head)


def to_be_heard(file: File) -> None:
    """Somebody of the family found work: less, or nothing, is due, and nothing is decided before they were heard."""
    paying(file)
    _found_work(file)
    file.do(casework.propose_adjustment, "street_intake", reason="家里有人找到工作，社保已经开始缴")


def heard(file: File) -> None:
    to_be_heard(file)
    file.do(casework.hear, "street_intake", words_said="工作还在试用期，希望等转正以后再调整")


def refused(file: File) -> None:
    looked_into(file)
    words = "按核对的情况，家庭人均月收入高于低保标准，不符合条件"
    file.do(casework.give_opinion, "street_review", favourable=False, words_said=words)
    file.do(casework.forward, "street_review")
    file.wait(1)
    reason = "家里人均每月的收入高于低保标准，这次不符合。收入减少了可以随时再申请。"
    file.do(casework.reject, "district_business", reason=reason)


def told_so(file: File) -> None:
    refused(file)
    file.do(casework.deliver, "street_intake", how="handed", received_by=file.head)


def appealed(file: File) -> None:
    told_so(file)
    file.do(
        casework.appeal,
        "street_intake",
        kind="reconsideration",
        authority="区人民政府行政复议局",
        grounds="认为子女的收入不应全部算进来",
        lodged_date=file.today,
    )


def handed_over(file: File) -> None:
    accepted(file)
    file.do(casework.start_investigation, "street_intake")
    _visit(file)
    file.wait(1)
    to = file.who("street_review").account_id
    note = "已上门两次，老人耳背，打电话请找他女儿；答应周四前告诉结果"
    file.do(casework.hand_over, "street_intake", to_account_id=to, note=note)


def conferred(file: File) -> None:
    """A need that the allowance does not meet: a conference shares it out, and two others are asked for help."""
    accepted(file)
    file.do(casework.start_investigation, "street_intake")
    file.do(
        casework.confer,
        "street_intake",
        agenda="孩子停学、母亲久病的一家怎么帮",
        participants="街道、社区、学校、医保分局、社工站",
        conclusion="学校本周复学，医保查大病报销，社工每周上门一次",
    )
    file.do(casework.refer, "street_intake", partner="medical", need="查大病保险为什么没有报销")
    file.do(casework.refer, "street_intake", partner="social_work", need="孩子的情绪支持，每周一次")
    file.wait(1)
    file.do(casework.answer_referral, "street_intake", answer="已补报 3,260 元，下周到账")


def joined(file: File) -> None:
    accepted(file)
    ask_for_more(file)


def suspended(file: File) -> None:
    accepted(file)
    file.do(casework.start_investigation, "street_intake")
    file.wait(1)
    file.do(casework.suspend, "street_review", reason="申请人住院手术，家里没有别人能接待")


def withdrawn(file: File) -> None:
    handed_in(file)
    file.wait(1)
    file.do(casework.withdraw, "community_worker", reason="儿子接去同住，家里商量后不申请了")


def terminated(file: File) -> None:
    accepted(file)
    file.do(casework.start_investigation, "street_intake")
    file.wait(1)
    file.do(casework.terminate, "street_review", reason="三次约好上门都没有人，电话里说不愿意核对存款")


def helped_first(file: File) -> None:
    """An emergency: help today, papers afterwards."""
    _emergency(file)
    file.do(casework.aid_first, "street_confirm", amount_fen=30_000, reason="家里失火，当晚没有地方做饭")


def papers_supplied(file: File) -> None:
    helped_first(file)
    file.wait(1)
    file.do(casework.supply_papers, "street_intake", note="补了申请人签名和消防出具的火灾证明")


def _emergency(file: File) -> None:
    person = file.person_id
    answers = {
        "application.reason": "前一天晚上家里失火",
        f"{person}.emergency_kind": "accident",
        f"{person}.emergency_severity": "grave",
        f"{person}.emergency_date": file.today - timedelta(days=1),
    }
    file.do(casework.save_draft, "community_worker", answers=answers)
    file.do(casework.submit, "community_worker", declared_true=True)
    file.do(casework.accept, "street_intake")


def _authorise(file: File) -> None:
    if not _needs(file, Act.AUTHORISE):
        return
    edition = edition_on(file.story.procedure, file.today)
    assert edition is not None, "the procedures of the demo are in force"
    file.do(
        casework.authorise,
        "community_worker",
        person_ids=file.people,
        sources=edition.sources,
        valid_to=file.today + timedelta(days=365),
        signed_how="paper",
    )


def _needs(file: File, act: Act) -> bool:
    edition = edition_on(file.story.procedure, file.today)
    return edition is not None and edition.needs(act)


def _visit(file: File) -> None:
    file.do(
        casework.record_investigation,
        "street_intake",
        method="home",
        visited_date=file.today,
        interviewee=file.head,
        observations="两居室，家具旧；说的收入和存折上的对得上。邻居说平时靠亲戚帮衬。",
        family_signed=True,
    )


def _found_work(file: File) -> None:
    """Social insurance begins to be paid for somebody of working age; a family without one is told of no further."""
    values = {"employment_status": "employed", "wage_income": 4_800_000}
    able = [
        one for one in file.members if one.get("birth_date") and file.today.year - one["birth_date"].year in WORKING
    ]
    if not able:
        raise UnableToProceed("家里没有能就业的人。")
    try:
        registry.record_statement(
            actor=file.who("street_intake"),
            at=file.now,
            subject_kind=SubjectKind.PERSON,
            subject_id=int(str(able[0]["person_id"])),
            source="hrss",
            values=values,
            valid_from=file.today.replace(day=1),
        )
    except (registry.UnableToRecordStatement, registry.UnableToFind) as refusal:
        raise UnableToProceed(str(refusal)) from refusal


_QUICK, _CHILD, _DISABLED = "temporary_relief_quick", "child_basic_living_allowance", "disability_subsidies"
# The most telling first: a small demo tells only so many. Every fourth, from the first on, is the demo's own street's.
STORIES: tuple[Story, ...] = (
    Story(POVERTY, 1, handed_in),
    Story(POVERTY, 0, draft),
    Story(POVERTY, 2, to_be_corrected),
    Story(POVERTY, 2, accepted),
    Story(POVERTY, 5, published),
    Story(POVERTY, 13, paying),
    Story(POVERTY, 3, checking),
    Story(POVERTY, 6, objected),
    Story(POVERTY, 11, confirming),
    Story(POVERTY, 14, to_be_heard),
    Story(POVERTY, 4, handed_over),
    Story("small_quick_aid", 1, helped_first, _QUICK, True, Of.NEIGHBOUR),
    Story(POVERTY, 12, approved),
    Story(POVERTY, 8, appealed, of=Of.NEIGHBOUR),
    Story(POVERTY, 4, refused, of=Of.NEIGHBOUR),
    Story(POVERTY, 4, contested),
    Story(POVERTY, 6, overdue),
    Story(POVERTY, 3, suspended),
    Story(POVERTY, 4, withdrawn),
    Story("disability_care_subsidy", 4, confirming, _DISABLED, True),
    Story(POVERTY, 4, conferred),
    Story(POVERTY, 4, opined),
    Story(POVERTY, 15, heard),
    Story(POVERTY, 5, joined),
    Story(POVERTY, 5, terminated),
    Story(POVERTY, 12, with_a_relative),
    Story(POVERTY, 13, returned),
    Story(POVERTY, 1, half_filled),
    Story("low_income_margin", 4, waiting_for_the_second),
    Story("small_quick_aid", 3, papers_supplied, _QUICK, True, Of.NEIGHBOUR),
    Story("disability_living_subsidy", 6, paying, _DISABLED, True),
    Story("disability_care_subsidy", 7, paying, _DISABLED, True),
    Story("child_basic_living_allowance", 4, confirming, _CHILD, True),
    Story("destitute_support", 3, accepted, "destitute_support", True),
    Story(POVERTY, 6, told_so, of=Of.NEIGHBOUR),
    Story(POVERTY, 6, published),
    Story("low_income_margin", 5, published),
)
