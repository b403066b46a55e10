"""News that changes who is to be visited. Safe to repeat: the same happening is noted once."""

from datetime import datetime
from typing import Any

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.events.operations import subscribe
from minsheng.records.registry import events as registry_events
from minsheng.records.registry.queries.households import seats_of
from minsheng.records.registry.types import SubjectKind
from minsheng.work.eligibility.events import DistrictEvaluated
from minsheng.work.visits import operations
from minsheng.work.visits.rules.facts import READ
from minsheng.work.visits.states import PERSON_FACTS
from minsheng.work.visits.types import NewSignal, SignalKind

_CONCERNS = READ | set(PERSON_FACTS)
PERSON_EVENTS = (registry_events.PersonMoved, registry_events.PersonsMerged, registry_events.PersonsUnmerged)


def listen() -> None:
    """This function will subscribe to what happens to people and to the month's findings."""
    subscribe(registry_events.FactsRecorded, facts_recorded, name="visits.facts_recorded")
    subscribe(registry_events.PersonDied, person_died, name="visits.person_died")
    subscribe(registry_events.HouseholdChanged, household_changed, name="visits.household_changed")
    for kind in PERSON_EVENTS:
        subscribe(kind, person_changed, name=f"visits.{kind.__name__}")
    subscribe(DistrictEvaluated, district_evaluated, name="visits.district_evaluated")


def facts_recorded(happened: registry_events.FactsRecorded, /, *, actor: Viewer, at: datetime) -> None:
    """This function will note what changed facts tell and score the household; other facts concern nobody here."""
    concerned = _CONCERNS & set(happened.attributes)
    if not concerned:
        return
    homes = {happened.subject_id}
    if happened.subject_kind == SubjectKind.PERSON:
        homes = _homes(at, happened.subject_id)
    elif happened.subject_kind != SubjectKind.HOUSEHOLD:
        return
    for household_id in sorted(homes):
        operations.note_facts(actor=actor, at=at, household_id=household_id, attributes=concerned)


def person_died(happened: registry_events.PersonDied, /, *, actor: Viewer, at: datetime) -> None:
    """This function will note a death for whoever is left at home."""
    signals = [
        NewSignal(home, SignalKind.MEMBER_DIED, happened.death_date, "police", person_id=happened.person_id)
        for home in sorted(_homes(at, happened.person_id))
    ]
    if signals:
        operations.record_signals(actor=actor, at=at, signals=signals)


def household_changed(happened: registry_events.HouseholdChanged, /, *, actor: Viewer, at: datetime) -> None:
    """This function will score the household that somebody joined or left."""
    operations.rescore_households(actor=actor, at=at, household_ids={happened.household_id})


def person_changed(happened: Any, /, *, actor: Viewer, at: datetime) -> None:
    """This function will score the households of everybody whom the event names."""
    people = [getattr(happened, name) for name in ("person_id", "kept_id", "merged_id") if hasattr(happened, name)]
    operations.rescore_households(actor=actor, at=at, household_ids=_homes(at, *people))


def district_evaluated(happened: DistrictEvaluated, /, *, actor: Viewer, at: datetime) -> None:
    """This function will plan a call or visit for each new finding."""
    operations.plan_visits(actor=actor, at=at)


def _homes(at: datetime, *person_ids: int) -> set[int]:
    return {seat.household_id for seat in seats_of(person_ids=person_ids, on=at.date())}
