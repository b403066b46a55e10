"""Runs the SQL over Arrow tables with DuckDB: a whole district on one machine. The only module that needs duckdb."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

import duckdb
import pyarrow as pa

from rulebook.book import Rulebook
from rulebook.law import Law
from rulebook.ranges import MEMBERS_MAX
from rulebook.sql import LAW, Stage, build_stages
from rulebook.units import Entity

SQL_TYPES = {"bool": "BOOLEAN", "int": "BIGINT", "money": "BIGINT", "date": "DATE", "code": "VARCHAR"}


class UnableToRunPopulation(Exception):
    """The tables of facts cannot be evaluated. Says what is wrong with them and what to do."""


@lru_cache(maxsize=32)
def _stages(book: Rulebook, schemes: tuple[str, ...]) -> tuple[Stage, ...]:
    return tuple(build_stages(book, dialect="duckdb", schemes=schemes))


def run_population(
    law: Law,
    as_of: date,
    person_facts: pa.Table,
    household_facts: pa.Table,
    con: duckdb.DuckDBPyConnection | None = None,
    schemes: Iterable[str] | None = None,
) -> dict[str, pa.Table]:
    """This function will evaluate a population; returns per scheme the entitled and the unknown rows only.

    `person_facts` has household_id, person_id and inputs as columns; `household_facts` household_id and inputs. A
    missing column, or a null, is unknown. Columns of a result: household_id, person_id (null for a household's
    benefit), status, amount_fen (null: cannot be said), share_fen, counted. Tables made on `con` are dropped again.
    Raises UnableToRunPopulation for a table without ids, a repeated id, or a household of more than 1,000 members.
    """
    chosen = tuple(schemes) if schemes is not None else tuple(law.book.schemes)
    own = con is None
    con = con if con is not None else duckdb.connect(config={"preserve_insertion_order": "false"})
    made: list[str] = []
    try:
        con.register("given_person_facts", person_facts)
        con.register("given_household_facts", household_facts)
        _check(con, person_facts, household_facts)
        _prepare(con, law, as_of, person_facts, household_facts)
        made += ["person_facts", "household_facts", LAW]
        for stage in _stages(law.book, chosen):
            con.execute(stage.sql)
            made.append(stage.name)
        return {code: con.sql(f"SELECT * FROM outcome_{code}").to_arrow_table() for code in chosen}
    finally:
        for view in ("person_facts", "household_facts"):
            con.execute(f"DROP VIEW IF EXISTS {view}")
        for name in reversed([name for name in made if not name.endswith("_facts")]):
            con.execute(f"DROP TABLE IF EXISTS {name}")
        con.unregister("given_person_facts")
        con.unregister("given_household_facts")
        if own:
            con.close()


def _check(con: duckdb.DuckDBPyConnection, persons: pa.Table, households: pa.Table) -> None:
    for name, table, needed in (("person_facts", persons, ("household_id", "person_id")),
                                ("household_facts", households, ("household_id",))):  # fmt: skip
        for key in needed:
            if key not in table.column_names:
                raise UnableToRunPopulation(f"{name} has no column {key}; add it: results are joined by it")
    twice = con.execute(
        "SELECT household_id FROM given_household_facts GROUP BY 1 HAVING count(*) > 1 LIMIT 1"
    ).fetchone()
    if twice:
        raise UnableToRunPopulation(f"household {twice[0]} stands twice in household_facts; give each household once")
    large = con.execute(
        "SELECT household_id FROM given_person_facts GROUP BY 1 HAVING count(*) > ? LIMIT 1", [MEMBERS_MAX]
    ).fetchone()
    if large:
        raise UnableToRunPopulation(
            f"household {large[0]} has more than {MEMBERS_MAX} members; is it an institution? Split it by family."
        )


def _prepare(con: duckdb.DuckDBPyConnection, law: Law, as_of: date, persons: pa.Table, households: pa.Table) -> None:
    """Views with every declared input, so that a missing column reads as unknown; each person's household exists."""
    for entity, table in ((Entity.PERSON, persons), (Entity.HOUSEHOLD, households)):
        columns = ["household_id", *(["person_id"] if entity is Entity.PERSON else [])]
        for item in law.book.inputs.values():
            if item.entity is entity:
                kind = SQL_TYPES[item.type]
                here = item.name in table.column_names
                columns.append(f'CAST({chr(34) + item.name + chr(34) if here else "NULL"} AS {kind}) AS "{item.name}"')
        body = f"SELECT {', '.join(columns)} FROM given_{entity.value}_facts"
        if entity is Entity.HOUSEHOLD:
            body += (" UNION ALL BY NAME SELECT DISTINCT household_id FROM given_person_facts"
                     " WHERE household_id NOT IN (SELECT household_id FROM given_household_facts)")  # fmt: skip
        con.execute(f"CREATE VIEW {entity.value}_facts AS {body}")
    row = law.row(as_of)
    kinds = {bool: "BOOLEAN", int: "BIGINT", date: "DATE"}
    columns = [f'CAST(? AS {kinds[type(value)]}) AS "{name}"' for name, value in row.items()]
    con.execute(f"CREATE TABLE {LAW} AS SELECT {', '.join(columns)}", list(row.values()))
