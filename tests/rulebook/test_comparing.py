"""A comparison of two laws over a district that can be added up by hand."""

from fractions import Fraction
from itertools import pairwise, product

import numpy as np
import pyarrow as pa

from rulebook.comparing import BANDS_FEN, Band, Change, Coverage, Place, Tally, _bands, compare, cost_of
from rulebook.snapshot import UNKNOWN, Measured, Outcomes, Snapshot
from rulebook.units import Period

CODES, PERIODS = ("monthly", "yearly", "single"), (Period.MONTH, Period.YEAR, Period.ONCE)
# Six households; the fifth is not looked at. Scheme, household, payable (None: not known), counted.
Row = tuple[int, int, int | None, int]
BEFORE: list[Row] = [
    (0, 0, 10_000, 1),
    (0, 1, 20_000, 1),
    (0, 2, None, 1),
    (0, 3, 7_000, 0),
    (0, 4, 5_000, 1),
    (1, 0, 120_000, 1),
    (2, 1, 99_999, 1),
]
AFTER: list[Row] = [
    (0, 0, 16_000, 1),
    (0, 2, 3_000, 1),
    (0, 3, 7_000, 0),
    (0, 4, 9_000, 1),
    (1, 0, 240_000, 1),
    (2, 1, 99_999, 1),
]
HOME_OF = np.array([0, 0, 1, 2, 2, 2, 3, 4, 5], dtype=np.int64)
SNAPSHOT = Snapshot(pa.table({}), pa.table({}), np.arange(6), np.arange(len(HOME_OF)), HOME_OF)
INCOME = np.array([100_000, 300_000, 1, 239_999, 1, 1], dtype=np.int64)
HEADS = np.array([2, 1, 3, 1, 1, 1], dtype=np.int64)
FACTS = Measured(INCOME, HEADS, np.array([True, True, True, True, True, False]))
GROUPS = np.array([7, 7, 5, 5, 9, 5], dtype=np.int64)
WITHIN = np.array([True, True, True, True, False, True])
LINE = 20_000


def outcomes(rows: list[Row]) -> Outcomes:
    scheme, home, payable, counted = (np.array(column) for column in zip(*rows, strict=True))
    fen = np.array([UNKNOWN if value is None else value for value in payable], dtype=np.int64)
    return Outcomes(CODES, PERIODS, scheme * 100 + home, scheme, home, np.full(len(rows), -1), fen != UNKNOWN, fen, fen,
                    counted, fen)  # fmt: skip


def test_what_a_law_does_not_grant_costs_nothing() -> None:
    assert Tally() == Tally(beneficiaries=0, households=0, fen=0, unknown=0)


def test_a_comparison_is_what_one_adds_up_by_hand() -> None:
    one, two = outcomes(BEFORE), outcomes(AFTER)
    made = compare(SNAPSHOT, one, two, FACTS, LINE, GROUPS, WITHIN)
    assert made.total == Change("", Tally(5, 3, 37_000, 1), Tally(5, 4, 26_000, 0))
    assert made.total.more_fen == -11_000
    assert made.schemes == (
        Change("monthly", Tally(3, 3, 37_000, 1), Tally(3, 3, 26_000, 0)),
        Change("yearly", Tally(1, 1, 120_000, 0), Tally(1, 1, 240_000, 0)),
        Change("single", Tally(1, 1, 99_999, 0), Tally(1, 1, 99_999, 0)),
    )
    assert cost_of(one, WITHIN) == made.total.before
    assert cost_of(one, np.ones(6, dtype=np.bool_)) == Tally(6, 4, 42_000, 1)
    # The third household's benefit was not known: whether it gains cannot be said.
    assert made.places == (Place(5, 3, 7_000, 10_000, 0, 0), Place(7, 2, 30_000, 16_000, 1, 1))
    assert (made.undetermined, made.gainers, made.losers) == (1, 1, 1)
    assert (made.homes.tolist(), made.was.tolist(), made.will.tolist()) == ([1, 0], [20_000, 10_000], [0, 16_000])
    assert [band for band in made.bands if band.gain or band.lose] == [
        Band(5_000, 10_000, 1, 0),
        Band(10_000, 30_000, 0, 1),
    ]
    assert (made.before, made.after) == (Coverage(3, 5, 4, 8), Coverage(4, 5, 7, 8))


def test_poverty_counts_what_is_paid_to_counted_members_in_a_year_and_only_what_is_known() -> None:
    made = compare(SNAPSHOT, outcomes(BEFORE), outcomes(AFTER), FACTS, LINE, GROUPS, WITHIN).measures
    assert (made.line_fen, made.known, made.unknown) == (LINE, 3, 2)
    assert [(one.poor, one.heads) for one in made.poverty] == [(3, 4), (3, 4), (1, 4)]
    assert [one.gap_fen * 12 for one in made.poverty] == [380_001, 140_001, 1]
    # Per head, a head each: without benefits, with 12 monthly amounts and the yearly one, under the reform.
    for found, heads in zip(made.gini, ((50_000, 50_000, 300_000, 239_999), (170_000, 170_000, 540_000, 239_999),
                                        (266_000, 266_000, 300_000, 239_999)), strict=True):  # fmt: skip
        apart = sum(abs(a - b) for a, b in product(heads, heads))
        assert found == Fraction(apart, 2 * len(heads) * sum(heads))


def test_equal_changes_keep_the_order_of_the_households() -> None:
    before = outcomes([(0, home, 1_000 * home, 1) for home in range(5)])
    after = outcomes([(0, home, 1_000 * home + (500 if home % 2 else -500), 1) for home in range(1, 5)])
    made = compare(SNAPSHOT, before, after, FACTS, LINE, GROUPS, np.ones(6, dtype=np.bool_))
    assert made.homes.tolist() == [1, 2, 3, 4]


def test_a_change_stands_in_the_band_that_it_is_above_and_not_beyond() -> None:
    sizes = [size + step for size in BANDS_FEN for step in (-1, 0, 1)] + [1, 10**9]
    change = np.array([*sizes, *(-size for size in sizes[::2]), 0], dtype=np.int64)
    found = _bands(change)
    assert [(band.above_fen, band.upto_fen) for band in found] == [*pairwise((0, *BANDS_FEN)), (BANDS_FEN[-1], None)]
    for band in found:
        inside = [size for size in change.tolist() if band.above_fen < abs(size) <= (band.upto_fen or 10**10)]
        assert (band.gain, band.lose) == (sum(size > 0 for size in inside), sum(size < 0 for size in inside))
    assert [(band.gain, band.lose) for band in _bands(change[:0])] == [(0, 0)] * len(found)
