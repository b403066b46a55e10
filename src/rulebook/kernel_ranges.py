"""How far the numbers of the law may move before the kernel's proof against overflow no longer holds."""

from __future__ import annotations

from collections.abc import Iterable

from rulebook.book import Rulebook, Table
from rulebook.ranges import OutOfRange, Ranges, Span
from rulebook.tree import DivRound, Lookup, Node, NumRef, Quotient, walk
from rulebook.units import Base

SPREAD = 4  # a what-if may take a figure up to four times what the law has ever had
ROOM = 100  # … and a figure such as "no vehicle at all" up to a hundred


class Proof(Ranges):
    """Spans of every node for a law whose figures may be changed: numbers are arguments of the kernel.

    A figure may fall to 0 unless something is divided by it. Raises OutOfRange for a rule that may then overflow.
    """

    def __init__(self, book: Rulebook, variables: Iterable[str]) -> None:
        super().__init__({(item.entity, item.name): item for item in book.inputs.values()}, book.numbers, book.tables)
        trees = {name: tuple(rule.tree for rule in book.variables[name].rules) for name in variables}
        self._divisors = _divisors(trees)
        self.freedom: dict[str, Span] = {name: self._free(name, values) for name, values in _figures(book)}
        for name, rules in trees.items():
            self.rule(name, rules)

    def _free(self, name: str, values: set[int]) -> Span:
        low, high = min(values), max(values)
        floor = min(0, SPREAD * low)
        if name in self._divisors and low > 0:
            floor = max(1, low // SPREAD)
        return (floor, max(SPREAD * high, ROOM))

    def _compute(self, node: Node) -> Span:
        if node.kind.base is Base.INT and isinstance(node, NumRef):
            return self.freedom[node.name]
        if node.kind.base is Base.INT and isinstance(node, Lookup):
            return self.freedom[node.table]
        return super()._compute(node)


def _figures(book: Rulebook) -> Iterable[tuple[str, set[int]]]:
    for name, number in book.numbers.items():
        yield name, {version.value for version in number.versions}
    for name, table in book.tables.items():
        yield name, values_of(table)


def values_of(table: Table) -> set[int]:
    """This function will return every value that any version of a table holds."""
    return {value for version in table.versions for value in version.values}


def _divisors(trees: dict[str, tuple[Node, ...]]) -> set[str]:
    """Figures by which something is divided, directly or through another variable."""
    found: set[str] = set()
    reads: set[str] = set()
    parts = [
        n.right for rules in trees.values() for tree in rules for n in walk(tree) if isinstance(n, (DivRound, Quotient))
    ]
    while parts:
        for node in walk(parts.pop()):
            if isinstance(node, NumRef):
                found.add(node.name)
            elif isinstance(node, Lookup):
                found.add(node.table)
            name = getattr(node, "name", "")
            if name in trees and name not in reads:
                reads.add(name)
                parts += trees[name]
    return found


__all__ = ["OutOfRange", "Proof"]
