"""Rows of a list of people: one statement for any number of them, numbers masked before they leave."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date

from minsheng.foundation.pages.masking import Audience, Wanted, person_view
from minsheng.foundation.sealing import operations as sealing
from minsheng.records.registry.models import Person
from minsheng.records.registry.queries.resolving import cluster
from minsheng.records.registry.sealed_columns import ID_NUMBER, PHONE
from minsheng.records.registry.types import Found, Sex


def id_number_of(person: Person) -> str | None:
    """This function will open a person's id number."""
    if person.id_sealed is None:
        return None
    return sealing.open_sealed(context=ID_NUMBER, row_id=person.pk, sealed=person.id_sealed)


def phone_of(person: Person) -> str | None:
    """This function will open a person's telephone number."""
    if person.phone_sealed is None:
        return None
    return sealing.open_sealed(context=PHONE, row_id=person.pk, sealed=person.phone_sealed)


def listed(*, found: Mapping[int, str], on: date) -> list[Found]:
    """This function will return list rows for records and how each was found; merged ones as the one that stands.

    No tail of the id number: the person's own page shows the birth date, and the two together are the whole number
    (experiment E22 rebuilt it from list and page). The exact age, shown instead, tells namesakes apart.
    """
    people = {p.pk: p for p in Person.objects.filter(pk__in=found).select_related("area")}
    tops = {record: record for record in people}
    if any(person.merged_into_id is not None for person in people.values()):
        tops = cluster(people)
        people = {p.pk: p for p in Person.objects.filter(pk__in=set(tops.values())).select_related("area")}
    order: dict[int, str] = {}
    for record, matched_by in found.items():
        if record in tops:
            order.setdefault(tops[record], matched_by)
    return [_row(people[person_id], matched_by, on) for person_id, matched_by in order.items() if person_id in people]


def _row(person: Person, matched_by: str, on: date) -> Found:
    view = person_view(
        name=person.name,
        on=on,
        audience=Audience.OWN_AREA,
        wanted=Wanted(birth_date=False, id_tail=False, division=False),
        id_number=id_number_of(person),
        birth_date=person.birth_date,
        phone=phone_of(person),
    )
    return Found(
        person_id=person.pk,
        name=view.name,
        sex=Sex(person.sex).label if person.sex else "",
        age=view.age,
        id_masked=view.id_number,
        phone_masked=view.phone,
        area_id=person.area_id,
        area_name=person.area.name,
        matched_by=matched_by,
    )


def digest_of(ids: Sequence[int]) -> str:
    """This function will return a short hash of the ids that a list showed, for the audit trail."""
    return hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()[:32]
