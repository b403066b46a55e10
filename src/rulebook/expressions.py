"""Reads a rule's text into a typed tree. Python's expression syntax, a closed list of forms, never executed."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NoReturn, cast

from rulebook.tree import (
    Aggregate,
    Arithmetic,
    Compare,
    Comparison,
    Constant,
    DivRound,
    Elapsed,
    Extreme,
    If,
    InCodes,
    Junction,
    Known,
    Lookup,
    Node,
    Not,
    NumRef,
    Quotient,
)
from rulebook.units import AGE, BOOL, MONTH, MONTHS_IN_YEAR, NONE, PERCENT, PERSON, Base, Entity, Kind, Unit

COMPARISONS: dict[type[ast.cmpop], Comparison] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
FUNCTIONS = ("min", "max", "sum", "count", "any", "all", "div_round", "percent_of", "age", "months", "known", "lookup")


class Refusal(Exception):
    """One rule cannot be read: what, why, remedy, and the line within the rule's text (from 1)."""

    def __init__(self, node: ast.AST | None, what: str, why: str, remedy: str) -> None:
        super().__init__(what)
        self.line = getattr(node, "lineno", 1)
        self.what, self.why, self.remedy = what, why, remedy


@dataclass(frozen=True)
class Scope:
    """What names mean where an expression stands. `find` raises Refusal for a name that means nothing there."""

    entity: Entity
    find: Callable[[ast.AST, tuple[str, ...], Scope], Node]
    table: Callable[[ast.AST, tuple[str, ...]], tuple[str, Kind, Unit]]
    loop: str | None = None


def read_expression(text: str, scope: Scope, expected: Kind | None) -> Node:
    """This function will read one rule and check that it yields `expected`, where given; raises Refusal."""
    try:
        parsed = ast.parse(f"({text}\n)", mode="eval").body
    except SyntaxError as fault:
        marker = ast.Constant(value=None, lineno=fault.lineno or 1)
        raise Refusal(
            marker,
            "这条规则读不懂",
            f"写法不完整（{fault.msg}）",
            "检查括号和单词；一条规则是一个算式，例如 `a + b if c else 0`",
        ) from None
    made = _Reader(scope).whole(parsed)
    return made if expected is None else _fit(parsed, made, expected)


def _fit(where: ast.AST, node: Node, expected: Kind) -> Node:
    kind = node.kind
    if kind.base is expected.base is Base.INT and kind.unit is None:
        return node
    if kind.base is not expected.base or (kind.base is Base.INT and kind.unit != expected.unit):
        raise Refusal(
            where,
            f"算出来的是{kind}，写明的却是{expected}",
            "别的规则按写明的类型和单位来用它",
            "改 `unit:` 或 `type:`；或者换算（乘以 months_in_year、heads，或用 div_round 除）",
        )
    if kind.base is Base.CODE and not set(kind.codes) <= set(expected.codes):
        extra = ", ".join(sorted(set(kind.codes) - set(expected.codes)))
        raise Refusal(where, f"可能算出没有写明的代码 {extra}", "`codes:` 里没有它", "加进 `codes:`")
    return node


def _said(unit: Unit) -> str:
    return str(unit) if unit.powers else "没有单位的数"


