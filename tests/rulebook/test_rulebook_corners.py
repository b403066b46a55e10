"""What no policy of today asks for, and what each part answers then: a refusal in words, never a guess."""

from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from rulebook_households import BOOK
from rulebook_small import load
from test_rulebook_semantics import AS_OF, write_book

from rulebook import (
    Household,
    NewVersion,
    Person,
    RulebookErrors,
    UnableToAmend,
    UnableToFindInRulebook,
    UnableToReadFact,
    evaluate,
    kernel_runner,
)
from rulebook.dependencies import Clock, _next, _passed, dependencies_of
from rulebook.facts import EARLIEST_YEARS
from rulebook.inequality import gini, poverty
from rulebook.kernel_bounds import BoundsWriter
from rulebook.kernel_columns import storage
from rulebook.kernel_exact import ExactWriter
from rulebook.kernel_frame import Frame
from rulebook.outlook import months_from
from rulebook.problems import Problems
from rulebook.ranges import combine
from rulebook.replay import differences
from rulebook.sql_bounds import Writer
from rulebook.sql_settled import SettledWriter
from rulebook.tree import Node
from rulebook.units import BOOL, PERCENT, Unit, read_money, say
from rulebook.yaml_reading import read_yaml

pytestmark = pytest.mark.usefixtures("kernels_as_python")
DAY = date(2026, 11, 1)


def test_a_kind_of_node_that_an_engine_does_not_know_is_refused() -> None:
    strange, frame = Node(BOOL), Frame(BOOK, BOOK.spans, {})
    for write in (ExactWriter(frame).value, BoundsWriter(frame).value):
        with pytest.raises(TypeError, match="no kernel for Node"):
            write(strange)
    for lowered in (Writer(BOOK, "duckdb").node, SettledWriter(BOOK, "duckdb").value):
        with pytest.raises(TypeError, match="no SQL for Node"):
            lowered(strange)
    with pytest.raises(TypeError, match="no arithmetic for Node"):
        combine(strange, [])


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("(p).q", "没有叫 `p.q` 的"),
        ("(a + b).q", "不是名字"),
        ("a % b", "规则里没有的运算"),
        ("~a", "规则里不能写"),
        ("1 if p else q", "if 前面是数，else 后面是“是或否”"),
        ("k < 'x'", "代码没有大小"),
        ("p is q", "比较写法不认识"),
        ("a in ('x',)", "只有代码才能说是几种之一"),
        ("k in (p,)", "不是代码"),
        ("k == 'nothing'", "没有代码 'nothing'"),
        ("abs(a)", "规则里没有 `abs` 这个算法"),
        ("age(a)", "`age` 的括号里是数"),
        ("age(d, d)", "`age` 的括号里有 2 项"),
        ("percent_of(a, b)", "percent_of 的比例是数"),
        ("lookup(steps, k)", "查表 household.steps 用的是代码"),
        ("lookup(colours, 'w' if p else k)", "没有 w 的行"),
        ("min(a)", "`min` 至少要两个值"),
        ("sum(members)", "`sum(members)` 没有说算他们的什么"),
        ("sum(a)", "不是对家庭成员合计的写法"),
        ("any(x.p for x in people)", "没有写 in members"),
        ("count(m.p for m in members)", "count 数的是人"),
        ("any(m for m in members)", "`m` 后面没有说要他的什么"),
        ("p + a", "`p` 是“是或否”"),
        ("d == d", "`d` 是日期，不能这样比"),
    ],
)
def test_what_the_language_has_not_is_told(tmp_path: Path, rule: str, says: str) -> None:
    with pytest.raises(RulebookErrors) as caught:
        write_book(tmp_path, [rule])
    assert any(says in f"{one.what} {one.why}" for one in caught.value.problems), caught.value


@pytest.mark.parametrize(
    ("name", "value", "needed"),
    [
        ("relation", 1, "one of its codes"),
        ("birth_date", "2000-01-01", "a date"),
        ("birth_date", datetime(2000, 1, 1), "a date"),  # noqa: DTZ001  a moment is no day
        ("dead", 1, "true or false"),
        ("wage_income", 1.5, "a whole number of fen"),
        ("wage_income", True, "a whole number of fen"),
    ],
)
def test_a_fact_of_another_type_is_refused(name: str, value: Any, needed: str) -> None:
    home = Household({}, [Person("a", {name: value})])
    with pytest.raises(UnableToReadFact, match=needed):
        evaluate(BOOK.law_on(DAY), home, DAY).outcomes()


