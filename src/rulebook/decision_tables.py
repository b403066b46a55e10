"""Decision tables: rows of conditions and a result, proven complete and unambiguous, lowered to the typed tree.

Every column is cut into segments: the bands between its edges, its codes, or yes and no. A cell is the set of segments
that it covers. Edges and results are numbers of the law with the table's date and citation, so a what-if can move them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from rulebook.facts import Value
from rulebook.tree import Node, NumRef
from rulebook.units import Base, say

if TYPE_CHECKING:
    from rulebook.law import Law

ANY = ("-", "any")
THEN = "then"
Cell = frozenset[int] | None  # segments of the column; None: any
NumberAt = Callable[[str], int]


@dataclass(frozen=True, eq=False)
class Column:
    """What a table looks at. `names`: the segments of a yes/no or a code column; a number's lie between `edges`."""

    label: str
    node: Node
    names: tuple[str, ...]
    edges: tuple[str, ...]  # names of numbers, rising

    @property
    def segments(self) -> range:
        """This property will be all segments: segment i of a number lies below edge i and not below edge i − 1."""
        return range(len(self.names) or len(self.edges) + 1)

    def possible(self, raw: Value, number: NumberAt) -> frozenset[int]:
        """This function will return the segments in which a value may lie; all of them for an unknown code."""
        if isinstance(raw, tuple):
            if self.node.kind.base is Base.BOOL:
                return frozenset(place for place, yes in enumerate((1, 0)) if raw[0] <= yes <= raw[1])
            first, last = (self._segment(value, number) for value in raw)
            return frozenset(range(first, last + 1))
        return frozenset({self.node.kind.codes.index(raw)} if isinstance(raw, str) and raw else self.segments)

    def _segment(self, value: int, number: NumberAt) -> int:
        return next((i for i, edge in enumerate(self.edges) if value < number(edge)), len(self.edges))

    def words(self, cell: Cell, number: NumberAt) -> str:
        """This function will tell a cell: 不限, 是, 视力、精神, 80 岁起、不满 90 岁."""
        if cell is None or len(cell) == len(self.segments):
            return "不限"
        if self.names:
            return "、".join(self.names[place] for place in sorted(cell))
        return "，或 ".join(self._band(first, last, number) for first, last in runs(cell))

    def _band(self, first: int, last: int, number: NumberAt) -> str:
        unit = self.node.kind.unit
        low = number(self.edges[first - 1]) if first else None
        high = number(self.edges[last]) if last < len(self.edges) else None
        if low is not None and high == low + 1 and "fen" not in str(unit):
            return say(low, unit)
        ends = [f"{say(low, unit)}起" if low is not None else "", f"不满 {say(high, unit)}" if high is not None else ""]
        return "、".join(end for end in ends if end)


@dataclass(frozen=True, eq=False)
class Row:
    """Cells by column, and the result: its tree, its text and its line in the scheme file."""

    cells: tuple[Cell, ...]
    then: Node
    text: str
    line: int

    def result(self, law: Law) -> str:
        """This function will tell the result without a household: a figure, 是, 否, a code's label, a rule."""
        if isinstance(self.then, NumRef) and self.then.name in law.numbers:
            return say(law.numbers[self.then.name].value, self.then.kind.unit)
        return self.text


@dataclass(frozen=True, eq=False)
class DecisionTable:
    """One dated version of a table. `first`: where several rows fit, the upper one counts (`hit: first`)."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    first: bool

    def hits(self, values: Sequence[Value], number: NumberAt) -> list[int]:
        """This function will return the places of the rows that the columns' values may hit; one, when all is known."""
        possible = [column.possible(raw, number) for column, raw in zip(self.columns, values, strict=True)]
        found = []
        for place, row in enumerate(self.rows):
            pairs = [(cell, here) for cell, here in zip(row.cells, possible, strict=True) if cell is not None]
            if all(cell & here for cell, here in pairs):
                found.append(place)
                if self.first and all(here <= cell for cell, here in pairs):
                    break
        return found

    def told(self, law: Law) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
        """This function will return headings and rows as an officer reads them, with the law's figures."""

        def number(name: str) -> int:
            return law.numbers[name].value

        rows = [
            (*(c.words(cell, number) for c, cell in zip(self.columns, row.cells, strict=True)), row.result(law))
            for row in self.rows
        ]
        return (*(column.label for column in self.columns), "结果"), tuple(rows)


def runs(cell: frozenset[int]) -> list[tuple[int, int]]:
    """This function will group neighbouring segments: {0, 1, 4} → (0, 1), (4, 4)."""
    ordered = sorted(cell)
    grouped = [
        [place for _, place in group] for _, group in groupby(enumerate(ordered), lambda pair: pair[1] - pair[0])
    ]
    return [(group[0], group[-1]) for group in grouped]
