"""Every row of docs/reference/rulebook-semantics.md, through the interpreter and through SQL."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pytest
import yaml
from rulebook_populations import tables

from rulebook import Household, Person, Rulebook, RulebookErrors, Unknown, evaluate, load_rulebook
from rulebook.duckdb_runner import prepare
from rulebook.facts import Fact
from rulebook.sql import build_stages

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "rulebook-semantics.md"
AS_OF = date(2021, 3, 1)
FACTS: dict[str, dict[str, object]] = {
    "p": {"type": "bool"},
    "q": {"type": "bool"},
    "a": {"type": "int", "unit": "1", "max": 100},
    "b": {"type": "int", "unit": "1", "max": 100},
    "n": {"type": "int", "unit": "1", "min": -100, "max": 100},
    "k": {"type": "code", "codes": ["x", "y", "z"]},
    "d": {"type": "date"},
    "money": {"type": "money", "unit": "fen/month"},
    "yearly": {"type": "money", "unit": "fen/year"},
    "huge": {"type": "int", "unit": "1", "max": 10**12},
}
NUMBERS = {"two": (2, "1"), "three": (3, "1"), "ten": (10, "1"), "third": (33, "percent")}

# An amount is money: each row's result is paid at one fen for one of its unit, which keeps its bounds.
PRICES = {f"per_{unit}": (1, "fen" if unit == "1" else f"fen/{unit}") for unit in ("1", "age", "month", "person")}


@dataclass(frozen=True)
class Row:
    section: str
    rule: str
    given: str
    result: str


def rows() -> list[Row]:
    found, section = [], ""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        section = line.removeprefix("## ") if line.startswith("## ") else section
        if line.startswith("| `"):
            cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip("|"))]
            found.append(Row(section, cells[0].strip("`"), cells[1], cells[-1]))
    return found


MEANING = [row for row in rows() if row.section != "What does not load"]
REFUSED = [row for row in rows() if row.section == "What does not load"]


def write_book(folder: Path, rules: list[str]) -> Rulebook:
    """A rulebook with one household scheme per rule; the page's names are facts of the household and of members."""
    described: dict[str, dict[str, object]] = {
        name: {**made, "label": name, "question": f"{name}?"} for name, made in FACTS.items()
    }
    members = {f"m_{name}": {**made, "unit": "1/person"} for name, made in described.items()} | {
        "m_only": described["a"]
    }
    (folder / "inputs.yaml").write_text(yaml.safe_dump({"household": described, "person": members}))
    (folder / "stacking.yaml").write_text("[]")
    day = date(2016, 1, 1)
    shared = {
        "code": "household", "title": "t", "summary": "s", "from": day, "basis": "b",
        "membership": {"counted": "counted", "heads": "heads"},
        "numbers": {name: {"unit": unit, "versions": [{"from": day, "value": value, "basis": "b"}]}
                    for name, (value, unit) in (NUMBERS | PRICES).items()},
        "tables": {
            "steps": {"by": "1", "unit": "1", "versions": [{"from": day, "basis": "b", "bands": [
                {"from": 0, "to": 10, "value": 1}, {"from": 10, "to": 20, "value": 5}, {"from": 20, "value": 3}]}]},
            "colours": {"by": "k", "unit": "1", "versions": [{"from": day, "basis": "b",
                                                             "rows": {"x": 7, "y": 8, "z": 9}}]},
        },
        "variables": {"counted": {"entity": "person", "type": "bool", "basis": "b", "is": "True"},
                      "heads": {"entity": "household", "unit": "person", "basis": "b", "is": "max(1, count(members))"}},
    }  # fmt: skip
    _write(folder, shared)
    for place, rule in enumerate(rules):
        kind = {"type": "bool"} if is_condition(rule) else {"unit": unit_of(rule)}
        body = re.sub(r"\bm\.(\w+)", r"m.m_\1", rule)
        variable = {"label": "r", "basis": "b", "is": body, **kind}
        entitled = {"type": "bool", "label": "e", "basis": "b", "is": "True"}
        amount = {"unit": "fen", "label": "a", "basis": "b", "is": "0"}
        _write(folder, {
            "code": f"row{place}", "title": "t", "summary": "s", "from": day, "basis": "b", "beneficiary": "household",
            "outcome": {"entitled": "entitled", "amount": "amount", "period": "once"},
            "variables": {"result": variable,
                          "entitled": entitled if "type" not in kind else {**entitled, "is": "result"},
                          "amount": {**amount, "is": f"result * per_{kind['unit']}"} if "unit" in kind else amount},
        })  # fmt: skip
    return load_rulebook(folder)


