"""Counting an indicator on a day, by area and rolled up the tree, of what the transaction's viewer may see."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal

from minsheng.foundation.access.measures import counted, known_since
from minsheng.foundation.access.types import AreaRef
from minsheng.insight.cockpit.indicators.sources import LAW, MEASURES
from minsheng.insight.cockpit.types import Indicator, Ratio, Side


class UnableToMeasure(ValueError):
    """The indicator cannot be told of this day: says why, and what is known instead."""


def definition_digest(indicator: Indicator) -> str:
    """This function will return the SHA-256 of a definition, kept with every figure that it gave."""
    text = json.dumps(asdict(indicator), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def measured(indicator: Indicator, *, on: date, today: date, areas: Sequence[AreaRef]) -> dict[int, Ratio]:
    """This function will return the figure of every area down to the indicator's level; `areas` are the viewer's.

    Raises UnableToMeasure for an indicator that is entered, and for a day that a source cannot tell: nothing known of
    a day is not zero.
    """
    if not indicator.is_live:
        raise UnableToMeasure(f"“{indicator.label}”由{indicator.owner}填报，系统里没有可以算的数。")
    shown = [area for area in areas if area.depth <= indicator.level.depth]
    numerators = of_side(indicator.numerator, on=on, today=today, areas=areas)
    if indicator.denominator is None:
        return {area.id: Ratio(Decimal(numerators.get(area.id, 0))) for area in shown}
    denominators = of_side(indicator.denominator, on=on, today=today, areas=areas)
    return {
        area.id: Ratio(Decimal(numerators.get(area.id, 0)), Decimal(denominators.get(area.id, 0))) for area in shown
    }


def of_side(side: Side, *, on: date, today: date, areas: Sequence[AreaRef]) -> Mapping[int, int]:
    """This function will return one side of an indicator by area, each with everything inside of it."""
    if side.constant:
        return {area.id: side.constant for area in areas}
    if side.law:
        # The law holds everywhere alike: it is no sum over areas.
        number = LAW[side.law](on)
        return {area.id: number for area in areas}
    measure = MEASURES[side.measure]
    if not measure.past and on != today:
        raise UnableToMeasure(f"“{measure.label}”只能算当天的；以前的日子看每晚留下的数。")
    since = known_since(measure)
    if since is None:
        raise UnableToMeasure(f"还没有“{measure.label}”的数据。")
    if on < since:
        raise UnableToMeasure(f"“{measure.label}”从{since:%Y年%-m月%-d日}起才有数据，更早的日子不知道，不能当作零。")
    if on > today:
        raise UnableToMeasure("还没有到那一天。")
    return rolled_up(counted(measure, on=on, schemes=side.schemes), areas)


def rolled_up(by_area: Mapping[int, int], areas: Sequence[AreaRef]) -> dict[int, int]:
    """This function will add what lies inside of each area to it; areas outside of `areas` are left out."""
    sums = {area.id: by_area.get(area.id, 0) for area in areas}
    for area in sorted(areas, key=lambda area: -area.depth):
        if area.parent_id in sums:
            sums[area.parent_id] += sums[area.id]
    return sums
