"""What would have to be otherwise, checked by making it so; and the published schema of a working."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rulebook_households import BOOK, DAYS, SLOW, households, many
from rulebook_populations import POLICIES
from rulebook_small import load
from test_rulebook_decision_tables import TABLES, facts_of, person

from rulebook import Explanation, Household, Rulebook, evaluate, load_stories
from rulebook.units import Entity

DAY = date(2021, 3, 1)
STORIES = {story.key: story for story in load_stories(POLICIES)}
PAGE = json.loads((Path(__file__).parents[2] / "docs/reference/explanation.schema.json").read_text(encoding="utf-8"))
RULES = """
outcome: {entitled: entitled}
numbers:
  limit: {label: 上限, unit: fen/person, versions: [{from: 2016-01-01, value: 10000, basis: 第四条}]}
  old: {label: 老年, unit: age, versions: [{from: 2016-01-01, value: 60, basis: 第四条}]}
variables:
  poor: {label: 存款少, type: bool, basis: 第四条, is: savings <= limit}
  aged: {label: 年满六十, type: bool, basis: 第四条, is: age(birth_date) >= old}
  entitled: {label: 符合, type: bool, basis: 第四条, is: RULE}
"""


def explained(folder: Path, rule: str, **facts: Any) -> Explanation:
    book = load(folder, RULES.replace("RULE", json.dumps(rule)))
    return evaluate(book.law_on(DAY), person(**facts), DAY).explain("aid", "甲")


@pytest.mark.parametrize(
    ("rule", "facts", "hint"),
    [
        ("poor and resident", {"savings": 15300, "resident": True}, "只差一项：本人存款：人均再少 53.00 元"),
        ("poor and resident", {"savings": 15300, "resident": False},
         "要同时改变 2 项：本人存款：人均再少 53.00 元；住在本区要为是"),
        ("poor or resident and aged", {"savings": 20000, "resident": False, "birth_date": date(1990, 1, 1)},
         "只差一项：本人存款：人均再少 100.00 元"),
        ("not poor", {"savings": 9000}, "只差一项：本人存款：人均再多 10.01 元"),
        ("not (poor and resident)", {"savings": 9000, "resident": True}, "只差一项：本人存款：人均再多 10.01 元"),
        ("not (poor or resident)", {"savings": 9000, "resident": True},
         "要同时改变 2 项：本人存款：人均再多 10.01 元；住在本区要为否"),
        ("aged", {"birth_date": date(2000, 1, 1)}, "只差一项：出生日期：再多 39 岁"),
        ("not aged", {"birth_date": date(1950, 1, 1)}, ""),
        ("aged and kind == 'mind'", {"birth_date": date(1950, 1, 1), "kind": "none"}, "只差一项：残疾类别要是精神"),
        ("aged and kind != 'mind'", {"birth_date": date(1950, 1, 1), "kind": "mind"}, "只差一项：残疾类别要不是精神"),
        ("grade == 1 and resident", {"grade": 2}, "要同时改变 2 项：残疾等级要等于 1 级；住在本区要为是（现在不知道）"),
        ("poor if resident else aged", {"resident": True, "savings": 10001}, "只差一项：本人存款：人均再少 0.01 元"),
        ("(poor if resident else poor) and grade >= 1", {"savings": 10001, "grade": 0},
         "要同时改变 2 项：本人存款：人均再少 0.01 元；残疾等级要不低于 1 级"),
        ("known(grade)", {}, "只差一项：残疾等级已经知道：否（要求：是）"),
        ("False and resident", {"resident": False}, ""),
        ("resident", {"resident": True}, ""),
    ],
)  # fmt: skip
def test_the_least_that_would_have_to_change(tmp_path: Path, rule: str, facts: dict[str, Any], hint: str) -> None:
    told = explained(tmp_path, rule, **facts)
    assert told.hint == hint
    assert bool(told.nearest) == bool(hint)


def test_a_household_waits_for_the_nearest_of_its_members(tmp_path: Path) -> None:
    rules = RULES.replace("savings", "income").replace("unit: fen/person,", "unit: fen/year,")
    rules = rules.replace("is: age(birth_date) >= old", "is: any(m.resident for m in members if m.grade >= 1)")
    book = load(tmp_path, rules.replace("RULE", "aged"), "household")
    people = [person(resident=False, grade=0).members[0], replace(person(resident=False, grade=2).members[0], key="乙")]
    told = evaluate(book.law_on(DAY), Household({}, people), DAY).explain("aid")
    assert [(change.person, change.text) for change in told.nearest] == [("乙", "住在本区要为是")]
    nobody = evaluate(book.law_on(DAY), Household({}, []), DAY).explain("aid")
    assert nobody.nearest == ()


def test_nobody_is_told_to_be_alive_again() -> None:
    told = [
        evaluate(BOOK.law_on(s.as_of), s.household, s.as_of).explain("old_age_allowance", member.key)
        for s in STORIES.values()
        for member in s.household.members
        if member.facts.get("dead")
    ]
    assert told
    assert all(one.nearest == () for one in told)


def test_the_step_told_is_the_step_that_turns_the_answer() -> None:
    story = STORIES["pan_deming"]
    ev = evaluate(BOOK.law_on(story.as_of), story.household, story.as_of)
    (change,) = ev.explain("minimum_living_allowance").nearest
    assert change.margin is not None
    assert change.text == "家庭年收入：每人每月再少 148.00 元以上"
    heads = ev.value("household.heads")
    assert isinstance(heads, int)
    place, earner = next((i, m) for i, m in enumerate(story.household.members) if m.facts.get("wage_income"))
    wage = earner.facts["wage_income"]
    assert isinstance(wage, int)
    just = wage - change.margin.amount * heads * 12
    assert ev.settled(place, "wage_income", just).status("minimum_living_allowance")[0] == "not_entitled"
    assert ev.settled(place, "wage_income", just - 1).status("minimum_living_allowance")[0] == "entitled"


@settings(max_examples=many(25), deadline=None, suppress_health_check=SLOW)
@given(households(BOOK), st.sampled_from(DAYS), st.data())
def test_every_working_follows_the_published_schema(home: Household, day: date, data: st.DataObject) -> None:
    ev = evaluate(BOOK.law_on(day), home, day)
    scheme = data.draw(st.sampled_from(list(BOOK.schemes.values())))
    for key in [None] if scheme.beneficiary is Entity.HOUSEHOLD else list(ev.keys):
        told = ev.explain(scheme.code, key)
        valid(told)
        assert bool(told.nearest) <= (told.status == "not_entitled")


@settings(max_examples=many(25), deadline=None, suppress_health_check=SLOW)
@given(facts_of)
def test_workings_with_tables_follow_it_too(tables: Rulebook, facts: dict[str, Any]) -> None:
    valid(evaluate(tables.law_on(date(2020, 3, 1)), person(**facts), date(2020, 3, 1)).explain("aid", "甲"))


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    return load(tmp_path_factory.mktemp("tables"), TABLES)


def valid(told: Explanation) -> None:
    jsonschema_rs.validate(PAGE, json.loads(json.dumps(told.to_json(), ensure_ascii=False)))


@pytest.mark.parametrize("change", [{"status": "perhaps"}, {"amount_fen": "12"}, {"extra": 1}, {"period": "week"}])
def test_what_is_no_working_does_not_pass(change: dict[str, object]) -> None:
    story = STORIES["lin_azhen"]
    told = evaluate(BOOK.law_on(story.as_of), story.household, story.as_of).explain("minimum_living_allowance")
    plain = json.loads(json.dumps(told.to_json(), ensure_ascii=False))
    with pytest.raises(jsonschema_rs.ValidationError):
        jsonschema_rs.validate(PAGE, {**plain, **change})
