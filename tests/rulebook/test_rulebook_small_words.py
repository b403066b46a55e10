"""Small books of one or two rules: how what comes out is told, and what decides it, worked out by hand."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import rulebook_small

from rulebook import Household, Person, evaluate, load_rulebook
from rulebook.units import Unit, read_money, say
from rulebook.wording import Teller

DAY = date(2026, 11, 1)


COMPARED = """
    outcome: {entitled: entitled}
    numbers:
      limit: {label: 限, unit: fen/person, versions: [{from: 2016-01-01, value: 100, basis: b}]}
      share: {label: 份, unit: 1/grade, versions: [{from: 2016-01-01, value: 1, basis: b}]}
    variables:
      entitled: {label: 符合, type: bool, basis: b, is: "RULE"}
"""


@pytest.mark.parametrize("sign", ["<", "<=", ">", ">="])
def test_the_margin_told_turns_the_answer_and_one_fen_less_does_not(tmp_path: Path, sign: str) -> None:
    book = rulebook_small.load(tmp_path, COMPARED.replace("RULE", f"savings {sign} limit"))
    law, tree = book.law_on(DAY), book.variables["aid.entitled"].rules[0].tree

    def holds(savings: int) -> bool:
        return evaluate(law, Household({}, [Person("0", {"savings": savings})]), DAY).value("aid.entitled", "0") is True

    for savings in (0, 98, 99, 100, 101, 102, 200):
        ev = evaluate(law, Household({}, [Person("0", {"savings": savings})]), DAY)
        margin = Teller(ev).margin(tree, 0)
        assert margin is not None
        step = 1 if margin.change == "more" else -1
        assert holds(savings) is (margin.then == "fails")
        assert holds(savings + step * margin.amount) is not holds(savings)
        assert holds(savings + step * (margin.amount - 1)) is holds(savings)


@pytest.mark.parametrize(
    ("rule", "facts", "text"),
    [
        ("savings / max(1, grade * share) <= limit", {"savings": 350, "grade": 3}, "人均再少 0.17 元即符合"),
        ("savings / max(1, grade * share) < limit", {"savings": 350, "grade": 3}, "人均再少 0.17 元以上即符合"),
        ("savings / max(1, grade * share) < limit", {"savings": 250, "grade": 3}, "人均再多 0.17 元即不符合"),
        ("savings / max(1, grade * share) <= limit", {"savings": 250, "grade": 3}, "人均再多 0.17 元以上即不符合"),
        ("savings / max(1, grade * share) > limit", {"savings": 300, "grade": 3}, "人均再多 0.00 元以上即符合"),
        ("savings / max(1, grade * share) > limit", {"savings": 99, "grade": 1}, "人均再多 0.02 元即符合"),
        ("savings / max(1, grade * share) > limit", {"savings": 99}, None),
        ("savings / max(1, grade * share) > limit", {"grade": 1}, None),
        ("savings > limit", {}, None),
        ("limit < max(savings, limit)", {}, None),
        ("savings == limit", {"savings": 99}, None),
        ("grade * share >= 1", {"grade": 0}, None),
    ],
)
def test_the_margin_of_a_ratio_is_told_for_one_of_its_unit(
    tmp_path: Path, rule: str, facts: dict[str, Any], text: str | None
) -> None:
    book = rulebook_small.load(tmp_path, COMPARED.replace("RULE", rule))
    ev = evaluate(book.law_on(DAY), Household({}, [Person("0", facts)]), DAY)
    margin = Teller(ev).margin(book.variables["aid.entitled"].rules[0].tree, 0)
    assert (margin and margin.text) == text


@pytest.mark.parametrize(
    ("rule", "alone"),
    [
        ("rooms >= one * 4", True),
        ("income > line if rooms == 0 else rooms > 0", False),
        ("income > line if rooms == one else rooms > 0", False),
        ("income > line if rooms == one * 6 else rooms > 0", False),
    ],
)
def test_a_number_decides_alone_where_it_does_at_its_ends(tmp_path: Path, rule: str, alone: bool) -> None:
    body = f"""
        outcome: {{entitled: entitled}}
        numbers:
          one: {{label: 一, unit: item, versions: [{{from: 2016-01-01, value: 1, basis: b}}]}}
          line: {{label: 线, unit: fen/year, versions: [{{from: 2016-01-01, value: 5, basis: b}}]}}
        variables:
          entitled: {{label: 符合, type: bool, basis: b, is: "{rule}"}}
    """.replace("one * 4", "one + one + one + one").replace("one * 6", "one + one + one + one + one + one")
    law = rulebook_small.load(tmp_path, body, "household").law_on(DAY)
    outcome = evaluate(law, Household({}, []), DAY).outcome("aid")
    assert {datum.input: datum.decides_alone for datum in outcome.missing}["rooms"] is alone
    assert outcome.one_datum_missing == (outcome.missing[0] if alone else None)


def test_of_members_only_those_are_asked_who_may_count(tmp_path: Path) -> None:
    body = """
        outcome: {entitled: entitled}
        numbers:
          limit: {label: 限, unit: fen, versions: [{from: 2016-01-01, value: 100, basis: b}]}
        variables:
          entitled: {label: 符合, type: bool, basis: b,
                     is: sum(m.savings for m in members if m.resident) > limit and any(m.grade >= 1 for m in members)}
    """
    law = rulebook_small.load(tmp_path, body, "household").law_on(DAY)
    members = [
        Person("住", {"resident": True, "grade": 1}),
        Person("不住", {"resident": False, "grade": 0}),
        Person("不知", {"grade": 1}),
        Person("存款", {"savings": 5, "grade": 1}),
    ]
    found = evaluate(law, Household({}, members), DAY).outcome("aid").missing
    wanted = {("住", "savings"), ("不知", "resident"), ("不知", "savings"), ("存款", "resident")}
    assert {(datum.person, datum.input) for datum in found} == wanted


def test_near_the_top_every_condition_is_shown_and_further_down_what_decides(tmp_path: Path) -> None:
    levels = "".join(
        f"""
          v{n}: {{label: 第{n}, type: bool, basis: b, is: "resident or v{n + 1} or w{n + 1} or grade >= 1"}}
          w{n + 1}: {{label: 旁{n + 1}, type: bool, basis: b, is: "resident or grade >= 1"}}"""
        for n in range(4)
    )
    body = f"""
        outcome: {{entitled: v0}}
        variables:{levels}
          v4: {{label: 第4, type: bool, basis: b, is: resident}}
    """
    law = rulebook_small.load(tmp_path, body).law_on(DAY)
    told = evaluate(law, Household({}, [Person("0", {"resident": True, "grade": 0})]), DAY).explain("aid", "0").entitled
    shown = {}
    waiting = [told]
    while waiting:
        line = waiting.pop()
        waiting += line.children
        if line.children:
            shown[line.label] = [child.label for child in line.children]
    assert shown == {
        "第0": ["住在本区", "第1", "旁1", "残疾等级"],
        "第1": ["住在本区", "第2", "旁2", "残疾等级"],
        "旁1": ["住在本区", "残疾等级"],
        "残疾等级": ["残疾等级"],
        "第2": ["住在本区", "第3", "旁3"],
        "旁2": ["住在本区"],
        "第3": ["住在本区", "第4", "旁4"],
        "旁3": ["住在本区"],
        "第4": ["住在本区"],
        "旁4": ["住在本区"],
    }


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [
        (0, "fen", "0.00 元"),
        (5, "fen/month", "0.05 元"),
        (-105, "fen", "−1.05 元"),
        (123_456_789, "fen/person/month", "1,234,567.89 元"),
        (1, "month", "1 个月"),
        (12, "month/year", "12 个月"),
        (50, "percent", "50%"),
        (1_200, "person", "1,200 人"),
        (3, "vehicle/person", "3 辆/人"),
        (7, "1", "7"),
    ],
)
def test_a_figure_is_said_with_its_unit(value: int, unit: str, told: str) -> None:
    assert say(value, Unit.parse(unit)) == told
    assert say(7, None) == "7"


@pytest.mark.parametrize(
    ("text", "fen"),
    [("1,102.00元", 110_200), ("1,102.05 元", 110_205), ("3元", 300), ("3.5元", None), ("3.50", None), ("元", None)],
)
def test_money_is_read_to_the_fen(text: str, fen: int | None) -> None:
    assert read_money(text) == fen


@pytest.mark.parametrize(
    ("rule", "shown"),
    [
        # of a count, who counts and why; of a sum, what each has, and why where it is open
        ("count(m for m in members if m.resident) >= one",
         [("住", "resident"), ("不住", "resident"), ("不知", "resident")]),
        ("sum(m.savings for m in members if m.resident) > limit",
         [("住", "savings"), ("不住", "resident"), ("不知", "resident"), ("不知", "savings")]),
        ("sum(m.savings for m in members) > limit", [("住", "savings"), ("不住", "savings"), ("不知", "savings")]),
    ],
)  # fmt: skip
def test_what_a_gathered_figure_rests_on(tmp_path: Path, rule: str, shown: list[tuple[str, str]]) -> None:
    body = f"""
        outcome: {{entitled: entitled}}
        numbers:
          limit: {{label: 限, unit: fen, versions: [{{from: 2016-01-01, value: 100, basis: b}}]}}
          one: {{label: 一, unit: person, versions: [{{from: 2016-01-01, value: 1, basis: b}}]}}
        variables:
          entitled: {{label: 符合, type: bool, basis: b, is: "{rule}"}}
    """
    law = rulebook_small.load(tmp_path, body, "household").law_on(DAY)
    members = [Person("住", {"resident": True}), Person("不住", {"resident": False}), Person("不知", {})]
    told = evaluate(law, Household({}, members), DAY).explain("aid").entitled
    assert [(line.person, line.name) for line in told.children if line.source is not None] == shown


@pytest.mark.parametrize(
    ("form", "low", "high"),
    [
        ("type: bool", 0, 1),
        ("type: date", 0, 200),
        ("type: money, unit: fen/year", 0, 100_000_000_000),
        ("type: int, unit: grade", 0, 4),
        ("type: int, unit: item", 0, 6),
        ("type: int, unit: year", 0, 120),
        ("type: int, unit: time", 0, 1_000),
        ("type: int", 0, 1_000),
        ("type: int, min: -3, max: 7", -3, 7),
        ("type: money, unit: fen, max: 500", 0, 500),
    ],
)
def test_how_large_a_fact_may_be_that_says_nothing_of_it(tmp_path: Path, form: str, low: int, high: int) -> None:
    folder = rulebook_small.write(tmp_path, aid=rulebook_small.scheme(rulebook_small.AGED))
    text = (folder / "inputs.yaml").read_text(encoding="utf-8")
    old = "rooms: {type: int, unit: item"
    assert old in text
    (folder / "inputs.yaml").write_text(text.replace(old, f"rooms: {{{form}"), encoding="utf-8")
    made = load_rulebook(folder).inputs["rooms"]
    assert (made.low, made.high) == (low, high)


def test_a_code_is_told_by_the_words_of_who_gives_it(tmp_path: Path) -> None:
    body = """
        outcome: {entitled: entitled}
        variables:
          sort: {label: 类型, codes: [none, sight, mind], code_labels: {sight: 看不清}, basis: b, is: kind}
          by_name: {label: 按名, type: bool, basis: b, is: "sort in ('sight', 'mind')"}
          by_fact: {label: 按事实, type: bool, basis: b, is: "kind in ('none', 'sight')"}
          entitled: {label: 符合, type: bool, basis: b, is: by_name and by_fact}
    """
    book = rulebook_small.load(tmp_path, body)
    found = []
    for kind in ("sight", "mind", "none"):
        teller = Teller(evaluate(book.law_on(DAY), Household({}, [Person("0", {"kind": kind})]), DAY))
        for name in ("by_name", "by_fact"):
            found.append(teller.tell(book.variables[f"aid.{name}"].rules[0].tree, 0))
    assert found == [
        "类型：看不清", "残疾类别：视力",
        "类型：mind", "残疾类别：精神（所列：没有、视力）",
        "类型：none（所列：看不清、mind）", "残疾类别：没有",
    ]  # fmt: skip
