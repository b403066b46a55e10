"""Every part of a file of policies that cannot be read is refused in words, with its file and line."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rulebook_small
import yaml

from rulebook import RulebookErrors, check_examples, load_rulebook
from rulebook.cases import load_stories
from rulebook.problems import Problems
from rulebook.stacking import read_stacking

OUTCOME = "outcome: {entitled: entitled, amount: amount}"
AMOUNT = "amount: {label: 金额, unit: fen/person/month, basis: 第五条, is: one_month}"
ONE = "one_month: {label: 一, unit: fen/person/month, versions: [{from: 2016-01-01, value: 1, basis: b}]}"
ENTITLED = "entitled: {label: 符合, type: bool, basis: 第四条, is: resident}"
OF_ONE = "[{from: 2016-01-01, value: 1, basis: b}]"
EXAMPLE = """
- title: 一个例子
  as_of: 2026-11-01
  people:
    甲: {resident: true}
  expect: {aid: {甲: entitled}}
  working: 一百分
"""


BODY = f"""
{OUTCOME}
numbers:
  {ONE}
variables:
  {ENTITLED}
  {AMOUNT}
"""


def folder_of(tmp_path: Path) -> Path:
    return rulebook_small.write(tmp_path, aid=rulebook_small.scheme(BODY))


def said(folder: Path) -> list[tuple[str, str]]:
    with pytest.raises(RulebookErrors) as caught:
        load_rulebook(folder)
    assert all(one.why and one.remedy and one.line >= 1 for one in caught.value.problems)
    return [(one.file, one.what) for one in caught.value.problems]


def told_at(folder: Path, at: str) -> list[tuple[str, str, str]]:
    """What is told, with `at` where the line that is named holds this text; else the line itself."""
    with pytest.raises(RulebookErrors) as caught:
        load_rulebook(folder)
    found = []
    for one in caught.value.problems:
        line = (folder / one.file).read_text(encoding="utf-8").splitlines()[one.line - 1]
        found.append((one.file, at if at in line else line, one.what))
    return found


def test_control_the_book_of_these_tests_loads(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    (folder / "aid" / "examples").mkdir()
    (folder / "aid" / "examples" / "a.yaml").write_text(EXAMPLE, encoding="utf-8")
    assert len(load_rulebook(folder).schemes["aid"].examples) == 1


@pytest.mark.parametrize(
    ("old", "new", "at", "says"),
    [
        ("resident: {type: bool", "resident: 5\n  ignored: {type: bool", "resident: 5", "事实 resident 没有写明细"),
        ("rooms: {", "resident: {", "房间数", "事实 resident 既写在个人下面，又写在家庭下面"),
        ("grade: {type: int", "grade: {type: number", "grade:", "grade 的类型是 number"),
        ("label: 房间数, ", "", "rooms:", "rooms 没有写 `label`"),
        ("question: 几间房？", "question: ''", "rooms:", "rooms 没有写 `question`"),
        ("codes: [none, sight, mind]", "codes: 几类", "kind:", "`codes` 后面写的是 '几类'"),
        ("code_labels: {none: 没有, sight: 视力, mind: 精神}", "code_labels: 几类", "kind:",
         "`code_labels` 后面写的是 '几类'"),
        ("unit: item,", "unit: item, min: 一,", "rooms:", "`min` 写的是 '一'，不是整数"),
        ("unit: item,", "unit: item, max: 3.5,", "rooms:", "`max` 写的是 3.5，不是整数"),
        ("unit: item,", "unit: item, max: true,", "rooms:", "`max` 写的是 True，不是整数"),
    ],
)  # fmt: skip
def test_an_input_that_cannot_be_read(tmp_path: Path, old: str, new: str, at: str, says: str) -> None:
    folder = folder_of(tmp_path)
    text = (folder / "inputs.yaml").read_text(encoding="utf-8")
    assert old in text
    (folder / "inputs.yaml").write_text(text.replace(old, new), encoding="utf-8")
    assert ("inputs.yaml", at, says) in told_at(folder, at)


@pytest.mark.parametrize(
    ("old", "new", "at", "says"),
    [
        (ONE, "one_month: 5", "one_month: 5", "one_month 没有写日期"),
        (OF_ONE, "[]", "one_month:", "`versions` 下面没有写明日期的行"),
        ("{from: 2016-01-01, value: 1", "{from: soon, value: 1", "one_month:", "`from` 写的是 'soon'，不是日期"),
        (OF_ONE, "[2016]", "one_month:", "`versions` 里有一行没有日期"),
        (ONE, "one_month: 5\nnumbers: 6", "numbers: 6", "`numbers` 后面写的是 6"),
        ("variables:", "tables:\n  one_month: {label: t, by: grade, unit: '1', versions: [{from: 2016-01-01, basis: b, "
         "bands: [{from: 0, value: 1}]}]}\nvariables:", "code:", "名字 aid.one_month 用了两次"),
        ("variables:", "tables:\n  t: 5\nvariables:", "t: 5", "表 t 没有写明细"),
        ("variables:", "tables:\n  t: {label: t, by: kind, unit: '1', versions: []}\nvariables:", "t: {",
         "`versions` 下面没有写明日期的行"),
        ("unit: fen/person/month, basis: 第五条", "basis: 第五条", "amount: {label",
         "amount 没有写 `type: bool`、`codes:` 或 `unit:`"),
        ("title:", "order: 第一\ntitle:", "order:", "order 写的是 '第一'"),
        ("is: resident", "is: []", "entitled: {label", "`is` 下面没有写明日期的行"),
        ("is: resident", "rule: resident", "entitled: {label", "entitled 要写 `is:` 或者 `table:`，只能写一个"),
        (AMOUNT, AMOUNT + "\n  more: 5", "more: 5", "more 要写 `is:` 或者 `table:`，只能写一个"),
        (AMOUNT, AMOUNT + "\n  more: {label: m, codes: 几种, basis: b, is: kind}", "more:",
         "`codes` 后面写的是 '几种'"),
        (ENTITLED, "entitled:\n    type: bool\n    basis: b\n    is: |\n      resident and\n      not here",
         "not here", "aid.entitled: 没有叫 `here` 的事实、数或规则"),
    ],
)  # fmt: skip
def test_a_scheme_that_cannot_be_read(tmp_path: Path, old: str, new: str, at: str, says: str) -> None:
    folder = folder_of(tmp_path)
    path = folder / "aid" / "scheme.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    found = told_at(folder, at)
    assert ("aid/scheme.yaml", at, says) in found, found


@pytest.mark.parametrize(
    ("rows", "at", "says"),
    [
        ("{none: 0, sight: 1, hearing: 2}", "rows:", "表 t 的行不对：缺 mind，多 hearing"),
        ("{none: 0, sight: 1}", "rows:", "表 t 的行不对：缺 mind，多 无"),
        ("{none: 0, sight: 1, mind: 2, hearing: 3}", "rows:", "表 t 的行不对：缺 无，多 hearing"),
        ("{none: 0, sight: 1, mind: 3.5}", "rows:", "`mind` 写的是 3.5，不是整数"),
        ("{none: 0, sight: 1, mind: }", "rows:", "缺 `mind`"),
        ("三行", "rows:", "`rows` 后面写的是 '三行'"),
    ],
)
def test_rows_of_a_table_by_code_that_cannot_be_read(tmp_path: Path, rows: str, at: str, says: str) -> None:
    table = f"t: {{by: kind, unit: '1', versions: [{{from: 2016-01-01, basis: b, rows: {rows}}}]}}"
    text = BODY.replace("variables:", f"tables:\n  {table}\nvariables:")
    found = told_at(rulebook_small.write(tmp_path, aid=rulebook_small.scheme(text)), at)
    assert ("aid/scheme.yaml", at, says) in found, found


BROKEN = "t 的分档在 {} 处断开或重叠"
OPEN_END = "t 的最后一档有上限"


@pytest.mark.parametrize(
    ("bands", "says"),
    [
        (["{from: 0, to: 2, value: 1}", "{from: 2, to: 4, value: 1}", "{from: 4, value: 1}"], {}),
        (["{from: 0, value: 1}"], {}),
        (["{from: 1, value: 1}"], {0: BROKEN.format(0)}),
        (["{from: 0, to: 0, value: 1}", "{from: 0, value: 1}"], {0: BROKEN.format(0)}),
        (["{from: 0, to: 2, value: 1}", "{from: 2, to: 1, value: 1}", "{from: 1, value: 1}"], {1: BROKEN.format(2)}),
        (["{from: 0, to: 1, value: 1}", "{from: 2, value: 1}"], {1: BROKEN.format(1)}),
        (["{from: 0, to: 2, value: 1}", "{from: 1, value: 1}"], {1: BROKEN.format(2)}),
        (["{from: 0, value: 1}", "{from: 2, value: 1}"], {1: BROKEN.format(None)}),
        (["{from: 0, to: 2, value: 1}", "{value: 1}"], {1: "缺 `from`"}),
        (["{from: 0, to: 2, value: 1}", "{from: 2}"], {1: "缺 `value`"}),
        (["{from: 0, to: 2, value: 1.5}", "{from: 2, value: 1}"], {0: "`value` 写的是 1.5，不是整数"}),
        (["{from: 0, to: 二, value: 1}", "{from: 2, value: 1}"], {0: "`to` 写的是 '二'，不是整数"}),
        (["{from: 0, to: 2, value: 1}", "{from: 2, to: 4, value: 1}"], {-1: OPEN_END}),
        (["5"], {-2: "t 有一档写的是 5"}),
    ],
)
def test_bands_of_a_table_that_leave_a_gap_or_overlap(tmp_path: Path, bands: list[str], says: dict[int, str]) -> None:
    """A fault of a band is told at its line; one of all of them at the line of the table or of its bands."""
    lines = ["  t:", "    by: grade", "    unit: '1'", "    versions:", "    - from: 2016-01-01", "      basis: b",
             "      bands:", *(f"      - {band}" for band in bands)]  # fmt: skip
    text = BODY.replace("variables:", "\n".join(["tables:", *lines, "variables:"]))
    if not says:
        assert len(rulebook_small.load(tmp_path, text).tables["aid.t"].versions[0].values) == len(bands)
        return
    found = {(one.line, one.what) for one in rulebook_small.problems(tmp_path, text)}
    first = rulebook_small.line_of(tmp_path, "      - {") if -2 not in says else 0
    begin = rulebook_small.line_of(tmp_path, "    - from: 2016-01-01")
    for place, what in says.items():
        assert ({-1: begin, -2: begin + 2}.get(place, first + place), what) in found, found


@pytest.mark.parametrize(("text", "says"), [("- a", "这个文件不是“名称: 内容”的写法"), ("a: 'b", "这一行的写法不对")])
def test_a_scheme_that_is_no_scheme(tmp_path: Path, text: str, says: str) -> None:
    folder = folder_of(tmp_path)
    (folder / "aid" / "scheme.yaml").write_text(text, encoding="utf-8")
    assert ("aid/scheme.yaml", text, says) in told_at(folder, text)


def test_a_folder_without_the_shared_rules_says_who_is_missing(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    (folder / "household" / "scheme.yaml").unlink()
    with pytest.raises(RulebookErrors) as caught:
        load_rulebook(folder)
    assert [(one.file, one.line, one.what) for one in caught.value.problems] == [
        ("household/scheme.yaml", 1, "没有公用的文件夹")
    ]


@pytest.mark.parametrize(
    ("old", "new", "at", "says"),
    [
        (EXAMPLE, "- 5\n", "- 5", "5 不是一个例子"),
        (EXAMPLE, "5", "5", "5 不是一个例子"),
        ("  working: 一百分\n", "", "- title", "缺 `working`"),
        ("2026-11-01", "once", "as_of:", "as_of 写的是 'once'"),
        ("{甲: entitled}", "entitled", "- title", "没有政策 aid，或者发给个人和发给一户弄反了"),
        ("expect: {aid: {甲: entitled}}", "expect: {aids: {甲: entitled}}",
         "- title", "没有政策 aids，或者发给个人和发给一户弄反了"),
        ("{甲: entitled}", "{甲: {status: entitled, amount: 30.0元}}", "expect:", "amount 写的是 '30.0元'，不是金额"),
        ("expect: {aid: {甲: entitled}}", "expect: 三十元", "expect:", "`expect` 后面写的是 '三十元'"),
        ("甲: {resident: true}", "甲: 住在本区", "甲: 住在本区", "`甲` 后面写的是 '住在本区'"),
        ("{甲: entitled}", "{甲: {status: entitled, missing: grade}}", "expect:", "`missing` 后面写的是 'grade'"),
        ("{甲: entitled}", "{甲: {status: entitled, values: 3}}", "expect:", "`values` 后面写的是 3"),
        ("甲: entitled", "乙: entitled", "expect:", "aid 的结果写成了 'entitled'（乙）"),
        ("甲: entitled", "甲: perhaps", "expect:", "aid 的结果写成了 'perhaps'（甲）"),
        ("resident: true", "resident: 是", "- title", "resident（住在本区）写的是 '是'"),
        ("resident: true", "birth_date: 1951.5.6", "- title", "birth_date（出生日期）写的是 '1951.5.6'"),
        ("resident: true", "grade: 一级", "- title", "grade（残疾等级）写的是 '一级'"),
        ("resident: true", "savings: 3.5", "- title", "savings（本人存款）写的是 3.5"),
        ("resident: true", "kind: blind", "- title", "kind（残疾类别）写的是 'blind'"),
    ],
)  # fmt: skip
def test_an_example_that_cannot_be_read(tmp_path: Path, old: str, new: str, at: str, says: str) -> None:
    folder = folder_of(tmp_path)
    (folder / "aid" / "examples").mkdir()
    (folder / "aid" / "examples" / "a.yaml").write_text(EXAMPLE.replace(old, new), encoding="utf-8")
    assert ("aid/examples/a.yaml", at, says) in told_at(folder, at)


@pytest.mark.parametrize(("amount", "passed"), [("0.01元", True), ("0.01 元", True), ("1", True), ("0.02元", False)])
def test_an_expected_amount_is_compared_however_it_is_written(tmp_path: Path, amount: str, passed: bool) -> None:
    folder = folder_of(tmp_path)
    (folder / "aid" / "examples").mkdir()
    text = EXAMPLE.replace("{甲: entitled}", f"{{甲: {{status: entitled, amount: {amount}}}}}")
    (folder / "aid" / "examples" / "a.yaml").write_text(text, encoding="utf-8")
    (result,) = check_examples(load_rulebook(folder))
    assert result.passed is passed, result


def test_a_story_that_cannot_be_read(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    (folder / "stories").mkdir()
    (folder / "stories" / "one.yaml").write_text("- a", encoding="utf-8")
    story = "\n".join(line[2:] for line in EXAMPLE.strip().splitlines()) + "\nfinding: perhaps\n"
    (folder / "stories" / "two.yaml").write_text(story, encoding="utf-8")
    with pytest.raises(RulebookErrors) as caught:
        load_stories(folder)
    assert [(one.file, one.line, one.what) for one in caught.value.problems] == [
        ("stories/one.yaml", 1, "这个文件不是一个故事"),
        ("stories/two.yaml", 7, "没有叫 'perhaps' 的发现"),
    ]


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("sum(member.savings for member in members) > savings", "关于个人的规则里用了 `sum(…members…)`"),
        ("income > 0 * income", "`income` 是一户的，这条规则却是关于个人的"),
        ("heads >= heads", "`heads` 是一户的，这条规则却是关于个人的"),
        ("other.price > savings", "`other.price` 是另一项政策的数"),
    ],
)
def test_a_name_that_a_rule_may_not_read(tmp_path: Path, rule: str, says: str) -> None:
    body = (
        f"outcome: {{entitled: entitled}}\nvariables:\n  entitled: {{label: e, type: bool, basis: b, is: {rule!r}}}\n"
    )
    other = (
        "outcome: {entitled: fits}\nnumbers:\n  price: {label: p, unit: fen/person, versions: [{from: 2016-01-01, "
        "value: 1, basis: b}]}\nvariables:\n  fits: {label: f, type: bool, basis: b, is: savings > price}\n"
    )
    rulebook_small.write(tmp_path, aid=rulebook_small.scheme(body), other=rulebook_small.scheme(other, code="other"))
    found = said(tmp_path)
    assert any(says in what for _, what in found), found


def test_codes_that_were_not_declared_are_told(tmp_path: Path) -> None:
    body = """
        outcome: {entitled: entitled}
        variables:
          seen: {label: s, codes: [none, sight], basis: b, is: kind}
          entitled: {label: e, type: bool, basis: b, is: "seen == 'sight'"}
    """
    found = rulebook_small.problems(tmp_path, body)
    assert any("可能算出没有写明的代码 mind" in one.what for one in found), found


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("5", "有一行不是“名称: 内容”"),
        ("{kind: both, first: aid, others: aid, from: 2016-01-01, basis: b}", "`others` 后面写的是 'aid'"),
        ("{kind: both, first: aid, others: [gift], from: 2016-01-01, basis: b}", "没有政策 'gift'"),
        ("{kind: both, first: aid, others: [aid], from: 2016-01-01}", "这条规定没有写依据"),
        ("{kind: both, first: aid, others: [aid], basis: b}", "这条规定没有日期"),
    ],
)
def test_a_rule_of_stacking_that_cannot_be_read(tmp_path: Path, row: str, says: str) -> None:
    folder = folder_of(tmp_path)
    (folder / "stacking.yaml").write_text(f"- {row}", encoding="utf-8")
    assert ("stacking.yaml", row, says) in told_at(folder, row)


def test_a_file_of_stacking_that_holds_no_rules_is_told(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    (folder / "stacking.yaml").write_text("5", encoding="utf-8")
    assert said(folder) == [("stacking.yaml", "有一行不是“名称: 内容”")]


def test_no_file_of_stacking_is_no_rule() -> None:
    problems = Problems()
    assert read_stacking(None, {}, problems) == ()
    assert problems.found == []


WHOLE = f"""
{OUTCOME}
numbers:
  {ONE}
