"""The whole district from one seed: assemble, register, school, work, pay, and pour into tables."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from twin import aid, families, identity, kin, life, means, organisations, places, receipts, tables
from twin.families import DEAD, Draft
from twin.households import assemble, size_counts
from twin.population import Pool, deceased, dormitory, moved_away, residents
from twin.quotas import Bools
from twin.sources import collective_share, communities, death_rate, household_size_shares, hukou_per_resident
from twin.stories import LANE_COMMUNITY, Story, Told, tell
from twin.types import District

LEAST_PEOPLE = 2_000
"""Below this the quotas of rare roles round to nothing and families cannot be put together."""

AWAY_SIZES = np.array([0.46, 0.24, 0.22, 0.08, 0.0, 0.0, 0.0])
"""Households registered here and living elsewhere, by size (own choice)."""


class UnableToGenerate(ValueError):
    """The wished district is too small."""


class _Dice:
    """One independent stream of chance per act, so that a change in one act leaves the others as they were."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def __call__(self, act: str) -> np.random.Generator:
        word = int.from_bytes(hashlib.sha256(act.encode()).digest()[:8], "big")
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence([self.seed, word])))


def generate(people: int, seed: int, as_of: date, stories: Sequence[Story] = ()) -> District:
    """This function will make the district as it stands on `as_of`: `people` living residents and what belongs to them.

    The tables also hold, beyond `people`: registered persons who live elsewhere (about 6.5 %), persons who died in the
    last year and are still on the lists (about 0.4 %), and the households of `stories`, which come first. The same
    arguments give the same bytes. Raises UnableToGenerate below 2 000 people, UnableToTellStory on a broken story.
    """
    if people < LEAST_PEOPLE:
        raise UnableToGenerate(
            f"{people} people are too few for families like the census; ask for {LEAST_PEOPLE} or more."
        )
    dice = _Dice(seed)
    draft = places.place(dice("place"), _inhabit(dice, people))
    _live(dice, draft, people)
    centre_lon, centre_lat = places.centres(dice("centres"))
    lane = next(i for i, row in enumerate(communities()) if row["code"] == LANE_COMMUNITY)
    told = tell(stories, (float(centre_lon[lane]), float(centre_lat[lane])), as_of)
    birth = identity.birth_dates(draft, as_of)
    death = identity.death_dates(dice("deaths"), draft, birth, as_of)
    outside = kin.join(
        [kin.children_of_elders(dice("elders' children"), draft), kin.absent_spouses_and_parents(dice("absent"), draft)]
    )
    kin.supporters(dice("supporters"), draft, outside)
    aid.assist(dice("aid"), draft, death, np.datetime64(as_of, "D"))
    ledger = receipts.pay(dice("receipts"), draft, np.datetime64(as_of, "D"))
    since = receipts.since(dice("since"), ledger, draft, birth, death, np.datetime64(as_of, "D"))
    unknown = means.forget(dice("unknown"), draft)
    surname = identity.surnames(dice("surnames"), draft, _fathers(draft, outside))
    names = identity.full_names(dice("given names"), surname, draft.age, draft.sex)
    dwellings, dwelling_of = places.build(dice("dwellings"), draft)
    return District(
        people=_people(dice, draft, told, names, birth, death, unknown),
        households=_households(draft, told, dwellings, dwelling_of, unknown),
        dwellings=_dwellings(dwellings, told),
        kin=_kin(dice, draft, outside, surname, names, told, as_of),
        receipts=_receipts(ledger, since, told),
        organisations=organisations.found(dice("organisations"), people, as_of),
        planted=_planted(ledger, told),
        story_ids=told.household_ids,
        story_people=told.person_ids,
        people_asked=people,
        seed=seed,
        as_of=as_of,
    )


def _inhabit(dice: _Dice, people: int) -> Draft:
    """Families, dormitories, the registered who live elsewhere, and the dead."""
    rng = dice("people")
    everybody = residents(rng, people)
    lone = dormitory(rng, everybody, round(people * collective_share()))
    lone = _with_institution(rng, everybody, lone, max(1, round(people * 12e-6)))
    family = everybody.only(~lone)
    layout = assemble(dice("families"), family, size_counts(household_size_shares(), len(family)))
    away = moved_away(dice("moved"), people)
    gone = assemble(dice("moved families"), away, size_counts(AWAY_SIZES, len(away)))
    draft = families.settle(dice("relations"), family, layout, everybody.only(lone), away, gone)
    dead = deceased(dice("dead"), round(people * hukou_per_resident() * death_rate()))
    return families.bury(dice("burial"), draft, dead)


