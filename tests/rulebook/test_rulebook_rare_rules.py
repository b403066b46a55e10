"""Rules that the language allows and no policy of today has: every engine answers them like the interpreter."""

import os
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest
import rulebook_small
from rulebook_engines import interpreter, local_engines
from rulebook_populations import snapshot_of, tables

from rulebook import Household, Person, Rulebook, evaluate, kernel_runner, load_rulebook
from rulebook.dependencies import Clock, dependencies_of
from rulebook.reform import Reform, reformed
from rulebook.snapshot import DuckEngine, outcomes_of
from rulebook.tree import Node
from rulebook.units import BOOL, Base, Kind
from rulebook.wording import Teller

pytestmark = pytest.mark.usefixtures("kernels_as_python")
DAY = date(2026, 11, 1)
RARE = """
    outcome: {entitled: entitled, amount: amount}
    numbers:
      grown: {label: 成年, unit: age, versions: [{from: 2016-01-01, value: 18, basis: b}]}
      adult: {label: 法定成年, unit: age, versions: [{from: 2016-01-01, value: 18, basis: b}]}
      floor: {label: 起点, unit: fen/person, versions: [{from: 2016-01-01, value: 0, basis: b}]}
      bonus: {label: 加发, unit: fen/person/month, versions: [{from: 2016-01-01, value: 0, basis: b}]}
      one: {label: 每月, unit: 1/month, versions: [{from: 2016-01-01, value: 1, basis: b}]}
    tables:
      by_grade:
        label: 按等级
        by: grade
        unit: fen/person/month
        versions:
          - from: 2016-01-01
            basis: b
            bands: [{from: 0, to: 1, value: 0}, {from: 1, to: 3, value: 20}, {from: 3, value: 7}]
      by_kind:
        {label: 按类别, by: kind, unit: fen/person/month,
         versions: [{from: 2016-01-01, basis: b, rows: {none: 0, sight: 3, mind: 4}}]}
    variables:
      crowded: {label: 同住, entity: household, type: bool, basis: b, 
                is: "any(member.savings > 0 for member in members) and all(member.savings >= 0 for member in members)"}
      of_age: {label: 年龄够, type: bool, basis: b, is: age(birth_date if resident else birth_date) >= grown}
      older: {label: 更老, type: bool, basis: b, 
              is: "grown <= max(age(birth_date if resident else birth_date), grown) and adult == grown"}
      entitled:
        label: 符合
        type: bool
        basis: b
        is: (of_age if resident else older) and max(savings, savings) == savings and household.crowded
      amount: {label: 金额, unit: fen/person/month, basis: b, 
               is: "max(0, savings - floor) * one + bonus + lookup(by_grade, grade) + lookup(by_kind, kind)"}
"""
STACKED = """
    - {kind: exclusive, first: elsewhere, others: [aid], prefer: first, from: 2016-01-01, basis: b, outside: true}
    - {kind: exclusive, first: aid, others: [gift], prefer: first, from: 2016-01-01, basis: b}
"""


KINDS = ("none", "sight", "mind", None)


def people() -> list[Household]:
    made = []
    for day in (date(1990, 1, 1), date(2020, 1, 1), None):
        for lives in (True, False, None):
            known: dict[str, Any] = {
                "birth_date": day,
                "resident": lives,
                "grade": len(made) % 5,
                "kind": KINDS[len(made) % 4],
            }
            facts = {name: value for name, value in known.items() if value is not None}
            second = {"savings": 30} if len(made) % 2 else {}
            made.append(Household({}, [Person("0", {**facts, "savings": 500}), Person("1", {**facts, **second})]))
    return made


