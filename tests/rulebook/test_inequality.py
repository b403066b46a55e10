"""FGT and Gini against the definitions written out person by person in fractions; the ceiling against trying all."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulebook.ceiling import budget_ceiling
from rulebook.inequality import Whole, gini, poverty

HOMES = st.lists(st.tuples(st.integers(0, 3_000_000), st.integers(1, 7)), min_size=1, max_size=12)
LINE = 110_200


def arrays(homes: list[tuple[int, int]]) -> tuple[Whole, Whole]:
    income, heads = zip(*homes, strict=True)
    return np.array(income, dtype=np.int64), np.array(heads, dtype=np.int64)


def per_head(homes: list[tuple[int, int]]) -> list[Fraction]:
    return [Fraction(income, 12 * heads) for income, heads in homes for _ in range(heads)]


@given(homes=HOMES)
def test_poverty_is_its_definition(homes: list[tuple[int, int]]) -> None:
    made = poverty(*arrays(homes), LINE)
    gaps = [max(Fraction(0), 1 - y / LINE) for y in per_head(homes)]
    assert made.rate == Fraction(sum(gap > 0 for gap in gaps), len(gaps))
    assert made.gap == sum(gaps) / len(gaps)
    assert made.severity == sum(gap * gap for gap in gaps) / len(gaps)
    assert made.gap_fen == sum(gaps) * LINE


@given(homes=HOMES)
def test_gini_is_its_definition(homes: list[tuple[int, int]]) -> None:
    people = per_head(homes)
    mean = sum(people) / len(people)
    expected = None if mean == 0 else sum(abs(a - b) for a in people for b in people) / (2 * len(people) ** 2 * mean)
    assert gini(*arrays(homes)) == expected


@given(homes=HOMES, copies=st.integers(2, 4))
def test_neither_depends_on_how_many_copies_of_everybody_there_are(homes: list[tuple[int, int]], copies: int) -> None:
    once, often = arrays(homes), arrays(homes * copies)
    assert gini(*once) == gini(*often)
    assert poverty(*once, LINE).severity == poverty(*often, LINE).severity


def test_known_figures() -> None:
    equal = arrays([(1_200_000, 1), (2_400_000, 2)])
    assert gini(*equal) == 0
    assert gini(*arrays([(0, 1), (1_000, 1)])) == Fraction(1, 2)
    half = poverty(*arrays([(LINE * 6, 1)]), LINE)
    assert (half.rate, half.gap, half.severity) == (Fraction(1), Fraction(1, 2), Fraction(1, 4))
    assert poverty(*arrays([(LINE * 12, 1)]), LINE).poor == 0  # at the line nobody is poor


def test_nobody_is_not_zero() -> None:
    nobody = np.zeros(0, dtype=np.int64)
    assert gini(nobody, nobody) is None
    assert poverty(nobody, nobody, LINE).gap is None
    assert gini(*arrays([(0, 3)])) is None


def test_large_incomes_do_not_overflow() -> None:
    huge = 10**15
    homes = [(huge * n, 1 + n % 13) for n in range(1, 40)]
    people = [Fraction(income, heads) for income, heads in homes for _ in range(heads)]
    expected = sum(abs(a - b) for a in people for b in people) / (2 * len(people) * sum(people))
    assert gini(*arrays(homes)) == expected


def test_what_has_no_meaning_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        gini(*arrays([(-1, 1)]))
    with pytest.raises(ValueError, match="positive"):
        poverty(*arrays([(1, 1)]), 0)


@given(
    costs=st.lists(st.integers(0, 50), min_size=1, max_size=40),
    rising=st.booleans(),
    budget=st.integers(-5, 2100),
    step=st.integers(1, 7),
)
def test_the_ceiling_is_the_best_of_all_values(costs: list[int], rising: bool, budget: int, step: int) -> None:
    sums = np.cumsum(costs).tolist()
    table = sums if rising else sums[::-1]
    made = budget_ceiling(lambda v: table[(v - 10) // step], 10, 10 + step * (len(table) - 1), step, budget)
    fitting = [10 + step * n for n, cost in enumerate(table) if cost <= budget]
    assert made.monotone
    if not fitting:
        assert made.value is None
    elif made.rising:
        assert made.value == max(fitting)
    else:
        assert made.value == min(fitting)
    missed = [10 + step * n for n, cost in enumerate(table) if cost > budget]
    nearest = (min(missed) if made.rising else max(missed)) if missed else None
    assert (made.beyond and made.beyond.value) == nearest
    assert made.beyond is None or made.beyond.cost_fen > budget
    assert len(made.probes) <= 2 + len(table).bit_length()


def test_a_cost_that_rises_and_falls_gets_no_answer() -> None:
    made = budget_ceiling(lambda v: 100 if v == 5 else v, 0, 10, 1, 8)
    assert not made.monotone
    assert (made.value, made.cost_fen, made.beyond) == (None, None, None)
    with pytest.raises(ValueError, match="no steps"):
        budget_ceiling(lambda v: v, 0, 10, 0, 8)
