"""Poverty gap and inequality in whole numbers: every answer is an exact ratio, or None where nobody is known.

A household has a yearly income in fen, and heads over whom it is spread; each head counts once.

    per head and month   y = income / (12 · heads), a line z in fen per head and month
    FGT(a)               Σ heads · (1 − y/z)^a over the poor (y < z), divided by all heads     (a = 0, 1, 2)
    Gini                 Σ income · (2 · heads before + own heads) / (all heads · all income) − 1, the poorest first

FGT(0) is the share of the poor, FGT(1) the mean gap, FGT(2) weighs the deepest most (Foster, Greer, Thorbecke 1984).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]
MONTHS = 12
LARGEST = int(np.iinfo(np.int64).max)
PART = 20  # bits of an income that are summed at a time


@dataclass(frozen=True)
class Poverty:
    """Shares of heads; None for nobody. `gap_fen` is what all the poor lack to the line, in fen per month (exact)."""

    poor: int
    heads: int
    rate: Fraction | None
    gap: Fraction | None
    severity: Fraction | None
    gap_fen: Fraction


def poverty(income: Whole, heads: Whole, line_fen: int) -> Poverty:
    """This function will return FGT 0, 1 and 2 for a line in fen per head and month (must be positive)."""
    if line_fen <= 0:
        raise ValueError(f"the poverty line is {line_fen} fen; it must be positive")
    lacking = MONTHS * line_fen * heads - income
    below = lacking > 0
    lacking, of = lacking[below], heads[below]
    everybody, poor = int(heads.sum()), int(of.sum())
    lack = sum(lacking.tolist())
    squares: Fraction = Fraction(0)
    for size in np.unique(of).tolist():
        squares += Fraction(sum(value * value for value in lacking[of == size].tolist()), size)
    whole = MONTHS * line_fen
    if everybody == 0:
        return Poverty(0, 0, None, None, None, Fraction(0))
    return Poverty(
        poor=poor,
        heads=everybody,
        rate=Fraction(poor, everybody),
        gap=Fraction(lack, whole * everybody),
        severity=squares / (whole * whole * everybody),
        gap_fen=Fraction(lack, MONTHS),
    )


def gini(income: Whole, heads: Whole) -> Fraction | None:
    """This function will return the Gini coefficient of income per head; None for nobody or no income at all.

    Incomes must not be negative: then a Gini could exceed one and would mean nothing.
    """
    if len(income) and int(income.min()) < 0:
        raise ValueError("a household has a negative income; a Gini coefficient of it has no meaning")
    everybody, total = int(heads.sum()), _sum(income, np.ones_like(income))
    if everybody == 0 or total == 0:
        return None
    order = _by_income_per_head(income, heads)
    rich, own = income[order], heads[order]
    before = np.cumsum(own) - own
    return Fraction(_sum(rich, 2 * before + own), everybody * total) - 1


def _by_income_per_head(income: Whole, heads: Whole) -> NDArray[np.intp]:
    common = math.lcm(*np.unique(heads).tolist())
    if int(income.max()) * common <= LARGEST:
        return np.argsort(income * (common // heads), kind="stable")
    exact = sorted(range(len(income)), key=lambda i: Fraction(int(income[i]), int(heads[i])))
    return np.array(exact, dtype=np.intp)


def _sum(values: Whole, weights: Whole) -> int:
    """Σ values · weights without overflow: the values are cut into parts of 20 bits."""
    if not len(values):
        return 0
    total, shift, rest = 0, 0, values
    if (1 << PART) * int(weights.max()) * len(values) > LARGEST:
        return sum(v * w for v, w in zip(values.tolist(), weights.tolist(), strict=True))
    while int(rest.max()) > 0:
        total += int(np.dot(rest & ((1 << PART) - 1), weights)) << shift
        rest, shift = rest >> PART, shift + PART
    return total