@pytest.fixture(scope="module")
def rare(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    return rulebook_small.load(tmp_path_factory.mktemp("rare"), RARE)


def test_every_engine_answers_rare_rules_alike(rare: Rulebook) -> None:
    law, given = rare.law_on(DAY), tables(rare.law_on(DAY), people())
    wanted = {key: cell for key, cell in interpreter(law, DAY, *given).items() if cell[0] != "not_entitled"}
    assert {cell[0] for cell in wanted.values()} == {"entitled", "unknown"}
    for name, engine in local_engines().items():
        assert engine(law, DAY, *given) == wanted, name


GREATEST = """
    outcome: {entitled: entitled, amount: amount}
    numbers:
      floor: {label: 起点, unit: fen/person, versions: [{from: 2016-01-01, value: 40, basis: b}]}
      one: {label: 每月, unit: 1/month, versions: [{from: 2016-01-01, value: 1, basis: b}]}
    variables:
      entitled: {label: 符合, type: bool, basis: b, is: resident}
      amount: {label: 金额, unit: fen/person/month, basis: b, is: "EXTREME(floor, savings) * one"}
"""


@pytest.mark.parametrize("extreme", ["max", "min"])
def test_the_extreme_of_what_is_not_known_is_not_settled(extreme: str, tmp_path: Path) -> None:
    """A database's GREATEST passes over NULL; who is entitled is known here, so nothing else keeps the row open."""
    book = rulebook_small.load(tmp_path, GREATEST.replace("EXTREME", extreme))
    law = book.law_on(DAY)
    given = tables(
        law, [Household({}, [Person("0", {"resident": True}), Person("1", {"resident": True, "savings": 70})])]
    )
    wanted = interpreter(law, DAY, *given)
    assert wanted["aid", 0, "0"][0] == "entitled"
    assert wanted["aid", 0, "0"] != wanted["aid", 0, "1"]
    for name, engine in local_engines().items():
        assert engine(law, DAY, *given) == wanted, name


def test_a_reform_that_turns_a_sign_is_compiled_anew_and_right(rare: Rulebook) -> None:
    changed = reformed(rare, Reform(numbers={"aid.floor": 90}))
    assert changed.book is not rare  # savings − floor may be negative now
    law = changed.law_on(DAY)
    rows = evaluate(law, people()[0], DAY).outcomes()
    assert rows[0].amount_fen == 410
    given = tables(law, people())
    for name, engine in local_engines().items():
        got = engine(law, DAY, *given)
        assert got["aid", 0, "0"][1] == 410, name


def test_a_figure_that_was_nothing_and_becomes_something_is_a_sign_that_turns(rare: Rulebook) -> None:
    assert reformed(rare, Reform(numbers={"aid.bonus": 5})).book is not rare


def test_control_a_reform_that_turns_none_keeps_the_book(rare: Rulebook) -> None:
    assert reformed(rare, Reform(numbers={"aid.grown": 60})).book is rare


AGED = """
    outcome: {entitled: entitled, amount: amount}
    numbers:
      grown: {label: 成年, unit: age, versions: [{from: 2016-01-01, value: 18, basis: b}]}
      bonus: {label: 发, unit: fen/person/month, versions: [{from: 2016-01-01, value: 1, basis: b}]}
    variables:
      entitled: {label: 符合, type: bool, basis: b, is: "RULE"}
      amount: {label: 金额, unit: fen/person/month, basis: b, is: bonus}
"""


@pytest.mark.parametrize(
    ("rule", "turns"),
    [
        ("age(birth_date) < grown", {18}),
        ("age(birth_date) >= grown", {18}),
        ("age(birth_date) <= grown", {19}),
        ("age(birth_date) > grown", {19}),
        ("age(birth_date) == grown", {18, 19}),
        ("age(birth_date) != grown", {18, 19}),
        ("grown > age(birth_date)", {18}),
        ("grown <= age(birth_date)", {18}),
        ("grown >= age(birth_date)", {19}),
        ("grown < age(birth_date)", {19}),
        ("grown == age(birth_date)", {18, 19}),
        ("grown != age(birth_date)", {18, 19}),
    ],
)
def test_a_birthday_that_turns_an_answer_is_known_beforehand(rule: str, turns: set[int], tmp_path: Path) -> None:
    law = rulebook_small.load(tmp_path, AGED.replace("RULE", rule)).law_on(DAY)
    assert dependencies_of(law).clocks["birth_date"] == (Clock("age", frozenset(turns)),)


def test_a_date_that_depends_is_followed_on_every_way(rare: Rulebook) -> None:
    clocks = dependencies_of(rare.law_on(DAY)).clocks["birth_date"]
    assert Clock("age", None) in clocks
    assert Clock("age", frozenset({18})) in clocks


def test_a_condition_within_a_condition_is_told_while_it_is_open(rare: Rulebook) -> None:
    known = Household({}, [Person("0", {"birth_date": date(1990, 1, 1), "savings": 1})])
    told = evaluate(rare.law_on(DAY), known, DAY).explain("aid", "0").entitled
    assert any("还不能确定" in line.text for line in (told, *told.children))
    sure = evaluate(rare.law_on(DAY), people()[1], DAY).explain("aid", "0").entitled
    assert not any("还不能确定" in line.text for line in (sure, *sure.children))


def test_the_first_member_is_named_in_what_is_missing(rare: Rulebook) -> None:
    known = {"resident": True, "savings": 1, "grade": 1, "kind": "none"}
    ev = evaluate(rare.law_on(DAY), Household({}, [Person("0", known), Person("1", known)]), DAY)
    assert [(one.person, one.input) for one in ev.outcome("aid", "0").missing] == [("0", "birth_date")]


@pytest.mark.parametrize(
    ("rule", "savings", "change", "text"),
    [
        ("savings <= limit", 100, "more", "再多 0.01 元即不符合"),
        ("savings < limit", 100, "less", "再少 0.01 元即符合"),
        ("savings >= limit", 100, "less", "再少 0.01 元即不符合"),
        ("savings > limit", 100, "more", "再多 0.01 元即符合"),
        ("savings < limit", 99, "more", "再多 0.01 元即不符合"),
    ],
)
def test_at_the_threshold_the_margin_says_which_way(
    tmp_path: Path, rule: str, savings: int, change: str, text: str
) -> None:
    body = f"""
        outcome: {{entitled: entitled}}
        numbers:
          limit: {{label: 限额, unit: fen/person, versions: [{{from: 2016-01-01, value: 100, basis: b}}]}}
        variables:
          entitled: {{label: 符合, type: bool, basis: b, is: {rule}}}
    """
    law = rulebook_small.load(tmp_path, body).law_on(DAY)
    margin = evaluate(law, Household({}, [Person("0", {"savings": savings})]), DAY).explain("aid", "0").entitled.margin
    assert margin is not None
    assert (margin.change, margin.text) == (change, f"人均{text}")


def test_members_are_summed_by_name_and_counted_with_their_number(tmp_path: Path) -> None:
    body = """
        outcome: {entitled: entitled}
        numbers:
          limit: {label: 限额, unit: fen, versions: [{from: 2016-01-01, value: 100, basis: b}]}
          few: {label: 几人, unit: person, versions: [{from: 2016-01-01, value: 2, basis: b}]}
        variables:
          entitled:
            label: 符合
            type: bool
            basis: b
            is: sum(member.savings for member in members) > limit and count(members) <= few
    """
    law = rulebook_small.load(tmp_path, body, "household").law_on(DAY)
    home = Household({}, [Person("0", {"savings": 500}, "甲"), Person("1", {"savings": 20}, "乙")])
    told = evaluate(law, home, DAY).explain("aid").entitled.text
    assert "甲 5.00 元 ＋ 乙 0.20 元 ＞ 限额 1.00 元" in told
    assert "甲、乙，共 2 人 ≤ 几人 2 人" in told


def test_conditions_side_by_side_say_whether_all_or_one_must_hold(tmp_path: Path) -> None:
    body = """
        outcome: {entitled: entitled}
        variables:
          entitled: {label: 符合, type: bool, basis: b, is: (resident or grade >= 1) and not (resident and grade >= 1)}
    """
    law = rulebook_small.load(tmp_path, body).law_on(DAY)
    told = evaluate(law, Household({}, [Person("0", {"resident": True, "grade": 0})]), DAY).explain("aid", "0").entitled
    assert told.children[0].label == "以下满足一项即可"


def test_words_are_asked_for_what_has_words(rare: Rulebook) -> None:
    teller = Teller(evaluate(rare.law_on(DAY), people()[0], DAY))
    for strange in (Node(BOOL), Node(Kind(Base.INT))):
        with pytest.raises(TypeError, match="no words for"):
            teller.tell(strange, -1)


def test_where_benefits_meet_in_many_alike_households_each_is_settled(tmp_path: Path) -> None:
    gift = rulebook_small.scheme(RARE, code="gift")
    book = load_rulebook(rulebook_small.write(tmp_path, STACKED, aid=rulebook_small.scheme(RARE), gift=gift))
    law, shot, engine = book.law_on(DAY), snapshot_of(book, DAY, people()[:1] * 3), DuckEngine()
    found = outcomes_of(law, DAY, shot, engine, engine.prepare(book, shot.persons, shot.households))
    paid = {code: found.payable[found.scheme == place].tolist() for place, code in enumerate(found.codes)}
    assert sorted(paid["aid"]) == sorted(found.amount[found.scheme == found.codes.index("aid")].tolist())
    assert [fen for fen in paid["gift"] if fen >= 0] == [0, 0, 0]  # the second of each home has savings not known


def test_a_book_without_schemes_has_no_outcomes(tmp_path: Path) -> None:
    book = load_rulebook(rulebook_small.write(tmp_path))
    shot, engine = snapshot_of(book, DAY, people()[:1]), DuckEngine()
    found = outcomes_of(book.law_on(DAY), DAY, shot, engine, engine.prepare(book, shot.persons, shot.households))
    assert found.key.tolist() == []


def test_kernels_compiled_ahead_lie_ready(rare: Rulebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "kernels"
    monkeypatch.setenv("RULEBOOK_KERNELS", str(folder))
    kernel_runner.kernel.cache_clear()
    try:
        assert not kernel_runner.is_compiled(rare)
        kernel_runner.compile_ahead(rare.law_on(DAY), DAY)
        assert kernel_runner.is_compiled(rare)
        for place in (folder, folder / "__pycache__"):  # what runs as code is written by nobody else
            assert place.stat().st_mode & 0o777 == 0o700
    finally:
        kernel_runner.kernel.cache_clear()


class TestSparkAtItsStart:
    """What happens before a cluster is there; test_rulebook_spark.py has a real one."""

    @pytest.fixture(autouse=True)
    def _needs_pyspark(self) -> None:
        pytest.importorskip("pyspark")

    def test_facts_that_lie_in_files_are_read_where_they_are(self, tmp_path: Path) -> None:
        from rulebook import spark_runner

        class Session:
            read = SimpleNamespace(parquet=lambda path: path)

        session: Any = Session()
        assert spark_runner._read(session, tmp_path / "given", tmp_path / "own") == str(tmp_path / "given")
        given = spark_runner._read(session, pa.table({"person_id": [1]}), tmp_path / "own")
        assert [path.name for path in Path(given).iterdir()] == ["facts.parquet"]

    def test_without_java_it_says_what_to_install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from rulebook import spark_runner

        monkeypatch.setattr(spark_runner.shutil, "which", lambda name: None)
        monkeypatch.delenv("JAVA_HOME", raising=False)
        with pytest.raises(spark_runner.UnableToStartSpark, match="openjdk"), spark_runner.local_cluster():
            pass

    def test_a_start_that_fails_leaves_the_surroundings_as_they_were(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from rulebook import spark_runner

        class Failing:
            def getOrCreate(self) -> None:
                raise RuntimeError("no port")

        (tmp_path / "work").mkdir()
        (tmp_path / "jars").mkdir()
        monkeypatch.setattr(spark_runner.pyspark, "__path__", [str(tmp_path)])
        monkeypatch.setattr(spark_runner.shutil, "which", lambda name: "java")
        monkeypatch.setattr(spark_runner.SparkSession, "getActiveSession", lambda: None)
        seen: list[list[str]] = []

        def builder(folder: Path, workers: int, memory_mb: int) -> Failing:
            seen.append(sorted(item.name for item in Path(os.environ["SPARK_HOME"]).iterdir()))
            return Failing()

        monkeypatch.setattr(spark_runner, "_builder", builder)
        monkeypatch.setenv("SPARK_HOME", "before")
        monkeypatch.delenv("SPARK_LOCAL_IP", raising=False)
        with pytest.raises(RuntimeError, match="no port"), spark_runner.local_cluster():
            pass
        assert seen == [["jars"]]  # logs of workers go into a folder of our own
        assert os.environ["SPARK_HOME"] == "before"
        assert "SPARK_LOCAL_IP" not in os.environ