tables:
  by_grade: {{by: grade, unit: fen/person/month, versions: [{{from: 2016-01-01, basis: b,
             bands: [{{from: 0, to: 2, value: 1}}, {{from: 2, value: 3}}]}}]}}
  by_kind: {{by: kind, unit: fen/person/month, versions: [{{from: 2016-01-01, basis: b,
            rows: {{none: 0, sight: 3, mind: 4}}}}]}}
variables:
  seen: {{label: s, codes: [none, sight, mind], code_labels: {{none: 无}}, basis: b, is: kind}}
  entitled: {{label: 符合, type: bool, basis: 第四条,
             is: [{{from: 2016-01-01, rule: resident}}, {{from: 2020-01-01, rule: not resident}}]}}
  amount: {{label: 金额, unit: fen/person/month, basis: b,
           is: "one_month + level + lookup(by_grade, grade) + lookup(by_kind, kind)"}}
  level:
    label: 等级
    unit: fen/person/month
    basis: b
    table:
      - from: 2016-01-01
        columns: {{等级: grade, 类别: seen, 住: resident}}
        hit: first
        rows: [{{等级: 1..2, 类别: [mind], 住: yes, then: 3}}, {{等级: -, 类别: -, 住: -, then: one_month}}]
"""


def _places(tree: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield at
    for key, below in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
        yield from _places(below, (*at, key))


def _with(tree: Any, at: tuple[Any, ...], value: object) -> Any:
    if not at:
        return value
    made = copy.copy(tree)
    made[at[0]] = _with(tree[at[0]], at[1:], value)
    return made


@pytest.mark.parametrize("strange", [None, 5, "x", [5]])
@pytest.mark.parametrize(
    "file", ["inputs.yaml", "stacking.yaml", "household/ordinary.yaml", "aid/scheme.yaml", "aid/examples/a.yaml"]
)
def test_whatever_stands_where_something_else_belongs_is_told_and_no_crash(
    tmp_path: Path, file: str, strange: object
) -> None:
    """Each part of a file in turn; many may be left out or mean something, all others are problems with a line."""
    rule = "- {kind: exclusive, first: aid, others: [aid], from: 2016-01-01, basis: b}"
    folder = rulebook_small.write(tmp_path, rule, aid=rulebook_small.scheme(WHOLE))
    (folder / "aid" / "examples").mkdir()
    more = '{甲: {status: unknown, missing: [grade], amount: "30.00元", payable: 0, values: {level: 3}}}'
    text = EXAMPLE.replace("{甲: entitled}", more)
    (folder / "aid" / "examples" / "a.yaml").write_text(text, encoding="utf-8")
    (folder / "household" / "ordinary.yaml").write_text("person: {grade: 1}\nhousehold: {rooms: 1}", encoding="utf-8")
    assert load_rulebook(folder)
    tree = yaml.safe_load((folder / file).read_text(encoding="utf-8"))
    for at in _places(tree):
        text = yaml.safe_dump(_with(tree, at, strange), allow_unicode=True, sort_keys=False)
        (folder / file).write_text(text, encoding="utf-8")
        try:
            load_rulebook(folder)
        except RulebookErrors as fault:
            for one in fault.problems:
                assert 1 <= one.line <= len((folder / one.file).read_text(encoding="utf-8").splitlines()), (at, one)
                assert one.why
                assert one.remedy


STORY = "\n".join(line.removeprefix("- ").removeprefix("  ") for line in EXAMPLE.strip().splitlines())


@pytest.mark.parametrize(
    ("receives", "paid", "says"),
    [
        ('{aid: {甲: "30.00元"}}', {("aid", "甲"): 3000}, ""),
        ("{aid: {甲: 3000}}", {("aid", "甲"): 3000}, ""),
        ("{aid: 0}", {("aid", None): 0}, ""),
        ("{}", {}, ""),
        ("{aid: 三十元}", {}, "aid 写的是 '三十元'，不是金额"),
        ("{aid: {甲: 30.0}}", {}, "甲 写的是 30.0，不是金额"),
        ("三十元", {}, "`receives` 后面写的是 '三十元'"),
    ],
)
def test_what_a_story_receives_is_read_to_the_fen(
    tmp_path: Path, receives: str, paid: dict[tuple[str, str | None], int], says: str
) -> None:
    folder = folder_of(tmp_path)
    (folder / "stories").mkdir()
    (folder / "stories" / "one.yaml").write_text(f"{STORY}\nreceives: {receives}\n", encoding="utf-8")
    if not says:
        (story,) = load_stories(folder)
        assert story.receives == paid
        return
    with pytest.raises(RulebookErrors) as caught:
        load_stories(folder)
    assert [(one.file, one.line, one.what) for one in caught.value.problems] == [("stories/one.yaml", 7, says)]


@pytest.mark.parametrize(
    ("findings", "says"),
    [
        ("5", "`findings` 后面写的是 5"),
        ("[5]", "没有叫 '5' 的发现"),
        ("[{finding: none, scheme: aid}, {finding: perhaps, scheme: aid}]", "没有叫 'perhaps' 的发现"),
    ],
)
def test_findings_of_a_story_that_cannot_be_read(tmp_path: Path, findings: str, says: str) -> None:
    folder = folder_of(tmp_path)
    (folder / "stories").mkdir()
    (folder / "stories" / "one.yaml").write_text(f"{STORY}\nfindings: {findings}\n", encoding="utf-8")
    with pytest.raises(RulebookErrors) as caught:
        load_stories(folder)
    assert [one.what for one in caught.value.problems] == [says]
