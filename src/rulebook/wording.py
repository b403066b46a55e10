"""Tells a rule in Chinese words with the figures filled in, and how far a threshold is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from rulebook.facts import Value
from rulebook.program import NO, YES, exact, is_known
from rulebook.ranges import div_round
from rulebook.tree import (
    Aggregate,
    Arithmetic,
    Compare,
    Constant,
    DivRound,
    Elapsed,
    Extreme,
    If,
    InCodes,
    InForce,
    InputRef,
    Junction,
    Known,
    Lookup,
    Node,
    Not,
    NumRef,
    Quotient,
    VarRef,
)
from rulebook.units import Base, say

if TYPE_CHECKING:
    from rulebook.evaluation import Evaluation

EDITION = 2  # of the words below: raised whenever the same outcome is told otherwise, so that a replay can tell
UNKNOWN = "不知道"
SIGNS = {"<": "＜", "<=": "≤", ">": "＞", ">=": "≥", "==": "＝", "!=": "≠"}
OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
REQUIRED = {"<": "低于", "<=": "不超过", ">": "高于", ">=": "不低于", "==": "等于", "!=": "不等于"}
PER = {
    "fen/person/month": "每人每月",
    "fen/person/year": "每人每年",
    "fen/person": "人均",
    "fen/month": "每月",
    "fen/year": "每年",
}


@dataclass(frozen=True)
class Margin:
    """How far a threshold is. `amount` in `unit`; `change` more or less of the left side; `then` what it becomes."""

    amount: int
    unit: str
    change: Literal["more", "less"]
    then: Literal["holds", "fails"]
    text: str

    @property
    def step(self) -> str:
        """This property will be the step without its effect: 每月再少 53.00 元."""
        return self.text.removesuffix("即符合").removesuffix("即不符合")


class Teller:
    """Words for one evaluation."""

    def __init__(self, ev: Evaluation) -> None:
        self.ev, self.book = ev, ev.law.book
        self._figures: dict[tuple[Node, int], str] = {}
        self._amounts: dict[tuple[Node, int], str] = {}  # a comparison stands in several lines of a working
        self._conditions: dict[tuple[Node, int], str] = {}

    def person(self, place: int) -> str | None:
        """This function will return the key of the member at a place, None for the household."""
        return None if place < 0 else self.ev.household.members[place].key

    def called(self, place: int) -> str:
        """This function will return what a member is called in a sentence; nothing for the household."""
        return "" if place < 0 else self.ev.household.members[place].name or self.ev.household.members[place].key

    def raw(self, node: Node, place: int) -> Value:
        """This function will evaluate a node."""
        made: Value = self.ev.program.node(node)(self.ev.run, place)
        return made

    def figure(self, node: Node, place: int) -> str:
        """This function will write a node's value with its unit, or 不知道 with what is known of it."""
        text = self._figures.get((node, place))
        if text is None:
            text = self._figures[node, place] = self._figure(node, place)
        return text

    def _figure(self, node: Node, place: int) -> str:
        raw = self.raw(node, place)
        if isinstance(raw, tuple):
            if node.kind.base is Base.BOOL:
                return {YES: "是", NO: "否"}.get(raw, UNKNOWN)
            number = exact(raw)
            return UNKNOWN if number is None else say(number, node.kind.unit)
        if isinstance(raw, date):
            return f"{raw.year}年{raw.month}月{raw.day}日"
        return self.code(node, raw) if raw else UNKNOWN

    def code(self, node: Node, code: str) -> str:
        """This function will write a code by the label that its input gives it."""
        if isinstance(node, InputRef):
            return self.book.inputs[node.name].code_labels.get(code, code)
        return self.book.variables[node.name].code_labels.get(code, code) if isinstance(node, VarRef) else code

    def tell(self, node: Node, place: int) -> str:
        """This function will tell a node as words with figures."""
        if node.kind.base is Base.BOOL:
            return self.condition(node, place)
        return self.amount(node, place)

    # -- numbers, codes, dates ------------------------------------------------------------------------------------
    def amount(self, node: Node, place: int) -> str:
        """This function will tell a number: names, figures and signs."""
        text = self._amounts.get((node, place))
        if text is None:
            text = self._amounts[node, place] = self._amount(node, place)
        return text

    def _amount(self, node: Node, place: int) -> str:
        match node:
            case Constant():
                return node.label or str(node.value)
            case VarRef() | InputRef() | NumRef():
                return f"{self.label(node)} {self.figure(node, place)}"
            case Arithmetic(op=op, left=left, right=right):
                sign = {"+": " ＋ ", "-": " − ", "*": " × "}[op]
                loose = (Arithmetic,) if op == "*" else ()
                one = self.operand(left, place, loose if not (isinstance(left, Arithmetic) and left.op == "*") else ())
                two = self.operand(right, place, (Arithmetic,) if op != "+" else ())
                return f"{one}{sign}{two}".replace(" （", "（").replace("） ", "）")
            case DivRound(left=Arithmetic(op="*", left=base, right=rate), right=Constant(value=100)):
                return f"{self.operand(base, place, (Arithmetic,))} × {self.amount(rate, place)}".replace("） ×", "）×")
            case DivRound(left=left, right=right) | Quotient(left=left, right=right):
                ending = "，四舍五入" if isinstance(node, DivRound) and self.inexact(node, place) else ""
                one, two = (self.operand(part, place, (Arithmetic,)) for part in (left, right))
                return f"{one} ÷ {two}{ending}".replace(" ÷ （", " ÷（").replace("） ÷", "）÷")
            case Extreme(op=op, items=items):
                return self.extreme(op, items, place)
            case If(condition=test, then=then, otherwise=otherwise):
                raw = self.raw(test, place)
                if is_known(raw):
                    return self.amount(then if raw == YES else otherwise, place)
                return f"还不能确定：{self.condition(test, place)}"
            case Elapsed(item=item):
                return (
                    f"{self.label(item)} {self.figure(item, place)}，到 {self.ev.as_of} 满 {self.figure(node, place)}"
                )
            case Lookup(table=table, key=key):
                return f"{self.book.tables[table].label}：{self.amount(key, place)}，为 {self.figure(node, place)}"
            case Aggregate():
                return self.aggregate(node)
        raise TypeError(f"no words for the number {type(node).__name__}")

    def operand(self, node: Node, place: int, loose: tuple[type[Node], ...]) -> str:
        shown = node
        if isinstance(node, Extreme) and isinstance(node.items[0], Constant):
            shown = node.items[1]
        text = self.amount(node, place)
        return f"（{text}）" if loose and isinstance(shown, loose) else text

    def inexact(self, node: DivRound, place: int) -> bool:
        one, two = exact(self.raw(node.left, place)), exact(self.raw(node.right, place))
        return one is not None and two is not None and one % two != 0

    def extreme(self, op: str, items: tuple[Node, ...], place: int) -> str:
        if op == "max" and isinstance(items[0], Constant) and len(items) == 2:
            text, raw = self.amount(items[1], place), self.raw(items[1], place)
            floor = int(items[0].value)
            below = isinstance(raw, tuple) and raw[0] < floor
            return f"{text}（不足 {floor} 按 {floor}）" if below else text
        return "、".join(self.amount(item, place) for item in items) + ("中较大的" if op == "max" else "中较小的")

    def aggregate(self, node: Aggregate) -> str:
        parts = []
        for member in range(self.ev.run.size):
            applies = self.raw(node.condition, member) if node.condition is not None else YES
            if applies == NO:
                continue
            unsure = "（是否计入还不知道）" if applies != YES else ""
            name = self.called(member)
            figure = "" if node.term is None else " " + self.figure(node.term, member)
            parts.append(f"{name}{figure}{unsure}")
        if node.op == "count":
            return ("、".join(parts) or "没有人") + f"，共 {self.figure(node, -1)}"
        return " ＋ ".join(parts) or "没有人"

    def label(self, node: Node) -> str:
        """This function will name a reference as officers do."""
        if isinstance(node, VarRef):
            return self.book.variables[node.name].label
        if isinstance(node, NumRef):
            return self.book.numbers[node.name].label
        return self.book.inputs[node.name].label if isinstance(node, InputRef) else ""

    def heading(self, node: Node) -> str:
        """This function will name a line of an explanation that has no variable of its own."""
        match node:
            case Junction(op=op):
                return "以下各项都要满足" if op == "and" else "以下满足一项即可"
            case Compare(left=Quotient(left=inner)) | Compare(left=inner) | InCodes(item=inner) | Not(item=inner):
                return self.heading(inner)
            case Elapsed(item=inner) | Known(item=inner):
                return self.heading(inner)
        return self.label(node)

    # -- conditions -----------------------------------------------------------------------------------------------
    def condition(self, node: Node, place: int) -> str:
        """This function will tell a condition."""
        text = self._conditions.get((node, place))
        if text is None:
            text = self._conditions[node, place] = self._condition(node, place)
        return text

    def _condition(self, node: Node, place: int) -> str:
        match node:
            case Constant(value=value):
                return "是" if value else "否"
            case VarRef() | InputRef():
                return f"{self.label(node)}：{self.figure(node, place)}"
            case Not(item=item):
                raw = self.raw(item, place)
                if isinstance(item, (VarRef, InputRef)):
                    return f"{self.label(item)}：{self.figure(item, place)}" + ("（要求：否）" if raw == YES else "")
                if isinstance(item, Compare):
                    return self.comparison(item, place, wanted=NO)
                return f"不能是：{self.condition(item, place)}"
            case Junction(op=op, items=items):
                return ("；" if op == "and" else "，或者 ").join(self.condition(item, place) for item in items)
            case InCodes(item=item, codes=codes):
                text = f"{self.label(item)}：{self.figure(item, place)}"
                wanted = "、".join(self.code(item, code) for code in codes)
                return text if self.raw(node, place) == YES else f"{text}（所列：{wanted}）"
            case Known(item=item):
                return f"{self.label(item)}已经知道：{self.figure(node, place)}"
            case InForce(scheme=scheme):
                began = self.book.schemes[scheme].in_force_from
                return f"{self.book.schemes[scheme].title}自 {began} 起施行"
            case If(condition=test, then=then, otherwise=otherwise):
                raw = self.raw(test, place)
                if is_known(raw):
                    return self.condition(then if raw == YES else otherwise, place)
                return f"还不能确定：{self.condition(test, place)}"
            case Compare():
                return self.comparison(node, place)
            case Aggregate(op=op):
                some, every = "至少一人", "每个人"
                return f"{some if op == 'any' else every}：{self.quantified(node)}"
        raise TypeError(f"no words for the condition {type(node).__name__}")

    def quantified(self, node: Aggregate) -> str:
        parts = []
        for member in range(self.ev.run.size):
            applies = self.raw(node.condition, member) if node.condition is not None else YES
            if applies != NO and node.term is not None:
                parts.append(f"{self.called(member)}（{self.condition(node.term, member)}）")
        return "、".join(parts) or "没有人"

    def comparison(self, node: Compare, place: int, wanted: Value = YES) -> str:
        op = node.op if wanted == YES else OPPOSITE[node.op]
        left, right = self.amount(node.left, place), self.threshold(node, place)
        if isinstance(node.left, Quotient) and is_known(self.raw(node.left, place)):
            left = f"{left} ＝ {self.figure(node.left, place)}"
        raw = self.raw(node, place)
        if not is_known(raw):
            return f"{left}，要求{REQUIRED[op]} {right}，还不能确定"
        if raw == wanted:
            return f"{left} {SIGNS[op]} {right}"
        return f"{left} {SIGNS[OPPOSITE[op]]} {right}（要求{REQUIRED[op]}）"

    def threshold(self, node: Compare, place: int) -> str:
        """This function will tell the right side; a bare number gets the unit of what is compared with it."""
        right, unit = node.right, node.left.kind.unit
        if isinstance(right, Constant) and right.kind.unit is None and unit is not None and not right.label:
            return say(int(right.value), unit)
        return self.amount(right, place)

    def requirement(self, node: Compare, place: int, *, yes: bool) -> str:
        """This function will tell what a comparison asks for: 残疾等级要不低于 1 级."""
        op = node.op if yes else OPPOSITE[node.op]
        bare = isinstance(node.right, Constant)
        told = self.threshold(node, place) if bare else self.figure(node.right, place)
        return f"{self.heading(node)}要{REQUIRED[op]} {told}"

    def margin(self, node: Node, place: int) -> Margin | None:
        """This function will tell how much of the left side turns a comparison; None for anything else or unknown."""
        if not isinstance(node, Compare) or node.op in ("==", "!="):
            return None
        left, divisor = node.left.parts() if isinstance(node.left, Quotient) else (node.left, None)
        one, two = exact(self.raw(left, place)), exact(self.raw(node.right, place))
        over = 1 if divisor is None else exact(self.raw(divisor, place))
        if one is None or two is None or over is None:
            return None
        gap = two * over - one  # in units of 1/over; positive: the left side is smaller
        holds = self.raw(node, place) == YES
        more = gap > 0 or (gap == 0 and node.op in ("<=", ">"))
        strict = (node.op in ("<=", ">")) == more  # turning needs to step past the threshold, not only to reach it
        amount = abs(gap) + (1 if strict and over == 1 else 0)
        shown = div_round(amount, over)
        unit = node.left.kind.unit or node.right.kind.unit
        past = "以上" if strict and over > 1 else ""
        figure = say(shown, unit) + past
        if not _telling(str(unit), more, holds):
            return None
        prefix = PER.get(str(unit), "")
        text = f"{prefix}再{'多' if more else '少'} {figure}即{'不符合' if holds else '符合'}"
        return Margin(shown, str(unit), "more" if more else "less", "fails" if holds else "holds", text)


def _telling(unit: str, more: bool, holds: bool) -> bool:
    """Money always; years of age only forward; things only when they are too many or too few; grades never."""
    if "fen" in unit:
        return True
    return more if unit == "age" else not holds and unit in ("vehicle", "dwelling", "item", "person")
