"""A wrong rule fails on load, with file, line, why and remedy; all problems of a load at once."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from rulebook_populations import POLICIES
from rulebook_small import load

from rulebook import Rulebook, RulebookErrors, UnableToResolveLaw, load_rulebook

SCHEME = "minimum_living_allowance/scheme.yaml"
CITED = "        basis: 民发〔2021〕57号第十四条：家庭财产状况规定由地方制定\n        doubt: 浙江"


def changed(tmp_path: Path, file: str, old: str, new: str) -> list[tuple[str, int, str]]:
    folder = tmp_path / "policies"
    shutil.copytree(POLICIES, folder)
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RulebookErrors) as caught:
        load_rulebook(folder)
    for problem in caught.value.problems:
        assert problem.why
        assert problem.remedy
        assert str(problem) in str(caught.value)
    return [(problem.file, problem.line, problem.what) for problem in caught.value.problems]


def line_of(file: str, text: str) -> int:
    lines = (POLICIES / file).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        (SCHEME, "heads * months_in_year) < standard", "heads) < standard",
         "fen/person/year 和 fen/person/month 放在一起"),
        (SCHEME, "household.local", "household.locla", "没有叫 `household.locla` 的"),
        (SCHEME, "is: household.income_year /", "is: countable_income /", "是每个人各有一个"),
        (SCHEME, "value: 24", "value: 24.5", "`value` 写的是 24.5，不是整数"),
        (SCHEME, CITED, "        doubt: 浙江",
         "没有写依据"),
        (SCHEME, "unit: vehicle", "unit: car", "不认识单位 'car'"),
        (SCHEME, "code: minimum_living_allowance", "code: minimum", "和文件夹名"),
        (SCHEME, "title: 最低", "summary: x\ntitle: 最低", "'summary' 写了两次"),
        ("household/scheme.yaml", "{from: 2020-01-01, value: 110200", "{from: 2015-01-01, value: 110200",
         "写在 2016-01-01 后面"),
        ("household/scheme.yaml", "{from: 2016-01-01, value: 74400", "{from: 2017-01-01, value: 74400",
         "的第一行从 2017-01-01 起"),
        ("household/scheme.yaml", "heads * months_in_year)", "counted_members * months_in_year)", "除数可能是 0"),
        ("household/scheme.yaml", "is: count(member", "is: heads + count(member", "规则绕成了圈"),
        ("old_age_allowance/scheme.yaml", "{from: 90, to: 100", "{from: 91, to: 100", "在 90 处断开或重叠"),
        ("old_age_allowance/scheme.yaml", "{from: 100, value", "{from: 100, to: 120, value", "最后一档有上限"),
        ("old_age_allowance/scheme.yaml", "is: old_enough and", "is: old_enough + 80 and", "是“是或否”"),
        ("stacking.yaml", "kind: exclusive", "kind: whichever", "不认识 kind: 'whichever'"),
        ("old_age_allowance/examples/ages.yaml", "status: entitled", "status: perhaps", "的结果写成了 'perhaps'"),
        ("old_age_allowance/examples/ages.yaml", "transfer_income", "pension", "没有个人事实 'pension'"),
        (SCHEME, "outcome: {entitled: entitled", "outcome: {entitled: amount",
         "outcome 的 entitled 不是关于一户的一条条件"),
        (SCHEME, "title: 最低", "tittle: 最低", "一项政策里没有 'tittle'"),
        (SCHEME, "outcome: {entitled: entitled", "outcome: {per: x, entitled: entitled", "outcome里没有 'per'"),
        (SCHEME, "unit: vehicle", "unit: vehicle\n    units: x", "一个数里没有 'units'"),
        ("old_age_allowance/scheme.yaml", "{from: 100, value", "{from: 100, worth: 1, value", "一档里没有 'worth'"),
        ("inputs.yaml", "question:", "asked: x, question:", "一个事实里没有 'asked'"),
        ("stacking.yaml", "kind: exclusive", "kind: exclusive\n  until: x", "一条叠加规定里没有 'until'"),
        ("old_age_allowance/examples/ages.yaml", "as_of:", "asof: 1\n  as_of:", "一个例子里没有 'asof'"),
    ],
)  # fmt: skip
def test_a_wrong_rule_does_not_load(tmp_path: Path, file: str, old: str, new: str, says: str) -> None:
    found = changed(tmp_path, file, old, new)
    assert any(says in what and where == file for where, _, what in found), found


def test_the_line_is_the_rules_line(tmp_path: Path) -> None:
    found = changed(tmp_path, SCHEME, "household.local and", "household.locla and")
    assert [(where, line) for where, line, _ in found] == [(SCHEME, line_of(SCHEME, "household.local and"))]


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "one"
    shutil.copytree(POLICIES, folder)
    for code in ("old_age_allowance", "disability_care_subsidy", "destitute_support"):
        path = folder / code / "scheme.yaml"
        path.write_text(path.read_text(encoding="utf-8").replace("not dead", "not dad"), encoding="utf-8")
    with pytest.raises(RulebookErrors) as caught:
        load_rulebook(folder)
    assert {problem.file.split("/")[0] for problem in caught.value.problems} == {
        "old_age_allowance", "disability_care_subsidy", "destitute_support"
    }  # fmt: skip


def test_law_changes_only_when_something_changes(book: Rulebook) -> None:
    days = [date(2020, 12, 1), date(2020, 12, 31), date(2021, 1, 1), date(2021, 7, 1), date(2026, 7, 1)]
    digests = [book.law_on(day).digest for day in days]
    assert digests[0] == digests[1]
    assert len(set(digests)) == 4
    assert all(len(digest) == 64 for digest in digests)


def test_digest_is_the_same_in_another_load(book: Rulebook) -> None:
    assert load_rulebook(POLICIES).law_on(date(2026, 11, 1)).digest == book.law_on(date(2026, 11, 1)).digest


def test_before_the_rulebook_begins_nothing_is_guessed(book: Rulebook) -> None:
    with pytest.raises(UnableToResolveLaw, match="2016-01-01"):
        book.law_on(date(2015, 12, 31))


def test_a_what_if_has_its_own_digest_and_leaves_the_law_alone(book: Rulebook) -> None:
    law = book.law_on(date(2020, 12, 1))
    higher = law.with_number("household.standard", 120000)
    assert higher.digest != law.digest
    assert law.numbers["household.standard"].value == 110200
    with pytest.raises(UnableToResolveLaw, match=r"household\.standard"):
        law.with_number("household.standart", 1)


def test_every_demonstration_parameter_says_so(book: Rulebook) -> None:
    about = {doubt.about for scheme in (*book.schemes.values(), book.shared) for doubt in scheme.doubts}
    assert {
        "household.standard",
        "minimum_living_allowance.asset_months",
        "disability_care_subsidy.care_tiers",
        "low_income_margin.income_rate",
        "child_basic_living_allowance.allowance_home",
        "old_age_allowance.tiers",
        "destitute_support.living_rate",
        "disability_living_subsidy.rate",
    } <= about
    standard = book.numbers["household.standard"]
    assert [(v.value, v.doubt is None) for v in standard.versions] == [(74400, True), (110200, True), (110200, False)]


@pytest.mark.parametrize(
    ("file", "old", "new", "remedy"),
    [
        (SCHEME, "unit: fen/month", "unit: fen/moth", "是不是 month？"),
        (SCHEME, "unit: vehicle", "unit: car", "用认识的词写单位，例如 fen/person/month（分/人/月）"),
        ("old_age_allowance/scheme.yaml", "lookup(tiers,", "lookup(tires,", "是不是 tiers？"),
        ("old_age_allowance/scheme.yaml", "lookup(tiers,", "lookup(q,", "把它写进 `tables:`"),
    ],
)
def test_a_word_written_nearly_right_is_guessed(tmp_path: Path, file: str, old: str, new: str, remedy: str) -> None:
    changed(tmp_path, file, old, new)
    with pytest.raises(RulebookErrors) as caught:
        load_rulebook(tmp_path / "policies")
    assert remedy in {problem.remedy for problem in caught.value.problems if problem.file == file}


def test_a_wording_has_its_own_source_and_doubt_or_its_variables(tmp_path: Path) -> None:
    book = load(tmp_path, """
        outcome: {entitled: entitled}
        variables:
          entitled:
            label: 符合
            type: bool
            basis: 第四条
            doubt: 未核对
            is:
              - {from: 2016-01-01, rule: resident}
              - {from: 2020-01-01, basis: 第五条, doubt: 第二版未核对, rule: not resident}
    """)  # fmt: skip
    told = [(rule.basis, rule.doubt) for rule in book.variables["aid.entitled"].rules]
    assert told == [("第四条", "未核对"), ("第五条", "第二版未核对")]
