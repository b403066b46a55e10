"""How good the facts are, counted over everybody the viewer may see; no person comes out of here."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from minsheng.foundation.accounts.types import Viewer
from minsheng.records.registry.queries.resolving import coverage_on
from minsheng.records.registry.types import SubjectKind
from minsheng.records.registry.vocabulary import ATTRIBUTES, ON_THE_MEMBERSHIP, ON_THE_PERSON, ValueType

_TABLE = {SubjectKind.PERSON: "registry_person", SubjectKind.HOUSEHOLD: "registry_household"}
_WRONG = {
    ValueType.BOOL: "jsonb_typeof(v.value) <> 'boolean'",
    ValueType.INT: "jsonb_typeof(v.value) <> 'number' OR (v.value #>> '{}')::numeric < 0",
    ValueType.MONEY: "jsonb_typeof(v.value) <> 'number' OR (v.value #>> '{}')::numeric < 0",
    ValueType.DATE: r"(v.value #>> '{}') !~ '^\d{4}-\d{2}-\d{2}$'",
    ValueType.TEXT: "jsonb_typeof(v.value) <> 'string'",
}


@dataclass(frozen=True)
class FactQuality:
    """One fact over all subjects: how many there are, of how many it is known, and what is wrong with what is said.

    `known` counts those that a complete register does not list as well. `age_days` is how old that register is, and
    `good_for_days` how long it may be used; None where there is no register.
    """

    attribute: str
    subjects: int
    known: int
    said: int
    invalid: int
    contradicted: int
    age_days: int | None
    good_for_days: int | None


def fact_quality(*, viewer: Viewer, on: date, known_at: datetime) -> list[FactQuality]:
    """This function will measure every fact of people and households that is kept as statements.

    It goes through all statements in force once; the whole district takes minutes, so it is work for the night.
    """
    covers = coverage_on(as_of=on, known_at=known_at)
    found = []
    for subject, table in _TABLE.items():
        standing = " WHERE merged_into_id IS NULL" if subject is SubjectKind.PERSON else ""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table}{standing}")
            subjects = int(cursor.fetchone()[0])
        counted = _counted(subject, on, known_at)
        for name, attribute in ATTRIBUTES.items():
            if attribute.subject is not subject or name in (*ON_THE_PERSON, *ON_THE_MEMBERSHIP):
                continue
            said, invalid, contradicted = counted.get(name, (0, 0, 0))
            cover = covers.get(name)
            found.append(
                FactQuality(
                    name,
                    subjects,
                    subjects if cover is not None else min(said, subjects),
                    said,
                    invalid,
                    contradicted,
                    (on - cover.complete_as_of).days if cover is not None else None,
                    cover.good_for_days if cover is not None else None,
                )
            )
    return found


def possible_twins(*, viewer: Viewer) -> tuple[int, int]:
    """This function will return how many records stand, and how many of them share name and birth date with another."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT coalesce(sum(n), 0), coalesce(sum(n) FILTER (WHERE n > 1 AND birth_date IS NOT NULL), 0)
            FROM (SELECT birth_date, count(*) AS n FROM registry_person WHERE merged_into_id IS NULL
                  GROUP BY name, birth_date) grouped
            """
        )
        standing, twins = cursor.fetchone()
    return int(standing), int(twins)


def _counted(subject: SubjectKind, on: date, known_at: datetime) -> dict[str, tuple[int, int, int]]:
    wrong = " ".join(
        f"WHEN {_names_of(kind)} THEN {test}" for kind, test in _WRONG.items() if _names_of(kind) is not None
    )
    codes = " ".join(
        f"WHEN v.key = '{name}' THEN (v.value #>> '{{}}') NOT IN ({_listed(attribute.codes)})"
        for name, attribute in ATTRIBUTES.items()
        if attribute.type is ValueType.CODE and attribute.codes
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH held AS (
                SELECT s.subject_id, s.source, v.key, v.value, CASE {codes} {wrong} ELSE false END AS wrong
                FROM registry_statement s, jsonb_each(s."values") v
                WHERE s.subject_kind = '{subject.value}' AND s.retracted_at IS NULL AND s.recorded_at <= %s
                  AND s.valid_from <= %s AND (s.valid_to IS NULL OR s.valid_to > %s)
                  AND jsonb_typeof(v.value) <> 'null'
            ), by_subject AS (
                SELECT key, subject_id, bool_or(wrong) AS wrong,
                       count(DISTINCT value) > 1 AND count(DISTINCT source) > 1 AS contradicted
                FROM held GROUP BY key, subject_id
            )
            SELECT key, count(*), count(*) FILTER (WHERE wrong), count(*) FILTER (WHERE contradicted)
            FROM by_subject GROUP BY key
            """,
            [known_at, on, on],
        )
        return {row[0]: (int(row[1]), int(row[2]), int(row[3])) for row in cursor.fetchall()}


def _names_of(kind: ValueType) -> str | None:
    names = [name for name, attribute in ATTRIBUTES.items() if attribute.type is kind]
    return f"v.key IN ({', '.join(repr(name) for name in names)})" if names else None


def _listed(codes: object) -> str:
    assert isinstance(codes, dict | type(ATTRIBUTES))
    return ", ".join("'" + str(code).replace("'", "''") + "'" for code in codes)
