"""救助“一件事”: one application, its parts opened, signed, handed in and visited together; each is decided alone.

社会救助法 Art 42, 62: what was confirmed is recognised by others, and nothing is asked for that is known already.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import UnableToAct, require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.work.casework.acting import UnableToProceed, today_of, words
from minsheng.work.casework.forms import APPLICATION, field_names
from minsheng.work.casework.models import Case, Investigation, JointApplication
from minsheng.work.casework.operations import accounts, checking, investigating, opening, proxies, referring
from minsheng.work.casework.operations.opening import SignedTogether
from minsheng.work.casework.procedures import edition_of
from minsheng.work.casework.queries.alliance import members_for
from minsheng.work.casework.queries.joint import plan_of_household
from minsheng.work.casework.rules.transitions import status_after
from minsheng.work.casework.types import Act, Edition, Origin, Status


class UnableToFindJoint(LookupError):
    """There is no such joint application in the viewer's areas."""

    def __init__(self) -> None:
        super().__init__("没有这件联办，或者不在您的管辖范围。请核对编号。")


@dataclass(frozen=True)
class Together:
    """What one act did to a joint application: the parts it was done to, and the others with the reason."""

    done: tuple[int, ...]
    left: tuple[tuple[int, str], ...]


# What is done once for all parts that are ready for it; opinions, notices and decisions belong to each part alone.
JOINTLY: Mapping[Act, Callable[..., object]] = {
    Act.SAVE_DRAFT: opening.save_draft,
    Act.AUTHORISE: opening.authorise,
    Act.ENTER_ACCOUNT: accounts.enter_account,
    Act.NAME_PROXY: proxies.name_proxy,
    Act.SUBMIT: opening.submit,
    Act.ACCEPT: opening.accept,
    Act.START_INVESTIGATION: investigating.start_investigation,
    Act.RECORD_INVESTIGATION: investigating.record_investigation,
    Act.SIGN_INVESTIGATION: investigating.sign_investigation,
    Act.REQUEST_CHECK: checking.request_check,
}


def open_joint(
    *,
    actor: Viewer,
    at: datetime,
    household_id: int,
    needs: Sequence[str],
    parts: Iterable[str],
    partners: Iterable[str],
    reason: str,
    contact_time: str = "",
    members: Iterable[int] = (),
) -> int:
    """This function will open one application for several needs and its parts as drafts, and return its id.

    `parts` and `partners` are chosen from `plan_of_household`; whoever insists may choose what looks unlikely.
    `members` are those of the alliance who take what goes to their kind.
    Raises UnableToProceed, or PurposeNeeded until a purpose is stated.
    """
    require(viewer=actor, capability="casework.draft")
    with acting_as(viewer=actor, at=at):
        plan = plan_of_household(viewer=actor, at=at, household_id=household_id, needs=needs)
        if plan is None or not plan.needs:
            raise UnableToProceed("请至少选一样困难。")
        offered = {part.key: part for part in plan.parts if part.can_be_opened}
        chosen, told = sorted(set(parts)), sorted(set(partners))
        if not chosen and not told:
            raise UnableToProceed("请至少选一项要办的，或一个要转的部门。")
        if not set(chosen) <= set(offered) or not set(told) <= {one.partner for one in plan.referrals}:
            raise UnableToProceed("选的事项和困难对不上，或者已经有一件在办。请回上一步重新看一遍。")
        offered_members = {one.id: one.partner for one in members_for(area_id=plan.area_id, on=today_of(at))}
        takers = sorted(set(members))
        kinds = [offered_members.get(number, "") for number in takers]
        if not set(kinds) <= set(told) or len(set(kinds)) < len(kinds):
            raise UnableToProceed("选的助联体成员不在这个辖区、不办这一种帮助，或同一种选了两个。请重新选。")
        joint = JointApplication.objects.create(
            area_id=plan.area_id,
            household_id=household_id,
            applicant_id=plan.applicant_id,
            subject_name=plan.applicant_name,
            needs=[need.code for need in plan.needs],
            partners=told,
            members=takers,
            reason=words(reason, what="遇到的困难", most=500),
            contact_time=contact_time.strip()[:100],
            opened_by=actor.account_id,
            opened_at=at,
        )
        for key in chosen:
            part = offered[key]
            case_id = opening.open_case(
                actor=actor,
                at=at,
                procedure=part.procedure,
                scheme=part.standing.scheme,
                household_id=household_id,
                person_id=part.standing.person_id,
                origin=Origin.APPLICATION,
                joint=joint,
            )
            said = {"application.reason": joint.reason, "application.contact_time": joint.contact_time}
            opening.save_draft(actor=actor, at=at, case_id=case_id, answers=said)
        referring.hand_on(actor=actor, at=at, joint=joint)
        _record(actor, at, joint, "casework.joint_opened", parts=len(chosen), partners=told)
        return int(joint.pk)


