"""What a resident hands in: an application, an answer to a question, a yes or no to an offer, a complaint."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from minsheng.foundation.access import operations as access
from minsheng.foundation.audit import operations as audit
from minsheng.foundation.calendars.queries import work_calendar
from minsheng.foundation.calendars.rules import UnableToCountWorkingDays, last_day
from minsheng.foundation.events.operations import publish
from minsheng.portal.events import OfferAnswered
from minsheng.portal.models import Concern, Reply
from minsheng.portal.rules import ANSWER_WITHIN, AUTHORISED_DAYS, PAUSE_AFTER_NO, WITHOUT_APPLICATION
from minsheng.portal.scope import day_of
from minsheng.portal.types import ConcernKind, Resident
from minsheng.records.registry import operations as registry
from minsheng.records.registry.types import SubjectKind
from minsheng.records.registry.vocabulary import ATTRIBUTES
from minsheng.work.casework import operations as casework
from minsheng.work.casework import queries as casework_queries
from minsheng.work.casework.procedures import procedures_for
from minsheng.work.casework.types import Act, Origin, Receipt


class UnableToHandIn(ValueError):
    """What a resident wants to hand in cannot be taken: says why and what to do."""


def apply(
    *,
    resident: Resident,
    at: datetime,
    scheme: str,
    person_id: int | None,
    reason: str,
    contact_time: str,
    declared_true: bool,
) -> Receipt:
    """This function will hand in an application, prefilled from the registry; call it inside the sitting's scope.

    The resident authorises the check of the sources for themselves alone; other adults sign at the visit.
    """
    editions = procedures_for(scheme, day_of(at))
    if not editions:
        raise UnableToHandIn("这一项还不能在网上申请。请打电话，或到社区、街道窗口办理。")
    if not reason.strip():
        raise UnableToHandIn("请写一句遇到了什么困难，再提交。")
    if not declared_true:
        raise UnableToHandIn("请确认填的情况都是真的，再提交。")
    viewer = resident.viewer
    access.state_purpose(actor=viewer, at=at, subject=f"registry.person:{resident.person_id}", code="case")
    try:
        case_id = casework.open_case(
            actor=viewer,
            at=at,
            procedure=editions[0].procedure,
            scheme=scheme,
            household_id=resident.household_id,
            person_id=person_id,
            origin=Origin.APPLICATION,
        )
        answers = {"application.reason": reason, "application.contact_time": contact_time}
        casework.save_draft(actor=viewer, at=at, case_id=case_id, answers=answers)
        if editions[0].sources:
            casework.authorise(
                actor=viewer,
                at=at,
                case_id=case_id,
                person_ids=[resident.person_id],
                sources=editions[0].sources,
                valid_to=day_of(at) + timedelta(days=AUTHORISED_DAYS),
                signed_how="electronic",
            )
        return casework.submit(actor=viewer, at=at, case_id=case_id, declared_true=declared_true)
    except casework.UnableToProceed as refusal:
        raise UnableToHandIn(str(refusal)) from refusal


def apply_together(
    *,
    resident: Resident,
    at: datetime,
    needs: Sequence[str],
    parts: Sequence[str],
    partners: Sequence[str],
    reason: str,
    contact_time: str,
    declared_true: bool,
) -> str:
    """This function will hand in one application for several needs (救助“一件事”) and return its number.

    As in `apply`, the resident authorises for themselves alone; call it inside the sitting's scope.
    """
    if not declared_true:
        raise UnableToHandIn("请确认填的情况都是真的，再提交。")
    viewer = resident.viewer
    access.state_purpose(actor=viewer, at=at, subject=f"registry.person:{resident.person_id}", code="case")
    try:
        joint_id = casework.open_joint(
            actor=viewer,
            at=at,
            household_id=resident.household_id,
            needs=needs,
            parts=parts,
            partners=partners,
            reason=reason,
            contact_time=contact_time,
        )
        sources = casework_queries.sources_of_joint(viewer=viewer, joint_id=joint_id)
        if sources:
            casework.act_on_parts(
                actor=viewer,
                at=at,
                joint_id=joint_id,
                act=Act.AUTHORISE,
                person_ids=[resident.person_id],
                sources=sources,
                valid_to=day_of(at) + timedelta(days=AUTHORISED_DAYS),
                signed_how="electronic",
            )
        if parts:
            casework.act_on_parts(actor=viewer, at=at, joint_id=joint_id, act=Act.SUBMIT, declared_true=True)
        return casework_queries.joint_number(viewer=viewer, joint_id=joint_id)
    except casework.UnableToProceed as refusal:
        raise UnableToHandIn(str(refusal)) from refusal


def end_own_proxy(*, resident: Resident, at: datetime, case_id: int) -> None:
    """This function will end the proxy of one's own case; nobody has to say why. Raises UnableToHandIn."""
    try:
        casework.end_proxy(actor=resident.viewer, at=at, case_id=case_id, reason="本人在网上撤回")
    except (casework.UnableToFindCase, casework.UnableToProceed) as nobody:
        raise UnableToHandIn(str(nobody)) from nobody


