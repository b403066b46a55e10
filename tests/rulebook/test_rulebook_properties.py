"""What holds for every household: both lowerings agree, no amount is negative, more income never gives more."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rulebook_populations import POLICIES, by_interpreter, by_sql

from rulebook import Household, Law, Person, Rulebook, evaluate, load_rulebook
from rulebook.book import Input
from rulebook.facts import Fact
from rulebook.units import Entity

DAYS = (date(2016, 1, 1), date(2019, 12, 31), date(2020, 12, 1), date(2021, 7, 1), date(2022, 10, 20),
        date(2025, 12, 31), date(2026, 6, 30), date(2026, 7, 1), date(2026, 11, 1))  # fmt: skip
MONEY = (0, 1, 99, 1_322_399, 1_322_400, 1_322_401, 600_000, 1_800_000, 2_644_800, 3_967_200, 12_345_678)
SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]


def fact(made: Input, sparse: bool) -> st.SearchStrategy[Fact]:
    """Mostly plausible values, often at thresholds; sometimes unknown, rarely beyond what is believed."""
    values: st.SearchStrategy[Any]
    if made.type == "bool":
        values = st.booleans()
    elif made.type == "code":
        values = st.sampled_from([*made.codes, "nonsense"])
    elif made.type == "date":
        values = st.one_of(
            st.sampled_from(
                [date(1940, 12, 1), date(1940, 2, 29), date(1966, 11, 1), date(2010, 7, 1), date(2030, 1, 1)]
            ),
            st.integers(0, 40_000).map(lambda days: date(2026, 11, 1) - timedelta(days=days)),
        )
    elif made.type == "money":
        values = st.one_of(st.sampled_from(MONEY), st.integers(0, 9_000_000), st.sampled_from([-1, made.high + 1]))
    else:
        values = st.integers(made.low, min(made.high, 7) + 1)
    likely = {"dead": False, "in_custody": False, "declared_missing": False, "hukou_local": True, "resident": True,
              "vehicles": 0, "business_registered": False, "clergy_living_apart_years": 0}.get(made.name)  # fmt: skip
    known = st.one_of(st.just(likely), st.just(likely), values) if likely is not None else values
    return st.one_of(st.none(), known) if sparse else known


@st.composite
def households(draw: st.DrawFn, book: Rulebook, unknowns: bool = True) -> Household:
    def facts(entity: Entity) -> dict[str, Fact]:
        gaps = draw(st.sets(st.sampled_from([i.name for i in book.inputs.values() if i.entity is entity]), max_size=4))
        return {
            made.name: draw(fact(made, unknowns and made.name in gaps))
            for made in book.inputs.values()
            if made.entity is entity
        }

    people = [Person(str(i), facts(Entity.PERSON)) for i in range(draw(st.integers(0, 4)))]
    return Household(facts(Entity.HOUSEHOLD), people)


BOOK = load_rulebook(POLICIES)


@settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
@given(st.lists(households(BOOK), min_size=1, max_size=8), st.sampled_from(DAYS))
def test_interpreter_and_duckdb_agree_to_the_fen(homes: list[Household], day: date) -> None:
    law = BOOK.law_on(day)
    assert by_sql(law, homes, day) == by_interpreter(law, homes, day)


@settings(max_examples=200, deadline=None, suppress_health_check=SLOW)
@given(households(BOOK), st.sampled_from(DAYS))
def test_amounts_are_never_negative_and_stacking_never_adds(home: Household, day: date) -> None:
    ev = evaluate(BOOK.law_on(day), home, day)
    for row in ev.payable():
        assert row.amount_fen is None or row.amount_fen >= 0
        assert row.payable_fen is None or row.amount_fen is None or 0 <= row.payable_fen <= row.amount_fen


@settings(max_examples=200, deadline=None, suppress_health_check=SLOW)
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


@settings(max_examples=150, deadline=None, suppress_health_check=SLOW)
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


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(households(BOOK), st.sampled_from(DAYS))
def test_every_open_answer_names_what_is_missing_and_explains(home: Household, day: date) -> None:
    ev = evaluate(BOOK.law_on(day), home, day)
    for row in ev.outcomes():
        outcome = ev.outcome(row.scheme, row.person)
        assert bool(outcome.missing) == (outcome.amount_fen is None)
        explained = ev.explain(row.scheme, row.person).to_json()
        assert explained["schema"] == "rulebook.explanation/1"
        assert explained["status"] == row.status
