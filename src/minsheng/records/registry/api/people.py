"""`GET people?q=` and `GET people/{id}`: what the pages show, with the same masks, purposes and records."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from minsheng.foundation.api.problems import problem
from minsheng.records.registry.days import business_day
from minsheng.records.registry.operations import PurposeNeeded, UnableToFind, open_person, search_people
from minsheng.records.registry.pages.presenting import shown

router = Router(tags=["registry"])


class PersonRow(Schema):
    """One person of a list; numbers are masked, the tail of the id number included."""

    id: int
    name: str
    sex: str
    age: str
    id_number: str
    phone: str
    area_id: int
    area_name: str
    matched_by: str


class PeopleOut(Schema):
    """One page of a search."""

    items: list[PersonRow]
    next: str | None = None
    hint: str = ""


class SearchQuery(Schema):
    """What is asked, how many, and after which row."""

    q: str = Field(min_length=1, max_length=80)
    limit: int = Field(20, ge=1, le=100)
    page: str | None = Field(None, max_length=2_000)


class FactOut(Schema):
    """One fact; `value` null is unknown, never zero. Money is integer fen."""

    attribute: str
    value: bool | int | str | None
    source: str | None
    confidence: int | None
    valid_from: date | None
    disputed: bool


class PersonOut(Schema):
    """One person with facts; the id number is masked to its province, because the birth date is given."""

    id: int
    merged_ids: list[int]
    name: str
    sex: str
    birth_date: date | None
    id_number: str
    phone: str
    area_id: int
    area_name: str
    household_id: int | None
    dead_on: date | None
    facts: list[FactOut]


@router.get("people", response=PeopleOut)
def people(request: HttpRequest, query: Query[SearchQuery]) -> dict[str, Any]:
    """This operation will find people by name, sound, number, telephone or home; the list is recorded."""
    viewer, at = request.viewer, request.at  # type: ignore[attr-defined]
    found = search_people(viewer=viewer, at=at, text=query.q, token=query.page, size=query.limit)
    items = [
        {
            "id": row.person_id,
            "name": row.name,
            "sex": row.sex,
            "age": row.age,
            "id_number": row.id_masked,
            "phone": row.phone_masked,
            "area_id": row.area_id,
            "area_name": row.area_name,
            "matched_by": row.matched_by,
        }
        for row in found.people
    ]
    return {"items": items, "next": found.next_token, "hint": found.hint}


@router.get("people/{int:person_id}", response=PersonOut)
def person(request: HttpRequest, person_id: int) -> Any:
    """This operation will open one person; 403 until a purpose was stated today, 404 for a stranger."""
    viewer, at = request.viewer, request.at  # type: ignore[attr-defined]
    try:
        card = open_person(viewer=viewer, person_id=person_id, at=at)
    except UnableToFind as refusal:
        raise Http404(str(refusal)) from refusal
    except PurposeNeeded as needed:
        return problem(request, status=403, detail=str(needed))
    view = shown(card, on=business_day(at))
    return {
        "id": card.person_id,
        "merged_ids": list(card.merged),
        "name": view.name,
        "sex": card.sex,
        "birth_date": card.birth_date,
        "id_number": view.id_number,
        "phone": view.phone,
        "area_id": card.area_id,
        "area_name": card.area_name,
        "household_id": card.household_id,
        "dead_on": card.dead_on,
        "facts": [
            {
                "attribute": fact.attribute,
                "value": fact.value.isoformat() if isinstance(fact.value, date) else fact.value,
                "source": fact.winner.source if fact.winner else None,
                "confidence": fact.winner.confidence if fact.winner else None,
                "valid_from": fact.winner.valid_from if fact.winner else None,
                "disputed": bool(fact.conflicts),
            }
            for fact in card.facts
        ],
    }
