"""The arithmetic of exact shares."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.quotas import UnableToClaim, claim, largest_remainder, lottery, rake, systematic, tilt_to_mean, within

SHARES = st.lists(st.floats(0.01, 100), min_size=1, max_size=30).map(np.array)


@given(SHARES, st.integers(0, 10_000))
def test_largest_remainder_is_exact_and_near(shares: np.ndarray, total: int) -> None:
    counts = largest_remainder(shares, total)
    assert counts.sum() == total
    assert (np.abs(counts - shares / shares.sum() * total) < 1).all()


@given(SHARES, st.integers(0, 40), st.integers(0, 1000))
def test_systematic_and_lottery_pick_exactly_as_many_as_asked(weight: np.ndarray, total: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    possible = min(total, len(weight))
    assert systematic(rng, weight, total).sum() == possible
    drawn = lottery(rng, weight, total)
    assert len(set(drawn)) == len(drawn) == possible


def test_systematic_follows_the_weights() -> None:
    weight = np.repeat([1.0, 3.0], 1_000)
    picked = systematic(np.random.default_rng(1), weight, 400)
    assert abs(int(picked[:1_000].sum()) - 100) <= 1


@given(st.lists(st.floats(0, 100), min_size=1, max_size=60), st.data())
def test_claim_gives_nobody_twice(ages: list[float], data: st.DataObject) -> None:
    age = np.array(ages)
    wanted = np.array(data.draw(st.lists(st.floats(0, 100), min_size=0, max_size=len(ages))))
    chosen = claim(age, np.arange(len(age)), wanted)
    assert len(set(chosen)) == len(wanted)
    assert (np.diff(age[chosen[np.argsort(wanted, kind="stable")]]) >= 0).all()


def test_claim_takes_the_nearest_when_there_is_plenty() -> None:
    age = np.arange(0, 100, 0.01)
    wanted = np.array([30.0, 20.005, 70.2])
    assert np.abs(age[claim(age, np.arange(len(age)), wanted)] - wanted).max() < 0.011


def test_claim_refuses_when_too_few_are_left() -> None:
    with pytest.raises(UnableToClaim, match="2 persons are wanted"):
        claim(np.array([3.0]), np.array([0]), np.array([1.0, 2.0]))


def test_rake_meets_both_margins() -> None:
    table = rake(np.ones((2, 3)), np.array([4.0, 6.0]), np.array([5.0, 3.0, 2.0]))
    assert np.allclose(table.sum(axis=1), [4, 6])
    assert np.allclose(table.sum(axis=0), [5, 3, 2])


def test_tilt_reaches_the_mean() -> None:
    bent = tilt_to_mean(np.full(7, 1 / 7), np.arange(1.0, 8.0), 2.36)
    assert abs((bent * np.arange(1, 8)).sum() - 2.36) < 1e-9


def test_within_marks_exactly_the_counts() -> None:
    group = np.array([0, 0, 0, 1, 1])
    marked = within(np.random.default_rng(0), group, np.array([2, 1]), np.array([0.1, 0.9, 0.5, 0.2, 0.8]))
    assert marked.tolist() == [False, True, True, False, True]
