"""How often a benefit is paid: by month, once, by year, or not at all (a status)."""

from datetime import date
from pathlib import Path

import pytest
from rulebook_populations import by_interpreter, by_sql
from rulebook_small import line_of, load, problems, scheme, write

from rulebook import Household, Period, Person, RulebookErrors, evaluate, load_rulebook

DAY = date(2021, 3, 1)
NUMBERS = "numbers: {sum: {label: 标准, unit: UNIT, versions: [{from: 2016-01-01, value: 50000, basis: 第五条}]}}"
HOME = Household({"income": 0}, [Person("甲", {"resident": True}), Person("乙", {"resident": False}), Person("丙")])


def body(outcome: str, unit: str = "fen/person/month", entity: str = "person") -> str:
    condition = "resident" if entity == "person" else "income < income + 1"
    return f"""outcome: {outcome}
{NUMBERS.replace("UNIT", unit)}
variables:
  entitled: {{label: 符合, type: bool, basis: 第四条, is: {condition}}}
  amount: {{label: 金额, unit: {unit}, basis: 第五条, is: sum if entitled else 0}}
"""


PAID = "{entitled: entitled, amount: amount%s}"


@pytest.mark.parametrize(
    ("period", "unit", "said"),
    [
        ("", "fen/person/month", "符合，每月 500.00 元"),
        (", period: month", "fen/month", "符合，每月 500.00 元"),
        (", period: once", "fen/person", "符合，一次性 500.00 元"),
        (", period: once", "fen", "符合，一次性 500.00 元"),
        (", period: year", "fen/person/year", "符合，每年 500.00 元"),
    ],
)
def test_an_amount_is_told_with_its_period(tmp_path: Path, period: str, unit: str, said: str) -> None:
    book = load(tmp_path, body(PAID % period, unit))
    ev = evaluate(book.law_on(DAY), HOME, DAY)
    told = ev.explain("aid", "甲")
    assert told.result == said
    assert told.to_json()["period"] == ev.outcome("aid", "甲").period == book.schemes["aid"].period
    assert {row.person: (row.payable_fen, row.period) for row in ev.payable()} == {
        "甲": (50000, book.schemes["aid"].period), "丙": (None, book.schemes["aid"].period)
    }  # fmt: skip


@pytest.mark.parametrize(
    ("period", "unit", "allowed"),
    [
        ("", "fen/person/year", "fen/month 或 fen/person/month"),
        (", period: once", "fen/person/month", "fen 或 fen/person"),
        (", period: year", "fen/month", "fen/year 或 fen/person/year"),
    ],
)
def test_an_amount_of_another_unit_does_not_load(tmp_path: Path, period: str, unit: str, allowed: str) -> None:
    (problem,) = problems(tmp_path, body(PAID % period, unit))
    assert problem.line == line_of(tmp_path, "outcome:")
    assert unit in problem.what
    assert allowed in problem.why
    assert allowed in problem.remedy


def test_a_households_benefit_is_not_paid_per_person(tmp_path: Path) -> None:
    text = body(PAID % "", "fen/person/month", "household").replace("income + 1", "income + income")
    (problem,) = problems(tmp_path, text, "household")
    assert "fen/month；" in problem.why


@pytest.mark.parametrize(
    ("outcome", "what"),
    [
        ("{entitled: entitled, period: month}", "outcome 没有写 amount，period 却是 month"),
        ("{entitled: entitled, amount: amount, period: status}", "outcome 写了 amount，period 却是 status"),
        ("{entitled: entitled, amount: amount, period: weekly}", "不认识发放周期 'weekly'"),
    ],
)
def test_a_period_that_contradicts_the_amount_does_not_load(tmp_path: Path, outcome: str, what: str) -> None:
    (problem,) = problems(tmp_path, body(outcome))
    assert (problem.what, problem.line) == (what, line_of(tmp_path, "outcome:"))


def test_a_status_carries_no_money_in_any_lowering(tmp_path: Path) -> None:
    book = load(tmp_path, body("{entitled: entitled}"))
    law = book.law_on(DAY)
    ev = evaluate(law, HOME, DAY)
    assert book.schemes["aid"].period is Period.STATUS
    assert (ev.outcome("aid", "甲").status, ev.outcome("aid", "甲").amount_fen) == ("entitled", 0)
    assert ev.explain("aid", "甲").result == "符合"
    assert ev.explain("aid", "甲").amount is None
    assert ev.explain("aid", "乙").result == "不符合"
    assert [datum.input for datum in ev.outcome("aid", "丙").missing] == ["resident"]
    assert by_sql(law, [HOME], DAY) == by_interpreter(law, [HOME], DAY) == {
        ("aid", 0, "甲"): ("entitled", 0, 0, True), ("aid", 0, "丙"): ("unknown", None, None, True)
    }  # fmt: skip
    assert list(book.schemes["aid"].variables) == ["aid.entitled", "aid.amount"]


def test_the_period_is_part_of_the_laws_digest(tmp_path: Path) -> None:
    digests = set()
    for place, (period, unit) in enumerate([(", period: once", "fen"), ("", "fen/month")]):
        (tmp_path / str(place)).mkdir()
        digests.add(load(tmp_path / str(place), body(PAID % period, unit)).law_on(DAY).digest)
    assert len(digests) == 2


def stacked(folder: Path, rule: str) -> Path:
    once = scheme(body(PAID % ", period: once", "fen"), code="gift")
    monthly = scheme(body(PAID % ""), code="aid")
    return write(folder, f"- {{{rule}, from: 2016-01-01, basis: 第九条}}", aid=monthly, gift=once)


@pytest.mark.parametrize("rule", ["kind: difference, ", "kind: exclusive, prefer: higher, "])
def test_amounts_of_two_periods_are_not_set_against_each_other(tmp_path: Path, rule: str) -> None:
    with pytest.raises(RulebookErrors) as caught:
        load_rulebook(stacked(tmp_path, rule + "first: aid, others: [gift]"))
    (problem,) = caught.value.problems
    assert problem.what.endswith("aid (month), gift (once)")
    assert problem.file == "stacking.yaml"


def test_one_may_exclude_the_other_whole(tmp_path: Path) -> None:
    book = load_rulebook(stacked(tmp_path, "kind: exclusive, first: aid, others: [gift]"))
    payable = {(row.scheme, row.person): row for row in evaluate(book.law_on(DAY), HOME, DAY).payable()}
    assert payable["aid", "甲"].payable_fen == 50000
    assert payable["gift", "甲"].payable_fen == 0
    assert payable["gift", "甲"].period is Period.ONCE
