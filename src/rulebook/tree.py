"""The typed tree of a rule. Immutable; every node knows its kind. Built by `expressions`, checked by `ranges`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rulebook.units import BOOL, Entity, Kind


@dataclass(frozen=True, eq=False)
class Node:
    """A part of a rule. Nodes compare by identity, so that a tree can be annotated by node."""

    kind: Kind

    def parts(self) -> tuple[Node, ...]:
        """This function will return the direct operands, left to right."""
        return ()


@dataclass(frozen=True, eq=False)
class Constant(Node):
    value: int | bool | str
    label: str = ""


@dataclass(frozen=True, eq=False)
class InputRef(Node):
    entity: Entity
    name: str


@dataclass(frozen=True, eq=False)
class VarRef(Node):
    entity: Entity
    name: str  # scheme.variable


@dataclass(frozen=True, eq=False)
class NumRef(Node):
    name: str  # scheme.number


@dataclass(frozen=True, eq=False)
class InForce(Node):
    scheme: str


@dataclass(frozen=True, eq=False)
class Arithmetic(Node):
    op: Literal["+", "-", "*"]
    left: Node
    right: Node

    def parts(self) -> tuple[Node, ...]:
        return (self.left, self.right)


@dataclass(frozen=True, eq=False)
class Quotient(Node):
    """An exact ratio. Lives only as the left side of a comparison, where it is compared by cross-multiplication."""

    left: Node
    right: Node

    def parts(self) -> tuple[Node, ...]:
        return (self.left, self.right)


@dataclass(frozen=True, eq=False)
class DivRound(Node):
    """Quotient of whole numbers rounded half away from zero, once."""

    left: Node
    right: Node

    def parts(self) -> tuple[Node, ...]:
        return (self.left, self.right)


@dataclass(frozen=True, eq=False)
class Extreme(Node):
    op: Literal["min", "max"]
    items: tuple[Node, ...]

    def parts(self) -> tuple[Node, ...]:
        return self.items


Comparison = Literal["<", "<=", ">", ">=", "==", "!="]


@dataclass(frozen=True, eq=False)
class Compare(Node):
    op: Comparison
    left: Node
    right: Node

    def parts(self) -> tuple[Node, ...]:
        return (self.left, self.right)


@dataclass(frozen=True, eq=False)
class InCodes(Node):
    item: Node
    codes: tuple[str, ...]

    def parts(self) -> tuple[Node, ...]:
        return (self.item,)


@dataclass(frozen=True, eq=False)
class Junction(Node):
    op: Literal["and", "or"]
    items: tuple[Node, ...]

    def parts(self) -> tuple[Node, ...]:
        return self.items


@dataclass(frozen=True, eq=False)
class Not(Node):
    item: Node

    def parts(self) -> tuple[Node, ...]:
        return (self.item,)


@dataclass(frozen=True, eq=False)
class If(Node):
    condition: Node
    then: Node
    otherwise: Node

    def parts(self) -> tuple[Node, ...]:
        return (self.condition, self.then, self.otherwise)


@dataclass(frozen=True, eq=False)
class Elapsed(Node):
    """Full years (age) or full months from a date to the as-of date."""

    unit: Literal["age", "month"]
    item: Node

    def parts(self) -> tuple[Node, ...]:
        return (self.item,)


@dataclass(frozen=True, eq=False)
class Known(Node):
    item: Node

    def parts(self) -> tuple[Node, ...]:
        return (self.item,)


@dataclass(frozen=True, eq=False)
class Lookup(Node):
    """The row of a table, found by a whole number (bands) or a code."""

    table: str  # scheme.table
    key: Node

    def parts(self) -> tuple[Node, ...]:
        return (self.key,)


@dataclass(frozen=True, eq=False)
class Aggregate(Node):
    """Sum, count, any or all over the household's members that meet the condition. `term` is None for a count."""

    op: Literal["sum", "count", "any", "all"]
    term: Node | None
    condition: Node | None

    def parts(self) -> tuple[Node, ...]:
        return tuple(node for node in (self.term, self.condition) if node is not None)


def walk(node: Node) -> Iterator[Node]:
    """This function will yield a node and everything below it, operands first."""
    for part in node.parts():
        yield from walk(part)
    yield node


def leads_to(node: Node, code: str) -> Node:
    """This function will return the condition that a choice of codes yields this one."""
    if isinstance(node, If):
        return If(BOOL, node.condition, leads_to(node.then, code), leads_to(node.otherwise, code))
    return Constant(BOOL, node.value == code) if isinstance(node, Constant) else InCodes(BOOL, node, (code,))
