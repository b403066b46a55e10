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
from rulebook.units import Entity, Unit

pytestmark = pytest.mark.usefixtures("kernels_as_python")
DAY = date(2026, 11, 1)


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
    book = rulebook_small.load(tmp_path, rulebook_small.AGED)
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
