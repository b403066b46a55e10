"""Rows out of PostgreSQL as Arrow: through ADBC on a connection of its own, or through the open transaction."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.csv
from adbc_driver_postgresql import dbapi  # type: ignore[import-untyped]
from django.db import connection as django_connection

from minsheng.foundation.accounts.types import Viewer
from minsheng.records.registry.days import business_day

_CSV_BYTES = 1 << 24
Reader = Callable[[str, dict[str, pa.DataType]], pa.RecordBatchReader]


@dataclass(frozen=True)
class Only:
    """The rows to read when a few households are wanted: every record of everybody who is or was a member there."""

    households: list[int]
    people: list[int]

    @classmethod
    def of(cls, read: Reader, household_ids: Collection[int]) -> "Only":
        """This function will look up everybody who belongs or belonged to these households, merged records too."""
        households = sorted(set(household_ids))
        inside = f"SELECT person_id FROM registry_membership WHERE household_id IN ({listed_ids(households)})"
        query = f"""
            WITH RECURSIVE up(id, next) AS (
                SELECT id, merged_into_id FROM registry_person WHERE id IN ({inside})
                UNION SELECT p.id, p.merged_into_id FROM up JOIN registry_person p ON p.id = up.next
            ), down(id) AS (
                SELECT id FROM up WHERE next IS NULL
                UNION SELECT p.id FROM down JOIN registry_person p ON p.merged_into_id = down.id
            ) SELECT id FROM down"""
        people = read(query, {"id": pa.int64()}).read_all()["id"].to_pylist()
        return cls(households, people)


def listed_ids(ids: Collection[int]) -> str:
    """This function will write ids for an IN list; of none it is never true."""
    return ", ".join(str(int(i)) for i in ids) or "NULL"


@contextmanager
def rows_through(dsn: str | None, *, viewer: Viewer, at: datetime) -> Iterator[Reader]:
    """This function will give a reader of rows that sees what the viewer may see."""
    if dsn is None:
        yield _read_in_transaction
        return
    connection = dbapi.connect(dsn, autocommit=False)
    try:
        cursor = connection.cursor()
        day = business_day(at).isoformat()
        cursor.execute(
            f"SELECT set_config('minsheng.account', '{int(viewer.account_id)}', true),"
            f" set_config('minsheng.day', '{day}', true)"
        )
        cursor.fetchall()

        def read(query: str, columns: dict[str, pa.DataType]) -> pa.RecordBatchReader:
            cursor.execute(query)
            reader: pa.RecordBatchReader = cursor.fetch_record_batch()
            return reader

        yield read
        cursor.close()
        connection.rollback()
    finally:
        connection.close()


def _read_in_transaction(query: str, columns: dict[str, pa.DataType]) -> pa.RecordBatchReader:
    schema = pa.schema(list(columns.items()))

    def batches() -> Iterator[pa.RecordBatch]:
        with django_connection.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv)") as copy:
            lines: list[bytes] = []
            size = 0
            for line in copy:  # one row each: a cut between two of them is safe
                lines.append(bytes(line))
                size += len(line)
                if size >= _CSV_BYTES:
                    yield from _parsed(lines, columns)
                    lines, size = [], 0
            if lines:
                yield from _parsed(lines, columns)

    return pa.RecordBatchReader.from_batches(schema, batches())


def _parsed(lines: list[bytes], columns: dict[str, pa.DataType]) -> list[pa.RecordBatch]:
    table = pyarrow.csv.read_csv(
        pa.BufferReader(b"".join(lines)),
        read_options=pyarrow.csv.ReadOptions(column_names=list(columns), block_size=_CSV_BYTES * 2),
        parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=columns, strings_can_be_null=True, quoted_strings_can_be_null=False
        ),
    )
    return list(table.to_batches())
