"""The static graph never leaves out a scheme: what it says cannot change does not change, for any household."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rulebook_households import BOOK, DAYS, SLOW, fact, households, many

from rulebook import Household, NewVersion, Payable, Rulebook, changed_schemes, dependencies_of, evaluate
from rulebook.facts import full_months, full_years
from rulebook.law import Law
from rulebook.units import Entity

STANDARD = "household.standard"
Paid = dict[tuple[str, str | None], Payable]


def paid(law: Law, home: Household, day: date) -> Paid:
    return {(row.scheme, row.person): row for row in evaluate(law, home, day).payable()}


def differing(one: Paid, two: Paid) -> set[str]:
    return {
        key[0]
        for key in one.keys() | two.keys()
        if (a := one.get(key)) is None
        or (b := two.get(key)) is None
        or (a.status, a.amount_fen, a.payable_fen) != (b.status, b.amount_fen, b.payable_fen)
    }


def test_the_graph_of_the_policies() -> None:
    graph = dependencies_of(BOOK.law_on(date(2026, 11, 1)))
    assert "minimum_living_allowance" in graph.schemes_reading(STANDARD)
    assert "old_age_allowance" in graph.schemes_reading("birth_date")
    assert "old_age_allowance" not in graph.schemes_reading("wage_income")
    assert graph.schemes_reading("no_such_name") == frozenset()
    assert 80 in {step for clock in graph.clocks["birth_date"] for step in clock.steps or ()}


@settings(max_examples=many(80), deadline=None, suppress_health_check=SLOW)
@given(households(BOOK), st.sampled_from(DAYS), st.data())
def test_a_changed_fact_changes_only_the_schemes_that_read_it(home: Household, day: date, data: st.DataObject) -> None:
    law = BOOK.law_on(day)
    name = data.draw(st.sampled_from(sorted(BOOK.inputs)))
    new = data.draw(fact(BOOK.inputs[name], True))
    if BOOK.inputs[name].entity is Entity.HOUSEHOLD:
        changed = replace(home, facts={**home.facts, name: new})
    elif home.members:
        members = list(home.members)
        place = data.draw(st.integers(0, len(members) - 1))
        members[place] = replace(members[place], facts={**members[place].facts, name: new})
        changed = replace(home, members=members)
    else:
        return
    reading = dependencies_of(law).schemes_reading(name)
    assert differing(paid(law, home, day), paid(law, changed, day)) <= reading


@settings(max_examples=many(80), deadline=None, suppress_health_check=SLOW)
@given(households(BOOK), st.sampled_from(DAYS), st.integers(1, 1200))
def test_nothing_changes_by_time_before_the_day_that_was_named(home: Household, day: date, later: int) -> None:
    """The law stands still here; a birthday or a full month is the only thing that can turn an answer."""
    law = BOOK.law_on(day)
    graph = dependencies_of(law)
    end = day + timedelta(days=later)
    dates = [
        (name, value)
        for facts in (home.facts, *(person.facts for person in home.members))
        for name, value in facts.items()
        if isinstance(value, date)
    ]
    if not any(graph.turns_between(name, value, day, end) for name, value in dates):
        assert differing(paid(law, home, day), paid(law, home, end)) == set()
    turns = [turn for name, value in dates if (turn := graph.next_turn(name, value, day)) is not None]
    quiet = min(turns, default=end + timedelta(days=1)) - timedelta(days=1)
    if quiet > day:
        assert differing(paid(law, home, day), paid(law, home, min(quiet, end))) == set()


@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.dates(date(2016, 1, 1), date(2030, 1, 1)))
def test_the_next_turn_is_the_first_day_that_turns(born: date, after: date) -> None:
    graph = dependencies_of(BOOK.law_on(date(2026, 11, 1)))
    turn = graph.next_turn("birth_date", born, after)
    assert turn is None or turn > after
    if turn is not None:
        assert graph.turns_between("birth_date", born, after, turn)
        assert not graph.turns_between("birth_date", born, after, turn - timedelta(days=1))


@pytest.mark.parametrize("born", [date(1944, 2, 29), date(1946, 12, 31), date(1947, 1, 1)])
def test_eightieth_birthdays_are_seen_on_their_day(born: date) -> None:
    graph = dependencies_of(BOOK.law_on(date(2026, 11, 1)))
    turn = graph.next_turn("birth_date", born, date(born.year + 79, 6, 30))
    assert turn is not None
    assert full_years(born, turn) == 80
    assert full_years(born, turn - timedelta(days=1)) == 79
    assert full_months(born, turn) == 960


def amended(book: Rulebook, value: int) -> Rulebook:
    return book.with_versions([NewVersion(STANDARD, date(2026, 1, 1), "提标", value=value)])


@settings(max_examples=many(30), deadline=None, suppress_health_check=SLOW)
@given(households(BOOK), st.integers(1, 400_000))
def test_a_changed_figure_changes_only_the_schemes_that_rest_on_it(home: Household, value: int) -> None:
    day = date(2026, 11, 1)
    before, after = BOOK.law_on(day), amended(BOOK, value).law_on(day)
    assert differing(paid(before, home, day), paid(after, home, day)) <= changed_schemes(before, after)


def test_a_figure_leaves_the_digest_of_strangers_alone() -> None:
    day = date(2026, 11, 1)
    before, after = BOOK.law_on(day), amended(BOOK, 120_000).law_on(day)
    changed = changed_schemes(before, after)
    assert "minimum_living_allowance" in changed
    reading = dependencies_of(before).schemes_reading(STANDARD)
    assert changed == reading
    assert changed < set(BOOK.schemes), "a figure that concerns every scheme would prove nothing here"
    assert changed_schemes(before, before) == frozenset()


def test_a_fact_that_may_become_larger_is_another_scheme() -> None:
    """Whoever widens the bounds of a fact changes what can be proven of the rules that read it."""
    day, name = date(2026, 11, 1), "transfer_income"
    wider = replace(BOOK.inputs[name], high=(BOOK.inputs[name].high or 0) + 1)
    widened = replace(BOOK, inputs={**BOOK.inputs, name: wider})
    changed = changed_schemes(BOOK.law_on(day), widened.law_on(day))
    assert changed == dependencies_of(BOOK.law_on(day)).schemes_reading(name)
    assert changed
