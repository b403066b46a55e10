"""What a room lets upper floors count by area: a set of rows, so that a figure can always be opened down to its rows.

A measure is read inside a viewer's transaction, so row-level security decides which rows there are, for the figure and
for the rows alike.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import connection

from minsheng.foundation.access.context import BUSINESS_ZONE

Parameter = str | int | date | datetime | list[str] | list[int]


def _none(on: date) -> Mapping[str, Parameter]:
    return {}


@dataclass(frozen=True)
class Measure:
    """Rows that can be counted on a day.

    `rows`: SELECT area_id, household_id, person_id, amount, label (what it is called when it is no household), with
    the parameters %(on)s, %(until)s (the instant at which the day ends), %(first)s and %(next)s (its month, half-open),
    %(previous)s (the first of the month before), %(schemes)s and what `parameters` adds. `since`: SELECT of the first
    day of which it can speak, NULL while nothing is known; None: it can speak of any day. `past` False: only today's
    rows can be told, so an earlier day is answered by what was kept.
    """

    code: str
    label: str
    capability: str
    rows: str
    since: str | None
    aggregate: str = "count(*)"
    unit: str = "人"
    past: bool = True
    parameters: Callable[[date], Mapping[str, Parameter]] = _none


@dataclass(frozen=True)
class MeasuredRow:
    """One row behind a figure."""

    area_id: int
    household_id: int | None
    person_id: int | None
    amount: int | None
    label: str | None


def known_since(measure: Measure) -> date | None:
    """This function will return the first day of which the measure can speak; None: of none yet."""
    if measure.since is None:
        return date.min
    with connection.cursor() as cursor:
        cursor.execute(measure.since)
        row = cursor.fetchone()
    return row[0] if row else None


def counted(measure: Measure, *, on: date, schemes: Sequence[str] = ()) -> dict[int, int]:
    """This function will count a measure by area, of what the transaction's viewer may see; areas of none are out."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT area_id, ({measure.aggregate})::bigint FROM ({measure.rows}) counted GROUP BY area_id",
            _given(measure, on, schemes),
        )
        return {int(area): int(number) for area, number in cursor.fetchall()}


def rows_of(
    measure: Measure, *, on: date, area_ids: Sequence[int], schemes: Sequence[str] = (), limit: int, after: int = 0
) -> list[MeasuredRow]:
    """This function will return the rows behind a figure in some areas, the largest amount first."""
    given = _given(measure, on, schemes) | {"areas": list(area_ids), "limit": limit, "after": after}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT area_id, household_id, person_id, amount, label FROM ({measure.rows}) counted"
            " WHERE area_id = ANY(%(areas)s)"
            " ORDER BY amount DESC NULLS LAST, area_id, household_id, person_id, label"
            " LIMIT %(limit)s OFFSET %(after)s",
            given,
        )
        return [MeasuredRow(*row) for row in cursor.fetchall()]


def _given(measure: Measure, on: date, schemes: Sequence[str]) -> dict[str, Parameter]:
    first = on.replace(day=1)
    return {
        "on": on,
        "until": datetime.combine(on + timedelta(days=1), time(), BUSINESS_ZONE),
        "first": first,
        "next": (first + timedelta(days=32)).replace(day=1),
        "previous": (first - timedelta(days=1)).replace(day=1),
        "schemes": list(schemes),
        **measure.parameters(on),
    }
