"""COPY lines of persons: names made searchable once per distinct name, numbers sealed in batches."""

from collections.abc import Iterator
from datetime import datetime

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from minsheng.foundation.sealing.bulk import blind_index_many, last_four_index_many, seal_many
from minsheng.foundation.sealing.keyring import Keyring
from minsheng.records.registry.bulk.tables import BATCH_ROWS, buffers, escaped, line, plain
from minsheng.records.registry.names import name_keys
from minsheng.records.registry.sealed_columns import ID_NUMBER, PHONE, tail_number

PERSON_COLUMNS = (
    "id",
    "area_id",
    "name",
    "name_pinyin",
    "name_initials",
    "given_name",
    "sex",
    "birth_date",
    "id_kind",
    "id_sealed",
    "id_index",
    "phone_sealed",
    "phone_index",
    "phone_tail",
    "source",
    "created_at",
)
# 18 characters are a resident id, or since 2023 a foreigner's permanent residence if they begin with 9 and a province;
# 99 is no province: such numbers are invented, and are resident ids in everything else.
_ID_KIND = r"""CASE WHEN id_number IS NULL THEN 'unknown'
    WHEN regexp_full_match(id_number, '([0-8][0-9]|99)[0-9]{15}[0-9X]') THEN 'resident_id'
    WHEN regexp_full_match(id_number, '9[0-9]{16}[0-9X]|[A-Z]{3}[0-9]{12}') THEN 'foreign_permanent'
    ELSE 'passport' END"""


def _hexed(column: str) -> str:
    return f"coalesce('\\\\x' || lower(hex({column})), '\\N')"


def name_table(names: pa.ChunkedArray) -> pa.Table:
    """This function will return the search keys of every distinct name, in the order of `pc.unique`."""
    distinct = pc.unique(names)
    keys = [name_keys(name) for name in distinct.to_pylist()]
    return pa.table(
        {
            "name": distinct,
            "pinyin": [key.pinyin for key in keys],
            "initials": [key.initials for key in keys],
            "given_name": [key.given_name for key in keys],
        }
    )


def person_blocks(
    connection: duckdb.DuckDBPyConnection, *, people: pa.Table, keyring: Keyring, at: datetime
) -> Iterator[tuple[memoryview, int]]:
    """This generator will yield the COPY lines of all persons, batch by batch, numbers sealed for their row."""
    keys = name_table(people["name"])
    narrow = people.select(
        ["person_id", "community_code", "name", "sex", "birth_date", "id_number", "phone"]
    ).combine_chunks()
    query = "SELECT " + line(
        "b.person_id",
        "a.area_id",
        escaped("b.name"),
        escaped("b.pinyin"),
        escaped("b.initials"),
        escaped("b.given_name"),
        plain("b.sex"),
        plain("b.birth_date"),
        _ID_KIND,
        _hexed("b.id_sealed"),
        _hexed("b.id_index"),
        _hexed("b.phone_sealed"),
        _hexed("b.phone_index"),
        plain("b.phone_tail"),
        "'police'",
        f"'{at.isoformat()}'",
    )
    for start in range(0, narrow.num_rows, BATCH_ROWS):
        part = narrow.slice(start, BATCH_ROWS)
        named = keys.take(pc.index_in(part["name"], value_set=keys["name"].combine_chunks()))
        batch = _sealed(part, keyring)
        for column in ("pinyin", "initials", "given_name"):
            batch = batch.append_column(column, named[column])
        connection.register("person_batch", batch)
        yield from buffers(connection, f"{query} FROM person_batch b JOIN areas a ON a.code = b.community_code")
        connection.unregister("person_batch")


def _sealed(part: pa.Table, keyring: Keyring) -> pa.Table:
    row_ids = part["person_id"].to_pylist()
    numbers, phones = part["id_number"].to_pylist(), part["phone"].to_pylist()
    columns = {
        "id_sealed": seal_many(keyring=keyring, context=ID_NUMBER, row_ids=row_ids, values=numbers),
        "id_index": blind_index_many(keyring=keyring, context=ID_NUMBER, values=numbers),
        "phone_sealed": seal_many(keyring=keyring, context=PHONE, row_ids=row_ids, values=phones),
        "phone_index": blind_index_many(keyring=keyring, context=PHONE, values=phones),
    }
    for name, values in columns.items():
        part = part.append_column(name, pa.array(values, pa.binary()))
    tails = [
        tail_number(tail) if tail is not None else None
        for tail in last_four_index_many(keyring=keyring, context=PHONE, values=phones)
    ]
    return part.append_column("phone_tail", pa.array(tails, pa.int16()))
