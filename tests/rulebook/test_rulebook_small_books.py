"""Small books of one or two rules, with answers that are worked out by hand: bounds, signs, first and last values."""

from datetime import date
from pathlib import Path
from textwrap import dedent
from typing import Any

import numpy as np
import pytest
import rulebook_small
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rulebook_engines import interpreter, local_engines
from rulebook_populations import snapshot_of, tables

from rulebook import Household, Person, Rulebook, Unknown, evaluate, load_rulebook
from rulebook.book import Number, NumberVersion
from rulebook.cases import Example, Expected
from rulebook.checking import check_example
from rulebook.law import TRIAL
from rulebook.ranges import AGE_MAX
from rulebook.reform import Reform, UnableToReform, reformed
from rulebook.snapshot import UNKNOWN, DuckEngine, outcomes_of
from rulebook.units import Entity, Unit, read_money, say
from rulebook.wording import Teller

pytestmark = pytest.mark.usefixtures("kernels_as_python")
DAY = date(2026, 11, 1)
AGED = """
    outcome: {entitled: entitled, amount: amount}
    numbers:
      grown: {label: 成年, unit: age, versions: [{from: 2016-01-01, value: 18, basis: b}]}
      bonus: {label: 发, unit: fen/person/month, versions: [{from: 2016-01-01, value: 1, basis: b}]}
    variables:
      entitled: {label: 符合, type: bool, basis: b, is: "age(birth_date) >= grown"}
      amount: {label: 金额, unit: fen/person/month, basis: b, is: bonus}
"""


FAMILY = """
    outcome: {entitled: entitled, amount: amount}
    numbers:
      month: {label: 每月, unit: year/month, versions: [{from: 2016-01-01, value: 1, basis: b}]}
    variables:
      entitled: {label: 符合, entity: household, type: bool, basis: b, is: "rooms <= rooms"}
      amount: {label: 金额, entity: household, unit: fen/month, basis: b, is: income * month}
"""
MEMBER = """
    outcome: {entitled: entitled, amount: amount}
    numbers:
      one: {label: 每月, unit: 1/month, versions: [{from: 2016-01-01, value: 1, basis: b}]}
    variables:
      entitled: {label: 符合, type: bool, basis: b, is: "grade >= grade"}
      amount: {label: 金额, unit: fen/person/month, basis: b, is: savings * one}
"""
HEADS = rulebook_small.SHARED.replace('is: "True"', "is: resident").replace(
    "count(members)", "count(member for member in members if member.counted)"
)
HOUSES = st.lists(
    st.tuples(
        st.sampled_from([None, 0, 1, 2, 100]),
        st.lists(
            st.tuples(st.sampled_from([True, True, False, None]), st.sampled_from([None, 0, 1, 30, 99])),
            min_size=1,
            max_size=3,
        ),
    ),
    min_size=20,
    max_size=40,
)


