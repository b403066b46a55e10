"""From a figure down to its rows: who is in it, under the viewer's own rights, and the look is on record."""

from dataclasses import dataclass
from datetime import date, datetime

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.measures import MeasuredRow, rows_of
from minsheng.foundation.access.queries import areas_inside
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.insight.cockpit.indicators.language import book
from minsheng.insight.cockpit.indicators.sources import MEASURES
from minsheng.insight.cockpit.types import Side
from minsheng.records.registry.days import business_day
from minsheng.records.registry.queries import person_names
from minsheng.records.registry.queries.whereabouts import doors_of

PARTS = ("numerator", "denominator", "gap")
PAGE = 50


class UnableToOpenRows(ValueError):
    """The rows cannot be shown: says why and where to look instead."""


@dataclass(frozen=True)
class Row:
    """One row behind a figure; names come masked from the page."""

    place: str
    name: str
    address: str
    household_id: int | None
    person_id: int | None
    amount: int | None


@dataclass(frozen=True)
class Rows:
    """One page of the rows behind a figure, with what is counted and how many there are on this page and after."""

    label: str
    unit: str
    on: date
    rows: tuple[Row, ...]
    more: bool


def open_rows(
    *, actor: Viewer, at: datetime, indicator: str, part: str, area_code: str, on: date | None = None, after: int = 0
) -> Rows:
    """This function will return the rows behind one side of an indicator in an area, and record the look.

    Rows of people need `registry.view_person` and the right of the room that they come from; else UnableToOpenRows.
    """
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="cockpit.view")
        defined = book().indicators.get(indicator)
        side = _side(defined.numerator, defined.denominator, defined.gap, part) if defined else None
        if defined is None or side is None or not side.measure:
            raise UnableToOpenRows("这个数没有可以逐条看的名单。")
        measure = MEASURES[side.measure]
        if not actor.can(measure.capability) or (defined.people and not actor.can("registry.view_person")):
            raise UnableToOpenRows(f"“{measure.label}”的名单要有相应岗位才能看；可以看各{defined.level.label}的数。")
        areas = areas_inside(viewer=actor)
        top = next((area for area in areas if area.code == area_code), None)
        if top is None:
            raise UnableToOpenRows("没有这个区域，或者不在负责的区域。")
        today = business_day(at)
        day = on or today
        if not measure.past and day != today:
            raise UnableToOpenRows(f"“{measure.label}”只能看当天的名单。")
        inside: set[int] = {top.id}
        for area in sorted(areas, key=lambda area: area.depth):
            if area.parent_id in inside:
                inside.add(area.id)
        found = rows_of(
            measure, on=day, area_ids=sorted(inside), schemes=side.schemes, limit=PAGE + 1, after=max(0, after)
        )
        shown = found[:PAGE]
        names = {area.id: area.name for area in areas}
        rows = _named(shown, names, day)
        audit.record(
            actor=actor,
            at=at,
            action="cockpit.rows_opened",
            object_type="cockpit.indicator",
            object_id=indicator,
            area_id=top.id,
            detail={"part": part, "on": day.isoformat(), "rows": len(shown), "after": after},
        )
    return Rows(measure.label, measure.unit, day, rows, len(found) > PAGE)


def _side(numerator: Side, denominator: Side | None, gap: Side | None, part: str) -> Side | None:
    return {"numerator": numerator, "denominator": denominator, "gap": gap}.get(part)


def _named(rows: list[MeasuredRow], places: dict[int, str], day: date) -> tuple[Row, ...]:
    households = {row.household_id for row in rows if row.household_id is not None}
    people = {row.person_id for row in rows if row.person_id is not None}
    doors = doors_of(household_ids=households, on=day)
    names = person_names(person_ids=people) if people else {}
    made = []
    for row in rows:
        door = doors.get(row.household_id or 0)
        name = row.label or names.get(row.person_id or 0) or (door.head_name if door else "")
        address = door.address if door else ""
        made.append(Row(places.get(row.area_id, ""), name, address, row.household_id, row.person_id, row.amount))
    return tuple(made)