def act_on_parts(*, actor: Viewer, at: datetime, joint_id: int, act: Act, **given: Any) -> Together:
    """This function will do one act to every part that is ready for it: one signature, one set of papers, one visit.

    Parts that are not ready are named with the reason and stay as they are; when none is, it raises UnableToProceed.
    """
    with acting_as(viewer=actor, at=at):
        joint = JointApplication.objects.select_for_update(no_key=True).filter(pk=joint_id).first()
        if joint is None:
            raise UnableToFindJoint
        cases = list(Case.objects.filter(joint=joint).order_by("id"))
        signed = _signed_together(joint, cases)
        done: list[int] = []
        left: list[tuple[int, str]] = []
        denied: UnableToAct | None = None
        for case in cases:
            arguments = _arguments(case, act, given, signed)
            if arguments is None:
                continue
            try:
                with transaction.atomic():
                    made = JOINTLY[act](actor=actor, at=at, case_id=case.pk, **arguments)
            except UnableToProceed as refusal:
                left.append((case.pk, str(refusal)))
            except UnableToAct as refusal:
                denied = refusal
            else:
                done.append(case.pk)
                if act is Act.AUTHORISE and isinstance(made, int):
                    signed = replace(signed, given_id=made)
        if denied is not None and not done:
            raise denied
        if not done:
            raise UnableToProceed(*([why for _, why in left] or ["这一步没有要办的事项。"]))
        _record(actor, at, joint, "casework.joint_acted", act=act.value, parts=len(done))
        return Together(tuple(done), tuple(left))


def _signed_together(joint: JointApplication, cases: Sequence[Case]) -> SignedTogether:
    """What one signature of the family would cover: every part that is checked at all and can still be authorised."""
    mine = [
        case
        for case in cases
        if _edition(case).sources and status_after(Status(case.status), Act.AUTHORISE) is not None
    ]
    numbers = tuple(case.number for case in mine)
    return SignedTogether(
        purpose=f"救助一件事{joint.number}：{'、'.join(numbers)}"[:300],
        numbers=numbers,
        titles=tuple(dict.fromkeys(_edition(case).title for case in mine)),
        sources=tuple(sorted({code for case in mine for code in _edition(case).sources})),
    )


def _arguments(case: Case, act: Act, given: Mapping[str, Any], signed: SignedTogether) -> dict[str, Any] | None:
    """What of `given` concerns this part; None where the act does not concern it at all."""
    edition = _edition(case)
    if act is Act.SAVE_DRAFT:
        asked = field_names(APPLICATION, case.procedure)
        mine = {key: value for key, value in given["answers"].items() if key.partition(".")[2] in asked}
        return {"answers": mine} if mine else None
    if act is Act.AUTHORISE:
        return {**given, "together": signed} if set(given["sources"]) & set(edition.sources) else None
    if act is Act.RECORD_INVESTIGATION and Investigation.objects.filter(case=case, round=case.round).exists():
        return None  # visited already in this round: nobody comes twice
    if act in (Act.START_INVESTIGATION, Act.RECORD_INVESTIGATION, Act.SIGN_INVESTIGATION, Act.REQUEST_CHECK):
        return dict(given) if edition.needs(act) else None
    return dict(given)


def _edition(case: Case) -> Edition:
    return edition_of(case.procedure, case.edition)


def _record(actor: Viewer, at: datetime, joint: JointApplication, action: str, **detail: object) -> None:
    audit.record(
        actor=actor,
        at=at,
        action=action,
        object_type="casework.joint",
        object_id=str(joint.pk),
        area_id=joint.area_id,
        detail=detail,
    )
