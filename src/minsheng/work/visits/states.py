"""What is known of households today, as the score reads it; call it inside the viewer's scope."""

from collections.abc import Collection, Iterator
from datetime import date, datetime

from django.db.models import Q

from minsheng.foundation.accounts.types import Viewer
from minsheng.records.registry import queries as registry
from minsheng.records.registry.types import HouseholdFacts
from minsheng.work.eligibility.operations.evaluation import received_in
from minsheng.work.visits.rules.circumstances import INCOMES
from minsheng.work.visits.types import HouseholdState

FEW = 20  # households; more are read by one population query
ASSISTANCE = frozenset(
    {"minimum_living_allowance", "single_person_household", "destitute_support", "low_income_margin"}
)
PERSON_FACTS = (
    "relation",
    "birth_date",
    "dead",
    "resident",
    "disability_kind",
    "disability_grade",
    "severe_illness",
    "needs_long_term_care",
    "ability_level",
    "employment_status",
    "capable_supporter",
    "father_status",
    "mother_status",
    *INCOMES,
)
_KEYS = ("household_id", "person_id", "area_id")


def states_of(
    *,
    viewer: Viewer,
    at: datetime,
    on: date,
    household_ids: Collection[int] | None,
    known: HouseholdFacts | None = None,
) -> Iterator[HouseholdState]:
    """This function will yield the state of these households, or of all that the viewer sees, by household id."""
    within = Q() if household_ids is None else Q(household_id__in=list(household_ids))
    assisted = {key[1] for key in received_in(within=within, month=on.replace(day=1)) if key[0] in ASSISTANCE}
    if household_ids is not None and len(household_ids) <= FEW:
        for number in sorted(household_ids):
            found = known
            if found is None or found.household_id != number:
                found = registry.household_facts(viewer=viewer, household_id=number, as_of=on, known_at=at)
            if found is not None:
                yield HouseholdState(number, found.area_id, found.household, found.members, number in assisted)
        return
    persons, households = registry.population_facts(viewer=viewer, at=at, as_of=on, household_ids=household_ids)
    members: dict[int, list[dict[str, object]]] = {}
    for row in persons.select([*_KEYS, *PERSON_FACTS]).to_pylist():
        members.setdefault(row["household_id"], []).append({k: v for k, v in row.items() if v is not None})
    for number, area in zip(households["household_id"].to_pylist(), households["area_id"].to_pylist(), strict=True):
        yield HouseholdState(number, area, {}, tuple(members.get(number, ())), number in assisted)
