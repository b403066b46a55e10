"""The words of a rule with its figures, kind by kind: what an officer reads, to the last sign."""

import json
from datetime import date
from typing import Any

import pytest
from rulebook_small import load_rulebook, scheme, write

from rulebook import Household, Person, Rulebook, evaluate
from rulebook.wording import Teller

DAY = date(2021, 3, 1)
NUMBERS = """
    limit: {label: 限额, unit: fen/person, versions: [{from: 2016-01-01, value: 10000, basis: b}]}
    three: {label: 三, unit: "1", versions: [{from: 2016-01-01, value: 3, basis: b}]}
    rate: {label: 比例, unit: percent, versions: [{from: 2016-01-01, value: 50, basis: b}]}
    old: {label: 老年, unit: age, versions: [{from: 2016-01-01, value: 60, basis: b}]}
    few: {label: 几间, unit: item, versions: [{from: 2016-01-01, value: 2, basis: b}]}
    heads: {label: 几人, unit: person, versions: [{from: 2016-01-01, value: 2, basis: b}]}
    yearly: {label: 年线, unit: fen/item/year, versions: [{from: 2016-01-01, value: 300000, basis: b}]}
"""
FACTS: dict[str, dict[str, Any]] = {
    "甲": {"savings": 10000, "resident": True, "grade": 2, "kind": "none", "birth_date": date(1990, 1, 1)},
    "乙": {"savings": 2500, "resident": False, "grade": 0, "kind": "sight"},
    "丙": {},
    "丁": {"savings": 9000, "grade": 1},
}
PERSONS = {name: Person(str(place), facts, name) for place, (name, facts) in enumerate(FACTS.items())}
LINE = "限额 100.00 元"
OF_A_PERSON = [
    ("div_round(savings, three) > limit", "甲", f"本人存款 100.00 元 ÷ 三 3，四舍五入 ≤ {LINE}（要求高于）"),
    ("div_round(savings, three) > limit", "丁", f"本人存款 90.00 元 ÷ 三 3 ≤ {LINE}（要求高于）"),
    ("div_round(savings, three) > limit", "丙", f"本人存款 不知道 ÷ 三 3，要求高于 {LINE}，还不能确定"),
    ("savings / three < limit", "甲", f"本人存款 100.00 元 ÷ 三 3 ＝ 33.33 元 ＜ {LINE}"),
    ("savings / three < limit", "丙", f"本人存款 不知道 ÷ 三 3，要求低于 {LINE}，还不能确定"),
    ("(savings + limit) / three < limit", "乙", f"（本人存款 25.00 元 ＋ {LINE}）÷ 三 3 ＝ 41.67 元 ＜ {LINE}"),
    ("percent_of(rate, savings) < limit", "甲", f"本人存款 100.00 元 × 比例 50% ＜ {LINE}"),
    ("percent_of(rate, savings + limit) < limit", "甲",
     f"（本人存款 100.00 元 ＋ {LINE}）× 比例 50% ≥ {LINE}（要求低于）"),
    ("max(savings, limit) > limit", "甲", f"本人存款 100.00 元、{LINE}中较大的 ≤ {LINE}（要求高于）"),
    ("min(savings, limit, limit) > limit", "乙", f"本人存款 25.00 元、{LINE}、{LINE}中较小的 ≤ {LINE}（要求高于）"),
    ("max(0, savings, limit) > limit", "乙", f"0、本人存款 25.00 元、{LINE}中较大的 ≤ {LINE}（要求高于）"),
    ("min(1, savings) > limit", "乙", f"1、本人存款 25.00 元中较小的 ≤ {LINE}（要求高于）"),
    ("max(0, savings - limit) > limit", "甲", f"本人存款 100.00 元 − {LINE} ≤ {LINE}（要求高于）"),
    ("max(0, savings - limit) > limit", "乙", f"本人存款 25.00 元 − {LINE}（不足 0 按 0） ≤ {LINE}（要求高于）"),
    ("max(1, grade) >= 1", "丁", "残疾等级 1 级 ≥ 1 级"),
    ("max(1, grade) >= 1", "乙", "残疾等级 0 级（不足 1 按 1） ≥ 1 级"),
    ("(savings + limit) * three > limit", "甲", f"（本人存款 100.00 元 ＋ {LINE}）× 三 3 ＞ {LINE}"),
    ("three * max(0, savings - limit) > limit", "甲", f"三 3 ×（本人存款 100.00 元 − {LINE}） ≤ {LINE}（要求高于）"),
    ("savings * three + limit * three > limit", "甲", f"本人存款 100.00 元 × 三 3 ＋ {LINE} × 三 3 ＞ {LINE}"),
    ("savings * three * three > limit", "甲", f"本人存款 100.00 元 × 三 3 × 三 3 ＞ {LINE}"),
    ("savings - (limit + savings) < limit", "乙", f"本人存款 25.00 元 −（{LINE} ＋ 本人存款 25.00 元） ＜ {LINE}"),
    ("savings + (limit - savings) < limit", "乙",
     f"本人存款 25.00 元 ＋ {LINE} − 本人存款 25.00 元 ≥ {LINE}（要求低于）"),
    ("savings - limit - limit < limit", "乙", f"本人存款 25.00 元 − {LINE} − {LINE} ＜ {LINE}"),
    ("not resident", "甲", "住在本区：是（要求：否）"),
    ("not resident", "乙", "住在本区：否"),
    ("not resident", "丙", "住在本区：不知道"),
    ("not (savings > limit)", "甲", f"本人存款 100.00 元 ≤ {LINE}"),
    ("not (savings >= limit)", "甲", f"本人存款 100.00 元 ≥ {LINE}（要求低于）"),
    ("not (savings >= limit)", "丙", f"本人存款 不知道，要求低于 {LINE}，还不能确定"),
    ("not (resident and grade >= 1)", "甲", "不能是：住在本区：是；残疾等级 2 级 ≥ 1 级"),
    ("kind in ('sight', 'mind')", "甲", "残疾类别：没有（所列：视力、精神）"),
    ("kind in ('sight', 'mind')", "乙", "残疾类别：视力"),
    ("kind == 'none'", "丙", "残疾类别：不知道（所列：没有）"),
    ("known(grade)", "甲", "残疾等级已经知道：是"),
    ("known(grade)", "丙", "残疾等级已经知道：否"),
    ("(savings if resident else limit) >= limit", "甲", f"本人存款 100.00 元 ≥ {LINE}"),
    ("(savings if resident else limit) >= limit", "乙", f"{LINE} ≥ {LINE}"),
    ("(savings if resident else limit) >= limit", "丁",
     f"还不能确定：住在本区：不知道，要求不低于 {LINE}，还不能确定"),
    ("resident if grade >= 1 else known(grade)", "甲", "住在本区：是"),
    ("resident if grade >= 1 else known(grade)", "乙", "残疾等级已经知道：是"),
    ("resident if grade >= 1 else known(grade)", "丙", "还不能确定：残疾等级 不知道，要求不低于 1 级，还不能确定"),
    ("age(birth_date) >= old", "甲",
     "出生日期 1990年1月1日，到 2021-03-01 满 31 岁 ＜ 老年 60 岁（要求不低于）"),
    ("resident and grade >= 1", "乙", "住在本区：否；残疾等级 0 级 ＜ 1 级（要求不低于）"),
    ("resident or grade >= 1", "丁", "住在本区：不知道，或者 残疾等级 1 级 ≥ 1 级"),
    ("savings == limit", "甲", f"本人存款 100.00 元 ＝ {LINE}"),
    ("savings == limit", "乙", f"本人存款 25.00 元 ≠ {LINE}（要求等于）"),
    ("savings != limit", "甲", f"本人存款 100.00 元 ＝ {LINE}（要求不等于）"),
    ("savings != limit", "丙", f"本人存款 不知道，要求不等于 {LINE}，还不能确定"),
    ("True or resident", "乙", "是，或者 住在本区：否"),
    ("False or resident", "乙", "否，或者 住在本区：否"),
]  # fmt: skip
OF_A_HOME: list[tuple[str, str, dict[str, Any], str]] = [
    ("sum(m.savings for m in members) > 0", "甲乙丙", {}, "甲 100.00 元 ＋ 乙 25.00 元 ＋ 丙 不知道 ＞ 0.00 元"),
    ("sum(m.savings for m in members) > 0", "", {}, "没有人 ≤ 0.00 元（要求高于）"),
    ("sum(m.savings for m in members if m.resident) > 0", "甲乙丁", {},
     "甲 100.00 元 ＋ 丁 90.00 元（是否计入还不知道） ＞ 0.00 元"),
    ("count(m for m in members if m.resident) >= heads", "甲乙丙", {},
     "甲、丙（是否计入还不知道），共 不知道，要求不低于 几人 2 人，还不能确定"),
    ("count(m for m in members if m.resident) >= heads", "乙", {}, "没有人，共 0 人 ＜ 几人 2 人（要求不低于）"),
    ("count(members) > heads", "甲乙丙", {}, "甲、乙、丙，共 3 人 ＞ 几人 2 人"),
    ("any(m.resident for m in members)", "甲乙丙", {},
     "至少一人：甲（住在本区：是）、乙（住在本区：否）、丙（住在本区：不知道）"),
    ("any(m.resident for m in members)", "", {}, "至少一人：没有人"),
    ("all(m.resident for m in members if m.grade >= 1)", "甲乙丙", {},
     "每个人：甲（住在本区：是）、丙（住在本区：不知道）"),
    ("all(m.resident for m in members if m.grade >= 1)", "乙", {}, "每个人：没有人"),
    ("income / max(1, rooms) <= yearly", "", {"income": 1000000, "rooms": 3},
     "家庭收入 10,000.00 元 ÷ 房间数 3 项 ＝ 3,333.33 元 ＞ 年线 3,000.00 元（要求不超过）"),
    ("income / max(1, rooms) <= yearly", "", {"income": 900000, "rooms": 3},
     "家庭收入 9,000.00 元 ÷ 房间数 3 项 ＝ 3,000.00 元 ≤ 年线 3,000.00 元"),
    ("income / max(1, rooms) <= yearly", "", {"rooms": 0},
     "家庭收入 不知道 ÷ 房间数 0 项（不足 1 按 1），要求不超过 年线 3,000.00 元，还不能确定"),
    ("max(1, rooms) > few", "", {"rooms": 1}, "房间数 1 项 ≤ 几间 2 项（要求高于）"),
]  # fmt: skip


