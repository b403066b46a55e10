"""Load a district: one transaction per table, indexes and checks built after the rows, and a mark when it is whole.

Interrupted, a restart goes on with the first table that has no mark; the broken one was rolled back.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb
import psycopg
import pyarrow.compute as pc
from psycopg import sql
from psycopg.types.json import Jsonb

from minsheng.foundation.sealing.keyring import Keyring
from minsheng.records.registry.bulk import tables
from minsheng.records.registry.bulk.organisations import organisation_lines
from minsheng.records.registry.bulk.people import PERSON_COLUMNS, person_blocks
from minsheng.records.registry.bulk.relations import relation_lines
from minsheng.records.registry.bulk.tables import District, Lines

Report = Callable[[int, int], None]
Block = tuple[memoryview, int]
REGISTER_GOOD_FOR_DAYS = 400  # a yearly full delivery and a month of grace; after that absence is unknown again


class UnableToLoad(RuntimeError):
    """The district cannot be loaded: says why and what to do."""


@dataclass(frozen=True)
class _Step:
    table: str
    columns: tuple[str, ...]
    blocks: Callable[[], Iterator[Block]]
    rows: int


def load_district(
    *,
    owner_dsn: str,
    district: District,
    area_ids: Mapping[str, int],
    keyring: Keyring,
    at: datetime,
    as_of: date,
    deaths_known_at: datetime | None = None,
    name: str = "district",
    report: Report = lambda done, total: None,
    memory_mb: int = 1000,
) -> dict[str, int]:
    """This function will load a district into an empty registry and return the number of rows per table.

    `area_ids` maps the 12-digit community code to the id in the scope tree. Facts count from twelve months before
    `as_of` (the look-back of incomes); deaths may have become known later than the rest. `report(done, total)` is
    called with rows of all tables; interrupted loads of the same `name` go on where they stopped. Raises UnableToLoad
    when other people are registered already.
    """
    missing = set(pc.unique(district.people["community_code"]).to_pylist()) - set(area_ids)
    if missing:
        raise UnableToLoad(f"有 {len(missing)} 个社区代码不在区划表里，例如 {min(missing)}。请先装入区划再装入人口。")
    since = as_of.replace(year=as_of.year - 1)
    with duckdb.connect() as memory, psycopg.connect(owner_dsn, autocommit=True) as connection:
        memory.execute(f"SET threads = 2; SET memory_limit = '{memory_mb}MB'; SET preserve_insertion_order = true")
        tables.register_tables(memory, district=district, area_ids=area_ids)
        finished = _finished(connection, name)
        if not finished:
            _refuse_if_occupied(connection)
        steps = list(
            _steps(memory, district=district, keyring=keyring, at=at, since=since, deaths_at=deaths_known_at or at)
        )
        progress = _Progress(report, sum(step.rows for step in steps))
        for step in steps:
            if step.table in finished:
                progress.add(step.rows)
                continue
            finished[step.table] = _load_table(connection, step, load=name, at=at, progress=progress)
        _put_coverage(connection, tables.covered_by_registers(district.people), as_of=as_of, at=at)
        for step in steps:
            connection.execute(sql.SQL("VACUUM (ANALYZE) {}").format(sql.Identifier(step.table)))
    report(progress.total, progress.total)
    return finished


class _Progress:
    def __init__(self, report: Report, total: int) -> None:
        self.report, self.total, self.done = report, total, 0

    def add(self, rows: int) -> None:
        self.done += rows
        self.report(min(self.done, self.total), self.total)


def _steps(
    memory: duckdb.DuckDBPyConnection,
    *,
    district: District,
    keyring: Keyring,
    at: datetime,
    since: date,
    deaths_at: datetime,
) -> Iterator[_Step]:
    def from_lines(lines: Lines) -> _Step:
        return _Step(lines.table, lines.columns, lambda: tables.buffers(memory, lines.query), lines.rows)

    people = district.people.num_rows
    yield from_lines(tables.dwelling_lines(district.dwellings.num_rows))
    yield from_lines(tables.household_lines(district.households.num_rows))
    yield _Step(
        "registry_person",
        PERSON_COLUMNS,
        lambda: person_blocks(memory, people=district.people, keyring=keyring, at=at),
        people,
    )
    yield from_lines(tables.membership_lines(people, since=since))
    yield from_lines(relation_lines(district.kin))
    yield _Step(
        "registry_statement",
        tables.STATEMENT_COLUMNS,
        lambda: _statement_blocks(memory, district=district, since=since, at=at, deaths_at=deaths_at),
        round(people * 2.7),
    )
    yield from_lines(organisation_lines(district.organisations))


def _statement_blocks(
    memory: duckdb.DuckDBPyConnection, *, district: District, since: date, at: datetime, deaths_at: datetime
) -> Iterator[Block]:
    covered = tables.covered_by_registers(district.people)
    next_id = 1
    for group in [*tables.statement_groups(district.people, district.households), None]:
        if group is None:
            query = tables.death_query(first_id=next_id, at=deaths_at)
        else:
            query = tables.statement_query(group, covered, first_id=next_id, since=since, at=at)
        for block, rows in tables.buffers(memory, query):
            next_id += rows
            yield block, rows


def _finished(connection: psycopg.Connection[Any], load: str) -> dict[str, int]:
    found = connection.execute('SELECT "table", rows FROM registry_load_progress WHERE load = %s', [load])
    return {str(table): int(rows) for table, rows in found}


def _refuse_if_occupied(connection: psycopg.Connection[Any]) -> None:
    for table in ("registry_person", "registry_household", "registry_dwelling"):
        if connection.execute(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(sql.Identifier(table))).fetchone():
            raise UnableToLoad("登记库里已经有人员或住房，整区装入只用于空库。请改用表格导入，或换一个空库。")


def _load_table(
    connection: psycopg.Connection[Any], step: _Step, *, load: str, at: datetime, progress: _Progress
) -> int:
    name = sql.Identifier(step.table)
    rows = 0
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL synchronous_commit = off; SET LOCAL maintenance_work_mem = '400MB'; SET LOCAL work_mem = '128MB'"
        )
        rebuild = _take_down(cursor, step.table)
        columns = sql.SQL(", ").join(map(sql.Identifier, step.columns))
        with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(name, columns)) as copy:
            for block, count in step.blocks():
                copy.write(block)
                rows += count
                progress.add(count)
        for statement in rebuild:
            cursor.execute(statement)
        cursor.execute(
            sql.SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), greatest((SELECT max(id) FROM {}), 1))").format(
                sql.Literal(step.table), name
            )
        )
        cursor.execute(
            'INSERT INTO registry_load_progress (load, "table", rows, finished_at) VALUES (%s, %s, %s, %s)',
            [load, step.table, rows, at],
        )
    return rows


def _take_down(cursor: psycopg.Cursor[Any], table: str) -> list[sql.SQL | sql.Composed]:
    """Drop the indexes, foreign keys and checks of a table, and return what builds them again; the primary key stays.

    One pass that builds an index or checks a key costs a fraction of doing so row by row.
    """
    cursor.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = %s::regclass AND contype IN ('f', 'u') ORDER BY contype DESC, conname",
        [table],
    )
    constraints = cursor.fetchall()
    cursor.execute(
        "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i"
        " WHERE i.indrelid = %s::regclass AND NOT i.indisprimary"
        " AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype = 'u')",
        [table],
    )
    indexes = cursor.fetchall()
    for constraint, _ in constraints:
        cursor.execute(
            sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(sql.Identifier(table), sql.Identifier(constraint))
        )
    for index, _ in indexes:
        cursor.execute(sql.SQL("DROP INDEX {}").format(sql.SQL(index)))
    # Definitions come from the database's own catalogue, not from anybody's input.
    build: list[sql.SQL | sql.Composed] = [sql.SQL(definition) for _, definition in indexes]
    build += [
        sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(
            sql.Identifier(table), sql.Identifier(constraint), sql.SQL(definition)
        )
        for constraint, definition in constraints
    ]
    return build


def _put_coverage(
    connection: psycopg.Connection[Any], covered: Mapping[str, tuple[str, object]], *, as_of: date, at: datetime
) -> None:
    with connection.transaction(), connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO registry_coverage"
            " (source, attribute, complete_as_of, absent_value, good_for_days, recorded_at)"
            " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [
                [source, attribute, as_of, Jsonb(default), REGISTER_GOOD_FOR_DAYS, at]
                for attribute, (source, default) in covered.items()
            ],
        )
