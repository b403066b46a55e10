"""Who answers a partner's question, and how a household is written for that partner."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from minsheng.foundation.access.queries import areas_inside
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.pages.masking import Audience, hide_id_tail, mask_address, mask_name
from minsheng.foundation.sealing import operations as sealing
from minsheng.insight.exchange.models import Partner
from minsheng.insight.exchange.rules.asking import ADULT, MOST_FOUND, Asked, Known, years_before
from minsheng.insight.exchange.rules.records import Home, Person, Programme, group, member
from minsheng.insight.exchange.sealed_columns import ALIAS
from minsheng.insight.exchange.types import Attribute, Entity, Terms
from minsheng.records.registry.criteria import Column, Every, Operator, Sorting, Test
from minsheng.records.registry.days import business_day
from minsheng.records.registry.operations.giving import Given, give_households
from minsheng.records.registry.queries.choosing import households_chosen, people_chosen, person_with_number
from minsheng.records.registry.queries.households import home_of, seats_of
from minsheng.records.registry.queries.resolving import cluster
from minsheng.records.registry.types import HouseholdFacts
from minsheng.work.payments.queries.enrolments import enrolled_in, enrolments_of


@dataclass(frozen=True)
class Chosen:
    """Whom an answer is about: ids of households, or of people, in order."""

    entity: Entity
    ids: tuple[int, ...]


def known_words(*, viewer: Viewer, at: datetime) -> Known:
    """This function will return what area and programme codes mean to this viewer today."""
    inside = areas_inside(viewer=viewer)

    def areas_of(code: str) -> tuple[int, ...]:
        named = {area.id for area in inside if area.code == code}
        while more := {area.id for area in inside if area.parent_id in named} - named:
            named |= more
        return tuple(sorted(named))

    def enrolled(schemes: tuple[str, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        people, households = enrolled_in(viewer=viewer, schemes=schemes, on=business_day(at))
        return tuple(sorted(people)), tuple(sorted(households))

    return Known(areas_of, enrolled)


def choose(
    *,
    viewer: Viewer,
    at: datetime,
    asked: Asked,
    entity: Entity,
    sort: tuple[Sorting, bool] | None = None,
    only_person: int | None = None,
) -> Chosen:
    """This function will return who answers a question, at most one more than may be given.

    `only_person` asks whether this one person does.
    """
    on = business_day(at)
    if asked.id_number is not None:
        found = person_with_number(viewer=viewer, number=asked.id_number)
        people = [found] if found is not None and only_person in (None, found) else []
        if entity is Entity.MEMBER:
            return Chosen(entity, tuple(people))
        homes = (home_of(seats=_seats_with_merged(one, at), standing=one) for one in people)
        return Chosen(entity, tuple(home.household_id for home in homes if home is not None))
    assert asked.where is not None
    where = asked.where
    if only_person is not None:
        where = Every((where, Test(Column.PERSON, Operator.EQ, only_person)))
    pick = people_chosen if entity is Entity.MEMBER else households_chosen
    return Chosen(entity, tuple(pick(viewer=viewer, where=where, on=on, most=MOST_FOUND, sort=sort)))


def write_records(
    *, partner: Partner, viewer: Viewer, at: datetime, terms: Terms, chosen: Chosen, detail: dict[str, Any]
) -> tuple[list[dict[str, Any]], set[int]]:
    """This function will write the chosen records in their order, and return also whom the partner got to know.

    Each of those is in the audit trail, under the partner's purpose, before a word of them is written.
    """
    on = business_day(at)
    homes = _homes_of(chosen, at)
    if chosen.entity is Entity.MEMBER:
        wanted = {person: household for household, people in homes.items() for person in people}
    else:
        wanted = {}
    given = give_households(
        actor=viewer,
        at=at,
        household_ids=list(homes),
        people=set(wanted) if chosen.entity is Entity.MEMBER else None,
        born_by=None if Attribute.MINORS in terms.attributes else years_before(on, ADULT),
        purpose=partner.purpose,
        detail={"partner": partner.sender_id, "legal_basis": partner.legal_basis, **detail},
    )
    enrolled = enrolments_of(viewer=viewer, household_ids=list(given), on=on)
    written, known = [], set()
    for number in chosen.ids:
        household_id = wanted.get(number) if chosen.entity is Entity.MEMBER else number
        if household_id is None or household_id not in given:
            continue
        one = given[household_id]
        programmes = tuple(
            Programme(e.scheme, e.title, e.person_id, e.since_date, e.amount_fen)
            for e in enrolled
            if e.household_id == household_id
        )
        home = _home(partner, one, programmes)
        if chosen.entity is Entity.MEMBER:
            person = next((p for p in home.members if p.person_id == number), None)
            if person is not None:
                written.append(member(person, home=home, terms=terms, alone=True))
                known.add(number)
        elif home.members:
            written.append(group(home, terms=terms, size=len(one.household.names)))
            known |= {p.person_id for p in home.members}
    return written, known


def _homes_of(chosen: Chosen, at: datetime) -> dict[int, set[int]]:
    if chosen.entity is Entity.GROUP:
        return {household_id: set() for household_id in chosen.ids}
    homes: dict[int, set[int]] = {}
    for person in chosen.ids:
        home = home_of(seats=_seats_with_merged(person, at), standing=person)
        if home is not None:
            homes.setdefault(home.household_id, set()).add(person)
    return homes


def _seats_with_merged(person_id: int, at: datetime) -> Any:
    return seats_of(person_ids=cluster([person_id]), on=business_day(at))


def _home(partner: Partner, given: Given, programmes: tuple[Programme, ...]) -> Home:
    found = given.household
    people = []
    for person_id in given.registered_at:
        facts = {name: fact.value for (who, name), fact in found.facts.items() if who == person_id}
        number = given.id_numbers.get(person_id, "")
        people.append(
            Person(
                person_id,
                found.names[person_id],
                mask_name(found.names[person_id], Audience.STAFF),
                number,
                hide_id_tail(number),
                given.phones.get(person_id, ""),
                given.registered_at[person_id],
                facts,
                _dead_on(found, person_id),
            )
        )
    people.sort(key=lambda one: (one.facts.get("relation") != "head", one.person_id))
    return Home(
        household_alias(partner=partner, household_id=found.household_id),
        given.kind,
        given.address,
        mask_address(given.address, Audience.STAFF),
        given.area_code,
        tuple(people),
        programmes,
    )


def household_alias(*, partner: Partner, household_id: int) -> str:
    """This function will return the name of a household towards one partner; another partner hears another name."""
    return sealing.blind_index(context=ALIAS, value=f"{partner.pk:08d}{household_id:012d}").hex()[:32]


def _dead_on(found: HouseholdFacts, person_id: int) -> Any:
    dead = found.facts.get((person_id, "dead"))
    return dead.winner.valid_from if dead is not None and dead.value is True and dead.winner else None