def test_an_unknown_variable_is_told_with_those_that_are() -> None:
    with pytest.raises(UnableToFindInRulebook, match="there is no variable"):
        evaluate(BOOK.law_on(DAY), Household({}, []), DAY).value("no.such")


def test_a_figure_that_could_divide_by_zero_cannot_be_published(tmp_path: Path) -> None:
    book = write_book(tmp_path, ["div_round(a, three)"])
    with pytest.raises(UnableToAmend, match="可能算不出来"):
        book.with_versions([NewVersion("household.three", DAY, "b", value=0)])
    with pytest.raises(UnableToAmend, match="要有 3 行，每一类一行，现在是 1 行"):
        book.with_versions([NewVersion("household.colours", DAY, "b", values=(1,))])
    with pytest.raises(UnableToAmend, match="要有 3 行"):
        book.with_versions([NewVersion("household.colours", DAY, "b", edges=(0, 1, 2), values=(1, 2, 3))])
    assert book.with_versions([NewVersion("household.colours", DAY, "b", values=(1, 2, 3))]).law_on(DAY)


class TestTime:
    def test_who_is_not_born_yet_turns_on_the_day_of_birth(self) -> None:
        graph = dependencies_of(BOOK.law_on(DAY))
        assert graph.next_turn("birth_date", date(2027, 5, 1), DAY) == date(2027, 5, 1)
        assert graph.next_turn("birth_date", None, DAY) is None
        assert graph.next_turn("wage_income", date(2027, 5, 1), DAY) is None

    def test_whom_nobody_believes_never_turns(self) -> None:
        graph = dependencies_of(BOOK.law_on(DAY))
        assert graph.next_turn("birth_date", date(DAY.year - EARLIEST_YEARS - 5, 1, 1), DAY) is None

    def test_a_clock_without_steps_turns_each_year_or_month(self) -> None:
        born = date(2000, 5, 31)
        year, month = Clock("age", None), Clock("month", None)
        assert _passed(year, born, date(2026, 5, 30), date(2026, 5, 31))
        assert not _passed(year, born, date(2026, 5, 31), date(2027, 5, 30))
        assert _next(year, born, date(2026, 5, 31)) == date(2027, 5, 31)
        assert _next(month, born, date(2026, 5, 31)) == date(2026, 7, 1)
        assert _next(Clock("age", frozenset({18})), born, DAY) is None

    def test_an_age_that_is_not_compared_is_followed_every_year(self, tmp_path: Path) -> None:
        book = write_book(tmp_path, ["age(d)"])
        graph = dependencies_of(book.law_on(AS_OF))
        assert Clock("age", None) in graph.clocks["d"]
        assert graph.next_turn("d", date(2000, 5, 1), AS_OF) == date(2021, 5, 1)


def test_weights_beyond_sixty_two_bits_are_summed_in_python() -> None:
    income = np.array([1, 3], dtype=np.int64)
    heads = np.array([2**41, 2**41], dtype=np.int64)
    assert gini(income, heads) == Fraction(1, 4)
    alike = np.array([2**20 - 1] * 3, dtype=np.int64)  # a sum of 64 bits would not hold
    assert gini(alike, np.array([2**41] * 3, dtype=np.int64)) == 0


def test_what_came_and_what_went_is_told() -> None:
    assert list(differences({"a": 1}, {"b": 2})) == ["a: gone", "b: added"]
    assert list(differences({"a": [1]}, {"a": [1, 2]})) == ["a: [1] → [1,2]"]
    assert list(differences({"a": [{"b": 1}, 2]}, {"a": [{"b": 2}, 2]})) == ["a[0].b: 1 → 2"]
    assert list(differences({"a": {"x": 1, "z": 0}}, {"a": {"y": 1, "z": 0}})) == ["a.x: gone", "a.y: added"]
    assert list(differences({"a": 1}, {"a": True})) == ["a: 1 → true"]


