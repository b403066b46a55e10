"""Static bounds of every whole number, so that overflow and division by zero are impossible before any run."""

from __future__ import annotations

from collections.abc import Mapping

from rulebook.book import Input, Number, Table
from rulebook.tree import (
    Aggregate,
    Arithmetic,
    Compare,
    Constant,
    DivRound,
    Elapsed,
    Extreme,
    If,
    InputRef,
    Lookup,
    Node,
    NumRef,
    Quotient,
    VarRef,
)
from rulebook.units import Base, Entity

MEMBERS_MAX = 1000  # a household with more members is refused by the runner
AGE_MAX = 200
LIMIT = 2**62  # results and doubled dividends stay inside a signed 64-bit integer

Span = tuple[int, int]


class OutOfRange(Exception):
    """A node may overflow or divide by zero: what, why, remedy."""

    def __init__(self, what: str, why: str, remedy: str) -> None:
        super().__init__(what)
        self.what, self.why, self.remedy = what, why, remedy


def div_round(dividend: int, divisor: int) -> int:
    """This function will return dividend / divisor rounded half away from zero; divisor must be positive."""
    doubled = 2 * abs(dividend) + divisor
    return doubled // (2 * divisor) if dividend >= 0 else -(doubled // (2 * divisor))


class Ranges:
    """Computes and remembers the span of each node. Give rules in an order in which each reads only earlier ones."""

    def __init__(
        self,
        inputs: Mapping[tuple[Entity, str], Input],
        numbers: Mapping[str, Number],
        tables: Mapping[str, Table],
    ) -> None:
        self.inputs, self.numbers, self.tables = inputs, numbers, tables
        self.spans: dict[Node, Span] = {}
        self.variables: dict[str, Span] = {}

    def rule(self, variable: str, trees: tuple[Node, ...]) -> None:
        """This function will span all wordings of a variable; raises OutOfRange."""
        spans = [self.span(tree) for tree in trees]
        self.variables[variable] = (min(low for low, _ in spans), max(high for _, high in spans))

    def span(self, node: Node) -> Span:
        """This function will return the least and greatest value that a node can have (0, 1 for conditions)."""
        for part in node.parts():
            self.span(part)
        made = self.spans.get(node)
        if made is None:
            made = self._compute(node)
            if isinstance(node, Compare) and isinstance(node.left, Quotient):
                self._fits(self._crossed(node, node.left))
            self._fits(made)
            self.spans[node] = made
        return made

    def _crossed(self, node: Compare, ratio: Quotient) -> Span:
        """An exact ratio is compared by multiplying the other side with its divisor."""
        corners = [one * two for one in self.spans[node.right] for two in self.spans[ratio.right]]
        return (min(corners), max(corners))

    def _fits(self, made: Span) -> None:
        if max(abs(made[0]), abs(made[1])) >= LIMIT:
            raise OutOfRange(
                f"数可能大到 {max(made, key=abs):,}",
                "超过了 64 位整数，存不下",
                "在 inputs.yaml 里把事实的 `max:` 写小，或者换个先后次序乘",
            )

    def _compute(self, node: Node) -> Span:
        if node.kind.base is not Base.INT:
            return (0, 1)
        match node:
            case Constant(value=value):
                return (int(value), int(value))
            case InputRef(entity=entity, name=name):
                made = self.inputs[(entity, name)]
                return (made.low, made.high)
            case NumRef(name=name):
                values = [version.value for version in self.numbers[name].versions]
                return (min(values), max(values))
            case VarRef(name=name):
                return self.variables.get(name, (0, 1))
            case Lookup(table=table):
                values = [value for version in self.tables[table].versions for value in version.values]
                return (min(values), max(values))
            case Elapsed(unit=unit):
                return (0, AGE_MAX if unit == "age" else AGE_MAX * 12)
            case Aggregate():
                return self._aggregate(node)
            case If(then=then, otherwise=otherwise):
                return hull(self.spans[then], self.spans[otherwise])
        return combine(node, [self.spans[part] for part in node.parts()])

    def _aggregate(self, node: Aggregate) -> Span:
        if node.op == "count" or node.term is None:
            return (0, MEMBERS_MAX)
        low, high = self.spans[node.term]
        return (min(0, low) * MEMBERS_MAX, max(0, high) * MEMBERS_MAX)


def hull(one: Span, two: Span) -> Span:
    """This function will return the smallest span that holds both."""
    return (min(one[0], two[0]), max(one[1], two[1]))


def may_be_negative(span: Span) -> bool:
    """This function will tell whether a value can lie below zero; most cannot, and are rounded and multiplied so."""
    low, _ = span
    return low < 0


def combine(node: Node, spans: list[Span]) -> Span:
    """This function will do one arithmetic operation on spans: the bounds of unknown amounts."""
    match node:
        case Extreme(op=op):
            pick = min if op == "min" else max
            return (pick(low for low, _ in spans), pick(high for _, high in spans))
        case Arithmetic(op=op):
            (a, b), (c, d) = spans
            if op == "+":
                return (a + c, b + d)
            if op == "-":
                return (a - d, b - c)
            corners = [a * c, a * d, b * c, b * d]
            return (min(corners), max(corners))
        case DivRound() | Quotient():
            dividend, (low, high) = spans
            if low <= 0:
                raise OutOfRange(
                    "除数可能是 0 或负数",
                    f"它在 {low:,} 到 {high:,} 之间",
                    "除以 max(1, …)；除以人数可以用 `heads`（计入的人数，至少是 1）",
                )
            corners = [div_round(one, two) for one in dividend for two in (low, high)]
            return (min(corners), max(corners))
    raise TypeError(f"no arithmetic for {type(node).__name__}")
