"""Random populations in which most facts stand on an edge: of what is believed, of the law's numbers, of a birthday.

Thousands of households at once, because a call of Spark or PostgreSQL costs the same for one as for many.
"""

import random
from datetime import date, timedelta

import pyarrow as pa
from rulebook_populations import TYPES

from rulebook import Law
from rulebook.book import Input
from rulebook.facts import EARLIEST_YEARS, Fact
from rulebook.units import Entity

USUAL = {"dead": False, "in_custody": False, "declared_missing": False, "hukou_local": True, "resident": True,
         "vehicles": 0, "business_registered": False, "clergy_living_apart_years": 0, "capable_supporter": False,
         "dwellings_owned": 1}  # fmt: skip
# so that some households are entitled to something


def population(law: Law, as_of: date, seed: int, homes: int, gaps: float = 0.1) -> tuple[pa.Table, pa.Table]:
    """This function will draw households of 0 to 5 members; `gaps` is the share of facts that are unknown."""
    dice = random.Random(seed)
    pools = {made.name: pool(made, law, as_of) for made in law.book.inputs.values()}
    people, households = [], []
    for home in range(homes):
        careful = gaps * dice.choice((0, 0, 1, 1, 3))  # households without any gap take another way
        households.append({"household_id": home} | _facts(law, Entity.HOUSEHOLD, dice, pools, careful))
        for place in range(dice.choice((0, 1, 1, 2, 2, 3, 4, 5))):
            ids = {"household_id": home, "person_id": f"{home}-{place}"}
            people.append(ids | _facts(law, Entity.PERSON, dice, pools, careful))
    return _table(law, Entity.PERSON, people), _table(law, Entity.HOUSEHOLD, households)


def pool(made: Input, law: Law, as_of: date) -> list[Fact]:
    """This function will list values of an input: its edges and just beyond, the law's numbers and their neighbours."""
    if made.type == "bool":
        return [False, True]
    if made.type == "code":
        return [*made.codes, "nonsense", ""]
    if made.type == "date":
        return _dates(law, as_of)
    figures = {version.value for version in law.numbers.values()}
    figures |= {value for table in law.tables.values() for value in (*table.values, *table.edges)}
    if made.type == "money":  # incomes are compared by the year and by heads, assets by months of the standard
        figures = {n * times for n in figures for times in (1, 12, 24, 36)} | {50_000, 600_000, 9_000_000}
    near = {n + step for n in figures for step in (-1, 0, 1)}
    edges = [made.low - 1, made.low, made.low + 1, made.high - 1, made.high, made.high + 1]
    return [*sorted(n for n in near if made.low <= n <= made.high), *[made.low] * (len(near) // 3 + 1), *edges]


def _dates(law: Law, as_of: date) -> list[Fact]:
    ages = {version.value for version in law.numbers.values()} | {0, 1, 18}
    ages |= {edge for table in law.tables.values() for edge in table.edges}
    found: set[Fact] = {date(2020, 2, 29), date(1940, 2, 29), date(2004, 2, 29), as_of + timedelta(days=1)}
    found |= {date(as_of.year - EARLIEST_YEARS, 1, 1), date(as_of.year - EARLIEST_YEARS - 1, 12, 31), date(1, 1, 1)}
    for age in ages:
        if 0 <= age <= 120:
            day = as_of.replace(year=as_of.year - age, day=min(as_of.day, 28))
            found |= {day + timedelta(days=step) for step in (-1, 0, 1)}
    return sorted(found, key=str)


def _facts(law: Law, entity: Entity, dice: random.Random, pools: dict[str, list[Fact]], gaps: float) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    for made in law.book.inputs.values():
        if made.entity is entity and dice.random() >= gaps:
            usual = made.name in USUAL and dice.random() < 0.9
            facts[made.name] = USUAL[made.name] if usual else dice.choice(pools[made.name])
    return facts


def _table(law: Law, entity: Entity, rows: list[dict[str, Fact]]) -> pa.Table:
    keys = [pa.field("household_id", pa.int64())]
    if entity is Entity.PERSON:
        keys.append(pa.field("person_id", pa.string()))
    fields = [pa.field(i.name, TYPES[i.type]) for i in law.book.inputs.values() if i.entity is entity]
    return pa.Table.from_pylist(rows, pa.schema([*keys, *fields]))
