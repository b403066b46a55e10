"""The rules on a synthetic district: SQL on DuckDB against the interpreter, equal to the fen on every household."""

import time
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

import twin
from rulebook import Household, Person, evaluate, load_rulebook
from rulebook.duckdb_runner import run_population

PEOPLE, AS_OF = 66_000, date(2026, 11, 1)
KEYS = {"household_id", "person_id"}


def measure(*, people: int = PEOPLE) -> dict[str, Any]:
    """This function will evaluate every household twice; `differing` counts the results that are not alike.

    Facts that the district does not have are left out, and so are unknown to both.
    """
    book = load_rulebook(Path("policies"))
    law = book.law_on(AS_OF)
    district = twin.generate(people=people, seed=20201101, as_of=AS_OF)
    inputs = {entity: [n for n, i in book.inputs.items() if i.entity == entity] for entity in ("person", "household")}
    persons = _columns(district.people, ["household_id", "person_id", *inputs["person"]])
    households = _columns(district.households, ["household_id", *inputs["household"]])
    run_population(law, AS_OF, persons.slice(0, 100), households.slice(0, 50))  # start DuckDB before the clock
    start = time.perf_counter()
    tables = run_population(law, AS_OF, persons, households)
    sql_seconds = time.perf_counter() - start
    by_sql = {
        (scheme, row["household_id"], row["person_id"]): (row["status"], row["amount_fen"])
        for scheme, table in tables.items()
        for row in table.to_pylist()
    }
    cases = list(_cases(persons.to_pylist(), households.to_pylist()))
    start = time.perf_counter()
    by_interpreter = {}
    for household_id, household in cases:
        for row in evaluate(law, household, AS_OF).outcomes():
            if row.status != "not_entitled":
                person = int(row.person) if row.person is not None else None
                by_interpreter[row.scheme, household_id, person] = (row.status, row.amount_fen)
    interpreter_seconds = time.perf_counter() - start
    differing = {k for k in by_sql.keys() | by_interpreter.keys() if by_sql.get(k) != by_interpreter.get(k)}
    if differing:
        print(f"SQL and interpreter differ on {len(differing)} results, for example {next(iter(differing))}")
    return {
        "people": persons.num_rows,
        "households": len(cases),
        "schemes": len(book.schemes),
        "results": len(by_sql),
        "differing": len(differing),
        "sql_seconds": round(sql_seconds, 2),
        "interpreter_seconds": round(interpreter_seconds, 2),
        "interpreter_over_sql": round(interpreter_seconds / sql_seconds, 1),
    }


def _columns(table: pa.Table, names: list[str]) -> pa.Table:
    return table.select([name for name in names if name in table.column_names])


def _cases(persons: list[dict[str, object]], households: list[dict[str, object]]) -> list[tuple[int, Household]]:
    members: dict[object, list[Person]] = {}
    for row in persons:
        facts = {name: value for name, value in row.items() if name not in KEYS}
        members.setdefault(row["household_id"], []).append(Person(key=str(row["person_id"]), facts=facts))  # type: ignore[arg-type]
    return [
        (
            int(str(row["household_id"])),
            Household(
                facts={n: v for n, v in row.items() if n not in KEYS},  # type: ignore[misc]
                members=members.get(row["household_id"], []),
            ),
        )
        for row in households
    ]
