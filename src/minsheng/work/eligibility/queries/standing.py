"""What payments asks of the rules: the standard of a month, what is payable now, and what was due month by month."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q

from minsheng.foundation.accounts.types import Viewer
from minsheng.records.registry import queries as registry
from minsheng.work.eligibility.law import book, law_on
from minsheng.work.eligibility.models import Result
from minsheng.work.eligibility.population import Case, outcomes_of_case
from minsheng.work.eligibility.types import Key, Status

STANDARD = "household.standard"


def standard_fen(month: date) -> int:
    """This function will return the 低保 standard in force in a month, in fen per person."""
    return int(law_on(month).numbers[STANDARD].value)


def scheme_titles() -> dict[str, str]:
    """This function will return the Chinese title of every scheme in the book, by code."""
    return {code: scheme.title for code, scheme in book().schemes.items()}


def payable_on(*, month: date) -> dict[Key, int]:
    """This function will return what the stored results say is payable in a month, in fen, of whoever is entitled.

    Keys are (scheme, household, person or None). Only what the transaction's viewer may see.
    """
    rows = (
        Result.objects.filter(status=Status.ENTITLED.value, payable_fen__isnull=False, valid_from__lte=month)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=month))
        .values_list("scheme", "household_id", "person_id", "payable_fen")
    )
    return {(scheme, household, person): fen or 0 for scheme, household, person, fen in rows.iterator(20_000)}


def due_by_month(
    *, viewer: Viewer, household_id: int, key: tuple[str, int | None], months: Iterable[date], known_at: datetime
) -> dict[date, int | None]:
    """This function will work out what was due in each month by the facts known at `known_at`, in fen.

    `key` is (scheme, person or None). 0: not entitled. None: a datum is missing, so nobody can say. A household that
    is gone from the viewer's areas is None in every month.
    """
    scheme, person_id = key
    due: dict[date, int | None] = {}
    for month in months:
        found = registry.household_facts(viewer=viewer, household_id=household_id, as_of=month, known_at=known_at)
        if found is None:
            due[month] = None
            continue
        if not found.members:
            due[month] = 0
            continue
        case = Case(household_id, found.area_id, found.household, found.members)
        outcome = outcomes_of_case(law=law_on(month), as_of=month, case=case).get((scheme, household_id, person_id))
        if outcome is None:
            due[month] = 0
        else:
            due[month] = outcome.payable_fen if outcome.status is Status.ENTITLED else None
    return due
