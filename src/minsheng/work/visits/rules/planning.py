"""When a household is due for a visit. Pure."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from minsheng.work.visits.rules.scoring import star_by_points
from minsheng.work.visits.types import Rhythm, Score, Star, Weights


def rhythm_of(star: int, *, path: Iterable[int], rhythms: Iterable[Rhythm], weights: Weights, on: date) -> Star:
    """This function will return how often a star is visited in an area: the nearest setting in force, else the table.

    `path` is the area and those around it, the nearest first.
    """
    order = {area: place for place, area in enumerate(path)}
    held = [r for r in rhythms if r.star == star and r.area_id in order and r.valid_from <= on]
    table = next(rung for rung in weights.stars if rung.star == star)
    if not held:
        return table
    chosen = min(held, key=lambda r: (order[r.area_id], -r.valid_from.toordinal()))
    return Star(star, table.from_points, chosen.first_days, chosen.every_days)


def due_on(rung: Star, *, since: date, last_met: date | None, raised: bool, household_id: int) -> date:
    """This function will return the day by which a household is to be visited.

    After a visit, by the rhythm of its star. Before the first one: `raised` by something that happened, so many days
    from then; merely on the list, spread evenly over one round, so that no week has everybody.
    """
    first = since + timedelta(days=rung.first_days)
    if last_met is not None:
        routine = last_met + timedelta(days=rung.every_days)
        return min(routine, max(first, last_met + timedelta(days=1))) if raised and since > last_met else routine
    return first if raised else since + timedelta(days=1 + spread(household_id, rung.every_days))


def spread(household_id: int, days: int) -> int:
    """This function will return a number below `days` that is always the same for a household."""
    digest = hashlib.sha256(str(household_id).encode()).digest()
    return int.from_bytes(digest[:4], "big") % max(1, days)


def is_raised(found: Score, star: int, *, weights: Weights) -> bool:
    """This function will say whether a happening, not only who the household is, puts it on the list."""
    happened = any(one.since is not None and not one.settled for one in found.contributions)
    return happened and star_by_points(found.points, weights=weights) >= star > 0


def changed_settings(given: Mapping[int, tuple[int, int]]) -> str:
    """This function will say why a set of rhythms (star: first days, every days) cannot be; empty when it can."""
    for star, (first, every) in given.items():
        if not 1 <= first <= every <= 366:
            return f"{star} 星：首次天数要在 1 天以上，不超过间隔；间隔不超过 366 天。"
    ladder = [given[star][1] for star in sorted(given)]
    if ladder != sorted(ladder, reverse=True):
        return "星级越高，间隔要越短。请核对各级的天数。"
    return ""
