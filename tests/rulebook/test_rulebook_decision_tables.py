"""Decision tables: every lowering agrees with reading the rows; gaps, overlaps and idle rows do not load."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rulebook_households import many
from rulebook_populations import by_interpreter, by_sql
from rulebook_small import line_of, load, problems

from rulebook import Household, Person, Rulebook, Unknown, evaluate, table_reading
from rulebook.facts import Fact

DAY = date(2021, 3, 1)
TABLES = """
outcome: {entitled: entitled, amount: amount}
numbers: {extra: {label: 加发, unit: fen/person/month, versions: [{from: 2016-01-01, value: 700, basis: 第七条}]}}
variables:
  entitled: {label: 符合, type: bool, basis: 第四条, is: level != 'nothing'}
  amount:
    label: 每月补贴
    unit: fen/person/month
    basis: 第五条
    table:
      - from: 2016-01-01
        columns: {年龄: age(birth_date), 残疾类别: kind, 住在本区: resident}
        rows:
          - {年龄: "..60", 残疾类别: -, 住在本区: -, then: 0}
          - {年龄: 60..80, 残疾类别: [sight, mind], 住在本区: yes, then: "50.00元"}
          - {年龄: 60..80, 残疾类别: none, 住在本区: yes, then: 3000}
          - {年龄: 60.., 残疾类别: -, 住在本区: no, then: 1000}
          - {年龄: 80.., 残疾类别: -, 住在本区: yes, then: extra + extra}
      - from: 2021-01-01
        doubt: 第二版未核对
        columns: {年龄: age(birth_date)}
        rows:
          - {年龄: "..70", then: 0}
          - {年龄: 70.., then: 6000}
      - from: 2023-01-01
        rows:
          - {年龄: "..75", then: 0}
          - {年龄: 75.., then: 6000}
  level:
    label: 照护等级
    codes: [nothing, light, heavy]
    code_labels: {nothing: 不需要, light: 轻度, heavy: 重度}
    basis: 第六条
    table:
      - from: 2016-01-01
        hit: first
        columns: {残疾等级: grade, 存款: savings, 住在本区: resident}
        rows:
          - {残疾等级: 1, 存款: "..1,000.00元", 住在本区: any, then: heavy}
          - {残疾等级: [2, 4], 存款: -, 住在本区: yes, then: light}
          - {残疾等级: 1..3, 存款: -, 住在本区: -, then: light}
          - {残疾等级: -, 存款: -, 住在本区: -, then: nothing}
  wanted:
    label: 可以要
    type: bool
    basis: 第八条
    table:
      - from: 2016-01-01
        columns: {照护等级: level}
        rows:
          - {照护等级: [light, heavy], then: resident}
          - {照护等级: nothing, then: no}
