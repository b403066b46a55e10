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


def test_examples_and_stories_agree_with_duckdb(book: Rulebook) -> None:
    """Each day with the schemes that its cases are about; all schemes for all households on one day."""
    by_day: dict[date, list[Example]] = {}
    for case in all_cases(book):
        by_day.setdefault(case.as_of, []).append(case)
    for day, cases in by_day.items():
        households, about = [case.household for case in cases], {e.scheme for case in cases for e in case.expect}
        law = book.law_on(day)
        found = by_sql(law, households, day, about)
        assert found == {key: row for key, row in by_interpreter(law, households, day).items() if key[0] in about}
        for place, case in enumerate(cases):
            for wanted in case.expect:
                status, amount, *_ = found.get((wanted.scheme, place, wanted.person), ("not_entitled", 0))
                assert status == wanted.status, case.title
                assert wanted.amount_fen in (None, amount), case.title
    day, households = date(2026, 11, 1), [case.household for case in all_cases(book)]
    assert by_sql(book.law_on(day), households, day) == by_interpreter(book.law_on(day), households, day)


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
