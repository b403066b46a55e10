"""Giving records away, to whoever may have them: the giving and its record in the audit trail are one act."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.records.registry.days import business_day
from minsheng.records.registry.models import Household, Person
from minsheng.records.registry.queries.households import household_facts
from minsheng.records.registry.queries.listing import id_number_of, phone_of
from minsheng.records.registry.types import HouseholdFacts


@dataclass(frozen=True)
class Given:
    """One household with what identifies its people; whoever passes it on leaves out what may not be known."""

    household: HouseholdFacts
    kind: str
    address: str
    area_code: str
    registered_at: dict[int, datetime]
    id_numbers: dict[int, str] = field(repr=False)
    phones: dict[int, str] = field(repr=False)


def give_households(
    *,
    actor: Viewer,
    at: datetime,
    household_ids: Collection[int],
    purpose: str,
    detail: dict[str, Any],
    people: Collection[int] | None = None,
    born_by: date | None = None,
) -> dict[int, Given]:
    """This function will return households by id and record one look at each of their people that are given.

    `people` names whom the recipient asks for; None is everybody. Whoever is not known to be born by `born_by` stays
    behind: they are only counted (in `household.names`). What the actor may not see is left out, as if it did not
    exist. Needs `registry.give`.
    """
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="registry.give")
        given: dict[int, Given] = {}
        rows = Household.objects.select_related("dwelling", "area").in_bulk(list(household_ids))
        for household_id, row in rows.items():
            facts = household_facts(viewer=actor, household_id=household_id, as_of=business_day(at), known_at=at)
            if facts is None or not facts.names:
                continue
            asked = {p for p in facts.names if (people is None or p in people) and _old_enough(facts, p, born_by)}
            shown = Person.objects.in_bulk(asked)
            given[household_id] = Given(
                household=facts,
                kind=row.kind,
                address=row.dwelling.address if row.dwelling else "",
                area_code=row.area.code,
                registered_at={number: person.created_at for number, person in shown.items()},
                id_numbers={n: number for n, person in shown.items() if (number := id_number_of(person)) is not None},
                phones={n: phone for n, person in shown.items() if (phone := phone_of(person)) is not None},
            )
            for number, person in sorted(shown.items()):
                audit.record(
                    actor=actor,
                    at=at,
                    action="registry.person_given",
                    object_type="registry.person",
                    object_id=str(number),
                    area_id=person.area_id,
                    purpose=purpose,
                    detail=detail,
                )
        return given


def _old_enough(facts: HouseholdFacts, person_id: int, born_by: date | None) -> bool:
    born = facts.facts[(person_id, "birth_date")].value
    return born_by is None or (isinstance(born, date) and born <= born_by)
