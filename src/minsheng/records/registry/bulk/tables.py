"""From the tables of a district to the lines that COPY reads. DuckDB writes the lines; nothing here is per row Python.

COPY's text format: tab between columns, `\\N` for NULL, backslash escapes. The lines of a batch lie end to end in one
Arrow buffer, which goes to the server as it is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

import duckdb
import numpy as np
import pyarrow as pa

from minsheng.records.registry.types import SubjectKind
from minsheng.records.registry.vocabulary import ATTRIBUTES, LOADED_FROM, REGISTERS, SOURCES, ValueType

BATCH_ROWS = 122_880  # DuckDB's row group


class District(Protocol):
    """What is loaded: tables in Arrow, as the synthetic district has them."""

    @property
    def people(self) -> pa.Table: ...
    @property
    def households(self) -> pa.Table: ...
    @property
    def dwellings(self) -> pa.Table: ...
    @property
    def kin(self) -> pa.Table: ...
    @property
    def organisations(self) -> pa.Table: ...


@dataclass(frozen=True)
class Lines:
    """The rows of one database table as COPY lines, made when read."""

    table: str
    columns: tuple[str, ...]
    query: str
    rows: int


def escaped(expression: str) -> str:
    """This function will return SQL that escapes a text for COPY, NULL included."""
    return f"coalesce(replace(replace(replace({expression}, '\\', '\\\\'), chr(9), '\\t'), chr(10), '\\n'), '\\N')"


def plain(expression: str) -> str:
    """This function will return SQL for a number, day or code, which need no escaping; NULL becomes \\N."""
    return f"coalesce(CAST({expression} AS VARCHAR), '\\N')"


def line(*parts: str) -> str:
    """This function will return SQL for one COPY line with its end."""
    return "concat(" + ", chr(9), ".join(parts) + ", chr(10))"


def buffers(connection: duckdb.DuckDBPyConnection, query: str) -> Iterator[tuple[memoryview, int]]:
    """This generator will run a query of one text column and yield the text of each batch as one block of bytes."""
    for batch in connection.sql(query).to_arrow_reader(BATCH_ROWS):
        column = batch.column(0)
        if not len(column):
            continue
        large = pa.types.is_large_string(column.type)
        offsets = np.frombuffer(column.buffers()[1], np.int64 if large else np.int32)
        first, last = offsets[column.offset], offsets[column.offset + len(column)]
        yield memoryview(column.buffers()[2])[first:last], len(column)


def dwelling_lines(rows: int) -> Lines:
    """This function will return the COPY of dwellings."""
    parts = [
        "d.dwelling_id",
        "a.area_id",
        escaped("d.estate"),
        escaped("CAST(d.building AS VARCHAR)"),
        escaped("coalesce(CAST(d.unit AS VARCHAR), '')"),
        escaped("coalesce(CAST(d.room AS VARCHAR), '')"),
        escaped("d.address"),
        plain("d.lon"),
        plain("d.lat"),
        escaped("coalesce(CAST(d.grid_no AS VARCHAR), '')"),
    ]
    columns = ("id", "area_id", "estate", "building", "unit", "room", "address", "lon", "lat", "grid_no")
    query = f"SELECT {line(*parts)} FROM dwellings d JOIN areas a ON a.code = d.community_code"
    return Lines("registry_dwelling", columns, query, rows)


def household_lines(rows: int) -> Lines:
    """This function will return the COPY of households: a family, or a collective household."""
    kind = "CASE WHEN h.household_kind = 'collective' THEN 'collective' ELSE 'family' END"
    parts = ["h.household_id", "a.area_id", plain("h.dwelling_id"), kind]
    query = f"SELECT {line(*parts)} FROM households h JOIN areas a ON a.code = h.community_code"
    return Lines("registry_household", ("id", "area_id", "dwelling_id", "kind"), query, rows)


def membership_lines(rows: int, *, since: date) -> Lines:
    """This function will return the COPY of who lives where; who only has the hukou here is a member by hukou."""
    parts = [
        "row_number() OVER ()",
        "a.area_id",
        "p.household_id",
        "p.person_id",
        "CASE WHEN h.household_kind = 'registered_elsewhere' THEN 'hukou' ELSE 'residence' END",
        plain("p.relation"),
        f"'{since.isoformat()}'",
        r"'\N'",
    ]
    columns = ("id", "area_id", "household_id", "person_id", "kind", "relation", "valid_from", "valid_to")
    query = (
        f"SELECT {line(*parts)} FROM people p JOIN areas a ON a.code = p.community_code"
        " JOIN households h ON h.household_id = p.household_id"
    )
    return Lines("registry_membership", columns, query, rows)


def _json_literal(attribute: str, expression: str) -> str:
    kind = ATTRIBUTES[attribute].type
    if kind in (ValueType.INT, ValueType.MONEY, ValueType.BOOL):
        return f"CAST({expression} AS VARCHAR)"
    return f"""concat('"', CAST({expression} AS VARCHAR), '"')"""


def _sql_literal(value: object) -> str:
    return f"'{value}'" if isinstance(value, str) else str(value).lower()


def values_json(attributes: tuple[str, ...], covered: Mapping[str, object], *, matched: str) -> str:
    """This function will return SQL for the JSON of a statement, or NULL where there is nothing to state.

    An attribute with a complete register is left out where it has the register's default (and the subject could be
    matched), and stated as null where it is not known; any other is left out where it is not known.
    """
    parts = []
    for name in attributes:
        stated = f"""concat('"{name}":', {_json_literal(name, name)})"""
        if name == "death_date":  # stated with the death itself
            continue
        if name == "dead":  # a death is a statement of its own, valid from its day
            parts.append(f"""CASE WHEN NOT {matched} AND death_date IS NULL THEN '"dead":false' END""")
            continue
        if name in covered:
            default = _sql_literal(covered[name])
            parts.append(
                f"""CASE WHEN {name} IS NULL THEN CASE WHEN {matched} THEN '"{name}":null' END"""
                f" WHEN {matched} AND {name} = {default} THEN NULL ELSE {stated} END"
            )
        else:
            parts.append(f"CASE WHEN {name} IS NOT NULL THEN {stated} END")
    return f"concat_ws(',', {', '.join(parts)})"


@dataclass(frozen=True)
class StatementGroup:
    """The statements of one source about one kind of subject."""

    source: str
    subject: SubjectKind
    attributes: tuple[str, ...]


def statement_groups(people: pa.Table, households: pa.Table) -> list[StatementGroup]:
    """This function will say which source states which of the columns that are there."""
    groups = []
    for source, names in LOADED_FROM.items():
        for subject, table in ((SubjectKind.PERSON, people), (SubjectKind.HOUSEHOLD, households)):
            columns = {*table.column_names, *(("dead", "hukou_division") if subject is SubjectKind.PERSON else ())}
            there = tuple(n for n in names if ATTRIBUTES[n].subject is subject and n in columns)
            if there:
                groups.append(StatementGroup(source, subject, there))
    return groups


def covered_by_registers(people: pa.Table, *, most_unknown: float = 0.02) -> dict[str, tuple[str, object]]:
    """This function will return the attributes whose register is complete in this load: (source, default) by name.

    A register with more than two in a hundred unknown is not called complete; its attribute is then simply absent
    where it is unknown.
    """
    found: dict[str, tuple[str, object]] = {}
    for register in REGISTERS:
        if register.attribute not in people.column_names and register.attribute != "dead":
            continue
        unknown = people[register.attribute].null_count if register.attribute != "dead" else 0
        if unknown <= most_unknown * people.num_rows:
            found[register.attribute] = (register.source, register.absent_value)
    return found


STATEMENT_COLUMNS = (
    "id",
    "area_id",
    "subject_kind",
    "subject_id",
    "source",
    "values",
    "valid_from",
    "recorded_at",
    "confidence",
)


def statement_query(
    group: StatementGroup,
    covered: Mapping[str, tuple[str, object]],
    *,
    first_id: int,
    since: date,
    at: datetime,
) -> str:
    """This function will return the query of a group's COPY lines, ids counted from `first_id`."""
    key, table, matched = (
        ("person_id", "people", "has_id")
        if group.subject is SubjectKind.PERSON
        else ("household_id", "households", "true")
    )
    defaults = {name: covered[name][1] for name in group.attributes if name in covered}
    parts = [
        f"{first_id} + row_number() OVER () - 1",
        "area_id",
        f"'{group.subject}'",
        "subject",
        f"'{group.source}'",
        "'{'",
    ]
    front = ", chr(9), ".join(parts)
    back = (
        f"'}}', chr(9), '{since.isoformat()}', chr(9), '{at.isoformat()}', chr(9), '{SOURCES[group.source].confidence}'"
    )
    extra = ""
    if group.subject is SubjectKind.PERSON:
        extra = ", id_number IS NOT NULL AS has_id, hukou_division_code AS hukou_division"
    return f"""
        SELECT concat({front}, stated, {back}, chr(10)) FROM (
            SELECT {key} AS subject, a.area_id, {values_json(group.attributes, defaults, matched=matched)} AS stated
            FROM (SELECT *{extra} FROM {table}) t JOIN areas a ON a.code = t.community_code
        ) WHERE stated <> ''
    """


def death_query(*, first_id: int, at: datetime) -> str:
    """This function will return the query of the statements of death, each valid from its day."""
    return f"""
        SELECT concat({first_id} + row_number() OVER () - 1, chr(9), a.area_id, chr(9), 'person', chr(9), p.person_id,
            chr(9), 'police', chr(9), concat('{{"dead":true,"death_date":"', p.death_date, '"}}'), chr(9),
            p.death_date, chr(9), '{at.isoformat()}', chr(9),
            '{SOURCES["police"].confidence}', chr(10))
        FROM people p JOIN areas a ON a.code = p.community_code WHERE p.death_date IS NOT NULL
    """


def register_tables(connection: duckdb.DuckDBPyConnection, *, district: District, area_ids: Mapping[str, int]) -> None:
    """This function will give DuckDB the tables by their names."""
    areas: Any = pa.table({"code": list(area_ids.keys()), "area_id": pa.array(list(area_ids.values()), pa.int32())})
    connection.register("areas", areas)
    connection.register("people", district.people)
    connection.register("households", district.households)
    connection.register("dwellings", district.dwellings)
    connection.register("kin", district.kin)
    connection.register("organisations", district.organisations)
