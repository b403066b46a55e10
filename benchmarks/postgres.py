"""Runs the same SQL in PostgreSQL, in a transaction that is rolled back. The only module that needs psycopg."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import uuid4

import psycopg
import pyarrow as pa

from rulebook.law import Law
from rulebook.sql import LAW, build_passes, build_stages, needed
from rulebook.sql_facts import (
    SQL_TYPES,
    UnableToRunPopulation,
    check_columns,
    check_facts,
    facts_query,
    given,
    law_query,
)
from rulebook.units import Entity

RESULT = (("household_id", pa.int64()), ("person_id", pa.string()), ("status", pa.string()),
          ("amount_fen", pa.int64()), ("share_fen", pa.int64()), ("counted", pa.bool_()))  # fmt: skip

__all__ = ["UnableToRunPopulation", "run_population"]


def run_population(
    law: Law,
    as_of: date,
    person_facts: pa.Table,
    household_facts: pa.Table,
    con: psycopg.Connection[Any],
    schemes: Iterable[str] | None = None,
    two_passes: bool = False,
) -> dict[str, pa.Table]:
    """This function will evaluate a population; arguments and results are those of `duckdb_runner`.

    Ids of households are whole numbers, ids of persons come back as text. Everything happens in one transaction that
    is rolled back, so that nothing stays behind. Raises UnableToRunPopulation.
    """
    chosen = tuple(schemes) if schemes is not None else tuple(law.book.schemes)
    build = build_passes if two_passes else build_stages
    schema = f"rulebook_{uuid4().hex}"
    with con.transaction(force_rollback=True):
        con.execute(f"CREATE SCHEMA {schema}; SET LOCAL search_path TO {schema}".encode())
        _prepare(con, law, as_of, {Entity.PERSON: person_facts, Entity.HOUSEHOLD: household_facts})
        stages = build(law.book, dialect="postgres", schemes=chosen)
        for stage in needed(stages, lambda query: con.execute(query.encode()).fetchone()):
            con.execute(stage.sql.encode())
        return {code: _result(con, code) for code in chosen}


def _prepare(con: psycopg.Connection[Any], law: Law, as_of: date, tables: dict[Entity, pa.Table]) -> None:
    def first(query: str) -> Any:
        return con.execute(query.encode()).fetchone()

    for entity, table in tables.items():
        check_columns(entity, table.column_names)
        _copy(con, law, entity, table)
    check_facts(first)
    for entity, table in tables.items():
        query = facts_query(law.book, entity, table.column_names, "postgres", first)
        con.execute(f"CREATE VIEW {entity.value}_facts AS {query}".encode())
    con.execute(f"CREATE TABLE {LAW} AS {law_query(law, as_of, 'postgres')}".encode())


def _copy(con: psycopg.Connection[Any], law: Law, entity: Entity, table: pa.Table) -> None:
    kinds = {made.name: SQL_TYPES[made.type] for made in law.book.inputs.values() if made.entity is entity}
    kinds |= {"household_id": "BIGINT", "person_id": "TEXT"}
    table = table.select([name for name in table.column_names if name in kinds])
    columns = ", ".join(f"{name} {kinds[name]}" for name in table.column_names)
    con.execute(f"CREATE TABLE {given(entity)} ({columns})".encode())
    copy = f"COPY {given(entity)} ({', '.join(table.column_names)}) FROM STDIN"
    with con.cursor() as cursor, cursor.copy(copy.encode()) as out:
        for batch in table.to_batches(max_chunksize=10_000):
            for row in zip(*[column.to_pylist() for column in batch.columns], strict=True):
                out.write_row(row)
    con.execute(f"ANALYZE {given(entity)}".encode())


def _result(con: psycopg.Connection[Any], code: str) -> pa.Table:
    names = [name for name, _ in RESULT]
    rows = con.execute(f"SELECT {', '.join(names)} FROM outcome_{code}".encode()).fetchall()
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    return pa.table({n: pa.array(list(v), kind) for (n, kind), v in zip(RESULT, columns, strict=True)})
