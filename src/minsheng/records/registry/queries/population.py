"""The facts of everybody in the viewer's areas on one day, as two Arrow tables for the rules.

PostgreSQL hands the rows over (COPY through ADBC, under the viewer's row-level security); DuckDB decides which claim
counts. `queries.household_facts` decides the same for one household in Python; a test holds the two together.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from minsheng.foundation.accounts.types import Viewer
from minsheng.records.registry.queries.rows import Only, Reader, listed_ids, rows_through
from minsheng.records.registry.types import IdKind, SubjectKind
from minsheng.records.registry.vocabulary import (
    ATTRIBUTES,
    LOADED_FROM,
    ON_THE_MEMBERSHIP,
    ON_THE_PERSON,
    SOURCES,
    Attribute,
    ValueType,
)

_DUCK_TYPES = {
    ValueType.BOOL: "BOOLEAN",
    ValueType.INT: "BIGINT",
    ValueType.MONEY: "BIGINT",
    ValueType.DATE: "DATE",
    ValueType.CODE: "VARCHAR",
}


def exported(subject: SubjectKind) -> tuple[Attribute, ...]:
    """This function will return the attributes that outcomes of schemes may depend on (policies/inputs.yaml)."""
    return tuple(a for a in ATTRIBUTES.values() if a.subject is subject and a.for_rules and a.in_population)


def population_facts(
    *,
    viewer: Viewer,
    at: datetime,
    as_of: date,
    known_at: datetime | None = None,
    household_ids: Collection[int] | None = None,
    dsn: str | None = None,
    memory_mb: int = 1600,
) -> tuple[pa.Table, pa.Table]:
    """This function will return (person facts, household facts), each sorted by household id.

    Person rows: household_id, person_id, area_id and every person attribute; household rows: household_id, area_id and
    every household attribute. Money is int64 fen, codes are text, days date32; null is unknown. Only what was recorded
    by `known_at` (default: `at`) and holds on `as_of` counts. A merged record adds its statements to the one it was
    merged into. Who lives in a household belongs to it, else who has the hukou there.

    With `household_ids` only these households and whoever belongs to them are read and returned.
    With `dsn` the rows come over a connection of their own (fastest, sees committed rows only); without it through the
    current transaction of Django's connection, which must already be scoped to the viewer.
    """
    with rows_through(dsn, viewer=viewer, at=at) as read, duckdb.connect() as memory:
        memory.execute(f"SET threads = 2; SET memory_limit = '{memory_mb}MB'; SET preserve_insertion_order = false")
        only = None if household_ids is None else Only.of(read, household_ids)
        _read_tables(memory, read, only, as_of=as_of, known_at=known_at or at)
        coverage = _coverage(memory, as_of=as_of)
        of_person = _resolve(memory, SubjectKind.PERSON, key="p.id")
        of_household = _resolve(memory, SubjectKind.HOUSEHOLD, key="h.id")
        _silences(memory)
        memory.execute("DROP TABLE stated")
        persons = memory.sql(_person_query(coverage, of_person)).to_arrow_table()
        households = memory.sql(_household_query(of_household)).to_arrow_table()
    if only is not None:
        wanted = pa.array(only.households, pa.int64())
        persons = persons.filter(pc.is_in(persons["household_id"], value_set=wanted))
        households = households.filter(pc.is_in(households["household_id"], value_set=wanted))
    return persons, households


def _read_tables(
    memory: duckdb.DuckDBPyConnection, read: Reader, only: Only | None, *, as_of: date, known_at: datetime
) -> None:
    day, known = as_of.isoformat(), known_at.isoformat()
    holds = f"valid_from <= DATE '{day}' AND (valid_to IS NULL OR valid_to > DATE '{day}')"
    these, those, them, said_of = "", "", "", ""
    if only is not None:
        people, homes = listed_ids(only.people), listed_ids(only.households)
        these, those, them = f" WHERE id IN ({people})", f" WHERE id IN ({homes})", f" AND person_id IN ({people})"
        said_of = (
            f" AND (subject_kind = 'person' AND subject_id IN ({people})"
            f" OR subject_kind = 'household' AND subject_id IN ({homes}))"
        )
    big, small, text = pa.int64(), pa.int16(), pa.string()
    for name, query, columns in (
        (
            "person",
            "SELECT id, area_id, sex, birth_date, id_kind, source, extract(epoch FROM created_at)::float8 AS created,"
            f" merged_into_id FROM registry_person{these}",
            {
                "id": big,
                "area_id": pa.int32(),
                "sex": text,
                "birth_date": pa.date32(),
                "id_kind": text,
                "source": text,
                "created": pa.float64(),
                "merged_into_id": big,
            },
        ),
        ("household", f"SELECT id, area_id FROM registry_household{those}", {"id": big, "area_id": pa.int32()}),
        (
            "membership",
            f"SELECT id, household_id, person_id, kind, relation FROM registry_membership WHERE {holds}{them}",
            {"id": big, "household_id": big, "person_id": big, "kind": text, "relation": text},
        ),
        (
            "stated",
            'SELECT id, subject_kind, subject_id, source, "values"::text AS said, confidence,'
            " extract(epoch FROM recorded_at)::float8 AS recorded FROM registry_statement"
            f" WHERE {holds} AND recorded_at <= '{known}' AND (retracted_at IS NULL OR retracted_at > '{known}')"
            f" AND subject_kind <> 'thing'{said_of}",
            {
                "id": big,
                "subject_kind": text,
                "subject_id": big,
                "source": text,
                "said": text,
                "confidence": small,
                "recorded": pa.float64(),
            },
        ),
        (
            "coverage",
            "SELECT source, attribute, complete_as_of, absent_value::text AS absent, good_for_days"
            f" FROM registry_coverage WHERE recorded_at <= '{known}'",
            {
                "source": text,
                "attribute": text,
                "complete_as_of": pa.date32(),
                "absent": text,
                "good_for_days": pa.int32(),
            },
        ),
    ):
        _store(memory, name, read(query, columns))
    # A merged record speaks for the one that was kept, at any depth.
    memory.execute("""
        CREATE TEMP TABLE canonical AS
        WITH RECURSIVE up(id, kept) AS (
            SELECT id, merged_into_id FROM person WHERE merged_into_id IS NOT NULL
            UNION ALL
            SELECT up.id, p.merged_into_id FROM up JOIN person p ON p.id = up.kept WHERE p.merged_into_id IS NOT NULL
        )
        SELECT up.id, up.kept FROM up JOIN person p ON p.id = up.kept WHERE p.merged_into_id IS NULL
    """)
    memory.execute("""
        CREATE TEMP TABLE lives AS
        SELECT coalesce(c.kept, m.person_id) AS person, m.household_id, m.relation
        FROM membership m LEFT JOIN canonical c ON c.id = m.person_id
        QUALIFY row_number() OVER (
            PARTITION BY coalesce(c.kept, m.person_id) ORDER BY c.kept IS NOT NULL, m.kind = 'hukou', m.id DESC
        ) = 1
    """)
    # Claims are ordered by (confidence, recorded at, id); the pairs are few, so the order fits one integer.
    memory.execute("""
        CREATE TEMP TABLE strength AS
        SELECT confidence, recorded, row_number() OVER (ORDER BY confidence, recorded) AS place
        FROM (SELECT DISTINCT confidence, recorded FROM stated)
    """)


def _store(memory: duckdb.DuckDBPyConnection, name: str, rows: pa.RecordBatchReader) -> None:
    """Batch by batch in this thread: a connection of Django belongs to the thread that opened it."""
    memory.register("incoming", rows.schema.empty_table())
    memory.execute(f"CREATE TEMP TABLE {name} AS SELECT * FROM incoming")
    for batch in rows:
        memory.register("incoming", pa.Table.from_batches([batch]))
        memory.execute(f"INSERT INTO {name} SELECT * FROM incoming")
    memory.unregister("incoming")


def _coverage(memory: duckdb.DuckDBPyConnection, *, as_of: date) -> dict[str, str]:
    """The SQL literal of the default of every attribute whose register is complete and not too old."""
    rows = memory.execute(
        """SELECT attribute, arg_max(absent, (complete_as_of, source)) FROM coverage
        WHERE DATE '1970-01-01' + (?::DATE - DATE '1970-01-01')::INTEGER
              <= complete_as_of + good_for_days GROUP BY attribute""",
        [as_of],
    ).fetchall()
    return {attribute: absent.replace('"', "'") for attribute, absent in rows if attribute in ATTRIBUTES}


def _groups(memory: duckdb.DuckDBPyConnection, subject: SubjectKind) -> list[tuple[tuple[Attribute, ...], list[str]]]:
    """Attributes that come together, with the sources that say anything of them: most rows touch one group only."""
    wanted = {a.name: a for a in exported(subject) if a.name not in ON_THE_MEMBERSHIP}
    together = [tuple(wanted.pop(n) for n in names if n in wanted) for names in LOADED_FROM.values()]
    together.append(tuple(wanted.values()))
    said_by = memory.execute(
        "SELECT source, list(DISTINCT key) FROM (SELECT source, unnest(json_keys(said)) AS key FROM stated"
        " WHERE subject_kind = ?) GROUP BY source",
        [subject],
    ).fetchall()
    return [
        (group, [source for source, keys in said_by if {a.name for a in group} & set(keys)])
        for group in together
        if group
    ]


@dataclass(frozen=True)
class _Winners:
    """The tables of winners: how to join them to a subject, and in which of them an attribute stands."""

    joins: str
    place: Mapping[str, str]

    def of(self, name: str) -> str:
        return f"{self.place[name]}.{name}"


def _resolve(memory: duckdb.DuckDBPyConnection, subject: SubjectKind, *, key: str) -> _Winners:
    """Make one table of winners per group of attributes."""
    joins, place = [], {}
    for number, (group, sources) in enumerate(_groups(memory, subject)):
        shape = ", ".join(f'"{a.name}": "{_DUCK_TYPES[a.type]}"' for a in group)
        best = [f"arg_max(said.{a.name}, rank) AS {a.name}" for a in group]
        best += [
            f"max(CASE WHEN said.{a.name} IS NOT NULL THEN rank END) AS {a.name}_rank"
            for a in group
            if a.name in ON_THE_PERSON
        ]
        anything = " OR ".join(f"said.{a.name} IS NOT NULL" for a in group)
        among = ", ".join(f"'{source}'" for source in sources) or "''"
        memory.execute(f"""
            CREATE TEMP TABLE best_{subject}_{number} AS
            SELECT subject, {", ".join(best)} FROM (
                SELECT coalesce(c.kept, s.subject_id) AS subject, (t.place << 40) + s.id AS rank,
                    json_transform(s.said, '{{{shape}}}') AS said
                FROM stated s JOIN strength t ON t.confidence = s.confidence AND t.recorded = s.recorded
                LEFT JOIN canonical c ON c.id = s.subject_id AND s.subject_kind = 'person'
                WHERE s.subject_kind = '{subject}' AND s.source IN ({among})
            ) WHERE {anything} GROUP BY subject
        """)
        joins.append(f"LEFT JOIN best_{subject}_{number} b{number} ON b{number}.subject = {key}")
        place.update({a.name: f"b{number}" for a in group})
    return _Winners(" ".join(joins), place)


def _silences(memory: duckdb.DuckDBPyConnection) -> None:
    """Who is in a register with "not known": there the default of absence does not hold."""
    memory.execute("""
        CREATE TEMP TABLE silence AS
        SELECT coalesce(c.kept, s.subject_id) AS subject, list(DISTINCT s.attribute) AS attributes FROM (
            SELECT subject_id, unnest(json_keys(said)) AS attribute, said FROM stated
            WHERE subject_kind = 'person' AND contains(said, 'null')
        ) s LEFT JOIN canonical c ON c.id = s.subject_id
        WHERE json_type(json_extract(s.said, '$.' || s.attribute)) = 'NULL'
        GROUP BY 1
    """)


def _person_query(coverage: dict[str, str], best: _Winners) -> str:
    columns = []
    for attribute in exported(SubjectKind.PERSON):
        name, kind = attribute.name, _DUCK_TYPES[attribute.type]
        if name in ON_THE_MEMBERSHIP:
            columns.append(f"m.{name}")
        elif name in ON_THE_PERSON:
            columns.append(
                f"CASE WHEN {best.of(name)}_rank IS NOT NULL AND (p.{name} IS NULL OR {best.of(name)}_rank > p.rank)"
                f" THEN {best.of(name)} ELSE p.{name} END AS {name}"
            )
        elif name in coverage:
            columns.append(
                f"CAST(CASE WHEN {best.of(name)} IS NOT NULL THEN {best.of(name)} WHEN p.id_kind IN {_MATCHED}"
                f" AND NOT coalesce(list_contains(n.attributes, '{name}'), false)"
                f" THEN {coverage[name]} END AS {kind}) AS {name}"
            )
        else:
            columns.append(best.of(name))
    confidence = " ".join(f"WHEN '{s.code}' THEN {s.confidence}" for s in SOURCES.values())
    # The row of the person is itself a claim; it ranks just above the statements that are weaker or older.
    return f"""
        WITH standing AS (
            SELECT source, created, coalesce((
                SELECT max(place) FROM strength t
                WHERE (t.confidence, t.recorded) < (CASE p.source {confidence} ELSE 0 END, p.created)
            ), 0) AS place FROM (SELECT DISTINCT source, created FROM person) p
        )
        SELECT m.household_id, p.id AS person_id, p.area_id, {", ".join(columns)}
        FROM (
            SELECT p.*, ((s.place + 1) << 40) - 1 AS rank FROM person p
            JOIN standing s ON s.source = p.source AND s.created = p.created
            WHERE p.merged_into_id IS NULL
        ) p
        JOIN lives m ON m.person = p.id
        {best.joins}
        LEFT JOIN silence n ON n.subject = p.id
        ORDER BY m.household_id, p.id
    """


_MATCHED = f"('{IdKind.RESIDENT_ID}', '{IdKind.FOREIGN_PERMANENT}')"


def _household_query(best: _Winners) -> str:
    columns = ", ".join(best.of(a.name) for a in exported(SubjectKind.HOUSEHOLD))
    return f"""
        SELECT h.id AS household_id, h.area_id, {columns}
        FROM household h SEMI JOIN lives m ON m.household_id = h.id
        {best.joins}
        ORDER BY h.id
    """
