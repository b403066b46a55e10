"""Households as Arrow tables, and both lowerings side by side."""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa

import twin
from rulebook import Household, Law, Rulebook, evaluate
from rulebook.duckdb_runner import run_population
from rulebook.snapshot import Snapshot, take_snapshot
from rulebook.units import Entity

POLICIES = Path(__file__).parents[2] / "policies"
TYPES = {"bool": pa.bool_(), "int": pa.int64(), "money": pa.int64(), "date": pa.date32(), "code": pa.string()}
Rows = dict[tuple[str, int, str | None], tuple[str, int | None, int | None, bool | None]]


def tables(law: Law, households: Sequence[Household]) -> tuple[pa.Table, pa.Table]:
    fields = {
        entity: [pa.field(i.name, TYPES[i.type]) for i in law.book.inputs.values() if i.entity is entity]
        for entity in Entity
    }
    persons = [
        {"household_id": place, "person_id": person.key, **person.facts}
        for place, household in enumerate(households)
        for person in household.members
    ]
    homes = [{"household_id": place, **household.facts} for place, household in enumerate(households)]
    keys = [pa.field("household_id", pa.int64())]
    return (
        pa.Table.from_pylist(persons, pa.schema([*keys, pa.field("person_id", pa.string()), *fields[Entity.PERSON]])),
        pa.Table.from_pylist(homes, pa.schema([*keys, *fields[Entity.HOUSEHOLD]])),
    )


def snapshot_of(book: Rulebook, day: date, households: Sequence[Household]) -> Snapshot:
    """This function will take a snapshot of a few households; persons are numbered through."""
    persons, homes = tables(book.law_on(day), households)
    return take_snapshot(persons.set_column(1, "person_id", pa.array(range(persons.num_rows), pa.int64())), homes)


def district(book: Rulebook, people: int, as_of: date) -> tuple[pa.Table, pa.Table]:
    """This function will return the synthetic district's facts, as the rules read them."""
    made = twin.generate(people=people, seed=20201101, as_of=as_of)
    inputs = {e: [i.name for i in book.inputs.values() if i.entity is e] for e in Entity}
    persons = ["household_id", "person_id", *inputs[Entity.PERSON]]
    homes = ["household_id", *inputs[Entity.HOUSEHOLD]]
    return (
        made.people.select([name for name in persons if name in made.people.column_names]),
        made.households.select([name for name in homes if name in made.households.column_names]),
    )


def by_sql(law: Law, households: Sequence[Household], as_of: date, schemes: Iterable[str] | None = None) -> Rows:
    """This function will ask DuckDB; about half a second for the whole book, however few the households."""
    found: Rows = {}
    for scheme, table in run_population(law, as_of, *tables(law, households), schemes=schemes).items():
        for row in table.to_pylist():
            key = (scheme, row["household_id"], row["person_id"])
            assert key not in found
            found[key] = (row["status"], row["amount_fen"], row["share_fen"], row["counted"])
    return found


def by_interpreter(law: Law, households: Sequence[Household], as_of: date) -> Rows:
    found: Rows = {}
    for place, household in enumerate(households):
        for row in evaluate(law, household, as_of).outcomes():
            found[(row.scheme, place, row.person)] = (row.status, row.amount_fen, row.share_fen, row.counted)
    return found