"""


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    return load(tmp_path_factory.mktemp("tables"), TABLES)


def person(**facts: Fact) -> Household:
    return Household({}, [Person("甲", facts)])


def value(book: Rulebook, name: str, day: date = date(2020, 3, 1), /, **facts: Fact) -> object:
    return evaluate(book.law_on(day), person(**facts), day).value(f"aid.{name}", "甲")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"birth_date": date(1960, 3, 2), "kind": "mind", "resident": True}, 0),
        ({"birth_date": date(1960, 3, 1), "kind": "mind", "resident": True}, 5000),
        ({"birth_date": date(1940, 3, 2), "kind": "sight", "resident": True}, 5000),
        ({"birth_date": date(1940, 3, 1), "kind": "sight", "resident": True}, 1400),
        ({"birth_date": date(1960, 3, 1), "kind": "none", "resident": True}, 3000),
        ({"birth_date": date(1940, 3, 1), "kind": "none", "resident": False}, 1000),
        ({"birth_date": date(1990, 1, 1)}, 0),
        ({"birth_date": date(1950, 1, 1), "resident": False}, 1000),
        ({"birth_date": date(1950, 1, 1), "resident": True}, Unknown(3000, 5000)),
        ({"birth_date": date(1950, 1, 1), "kind": "mind"}, Unknown(1000, 5000)),
        ({"birth_date": date(1935, 1, 1)}, Unknown(1000, 1400)),
        ({}, Unknown(0, 5000)),
    ],
)
def test_a_table_gives_its_row(book: Rulebook, facts: dict[str, Fact], expected: object) -> None:
    assert value(book, "amount", **facts) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"grade": 1, "savings": 99_999}, "heavy"),
        ({"grade": 1, "savings": 100_000}, "light"),
        ({"grade": 1}, Unknown()),
        ({"grade": 2, "resident": False}, "light"),
        ({"grade": 3, "resident": True}, "nothing"),
        ({"grade": 4, "resident": True}, "light"),
        ({"grade": 4, "resident": False}, "nothing"),
        ({"grade": 4}, Unknown()),
        ({"grade": 0}, "nothing"),
    ],
)
def test_the_upper_row_counts_where_the_table_says_so(book: Rulebook, facts: dict[str, Fact], expected: object) -> None:
    assert value(book, "level", **facts) == expected


def test_a_result_may_be_a_condition(book: Rulebook) -> None:
    assert value(book, "wanted", grade=2, resident=True) is True
    assert value(book, "wanted", grade=2, resident=False) is False
    assert value(book, "wanted", grade=0) is False
    assert value(book, "wanted", grade=2) == Unknown(0, 1)


def test_the_version_of_the_day_counts(book: Rulebook) -> None:
    facts: dict[str, Fact] = {"birth_date": date(1950, 1, 1)}
    assert value(book, "amount", DAY, **facts) == 6000
    assert value(book, "amount", date(2023, 1, 1), **facts) == 0
    assert value(book, "amount", date(2019, 1, 1), kind="none", resident=True, **facts) == 3000
    assert [doubt.text for doubt in book.schemes["aid"].doubts] == ["第二版未核对"]


def test_edges_and_results_are_numbers_that_a_what_if_moves(book: Rulebook) -> None:
    law, home = book.law_on(date(2020, 3, 1)), person(birth_date=date(1950, 1, 1), kind="none", resident=True)
    moved = law.with_number("aid.amount__20160101r3", 3500)
    assert evaluate(moved, home, law.day).value("aid.amount", "甲") == 3500
    later = law.with_number("aid.amount__20160101c1e1", 71)
    assert evaluate(later, home, law.day).value("aid.amount", "甲") == 0
    assert len({law.digest, moved.digest, later.digest}) == 3
    assert (
        by_sql(moved, [person(birth_date=date(1950, 1, 1), kind="none", resident=True, grade=2)], law.day)[
            "aid", 0, "甲"
        ][1]
        == 3500
    )
    assert book.numbers["aid.amount__20160101c1e2"].label == "每月补贴：年龄的第 2 个界限"
    assert book.numbers["aid.amount__20160101c1e2"].versions[0].basis == "第五条"


def test_a_later_version_does_not_change_the_law_of_today(book: Rulebook, tmp_path: Path) -> None:
    first = TABLES.split("      - from: 2021-01-01")[0] + "  level:" + TABLES.split("  level:")[1]
    earlier = load(tmp_path, first)
    assert earlier.law_on(date(2020, 3, 1)).digest == book.law_on(date(2020, 3, 1)).digest
    assert earlier.law_on(DAY).digest != book.law_on(DAY).digest


facts_of: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "birth_date": st.dates(date(1930, 1, 1), date(2020, 1, 1)),
        "kind": st.sampled_from(["none", "sight", "mind"]),
        "resident": st.booleans(),
        "grade": st.integers(0, 4),
        "savings": st.integers(99_990, 100_010),
    },
)


@settings(max_examples=many(100), deadline=None)
@given(st.data())
def test_the_tree_says_what_the_rows_say(book: Rulebook, data: st.DataObject) -> None:
    facts, day = data.draw(facts_of), data.draw(st.sampled_from([date(2020, 3, 1), DAY]))
    law = book.law_on(day)
    ev = evaluate(law, person(**facts), day)
    for name in ("amount", "level"):
        variable = book.variables[f"aid.{name}"]
        table = variable.rules[variable.on(day)].table
        assert table is not None
        values = [ev.program.node(column.node)(ev.run, 0) for column in table.columns]
        rows = table.hits(values, lambda number: law.numbers[number].value)
        results = [ev.program.node(table.rows[row].then)(ev.run, 0) for row in rows]
        raw = ev.program.rules[variable.name](ev.run, 0)
        if name == "amount":
            assert raw == (min(low for low, _ in results), max(high for _, high in results))
        else:
            assert raw == (results[0] if len(set(results)) == 1 else "")


@settings(max_examples=many(5), deadline=None)
@given(st.lists(facts_of, min_size=30, max_size=30), st.sampled_from([date(2020, 3, 1), DAY]))
def test_sql_and_interpreter_agree(book: Rulebook, many: list[dict[str, Fact]], day: date) -> None:
    homes = [person(**facts) for facts in many]
    assert by_sql(book.law_on(day), homes, day) == by_interpreter(book.law_on(day), homes, day)


def test_an_explanation_shows_the_row_that_was_hit(book: Rulebook) -> None:
    day = date(2020, 3, 1)
    ev = evaluate(book.law_on(day), person(birth_date=date(1950, 1, 1), kind="mind", resident=True, grade=2), day)
    node = ev.explain("aid", "甲").amount
    assert node is not None
    assert node.row is not None
    assert (node.row.rows, node.row.result, node.branch) == ((2,), "50.00 元", "第 2 行")
    assert node.row.conditions == ("年龄 60 岁起、不满 80 岁", "残疾类别 视力、精神", "住在本区 是")
    assert node.text == "表的第 2 行（年龄 60 岁起、不满 80 岁；残疾类别 视力、精神；住在本区 是），为 50.00 元"
    assert [child.name for child in node.children] == ["birth_date", "kind", "resident", "aid.amount__20160101r2"]
    assert (node.basis, node.rule_from) == ("第五条", date(2016, 1, 1))
    level = next(child for child in ev.explain("aid", "甲").entitled.children if child.name == "aid.level")
    assert level.row is not None
    assert (level.row.rows, level.row.result, level.text) == (
        (2,),
        "轻度",
        "表的第 2 行（残疾等级 2 级，或 4 级；住在本区 是），为 轻度",
    )


def test_a_code_that_a_rule_gives_is_told_by_its_own_words(book: Rulebook) -> None:
    law = book.law_on(date(2020, 3, 1))
    rows = [row.cells for row in book.variables["aid.wanted"].rules[0].table.rows]  # type: ignore[union-attr]
    column = book.variables["aid.wanted"].rules[0].table.columns[0]  # type: ignore[union-attr]
    told = [column.words(cells[0], lambda name: law.numbers[name].value) for cells in rows]  # type: ignore[arg-type]
    assert told == ["轻度、重度", "不需要"]


def test_an_open_table_says_which_rows_are_possible_and_what_to_ask(book: Rulebook) -> None:
    day = date(2020, 3, 1)
    ev = evaluate(book.law_on(day), person(birth_date=date(1950, 1, 1), grade=2, kind="mind"), day)
    node = ev.explain("aid", "甲").amount
    assert node is not None
    assert node.row is not None
    assert (node.text, node.row.rows, node.low, node.high) == ("还不能确定，可能是表的第 2、4 行", (2, 4), 1000, 5000)
    assert [datum.input for datum in ev.outcome("aid", "甲").missing] == ["resident"]


def test_a_table_is_told_as_a_table(book: Rulebook) -> None:
    law = book.law_on(date(2020, 3, 1))
    table = book.variables["aid.amount"].rules[0].table
    level = book.variables["aid.level"].rules[0].table
    assert table is not None
    assert level is not None
    assert table.told(law) == (
        ("年龄", "残疾类别", "住在本区", "结果"),
        (
            ("不满 60 岁", "不限", "不限", "0.00 元"),
            ("60 岁起、不满 80 岁", "视力、精神", "是", "50.00 元"),
            ("60 岁起、不满 80 岁", "没有", "是", "30.00 元"),
            ("60 岁起", "不限", "否", "10.00 元"),
            ("80 岁起", "不限", "是", "extra + extra"),
        ),
    )
    assert level.told(law)[1][:2] == (
        ("1 级", "不满 1,000.00 元", "不限", "重度"),
        ("2 级，或 4 级", "不限", "是", "轻度"),
    )


def table(columns: str, *rows: str, kind: str = "unit: fen/person/month", more: str = "") -> str:
    body = "\n".join(f"          - {row}" for row in rows)
    return f"""outcome: {{entitled: entitled, amount: amount}}