@pytest.fixture(scope="module", params=["difference", "exclusive, prefer: higher", "exclusive, prefer: first"])
def meeting(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    made = {
        "household": dedent(HEADS),
        "aid": rulebook_small.scheme(MEMBER, code="aid"),
        "gift": rulebook_small.scheme(FAMILY, "household", code="gift"),
    }
    rule = f"- {{kind: {request.param}, first: aid, others: [gift], from: 2016-01-01, basis: b}}"
    return load_rulebook(rulebook_small.write(tmp_path_factory.mktemp("meeting"), rule, **made))


@settings(max_examples=4, deadline=None)  # each of dozens of households
@given(houses=HOUSES)
@example(houses=[(1, [(True, 30), (True, 0), (True, None)]), (100, [(None, 30), (True, 99)]), (None, [(True, 1)])])
def test_a_members_benefit_and_the_familys_meet_in_a_population_as_in_one_household(
    meeting: Rulebook, houses: list[tuple[int | None, list[tuple[bool | None, int | None]]]]
) -> None:
    """Amounts, shares and who is counted, each known or not: what is paid is the same to the fen, in every engine."""

    def known(**facts: object) -> dict[str, Any]:
        return {name: value for name, value in facts.items() if value is not None}

    law = meeting.law_on(DAY)
    homes = [
        Household(
            known(income=income, rooms=1),
            [Person(str(n), known(resident=lives, savings=fen, grade=1)) for n, (lives, fen) in enumerate(members)],
        )
        for income, members in houses
    ]
    given_tables = tables(law, homes)
    wanted = {key: cell for key, cell in interpreter(law, DAY, *given_tables).items() if cell[0] != "not_entitled"}
    for name, engine in local_engines().items():
        assert engine(law, DAY, *given_tables) == wanted, name
    shot, engine = snapshot_of(meeting, DAY, homes), DuckEngine()
    found = outcomes_of(law, DAY, shot, engine, engine.prepare(meeting, shot.persons, shot.households))
    paid = [fen for home in homes for row in evaluate(law, home, DAY).payable() for fen in [row.payable_fen]]
    unknown = [fen if fen is not None else UNKNOWN for fen in paid]
    assert sorted(found.payable.tolist()) == sorted(unknown)
    assert (np.diff(found.key) > 0).all()


DIVIDED = """
    outcome: {entitled: entitled, amount: amount}
    numbers:
      line: {label: 线, unit: fen/person, versions: [{from: 2016-01-01, value: 60, basis: b}]}
      one: {label: 每月, unit: 1/month, versions: [{from: 2016-01-01, value: 1, basis: b}]}
      share: {label: 份, unit: grade, versions: [{from: 2016-01-01, value: 1, basis: b}]}
      base: {label: 基数, unit: fen/person/month, versions: [{from: 2016-01-01, value: 500, basis: b}]}
    variables:
      per_grade: {label: 每级, unit: fen/person/grade, basis: b, is: "div_round(savings - line, grade + share)"}
      entitled: {label: 符合, type: bool, basis: b, is: "resident and known(kind)"}
      amount: {label: 金额, unit: fen/person/month, basis: b, is: "max(base + per_grade * grade * one, 0)"}
"""


def test_a_quotient_that_may_be_negative_and_is_not_known_has_the_same_bounds_everywhere(tmp_path: Path) -> None:
    book = rulebook_small.load(tmp_path, DIVIDED)
    assert book.spans[book.variables["aid.per_grade"].rules[0].tree][0] < 0
    known = {"resident": True, "kind": "none"}
    facts: list[dict[str, Any]] = [{"savings": fen, "grade": 2} for fen in (0, 59, 60, 61, 63, 64, 65)]
    facts += [{"savings": 0}, {"savings": 61}, {"grade": 0}, {"grade": 3}, {}]
    law = book.law_on(DAY)
    given = tables(law, [Household({}, [Person("0", known | one)]) for one in facts])
    wanted = interpreter(law, DAY, *given)
    assert {cell[0] for cell in wanted.values()} == {"entitled"}
    assert {cell[1] is None for cell in wanted.values()} == {True, False}
    for name, engine in local_engines().items():
        assert engine(law, DAY, *given) == wanted, name


CHOSEN = """
    outcome: {entitled: entitled, amount: amount}
    numbers:
      one: {label: 每月, unit: 1/month, versions: [{from: 2016-01-01, value: 1, basis: b}]}
    variables:
      entitled: {label: 符合, type: bool, basis: b, is: resident}
      amount: {label: 金额, unit: fen/person/month, basis: b, is: "max(savings, 0) * one"}
"""


def test_the_plain_number_of_an_extreme_may_stand_last(tmp_path: Path) -> None:
    law = rulebook_small.load(tmp_path, CHOSEN).law_on(DAY)
    ev = evaluate(law, Household({}, [Person("0", {"resident": True, "savings": 7})]), DAY)
    assert ev.outcome("aid", "0").amount_fen == 7


def test_what_is_not_in_force_yet_is_no_and_nothing(tmp_path: Path) -> None:
    later = rulebook_small.scheme(CHOSEN).replace("from: 2016-01-01\nbasis", "from: 2026-07-01\nbasis", 1)
    assert later != rulebook_small.scheme(CHOSEN)
    book = load_rulebook(rulebook_small.write(tmp_path, aid=later))
    person = Household({}, [Person("0", {"resident": True, "savings": 7})])
    for day, wanted in ((date(2026, 6, 30), (False, 0)), (date(2026, 7, 1), (True, 7))):
        ev = evaluate(book.law_on(day), person, day)
        assert (ev.value("aid.entitled", "0"), ev.value("aid.amount", "0")) == wanted


def test_a_ratio_that_is_compared_by_multiplying_must_fit_too(tmp_path: Path) -> None:
    body = """
        outcome: {entitled: entitled}
        numbers:
          factor: {label: 系数, unit: "1", versions: [{from: 2016-01-01, value: FACTOR, basis: b}]}
          limit: {label: 线, unit: fen/item/year, versions: [{from: 2016-01-01, value: 4000000000, basis: b}]}
        variables:
          entitled: {label: 符合, type: bool, basis: b, is: "income / (max(1, rooms) * factor) > limit"}
    """
    assert rulebook_small.load(tmp_path, body.replace("FACTOR", "4"), "household")
    told = rulebook_small.problems(tmp_path, body.replace("FACTOR", "4000000000"), "household")
    assert ["超过了 64 位整数" in problem.why for problem in told] == [True]


def test_months_since_a_day_that_is_not_known_are_none_to_all_of_a_life(tmp_path: Path) -> None:
    body = CHOSEN.replace(
        "  entitled:", "  lived: {label: 月数, unit: month, basis: b, is: months(birth_date)}\n      entitled:"
    )
    law = rulebook_small.load(tmp_path, body).law_on(DAY)
    ev = evaluate(law, Household({}, [Person("0", {}), Person("1", {"birth_date": date(1990, 1, 15)})]), DAY)
    assert ev.value("aid.lived", "0") == Unknown(0, AGE_MAX * 12)
    assert ev.value("aid.lived", "1") == 12 * 36 + 9


def test_a_yes_or_no_has_two_values_and_a_birth_of_a_hundred_and_fifty_years_is_believed(tmp_path: Path) -> None:
    book = rulebook_small.load(tmp_path, AGED)
    assert (book.inputs["resident"].low, book.inputs["resident"].high) == (0, 1)
    law = book.law_on(DAY)
    for born, status in ((date(1876, 12, 31), "entitled"), (date(1875, 12, 31), "unknown")):
        ev = evaluate(law, Household({}, [Person("0", {"birth_date": born})]), DAY)
        assert ev.outcome("aid", "0").status == status
    assert book.inputs["birth_date"].entity is Entity.PERSON


def test_where_there_is_no_table_the_remedy_says_so(tmp_path: Path) -> None:
    told = rulebook_small.problems(tmp_path, CHOSEN.replace("max(savings, 0)", "lookup(by_age, savings)"))
    assert "现有的表：没有" in {problem.why for problem in told}


BANDED = """
    outcome: {entitled: entitled, amount: amount}
    tables:
      by_grade:
        label: 按等级
        by: grade
        unit: fen/person/month
        versions: [{from: 2016-01-01, basis: 某表, bands: [{from: 0, to: 2, value: 30}, {from: 2, value: 20}]}]
    variables:
      entitled: {label: 符合, type: bool, basis: b, is: resident}
      amount: {label: 金额, unit: fen/person/month, basis: b, is: "lookup(by_grade, grade)"}
"""


def test_a_row_of_a_table_is_told_with_its_figure_and_without_one_while_it_is_open(tmp_path: Path) -> None:
    law = rulebook_small.load(tmp_path, BANDED).law_on(DAY)
    found = {}
    for grade in (1, None):
        facts = {"resident": True} | ({} if grade is None else {"grade": grade})
        told = evaluate(law, Household({}, [Person("0", facts)]), DAY).explain("aid", "0")
        assert told.amount is not None
        (row,) = [line for line in told.amount.children if line.name == "aid.by_grade"]
        found[grade] = row.number and (row.number.value, row.number.basis)
    assert found == {1: (30, "某表"), None: None}


def test_an_example_that_is_wrong_is_told_in_words_and_in_what_has_to_be_written(tmp_path: Path) -> None:
    book = rulebook_small.load(tmp_path, CHOSEN)
    person = Household({}, [Person("0", {"resident": False, "savings": 7})])
    expected = Expected("aid", "0", status="entitled", values={"entitled": None})
    example = Example("aid", "某例", "examples.yaml", 1, DAY, person, (expected,), "某式")
    values, told = check_example(book, example).differences
    assert "例子写的是符合（entitled），算出来是不符合（not_entitled）" in told
    assert "例子写的是 不知道，算出来是 否（no）" in values


def test_before_the_first_version_the_first_counts() -> None:
    first, second = date(2016, 1, 1), date(2020, 1, 1)
    number = Number("aid.n", "n", Unit(), tuple(NumberVersion(day, day.year, "b", None) for day in (first, second)))
    days = (date(2015, 12, 31), first, date(2019, 12, 31), second, date(2030, 1, 1))
    assert [number.on(day).value for day in days] == [2016, 2016, 2016, 2020, 2020]


def test_a_trial_of_other_words_holds_from_the_first_day_of_the_rule(tmp_path: Path) -> None:
    body = CHOSEN.replace(
        "is: resident", 'is: [{from: 2016-01-01, rule: resident}, {from: 2020-01-01, rule: "grade >= 1"}]'
    )
    rulebook_small.load(tmp_path, body)
    book = load_rulebook(tmp_path, {"aid.entitled": "not resident"})
    (rule,) = book.variables["aid.entitled"].rules
    assert (rule.from_date, rule.text, rule.doubt) == (date(2016, 1, 1), "not resident", TRIAL)
    for day in (date(2016, 1, 1), DAY):
        ev = evaluate(book.law_on(day), Household({}, [Person("0", {"resident": False, "grade": 0})]), day)
        assert ev.value("aid.entitled", "0") is True


def test_the_only_fact_that_is_missing_decides_alone_also_where_no_day_can_be_named(tmp_path: Path) -> None:
    body = CHOSEN.replace(
        "amount: {", "lived: {label: 月数, unit: month, basis: b, is: months(birth_date)}\n      amount: {"
    )
    body = body.replace("unit: 1/month", "unit: fen/person/month/month").replace("max(savings, 0) * one", "lived * one")
    law = rulebook_small.load(tmp_path, body).law_on(DAY)
    outcome = evaluate(law, Household({}, [Person("0", {"resident": True})]), DAY).outcome("aid", "0")
    assert [(datum.input, datum.decides_alone) for datum in outcome.missing] == [("birth_date", True)]
    assert outcome.one_datum_missing is None  # it decides the amount; who is entitled is known


def test_a_figure_of_nothing_does_not_fall_below(tmp_path: Path) -> None:
    body = CHOSEN.replace("value: 1,", "value: 0,")
    book = rulebook_small.load(tmp_path, body)
    with pytest.raises(UnableToReform, match="below zero"):
        reformed(book, Reform(numbers={"aid.one": -1}))
    negative = rulebook_small.load(tmp_path, body.replace("value: 0,", "value: -1,"))
    assert reformed(negative, Reform(numbers={"aid.one": -2})).law_on(DAY).numbers["aid.one"].value == -2


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
    folder = rulebook_small.write(tmp_path, aid=rulebook_small.scheme(AGED))
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
