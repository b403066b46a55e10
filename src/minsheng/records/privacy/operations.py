"""Acts on the rights of a person: take, answer or refuse a request, record and withdraw a consent."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.records.privacy.models import Consent, Hold, Request
from minsheng.records.privacy.rules import (
    ACTIVITIES,
    GROUNDS,
    ONLY_STORED,
    category_of,
    due_date,
    refusal_of_answer,
    refusal_of_consent,
    refusal_of_request,
)
from minsheng.records.privacy.types import AskedBy, RequestKind, RequestState
from minsheng.records.registry.days import business_day
from minsheng.records.registry.models import Person
from minsheng.records.registry.operations import open_person
from minsheng.records.registry.queries.households import UnableToFind, home_of, members_on, seats_of
from minsheng.records.registry.queries.person import standing_id
from minsheng.records.registry.queries.whereabouts import whereabouts


class UnableToHandle(ValueError):
    """The act cannot be done so: says why and what to do."""


def take_request(
    *,
    actor: Viewer,
    at: datetime,
    person_id: int,
    kind: RequestKind,
    asked_by: AskedBy,
    identity_check: str,
    words: str,
) -> int:
    """This function will take a request of a person over their own data; `identity_check` says how it was made sure.

    From the counter, or from a resident's own page, where the database shows nobody but them and their young children.
    """
    _require(actor)
    with acting_as(viewer=actor, at=at):
        person = _person(person_id)
        on = business_day(at)
        told = whereabouts(person_ids=[person.pk], on=on, known_at=at).get(person.pk)
        dead = told is not None and told.died_on is not None
        if why := refusal_of_request(asked_by, born=person.birth_date, dead=dead, on=on):
            raise UnableToHandle(why)
        if not identity_check.strip() or not words.strip():
            raise UnableToHandle("请写明怎样核对了身份、本人要什么。")
        row = Request.objects.create(
            area_id=person.area_id,
            person_id=person.pk,
            kind=kind.value,
            asked_by=asked_by.value,
            identity_check=identity_check.strip()[:100],
            words=words.strip()[:1000],
            received_at=at,
            received_by=actor.account_id,
            due_date=due_date(on),
        )
        _record(actor, at, "privacy.request_taken", person.pk, person.area_id, request=row.pk, kind=kind.value)
        return int(row.pk)


def answer_request(*, actor: Viewer, at: datetime, request_id: int, answer: str) -> None:
    """This function will close a request as done, with what was done for the person."""
    _close(actor, at, request_id, RequestState.DONE, answer, "")


def refuse_request(*, actor: Viewer, at: datetime, request_id: int, ground: str, answer: str) -> None:
    """This function will refuse a request on a ground of the law, with the reason in words (PIPL Art 50)."""
    _close(actor, at, request_id, RequestState.REFUSED, answer, ground)


def withdraw_request(*, actor: Viewer, at: datetime, request_id: int, reason: str) -> None:
    """This function will close a request that the person takes back."""
    _close(actor, at, request_id, RequestState.WITHDRAWN, reason, "")


def copy_for(*, actor: Viewer, at: datetime, request_id: int) -> dict[str, Any]:
    """This function will return what the registry holds of the person of an open request for access or a copy.

    The look is recorded as one of the person's own; `PurposeNeeded` where none was stated today. Numbers stay masked:
    the person knows their own, and a file goes astray.
    """
    require(viewer=actor, capability="privacy.handle")
    with acting_as(viewer=actor, at=at):
        row = _locked(request_id)
        if RequestKind(row.kind) not in (RequestKind.ACCESS, RequestKind.COPY):
            raise UnableToHandle("只有查阅和复制的申请才给资料。")
        card = open_person(viewer=actor, person_id=row.person_id, at=at)
        _record(actor, at, "privacy.copy_given", row.person_id, row.area_id, request=row.pk)
    return {
        "format": "minsheng-personal-data-1",
        "made_at": at.isoformat(),
        "person": {
            "number": card.person_id,
            "name": card.name,
            "sex": card.sex,
            "birth_date": card.birth_date.isoformat() if card.birth_date else None,
            "area": card.area_name,
        },
        "facts": [
            {
                "attribute": fact.attribute,
                "value": fact.value.isoformat() if isinstance(fact.value, date) else fact.value,
                "source": fact.winner.source if fact.winner else None,
                "others_say": len(fact.conflicts),
            }
            for fact in card.facts
        ],
        "household": [member.name for member in card.members],
    }


def record_consents(
    *, actor: Viewer, at: datetime, person_id: int, activities: Sequence[str], given_by: int, how: str
) -> list[int]:
    """This function will record what a person, or for a child under fourteen their guardian, consents to.

    Sensitive data are consented to one by one. What rests on a duty of the law is refused: nobody is made to consent.
    """
    _require(actor)
    with acting_as(viewer=actor, at=at):
        person, giver, on = _person(person_id), _person(given_by), business_day(at)
        if not activities or not how.strip():
            raise UnableToHandle("请选用途，并写明怎样同意的，例如“当面签字”。")
        made = []
        for code in activities:
            activity = ACTIVITIES.get(code)
            why = refusal_of_consent(
                activity,
                born=person.birth_date,
                giver_born=giver.birth_date,
                by_self=giver.pk == person.pk,
                same_household=giver.pk in _household_of(person.pk, on),
                activities=len(activities),
                on=on,
            )
            if why or activity is None:
                raise UnableToHandle(why or "没有这一项用途。")
            if Consent.objects.filter(person_id=person.pk, activity=code, withdrawn_at__isnull=True).exists():
                raise UnableToHandle(f"“{activity.label}”已经同意过了，还有效。")
            category = category_of(activity, born=person.birth_date, on=on)
            row = Consent.objects.create(
                area_id=person.area_id,
                person_id=person.pk,
                activity=code,
                category=category.value,
                text=activity.text,
                version=activity.version,
                given_by_person_id=giver.pk,
                given_how=how.strip()[:40],
                given_at=at,
                recorded_by=actor.account_id,
            )
            made.append(int(row.pk))
            _record(actor, at, "privacy.consent_given", person.pk, person.area_id, consent=row.pk, activity=code)
        return made


def withdraw_consent(*, actor: Viewer, at: datetime, consent_id: int) -> int:
    """This function will end a consent and return whose it was; nobody asks why (PIPL Art 15)."""
    _require(actor)
    with acting_as(viewer=actor, at=at):
        row = Consent.objects.select_for_update(no_key=True).filter(pk=consent_id).first()
        if row is None:
            raise UnableToFind("没有这份同意，或者不在您的辖区内。")
        if row.withdrawn_at is not None:
            return int(row.person_id)
        row.withdrawn_at, row.withdrawn_by = at, actor.account_id
        row.save(update_fields=["withdrawn_at", "withdrawn_by"])
        _record(actor, at, "privacy.consent_withdrawn", row.person_id, row.area_id, consent=row.pk)
        return int(row.person_id)


def _close(actor: Viewer, at: datetime, request_id: int, state: RequestState, answer: str, ground: str) -> None:
    require(viewer=actor, capability="privacy.handle")
    with acting_as(viewer=actor, at=at):
        row = _locked(request_id)
        if not answer.strip():
            raise UnableToHandle("请写明答复，本人看得懂的话。")
        if state is RequestState.REFUSED and (why := refusal_of_answer(RequestKind(row.kind), ground)):
            raise UnableToHandle(why)
        held = Hold.objects.filter(person_id=row.person_id, ended_at__isnull=True).exists()
        if state is RequestState.DONE and row.kind == RequestKind.DELETION.value and held:
            raise UnableToHandle("这个人的资料有留存令，现在不能删除。请以“保存期限未届满”答复，或先解除留存令。")
        row.state, row.ground, row.answer = state.value, ground, answer.strip()[:1000]
        row.answered_at, row.answered_by, row.answered_by_name = at, actor.account_id, actor.name
        row.save(update_fields=["state", "ground", "answer", "answered_at", "answered_by", "answered_by_name"])
        kept = {"only_stored": True} if ground in ONLY_STORED else {}
        basis = GROUNDS[ground].basis if ground else RequestKind(row.kind).basis
        _record(
            actor, at, f"privacy.request_{state.value}", row.person_id, row.area_id, request=row.pk, basis=basis, **kept
        )  # fmt: skip


def _locked(request_id: int) -> Request:
    row = Request.objects.select_for_update(no_key=True).filter(pk=request_id).first()
    if row is None:
        raise UnableToFind("没有这份申请，或者不在您的辖区内。")
    if row.state != RequestState.OPEN.value:
        raise UnableToHandle("这份申请已经答复过了。本人有新的要求，请另收一份。")
    return row


def _require(actor: Viewer) -> None:
    """Whoever handles the rights of others, or a resident, whose transaction sees their own rows and no more."""
    if not actor.can("privacy.own"):
        require(viewer=actor, capability="privacy.handle")


def _person(person_id: int) -> Person:
    return Person.objects.get(pk=standing_id(person_id=person_id))


def _household_of(person_id: int, on: date) -> set[int]:
    home = home_of(seats=seats_of(person_ids=[person_id], on=on), standing=person_id)
    return set(members_on(household_id=home.household_id, on=on)[0]) if home else set()


def _record(actor: Viewer, at: datetime, action: str, person_id: int, area_id: int, **detail: object) -> None:
    audit.record(
        actor=actor,
        at=at,
        action=action,
        object_type="registry.person",
        object_id=str(person_id),
        area_id=area_id,
        detail=detail,
    )
