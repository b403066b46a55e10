"""Every part of a file of policies that cannot be read is refused in words, with its file and line."""

from pathlib import Path

import pytest
import rulebook_small

from rulebook import RulebookErrors, load_rulebook
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
        ("resident: {type: bool", "resident: 5\n  ignored: {type: bool", "the input resident is not a mapping"),
        ("rooms: {", "resident: {", "the input resident is declared for two entities"),
        ("grade: {type: int", "grade: {type: number", "grade has the type number"),
        ("label: 房间数, ", "", "rooms has no `label`"),
        ("question: 几间房？", "question: ''", "rooms has no `question`"),
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
        (ONE, "one_month: 5", "the number one_month has no dates"),
        ("[{from: 2016-01-01, value: 1, basis: b}]", "[]", "`versions` has no dated rows"),
        ("{from: 2016-01-01, value: 1", "{from: soon, value: 1", "`from` is 'soon', not a date"),
        ("[{from: 2016-01-01, value: 1, basis: b}]", "[2016]", "a row of `versions` has no date"),
        ("variables:", "tables:\n  one_month: {label: t, by: grade, unit: '1', versions: [{from: 2016-01-01, basis: b, "
         "bands: [{from: 0, value: 1}]}]}\nvariables:", "the name aid.one_month is used twice"),
        ("variables:", "tables:\n  t: {label: t, by: kind, unit: '1', versions: [{from: 2016-01-01, basis: b, "
         "rows: {sight: 1, hearing: 2}}]}\nvariables:",
         "the table t lacks rows for ['none', 'mind'] or has unknown rows ['hearing']"),
        ("variables:", "tables:\n  t: {label: t, by: kind, unit: '1', versions: []}\nvariables:",
         "`versions` has no dated rows"),
        ("unit: fen/person/month, basis: 第五条", "basis: 第五条",
         "amount has neither `type: bool`, `codes:` nor `unit:`"),
        ("is: resident", "is: []", "`is` has no dated rows"),
        ("is: resident", "rule: resident", "the variable entitled has not exactly one of `is:` and `table:`"),
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


@pytest.mark.parametrize(("text", "says"), [("- a", "the file is not a mapping"), ("a: 'b", "this is not valid YAML")])
def test_a_scheme_that_is_no_scheme(tmp_path: Path, text: str, says: str) -> None:
    folder = folder_of(tmp_path)
    (folder / "aid" / "scheme.yaml").write_text(text, encoding="utf-8")
    assert ("aid/scheme.yaml", says) in said(folder)


def test_a_folder_without_the_shared_rules_says_who_is_missing(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    (folder / "household" / "scheme.yaml").unlink()
    assert ("household/scheme.yaml", "the shared folder is missing") in said(folder)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (EXAMPLE, "- 5\n", "5 is not an example"),
        ("  working: 一百分\n", "", "`working` is missing"),
        ("2026-11-01", "once", "as_of is 'once'"),
        ("{甲: entitled}", "entitled", "aid is not a scheme, or is expected of the wrong one"),
        ("expect: {aid: {甲: entitled}}", "expect: {aids: {甲: entitled}}",
         "aids is not a scheme, or is expected of the wrong one"),
    ],
)  # fmt: skip
def test_an_example_that_cannot_be_read(tmp_path: Path, old: str, new: str, says: str) -> None:
    folder = folder_of(tmp_path)
    (folder / "aid" / "examples").mkdir()
    (folder / "aid" / "examples" / "a.yaml").write_text(EXAMPLE.replace(old, new), encoding="utf-8")
    assert ("aid/examples/a.yaml", says) in said(folder)


def test_a_story_that_cannot_be_read(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    (folder / "stories").mkdir()
    (folder / "stories" / "one.yaml").write_text("- a", encoding="utf-8")
    story = "\n".join(line[2:] for line in EXAMPLE.strip().splitlines()) + "\nfinding: perhaps\n"
    (folder / "stories" / "two.yaml").write_text(story, encoding="utf-8")
    with pytest.raises(RulebookErrors) as caught:
        load_stories(folder)
    assert [(one.file, one.what) for one in caught.value.problems] == [
        ("stories/one.yaml", "the file is not a story"),
        ("stories/two.yaml", "the finding 'perhaps' is unknown"),
    ]


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("sum(member.savings for member in members) > savings", "over members stands in a rule about a person"),
        ("income > 0 * income", "belongs to the household and is read from a person's rule by bare name"),
        ("heads >= heads", "`heads` belongs to the household and is read from a person's rule by bare name"),
        ("other.price > savings", "`other.price` is a number of another scheme"),
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
    assert any("the rule may yield the code(s) mind" in one.what for one in found), found


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("5", "a row is not a mapping"),
        ("{kind: both, first: aid, others: [gift], from: 2016-01-01, basis: b}", "the scheme 'gift' is unknown"),
        ("{kind: both, first: aid, others: [aid], from: 2016-01-01}", "the rule has no citation"),
        ("{kind: both, first: aid, others: [aid], basis: b}", "the rule has no date"),
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