def _write(folder: Path, made: dict[str, object]) -> None:
    place = folder / str(made["code"])
    place.mkdir(exist_ok=True)
    (place / "scheme.yaml").write_text(yaml.safe_dump(made, allow_unicode=True))


def is_condition(rule: str) -> bool:
    results = {row.result for row in MEANING if row.rule == rule}
    return bool(results & {"yes", "no", "unknown"})


def unit_of(rule: str) -> str:
    if rule.startswith("age"):
        return "age"
    if rule.startswith("months"):
        return "month"
    return "person" if rule.startswith("count") else "1"


def read_facts(text: str, prefix: str = "") -> dict[str, Fact]:
    made: dict[str, Fact] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, value = part.split("=")
        if value != "?":
            made[prefix + name] = {"yes": True, "no": False}.get(value) if value in ("yes", "no") else (
                value if name == "k" else date.fromisoformat(value) if name == "d" else int(value))  # fmt: skip
    return made


def household_of(given: str) -> Household:
    own, *members = given.split("|")
    return Household(read_facts(own), [Person(str(i), read_facts(facts, "m_")) for i, facts in enumerate(members)])


def bounds_of(result: str) -> tuple[int, int]:
    if "…" in result:
        low, high = result.split("…")
        return int(low), int(high)
    fixed = {"yes": (1, 1), "no": (0, 0), "unknown": (0, 1)}
    return fixed.get(result) or (int(result), int(result))


@pytest.fixture(scope="module")
def page_book(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    return write_book(tmp_path_factory.mktemp("page"), [row.rule for row in MEANING])


@pytest.fixture(scope="module")
def sql_bounds(page_book: Rulebook) -> list[tuple[int, int]]:
    """One population holds every row's household; stage tables hold both bounds of every result."""
    law = page_book.law_on(AS_OF)
    con = duckdb.connect()
    persons, homes = tables(law, [household_of(row.given) for row in MEANING])
    prepare(con, law, AS_OF, persons, homes)
    stages = build_stages(page_book)
    for stage in stages:
        con.execute(stage.sql)
    found = []
    for place, row in enumerate(MEANING):
        stem = f"row{place}__{'entitled' if is_condition(row.rule) else 'amount'}"
        table = con.execute(
            "SELECT table_name FROM information_schema.columns WHERE column_name = ? ORDER BY 1 DESC", [f"{stem}__lo"]
        ).fetchone()
        assert table is not None
        low, high = con.execute(
            f"SELECT {stem}__lo::BIGINT, {stem}__hi::BIGINT FROM {table[0]} WHERE household_id = {place}"
        ).fetchone() or (None, None)
        found.append((low, high))
    return found


@pytest.mark.parametrize("place", range(len(MEANING)), ids=lambda i: f"{MEANING[i].rule} | {MEANING[i].given}")
def test_the_interpreter_means_what_the_page_says(page_book: Rulebook, place: int) -> None:
    row = MEANING[place]
    value = evaluate(page_book.law_on(AS_OF), household_of(row.given), AS_OF).value(f"row{place}.result")
    found = (value.low, value.high) if isinstance(value, Unknown) else (int(value), int(value))
    assert found == bounds_of(row.result)


@pytest.mark.parametrize("place", range(len(MEANING)), ids=lambda i: f"{MEANING[i].rule} | {MEANING[i].given}")
def test_sql_means_what_the_page_says(sql_bounds: list[tuple[int, int]], place: int) -> None:
    assert sql_bounds[place] == bounds_of(MEANING[place].result)


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: row.rule)
def test_what_does_not_load_says_why(tmp_path: Path, row: Row) -> None:
    with pytest.raises(RulebookErrors) as caught:
        write_book(tmp_path, [row.rule])
    assert [problem.file for problem in caught.value.problems] == ["row0/scheme.yaml"]
    (problem,) = caught.value.problems
    assert row.given in f"{problem.what} {problem.why}"
    assert problem.line > 1
    assert problem.remedy


def test_the_page_has_rows_of_each_section() -> None:
    assert len(MEANING) > 110
    assert len(REFUSED) > 20
    assert len({row.section for row in MEANING}) == 9


def test_an_unknown_value_refuses_to_be_a_condition() -> None:
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(Unknown(0, 1))
