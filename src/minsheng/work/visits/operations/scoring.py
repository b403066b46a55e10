"""Scores are stored as intervals: a household whose score, reasons and star are the same keeps its row."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max, Q

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.records.registry.days import business_day
from minsheng.records.registry.queries.whereabouts import doors_of, households_of_those_born_on
from minsheng.records.registry.types import HouseholdFacts
from minsheng.work.visits.models import HouseholdWarning, Signal, Visit
from minsheng.work.visits.rules.circumstances import living, turning_days
from minsheng.work.visits.rules.planning import is_raised
from minsheng.work.visits.rules.scoring import score, star_of
from minsheng.work.visits.settling import settle_visits
from minsheng.work.visits.states import states_of
from minsheng.work.visits.types import HouseholdState, Score, SignalKind, VisitAct, Weights
from minsheng.work.visits.types import Signal as Happening
from minsheng.work.visits.weights import weights_on

_BATCH = 2_000
# What makes a stored score another one; the rest of a row follows from it.
CONTENT = ("points", "could_be", "across", "star", "raised", "groups", "reasons", "unknown", "next_change_date")


@dataclass(frozen=True)
class Rescored:
    """What one scoring did: households looked at, and of their rows how many began, changed, ended."""

    households: int
    begun: int
    changed: int
    ended: int


def rescore_district(*, actor: Viewer, at: datetime, on: date | None = None) -> Rescored:
    """This function will score every household the actor sees; for the first time, or when the table has changed."""
    return _rescore(actor, at, None, on)


def rescore_households(*, actor: Viewer, at: datetime, household_ids: Collection[int]) -> Rescored:
    """This function will score these households anew, after something of theirs has changed."""
    return _rescore(actor, at, set(household_ids), None)


def rescore_due(*, actor: Viewer, at: datetime) -> Rescored:
    """This function will score the households whose score changes by the calendar today, and nobody else.

    Those are where a happening counts for less from today on, or somebody comes of an age. On the first of a month, and
    when the table of weights has changed, everybody is scored: facts begin, end and grow old by themselves.
    """
    today = business_day(at)
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="visits.score")
        rows = HouseholdWarning.objects.filter(valid_to__isnull=True)
        if today.day == 1 or rows.exclude(weights_digest=weights_on(today).digest).exists():
            return store_scores(actor=actor, at=at, on=today, household_ids=None)
        due = set(rows.filter(next_change_date__lte=today).values_list("household_id", flat=True))
        due |= households_of_those_born_on(days=turning_days(today), on=today)
        return store_scores(actor=actor, at=at, on=today, household_ids=due)


def _rescore(actor: Viewer, at: datetime, household_ids: Collection[int] | None, on: date | None) -> Rescored:
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="visits.score")
        return store_scores(actor=actor, at=at, on=on or business_day(at), household_ids=household_ids)


def store_scores(
    *,
    actor: Viewer,
    at: datetime,
    on: date,
    household_ids: Collection[int] | None,
    known: HouseholdFacts | None = None,
) -> Rescored:
    """This function will score and store inside the caller's act; the caller has checked who may.

    `known` are the facts of one of these households on that day, where the caller has read them already.
    """
    if household_ids is not None and not household_ids:
        return Rescored(0, 0, 0, 0)
    weights = weights_on(on)
    within = Q() if household_ids is None else Q(household_id__in=list(household_ids))
    happenings = _happenings(within, weights, on)
    fine = _fine_days(within)
    rows = HouseholdWarning.objects.select_for_update(no_key=True).filter(within, valid_to__isnull=True)
    stored = {row.household_id: row for row in rows}
    wanted: dict[int, tuple[HouseholdState, Score]] = {}
    empty: list[int] = []
    looked_at = 0
    for state in states_of(viewer=actor, at=at, on=on, household_ids=household_ids, known=known):
        looked_at += 1
        if not living(state):
            empty.append(state.household_id)
            continue
        found = score(
            state,
            happenings.get(state.household_id, ()),
            weights=weights,
            on=on,
            fine_on=fine.get(state.household_id),
        )
        if star_of(found, weights=weights):
            wanted[state.household_id] = (state, found)
    result = _store(stored, wanted, weights, on, at)
    if household_ids is not None and empty:
        settle_visits(actor=actor, at=at, household_ids=empty, why="这一户已经没有人住")
    counts = Rescored(looked_at, *result)
    audit.record(
        actor=actor,
        at=at,
        action="visits.scored",
        object_type="visits.warning",
        object_id="district" if household_ids is None else "households",
        detail={**asdict(counts), "weights": weights.digest[:16]},
    )
    return counts


def _happenings(within: Q, weights: Weights, on: date) -> dict[int, list[Happening]]:
    found: dict[int, list[Happening]] = defaultdict(list)
    rows = Signal.objects.filter(within, withdrawn_at__isnull=True).values_list(
        "household_id", "kind", "happened_date", "source", "value", "person_id"
    )
    longest = max(weighed.steps[-1][0] for weighed in weights.signals.values())
    oldest = date.fromordinal(on.toordinal() - longest - 1)
    for household, kind, day, source, value, person in rows.filter(happened_date__gte=oldest).iterator(10_000):
        found[household].append(Happening(SignalKind(kind), day, source, value, person))
    return found


def _fine_days(within: Q) -> dict[int, date]:
    """The day of the last visit of each household that found everything in order."""
    rows = Visit.objects.filter(within, result=VisitAct.FINE.value).values("household_id")
    return {row["household_id"]: row["day"] for row in rows.annotate(day=Max("met_date"))}


def _store(
    stored: dict[int, HouseholdWarning],
    wanted: dict[int, tuple[HouseholdState, Score]],
    weights: Weights,
    on: date,
    at: datetime,
) -> tuple[int, int, int]:
    begun = changed = 0
    fresh: list[HouseholdWarning] = []
    ended: list[int] = []
    replaced: list[HouseholdWarning] = []
    doors = doors_of(household_ids=[n for n in wanted if n not in stored], on=on)
    for household_id, (state, found) in wanted.items():
        content = _content_of(found, weights)
        old = stored.pop(household_id, None)
        if old is not None and all(getattr(old, name) == content[name] for name in CONTENT):
            if old.weights_digest != weights.digest or old.area_id != state.area_id:
                old.weights_digest, old.area_id = weights.digest, state.area_id
                replaced.append(old)
            continue
        star_since = old.star_since if old is not None and old.star >= content["star"] else on
        if old is not None and old.valid_from >= on:
            _fill(old, content, weights, at, star_since)
            old.area_id = state.area_id
            replaced.append(old)
            changed += 1
            continue
        row = HouseholdWarning(
            area_id=state.area_id,
            household_id=household_id,
            subject_name=old.subject_name if old is not None else _name(doors, household_id),
            valid_from=on,
        )
        _fill(row, content, weights, at, star_since)
        fresh.append(row)
        if old is None:
            begun += 1
        else:
            changed += 1
            ended.append(old.pk)
    gone = [row for row in stored.values() if row.valid_from < on]
    HouseholdWarning.objects.filter(pk__in=[*ended, *(row.pk for row in gone)]).update(valid_to=on)
    HouseholdWarning.objects.filter(pk__in=[row.pk for row in stored.values() if row.valid_from >= on]).delete()
    HouseholdWarning.objects.bulk_update(
        replaced,
        [*CONTENT, "labels", "star_since", "weights_digest", "computed_at", "area_id"],
        batch_size=_BATCH,
    )
    HouseholdWarning.objects.bulk_create(fresh, batch_size=_BATCH)
    return begun, changed, len(stored)


def _name(doors: dict[int, Any], household_id: int) -> str:
    door = doors.get(household_id)
    return door.head_name if door is not None else ""


def _fill(row: HouseholdWarning, content: dict[str, Any], weights: Weights, at: datetime, star_since: date) -> None:
    for name, value in content.items():
        setattr(row, name, value)
    row.star_since, row.weights_digest, row.computed_at = star_since, weights.digest, at


def _content_of(found: Score, weights: Weights) -> dict[str, Any]:
    """This function will return a score as its row holds it."""
    star = star_of(found, weights=weights)
    return {
        "points": found.points,
        "could_be": found.could_be,
        "across": found.across,
        "star": star,
        "raised": is_raised(found, star, weights=weights),
        "labels": list(dict.fromkeys(weights.dimensions[one.dimension][0] for one in found.contributions)),
        "groups": list(found.groups),
        "reasons": [
            {
                "code": one.code,
                "dimension": one.dimension,
                "label": one.label,
                "points": one.points,
                "source": one.source,
                "since": one.since.isoformat() if one.since else None,
                "until": one.until.isoformat() if one.until else None,
                "value": one.value,
                "settled": one.settled,
            }
            for one in found.contributions
        ],
        "unknown": [asdict(one) for one in found.unknown],
        "next_change_date": found.next_change,
    }
