"""Every part of a file of policies that cannot be read is refused in words, with its file and line."""

from pathlib import Path

import pytest
import rulebook_small

from rulebook import RulebookErrors, check_examples, load_rulebook
from rulebook.cases import load_stories
from rulebook.problems import Problems
from rulebook.stacking import read_stacking

OUTCOME = "outcome: {entitled: entitled, amount: amount}"
AMOUNT = "amount: {label: 金额, unit: fen/person/month, basis: 第五条, is: one_month}"
ONE = "one_month: {label: 一, unit: fen/person/month, versions: [{from: 2016-01-01, value: 1, basis: b}]}"
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
  entitled: {{label: 符合, type: bool, basis: 第四条, is: resident}}
  {AMOUNT}
"""


def folder_of(tmp_path: Path) -> Path:
    return rulebook_small.write(tmp_path, aid=rulebook_small.scheme(BODY))


def said(folder: Path) -> list[tuple[str, str]]:
    with pytest.raises(RulebookErrors) as caught:
        load_rulebook(folder)
    assert all(one.why and one.remedy and one.line >= 1 for one in caught.value.problems)
    return [(one.file, one.what) for one in caught.value.problems]


def test_control_the_book_of_these_tests_loads(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    (folder / "aid" / "examples").mkdir()
    (folder / "aid" / "examples" / "a.yaml").write_text(EXAMPLE, encoding="utf-8")
    assert len(load_rulebook(folder).schemes["aid"].examples) == 1


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("resident: {type: bool", "resident: 5\n  ignored: {type: bool", "事实 resident 没有写明细"),
        ("rooms: {", "resident: {", "事实 resident 既写在个人下面，又写在家庭下面"),
        ("grade: {type: int", "grade: {type: number", "grade 的类型是 number"),
        ("label: 房间数, ", "", "rooms 没有写 `label`"),
        ("question: 几间房？", "question: ''", "rooms 没有写 `question`"),
    ],
)
def test_an_input_that_cannot_be_read(tmp_path: Path, old: str, new: str, says: str) -> None:
    folder = folder_of(tmp_path)
    text = (folder / "inputs.yaml").read_text(encoding="utf-8")
    assert old in text
    (folder / "inputs.yaml").write_text(text.replace(old, new), encoding="utf-8")
    assert ("inputs.yaml", says) in said(folder)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (ONE, "one_month: 5", "one_month 没有写日期"),
        ("[{from: 2016-01-01, value: 1, basis: b}]", "[]", "`versions` 下面没有写明日期的行"),
        ("{from: 2016-01-01, value: 1", "{from: soon, value: 1", "`from` 写的是 'soon'，不是日期"),
        ("[{from: 2016-01-01, value: 1, basis: b}]", "[2016]", "`versions` 里有一行没有日期"),
        ("variables:", "tables:\n  one_month: {label: t, by: grade, unit: '1', versions: [{from: 2016-01-01, basis: b, "
         "bands: [{from: 0, value: 1}]}]}\nvariables:", "名字 aid.one_month 用了两次"),
        ("variables:", "tables:\n  t: {label: t, by: kind, unit: '1', versions: [{from: 2016-01-01, basis: b, "
         "rows: {sight: 1, hearing: 2}}]}\nvariables:",
         "表 t 的行不对：缺 none、mind，多 hearing"),
        ("variables:", "tables:\n  t: {label: t, by: kind, unit: '1', versions: []}\nvariables:",
         "`versions` 下面没有写明日期的行"),
        ("unit: fen/person/month, basis: 第五条", "basis: 第五条",
         "amount 没有写 `type: bool`、`codes:` 或 `unit:`"),
        ("title:", "order: 第一\ntitle:", "order 写的是 '第一'"),
        ("is: resident", "is: []", "`is` 下面没有写明日期的行"),
        ("is: resident", "rule: resident", "entitled 要写 `is:` 或者 `table:`，只能写一个"),
    ],
)  # fmt: skip
def test_a_scheme_that_cannot_be_read(tmp_path: Path, old: str, new: str, says: str) -> None:
    folder = folder_of(tmp_path)
    path = folder / "aid" / "scheme.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    found = said(folder)
    assert says in [what for _, what in found], found


@pytest.mark.parametrize(("text", "says"), [("- a", "这个文件不是“名称: 内容”的写法"), ("a: 'b", "这一行的写法不对")])
def test_a_scheme_that_is_no_scheme(tmp_path: Path, text: str, says: str) -> None:
    folder = folder_of(tmp_path)
    (folder / "aid" / "scheme.yaml").write_text(text, encoding="utf-8")
    assert ("aid/scheme.yaml", says) in said(folder)


def test_a_folder_without_the_shared_rules_says_who_is_missing(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    (folder / "household" / "scheme.yaml").unlink()
    assert ("household/scheme.yaml", "没有公用的文件夹") in said(folder)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (EXAMPLE, "- 5\n", "5 不是一个例子"),
        ("  working: 一百分\n", "", "缺 `working`"),
        ("2026-11-01", "once", "as_of 写的是 'once'"),
        ("{甲: entitled}", "entitled", "没有政策 aid，或者发给个人和发给一户弄反了"),
        ("expect: {aid: {甲: entitled}}", "expect: {aids: {甲: entitled}}",
         "没有政策 aids，或者发给个人和发给一户弄反了"),
        ("{甲: entitled}", "{甲: {status: entitled, amount: 30.0元}}", "amount 写的是 '30.0元'，不是金额"),
        ("expect: {aid: {甲: entitled}}", "expect: 三十元", "`expect` 后面写的是 '三十元'"),
        ("甲: {resident: true}", "甲: 住在本区", "`甲` 后面写的是 '住在本区'"),
        ("resident: true", "resident: 是", "resident（住在本区）写的是 '是'"),
        ("resident: true", "birth_date: 1951.5.6", "birth_date（出生日期）写的是 '1951.5.6'"),
        ("resident: true", "grade: 一级", "grade（残疾等级）写的是 '一级'"),
        ("resident: true", "savings: 3.5", "savings（本人存款）写的是 3.5"),
        ("resident: true", "kind: blind", "kind（残疾类别）写的是 'blind'"),
    ],
)  # fmt: skip
def test_an_example_that_cannot_be_read(tmp_path: Path, old: str, new: str, says: str) -> None:
    folder = folder_of(tmp_path)
    (folder / "aid" / "examples").mkdir()
    (folder / "aid" / "examples" / "a.yaml").write_text(EXAMPLE.replace(old, new), encoding="utf-8")
    assert ("aid/examples/a.yaml", says) in said(folder)


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
    assert [(one.file, one.what) for one in caught.value.problems] == [
        ("stories/one.yaml", "这个文件不是一个故事"),
        ("stories/two.yaml", "没有叫 'perhaps' 的发现"),
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
        ("{kind: both, first: aid, others: [gift], from: 2016-01-01, basis: b}", "没有政策 'gift'"),
        ("{kind: both, first: aid, others: [aid], from: 2016-01-01}", "这条规定没有写依据"),
        ("{kind: both, first: aid, others: [aid], basis: b}", "这条规定没有日期"),
    ],
)
def test_a_rule_of_stacking_that_cannot_be_read(tmp_path: Path, row: str, says: str) -> None:
    folder = folder_of(tmp_path)
    (folder / "stacking.yaml").write_text(f"- {row}", encoding="utf-8")
    assert ("stacking.yaml", says) in said(folder)


def test_no_file_of_stacking_is_no_rule() -> None:
    problems = Problems()
    assert read_stacking(None, {}, problems) == ()
    assert problems.found == []
