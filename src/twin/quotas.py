"""Exact shares: the arithmetic that lets the district meet its margins instead of only tending towards them.

Everything here is a pure function of its arguments and the generator handed in.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Column = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


class UnableToClaim(ValueError):
    """More persons are wanted for a family role than the pool still holds."""


def largest_remainder(shares: Floats, total: int) -> Ints:
    """This function will split `total` units over cells in proportion to `shares`, exactly and without chance.

    `shares` may have any shape and any positive sum. Ties go to the earlier cell.
    """
    flat = np.asarray(shares, dtype=np.float64).ravel()
    exact = flat / flat.sum() * total
    whole = np.floor(exact).astype(np.int64)
    rest = int(total - whole.sum())
    order = np.argsort(-(exact - whole), kind="stable")
    whole[order[:rest]] += 1
    return np.asarray(whole.reshape(np.shape(shares)))


def rake(seed: Floats, rows: Floats, columns: Floats, rounds: int = 200) -> Floats:
    """This function will fit a table to its two margins (iterative proportional fitting), whose sums are equal."""
    table = np.array(seed, dtype=np.float64)
    for _ in range(rounds):
        table *= (rows / np.maximum(table.sum(axis=1), 1e-300))[:, None]
        table *= columns / np.maximum(table.sum(axis=0), 1e-300)
    return table


def tilt_to_mean(shares: Floats, values: Floats, mean: float) -> Floats:
    """This function will bend a distribution exponentially until it has the wanted mean (least change of shape)."""
    low, high = -5.0, 5.0
    for _ in range(200):
        middle = (low + high) / 2
        bent = shares * np.exp(middle * values)
        bent /= bent.sum()
        if float((bent * values).sum()) < mean:
            low = middle
        else:
            high = middle
    return bent


def systematic(rng: np.random.Generator, weight: Floats, total: int) -> Bools:
    """This function will pick exactly `total` items with inclusion chances proportional to `weight` (capped at 1).

    Items that stand next to each other share their luck, so the picks follow the order of the items evenly:
    sort the items by age and the picked ages follow the weights to within one person.
    """
    chance = np.asarray(weight, dtype=np.float64).copy()
    available = int(np.count_nonzero(chance > 0))
    total = min(total, available)
    if total <= 0:
        return np.zeros(len(chance), dtype=bool)
    for _ in range(100):
        certain = chance >= 1.0
        room = total - int(certain.sum())
        free = chance[~certain].sum()
        if room <= 0 or free <= 0:
            break
        chance[certain] = 1.0
        chance[~certain] *= room / free
        if not (chance[~certain] > 1.0).any():
            break
        chance = np.minimum(chance, 1.0)
    running = np.cumsum(chance)
    running *= total / running[-1]
    step = np.floor(running + rng.random() * 0.999999).astype(np.int64)
    picked = np.diff(step, prepend=0) > 0
    missing = total - int(picked.sum())
    if missing > 0:
        spare = np.flatnonzero(~picked & (weight > 0))
        picked[spare[np.argsort(-weight[spare], kind="stable")[:missing]]] = True
    elif missing < 0:
        taken = np.flatnonzero(picked)
        picked[taken[:-missing]] = False
    return picked


def lottery(rng: np.random.Generator, weight: Floats, total: int) -> Ints:
    """This function will draw `total` distinct items, heavier ones more often; returns their sorted positions."""
    weight = np.asarray(weight, dtype=np.float64)
    total = min(total, int(np.count_nonzero(weight > 0)))
    if total <= 0:
        return np.empty(0, dtype=np.int64)
    with np.errstate(divide="ignore"):
        key = np.log(weight) - np.log(-np.log(rng.random(len(weight)).clip(1e-12, 1 - 1e-12)))
    return np.sort(np.argpartition(-key, total - 1)[:total]).astype(np.int64)


def claim(age: Floats, candidates: Ints, wanted: Floats) -> Ints:
    """This function will give each wanted age its own candidate, as near in age as the others allow.

    `age` holds the age in years of everybody, `candidates` the positions that may be taken.
    The answer is aligned with `wanted`; no candidate is given twice; the order of ages is kept, so nobody is
    pushed far. Raises UnableToClaim when there are fewer candidates than wishes.
    """
    n, m = len(wanted), len(candidates)
    if n == 0:
        return np.empty(0, dtype=np.int64)
    if n > m:
        raise UnableToClaim(f"{n} persons are wanted for a role but only {m} are left; generate a larger district.")
    by_age = candidates[np.argsort(age[candidates], kind="stable")]
    order = np.argsort(wanted, kind="stable")
    place = np.arange(n)
    first = np.searchsorted(age[by_age], wanted[order])
    # Positions must rise by one at least; what overflows at the old end is pressed back.
    slot = np.minimum(np.maximum.accumulate(first - place) + place, m - n + place)
    answer = np.empty(n, dtype=np.int64)
    answer[order] = by_age[slot]
    return answer


def within(rng: np.random.Generator, group: Ints, counts: Ints, score: Floats) -> Bools:
    """This function will mark, in every group g, exactly `counts[g]` members: those with the highest score."""
    order = np.lexsort((-score, group))
    sizes = np.bincount(group, minlength=len(counts))
    starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    rank = np.arange(len(group)) - starts[group[order]]
    marked = np.zeros(len(group), dtype=bool)
    marked[order] = rank < counts[group[order]]
    return marked
