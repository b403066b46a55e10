"""Which question is asked first, and what is too small to show, without a database."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minsheng.work.eligibility.missed.asking import way_of_input, ways_on
from minsheng.work.eligibility.missed.rules import cheapest, note_refusal, suppressed, without_small_cells
from minsheng.work.eligibility.missed.types import Take
from rulebook import Rulebook, load_rulebook

DAY = date(2026, 11, 3)


@pytest.fixture(scope="module")
def book() -> Rulebook:
    from pathlib import Path

    return load_rulebook(Path(__file__).parents[3] / "policies")


def test_desk_is_cheaper_than_telephone_and_telephone_than_a_visit() -> None:
    ways = ways_on(DAY)
    assert list(ways) == ["desk", "phone", "visit"]
    assert ways["desk"].cost_fen < ways["phone"].cost_fen < ways["visit"].cost_fen
    assert all(way.doubt and way.basis for way in ways.values()), "演示参数, each with its doubt"


def test_the_cheapest_of_the_data_that_settle_alone() -> None:
    ways, way_of = ways_on(DAY), way_of_input()
    given = {"ways": ways, "way_of": way_of, "dearest": "visit"}
    assert cheapest(["wage_income", "disability_grade"], **given)[0] == "disability_grade"
    assert cheapest(["wage_income", "self_care_items_failed"], **given)[1].code == "phone"
    assert cheapest(["something_new"], **given)[1].code == "visit", "what nobody priced is not cheap"


def test_every_named_datum_exists(book: Rulebook) -> None:
    assert set(way_of_input()) <= set(book.inputs)


@pytest.mark.parametrize(("missed", "receiving"), [(1, 40), (4, 40), (40, 3)])
def test_a_small_count_takes_with_it_what_would_tell_it(missed: int, receiving: int) -> None:
    shown = without_small_cells(Take("a", "a", missed + receiving, receiving, missed, 0, 100, {"refused": 1}))
    assert (shown.entitled, shown.receiving, shown.missed, shown.missed_fen, shown.reasons) == (None,) * 4 + ({},)
    assert shown.rate == "—"


def test_large_counts_are_shown_and_small_reasons_are_not() -> None:
    line = Take("a", "a", 50, 40, 10, 0, 100, {"refused": 9, "other": 1})
    assert without_small_cells(line).missed == 10
    assert without_small_cells(line).reasons == {}
    assert line.rate == "80.0%"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"why": "lost"}, "哪一种原因"),
        ({"why": "other", "note": " "}, "写明是什么"),
        ({"note": "字" * 301}, "300 字"),
        ({"noted_date": date(2026, 11, 4)}, "不能晚于今天"),
        ({}, ""),
    ],
)
def test_what_a_reason_needs(changes: dict[str, object], told: str) -> None:
    given = {"why": "refused", "note": "", "noted_date": DAY, "today": DAY} | changes
    refused = note_refusal(**given)  # type: ignore[arg-type]
    assert (told in refused) if told else refused == ""


CELLS = st.dictionaries(
    st.tuples(st.sampled_from("abcd"), st.integers(1, 5)),
    st.tuples(st.integers(0, 30), st.integers(0, 30)),
    max_size=20,
)


@given(CELLS)
def test_a_table_hides_small_counts_and_what_would_tell_them(counts: dict[tuple[str, int], tuple[int, int]]) -> None:
    hidden = suppressed(counts)
    small = {cell for cell, numbers in counts.items() if any(0 < number < 5 for number in numbers)}
    assert small <= hidden
    assert bool(small) == bool(hidden), "where nothing is small nothing is hidden"
    for cell in hidden:
        for side in (0, 1):
            line = [other for other in counts if other[side] == cell[side] and any(counts[other])]
            assert len(hidden.intersection(line)) > 1 or len(line) == 1, "the sum of the line would tell this cell"


def test_what_is_large_enough_stands_in_the_table() -> None:
    counts = {
        ("a", 1): (9, 2),
        ("a", 2): (9, 9),
        ("a", 3): (99, 9),
        ("b", 1): (7, 7),
        ("b", 2): (8, 8),
        ("b", 3): (9, 9),
    }
    assert suppressed(counts) == {("a", 1), ("a", 2), ("b", 1), ("b", 2)}
    assert suppressed({("a", 1): (0, 0), ("a", 2): (5, 0)}) == frozenset()
