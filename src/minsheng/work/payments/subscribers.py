"""News that changes what is due. Safe to repeat: a proposal is updated, an end that is earlier stays."""

from datetime import date, datetime

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.events.operations import subscribe
from minsheng.records.registry.events import FactsRecorded, PersonDied, PersonMoved
from minsheng.work.payments.operations.payees import payee_lost
from minsheng.work.payments.operations.recalculating import recalculate_for, stop_for_death
from minsheng.work.payments.rules.news import cause_of
from minsheng.work.payments.types import Cause


def listen() -> None:
    """This function will subscribe to deaths, moves, custody, marriages and incomes."""
    subscribe(PersonDied, person_died, name="payments.person_died")
    subscribe(PersonMoved, person_moved, name="payments.person_moved")
    subscribe(FactsRecorded, facts_recorded, name="payments.facts_recorded")


def person_died(happened: PersonDied, /, *, actor: Viewer, at: datetime) -> None:
    """This function will stop what a dead person got from the month after, and look at what their household got."""
    stop_for_death(actor=actor, at=at, person_id=happened.person_id, death_date=happened.death_date)
    recalculate_for(actor=actor, at=at, person_id=happened.person_id, cause=Cause.DIED, changed_on=happened.death_date)


def person_moved(happened: PersonMoved, /, *, actor: Viewer, at: datetime) -> None:
    """This function will look at what was paid since a move, and who takes the money of those who stayed."""
    _since(actor=actor, at=at, person_id=happened.person_id, cause=Cause.MOVED, changed_on=happened.moved_date)


def facts_recorded(happened: FactsRecorded, /, *, actor: Viewer, at: datetime) -> None:
    """This function will do the same where somebody was taken into custody, married, parted, or has another income."""
    cause = cause_of(happened.attributes) if happened.subject_kind == "person" else None
    if cause is not None:
        _since(actor=actor, at=at, person_id=happened.subject_id, cause=cause, changed_on=happened.valid_from)


def _since(*, actor: Viewer, at: datetime, person_id: int, cause: Cause, changed_on: date) -> None:
    recalculate_for(actor=actor, at=at, person_id=person_id, cause=cause, changed_on=changed_on)
    if cause in (Cause.MOVED, Cause.CUSTODY):
        payee_lost(actor=actor, at=at, person_id=person_id, cause=cause, changed_on=changed_on)
