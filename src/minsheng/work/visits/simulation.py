"""How many households in need are found before they ask, at a fixed number of visits a month: score, chance, triggers.

Every way of choosing sees the same households, the same records on the day they became known, and the same luck at the
door. Who is in need is in the truth alone, which only the doorstep reads.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from minsheng.work.visits.rules.circumstances import age_of, living, severely_disabled
from minsheng.work.visits.rules.scoring import Lasting, add_up, lasting_of, star_by_points
from minsheng.work.visits.states import PERSON_FACTS
from minsheng.work.visits.types import HouseholdState, Signal, SignalKind, Weights

MONTH = timedelta(days=30)
HALF = timedelta(days=15)
AT_HOME = 0.85
RESTED_DAYS = 30  # a way that fills up at random does not ring at the same door twice in a month
LAW_TRIGGERS = frozenset(
    {SignalKind.SEVERE_ILLNESS, SignalKind.DISABILITY_CERTIFIED, SignalKind.EDUCATION_BILL, SignalKind.JOB_LOST}
)
SINGLE = (SignalKind.MEDICAL_BILL, SignalKind.JOB_LOST, SignalKind.UTILITY_UNPAID, SignalKind.DISABILITY_CERTIFIED)


@dataclass(frozen=True)
class Need:
    """The truth of one household: since when, and when it asks by itself (None: never)."""

    onset_date: date
    applies_date: date | None
    traceless: bool


@dataclass(frozen=True)
class Known:
    """A signal, and the day on which it was on record."""

    known_date: date
    signal: Signal


@dataclass(frozen=True)
class World:
    """What can be seen (`states`, `records`), and what is so (`needs`)."""

    start: date
    months: int
    states: Mapping[int, HouseholdState]
    records: Mapping[int, tuple[Known, ...]]
    needs: Mapping[int, Need]
    subgroups: Mapping[str, frozenset[int]]


@dataclass
class Progress:
    """What one way of choosing has done so far."""

    met: dict[int, date] = field(default_factory=dict)
    tried: dict[int, date] = field(default_factory=dict)
    missed: dict[int, list[date]] = field(default_factory=lambda: defaultdict(list))
    found: dict[int, date] = field(default_factory=dict)
    visits: int = 0


Chooser = Callable[[World, Progress, Collection[int], date, int], list[int]]


def world_of(
    *, people: pa.Table, household_ids: Collection[int], needs: pa.Table, signals: pa.Table, start: date, months: int
) -> World:
    """This function will read a synthetic district and what happened to it (`twin.shocks`) into a world."""
    wanted = set(household_ids)
    members: dict[int, list[dict[str, object]]] = defaultdict(list)
    for row in people.select(["household_id", "person_id", *PERSON_FACTS]).to_pylist():
        if row["household_id"] in wanted:
            members[row["household_id"]].append({k: v for k, v in row.items() if v is not None})
    states = {n: HouseholdState(n, 0, {}, tuple(members[n])) for n in sorted(wanted)}
    records: dict[int, list[Known]] = defaultdict(list)
    for row in signals.to_pylist():
        signal = Signal(SignalKind(row["kind"]), row["happened_date"], row["source"], row["value"], row["person_id"])
        records[row["household_id"]].append(Known(row["known_date"], signal))
    truth = {
        row["household_id"]: Need(row["onset_date"], row["applies_date"], row["traceless"]) for row in needs.to_pylist()
    }
    return World(start, months, states, {n: tuple(r) for n, r in records.items()}, truth, subgroups_of(states, start))


def subgroups_of(states: Mapping[int, HouseholdState], on: date) -> dict[str, frozenset[int]]:
    """This function will return the households of each group that is counted by itself; they overlap."""
    found: dict[str, set[int]] = {name: set() for name in ("old_alone", "disabled", "children", "working_age")}
    for number, state in states.items():
        people = living(state)
        ages = [age for m in people if (age := age_of(m, on)) is not None]
        if len(people) == 1 and ages and ages[0] >= 60:
            found["old_alone"].add(number)
        if any(severely_disabled(m) for m in people):
            found["disabled"].add(number)
        if any(age < 18 for age in ages):
            found["children"].add(number)
        if ages and all(18 <= age < 60 for age in ages):
            found["working_age"].add(number)
    return {name: frozenset(numbers) for name, numbers in found.items()}


def shuffled(world: World, *, seed: int) -> World:
    """This function will hand the needs to other households at random: whatever is on record then tells nothing."""
    numbers = np.array(sorted(world.states))
    drawn = np.random.Generator(np.random.PCG64(seed)).choice(numbers, len(world.needs), replace=False)
    return replace(world, needs=dict(zip(drawn.tolist(), world.needs.values(), strict=True)))


def flat(weights: Weights) -> Weights:
    """This function will make every reason count the same, and several at once no more than their sum."""
    return replace(
        weights,
        across_bonus=0,
        dimensions={code: (label, 1_000) for code, (label, _) in weights.dimensions.items()},
        signals={k: replace(w, tiers=((0, 10),)) for k, w in weights.signals.items()},
        circumstances={k: replace(w, points=10) for k, w in weights.circumstances.items()},
    )


def ways(weights: Weights, *, seed: int) -> dict[str, Chooser]:
    """This function will return every way of choosing whom to visit, by name."""
    return {
        "score": by_score(weights, seed=seed),
        "equal_weights": by_score(flat(weights), seed=seed),
        "any_signal": by_trigger(frozenset(SignalKind), seed=seed),
        "law_triggers": by_trigger(LAW_TRIGGERS, seed=seed),
        **{f"only_{kind.value}": by_trigger(frozenset({kind}), seed=seed) for kind in SINGLE},
        "random": by_trigger(frozenset(), seed=seed),
    }


def run(world: World, choose: Chooser, *, visits: int, seed: int) -> Progress:
    """This function will let the months pass: each with so many visits, chosen by what is known on its first day."""
    done = Progress()
    for month in range(world.months):
        day = world.start + month * MONTH
        gone = {n for n, need in world.needs.items() if need.applies_date is not None and need.applies_date <= day}
        open_ = [n for n in world.states if n not in gone and n not in done.found]
        for number in choose(world, done, open_, day, visits):
            _knock(world, done, number, day + HALF, seed)
    return done


def _knock(world: World, done: Progress, number: int, day: date, seed: int) -> None:
    """The same luck at the same door on the same day, whoever sent the visitor."""
    done.visits += 1
    done.tried[number] = day
    luck = np.random.Generator(np.random.PCG64([seed, number, day.toordinal()])).random()
    if luck >= AT_HOME:
        done.missed[number].append(day)
        return
    need = world.needs.get(number)
    if need is not None and need.onset_date <= day and (need.applies_date is None or day < need.applies_date):
        done.found[number] = day
    done.met[number] = day


def by_trigger(kinds: frozenset[SignalKind], *, seed: int) -> Chooser:
    """This function will choose by records of these kinds, the newest first, each once; then at random."""

    def choose(world: World, done: Progress, open_: Collection[int], day: date, visits: int) -> list[int]:
        newest: list[tuple[date, int]] = []
        for number in open_:
            days = [
                r.known_date for r in world.records.get(number, ()) if r.signal.kind in kinds and r.known_date <= day
            ]
            if days and max(days) > done.tried.get(number, date.min):
                newest.append((max(days), number))
        chosen = [number for _, number in sorted(newest, key=lambda pair: (-pair[0].toordinal(), pair[1]))][:visits]
        return chosen + _at_random(done, open_, day, visits - len(chosen), set(chosen), seed)

    return choose


def by_score(weights: Weights, *, seed: int) -> Chooser:
    """This function will choose by the score and the rhythm of the stars, as the product does; then at random."""
    lasting: dict[int, Lasting] = {}
    alone: dict[int, int] = {}  # the points of what lasts, without any happening

    def choose(world: World, done: Progress, open_: Collection[int], day: date, visits: int) -> list[int]:
        if not lasting:
            lasting.update({n: lasting_of(s, weights=weights, on=day) for n, s in world.states.items()})
            alone.update({n: add_up(held, (), weights=weights, on=day).points for n, held in lasting.items()})
        ranked: list[tuple[bool, int, int, int]] = []
        for number in open_:
            known = list(_visible(world, done, number, day))
            points = alone[number]
            if known:
                signals = [record.signal for record in known]
                fine_on = done.met.get(number)
                points = add_up(lasting[number], signals, weights=weights, on=day, fine_on=fine_on).points
            star = star_by_points(points, weights=weights)
            if not star:
                continue
            every = next(rung.every_days for rung in weights.stars if rung.star == star)
            news = max((record.known_date for record in known), default=date.min)
            last = done.tried.get(number, date.min)
            raised = news > last
            if raised or (day - last).days >= every:
                ranked.append((not raised, -points, -news.toordinal(), number))
        chosen = [number for *_, number in sorted(ranked)][:visits]
        return chosen + _at_random(done, open_, day, visits - len(chosen), set(chosen), seed)

    return choose


def _visible(world: World, done: Progress, number: int, day: date) -> Iterator[Known]:
    """What is on record of a household by a day, and how often nobody opened; never what is so."""
    yield from (record for record in world.records.get(number, ()) if record.known_date <= day)
    missed = done.missed.get(number, ())
    for times, when in enumerate(missed, start=1):
        yield Known(when, Signal(SignalKind.VISIT_MISSED, when, "visit", times))


def _at_random(done: Progress, open_: Collection[int], day: date, visits: int, taken: set[int], seed: int) -> list[int]:
    if visits <= 0:
        return []
    rested = [n for n in open_ if n not in taken and (day - done.tried.get(n, date.min)).days >= RESTED_DAYS]
    drawn = np.random.Generator(np.random.PCG64([seed, day.toordinal()])).permutation(len(rested))[:visits]
    return [rested[place] for place in drawn.tolist()]


def permille_found(world: World, done: Progress, among: Collection[int] | None = None) -> int | None:
    """This function will return how many in a thousand of those in need were found before they asked; None of none."""
    needy = [n for n in world.needs if among is None or n in among]
    return sum(n in done.found for n in needy) * 1000 // len(needy) if needy else None


def report(world: World, *, weights: Weights, visits: int, seed: int) -> dict[str, object]:
    """This function will run every way of choosing and return the figures of the last line (rates in permille)."""
    done = {name: run(world, choose, visits=visits, seed=seed) for name, choose in ways(weights, seed=seed).items()}
    traceless = {n for n, need in world.needs.items() if need.traceless}
    groups: dict[str, Collection[int]] = {
        **world.subgroups,
        "traceless": traceless,
        "with_trace": set(world.needs) - traceless,
    }
    waits = sorted((day - world.needs[n].onset_date).days for n, day in done["score"].found.items())
    return {
        "households": len(world.states),
        "months": world.months,
        "visits_per_month": visits,
        "visits_made": {name: one.visits for name, one in done.items()},
        "in_need": len(world.needs),
        "found": {name: len(one.found) for name, one in done.items()},
        "found_permille": {name: permille_found(world, one) for name, one in done.items()},
        "by_group": {
            group: {
                "in_need": sum(n in numbers for n in world.needs),
                **{name: permille_found(world, one, numbers) for name, one in done.items()},
            }
            for group, numbers in groups.items()
        },
        "median_days_until_found": waits[len(waits) // 2] if waits else None,
        "weights": weights.digest[:16],
        "seed": seed,
    }