variables:
  entitled: {{label: 符合, type: bool, basis: 第四条, is: resident}}
  amount: {{label: 金额, unit: fen/person/month, basis: 第五条, is: 0}}
  found:
    label: 查表
    {kind}
    basis: 第五条
    table:
      - from: 2016-01-01
        {more}
        columns: {columns}
        rows:
{body}
"""


AGE = "{年龄: age(birth_date)}"
TWO = "{残疾类别: kind, 住在本区: resident}"


@pytest.mark.parametrize(
    ("text", "at", "what"),
    [
        (table(AGE, "{年龄: ..60, then: 1}", "{年龄: 70.., then: 2}"), "rows:",
         "没有一行管：年龄 60 岁起、不满 70 岁"),
        (table(AGE, "{年龄: 0..60, then: 1}", "{年龄: 60.., then: 2}"), "rows:", "没有一行管：年龄 不满 0 岁"),
        (table(AGE, "{年龄: ..60, then: 1}", "{年龄: 59.., then: 2}"), "{年龄: 59..",
         "第 1 行和第 2 行都对得上：年龄 59 岁"),
        (table(TWO, "{残疾类别: none, 住在本区: -, then: 1}", "{残疾类别: [sight, mind], 住在本区: yes, then: 2}"),
         "rows:",
         "没有一行管：残疾类别 视力、精神；住在本区 否"),
        (table(TWO, "{残疾类别: -, 住在本区: yes, then: 1}", "{残疾类别: mind, 住在本区: -, then: 2}",
               "{残疾类别: [none, sight], 住在本区: no, then: 2}"), "{残疾类别: mind",
         "第 1 行和第 2 行都对得上：残疾类别 精神；住在本区 是"),
        (table("{住在本区: resident}", "{住在本区: -, then: 1}"), "columns:", "没有一行用到“住在本区”这一列"),
        (table(AGE, "{年龄: -, then: 1}", "{年龄: 60.., then: 2}", more="hit: first"), "{年龄: 60..",
         "第 2 行永远轮不到"),
        (table(AGE, "{年龄: ..60, then: 1}", more="hit: sometimes"), "hit:", "hit 写的是 'sometimes'"),
        (table("{生日: birth_date}", "{生日: 60.., then: 1}"), "columns:", "“生日”这一列是日期"),
        (table("{年龄: age(kind)}", "{年龄: 60.., then: 1}"), "columns:", "“年龄”这一列：`age` 的括号里是代码"),
        (table("{}", "{then: 1}"), "- from", "表里没有列"),
        (table(AGE, "{年龄: sixty, then: 1}"), "{年龄: sixty", "“年龄”里的 'sixty' 不是数，也不是一段"),
        (table(AGE, "{年龄: 60.5.., then: 1}"), "{年龄: 60.5", "“年龄”里的 '60.5..' 不是数，也不是一段"),
        (table(AGE, "{年龄: yes, then: 1}"), "{年龄: yes", "“年龄”里的 True 不是数，也不是一段"),
        (table(AGE, "{年龄: .., then: 1}"), "{年龄: ..", "“年龄”里的 '..' 不是数，也不是一段"),
        (table(AGE, "{年龄: 60..60, then: 1}"), "{年龄: 60..60", "“年龄”里的 '60..60' 是空的"),
        (table(AGE, "{年龄: 60..}"), "{年龄: 60..}", "第 1 行没有写 then"),
        (table(TWO, "{残疾类别: none, then: 1}"), "{残疾类别: none", "第 1 行没有写 住在本区"),
        (table(AGE, "{年龄: 60.., then: 1, 年令: 3}"), "年令", "第 1 行写了 '年令'，没有这一列"),
        (table("{住在本区: resident}", "{住在本区: 1, then: 1}"), "{住在本区: 1",
         "“住在本区”里的 1 不是 yes 或 no"),
        (table("{残疾类别: kind}", "{残疾类别: mindful, then: 1}"), "mindful",
         "“残疾类别”没有代码 'mindful'"),
        (table(AGE, "{年龄: 60.., then: yes}"), "{年龄: 60..", "第 1 行的结果是 True，这一项应当是数"),
        (table(AGE, "{年龄: 60.., then: birth_date}"), "{年龄: 60..", "第 1 行：算出来的是日期"),
        (table(AGE, "{年龄: 60.., then: 3}", kind="type: bool"), "{年龄: 60..",
         "第 1 行的结果是 3，这一项应当是“是或否”"),
        (table(AGE, "{年龄: 60.., then: z}", kind="codes: [x, y]"), "{年龄: 60..",
         "第 1 行的结果是 'z'，这一项应当是代码"),
        (table(AGE), "rows:", "表里没有行"),
    ],
)  # fmt: skip
def test_a_table_that_is_not_whole_does_not_load(tmp_path: Path, text: str, at: str, what: str) -> None:
    found = problems(tmp_path, text)
    assert [p for p in found if what in p.what and p.line == line_of(tmp_path, at)], found
    assert all(p.why and p.remedy and p.what.startswith("aid.found") for p in found)


def test_a_misspelled_column_and_code_get_a_suggestion(tmp_path: Path) -> None:
    text = table("{残疾类别: kind}", "{残疾类别: mindd, then: 1}", "{残疾类列: none, then: 1}")
    remedies = [problem.remedy for problem in problems(tmp_path, text)]
    assert "是不是 残疾类别？" in remedies
    text = table("{残疾类别: kind}", "{残疾类别: mindd, then: 1}")
    assert "是不是 mind？" in [problem.remedy for problem in problems(tmp_path, text)]


def test_only_the_first_gaps_are_told(tmp_path: Path) -> None:
    bands = [f"{{年龄: {age}, then: {age}}}" for age in range(0, 40, 2)]
    gaps = [problem for problem in problems(tmp_path, table(AGE, *bands)) if "没有一行管" in problem.what]
    assert len(gaps) == 5


def test_a_table_beyond_checking_is_refused(tmp_path: Path) -> None:
    names = "abcdefg"
    columns = "{" + ", ".join(f"{name}: age(birth_date)" for name in names) + "}"
    rows = []
    for place in range(24):
        cells = dict.fromkeys(names, f"..{place + 1}")
        rows.append("{" + ", ".join(f'{name}: "{cell}"' for name, cell in cells.items()) + f", then: {place}}}")
    found = problems(tmp_path, table(columns, *rows, more="hit: first"))
    assert [problem.what for problem in found if "5,000 种情况" in problem.what]


@pytest.mark.parametrize("ending", ["    is: 0\n", ""])
def test_a_variable_has_either_a_rule_or_a_table(tmp_path: Path, ending: str) -> None:
    text = table(AGE, "{年龄: ..60, then: 1}", "{年龄: 60.., then: 2}")
    if not ending:
        text = text[: text.index("    table:")]
    (problem,) = problems(tmp_path, text + ending)
    assert problem.what == "found 要写 `is:` 或者 `table:`，只能写一个"


def test_no_more_than_five_gaps_of_a_table_are_told(tmp_path: Path) -> None:
    for count in (4, 5, 6, 7):
        (tmp_path / str(count)).mkdir()
        rows = (f"{{年龄: {2 * n}, then: 1}}" for n in range(count))
        found = problems(tmp_path / str(count), table(AGE, *rows))
        assert len([one for one in found if one.what.startswith("aid.found: 没有一行管")]) == min(5, count + 1)


@pytest.mark.parametrize("most", [2, 3, 4])
def test_a_table_of_too_many_cases_is_refused(tmp_path: Path, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_reading, "LEAVES_MAX", most)
    text = table(AGE, "{年龄: ..60, then: 1}", "{年龄: 60..70, then: 2}", "{年龄: 70.., then: 3}")
    if most > 3:
        assert load(tmp_path, text)
        return
    (told,) = [one for one in problems(tmp_path, text) if "种情况" in one.what]
    assert (told.line, told.what) == (line_of(tmp_path, "- from"), f"aid.found: 这张表超过 {most} 种情况")


def test_a_gap_is_told_by_the_columns_that_make_it(tmp_path: Path) -> None:
    three = "{残疾类别: kind, 住在本区: resident, 年龄: age(birth_date)}"
    rows = (
        "{残疾类别: none, 住在本区: -, 年龄: ..60, then: 1}",
        "{残疾类别: [sight, mind], 住在本区: yes, 年龄: -, then: 2}",
        "{残疾类别: [sight, mind], 住在本区: no, 年龄: -, then: 3}",
    )
    found = [one.what for one in problems(tmp_path, table(three, *rows))]
    assert found == ["aid.found: 没有一行管：残疾类别 没有；年龄 60 岁起"]


@pytest.mark.parametrize(
    ("kind", "then", "remedy"),
    [
        ("unit: fen/person/month", "yes", "写 整数"),
        ("type: bool", "3", "写 yes 或 no"),
        ("codes: [x, y]", "z", "写 x, y"),
    ],
)
def test_what_a_row_may_give_is_told(tmp_path: Path, kind: str, then: str, remedy: str) -> None:
    found = problems(tmp_path, table(AGE, f"{{年龄: 60.., then: {then}}}", kind=kind))
    assert remedy in [one.remedy for one in found if "第 1 行的结果是" in one.what]
