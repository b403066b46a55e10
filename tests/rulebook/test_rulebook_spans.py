"""What is not known has a lower and an upper bound: no result of two such values lies beyond, and both are reached."""

import operator
from collections.abc import Callable
from fractions import Fraction
from itertools import product
from math import floor

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rulebook.program import _DECIDE, _times
from rulebook.ranges import div_round

SPANS = st.tuples(st.integers(-6, 6), st.integers(-6, 6)).map(lambda ends: (min(ends), max(ends)))


@given(one=SPANS, two=SPANS)
@example(one=(2, 5), two=(3, 7))  # the lowest is low by low
@example(one=(-4, 0), two=(-5, 0))  # the highest is low by low
@example(one=(-4, 3), two=(2, 6))
@example(one=(2, 6), two=(-4, 3))
def test_a_product_lies_between_its_bounds_and_reaches_both(one: tuple[int, int], two: tuple[int, int]) -> None:
    every = [a * b for a, b in product(range(one[0], one[1] + 1), range(two[0], two[1] + 1))]
    assert _times(one, two) == (min(every), max(every))


@pytest.mark.parametrize(
    ("op", "holds"),
    [
        ("<", operator.lt),
        ("<=", operator.le),
        (">", operator.gt),
        (">=", operator.ge),
        ("==", operator.eq),
        ("!=", operator.ne),
    ],
)
@given(one=SPANS, two=SPANS)
@example(one=(0, 1), two=(1, 1))  # equal at one end alone
@example(one=(1, 1), two=(0, 1))
@example(one=(1, 1), two=(1, 1))
def test_a_comparison_is_sure_when_every_pair_agrees(
    op: str, holds: Callable[[int, int], bool], one: tuple[int, int], two: tuple[int, int]
) -> None:
    every = {holds(a, b) for a, b in product(range(one[0], one[1] + 1), range(two[0], two[1] + 1))}
    assert _DECIDE[op](one, two) == (int(every == {True}), int(True in every))


@given(dividend=st.integers(-40, 40), divisor=st.integers(1, 9))
@example(dividend=-1, divisor=1)
@example(dividend=-1, divisor=2)
def test_a_quotient_is_rounded_half_away_from_zero(dividend: int, divisor: int) -> None:
    size = floor(abs(Fraction(dividend, divisor)) + Fraction(1, 2))
    assert div_round(dividend, divisor) == (size if dividend >= 0 else -size)
