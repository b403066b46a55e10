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
        marker = ast.Constant(value=None, lineno=fault.lineno or 1, col_offset=0)
        raise Refusal(
            marker,
            "the rule cannot be read",
            f"its syntax is broken: {fault.msg}",
            "check brackets and words; a rule is one expression, for example `a + b if c else 0`",
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
            f"the rule yields {kind}, but {expected} was declared",
            "the declared type and unit are what others rely on",
            "correct `unit:`/`type:`, or convert explicitly (multiply or div_round by months_in_year, heads …)",
        )
    if kind.base is Base.CODE and not set(kind.codes) <= set(expected.codes):
        extra = ", ".join(sorted(set(kind.codes) - set(expected.codes)))
        raise Refusal(where, f"the rule may yield the code(s) {extra}", "they are not declared", "add them to `codes:`")
    return node


class _Reader:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def read(self, node: ast.expr) -> Node:
        method = getattr(self, f"read_{type(node).__name__.lower()}", None)
        if method is None:
            self.refuse(node, f"`{ast.unparse(node)}` is not part of the language", "the language is closed")
        return cast("Node", method(node))

    def refuse(self, node: ast.AST, what: str, why: str, remedy: str = "") -> NoReturn:
        raise Refusal(node, what, why, remedy or "see docs/reference/rulebook.md for the forms that a rule may use")

    def number(self, node: ast.expr) -> Node:
        made = self.whole(node)
        if made.kind.base is not Base.INT:
            self.refuse(node, f"`{ast.unparse(node)}` is {made.kind}", "a number is needed here")
        return made

    def whole(self, node: ast.expr) -> Node:
        made = self.read(node)
        if isinstance(made, Quotient):
            self.refuse(
                node,
                f"`{ast.unparse(node)}` is an exact ratio used as an amount",
                "a ratio has no whole value; rounding must be written where the law rounds",
                "use div_round(a, b), or compare the ratio directly: a / b < c",
            )
        return made

    def condition(self, node: ast.expr) -> Node:
        made = self.read(node)
        if made.kind.base is not Base.BOOL:
            self.refuse(node, f"`{ast.unparse(node)}` is {made.kind}", "a condition (yes or no) is needed here")
        return made

    def same_unit(self, where: ast.AST, left: Node, right: Node) -> Kind:
        one, two = left.kind.unit, right.kind.unit
        if one is None or two is None:
            return left.kind if one is not None else right.kind
        if one != two:
            self.refuse(
                where,
                f"{one} meets {two} in `{ast.unparse(where)}`",
                "amounts of different units cannot be added or compared",
                "convert explicitly: months_in_year is month/year, a count is person, percent_of(rate, amount)",
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
                f"the figure {value} stands in a rule",
                "a figure of the law needs a date, a unit and a citation",
                "move it to `numbers:` and use its name here (only 0 and 1 may stand in a rule)",
            )
        return self.refuse(
            node, f"`{value!r}` is not allowed", "money is whole fen and rates are whole percents, never floats"
        )

    def read_name(self, node: ast.Name) -> Node:
        if node.id == "months_in_year":
            return Constant(Kind(Base.INT, MONTHS_IN_YEAR), 12, "12 个月")
        if node.id == self.scope.loop:
            self.refuse(node, f"`{node.id}` stands alone", "a member is not a value", f"write {node.id}.some_variable")
        return self.scope.find(node, (node.id,), self.scope)

    def read_attribute(self, node: ast.Attribute) -> Node:
        return self.scope.find(node, self.path(node), self.scope)

    def path(self, node: ast.expr) -> tuple[str, ...]:
        if isinstance(node, ast.Name):
            return (node.id,)
        if isinstance(node, ast.Attribute):
            return (*self.path(node.value), node.attr)
        return self.refuse(node, f"`{ast.unparse(node)}` is not a name", "only names may stand before a dot")

    # -- operations ----------------------------------------------------------------------------------------------
    def read_binop(self, node: ast.BinOp) -> Node:
        signs = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
        sign = signs.get(type(node.op))
        if sign is None:
            self.refuse(node, f"`{ast.unparse(node)}` uses an operator outside the language", "only + - * / are known")
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
        return self.refuse(
            node, f"`{ast.unparse(node)}` is not part of the language", "only `not` and `-` stand before a value"
        )

    def read_boolop(self, node: ast.BoolOp) -> Node:
        items = tuple(self.condition(item) for item in node.values)
        return Junction(BOOL, "and" if isinstance(node.op, ast.And) else "or", items)

    def read_ifexp(self, node: ast.IfExp) -> Node:
        condition, then, otherwise = self.condition(node.test), self.whole(node.body), self.whole(node.orelse)
        if then.kind.base is not otherwise.kind.base:
            self.refuse(node, f"one branch is {then.kind}, the other {otherwise.kind}", "both must be of one type")
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
            self.refuse(node, f"`{ast.unparse(node)}` uses an unknown comparison", "`is` and others are not known")
        first = self.read(left)
        if first.kind.base is Base.CODE:
            if sign not in ("==", "!="):
                self.refuse(node, "codes have no order", "they are names", "use ==, != or in")
            return self.in_codes(left, right, sign == "!=")
        if first.kind.base is not Base.INT:
            self.refuse(
                left,
                f"`{ast.unparse(left)}` is {first.kind} and is compared",
                "only numbers and codes compare",
                "a yes/no value is used by itself: `dead`, `not dead`; a date through age(…) or months(…)",
            )
        second = self.number(right)
        self.same_unit(node, first, second)
        return Compare(BOOL, sign, first, second)

    def in_codes(self, left: ast.expr, right: ast.expr, negated: bool) -> Node:
        item = self.read(left)
        if item.kind.base is not Base.CODE:
            self.refuse(left, f"`{ast.unparse(left)}` is {item.kind}", "only a code can be one of a list of codes")
        elements = right.elts if isinstance(right, (ast.Tuple, ast.List, ast.Set)) else [right]
        codes = []
        for element in elements:
            if not (isinstance(element, ast.Constant) and isinstance(element.value, str)):
                self.refuse(element, f"`{ast.unparse(element)}` is not a code", "write codes in quotes")
            if element.value not in item.kind.codes:
                known = ", ".join(item.kind.codes)
                self.refuse(element, f"the code '{element.value}' is unknown", f"`{ast.unparse(left)}` may be: {known}")
            codes.append(element.value)
        made = InCodes(BOOL, item, tuple(codes))
        return Not(BOOL, made) if negated else made

    # -- calls ---------------------------------------------------------------------------------------------------
    def read_call(self, node: ast.Call) -> Node:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in FUNCTIONS or node.keywords:
            self.refuse(node, f"`{ast.unparse(node.func)}` is not a function of the language",
                        f"known: {', '.join(FUNCTIONS)}")  # fmt: skip
        if name in ("sum", "count", "any", "all"):
            return self.aggregate(node, name)
        if name in ("min", "max"):
            return self.extreme(node, name)
        wanted = {"age": 1, "months": 1, "known": 1}.get(name, 2)
        if len(node.args) != wanted:
            self.refuse(node, f"`{name}` has {len(node.args)} argument(s)", f"it takes {wanted}")
        if name == "known":
            return Known(BOOL, self.whole(node.args[0]))
        if name in ("age", "months"):
            item = self.read(node.args[0])
            if item.kind.base is not Base.DATE:
                self.refuse(node, f"`{name}` is given {item.kind}", "it takes a date")
            return Elapsed(Kind(Base.INT, AGE if name == "age" else MONTH), "age" if name == "age" else "month", item)
        if name == "lookup":
            return self.lookup(node)
        left, right = self.number(node.args[0]), self.number(node.args[1])
        if name == "percent_of":
            if left.kind.unit != PERCENT:
                self.refuse(node, f"the rate of percent_of is {left.kind}", "its unit must be percent")
            product = Arithmetic(Kind(Base.INT, right.kind.unit), "*", right, left)
            return DivRound(product.kind, product, Constant(Kind(Base.INT, NONE), 100, "100"))
        unit = (left.kind.unit or NONE).times(right.kind.unit or NONE, -1)
        return DivRound(Kind(Base.INT, unit), left, right)

    def lookup(self, node: ast.Call) -> Node:
        name, key_kind, unit = self.scope.table(node.args[0], self.path(node.args[0]))
        key = self.whole(node.args[1])
        if key.kind.base is not key_kind.base or (key.kind.base is Base.INT and key.kind.unit != key_kind.unit):
            self.refuse(node, f"the table {name} is looked up with {key.kind}", f"its key is {key_kind}")
        if key.kind.base is Base.CODE and not set(key.kind.codes) <= set(key_kind.codes):
            lacking = ", ".join(sorted(set(key.kind.codes) - set(key_kind.codes)))
            self.refuse(node, f"the table {name} has no row for {lacking}", "every code needs a row", "add the rows")
        return Lookup(Kind(Base.INT, unit), name, key)

    def extreme(self, node: ast.Call, name: str) -> Node:
        if len(node.args) < 2:
            self.refuse(node, f"`{name}` needs at least two values", "one value has no extreme")
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
                f"`{name}` over members stands in a rule about a person",
                "only a household has members",
                "define a household variable and read it as household.x",
            )
        if len(node.args) == 1 and isinstance(node.args[0], ast.Name) and node.args[0].id == "members":
            if name != "count":
                self.refuse(node, f"`{name}(members)` says not what of them", "a term is needed", f"write {form}")
            return Aggregate(Kind(Base.INT, PERSON), "count", None, None)
        loop = node.args[0] if len(node.args) == 1 else None
        if not isinstance(loop, ast.GeneratorExp) or len(loop.generators) != 1:
            self.refuse(node, f"`{ast.unparse(node)}` has not the form of an aggregate", "one loop over members", form)
        over = loop.generators[0]
        if not (isinstance(over.target, ast.Name) and isinstance(over.iter, ast.Name) and over.iter.id == "members"):
            self.refuse(node, "the loop does not go over `members`", "that is the only list there is", f"write {form}")
        inner = _Reader(replace(self.scope, loop=over.target.id))
        conditions = tuple(inner.condition(test) for test in over.ifs)
        condition = (
            None if not conditions else conditions[0] if len(conditions) == 1 else Junction(BOOL, "and", conditions)
        )
        if name == "count":
            if not (isinstance(loop.elt, ast.Name) and loop.elt.id == over.target.id):
                self.refuse(node, "count counts members", "it has no term", "count(member for member in members if …)")
            return Aggregate(Kind(Base.INT, PERSON), "count", None, condition)
        if name == "sum":
            term = inner.number(loop.elt)
            return Aggregate(Kind(Base.INT, (term.kind.unit or NONE).times(PERSON)), "sum", term, condition)
        return Aggregate(BOOL, "any" if name == "any" else "all", inner.condition(loop.elt), condition)


__all__ = ["FUNCTIONS", "NumRef", "Refusal", "Scope", "read_expression"]