class TestKernel:
    def test_a_column_that_is_missing_is_unknown_and_results_are_counted(self) -> None:
        law = BOOK.law_on(DAY)
        persons = pa.table({"household_id": pa.array([1]), "person_id": pa.array(["a"])})
        columns = kernel_runner.prepare(BOOK, persons, pa.table({"household_id": pa.array([1])}))
        rows = kernel_runner.run(law, DAY, columns)
        assert rows.count == len(evaluate(law, Household({}, [Person("a", {})]), DAY).outcomes()) > 5

    def test_a_rule_without_members_needs_no_loop_over_them(self, tmp_path: Path) -> None:
        body = """
            outcome: {entitled: entitled}
            variables:
              entitled: {label: e, type: bool, basis: b, is: "rooms >= 1 if known(rooms) else income < income"}
        """
        (tmp_path / "x").mkdir()
        book = load(tmp_path / "x", body, "household")
        book = replace(
            book, heads=book.schemes["aid"].amount
        )  # nobody is counted: a household's outcome reads only its own facts
        law, persons = book.law_on(DAY), pa.table({"household_id": pa.array([], pa.int64()), "person_id": pa.array([])})
        homes = pa.table({"household_id": pa.array([1, 2, 3]), "rooms": pa.array([2, 0, None])})
        found = kernel_runner.run_population(law, DAY, persons, homes)["aid"].to_pylist()
        assert [(row["household_id"], row["status"]) for row in found] == [(1, "entitled"), (3, "unknown")]


@pytest.mark.parametrize(
    ("text", "line"), [("a: b: c", 1), ("a: 1\nb: \x01", 1), ("a: !odd x", 1), ("a: 'x", 1), ("a: 1\n\tb: 2", 2)]
)
def test_what_is_no_yaml_is_a_problem_and_no_crash(tmp_path: Path, text: str, line: int) -> None:
    found = Problems()
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    assert read_yaml(tmp_path / "a.yaml", "a.yaml", found) is None
    assert [(one.line, one.what) for one in found.found] == [(line, "这一行的写法不对")]


def test_a_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    found = Problems()
    assert read_yaml(tmp_path / "none.yaml", "none.yaml", found) is None
    assert found.found[0].what == "文件打不开"


@pytest.mark.parametrize(
    ("rule", "span"),
    [
        ("a + b", (0, 200)),
        ("n + a", (-100, 200)),
        ("a - n", (-100, 200)),
        ("n * a", (-10_000, 10_000)),
        ("n * n", (-10_000, 10_000)),
        ("age(d)", (0, 200)),
        ("months(d)", (0, 2_400)),
        ("max(a, n)", (0, 100)),
        ("min(a, n)", (-100, 100)),
        ("a if p else n", (-100, 100)),
        ("percent_of(third, a)", (0, 33)),
    ],
)
def test_what_a_rule_can_become_is_proven_when_it_loads(tmp_path: Path, rule: str, span: tuple[int, int]) -> None:
    book = write_book(tmp_path, [rule])
    assert book.spans[book.variables["row0.result"].rules[0].tree] == span


@pytest.mark.parametrize(
    ("low", "high", "kind"),
    [
        (0, 127, "int8"),
        (-127, 127, "int8"),
        (-128, 127, "int16"),
        (0, 128, "int16"),
        (-32_768, 0, "int32"),
        (0, 2**31, "int64"),
    ],
)
def test_a_fact_is_kept_in_the_narrowest_number_that_has_room_for_unknown(low: int, high: int, kind: str) -> None:
    chosen, unknown = storage(replace(BOOK.inputs["wage_income"], low=low, high=high))
    assert str(chosen) == kind
    assert unknown < low


def test_nobody_is_no_poor_person() -> None:
    nobody = np.array([], dtype=np.int64)
    told = poverty(nobody, nobody, 100)
    assert (told.poor, told.heads, told.rate) == (0, 0, None)


@pytest.mark.parametrize(
    ("text", "fen"), [("1,102.05元", 110_205), ("0.50元", 50), ("7元", 700), ("7.5", None), ("七元", None)]
)
def test_money_is_read_to_the_fen(text: str, fen: int | None) -> None:
    assert read_money(text) == fen


def test_figures_are_said_with_their_units() -> None:
    told = [say(33, PERCENT), say(110_205, Unit.parse("fen/month")), say(3, Unit.parse("person")), say(7, None)]
    assert told == ["33%", "1,102.05 元", "3 人", "7"]


def test_the_months_ahead_begin_with_the_month_itself() -> None:
    assert months_from(date(2026, 11, 17), 3) == (date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1))


def test_a_doubt_goes_with_the_figure_that_is_published() -> None:
    book = BOOK.with_versions([NewVersion("household.standard", date(2030, 1, 1), "b", value=1, doubt="未核对")])
    assert book.numbers["household.standard"].versions[-1].doubt == "未核对"
