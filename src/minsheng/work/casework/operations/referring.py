"""What belongs to another department or a social force goes there with a day for the answer, and the answer is kept."""

from collections.abc import Sequence
from datetime import date, datetime

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.foundation.calendars.queries import work_calendar
from minsheng.foundation.calendars.rules import UnableToCountWorkingDays, last_day
from minsheng.work.casework.acting import UnableToProceed, acting_on, today_of, words
from minsheng.work.casework.models import Case, JointApplication, Referral
from minsheng.work.casework.queries.alliance import members_for
from minsheng.work.casework.rules.partners import PARTNERS, REFERRAL_OUTCOMES, answer_within
from minsheng.work.casework.types import Act, Status


def refer(*, actor: Viewer, at: datetime, case_id: int, partner: str, need: str, member_id: int | None = None) -> int:
    """This function will hand a need to a department or social force; it stays open until there is an answer.

    `member_id` is who of the alliance takes it: one of that kind, for that area, on that day, or it is refused.
    """
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.REFER) as work:
        if partner not in PARTNERS:
            raise UnableToProceed("请选转给谁。")
        said = words(need, what="需要什么帮助", most=500)
        row = send(
            actor=actor, at=at, of=work.case, partner=partner, need=said, members=[member_id] if member_id else []
        )
        taken = f"{PARTNERS[partner]}（{row.member.name}）" if row.member else PARTNERS[partner]
        work.done(note=f"{taken}：{row.need}", detail={"referral": row.pk, "member": row.member_id})
        return int(row.pk)


def send(
    *,
    actor: Viewer,
    at: datetime,
    of: Case | JointApplication,
    partner: str,
    need: str,
    members: Sequence[int] = (),
) -> Referral:
    """This function will write a referral of a case or of a joint application, with the day of the answer.

    Of `members` the one of this kind takes it. Raises UnableToProceed for one that cannot take it.
    """
    owner = {"case": of} if isinstance(of, Case) else {"joint": of}
    taker = None
    if members:
        offered = {one.id: one.partner for one in members_for(area_id=of.area_id, on=today_of(at))}
        if not set(members) <= set(offered):
            raise UnableToProceed("选的助联体成员不在这个辖区，或已经退出。请重新选，或不指定成员。")
        taker = next((number for number in members if offered[number] == partner), None)
        if taker is None and isinstance(of, Case):
            raise UnableToProceed("选的助联体成员不办这一种帮助。请重新选。")
    return Referral.objects.create(
        **owner,
        area_id=of.area_id,
        partner=partner,
        member_id=taker,
        need=need,
        referred_by=actor.account_id,
        referred_at=at,
        due_date=_due(partner, today_of(at)),
    )


def hand_on(*, actor: Viewer, at: datetime, joint: JointApplication | None) -> None:
    """This function will tell the other departments once, when no part of a joint application is a draft any more.

    Where every part was withdrawn nobody is told; where there is none, the referrals are all of it.
    """
    if joint is None or joint.handed_in_at is not None:
        return
    statuses = set(Case.objects.filter(joint=joint).values_list("status", flat=True))
    if Status.DRAFT.value in statuses or statuses == {Status.WITHDRAWN.value}:
        return
    joint.handed_in_at = at
    joint.save(update_fields=["handed_in_at"])
    still = {one.id for one in members_for(area_id=joint.area_id, on=today_of(at))}
    chosen = [number for number in joint.members if number in still]  # who left meanwhile takes nothing
    for partner in joint.partners:
        send(actor=actor, at=at, of=joint, partner=partner, need=joint.reason, members=chosen)


def _due(partner: str, today: date) -> date | None:
    """None where the calendar of the year has not been entered: unknown, and shown as such."""
    try:
        return last_day(work_calendar(), today, answer_within(partner))
    except UnableToCountWorkingDays:
        return None


def answer_referral(
    *, actor: Viewer, at: datetime, case_id: int, answer: str, outcome: str = "helped", referral_id: int | None = None
) -> None:
    """This function will record what became of a referral of a case: the named one, else the oldest open one."""
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.ANSWER_REFERRAL) as work:
        open_ones = Referral.objects.select_for_update(no_key=True).filter(case=work.case, answered_at__isnull=True)
        chosen = open_ones if referral_id is None else open_ones.filter(pk=referral_id)
        row = _answered(chosen.order_by("id").first(), actor, at, outcome, answer)
        work.done(note=f"{PARTNERS[row.partner]}：{row.answer}", detail={"referral": row.pk, "outcome": outcome})


def answer_joint_referral(
    *, actor: Viewer, at: datetime, joint_id: int, referral_id: int, outcome: str, answer: str
) -> None:
    """This function will record what became of one referral of a joint application."""
    require(viewer=actor, capability="casework.work")
    with acting_as(viewer=actor, at=at):
        open_ones = Referral.objects.select_for_update(no_key=True).filter(joint_id=joint_id, answered_at__isnull=True)
        row = _answered(open_ones.filter(pk=referral_id).first(), actor, at, outcome, answer)
        audit.record(
            actor=actor,
            at=at,
            action="casework.joint_referral_answered",
            object_type="casework.joint",
            object_id=str(joint_id),
            area_id=row.area_id,
            detail={"referral": row.pk, "partner": row.partner, "outcome": outcome},
        )


def _answered(row: Referral | None, actor: Viewer, at: datetime, outcome: str, answer: str) -> Referral:
    if row is None:
        raise UnableToProceed("这一条转介已经有了反馈，或不在您的管辖范围。请刷新后再看。")
    if outcome not in REFERRAL_OUTCOMES:
        raise UnableToProceed("请选对方办成了没有。")
    row.answered_at, row.answered_by, row.outcome = at, actor.account_id, outcome
    row.answer = words(answer, what="反馈的结果", most=500)
    row.save(update_fields=["answered_at", "answered_by", "outcome", "answer"])
    return row
