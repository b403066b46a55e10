"""Where households are, and who has died, left or been taken away: what those who pay ask for many people at once."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from minsheng.records.registry.models import Household
from minsheng.records.registry.queries.resolving import cluster


@dataclass(frozen=True)
class Whereabouts:
    """What the newest statements in force say of one person; `died_on` None: no death is known."""

    person_id: int
    died_on: date | None = None
    in_custody: bool = False
    moved_away: bool = False


def areas_of_households(*, household_ids: Iterable[int]) -> dict[int, int]:
    """This function will return the area of each household that the transaction's viewer may see."""
    return dict(Household.objects.filter(pk__in=set(household_ids)).values_list("id", "area_id"))


@dataclass(frozen=True)
class Door:
    """Where to knock and for whom: the address of a household and its head (else whoever is listed first)."""

    household_id: int
    address: str
    head_id: int | None
    head_name: str


def doors_of(*, household_ids: Collection[int], on: date) -> dict[int, Door]:
    """This function will return the doors of households that the transaction's viewer may see, whoever lives there."""
    if not household_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT ON (h.id) h.id, coalesce(d.address, ''), p.id, coalesce(p.name, '')
            FROM registry_household h
            LEFT JOIN registry_dwelling d ON d.id = h.dwelling_id
            LEFT JOIN registry_membership m ON m.household_id = h.id AND m.valid_from <= %s
                AND (m.valid_to IS NULL OR m.valid_to > %s)
            LEFT JOIN registry_person p ON p.id = m.person_id AND p.merged_into_id IS NULL
            WHERE h.id = ANY(%s)
            ORDER BY h.id, p.id IS NULL, m.kind <> 'residence', m.relation IS DISTINCT FROM 'head', p.id
            """,
            [on, on, list(household_ids)],
        )
        return {int(row[0]): Door(*row) for row in cursor.fetchall()}


def households_of_those_born_on(*, days: Collection[date], on: date) -> set[int]:
    """This function will return where people born on these days live or are registered, of what the viewer sees."""
    if not days:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT m.household_id FROM registry_person p JOIN registry_membership m ON m.person_id = p.id
            WHERE p.birth_date = ANY(%s) AND m.valid_from <= %s AND (m.valid_to IS NULL OR m.valid_to > %s)
            """,
            [list(days), on, on],
        )
        return {int(row[0]) for row in cursor.fetchall()}


_KEYS = ("dead", "in_custody", "hukou_local", "resident")
_VALID = """
FROM registry_statement s
WHERE s.subject_kind = 'person' AND s.subject_id = ANY(%(records)s) AND s.retracted_at IS NULL
  AND s.recorded_at <= %(known_at)s AND s.valid_from <= %(on)s AND (s.valid_to IS NULL OR s.valid_to > %(on)s)
"""
# Whoever has neither home nor registration here lives elsewhere, in the first place; many are registered elsewhere.
_NOTED = f"""
SELECT DISTINCT s.subject_id {_VALID}
  AND (s."values"->>'dead' = 'true' OR s."values"->>'in_custody' = 'true' OR s."values"->>'resident' = 'false')
"""
_NEWEST = f"""
SELECT v.subject_id, k.key, (v."values"->>k.key)::bool, v.valid_from
FROM (SELECT s.subject_id, s."values", s.valid_from, s.recorded_at, s.id {_VALID}) v
JOIN unnest(%(keys)s::text[]) k(key) ON v."values" ? k.key
ORDER BY v.valid_from, v.recorded_at, v.id
"""


def _tops(person_ids: Collection[int]) -> dict[int, int]:
    """As `cluster` for many: nearly nobody has a merged record, and only for those is the cluster worked out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, merged_into_id FROM registry_person WHERE merged_into_id IS NOT NULL"
            " AND (id = ANY(%(people)s) OR merged_into_id = ANY(%(people)s))",
            {"people": list(person_ids)},
        )
        merged = {number for row in cursor.fetchall() for number in row}
    alone = {person_id: person_id for person_id in person_ids if person_id not in merged}
    return alone | cluster(merged) if merged else alone


def whereabouts(*, person_ids: Collection[int], on: date, known_at: datetime) -> dict[int, Whereabouts]:
    """This function will say of these people who died by `on`, is in custody, or neither lives nor is registered here.

    Only those of whom something is to be said are in the answer. A merged record speaks for the one that stands.
    Take it as a warning to look: the full resolution of contradicting sources is `household_facts`.
    """
    if not person_ids:
        return {}
    tops = _tops(person_ids)
    several = {top for record, top in tops.items() if record != top}
    asked = {"known_at": known_at, "on": on}
    with connection.cursor() as cursor:
        # Of nearly everybody nothing of the kind was ever said; only for the others is the newest word looked for.
        cursor.execute(_NOTED, asked | {"records": list(tops)})
        noted = {int(row[0]) for row in cursor.fetchall()} | {r for r, top in tops.items() if top in several}
        if not noted:
            return {}
        cursor.execute(_NEWEST, asked | {"records": list(noted), "keys": list(_KEYS)})
        newest: dict[tuple[int, str], tuple[bool | None, date]] = {
            (tops[subject], key): (yes, since) for subject, key, yes, since in cursor.fetchall()
        }
    found = {}
    for person_id in person_ids:
        told = {key: newest.get((tops.get(person_id, person_id), key), (None, None)) for key in _KEYS}
        dead, since = told["dead"]
        one = Whereabouts(
            person_id,
            since if dead else None,
            told["in_custody"][0] is True,
            told["hukou_local"][0] is False and told["resident"][0] is False,
        )
        if one != Whereabouts(person_id):
            found[person_id] = one
    return found
