"""What a resident does about their own data: see it, take a copy, ask, consent and withdraw; for young children too."""

from collections.abc import Sequence
from datetime import date, datetime

from minsheng.foundation.audit import operations as audit
from minsheng.portal.operations.applying import UnableToHandIn
from minsheng.portal.scope import day_of
from minsheng.portal.types import Resident
from minsheng.records.privacy import operations as privacy
from minsheng.records.privacy import queries
from minsheng.records.privacy.types import AskedBy, RequestKind
from minsheng.records.registry.queries.person import facts_in_words
from minsheng.records.registry.types import FactInWords

OWN_PAGE = "居民自己的页面"


class UnableToSpeakFor(LookupError):
    """A resident speaks for themself and, as an adult, for the children under fourteen at home; for nobody else."""


def spoken_for(*, resident: Resident, at: datetime, people: Sequence[int]) -> list[int]:
    """This function will return for whom a resident speaks, themself first; `people` are those of the household."""
    children = queries.wards(viewer=resident.viewer, at=at, guardian_id=resident.person_id, people=people)
    return [resident.person_id, *(child for child in children if child != resident.person_id)]


def see_own_facts(*, resident: Resident, at: datetime, person_id: int, people: Sequence[int]) -> list[FactInWords]:
    """This function will return what is registered, at once and without an officer (PIPL Art 45), and record it."""
    _may_speak(resident, at, person_id, people)
    facts = facts_in_words(person_id=person_id, on=day_of(at), known_at=at)
    _record(resident, at, "portal.own_data_seen", person_id)
    return facts


def ask(*, resident: Resident, at: datetime, person_id: int, kind: str, words: str, people: Sequence[int]) -> date:
    """This function will take a request as a case of the office and return the last day for its answer."""
    _may_speak(resident, at, person_id, people)
    if kind not in set(RequestKind):
        raise UnableToHandIn("请先选要做什么。")
    if not words.strip():
        raise UnableToHandIn("请写一写要看、要改或要删的是哪些，一两句话就行。")
    mine = person_id == resident.person_id
    try:
        number = privacy.take_request(
            actor=resident.viewer,
            at=at,
            person_id=person_id,
            kind=RequestKind(kind),
            asked_by=AskedBy.SELF if mine else AskedBy.GUARDIAN,
            identity_check=f"{OWN_PAGE}（登录时已核对身份）",
            words=words,
        )
    except privacy.UnableToHandle as refusal:
        raise UnableToHandIn(str(refusal)) from refusal
    lines = queries.own_requests(viewer=resident.viewer, at=at)
    return next(line.due_date for line in lines if line.id == number)


def consent(*, resident: Resident, at: datetime, person_id: int, activity: str, people: Sequence[int]) -> None:
    """This function will record one consent, never several at once, so that each is separate (PIPL Art 29)."""
    _may_speak(resident, at, person_id, people)
    try:
        privacy.record_consents(
            actor=resident.viewer, at=at, person_id=person_id, activities=[activity], given_by=resident.person_id,
            how=OWN_PAGE,
        )  # fmt: skip
    except privacy.UnableToHandle as refusal:
        raise UnableToHandIn(str(refusal)) from refusal


def withdraw(*, resident: Resident, at: datetime, consent_id: int) -> None:
    """This function will end a consent without a question; `UnableToFind` for one that is not theirs."""
    privacy.withdraw_consent(actor=resident.viewer, at=at, consent_id=consent_id)


def _may_speak(resident: Resident, at: datetime, person_id: int, people: Sequence[int]) -> None:
    if person_id not in spoken_for(resident=resident, at=at, people=people):
        raise UnableToSpeakFor("只能办自己的和家里未满十四周岁孩子的。")


def _record(resident: Resident, at: datetime, action: str, person_id: int) -> None:
    audit.record(
        actor=resident.viewer, at=at, action=action, object_type="registry.person", object_id=str(person_id),
        area_id=resident.area_id, detail={"person": resident.person_id},
    )  # fmt: skip
