"""Runs the SQL over Arrow tables with DuckDB: a whole district on one machine. The only module that needs duckdb."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

import duckdb
import pyarrow as pa

from rulebook.book import Rulebook
from rulebook.law import Law
from rulebook.sql import LAW, Stage, build_passes, build_stages, needed
from rulebook.sql_facts import UnableToRunPopulation, check_columns, check_facts, facts_query, given, law_query
from rulebook.units import Entity

TWO_PASSES_FROM = 50_000  # persons; below, planning twice as many statements costs more than it saves

__all__ = ["UnableToRunPopulation", "run_population"]


@lru_cache(maxsize=32)
def _stages(book: Rulebook, schemes: tuple[str, ...], two_passes: bool) -> tuple[Stage, ...]:
    build = build_passes if two_passes else build_stages
    return tuple(build(book, dialect="duckdb", schemes=schemes))


def run_population(
    law: Law,
    as_of: date,
    person_facts: pa.Table,
    household_facts: pa.Table,
    con: duckdb.DuckDBPyConnection | None = None,
    schemes: Iterable[str] | None = None,
    two_passes: bool | None = None,
) -> dict[str, pa.Table]:
    """This function will evaluate a population; returns per scheme the entitled and the unknown rows only.

    `person_facts` has household_id, person_id and inputs as columns; `household_facts` household_id and inputs. A
    missing column, or a null, is unknown. Columns of a result: household_id, person_id (null for a household's
    benefit), status, amount_fen (null: cannot be said), share_fen, counted. Tables made on `con` are dropped again.
    `two_passes` (see rulebook.sql) changes the time only; left out, a large population is worth it.
    Raises UnableToRunPopulation for a table without ids, a repeated id, or a household of more than 1,000 members.
    """
    chosen = tuple(schemes) if schemes is not None else tuple(law.book.schemes)
    own = con is None
    con = con if con is not None else duckdb.connect(config={"preserve_insertion_order": "false"})
    made: list[str] = []
    try:
        prepare(con, law, as_of, person_facts, household_facts)
        made.append(LAW)
        many = person_facts.num_rows >= TWO_PASSES_FROM if two_passes is None else two_passes
        for stage in needed(_stages(law.book, chosen, many), lambda query: con.execute(query).fetchone()):
            con.execute(stage.sql)
            made.append(stage.name)
        return {code: con.sql(f"SELECT * FROM outcome_{code}").to_arrow_table() for code in chosen}
    finally:
        for name in reversed(made):
            con.execute(f"DROP TABLE IF EXISTS {name}")
        for entity in Entity:
            con.execute(f"DROP VIEW IF EXISTS {entity.value}_facts")
            con.unregister(given(entity))
        if own:
            con.close()


def prepare(con: duckdb.DuckDBPyConnection, law: Law, as_of: date, persons: pa.Table, households: pa.Table) -> None:
    """This function will put facts and law where the statements read them; raises UnableToRunPopulation."""
    tables = {Entity.PERSON: persons, Entity.HOUSEHOLD: households}
    for entity, table in tables.items():
        check_columns(entity, table.column_names)
        con.register(given(entity), table)

    def first(query: str) -> tuple[object, ...] | None:
        found: tuple[object, ...] | None = con.execute(query).fetchone()
        return found

    check_facts(first)
    for entity, table in tables.items():
        query = facts_query(law.book, entity, table.column_names, "duckdb", first)
        con.execute(f"CREATE VIEW {entity.value}_facts AS {query}")
    con.execute(f"CREATE TABLE {LAW} AS {law_query(law, as_of, 'duckdb')}")