class _Reader:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def read(self, node: ast.expr) -> Node:
        method = getattr(self, f"read_{type(node).__name__.lower()}", None)
        if method is None:
            self.refuse(node, f"规则里不能写 `{ast.unparse(node)}`", "规则只认固定的几种写法")
        return cast("Node", method(node))

    def refuse(self, node: ast.AST, what: str, why: str, remedy: str = "") -> NoReturn:
        raise Refusal(node, what, why, remedy or "能用的写法见 docs/reference/rulebook.md")

    def number(self, node: ast.expr) -> Node:
        made = self.whole(node)
        if made.kind.base is not Base.INT:
            self.refuse(node, f"`{ast.unparse(node)}` 是{made.kind}", "这里要一个数")
        return made

    def whole(self, node: ast.expr) -> Node:
        made = self.read(node)
        if isinstance(made, Quotient):
            self.refuse(
                node,
                f"`{ast.unparse(node)}` 是除法，结果不一定是整数",
                "在哪一步四舍五入要写出来",
                "写成 div_round(a, b)；只是比大小，可以直接写 a / b < c",
            )
        return made

    def condition(self, node: ast.expr) -> Node:
        made = self.read(node)
        if made.kind.base is not Base.BOOL:
            self.refuse(node, f"`{ast.unparse(node)}` 是{made.kind}", "这里要一个是或否")
        return made

    def same_unit(self, where: ast.AST, left: Node, right: Node) -> Kind:
        one, two = left.kind.unit, right.kind.unit
        if one is None or two is None:
            return left.kind if one is not None else right.kind
        if one != two:
            self.refuse(
                where,
                f"`{ast.unparse(where)}` 里 {_said(one)} 和 {_said(two)} 放在一起",
                "单位不同，不能相加，也不能比大小",
                "先换成同一个单位：年和月之间用 months_in_year，人数用 count 或 heads，比例用 percent_of",
            )
        return left.kind

    # -- leaves --------------------------------------------------------------------------------------------------
    def read_constant(self, node: ast.Constant) -> Node:
        value = node.value
        if isinstance(value, bool):
            return Constant(BOOL, value)
        if isinstance(value, str):
            return Constant(Kind(Base.CODE, None, (value,)), value)
        if isinstance(value, int) and value in (0, 1):
            return Constant(Kind(Base.INT, None), value)
        if isinstance(value, int):
            self.refuse(
                node,
                f"规则里直接写了数 {value}",
                "每个数都要有日期、单位和依据",
                "把它写进 `numbers:`，这里用它的名字（规则里只能直接写 0 和 1）",
            )
        return self.refuse(node, f"不能写 `{value!r}`", "钱按整数的分写，比例按整数的百分之几写，不用小数")

    def read_name(self, node: ast.Name) -> Node:
        if node.id == "months_in_year":
            return Constant(Kind(Base.INT, MONTHS_IN_YEAR), 12, "12 个月")
        if node.id == self.scope.loop:
            self.refuse(node, f"`{node.id}` 后面没有说要他的什么", "一个人不是一个值", f"写成 {node.id}.某项")
        return self.scope.find(node, (node.id,), self.scope)

    def read_attribute(self, node: ast.Attribute) -> Node:
        return self.scope.find(node, self.path(node), self.scope)

    def path(self, node: ast.expr) -> tuple[str, ...]:
        if isinstance(node, ast.Name):
            return (node.id,)
        if isinstance(node, ast.Attribute):
            return (*self.path(node.value), node.attr)
        return self.refuse(node, f"`{ast.unparse(node)}` 不是名字", "点号前面只能是名字")

    # -- operations ----------------------------------------------------------------------------------------------
    def read_binop(self, node: ast.BinOp) -> Node:
        signs = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
        sign = signs.get(type(node.op))
        if sign is None:
            self.refuse(node, f"`{ast.unparse(node)}` 用了规则里没有的运算", "只有 + - * / 四种")
        left, right = self.number(node.left), self.number(node.right)
        if sign in ("+", "-"):
            return Arithmetic(self.same_unit(node, left, right), "+" if sign == "+" else "-", left, right)
        unit = (left.kind.unit or NONE).times(right.kind.unit or NONE, 1 if sign == "*" else -1)
        if sign == "*":
            return Arithmetic(Kind(Base.INT, unit), "*", left, right)
        return Quotient(Kind(Base.INT, unit), left, right)

    def read_unaryop(self, node: ast.UnaryOp) -> Node:
        if isinstance(node.op, ast.Not):
            return Not(BOOL, self.condition(node.operand))
        if isinstance(node.op, ast.USub):
            item = self.number(node.operand)
            return Arithmetic(item.kind, "-", Constant(Kind(Base.INT, None), 0), item)
        return self.refuse(node, f"规则里不能写 `{ast.unparse(node)}`", "一个值前面只能加 `not` 或 `-`")

    def read_boolop(self, node: ast.BoolOp) -> Node:
        items = tuple(self.condition(item) for item in node.values)
        return Junction(BOOL, "and" if isinstance(node.op, ast.And) else "or", items)

    def read_ifexp(self, node: ast.IfExp) -> Node:
        condition, then, otherwise = self.condition(node.test), self.whole(node.body), self.whole(node.orelse)
        if then.kind.base is not otherwise.kind.base:
            self.refuse(node, f"if 前面是{then.kind}，else 后面是{otherwise.kind}", "两边要是同一类")
        if then.kind.base is Base.INT:
            return If(self.same_unit(node, then, otherwise), condition, then, otherwise)
        codes = tuple(dict.fromkeys(then.kind.codes + otherwise.kind.codes))
        return If(replace(then.kind, codes=codes), condition, then, otherwise)

    def read_compare(self, node: ast.Compare) -> Node:
        operands = [node.left, *node.comparators]
        made = [self.compare(node, op, operands[i], operands[i + 1]) for i, op in enumerate(node.ops)]
        return made[0] if len(made) == 1 else Junction(BOOL, "and", tuple(made))

    def compare(self, node: ast.Compare, op: ast.cmpop, left: ast.expr, right: ast.expr) -> Node:
        if isinstance(op, (ast.In, ast.NotIn)):
            return self.in_codes(left, right, isinstance(op, ast.NotIn))
        sign = COMPARISONS.get(type(op))
        if sign is None:
            self.refuse(node, f"`{ast.unparse(node)}` 的比较写法不认识", "只有 < <= > >= == != 和 in")
        first = self.read(left)
        if first.kind.base is Base.CODE:
            if sign not in ("==", "!="):
                self.refuse(node, "代码没有大小", "它们只是名字", "用 ==、!= 或 in")
            return self.in_codes(left, right, sign == "!=")
        if first.kind.base is not Base.INT:
            self.refuse(
                left,
                f"`{ast.unparse(left)}` 是{first.kind}，不能这样比",
                "能比的只有数和代码",
                "是或否直接写：`dead`、`not dead`；日期用 age(…) 或 months(…)",
            )
        second = self.number(right)
        self.same_unit(node, first, second)
        return Compare(BOOL, sign, first, second)

    def in_codes(self, left: ast.expr, right: ast.expr, negated: bool) -> Node:
        item = self.read(left)
        if item.kind.base is not Base.CODE:
            self.refuse(left, f"`{ast.unparse(left)}` 是{item.kind}", "只有代码才能说是几种之一")
        elements = right.elts if isinstance(right, (ast.Tuple, ast.List, ast.Set)) else [right]
        codes = []
        for element in elements:
            if not (isinstance(element, ast.Constant) and isinstance(element.value, str)):
                self.refuse(element, f"`{ast.unparse(element)}` 不是代码", "代码要加引号")
            if element.value not in item.kind.codes:
                known = ", ".join(item.kind.codes)
                self.refuse(element, f"没有代码 '{element.value}'", f"`{ast.unparse(left)}` 可以是：{known}")
            codes.append(element.value)
        made = InCodes(BOOL, item, tuple(codes))
        return Not(BOOL, made) if negated else made

    # -- calls ---------------------------------------------------------------------------------------------------
    def read_call(self, node: ast.Call) -> Node:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in FUNCTIONS or node.keywords:
            self.refuse(node, f"规则里没有 `{ast.unparse(node.func)}` 这个算法",
                        f"可以用：{', '.join(FUNCTIONS)}")  # fmt: skip
        if name in ("sum", "count", "any", "all"):
            return self.aggregate(node, name)
        if name in ("min", "max"):
            return self.extreme(node, name)
        wanted = {"age": 1, "months": 1, "known": 1}.get(name, 2)
        if len(node.args) != wanted:
            self.refuse(node, f"`{name}` 的括号里有 {len(node.args)} 项", f"应当是 {wanted} 项")
        if name == "known":
            return Known(BOOL, self.whole(node.args[0]))
        if name in ("age", "months"):
            item = self.read(node.args[0])
            if item.kind.base is not Base.DATE:
                self.refuse(node, f"`{name}` 的括号里是{item.kind}", "要放日期")
            return Elapsed(Kind(Base.INT, AGE if name == "age" else MONTH), "age" if name == "age" else "month", item)
        if name == "lookup":
            return self.lookup(node)
        left, right = self.number(node.args[0]), self.number(node.args[1])
        if name == "percent_of":
            if left.kind.unit != PERCENT:
                self.refuse(node, f"percent_of 的比例是{left.kind}", "它的单位要是 percent")
            product = Arithmetic(Kind(Base.INT, right.kind.unit), "*", right, left)
            return DivRound(product.kind, product, Constant(Kind(Base.INT, NONE), 100, "100"))
        unit = (left.kind.unit or NONE).times(right.kind.unit or NONE, -1)
        return DivRound(Kind(Base.INT, unit), left, right)

    def lookup(self, node: ast.Call) -> Node:
        name, key_kind, unit = self.scope.table(node.args[0], self.path(node.args[0]))
        key = self.whole(node.args[1])
        if key.kind.base is not key_kind.base or (key.kind.base is Base.INT and key.kind.unit != key_kind.unit):
            self.refuse(node, f"查表 {name} 用的是{key.kind}", f"这张表按{key_kind}查")
        if key.kind.base is Base.CODE and not set(key.kind.codes) <= set(key_kind.codes):
            lacking = ", ".join(sorted(set(key.kind.codes) - set(key_kind.codes)))
            self.refuse(node, f"表 {name} 没有 {lacking} 的行", "每个代码都要有一行", "补上这些行")
        return Lookup(Kind(Base.INT, unit), name, key)

    def extreme(self, node: ast.Call, name: str) -> Node:
        if len(node.args) < 2:
            self.refuse(node, f"`{name}` 至少要两个值", "一个值没有大小可比")
        items = tuple(self.number(item) for item in node.args)
        kind = items[0].kind
        for before, item in itertools.pairwise(items):
            kind = self.same_unit(node, replace(before, kind=kind), item)
        return Extreme(kind, "min" if name == "min" else "max", items)

    def aggregate(self, node: ast.Call, name: str) -> Node:
        form = f"{name}(… for member in members if …)"
        if self.scope.entity is not Entity.HOUSEHOLD or self.scope.loop is not None:
            self.refuse(
                node,
                f"关于个人的规则里用了 `{name}(…members…)`",
                "有家庭成员的是一户，不是一个人",
                "另写一条关于一户的（entity: household），这里用 household.它的名字",
            )
        if len(node.args) == 1 and isinstance(node.args[0], ast.Name) and node.args[0].id == "members":
            if name != "count":
                self.refuse(node, f"`{name}(members)` 没有说算他们的什么", "要写算哪一项", f"写成 {form}")
            return Aggregate(Kind(Base.INT, PERSON), "count", None, None)
        loop = node.args[0] if len(node.args) == 1 else None
        if not isinstance(loop, ast.GeneratorExp) or len(loop.generators) != 1:
            self.refuse(node, f"`{ast.unparse(node)}` 不是对家庭成员合计的写法", "要把家庭成员逐个过一遍", form)
        (over,) = loop.generators
        if not (isinstance(over.target, ast.Name) and isinstance(over.iter, ast.Name) and over.iter.id == "members"):
            self.refuse(node, "没有写 in members", "能逐个数的只有家庭成员 members", f"写成 {form}")
        inner = _Reader(replace(self.scope, loop=over.target.id))
        conditions = tuple(inner.condition(test) for test in over.ifs)
        condition = (
            None if not conditions else conditions[0] if len(conditions) == 1 else Junction(BOOL, "and", conditions)
        )
        if name == "count":
            if not (isinstance(loop.elt, ast.Name) and loop.elt.id == over.target.id):
                self.refuse(node, "count 数的是人", "不用写算哪一项", "count(member for member in members if …)")
            return Aggregate(Kind(Base.INT, PERSON), "count", None, condition)
        if name == "sum":
            term = inner.number(loop.elt)
            return Aggregate(Kind(Base.INT, (term.kind.unit or NONE).times(PERSON)), "sum", term, condition)
        return Aggregate(BOOL, "any" if name == "any" else "all", inner.condition(loop.elt), condition)


__all__ = ["FUNCTIONS", "NumRef", "Refusal", "Scope", "read_expression"]