def rule_of(code: str, rule: str, beneficiary: str) -> str:
    body = f"variables:\n  entitled: {{label: 符合, type: bool, basis: b, is: {json.dumps(rule)}}}"
    return scheme(f"outcome: {{entitled: entitled, period: status}}\nnumbers:{NUMBERS}{body}", beneficiary, code)


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    """A book in which every rule of the two lists is the condition of a scheme."""
    persons = {f"p{place}": rule_of(f"p{place}", rule, "person") for place, (rule, *_) in enumerate(OF_A_PERSON)}
    homes = {f"h{place}": rule_of(f"h{place}", rule, "household") for place, (rule, *_) in enumerate(OF_A_HOME)}
    return load_rulebook(write(tmp_path_factory.mktemp("said"), **persons, **homes))


def told(book: Rulebook, code: str, home: Household, place: int) -> str:
    return Teller(evaluate(book.law_on(DAY), home, DAY)).tell(book.variables[f"{code}.entitled"].rules[0].tree, place)


@pytest.mark.parametrize("place", range(len(OF_A_PERSON)), ids=lambda n: " | ".join(OF_A_PERSON[n][:2]))
def test_a_rule_of_a_person_is_told(said: Rulebook, place: int) -> None:
    _, name, text = OF_A_PERSON[place]
    assert told(said, f"p{place}", Household({}, list(PERSONS.values())), list(PERSONS).index(name)) == text


@pytest.mark.parametrize("place", range(len(OF_A_HOME)), ids=lambda n: " | ".join(OF_A_HOME[n][:2]))
def test_a_rule_of_a_home_is_told(said: Rulebook, place: int) -> None:
    _, names, facts, text = OF_A_HOME[place]
    assert told(said, f"h{place}", Household(facts, [PERSONS[name] for name in names]), -1) == text
