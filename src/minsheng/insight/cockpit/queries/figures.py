"""Figures as kept: the newest of an area, their history, those of the areas inside, with small cells hidden."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from minsheng.foundation.access.types import AreaRef
from minsheng.foundation.accounts.types import Viewer
from minsheng.insight.cockpit.models import Figure
from minsheng.insight.cockpit.types import Check, Indicator, Point, Ratio


@dataclass(frozen=True)
class Shown:
    """A figure as a viewer sees it; `hidden`: it is there, and too small to be told to this viewer."""

    on: date
    ratio: Ratio
    check: Check
    hidden: bool
    entry_id: int | None

    def value(self, indicator: Indicator) -> Decimal | None:
        """This method will return the value in the indicator's unit; None when hidden or without a denominator."""
        return None if self.hidden else self.ratio.value(indicator.scale)


def sees_small(viewer: Viewer) -> bool:
    """This function will say whether a viewer may see counts that could single a person out."""
    return viewer.can("registry.view_person")


def _shown(row: Figure, viewer: Viewer) -> Shown:
    hidden = row.small and not sees_small(viewer)
    return Shown(row.as_of, Ratio(row.numerator, row.denominator), Check(row.check_state), hidden, row.entry_id)


def newest(*, viewer: Viewer, area_id: int, indicators: Collection[str], until: date) -> dict[str, Shown]:
    """This function will return the newest figure of each indicator in one area, not later than a day."""
    rows = (
        Figure.objects.filter(area_id=area_id, indicator__in=list(indicators), as_of__lte=until)
        .order_by("indicator", "-as_of")
        .distinct("indicator")
    )
    return {row.indicator: _shown(row, viewer) for row in rows}


def newest_of_areas(*, viewer: Viewer, areas: Sequence[AreaRef], indicator: Indicator, until: date) -> dict[int, Shown]:
    """This function will return the newest figure of several areas."""
    rows = (
        Figure.objects.filter(area_id__in=[area.id for area in areas], indicator=indicator.code, as_of__lte=until)
        .order_by("area_id", "-as_of")
        .distinct("area_id")
    )
    return {row.area_id: _shown(row, viewer) for row in rows}


def newest_many(
    *, viewer: Viewer, areas: Sequence[AreaRef], indicators: Collection[str], until: date
) -> dict[str, dict[int, Shown]]:
    """This function will return the newest figures of several indicators in several areas (one statement)."""
    rows = (
        Figure.objects.filter(area_id__in=[area.id for area in areas], indicator__in=list(indicators), as_of__lte=until)
        .order_by("indicator", "area_id", "-as_of")
        .distinct("indicator", "area_id")
    )
    found: dict[str, dict[int, Shown]] = {}
    for row in rows:
        found.setdefault(row.indicator, {})[row.area_id] = _shown(row, viewer)
    return found


def history(*, viewer: Viewer, area_id: int, indicator: Indicator, until: date) -> list[Point]:
    """This function will return the kept values of an indicator in an area, the oldest first, hidden ones left out."""
    points = []
    rows = Figure.objects.filter(area_id=area_id, indicator=indicator.code, as_of__lte=until).order_by("as_of")
    for row in rows:
        shown = _shown(row, viewer)
        value = shown.value(indicator)
        if value is not None:
            source = f"{indicator.owner}填报" if row.entry_id else "系统计算"
            points.append(Point(row.as_of, value, shown.check, source))
    return points


def inside_of(areas: Iterable[AreaRef], top: AreaRef) -> list[AreaRef]:
    """This function will return the areas directly inside of an area."""
    return [area for area in areas if area.parent_id == top.id]
