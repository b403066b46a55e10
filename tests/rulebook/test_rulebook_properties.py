"""What holds for every household: both lowerings agree, no amount is negative, more income never gives more."""

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from rulebook_households import BOOK, DAYS, SLOW, fact, households, many
from rulebook_populations import by_interpreter, by_sql

from rulebook import Household, Law, evaluate
from rulebook.units import Entity


@settings(max_examples=many(5), deadline=None, suppress_health_check=SLOW)
@given(st.lists(households(BOOK), min_size=5, max_size=40), st.sampled_from(DAYS))
def test_interpreter_and_duckdb_agree_to_the_fen(homes: list[Household], day: date) -> None:
    law = BOOK.law_on(day)
    assert by_sql(law, homes, day) == by_interpreter(law, homes, day)


@settings(max_examples=many(100), deadline=None, suppress_health_check=SLOW)
@given(households(BOOK), st.sampled_from(DAYS))
def test_amounts_are_never_negative_and_stacking_never_adds(home: Household, day: date) -> None:
    ev = evaluate(BOOK.law_on(day), home, day)
    for row in ev.payable():
        assert row.amount_fen is None or row.amount_fen >= 0
        assert row.payable_fen is None or row.amount_fen is None or 0 <= row.payable_fen <= row.amount_fen


@settings(max_examples=many(100), deadline=None, suppress_health_check=SLOW)
@given(households(BOOK, unknowns=False), st.sampled_from(DAYS), st.integers(1, 2_000_000), st.data())
def test_more_income_never_gives_more_minimum_living(
    home: Household, day: date, more: int, data: st.DataObject
) -> None:
    if not home.members:
        return
    place = data.draw(st.integers(0, len(home.members) - 1))
    person = home.members[place]
    wage = person.facts["transfer_income"]
    assert isinstance(wage, int)
    if not 0 <= wage <= 9_000_000:
        return
    members = list(home.members)
    members[place] = replace(person, facts={**person.facts, "transfer_income": wage + more})
    before, after = (
        evaluate(BOOK.law_on(day), one, day).status("minimum_living_allowance")
        for one in (home, replace(home, members=members))
    )
    if None not in (before[1], after[1]) and "unknown" not in (before[0], after[0]):
        assert int(after[1] or 0) <= int(before[1] or 0)


@settings(max_examples=many(60), deadline=None, suppress_health_check=SLOW)
@given(households(BOOK), st.sampled_from(DAYS), st.data())
def test_settling_an_unknown_never_contradicts_what_was_sure(home: Household, day: date, data: st.DataObject) -> None:
    """An unknown is not read as 0: whatever the true value, an answer given before still holds."""
    law: Law = BOOK.law_on(day)
    first = evaluate(law, home, day)
    members = [
        replace(
            p, facts={n: v if v is not None else data.draw(fact(BOOK.inputs[n], False)) for n, v in p.facts.items()}
        )
        for p in home.members
    ]
    own = {n: v if v is not None else data.draw(fact(BOOK.inputs[n], False)) for n, v in home.facts.items()}
    second = evaluate(law, Household(own, members), day)
    for scheme in BOOK.schemes.values():
        for person in [None] if scheme.beneficiary is Entity.HOUSEHOLD else list(first.keys):
            before, after = first.status(scheme.code, person), second.status(scheme.code, person)
            if before[0] != "unknown":
                assert after[0] == before[0]
                assert before[1] in (None, after[1])


@settings(max_examples=many(30), deadline=None, suppress_health_check=SLOW)
@given(households(BOOK), st.sampled_from(DAYS))
def test_every_open_answer_names_what_is_missing_and_explains(home: Household, day: date) -> None:
    ev = evaluate(BOOK.law_on(day), home, day)
    for row in ev.outcomes():
        outcome = ev.outcome(row.scheme, row.person)
        assert bool(outcome.missing) == (outcome.amount_fen is None)
        explained = ev.explain(row.scheme, row.person).to_json()
        assert explained["schema"] == "rulebook.explanation/1"
        assert explained["status"] == row.status
