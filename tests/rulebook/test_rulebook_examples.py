"""Examples and stories: the interpreter, DuckDB and the officer's own working agree to the fen."""

from dataclasses import replace
from datetime import date

import pytest
from rulebook_populations import POLICIES, by_interpreter, by_sql

from rulebook import Example, Period, Rulebook, Story, check_example, check_examples, evaluate, load_stories

STORIES = load_stories(POLICIES)
CODES = {
    "minimum_living_allowance", "single_person_household", "low_income_margin", "destitute_support",
    "disability_living_subsidy", "disability_care_subsidy", "old_age_allowance", "child_basic_living_allowance",
    "elder_service_subsidy", "elder_care_subsidy", "elder_consumption_voucher", "price_subsidy",
    "rigid_spending_hardship", "emergency_assistance", "small_quick_aid", "expenditure_assistance", "home_adaptation",
    "medical_insurance_premium_aid", "education_assistance", "housing_assistance", "employment_assistance",
    "funeral_fee_waiver", "eco_burial_reward",
}  # fmt: skip


def all_cases(book: Rulebook) -> list[Example]:
    return [example for scheme in book.schemes.values() for example in scheme.examples] + list(STORIES)


def test_every_scheme_is_there_with_at_least_six_examples(book: Rulebook) -> None:
    assert set(book.schemes) == CODES
    assert {code: len(scheme.examples) >= 6 for code, scheme in book.schemes.items()} == dict.fromkeys(CODES, True)


def test_examples_hold(book: Rulebook) -> None:
    assert [(r.title, r.differences) for r in check_examples(book) if not r.passed] == []


def test_a_wrong_expectation_is_noticed(book: Rulebook) -> None:
    example = book.schemes["minimum_living_allowance"].examples[0]
    wrong = replace(example, expect=tuple(replace(e, amount_fen=1) for e in example.expect[:1]))
    result = check_example(book, wrong)
    assert not result.passed
    assert "1,806.00" in result.differences[0]


@pytest.mark.parametrize("day", [date(2016, 6, 30), date(2020, 12, 1), date(2023, 1, 1), date(2026, 11, 1)])
def test_examples_and_stories_agree_with_duckdb(book: Rulebook, day: date) -> None:
    """All of their households under the law of four times; what each must be on its own day, the interpreter shows."""
    law, homes = book.law_on(day), [case.household for case in all_cases(book)]
    found = by_sql(law, homes, day)
    assert found == by_interpreter(law, homes, day)
    assert len(found) > 100


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.key)
def test_a_story_comes_out_as_worked_by_hand(book: Rulebook, story: Story) -> None:
    assert check_example(book, story).differences == ()
    assert story.address.startswith("青云里")
    assert story.working


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.key)
def test_a_storys_findings_follow_from_what_it_receives(book: Rulebook, story: Story) -> None:
    ev = evaluate(book.law_on(story.as_of), story.household, story.as_of)
    payable = {(row.scheme, row.person): row for row in ev.payable()}
    found = set()
    for key, row in payable.items():
        if row.period in (Period.ONCE, Period.YEAR):
            continue  # to be applied for: no payment of this month is missing
        if row.status == "entitled" and key not in story.receives and not (row.amount_fen and row.payable_fen == 0):
            found.add(("entitled_not_receiving", *key))
        if row.status == "unknown" and ev.outcome(*key).one_datum_missing:
            found.add(("one_datum_missing", *key))
    found |= {("receiving_not_entitled", *key) for key in story.receives if key not in payable}
    assert found == {(f.finding, f.scheme, f.person) for f in story.findings}
    assert story.finding == (story.findings[0].finding if story.findings else "none")
    assert all(payable[key].payable_fen == fen for key, fen in story.receives.items() if key in payable)


def test_there_are_stories_of_every_finding() -> None:
    assert {story.finding for story in STORIES} == {
        "entitled_not_receiving", "receiving_not_entitled", "one_datum_missing", "none"
    }  # fmt: skip
    assert len({story.address for story in STORIES}) == len(STORIES) >= 12
