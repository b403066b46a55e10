"""What is not known has a lower and an upper bound: no product of two such values lies beyond, and both are reached."""

from itertools import product

from hypothesis import example, given
from hypothesis import strategies as st

from rulebook.program import _times

SPANS = st.tuples(st.integers(-6, 6), st.integers(-6, 6)).map(lambda ends: (min(ends), max(ends)))


@given(one=SPANS, two=SPANS)
@example(one=(2, 5), two=(3, 7))  # the lowest is low by low
@example(one=(-4, 0), two=(-5, 0))  # the highest is low by low
@example(one=(-4, 3), two=(2, 6))
@example(one=(2, 6), two=(-4, 3))
def test_a_product_lies_between_its_bounds_and_reaches_both(one: tuple[int, int], two: tuple[int, int]) -> None:
    every = [a * b for a, b in product(range(one[0], one[1] + 1), range(two[0], two[1] + 1))]
    assert _times(one, two) == (min(every), max(every))
