"""The greatest value of a figure whose cost stays within a budget, by bisection over its steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Probe:
    """One value that was tried and what it costs, in fen."""

    value: int
    cost_fen: int


@dataclass(frozen=True)
class Ceiling:
    """The answer. `value` None: even the cheapest end is above the budget, or cost does not follow the figure.

    `rising`: a greater value costs more (then `value` is the greatest that fits, else the least). `monotone` is False
    as soon as any two of the tried values contradict each other; then a bisection proves nothing and none is given.
    """

    value: int | None
    cost_fen: int | None
    beyond: Probe | None  # the next step, which is above the budget
    rising: bool
    monotone: bool
    probes: tuple[Probe, ...]


def budget_ceiling(cost: Callable[[int], int], low: int, high: int, step: int, budget_fen: int) -> Ceiling:
    """This function will search low, low + step, … up to high; each value is tried once, about log2 of their count.

    `cost` must return fen for a value. The values between two tried ones are not looked at.
    """
    if step <= 0 or high < low:
        raise ValueError(f"no steps of {step} from {low} to {high}")
    tried: dict[int, int] = {}

    def at(place: int) -> int:
        value = low + place * step
        if value not in tried:
            tried[value] = cost(value)
        return tried[value]

    last = (high - low) // step
    rising = at(0) <= at(last)

    def place(number: int) -> int:
        """Places are counted from the cheap end, so that the search is the same for a rising and a falling cost."""
        return number if rising else last - number

    fits, exceeds = -1, last + 1
    if at(place(0)) <= budget_fen:
        fits = 0
        if at(place(last)) <= budget_fen:
            fits = last
        else:
            exceeds = last
            while exceeds - fits > 1:
                middle = (fits + exceeds) // 2
                if at(place(middle)) <= budget_fen:
                    fits = middle
                else:
                    exceeds = middle
    else:
        exceeds = 0
    probes = tuple(Probe(value, tried[value]) for value in sorted(tried))
    costs = [probe.cost_fen for probe in probes]
    monotone = costs == sorted(costs, reverse=not rising)

    def probe(number: int) -> Probe | None:
        value = low + place(number) * step
        return Probe(value, tried[value]) if 0 <= number <= last else None

    best = probe(fits) if monotone else None
    return Ceiling(
        best.value if best else None,
        best.cost_fen if best else None,
        probe(exceeds) if monotone else None,
        rising,
        monotone,
        probes,
    )
