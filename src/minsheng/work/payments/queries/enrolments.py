"""Who is enrolled in which scheme on a day: for those who may know that somebody receives, but not how it is paid."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from minsheng.foundation.accounts.types import Viewer
from minsheng.work.eligibility.queries.standing import scheme_titles
from minsheng.work.payments.models import Amount, Grant


@dataclass(frozen=True)
class Enrolment:
    """One running grant; `person_id` None is the household's own. `amount_fen` None: no amount on the day."""

    scheme: str
    title: str
    household_id: int
    person_id: int | None
    since_date: date
    until_date: date | None
    amount_fen: int | None


def enrolments_of(*, viewer: Viewer, household_ids: Collection[int], on: date) -> list[Enrolment]:
    """This function will return the grants that run on a day in these households, as far as the viewer may see."""
    grants = list(_running(on).filter(household_id__in=list(household_ids)).order_by("id"))
    amounts = (
        Amount.objects.filter(grant__in=grants, valid_from__lte=on)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on))
        .order_by("valid_from", "id")
    )
    fen = dict(amounts.values_list("grant_id", "amount_fen"))
    titles = scheme_titles()
    return [
        Enrolment(
            one.scheme,
            titles.get(one.scheme, one.scheme),
            one.household_id,
            one.person_id,
            one.first_month,
            one.end_month,
            fen.get(one.pk),
        )
        for one in grants
    ]


def enrolled_in(*, viewer: Viewer, schemes: Collection[str], on: date) -> tuple[set[int], set[int]]:
    """This function will return the people with a grant of their own and the households with one, on a day."""
    people: set[int] = set()
    households: set[int] = set()
    rows = _running(on).filter(scheme__in=list(schemes)).values_list("person_id", "household_id")
    for person_id, household_id in rows:
        if person_id is None:
            households.add(household_id)
        else:
            people.add(person_id)
    return people, households


def subject_of_grant(*, viewer: Viewer, grant_id: int) -> tuple[int, int | None] | None:
    """This function will return household and person (None: the whole household) of a grant; None for a stranger's."""
    found: tuple[int, int | None] | None = (
        Grant.objects.filter(pk=grant_id).values_list("household_id", "person_id").first()
    )
    return found


def _running(on: date) -> QuerySet[Grant]:
    return Grant.objects.filter(first_month__lte=on).filter(Q(end_month__isnull=True) | Q(end_month__gt=on))
