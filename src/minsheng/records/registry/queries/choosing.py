"""People and households that answer a question about many: chosen by criteria, sorted, and never more than a limit."""

from collections.abc import Callable, Collection
from datetime import date
from typing import Any

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.sealing import operations as sealing
from minsheng.records.registry.criteria import Column, Criterion, Either, Every, Neither, Operator, Sorting, Test
from minsheng.records.registry.models import Membership, Person
from minsheng.records.registry.queries.resolving import cluster
from minsheng.records.registry.queries.search import records_with_number
from minsheng.records.registry.sealed_columns import ID_NUMBER
from minsheng.records.registry.types import MembershipKind

_LOOKUPS = {Operator.GT: "gt", Operator.LT: "lt", Operator.GE: "gte", Operator.LE: "lte", Operator.EQ: "exact"}


def person_with_number(*, viewer: Viewer, number: str) -> int | None:
    """This function will return the standing record with this id number among those the viewer may see, or None."""
    try:
        index = sealing.blind_index(context=ID_NUMBER, value=number)
    except sealing.UnableToIndex:
        return None
    found = records_with_number(index)
    return next(iter(cluster(found).values()), None) if found else None


def birth_dates_of(*, viewer: Viewer, person_ids: Collection[int]) -> dict[int, date | None]:
    """This function will return the birth dates on the rows of these people, as far as the viewer may see them."""
    return dict(Person.objects.filter(pk__in=list(person_ids)).values_list("id", "birth_date"))


def people_chosen(
    *, viewer: Viewer, where: Criterion, on: date, most: int, sort: tuple[Sorting, bool] | None = None
) -> list[int]:
    """This function will return up to `most` + 1 standing records that satisfy the criterion.

    `sort` is what by and whether downwards; without it they come in the order of their ids. One more than `most`
    tells the caller that there are too many.
    """
    rows = _people(where, on)
    order = _order(sort, lambda column: F(column))
    return list(rows.order_by(*order, "id").values_list("id", flat=True)[: most + 1])


def households_chosen(
    *, viewer: Viewer, where: Criterion, on: date, most: int, sort: tuple[Sorting, bool] | None = None
) -> list[int]:
    """This function will return up to `most` + 1 households in which somebody who satisfies the criterion is at home.

    Sorted by the earliest date among those who do.
    """
    seats = _seats_on(on).filter(person_id__in=_people(where, on).values("id"))
    residence = _seats_on(on).filter(person_id=OuterRef("person_id"), kind=MembershipKind.RESIDENCE)
    homes = seats.filter(Q(kind=MembershipKind.RESIDENCE) | ~Exists(residence)).values("household_id")
    homes = homes.annotate(earliest=Min(f"person__{sort[0]}")) if sort is not None else homes.distinct()
    order = _order(sort, lambda column: F("earliest"))
    return [row["household_id"] for row in homes.order_by(*order, "household_id")[: most + 1]]


def _order(sort: tuple[Sorting, bool] | None, column_of: Callable[[str], F]) -> list[Any]:
    if sort is None:
        return []
    column = column_of(sort[0].value)
    return [column.desc(nulls_last=True) if sort[1] else column.asc(nulls_last=True)]


def _seats_on(on: date) -> QuerySet[Membership]:
    return Membership.objects.filter(valid_from__lte=on).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on))


def _people(where: Criterion, on: date) -> QuerySet[Person]:
    return Person.objects.filter(_condition(where, on, wanted=True), merged_into__isnull=True)


def _condition(where: Criterion, on: date, *, wanted: bool) -> Q:
    """Negation is pushed down to the tests, so that what is not known satisfies neither a test nor its contrary."""
    if isinstance(where, Neither):
        return _condition(where.part, on, wanted=not wanted)
    if isinstance(where, Every | Either):
        parts = [_condition(part, on, wanted=wanted) for part in where.parts]
        conjunction = isinstance(where, Every) is wanted
        if not parts:
            return Q() if conjunction else Q(pk__in=[])
        joined = parts[0]
        for part in parts[1:]:
            joined = joined & part if conjunction else joined | part
        return joined
    return _test(where, on, wanted=wanted)


def _test(test: Test, on: date, *, wanted: bool) -> Q:
    if test.column is Column.HOUSEHOLD:
        values: Any = test.value if isinstance(test.value, tuple) else (test.value,)
        inside = Q(pk__in=_seats_on(on).filter(household_id__in=values).values("person_id"))
        return inside if wanted else ~inside
    if test.operator is Operator.IN:
        values = test.value if isinstance(test.value, tuple) else (test.value,)
        held = Q(**{f"{test.column}__in": values})
    else:
        held = Q(**{f"{test.column}__{_LOOKUPS[test.operator]}": test.value})
    if wanted:
        return held
    return ~held & Q(**{f"{test.column.removesuffix('__date')}__isnull": False})
