"""The working of an outcome: figures, thresholds, articles, doubts, questions."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from rulebook_populations import POLICIES
from rulebook_small import load

from rulebook import Evaluation, ExplanationNode, Household, Person, Rulebook, Story, evaluate, load_stories

STORIES = {story.key: story for story in load_stories(POLICIES)}


def ev_of(book: Rulebook, story: Story) -> Evaluation:
    return evaluate(book.law_on(story.as_of), story.household, story.as_of)


def nodes(node: ExplanationNode) -> Iterator[ExplanationNode]:
    yield node
    for child in node.children:
        yield from nodes(child)


def find(node: ExplanationNode, name: str) -> ExplanationNode:
    return next(found for found in nodes(node) if found.name == name)


def test_lin_azhen_is_told_how_her_amount_comes_about(book: Rulebook) -> None:
    told = ev_of(book, STORIES["lin_azhen"]).explain("minimum_living_allowance")
    assert (told.status, told.amount_fen, told.result) == ("entitled", 180600, "符合，每月 1,806.00 元")
    income = find(told.entitled, "minimum_living_allowance.income_below_standard")
    assert income.state == "holds"
    assert "第八条" in income.basis
    assert "18,000.00 元" in income.text
    assert "＝ 500.00 元 ＜ " in income.text
    assert "1,102.00 元" in income.text
    assert income.margin is not None
    assert income.margin.text == "每人每月再多 602.00 元即不符合"
    assert (income.kind, find(told.entitled, "household.income_year").kind) == ("condition", "step")
    assert (income.unit, find(told.entitled, "household.income_year").unit) == ("", "fen/year")
    assert told.amount is not None
    assert (told.amount.kind, told.amount.unit) == ("amount", "fen/month")
    assert told.amount.value == 180600
    assert told.amount.text == (
        "（最低生活保障标准（每人每月）1,102.00 元 × 共同生活家庭成员 3 人 × 12 个月"
        " − 家庭年收入 18,000.00 元）÷ 12 个月"
    )
    standard = find(told.entitled, "household.standard").number
    assert standard is not None
    assert (standard.value, standard.from_date, standard.doubt) == (
        110200,
        date(2020, 1, 1),
        None,
    )
    assert find(told.entitled, "minimum_living_allowance.asset_months").doubt is not None


def test_a_refusal_says_what_fails_and_by_how_much(book: Rulebook) -> None:
    story = STORIES["jiang_fugui"]
    told = ev_of(book, story).explain("minimum_living_allowance")
    assert told.result == "不符合"
    assert told.amount is None
    failing = [n for n in nodes(told.entitled) if n.state == "fails" and n.label == "名下住房套数"]
    assert failing[0].text == "名下住房套数 2 套 ＞ 允许的住房套数 1 套（要求不超过）"
    assert failing[0].margin is not None
    assert failing[0].margin.text == "再少 1 套即符合"


def test_just_above_the_line_is_told_how_much_less_would_do(book: Rulebook) -> None:
    told = ev_of(book, STORIES["pan_deming"]).explain("minimum_living_allowance")
    income = find(told.entitled, "minimum_living_allowance.income_below_standard")
    assert income.margin is not None
    assert income.margin.text == "每人每月再少 148.00 元以上即符合"


def test_an_open_answer_carries_its_question(book: Rulebook) -> None:
    story = STORIES["he_shuigen"]
    ev = ev_of(book, story)
    told = ev.explain("minimum_living_allowance")
    asked = [n for n in nodes(told.entitled) if n.source is not None and n.state == "unknown"]
    assert [n.name for n in asked] == ["financial_assets"]
    assert "存款" in asked[0].text
    assert told.missing[0].decides_alone
    assert ev.outcome("minimum_living_allowance").one_datum_missing == told.missing[0]


def test_a_line_of_a_fact_carries_the_fact_and_nothing_where_it_is_not_known(book: Rulebook) -> None:
    story = STORIES["he_shuigen"]
    told = ev_of(book, story).explain("minimum_living_allowance")
    facts = [n for n in nodes(told.entitled) if n.source is not None]
    given = {person.key: dict(person.facts) for person in story.household.members} | {None: dict(story.household.facts)}
    assert {n.state == "unknown" for n in facts} == {True, False}
    for line in facts:
        assert line.source is not None
        wanted = None if line.state == "unknown" else given[line.source.person][line.source.input]
        assert line.source.value == wanted, line.name


def test_what_cannot_change_the_answer_is_not_asked(book: Rulebook) -> None:
    ev = ev_of(book, STORIES["ma_ke"])
    assert all(ev.outcome(code, person).missing == () for code, person in [
        ("minimum_living_allowance", None), ("destitute_support", "马可"), ("old_age_allowance", "马可")])  # fmt: skip


@pytest.mark.parametrize("story", STORIES.values(), ids=lambda story: story.key)
def test_every_explanation_is_json_and_agrees_with_its_outcome(book: Rulebook, story: Story) -> None:
    ev = ev_of(book, story)
    for wanted in story.expect:
        told = ev.explain(wanted.scheme, wanted.person)
        plain = json.loads(json.dumps(told.to_json(), ensure_ascii=False))
        assert plain["schema"] == "rulebook.explanation/1"
        assert plain["law_digest"] == ev.law.digest
        assert {"entitled": "holds", "not_entitled": "fails", "unknown": "unknown"}[
            wanted.status
        ] == told.entitled.state
        for node in nodes(told.entitled):
            assert node.label or node.kind == "condition"
            assert node.text
            if node.name in book.variables:
                assert node.basis


@pytest.mark.parametrize(
    ("since", "unit", "low", "high", "alone"),
    [
        ("age", "age", 50, 54, False),  # between the two the savings count
        ("age", "age", 54, 50, True),  # never: whatever the day, the answer is no
        ("age", "age", 150, 151, False),
        ("months", "month", 3, 4, False),
        ("months", "month", 0, 1, False),
        ("months", "month", 4, 3, True),
    ],
)
@pytest.mark.parametrize("day", [date(2026, 5, 31), date(2024, 2, 29), date(2025, 1, 1)])
def test_a_date_decides_alone_only_if_no_day_leaves_the_answer_open(
    tmp_path: Path, since: str, unit: str, low: int, high: int, alone: bool, day: date
) -> None:
    assert decides_alone(tmp_path, day, f"{since}(birth_date) < high", unit, low, high) == alone


def test_nothing_is_claimed_of_a_date_whose_days_that_count_cannot_be_named(tmp_path: Path) -> None:
    """Control: the same rule with the figure written directly, which is never met."""
    assert decides_alone(tmp_path, date(2026, 5, 31), "age(birth_date) < high", "age", 54, 50)
    assert not decides_alone(tmp_path, date(2026, 5, 31), "age(birth_date) + low < high + low", "age", 54, 50)


def decides_alone(folder: Path, day: date, rule: str, unit: str, low: int, high: int) -> bool:
    """Whether the day of birth settles a rule that holds between two figures, for whoever has savings."""
    since = rule.partition("(")[0]
    figure = "{label: 界, unit: %s, versions: [{from: 2016-01-01, value: %d, basis: 第五条}]}"
    book = load(folder, f"""
        outcome: {{entitled: entitled, period: status}}
        numbers: {{low: {figure % (unit, low)}, high: {figure % (unit, high)}}}
        variables:
          entitled:
            label: 符合
            type: bool
            basis: 第四条
            is: {since}(birth_date) >= low and {rule} and savings > 0
    """)  # fmt: skip
    outcome = evaluate(book.law_on(day), Household({}, [Person("甲")]), day).outcome("aid", "甲")
    found = {datum.input: datum.decides_alone for datum in outcome.missing}
    assert found.keys() == {"birth_date", "savings"}
    assert not found["savings"]
    return found["birth_date"]
