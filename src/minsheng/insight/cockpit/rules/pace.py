"""Pace against a target and forecast: a straight line by least squares, with what chance alone could make of it.

Days are ordinals, values are in the indicator's unit. Nothing here decides anything about a person or money, so
floating point is enough; what is shown is rounded.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from minsheng.insight.cockpit.types import Good

FEWEST_FOR_A_LINE, FEWEST_FOR_AN_INTERVAL = 2, 4
FARTHEST_YEARS = 30  # beyond it a date says nothing
# Student's t, 80 % two-sided, by degrees of freedom (NIST/SEMATECH e-Handbook, table 1.3.6.7.2, column 0.90).
_T80 = (3.078, 1.886, 1.638, 1.533, 1.476, 1.440, 1.415, 1.397, 1.383, 1.372, 1.363, 1.356, 1.350, 1.345, 1.341, 1.337,
        1.333, 1.330, 1.328, 1.325, 1.323, 1.321, 1.319, 1.318, 1.316, 1.315, 1.314, 1.313, 1.311, 1.310)  # fmt: skip
_T80_MANY = 1.282


ValueOn = Callable[[date], float]


class Standing(StrEnum):
    """Where an indicator stands against its target."""

    REACHED = "reached"
    ON_TRACK = "on_track"
    BEHIND = "behind"
    OVERDUE = "overdue"
    NO_TARGET = "no_target"
    NO_DATA = "no_data"

    @property
    def label(self) -> str:
        return {
            "reached": "已达到",
            "on_track": "按进度",
            "behind": "落后于进度",
            "overdue": "到期没有达到",
            "no_target": "规划没有定数",
            "no_data": "还没有数据",
        }[self.value]

    @property
    def is_late(self) -> bool:
        return self in (Standing.BEHIND, Standing.OVERDUE)


def reaches(value: float, target: float, good: Good) -> bool:
    """This function will say whether a value is at the target or better."""
    return value >= target if good is Good.UP else value <= target


def expected_on(*, day: date, start: tuple[date, float], target: float, deadline: date) -> float:
    """This function will return where a straight way from the start to the target stands on a day; never beyond it."""
    begun, first = start
    if day >= deadline or deadline <= begun:
        return target
    share = max(0.0, (day - begun).days / (deadline - begun).days)
    return first + (target - first) * share


def standing(
    *, now: tuple[date, float] | None, start: tuple[date, float] | None, target: float | None, deadline: date | None,
    today: date, good: Good,
) -> Standing:  # fmt: skip
    """This function will say where an indicator stands. Without a start no way can be drawn: only the end counts."""
    if now is None:
        return Standing.NO_DATA
    if target is None:
        return Standing.NO_TARGET
    if reaches(now[1], target, good):
        return Standing.REACHED
    if deadline is not None and today > deadline:
        return Standing.OVERDUE
    if start is None or deadline is None:
        return Standing.BEHIND if deadline is None else Standing.ON_TRACK
    wanted = expected_on(day=now[0], start=start, target=target, deadline=deadline)
    return Standing.ON_TRACK if reaches(now[1], wanted, good) else Standing.BEHIND


@dataclass(frozen=True)
class Line:
    """A fitted line: value = level + slope × (day − middle); `spread` None: too few points to say how sure it is."""

    middle: float
    level: float
    slope: float
    points: int
    square_sum: float
    spread: float | None

    def at(self, day: date) -> float:
        """This method will return the value of the line on a day."""
        return self.level + self.slope * (day.toordinal() - self.middle)

    def interval(self, day: date) -> tuple[float, float] | None:
        """This method will return where a new value on a day lies with a chance of 80 %; None without a spread."""
        if self.spread is None:
            return None
        away = day.toordinal() - self.middle
        half = self._t * self.spread * math.sqrt(1 + 1 / self.points + away * away / self.square_sum)
        return self.at(day) - half, self.at(day) + half

    @property
    def _t(self) -> float:
        freedom = self.points - 2
        return _T80[freedom - 1] if freedom <= len(_T80) else _T80_MANY


def fit(points: Sequence[tuple[date, float]]) -> Line | None:
    """This function will fit a line by least squares; None when the points do not lie on two different days."""
    days = [day.toordinal() for day, _ in points]
    if len(points) < FEWEST_FOR_A_LINE or len(set(days)) < FEWEST_FOR_A_LINE:
        return None
    values = [value for _, value in points]
    middle, level = math.fsum(days) / len(days), math.fsum(values) / len(values)
    square_sum = math.fsum((day - middle) ** 2 for day in days)
    slope = math.fsum((d - middle) * (v - level) for d, v in zip(days, values, strict=True)) / square_sum
    spread = None
    if len(points) >= FEWEST_FOR_AN_INTERVAL:
        rest = math.fsum((v - level - slope * (d - middle)) ** 2 for d, v in zip(days, values, strict=True))
        spread = math.sqrt(rest / (len(points) - 2))
    return Line(middle, level, slope, len(points), square_sum, spread)


@dataclass(frozen=True)
class Forecast:
    """What the line says of the target. Dates are None where the target is not reached within `FARTHEST_YEARS`."""

    line: Line
    at_deadline: float | None
    interval: tuple[float, float] | None
    reached_on: date | None
    earliest: date | None
    latest: date | None


def forecast(
    *, points: Sequence[tuple[date, float]], target: float | None, deadline: date | None, today: date, good: Good
) -> Forecast | None:
    """This function will carry the line on: value at the deadline, and the earliest and latest day of reaching."""
    line = fit(points)
    if line is None:
        return None
    at_deadline = line.at(deadline) if deadline else None
    interval = line.interval(deadline) if deadline else None
    if target is None:
        return Forecast(line, at_deadline, interval, None, None, None)
    sign = 1 if good is Good.UP else -1

    def first_day(value_on: ValueOn) -> date | None:
        return _first_day(value_on, target=target, today=today, sign=sign)

    reached = first_day(line.at)
    if line.spread is None:
        return Forecast(line, at_deadline, interval, reached, None, None)
    better, worse = (1, 0) if good is Good.UP else (0, 1)
    earliest = first_day(lambda day: _side(line, day, better))
    latest = first_day(lambda day: _side(line, day, worse))
    return Forecast(line, at_deadline, interval, reached, earliest, latest)


def _side(line: Line, day: date, side: int) -> float:
    both = line.interval(day)
    assert both is not None, "asked only of a line with a spread"
    return both[side]


def _first_day(value_on: ValueOn, *, target: float, today: date, sign: int) -> date | None:
    """The first day from today on when the curve is at the target or beyond; curves bend once, so months, then days."""
    last = today + timedelta(days=365 * FARTHEST_YEARS)
    day = today
    while day <= last:
        if sign * (value_on(day) - target) >= 0:
            while day > today and sign * (value_on(day - timedelta(days=1)) - target) >= 0:
                day -= timedelta(days=1)
            return day
        day += timedelta(days=30)
    return None


def what_if(*, now: tuple[date, float], target: float, a_year: float, good: Good) -> date | None:
    """This function will return the day on which the target is reached at a steady pace of so much a year, or None."""
    if reaches(now[1], target, good):
        return now[0]
    if a_year == 0 or (a_year > 0) is not (target > now[1]):
        return None
    days = math.ceil((target - now[1]) / a_year * 365.25)
    return now[0] + timedelta(days=days) if days <= 365 * FARTHEST_YEARS else None


def needed_a_year(*, now: tuple[date, float], target: float, deadline: date) -> float | None:
    """This function will return the pace a year that would still reach the target in time; None when it is past."""
    left = (deadline - now[0]).days
    return (target - now[1]) / left * 365.25 if left > 0 else None


def target_warnings(
    *, first: tuple[date, float] | None, start: tuple[date, float] | None, target: float | None, deadline: date | None,
    good: Good, is_capped: bool,
) -> list[str]:  # fmt: skip
    """This function will doubt a target: met on the day it was set, below it, or asking far less than was done before.

    `first`: an earlier value than the start. A share that is at 100 % cannot rise, so it is no weak target.
    """
    if start is None or target is None:
        return []
    if is_capped and target >= 100 and start[1] >= 100:
        return ["定目标时已经是 100%，这个目标只是守住，不说明进步。"]
    if start[1] == target:
        return ["目标和基期数一样：定下那天就已经达到。"]
    if reaches(start[1], target, good):
        return ["目标比基期数还低：定下那天就已经超过。"]
    if first is None or deadline is None or first[0] >= start[0] or deadline <= start[0]:
        return []
    before = (start[1] - first[1]) / (start[0] - first[0]).days
    asked = (target - start[1]) / (deadline - start[0]).days
    sign = 1 if good is Good.UP else -1
    if sign * before > 0 and asked * sign < before * sign / 4 and not is_capped:
        return ["目标太弱：要求的速度不到以前的四分之一。"]
    return []
