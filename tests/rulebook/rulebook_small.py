"""A rulebook of one scheme, written as an author would write it, for tests of the language."""

import shutil
from pathlib import Path
from textwrap import dedent, indent

import pytest

from rulebook import Rulebook, RulebookErrors, RuleProblem, load_rulebook

INPUTS = """
    person:
      birth_date: {type: date, label: 出生日期, question: 哪天出生？}
      resident: {type: bool, label: 住在本区, question: 住在本区吗？}
      grade: {type: int, unit: grade, label: 残疾等级, question: 几级残疾？}
      savings: {type: money, unit: fen/person, label: 本人存款, question: 有多少存款？}
      kind: {type: code, codes: [none, sight, mind], code_labels: {none: 没有, sight: 视力, mind: 精神},
             label: 残疾类别, question: 哪类残疾？}
    household:
      income: {type: money, unit: fen/year, label: 家庭收入, question: 一年收入多少？}
      rooms: {type: int, unit: item, label: 房间数, question: 几间房？}
"""
SHARED = """
    code: household
    title: 共同规则
    summary: 谁算一家人。
    from: 2016-01-01
    basis: 某法第一条
    membership: {counted: counted, heads: heads}
    variables:
      counted: {label: 计入, entity: person, type: bool, basis: 第二条, is: "True"}
      heads: {label: 人数, entity: household, unit: person, basis: 第二条, is: "max(1, count(members))"}
"""
HEAD = """
    title: 某项补贴
    summary: 一句话。
    from: 2016-01-01
    basis: 某法第三条
"""
AGED = """
    outcome: {entitled: entitled, amount: amount}
    numbers:
      grown: {label: 成年, unit: age, versions: [{from: 2016-01-01, value: 18, basis: b}]}
      bonus: {label: 发, unit: fen/person/month, versions: [{from: 2016-01-01, value: 1, basis: b}]}
    variables:
      entitled: {label: 符合, type: bool, basis: b, is: "age(birth_date) >= grown"}
      amount: {label: 金额, unit: fen/person/month, basis: b, is: bonus}
"""


def scheme(body: str, beneficiary: str = "person", code: str = "aid") -> str:
    """The text of a scheme file: the usual head and the body given."""
    return f"code: {code}\nbeneficiary: {beneficiary}\n{dedent(HEAD).strip()}\n{dedent(body).strip()}\n"


def write(folder: Path, stacking: str = "[]", **schemes: str) -> Path:
    """Writes a folder of policies; the keyword is the scheme's folder, its value the text of scheme.yaml."""
    (folder / "inputs.yaml").write_text(dedent(INPUTS), encoding="utf-8")
    (folder / "stacking.yaml").write_text(dedent(stacking), encoding="utf-8")
    for code, text in {"household": dedent(SHARED), **schemes}.items():
        (folder / code).mkdir(exist_ok=True)
        (folder / code / "scheme.yaml").write_text(text, encoding="utf-8")
    return folder


def load(folder: Path, body: str, beneficiary: str = "person") -> Rulebook:
    """Loads a rulebook whose only scheme, `aid`, has this body."""
    return load_rulebook(write(folder, aid=scheme(body, beneficiary)))


def problems(folder: Path, body: str, beneficiary: str = "person") -> tuple[RuleProblem, ...]:
    """Everything that is wrong with such a scheme; fails when it loads."""
    with pytest.raises(RulebookErrors) as caught:
        load(folder, body, beneficiary)
    return caught.value.problems


def line_of(folder: Path, text: str, code: str = "aid") -> int:
    """The line of the written scheme in which a text stands first, from 1."""
    lines = (folder / code / "scheme.yaml").read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


def variables(amount: str = "resident", unit: str = "fen/person/month") -> str:
    """The two variables of an outcome."""
    made = f"""
        variables:
          entitled: {{label: 符合, type: bool, basis: 第四条, is: resident}}
          amount: {{label: 金额, unit: {unit}, basis: 第五条, is: "{amount}"}}
    """
    return indent(dedent(made), "")


def load_folder_of(folder: Path, policies: Path, file: str, old: str, new: str) -> Rulebook:
    """Loads a copy of a folder of policies in which one text of one file was replaced everywhere."""
    shutil.copytree(policies, folder / "copy", ignore=shutil.ignore_patterns("copy"))
    path = folder / "copy" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return load_rulebook(folder / "copy")
