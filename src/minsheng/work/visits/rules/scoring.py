"""From what is known of a household to a score with reasons. Pure: it sees facts, happenings, the table and the day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from minsheng.work.visits.rules.circumstances import CIRCUMSTANCES, groups_of
from minsheng.work.visits.types import (
    Contribution,
    HouseholdState,
    Score,
    Signal,
    SignalKind,
    SignalWeight,
    Unknown,
    Weights,
)


@dataclass(frozen=True)
class Lasting:
    """What holds of a household on a day, and what is not known of it; happenings come on top."""

    contributions: tuple[Contribution, ...]
    unknown: tuple[Unknown, ...]
    groups: tuple[str, ...]


def lasting_of(state: HouseholdState, *, weights: Weights, on: date) -> Lasting:
    """This function will read the circumstances of a household."""
    found: list[Contribution] = []
    unknown: list[Unknown] = []
    for code, weight in weights.circumstances.items():
        answer = CIRCUMSTANCES[code](state, on, weight)
        if answer is True:
            found.append(Contribution(code, weight.dimension, weight.label, weight.points, source="facts"))
        elif answer is None:
            unknown.append(Unknown(code, weight.label, weight.question, weight.points))
    holding = frozenset(one.code for one in found)
    return Lasting(tuple(found), tuple(unknown), groups_of(state, on=on, holding=holding))


def score(
    state: HouseholdState, signals: Iterable[Signal], *, weights: Weights, on: date, fine_on: date | None = None
) -> Score:
    """This function will score one household on a day.

    Of several happenings of one kind the strongest counts. Those up to `fine_on`, the day of a visit that found
    everything in order, count in part. What is not known adds nothing to `points`, and all it could to `could_be`.
    """
    return add_up(lasting_of(state, weights=weights, on=on), signals, weights=weights, on=on, fine_on=fine_on)


def add_up(
    lasting: Lasting, signals: Iterable[Signal], *, weights: Weights, on: date, fine_on: date | None = None
) -> Score:
    """This function will add what happened to what lasts, as `score` does."""
    found, unknown = list(lasting.contributions), list(lasting.unknown)
    changes: list[date] = []
    strongest: dict[SignalKind, Contribution] = {}
    for signal in signals:
        weighed = weights.signals[signal.kind]
        one, change = _happening(signal, weighed, weights, on, fine_on)
        if change is not None:
            changes.append(change)
        if one is not None and (signal.kind not in strongest or _rank(one) > _rank(strongest[signal.kind])):
            strongest[signal.kind] = one
    for kind, one in strongest.items():
        found.append(one)
        if one.value is None and (more := _most(weights.signals[kind], weights, one) - one.points) > 0:
            weighed = weights.signals[kind]
            unknown.append(Unknown(kind.value, f"{weighed.label}是多少", weighed.question, more))
    points, across = total(_by_dimension(found), weights)
    worst = _by_dimension(found)
    for open_question in unknown:
        dimension = _dimension(open_question.code, weights)
        worst[dimension] = worst.get(dimension, 0) + open_question.most
    return Score(
        points=points,
        could_be=total(worst, weights)[0],
        across=across,
        contributions=tuple(sorted(found, key=lambda c: (-c.points, c.code))),
        unknown=tuple(sorted(unknown, key=lambda u: (-u.most, u.code))),
        groups=lasting.groups,
        next_change=min(changes, default=None),
    )


def total(by_dimension: Mapping[str, int], weights: Weights) -> tuple[int, int]:
    """This function will add the dimensions, each up to its cap, and what several at once add; (all, of that)."""
    capped = {name: min(points, weights.dimensions[name][1]) for name, points in by_dimension.items()}
    several = sum(points >= weights.across_from for points in capped.values())
    across = max(0, several - 1) * weights.across_bonus
    return sum(capped.values()) + across, across


def _happening(
    signal: Signal, weighed: SignalWeight, weights: Weights, on: date, fine_on: date | None
) -> tuple[Contribution | None, date | None]:
    """What a happening counts today, and the next day on which that changes."""
    if signal.happened_date > on:
        return None, signal.happened_date
    age = (on - signal.happened_date).days
    step = next(((days, share) for days, share in weighed.steps if age <= days), None)
    if step is None:
        return None, None
    until = signal.happened_date + timedelta(days=step[0] + 1)
    settled = fine_on is not None and signal.happened_date <= fine_on
    points = _tier(weighed, signal.value) * step[1] // 1000
    if settled:
        points = points * weights.settled_permille // 1000
    if points <= 0:
        return None, until
    return (
        Contribution(
            signal.kind.value,
            weighed.dimension,
            weighed.label,
            points,
            signal.source,
            signal.happened_date,
            until,
            signal.value,
            settled,
        ),
        until,
    )


def _tier(weighed: SignalWeight, value: int | None) -> int:
    """The points of a value; one that is not known is at least the lowest, one below the lowest tier is nothing."""
    if value is None:
        return weighed.tiers[0][1]
    return max((points for least, points in weighed.tiers if value >= least), default=0)


def _most(weighed: SignalWeight, weights: Weights, one: Contribution) -> int:
    """The points that a happening without a value would have if the value were the worst."""
    lowest, highest = weighed.tiers[0][1], weighed.tiers[-1][1]
    return one.points * highest // lowest if lowest else highest


def _by_dimension(found: Iterable[Contribution]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for one in found:
        sums[one.dimension] = sums.get(one.dimension, 0) + one.points
    return sums


def _dimension(code: str, weights: Weights) -> str:
    if code in weights.circumstances:
        return weights.circumstances[code].dimension
    return weights.signals[SignalKind(code)].dimension


def _rank(one: Contribution) -> tuple[int, date]:
    return one.points, one.since or date.min


def star_of(found: Score, *, weights: Weights) -> int:
    """This function will return the star level: by points, and at least that of every group; 0 is nobody's list."""
    by_points = star_by_points(found.points, weights=weights)
    return max([by_points, *(weights.groups[group].star for group in found.groups)])


def star_by_points(points: int, *, weights: Weights) -> int:
    """This function will return the star level that points alone give."""
    return next((rung.star for rung in weights.stars if points >= rung.from_points), 0)
