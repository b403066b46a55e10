"""News of the registry and of payments that partners may have subscribed to. Each is delivered once."""

from collections.abc import Iterable
from datetime import datetime

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.events.operations import subscribe
from minsheng.insight.exchange import operations
from minsheng.insight.exchange.queries.standing import subscriptions_to
from minsheng.insight.exchange.rules.events import BABY_DAYS
from minsheng.insight.exchange.types import EventCode
from minsheng.records.registry import events as registry_events
from minsheng.records.registry.days import business_day
from minsheng.records.registry.queries.choosing import birth_dates_of
from minsheng.records.registry.queries.households import members_on, seats_of
from minsheng.work.payments import events as payment_events
from minsheng.work.payments.queries.enrolments import subject_of_grant


def listen() -> None:
    """This function will subscribe to what partners may ask to be told of."""
    subscribe(registry_events.PersonRegistered, person_registered, name="exchange.person_registered")
    subscribe(registry_events.PersonDied, person_died, name="exchange.person_died")
    subscribe(registry_events.HouseholdChanged, household_changed, name="exchange.household_changed")
    subscribe(registry_events.PersonMoved, person_moved, name="exchange.person_moved")
    subscribe(payment_events.GrantOpened, grant_opened, name="exchange.grant_opened")
    subscribe(payment_events.GrantEnded, grant_ended, name="exchange.grant_ended")


def person_registered(happened: registry_events.PersonRegistered, /, *, actor: Viewer, at: datetime) -> None:
    """This function will tell of somebody new, and of a birth where it was within the year."""
    _tell(actor, at, EventCode.REGISTER, [happened.person_id])
    if not _wanted(at, EventCode.BIRTH):
        return
    born = birth_dates_of(viewer=actor, person_ids=[happened.person_id]).get(happened.person_id)
    if born is not None and (business_day(happened.at) - born).days <= BABY_DAYS:
        _tell(actor, at, EventCode.BIRTH, [happened.person_id])


def person_died(happened: registry_events.PersonDied, /, *, actor: Viewer, at: datetime) -> None:
    """This function will tell of a death."""
    _tell(actor, at, EventCode.DEATH, [happened.person_id])


def person_moved(happened: registry_events.PersonMoved, /, *, actor: Viewer, at: datetime) -> None:
    """This function will tell the household where somebody arrived, not the one left behind."""
    _tell(actor, at, EventCode.NEW_MEMBER, [happened.person_id])


def household_changed(happened: registry_events.HouseholdChanged, /, *, actor: Viewer, at: datetime) -> None:
    """This function will tell of a household with other members than before."""
    if not _wanted(at, EventCode.NEW_MEMBER):
        return
    people = members_on(household_id=happened.household_id, on=business_day(at))[0]
    operations.notify_of(
        actor=actor, at=at, event=EventCode.NEW_MEMBER, household_id=happened.household_id, person_ids=list(people)
    )


def grant_opened(happened: payment_events.GrantOpened, /, *, actor: Viewer, at: datetime) -> None:
    """This function will tell that a benefit begins."""
    _grant(actor, at, EventCode.ENROLMENT, happened.grant_id)


def grant_ended(happened: payment_events.GrantEnded, /, *, actor: Viewer, at: datetime) -> None:
    """This function will tell that a benefit ends."""
    _grant(actor, at, EventCode.EXIT, happened.grant_id)


def _grant(actor: Viewer, at: datetime, event: EventCode, grant_id: int) -> None:
    found = subject_of_grant(viewer=actor, grant_id=grant_id) if _wanted(at, event) else None
    if found is None:
        return
    household_id, person_id = found
    people = [person_id] if person_id else list(members_on(household_id=household_id, on=business_day(at))[0])
    operations.notify_of(actor=actor, at=at, event=event, household_id=household_id, person_ids=people)


def _tell(actor: Viewer, at: datetime, event: EventCode, person_ids: Iterable[int]) -> None:
    if not _wanted(at, event):
        return
    for person_id in person_ids:
        seats = seats_of(person_ids=[person_id], on=business_day(at))
        home = seats[0].household_id if seats else None
        operations.notify_of(actor=actor, at=at, event=event, household_id=home, person_ids=[person_id])


def _wanted(at: datetime, event: EventCode) -> bool:
    """Whether anybody subscribed. A month's run opens thousands of grants: nobody is looked up for nobody."""
    return bool(subscriptions_to(event=event, at=at).exists())
