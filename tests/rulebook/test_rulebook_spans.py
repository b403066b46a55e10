"""What is not known has a lower and an upper bound: no result of two such values lies beyond, and both are reached."""

import operator
from collections.abc import Callable
from fractions import Fraction
from itertools import product
from math import floor

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rulebook.program import _DECIDE, _times, exact
from rulebook.ranges import LIMIT, OutOfRange, Ranges, combine, div_round, hull
from rulebook.tree import Arithmetic, Constant, DivRound, Extreme, Node, Quotient
from rulebook.units import Base, Kind

WHOLE = Kind(Base.INT, None)
ZERO = Constant(WHOLE, 0)
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


@pytest.mark.parametrize(
    ("node", "work"),
    [
        (Arithmetic(WHOLE, "+", ZERO, ZERO), operator.add),
        (Arithmetic(WHOLE, "-", ZERO, ZERO), operator.sub),
        (Arithmetic(WHOLE, "*", ZERO, ZERO), operator.mul),
        (Extreme(WHOLE, "min", (ZERO, ZERO)), min),
        (Extreme(WHOLE, "max", (ZERO, ZERO)), max),
        (DivRound(WHOLE, ZERO, ZERO), div_round),
        (Quotient(WHOLE, ZERO, ZERO), div_round),
    ],
)
@given(one=SPANS, two=SPANS)
@example(one=(-4, 3), two=(2, 6))
@example(one=(2, 5), two=(1, 7))
def test_no_result_lies_beyond_the_span_of_its_node_and_both_ends_are_reached(
    node: Node, work: Callable[[int, int], int], one: tuple[int, int], two: tuple[int, int]
) -> None:
    if isinstance(node, DivRound | Quotient) and two[0] <= 0:
        with pytest.raises(OutOfRange, match="除数可能是 0 或负数") as caught:
            combine(node, [one, two])
        assert caught.value.why == f"它在 {two[0]} 到 {two[1]} 之间"
        return
    every = [work(a, b) for a, b in product(range(one[0], one[1] + 1), range(two[0], two[1] + 1))]
    assert combine(node, [one, two]) == (min(every), max(every))


@given(one=SPANS, two=SPANS)
@example(one=(0, 2), two=(1, 3))
def test_the_hull_of_two_spans_is_the_smallest_that_holds_both(one: tuple[int, int], two: tuple[int, int]) -> None:
    assert hull(one, two) == (min(*one, *two), max(*one, *two))


def test_a_number_is_exact_where_its_span_has_one_value() -> None:
    assert [exact(value) for value in ((7, 7), (0, 0), (6, 7), "none", "", None)] == [7, 0, None, None, None, None]


@pytest.mark.parametrize("sign", [1, -1])
def test_what_a_number_can_be_stays_below_two_to_the_power_of_62(sign: int) -> None:
    ranges = Ranges({}, {}, {})
    assert ranges.span(Constant(WHOLE, sign * (2**62 - 1))) == (sign * (2**62 - 1),) * 2
    with pytest.raises(OutOfRange, match=r"数可能大到 -?4,611,686,018,427,387,904") as caught:
        ranges.span(Constant(WHOLE, sign * LIMIT))
    assert "64 位整数" in caught.value.why