def _with_institution(rng: np.random.Generator, pool: Pool, lone: Bools, children: int) -> Bools:
    """Moves a few children into a welfare institution in place of as many grown dormitory residents."""
    chosen = np.flatnonzero((pool.age >= 3) & (pool.age < 15))
    grown = np.flatnonzero(lone & (pool.age >= 20) & (pool.age < 40))
    answer = lone.copy()
    answer[rng.choice(chosen, children, replace=False)] = True
    answer[rng.choice(grown, children, replace=False)] = False
    return answer


def _live(dice: _Dice, draft: Draft, people: int) -> None:
    life.register(dice("register"), draft)
    life.educate(dice("school"), draft)
    life.disable(dice("disability"), draft)
    life.fall_ill(dice("illness"), draft)
    life.work(dice("work"), draft)
    kin.parents_of_minors(dice("parents"), draft, people)
    means.earn(dice("income"), draft)
    means.own(dice("property"), draft)


def _fathers(draft: Draft, outside: kin.Kin) -> npt.NDArray[np.int64]:
    fathers = draft.father.copy()
    mine = (outside.relation == kin.KIN_PARENT) & (outside.relative >= 0) & (outside.sex == 0)
    fathers[outside.person[mine]] = outside.relative[mine]
    return fathers


def _community_codes(community: npt.NDArray[np.int64]) -> pa.Array:
    return tables.dictionary(community, [row["code"] for row in communities()], np.int16)


def _people(
    dice: _Dice,
    draft: Draft,
    told: Told,
    names: pa.Array,
    birth: npt.NDArray[np.datetime64],
    death: npt.NDArray[np.datetime64],
    unknown: dict[str, Bools],
) -> pa.Table:
    n, p = len(draft), draft.people
    hukou, county = places.hukou_codes(dice("hukou"), draft)
    columns = {
        "person_id": pa.array(np.arange(1, n + 1) + told.people.num_rows),
        "household_id": pa.array(draft.household + 1 + told.households.num_rows),
        "community_code": _community_codes(draft.homes["community"][draft.household]),
        "name": names,
        "id_number": identity.id_numbers(dice("id numbers"), draft, birth, county),
        "phone": identity.telephones(dice("telephones"), draft.age, draft.kind == DEAD),
        "hukou_division_code": hukou,
        "death_date": tables.days(death),
        "birth_date": tables.days(birth),
        "sex": tables.coded("sex", draft.sex),
        "relation": tables.coded("relation", draft.relation),
        "marital_status": tables.coded("marital_status", draft.marital),
        "dead": pa.array(draft.kind == DEAD),
        "resident": pa.array(draft.residents),
    }
    for column in tables.PEOPLE:
        if column.name in columns:
            continue
        value = p[column.name]
        if pa.types.is_dictionary(column.type):
            columns[column.name] = tables.coded(column.name, value)
        elif pa.types.is_date(column.type):
            columns[column.name] = tables.days(value)
        elif pa.types.is_boolean(column.type):
            columns[column.name] = tables.truth(value)
        else:
            mask = unknown.get(column.name)
            columns[column.name] = tables.whole(value, (value < 0) if mask is None else mask)
    return tables.assembled(tables.PEOPLE, columns, told.people)


def _households(
    draft: Draft,
    told: Told,
    dwellings: places.Dwellings,
    dwelling_of: npt.NDArray[np.int64],
    unknown: dict[str, Bools],
) -> pa.Table:
    n, homes = draft.households, draft.homes
    kind = np.array([0, 1, 2, 3])[homes["kind"]]
    columns = {
        "household_id": pa.array(np.arange(1, n + 1) + told.households.num_rows),
        "community_code": _community_codes(homes["community"]),
        "dwelling_id": pa.array(dwelling_of + 1 + told.dwellings.num_rows),
        "household_kind": tables.coded("household_kind", kind),
        "address": dwellings.address.take(pa.array(dwelling_of)),
        "grid_no": pa.array(dwellings.grid_no[dwelling_of]),
        "business_registered": pa.array(homes["business_registered"]),
    }
    for column in tables.HOUSEHOLDS:
        if column.name not in columns:
            columns[column.name] = tables.whole(homes[column.name], unknown.get(column.name))
    return tables.assembled(tables.HOUSEHOLDS, columns, told.households)


