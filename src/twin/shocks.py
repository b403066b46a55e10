"""A year of trouble for a district: what happens to households, who comes into need by it, what of it is on record.

Everything here is invented: no table of such hazards was found. It is made so that an early warning can be measured,
and so that the measurement can fail: happenings without need are many, need without any trace exists, and how much a
household can bear is drawn by itself and written nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from twin.quotas import Bools, Column, Floats, Ints
from twin.types import District

DAYS = 30  # of a month, for hazards
LITTLE = 2_600  # yuan a head and month
ASSISTANCE = ("minimum_living_allowance", "single_person_household", "destitute_support", "low_income_margin")


@dataclass(frozen=True)
class Trace:
    """What a happening leaves on record: which signal, how often, by whom, how late (days), and how much."""

    signal: str
    chance: float
    source: str
    late: tuple[int, int]
    median: float = 0.0
    spread: float = 0.0
    known: float = 1.0  # how often the amount is told with it


@dataclass(frozen=True)
class Cause:
    """One kind of happening: how often a month (by age, or per household), how often it ends in need, its traces."""

    code: str
    need: float
    traces: tuple[Trace, ...]


CAUSES: tuple[Cause, ...] = (
    Cause(
        "illness",
        0.16,
        (
            Trace("medical_bill", 0.75, "medical_insurance", (10, 60), 1_600_000, 0.9, 0.8),
            Trace("severe_illness", 0.35, "medical_insurance", (5, 40)),
        ),
    ),
    Cause(
        "job_loss",
        0.10,
        (Trace("job_lost", 0.6, "hrss", (5, 45)), Trace("income_fell", 0.25, "hrss", (30, 75), 45, 0.3)),
    ),
    Cause(
        "disability",
        0.22,
        (
            Trace("disability_certified", 0.6, "federation", (30, 120), 2.6, 0.3),
            Trace("care_needed", 0.2, "health", (20, 80)),
        ),
    ),
    Cause("care", 0.20, (Trace("care_needed", 0.45, "health", (20, 90)),)),
    Cause("death", 0.10, (Trace("member_died", 0.95, "police", (3, 20)),)),
    Cause(
        "debt",
        0.30,
        (
            Trace("utility_unpaid", 0.8, "utilities", (15, 50), 2.2, 0.4),
            Trace("rent_unpaid", 0.2, "housing", (15, 60), 2.0, 0.4),
        ),
    ),
    Cause("housing", 0.35, (Trace("housing_lost", 0.5, "housing", (5, 40)),)),
    Cause("accident", 0.30, (Trace("emergency", 0.5, "grid", (1, 10)),)),
    Cause(
        "child",
        0.30,
        (Trace("education_bill", 0.4, "school", (20, 60), 1_200_000, 0.5), Trace("lead", 0.25, "school", (5, 40))),
    ),
    # Loneliness, violence, a quarrel, a debt nobody knows of: it ends in need more often, and no register hears of it.
    Cause("hidden", 0.45, ()),
)
# Records that mean nothing: a bill forgotten, an operation long saved for, a job left for a better one.
HARMLESS: Mapping[str, tuple[float, Trace]] = {
    "bill_forgotten": (0.006, Trace("utility_unpaid", 1.0, "utilities", (15, 40), 1.2, 0.35)),
    "planned_treatment": (0.004, Trace("medical_bill", 1.0, "medical_insurance", (10, 60), 900_000, 0.6, 0.9)),
    "job_changed": (0.004, Trace("job_lost", 1.0, "hrss", (5, 45))),
    "income_moved": (0.002, Trace("income_fell", 1.0, "hrss", (30, 75), 28, 0.3)),
    "school_fee": (0.002, Trace("education_bill", 1.0, "school", (20, 60), 900_000, 0.3)),
}


@dataclass(frozen=True)
class Shocks:
    """What happened in a district. Ids are those of its tables.

    `needs` is the truth, one row for each household in need: household_id, cause, onset_date, applies_date (null:
    never), traceless. `signals` is all that is on record: household_id, person_id (null: the household), kind,
    happened_date, known_date, source, value (fen, months, percent or grade; null: not told). `household_ids` are the
    households looked at.
    """

    needs: pa.Table
    signals: pa.Table
    household_ids: pa.Array


def strike(district: District, *, months: int, seed: int, start: date, coupled: bool = True) -> Shocks:
    """This function will let `months` of 30 days pass from `start`, for resident households without assistance.

    With `coupled`, a second happening within four months, little money and being old and alone make need likelier;
    without it need depends on the happening alone. The same arguments give the same bytes.
    """
    world = _World.of(district, start)
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, 20260701])))
    rows: list[tuple[Ints, Ints, Ints, Ints]] = []  # household place, person place (-1), cause, day
    for number, cause in enumerate(CAUSES):
        by_person, by_home = world.hazards(cause.code)
        struck = rng.random((len(by_person), months)) < by_person[:, None]
        who, month = np.nonzero(struck)
        day = month * DAYS + rng.integers(0, DAYS, len(who))
        rows.append((world.home[who], who.astype(np.int64), np.full(len(who), number), day))
        homes, month = np.nonzero(rng.random((len(by_home), months)) < by_home[:, None])
        day = month * DAYS + rng.integers(0, DAYS, len(homes))
        rows.append((homes.astype(np.int64), np.full(len(homes), -1), np.full(len(homes), number), day))
    home, person, cause_of, day = (np.concatenate(part).astype(np.int64) for part in zip(*rows, strict=True))
    order = np.lexsort((person, cause_of, day, home))
    home, person, cause_of, day = home[order], person[order], cause_of[order], day[order]
    needy = _need(rng, world, home, cause_of, day, coupled)
    signals = _traces(rng, world, home, person, cause_of, day, months)
    needs = _needs(rng, world, home, cause_of, day, needy, signals, start)
    return Shocks(needs, _signals(world, signals, start), pa.array(world.ids))


@dataclass(frozen=True)
class _World:
    """The households that live here without assistance, and their people, as arrays."""

    ids: Ints
    people: Ints
    home: Ints  # of each person: the place of the household
    age: Floats
    works: Bools
    old_alone: Bools
    child: Bools
    poor: Bools

    @classmethod
    def of(cls, district: District, start: date) -> _World:
        kinds = district.households["household_kind"].cast(pa.string())
        here = district.households.filter(pc.is_in(kinds, value_set=pa.array(["family", "collective"])))
        schemes = pc.is_in(district.receipts["scheme"].cast(pa.string()), value_set=pa.array(ASSISTANCE))
        assisted = pc.unique(district.receipts.filter(schemes)["household_id"])
        here = here.filter(pc.invert(pc.is_in(here["household_id"], value_set=assisted)))
        people = district.people.filter(pc.and_(pc.invert(district.people["dead"]), district.people["resident"]))
        people = people.filter(pc.is_in(people["household_id"], value_set=here["household_id"].combine_chunks()))
        ids, home = np.unique(people["household_id"].to_numpy(), return_inverse=True)
        age = (np.datetime64(start, "D") - people["birth_date"].to_numpy()).astype(np.float64) / 365.25
        size = np.bincount(home)
        oldest = np.zeros(len(ids))
        np.maximum.at(oldest, home, age)
        income = sum(
            np.bincount(home, weights=pc.fill_null(people[name], 0).to_numpy().astype(np.float64))
            for name in ("wage_income", "business_income", "transfer_income", "property_income")
        )
        status = people["employment_status"].cast(pa.string())
        return cls(
            ids,
            people["person_id"].to_numpy(),
            home,
            age,
            pc.fill_null(pc.is_in(status, value_set=pa.array(["employed", "self_employed"])), False).to_numpy(),
            (size == 1) & (oldest >= 60),
            np.bincount(home, weights=age < 18) > 0,
            income / 100 / 12 / size < LITTLE,
        )

    def hazards(self, cause: str) -> tuple[Floats, Floats]:
        """This method will return the chance a month of each person and of each household; one of the two is empty."""
        n, none = len(self.ids), np.zeros(0)
        if cause == "illness":
            return np.interp(self.age, [0, 30, 60, 80], [0.0004, 0.0006, 0.002, 0.004]), none
        if cause == "job_loss":
            return np.where(self.works, 0.004, 0.0), none
        if cause == "disability":
            return np.interp(self.age, [0, 40, 70, 90], [0.0001, 0.0002, 0.0006, 0.001]), none
        if cause == "care":
            return np.interp(self.age, [60, 75, 90], [0.0, 0.002, 0.006]), none
        if cause == "death":
            return np.interp(self.age, [0, 60, 75, 90], [0.00002, 0.0008, 0.003, 0.014]), none
        if cause == "child":
            return none, np.where(self.child, 0.0015, 0.0)
        return none, np.full(n, {"debt": 0.002, "housing": 0.0004, "accident": 0.0006, "hidden": 0.0012}[cause])


def _need(rng: np.random.Generator, world: _World, home: Ints, cause: Ints, day: Ints, coupled: bool) -> Bools:
    """Which happenings end in need: by kind, by what the household can bear, and by what else weighs on it."""
    chance = np.array([c.need for c in CAUSES])[cause]
    # Between a third and nearly twice as likely, drawn once for each household and on no record.
    chance = chance * (1.8 - 1.5 * rng.random(len(world.ids)))[home]
    luck = rng.random(len(home))
    if coupled:
        before = np.zeros(len(home), dtype=bool)
        before[1:] = (home[1:] == home[:-1]) & (day[1:] - day[:-1] <= 120)
        chance = chance * np.where(before, 2.2, 1.0)
        chance = chance * np.where(world.poor[home], 1.8, 1.0) * np.where(world.old_alone[home], 1.4, 1.0)
    return np.asarray(luck < np.minimum(chance, 0.95))


@dataclass(frozen=True)
class _Records:
    home: Ints
    person: Ints  # ids, -1: the household
    kind: Column
    happened: Ints
    known: Ints
    source: Column
    value: Floats  # nan: not told


def _traces(
    rng: np.random.Generator, world: _World, home: Ints, person: Ints, cause: Ints, day: Ints, months: int
) -> _Records:
    parts: list[tuple[Ints, Ints, Trace, Ints]] = []
    for number, one in enumerate(CAUSES):
        mine = np.flatnonzero(cause == number)
        for trace in one.traces:
            left = mine[rng.random(len(mine)) < trace.chance]
            parts.append((home[left], person[left], trace, day[left]))
    for chance, trace in HARMLESS.values():
        who, month = np.nonzero(rng.random((len(world.ids), months)) < chance)
        when = month * DAYS + rng.integers(0, DAYS, len(who))
        parts.append((who.astype(np.int64), np.full(len(who), -1), trace, when))
    kinds, known, sources, values = [], [], [], []
    for homes, _, trace, when in parts:
        n = len(homes)
        kinds.append(np.full(n, trace.signal, dtype=object))
        known.append(when + rng.integers(trace.late[0], trace.late[1] + 1, n))
        sources.append(np.full(n, trace.source, dtype=object))
        amount = (
            np.maximum(1, np.rint(trace.median * rng.lognormal(0, trace.spread, n))) if trace.median else np.zeros(n)
        )
        if trace.signal == "disability_certified":
            amount = np.minimum(amount, 4)
        told = rng.random(n) < trace.known
        values.append(np.where(told & (trace.median > 0), amount, np.nan))
    whole = np.concatenate([p[1] for p in parts])
    return _Records(
        np.concatenate([p[0] for p in parts]),
        np.where(whole >= 0, world.people[np.maximum(whole, 0)], -1),
        np.concatenate(kinds),
        np.concatenate([p[3] for p in parts]),
        np.concatenate(known),
        np.concatenate(sources),
        np.concatenate(values),
    )


def _needs(
    rng: np.random.Generator,
    world: _World,
    home: Ints,
    cause: Ints,
    day: Ints,
    needy: Bools,
    records: _Records,
    start: date,
) -> pa.Table:
    """The first need of each household; old people alone go and ask later, and more of them never do."""
    chosen = np.flatnonzero(needy)
    _, first = np.unique(home[chosen], return_index=True)  # sorted by household, then day
    rows = chosen[first]
    at_home, onset = home[rows], day[rows]
    shy = world.old_alone[at_home]
    wait = rng.exponential(1.0, len(rows)) * np.where(shy, 240, 150)
    never = rng.random(len(rows)) < np.where(shy, 0.40, 0.25)
    # Without any trace: nothing on record of this household within half a year before and two months after the onset.
    told = np.zeros(len(rows), dtype=bool)
    place = {int(h): i for i, h in enumerate(at_home)}
    for h, known in zip(records.home.tolist(), records.known.tolist(), strict=True):
        i = place.get(h)
        if i is not None and onset[i] - 180 <= known <= onset[i] + 60:
            told[i] = True
    begin = np.datetime64(start, "D")
    return pa.table(
        {
            "household_id": pa.array(world.ids[at_home]),
            "cause": pa.array([CAUSES[c].code for c in cause[rows].tolist()]),
            "onset_date": pa.array(begin + onset),
            "applies_date": pa.array(begin + onset + np.rint(wait).astype(np.int64), mask=never),
            "traceless": pa.array(~told),
        }
    )


def _signals(world: _World, records: _Records, start: date) -> pa.Table:
    begin = np.datetime64(start, "D")
    return pa.table(
        {
            "household_id": pa.array(world.ids[records.home]),
            "person_id": pa.array(records.person, mask=records.person < 0),
            "kind": pa.array(records.kind.tolist(), pa.string()),
            "happened_date": pa.array(begin + records.happened),
            "known_date": pa.array(begin + records.known),
            "source": pa.array(records.source.tolist(), pa.string()),
            "value": pa.array(np.nan_to_num(records.value).astype(np.int64), mask=np.isnan(records.value)),
        }
    )
