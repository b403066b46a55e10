"""What a reform does to a population: cost, who gains and loses, coverage, poverty and inequality. Whole numbers only.

Amounts are fen after stacking. Only what is paid by the month is added up across schemes; one scheme's own figure is in
its own period. A row whose amount is not known is counted as such and never as nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from rulebook.inequality import MONTHS, Poverty, gini, poverty
from rulebook.snapshot import UNKNOWN, Flags, Measured, Outcomes, Snapshot, Whole
from rulebook.units import Period

BANDS_FEN = (5_000, 10_000, 30_000, 50_000, 100_000)  # upper ends of the bands of gains and losses, in fen per month


@dataclass(frozen=True)
class Tally:
    """What one scheme grants (all: what is paid monthly): rows entitled, their households, fen, rows not known."""

    beneficiaries: int = 0
    households: int = 0
    fen: int = 0
    unknown: int = 0


@dataclass(frozen=True)
class Change:
    """One line of a comparison: what, and both tallies."""

    key: str
    before: Tally
    after: Tally

    @property
    def more_fen(self) -> int:
        return self.after.fen - self.before.fen


@dataclass(frozen=True)
class Place:
    """One group of households (a street, a community): cost under both laws, and how many households gain or lose."""

    key: int
    households: int
    before_fen: int
    after_fen: int
    gain: int
    lose: int


@dataclass(frozen=True)
class Band:
    """How many households gain (or lose) more than `above_fen` and at most `upto_fen` (None: no end) a month."""

    above_fen: int
    upto_fen: int | None
    gain: int
    lose: int


@dataclass(frozen=True)
class Coverage:
    """Households with at least one benefit, and the persons living in them, of all."""

    households: int
    of_households: int
    persons: int
    of_persons: int


@dataclass(frozen=True)
class Measures:
    """Poverty and inequality of countable income per head: before any benefit, under the law, under the reform.

    `unknown` households are left out of all three alike: income, heads or a benefit of theirs is not known.
    """

    line_fen: int
    known: int
    unknown: int
    poverty: tuple[Poverty, Poverty, Poverty]
    gini: tuple[Fraction | None, Fraction | None, Fraction | None]


@dataclass(frozen=True, eq=False)
class Comparison:
    """The whole answer; `homes`, `was`, `will` list the households that gain or lose, the greatest change first."""

    total: Change
    schemes: tuple[Change, ...]
    places: tuple[Place, ...]
    bands: tuple[Band, ...]
    before: Coverage
    after: Coverage
    measures: Measures
    undetermined: int  # households where a benefit becomes known or unknown: their change cannot be said
    homes: Whole
    was: Whole
    will: Whole

    @property
    def gainers(self) -> int:
        return int((self.will > self.was).sum())

    @property
    def losers(self) -> int:
        return int((self.will < self.was).sum())


def compare(
    snapshot: Snapshot, before: Outcomes, after: Outcomes, facts: Measured, line_fen: int, groups: Whole, within: Flags
) -> Comparison:
    """This function will compare two laws over the households where `within` holds.

    `groups` is the place each household belongs to; `line_fen` the poverty line in fen per head and month, the same
    for both laws, so that a higher standard does not make more people poor.
    """
    one, two = (_kept(outcomes, within) for outcomes in (before, after))
    was, will = (_by_home(made, snapshot, made.paid(Period.MONTH)) for made in (one, two))
    strange = _undetermined(one, two, len(snapshot.household_ids))
    moved = np.flatnonzero((was != will) & ~strange)
    moved = moved[np.lexsort((moved, -np.abs(will[moved] - was[moved])))]
    codes = before.codes
    return Comparison(
        total=Change("", _tally(one), _tally(two)),
        schemes=tuple(Change(code, _tally(one, n), _tally(two, n)) for n, code in enumerate(codes)),
        places=_places(groups, within, was, will, strange),
        bands=_bands(will[moved] - was[moved]),
        before=_coverage(one, snapshot, within),
        after=_coverage(two, snapshot, within),
        measures=_measures(facts, one, two, line_fen, within, snapshot),
        undetermined=int(strange.sum()),
        homes=moved,
        was=was[moved],
        will=will[moved],
    )


def cost_of(outcomes: Outcomes, within: Flags) -> Tally:
    """This function will tally what a law costs over some households."""
    return _tally(_kept(outcomes, within))


def _kept(made: Outcomes, within: Flags) -> Outcomes:
    return made.only(within[made.home])


def _tally(made: Outcomes, number: int | None = None) -> Tally:
    rows = made.entitled if number is None else made.entitled & (made.scheme == number)
    every = np.ones_like(made.entitled) if number is None else made.scheme == number
    paid = made.paid(Period.MONTH) if number is None else rows & (made.payable != UNKNOWN)
    return Tally(
        beneficiaries=int(rows.sum()),
        households=len(np.unique(made.home[rows])),
        fen=int(made.payable[paid].sum()),
        unknown=int((made.payable[every] == UNKNOWN).sum()),
    )


def _by_home(made: Outcomes, snapshot: Snapshot, rows: Flags) -> Whole:
    total = np.zeros(len(snapshot.household_ids), dtype=np.int64)
    np.add.at(total, made.home[rows], made.payable[rows])
    return total


def _of_a_year(made: Outcomes, snapshot: Snapshot) -> Whole:
    """Benefits of the household and of its counted members in a year; a sum paid once is no income of each year."""
    own = made.counted != 0
    monthly, yearly = (_by_home(made, snapshot, made.paid(period) & own) for period in (Period.MONTH, Period.YEAR))
    return MONTHS * monthly + yearly


def _undetermined(one: Outcomes, two: Outcomes, size: int) -> Flags:
    open_before = one.key[one.payable == UNKNOWN]
    open_after = two.key[two.payable == UNKNOWN]
    differ = np.setxor1d(open_before, open_after)
    strange = np.zeros(size, dtype=np.bool_)
    for made in (one, two):
        strange[made.home[np.isin(made.key, differ)]] = True
    return strange


def _places(groups: Whole, within: Flags, was: Whole, will: Whole, strange: Flags) -> tuple[Place, ...]:
    keys, place = np.unique(groups[within], return_inverse=True)
    was, will, sure = was[within], will[within], ~strange[within]

    def counted(rows: Flags) -> list[int]:
        return [int(n) for n in np.bincount(place[rows], minlength=len(keys))]

    def summed(fen: Whole) -> list[int]:
        total = np.zeros(len(keys), dtype=np.int64)
        np.add.at(total, place, fen)
        return [int(n) for n in total]

    everybody = np.ones(len(place), dtype=np.bool_)
    columns = (
        counted(everybody),
        summed(was),
        summed(will),
        counted((will > was) & sure),
        counted((will < was) & sure),
    )
    return tuple(Place(int(key), *row) for key, *row in zip(keys, *columns, strict=True))


def _bands(change: Whole) -> tuple[Band, ...]:
    made = []
    size, gains = np.abs(change), change > 0
    for above, upto in zip((0, *BANDS_FEN), (*BANDS_FEN, None), strict=True):
        inside = size > above if upto is None else (size > above) & (size <= upto)
        made.append(Band(above, upto, int((inside & gains).sum()), int((inside & ~gains).sum())))
    return tuple(made)


def _coverage(made: Outcomes, snapshot: Snapshot, within: Flags) -> Coverage:
    reached = np.unique(made.home[made.entitled])
    sizes = snapshot.sizes
    return Coverage(len(reached), int(within.sum()), int(sizes[reached].sum()), int(sizes[within].sum()))


def _measures(
    facts: Measured, one: Outcomes, two: Outcomes, line_fen: int, within: Flags, snapshot: Snapshot
) -> Measures:
    known = facts.known & within
    for made in (one, two):
        known[made.home[made.payable == UNKNOWN]] = False
    heads, income = facts.heads[known], facts.income[known]
    incomes = [income, *(income + _of_a_year(made, snapshot)[known] for made in (one, two))]
    lines = [poverty(each, heads, line_fen) for each in incomes]
    unequal = [gini(each, heads) for each in incomes]
    return Measures(
        line_fen, int(known.sum()), int((within & ~known).sum()),
        (lines[0], lines[1], lines[2]), (unequal[0], unequal[1], unequal[2]),
    )  # fmt: skip
