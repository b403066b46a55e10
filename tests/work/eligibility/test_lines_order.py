"""What decided stands first in a working; ways that were not taken are folded at its end."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

from minsheng.work.eligibility.queries.lines import lines_of
from rulebook.explanation import Explanation, ExplanationNode
from rulebook.units import Period


def node(label: str, state: str, *children: ExplanationNode) -> ExplanationNode:
    kind: Any = "step" if state == "value" else "condition"
    return ExplanationNode(kind, label, label, None, None, None, None, "", state, "", children=children)  # type: ignore[arg-type]


def told(entitled: ExplanationNode, amount: ExplanationNode | None) -> Explanation:
    status: Any = "entitled" if amount else "not_entitled"
    return Explanation(
        "x", "待遇", None, date(2026, 11, 1), "", "", status, None, Period.MONTH, "", (), (), "", entitled, amount
    )


def shown(found: Explanation) -> list[Any]:
    return list(lines_of(found, SimpleNamespace(names={}, sources={})))  # type: ignore[arg-type]


def test_the_conditions_stand_before_the_amount_and_ways_not_taken_at_the_end_of_it() -> None:
    conditions = node("条件", "holds", node("收入", "holds"))
    amount = node(
        "金额", "value", node("渐退期照发", "fails"), node("停发本人份", "fails"), node("标准", "value"), conditions
    )
    first, second = shown(told(conditions, amount))
    assert (first.label, second.label) == ("条件", "金额")
    assert [line.label for line in second.children] == ["标准", "没有用到的算法"]
    unused = second.children[-1]
    assert (unused.state, [line.label for line in unused.children]) == ("info", ["渐退期照发", "停发本人份"])


def test_an_amount_without_side_branches_has_no_such_line() -> None:
    """The control: nothing is folded where nothing was left out, and a condition that holds stays where it is."""
    conditions = node("条件", "holds")
    amount = node("金额", "value", node("渐退期照发", "holds"), node("标准", "value"))
    _, second = shown(told(conditions, amount))
    assert [line.label for line in second.children] == ["渐退期照发", "标准"]


def test_a_refusal_begins_with_what_refuses_and_an_open_question_with_what_is_open() -> None:
    parts = (node("人数", "holds"), node("户籍", "unknown"), node("收入", "fails"), node("财产", "fails"))
    (refused,) = shown(told(node("条件", "fails", *parts), None))
    assert [line.label for line in refused.children] == ["收入", "财产", "人数", "户籍"]
    (open_one,) = shown(replace(told(node("条件", "unknown", *parts[:2]), None), status="unknown"))
    assert [line.label for line in open_one.children] == ["户籍", "人数"]
    (granted,) = shown(told(node("条件", "holds", *parts[:1], node("财产", "holds")), None))
    assert [line.label for line in granted.children] == ["人数", "财产"], "the control: the law's own order"