def answer_question(
    *, resident: Resident, at: datetime, person_id: int | None, name: str, value: bool | int | str | date
) -> None:
    """This function will record what a resident says of the household as their own word; the event re-evaluates it."""
    known = ATTRIBUTES[name]
    subject = resident.household_id if known.subject is SubjectKind.HOUSEHOLD else person_id
    assert subject is not None, "a fact of a person is asked of a person"
    registry.record_statement(
        actor=resident.viewer,
        at=at,
        subject_kind=known.subject,
        subject_id=subject,
        source="self_report",
        values={name: value},
        valid_from=day_of(at),
    )


def reply(*, resident: Resident, at: datetime, scheme: str, person_id: int | None, fen: int, accepted: bool) -> None:
    """This function will record a no to an offer of `fen`, or a yes to one that needs no application (免申即享).

    A no hides the offer for `PAUSE_AFTER_NO`; nothing is paid by a yes: the office takes it up.
    """
    if accepted and scheme not in WITHOUT_APPLICATION:
        raise UnableToHandIn("这一项按规定要申请，不能直接确认。请走申请。")
    row = Reply.objects.create(
        area_id=resident.area_id,
        household_id=resident.household_id,
        person_id=person_id,
        scheme=scheme,
        amount_fen=fen,
        accepted=accepted,
        said_by=resident.person_id,
        said_at=at,
        until_date=None if accepted else day_of(at) + PAUSE_AFTER_NO,
    )
    publish(OfferAnswered(row.pk, accepted, at), at=at, area_id=resident.area_id)
    _record(resident, at, "portal.offer_accepted" if accepted else "portal.offer_declined", scheme=scheme)


def raise_concern(*, resident: Resident, at: datetime, kind: str, words: str) -> date | None:
    """This function will take a correction, a complaint or a withdrawal and return the day by which it is answered."""
    if kind not in set(ConcernKind):
        raise UnableToHandIn("请先选是哪一类。")
    if not words.strip():
        raise UnableToHandIn("请写一写是什么事，几句话就行。")
    try:
        due = last_day(work_calendar(), day_of(at), ANSWER_WITHIN)
    except UnableToCountWorkingDays:
        due = None
    Concern.objects.create(
        area_id=resident.area_id,
        household_id=resident.household_id,
        person_id=resident.person_id,
        kind=kind,
        words=words.strip()[:1000],
        said_at=at,
        due_date=due,
    )
    _record(resident, at, "portal.concern_raised", kind=kind)
    return due


def _record(resident: Resident, at: datetime, action: str, **detail: object) -> None:
    audit.record(
        actor=resident.viewer,
        at=at,
        action=action,
        object_type="registry.household",
        object_id=str(resident.household_id),
        area_id=resident.area_id,
        detail={"person": resident.person_id, **detail},
    )
