"""From rows to claims and facts, for a few subjects at a time."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection

from minsheng.records.registry.models import Coverage, Person, Statement
from minsheng.records.registry.rules import MATCHED_BY_REGISTERS, newest_coverage, resolve
from minsheng.records.registry.types import Claim, Cover, Fact, IdKind, SubjectKind
from minsheng.records.registry.types import Statement as Said
from minsheng.records.registry.vocabulary import SOURCES


def cluster(person_ids: Iterable[int]) -> dict[int, int]:
    """This function will map every record that belongs to these people, merged ones included, to the one that stands.

    An id that was merged away leads to its cluster like any other; an id that the viewer cannot see is not in the map.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE up(asked, id, next) AS (
                SELECT id, id, merged_into_id FROM registry_person WHERE id = ANY(%s)
                UNION ALL
                SELECT up.asked, p.id, p.merged_into_id FROM up JOIN registry_person p ON p.id = up.next
            ), standing AS (SELECT DISTINCT id FROM up WHERE next IS NULL),
            down(id, top) AS (
                SELECT id, id FROM standing
                UNION ALL
                SELECT p.id, down.top FROM down JOIN registry_person p ON p.merged_into_id = down.id
            )
            SELECT id, top FROM down
            """,
            [list(person_ids)],
        )
        return {int(row[0]): int(row[1]) for row in cursor.fetchall()}


def coverage_on(*, as_of: date, known_at: datetime) -> dict[str, Cover]:
    """This function will return the complete registers that speak for the day."""
    covers = [
        Cover(c.source, c.attribute, c.complete_as_of, c.absent_value, c.good_for_days, c.recorded_at)
        for c in Coverage.objects.all()
    ]
    return newest_coverage(covers=covers, as_of=as_of, known_at=known_at)


def statements_of(*, subject: SubjectKind, ids: Iterable[int]) -> list[Said]:
    """This function will return all statements about these subjects, retracted ones included, newest first."""
    rows = Statement.objects.filter(subject_kind=subject, subject_id__in=list(ids)).order_by("-recorded_at", "-id")
    return [
        Said(
            r.pk,
            subject,
            r.subject_id,
            r.source,
            r.values,
            r.valid_from,
            r.valid_to,
            r.recorded_at,
            r.confidence,
            r.retracted_at,
        )
        for r in rows
    ]


def base_claims(person: Person) -> dict[str, Claim]:
    """This function will return what stands on the person's own row, as claims of whoever vouches for the row."""
    source = SOURCES.get(person.source)

    def claim(value: Any) -> Claim:
        return Claim(value, person.source, source.confidence if source else 0, None, None, person.created_at)

    return {"sex": claim(person.sex), "birth_date": claim(person.birth_date)}


def facts_of_people(
    *,
    people: Mapping[int, Person],
    tops: Mapping[int, int],
    relations: Mapping[int, str | None],
    as_of: date,
    known_at: datetime,
    coverage: Mapping[str, Cover] | None = None,
) -> tuple[dict[int, dict[str, Fact]], list[Said]]:
    """This function will return the facts of each standing person, and the statements that they come from.

    `tops` maps every record of the clusters to the standing one; `relations` gives the relation to the head;
    `coverage` is that of the day, where the caller has read it already.
    """
    statements = statements_of(subject=SubjectKind.PERSON, ids=tops)
    grouped: dict[int, list[Said]] = {}
    for statement in statements:
        grouped.setdefault(tops[statement.subject_id], []).append(statement)
    coverage = coverage_on(as_of=as_of, known_at=known_at) if coverage is None else coverage
    found = {}
    for person_id, person in people.items():
        facts = resolve(
            subject=SubjectKind.PERSON,
            statements=grouped.get(person_id, ()),
            coverage=coverage,
            as_of=as_of,
            known_at=known_at,
            matched=IdKind(person.id_kind) in MATCHED_BY_REGISTERS,
            base=base_claims(person),
        )
        relation = relations.get(person_id)
        standing = Claim(relation, person.source, 0, None, None, person.created_at) if relation else None
        facts["relation"] = Fact("relation", relation, standing)
        found[person_id] = facts
    return found, statements
