"""Reads of the rights of a person: requests by their last day, consents of one person, whether one consent runs."""

from collections.abc import Iterable
from datetime import datetime

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.records.privacy.models import Consent, Hold, Request
from minsheng.records.privacy.rules import ACTIVITIES, ADULT_YEARS, CHILD_YEARS, GROUNDS, age_on, category_of
from minsheng.records.privacy.types import (
    AskedBy,
    ConsentCategory,
    ConsentLine,
    OwnConsent,
    RequestKind,
    RequestLine,
    RequestState,
)
from minsheng.records.registry.days import business_day
from minsheng.records.registry.models import Person
from minsheng.records.registry.queries.households import UnableToFind, person_names
from minsheng.records.registry.queries.person import standing_id

MOST = 200
OWN = "privacy.own"


def requests(*, viewer: Viewer, at: datetime, state: str = "open") -> list[RequestLine]:
    """This function will list requests in the viewer's areas, the nearest last day first; "" lists all."""
    require(viewer=viewer, capability="privacy.handle")
    with acting_as(viewer=viewer, at=at):
        rows = Request.objects.filter(state=state) if state else Request.objects.all()
        found = list(rows.order_by("due_date", "id")[:MOST])
        names = person_names(person_ids={row.person_id for row in found})
    return [_line(row, names, at) for row in found]


def request_line(*, viewer: Viewer, at: datetime, request_id: int) -> RequestLine | None:
    """This function will return one request, or None for a stranger."""
    require(viewer=viewer, capability="privacy.handle")
    with acting_as(viewer=viewer, at=at):
        row = Request.objects.filter(pk=request_id).first()
        return _line(row, person_names(person_ids={row.person_id}), at) if row else None


def consents(*, viewer: Viewer, at: datetime, person_id: int) -> tuple[str, list[ConsentLine], bool]:
    """This function will return the name, the consents, newest first, and whether a legal hold stands."""
    require(viewer=viewer, capability="privacy.handle")
    with acting_as(viewer=viewer, at=at):
        standing = standing_id(person_id=person_id)
        rows = list(Consent.objects.filter(person_id=standing).order_by("-id")[:MOST])
        names = person_names(person_ids={standing, *(row.given_by_person_id for row in rows)})
        if standing not in names:
            raise UnableToFind("没有找到这个人，或者不在您的辖区内。")
        held = Hold.objects.filter(person_id=standing, ended_at__isnull=True).exists()
        return (
            names[standing],
            [
                ConsentLine(
                    row.pk,
                    ACTIVITIES[row.activity],
                    ConsentCategory(row.category),
                    names.get(row.given_by_person_id, "家人"),
                    row.given_at,
                    row.withdrawn_at,
                )
                for row in rows
                if row.activity in ACTIVITIES
            ],
            held,
        )


def own_requests(*, viewer: Viewer, at: datetime) -> list[RequestLine]:
    """This function will list what a resident has asked for themself and young children, the newest first."""
    require(viewer=viewer, capability=OWN)
    with acting_as(viewer=viewer, at=at):
        found = list(Request.objects.order_by("-id")[:MOST])
        names = person_names(person_ids={row.person_id for row in found})
    return [_line(row, names, at) for row in found]


def own_consents(*, viewer: Viewer, at: datetime, people: Iterable[int]) -> list[OwnConsent]:
    """This function will say, for a resident and their young children, what is consented to and what could be."""
    require(viewer=viewer, capability=OWN)
    asked = [activity for activity in ACTIVITIES.values() if activity.needs_consent]
    with acting_as(viewer=viewer, at=at):
        rows = Consent.objects.filter(person_id__in=list(people), withdrawn_at__isnull=True)
        running = {(row.person_id, row.activity): row for row in rows}
        born = dict(Person.objects.filter(pk__in=list(people)).values_list("id", "birth_date"))
    on = business_day(at)
    return [
        OwnConsent(
            person_id, activity, category_of(activity, born=born.get(person_id), on=on),
            row.pk if row else None, row.given_at if row else None,
        )
        for person_id in people
        for activity in asked
        for row in [running.get((person_id, activity.code))]
    ]  # fmt: skip


def wards(*, viewer: Viewer, at: datetime, guardian_id: int, people: Iterable[int]) -> list[int]:
    """This function will return whom of these people a resident speaks for: children under fourteen, as an adult."""
    on = business_day(at)
    with acting_as(viewer=viewer, at=at):
        born = dict(Person.objects.filter(pk__in=[guardian_id, *people]).values_list("id", "birth_date"))
    own = born.get(guardian_id)
    if own is None or age_on(own, on) < ADULT_YEARS:
        return []
    return sorted(p for p, day in born.items() if day is not None and age_on(day, on) < CHILD_YEARS)


def may_process(*, viewer: Viewer, at: datetime, person_id: int, activity: str) -> bool:
    """This function will say whether data of a person may be used so today: a duty of the law, or a running consent."""
    known = ACTIVITIES.get(activity)
    if known is None:
        return False
    if not known.needs_consent:
        return True
    with acting_as(viewer=viewer, at=at):
        return Consent.objects.filter(
            person_id=person_id, activity=activity, given_at__lte=at, withdrawn_at__isnull=True
        ).exists()


def _line(row: Request, names: dict[int, str], at: datetime) -> RequestLine:
    ground = GROUNDS.get(row.ground)
    return RequestLine(
        id=row.pk,
        person_id=row.person_id,
        name=names.get(row.person_id, ""),
        kind=RequestKind(row.kind),
        asked_by=AskedBy(row.asked_by),
        words=row.words,
        state=RequestState(row.state),
        received_at=row.received_at,
        due_date=row.due_date,
        days_left=(row.due_date - business_day(at)).days,
        answer=row.answer,
        ground=f"{ground.label}（个人信息保护法{ground.basis}）" if ground else "",
        answered_at=row.answered_at,
        answered_by=row.answered_by_name,
    )
