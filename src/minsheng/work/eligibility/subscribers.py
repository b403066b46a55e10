"""News from the registry that concerns eligibility: whose household it touches is evaluated anew. Safe to repeat."""

from datetime import datetime
from typing import Any

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.events.operations import subscribe
from minsheng.records.registry import events as registry_events
from minsheng.records.registry.queries.households import seats_of
from minsheng.records.registry.types import SubjectKind
from minsheng.work.eligibility.law import law_on
from minsheng.work.eligibility.operations import evaluate_households
from rulebook import dependencies_of

PERSON_EVENTS = (
    registry_events.PersonRegistered,
    registry_events.PersonDied,
    registry_events.PersonMoved,
    registry_events.PersonsMerged,
    registry_events.PersonsUnmerged,
)


def listen() -> None:
    """This function will subscribe to what changes somebody's facts or household."""
    subscribe(registry_events.FactsRecorded, facts_recorded, name="eligibility.facts_recorded")
    subscribe(registry_events.HouseholdChanged, household_changed, name="eligibility.household_changed")
    for kind in PERSON_EVENTS:
        subscribe(kind, person_changed, name=f"eligibility.{kind.__name__}")


def facts_recorded(happened: registry_events.FactsRecorded, /, *, actor: Viewer, at: datetime) -> None:
    """This function will evaluate the household that the facts are about, or the household of their person.

    Facts that no scheme reads concern nobody.
    """
    if not dependencies_of(law_on(at.date().replace(day=1))).schemes_reading(*happened.attributes):
        return
    if happened.subject_kind == SubjectKind.HOUSEHOLD:
        _evaluate(actor, at, {happened.subject_id})
    elif happened.subject_kind == SubjectKind.PERSON:
        _evaluate(actor, at, _homes(at, happened.subject_id))


def household_changed(happened: registry_events.HouseholdChanged, /, *, actor: Viewer, at: datetime) -> None:
    """This function will evaluate the household that somebody joined or left."""
    _evaluate(actor, at, {happened.household_id})


def person_changed(happened: Any, /, *, actor: Viewer, at: datetime) -> None:
    """This function will evaluate the households of everybody whom the event names."""
    people = [getattr(happened, name) for name in ("person_id", "kept_id", "merged_id") if hasattr(happened, name)]
    _evaluate(actor, at, _homes(at, *people))


def _homes(at: datetime, *person_ids: int) -> set[int]:
    return {seat.household_id for seat in seats_of(person_ids=person_ids, on=at.date())}


def _evaluate(actor: Viewer, at: datetime, household_ids: set[int]) -> None:
    if household_ids:
        evaluate_households(actor=actor, at=at, as_of=at.date(), household_ids=household_ids)