def _dwellings(built: places.Dwellings, told: Told) -> pa.Table:
    n = len(built.community)
    columns = {
        "dwelling_id": pa.array(np.arange(1, n + 1) + told.dwellings.num_rows),
        "community_code": _community_codes(built.community),
        "estate": built.estate,
        "address": built.address,
        **{name: pa.array(getattr(built, name)) for name in ("building", "unit", "room", "lon", "lat", "grid_no")},
    }
    return tables.assembled(tables.DWELLINGS, columns, told.dwellings)


def _kin(
    dice: _Dice,
    draft: Draft,
    outside: kin.Kin,
    surname: npt.NDArray[np.int64],
    names: pa.Array,
    told: Told,
    as_of: date,
) -> pa.Table:
    rng = dice("kin names")
    shared = (outside.relation == kin.KIN_CHILD) & (draft.sex[outside.person] == 0)
    shared |= (outside.relation == kin.KIN_PARENT) & (outside.sex == 0)
    drawn = identity.full_names(rng, np.where(shared, surname[outside.person], -1), outside.age, outside.sex)
    known = outside.relative >= 0
    registered = names.take(pa.array(np.maximum(outside.relative, 0)))
    day = np.datetime64(as_of, "D") - np.rint(outside.age * 365.25).astype(np.int64)
    birth = identity.birth_dates(draft, as_of)
    day[known] = birth[outside.relative[known]]
    base = told.people.num_rows
    phone = identity.telephones(rng, outside.age, ~outside.alive, start=40_000_000)
    return pa.table(
        {
            "person_id": pa.array(outside.person + 1 + base),
            "relative_id": pa.array(outside.relative + 1 + base, mask=~known),
            "relation": tables.dictionary(outside.relation, kin.KIN_RELATIONS, np.int8),
            "name": pc.if_else(pa.array(known), registered, drawn),
            "sex": tables.coded("sex", outside.sex),
            "birth_date": tables.days(day),
            "alive": pa.array(outside.alive),
            "capable": pa.array(outside.capable & outside.alive),
            "phone": pc.if_else(pa.array(known), pa.scalar(None, pa.string()), phone),
        }
    )


def _receipts(ledger: receipts.Ledger, since: npt.NDArray[np.datetime64], told: Told) -> pa.Table:
    schemes = [row[2] for row in told.receipts]
    words = [*receipts.SCHEMES, *sorted(set(schemes) - set(receipts.SCHEMES))]
    person, household = ledger.column("person"), ledger.column("household")
    first = len(told.receipts)
    payees = np.where(person >= 0, person + 1 + told.people.num_rows, 0)
    people = np.concatenate(([row[1] or 0 for row in told.receipts], payees))
    homes = np.concatenate(([row[0] for row in told.receipts], household + 1 + told.households.num_rows))
    scheme = np.concatenate(([words.index(s) for s in schemes], ledger.column("scheme")))
    start = np.concatenate((np.array([row[4] for row in told.receipts], dtype="datetime64[D]"), since))
    amount = np.concatenate(([row[3] for row in told.receipts], ledger.column("amount"))).astype(np.int64)
    order = np.concatenate((np.arange(first), first + np.lexsort((person, household, ledger.column("scheme")))))
    return pa.table(
        {
            "receipt_id": pa.array(np.arange(1, len(order) + 1)),
            "household_id": pa.array(homes[order].astype(np.int64)),
            "person_id": pa.array(people[order].astype(np.int64), mask=people[order] == 0),
            "scheme": tables.dictionary(scheme[order].astype(np.int64), words, np.int8),
            "amount_fen": pa.array(amount[order]),
            "since_date": tables.days(start[order]),
        }
    )


def _planted(ledger: receipts.Ledger, told: Told) -> pa.Table:
    rows = [(np.full(len(h), kind), np.full(len(h), scheme), h, p) for kind, scheme, h, p in ledger.wrong]
    kind, scheme, household, person = (np.concatenate([row[i] for row in rows]) for i in range(4))
    return pa.table(
        {
            "kind": tables.dictionary(kind, receipts.PLANTED, np.int8),
            "scheme": tables.dictionary(scheme, receipts.SCHEMES, np.int8),
            "household_id": pa.array(household + 1 + told.households.num_rows),
            "person_id": pa.array(person + 1 + told.people.num_rows, mask=person < 0),
        }
    )
