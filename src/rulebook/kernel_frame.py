"""The page on which a kernel is written: names of locals, columns and figures of the law, and lines with indents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from rulebook.book import Rulebook
from rulebook.law import force_column, number_column, table_column, wording_column
from rulebook.ranges import Span, may_be_negative
from rulebook.tree import Aggregate, InputRef, Node
from rulebook.units import Entity

EXTREMES = {"min": "least", "max": "greatest"}  # functions of the kernel's own: Numba types them faster than its own
UNKNOWN = "UNKNOWN"  # an amount that cannot be said
ROW = ("scheme_of", "place_of", "status_of", "amount_of", "extra_of")  # the buffers of results, one entry a row


@dataclass(frozen=True)
class LawTable:
    """A table of the law as locals: its values, the edges between its bands, the codes of its rows."""

    values: tuple[str, ...]
    edges: tuple[str, ...]
    codes: tuple[str, ...]


class Frame:
    """Collects lines; remembers which figures of the law and which facts the lines read."""

    def __init__(self, book: Rulebook, spans: Mapping[Node, Span], codes: Mapping[str, int]) -> None:
        self.book, self.spans, self.codes = book, spans, codes
        self.lines: list[str] = []
        self.law: dict[str, str] = {}  # column of Law.row → local
        self.facts: dict[tuple[Entity, str], str] = {}
        self._aggregates: dict[Aggregate, str] = {}
        self._variables = {name: f"v{place}" for place, name in enumerate(book.variables)}
        self._depth, self._fresh = 1, 0

    # -- lines ----------------------------------------------------------------------------------------------------
    def line(self, text: str) -> None:
        """This function will write a line at the present depth."""
        self.lines.append("    " * self._depth + text)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """This function will write a head line and indent what follows."""
        self.line(head)
        self._depth += 1
        yield
        self._depth -= 1

    def fresh(self) -> str:
        """This function will invent a local name."""
        self._fresh += 1
        return f"t{self._fresh}"

    def append(self, number: int, where: str, status: str, amount: str, extra: str) -> None:
        """This function will write one row of results."""
        for buffer, value in zip(ROW, (str(number), where, status, amount, extra), strict=True):
            self.line(f"{buffer}[k] = {value}")
        self.line("k += ONE")

    # -- names ----------------------------------------------------------------------------------------------------
    def variable(self, name: str) -> str:
        """This function will name the local of a variable."""
        return self._variables[name]

    def aggregate(self, node: Aggregate) -> str:
        """This function will name the local of an aggregate."""
        return self._aggregates.setdefault(node, f"g{len(self._aggregates)}")

    def fact(self, node: InputRef) -> str:
        """This function will name the local of a fact."""
        return self.facts.setdefault((node.entity, node.name), f"i{len(self.facts)}")

    def column(self, node: InputRef) -> str:
        """This function will name the argument that holds a fact's column."""
        return "column_" + self.fact(node)

    def figure(self, column: str) -> str:
        """This function will name the local of a column of `Law.row`."""
        return self.law.setdefault(column, f"n{len(self.law)}")

    def place(self, local: str) -> int:
        """This function will return the place of a figure in the law; the values of a table stand side by side."""
        return int(local.removeprefix("n"))

    def number(self, name: str) -> str:
        """This function will name the local of a number of the law."""
        return self.figure(number_column(name))

    def in_force(self, scheme: str) -> str:
        """This function will test whether a scheme is in force."""
        return f"({self.figure(force_column(scheme))} != 0)"

    def wording(self, variable: str) -> str:
        """This function will name the local that says which wording of a variable holds."""
        return self.figure(wording_column(variable))

    def table(self, name: str) -> LawTable:
        """This function will name the locals of a table."""
        table, stem = self.book.tables[name], table_column(name)
        rows = range(max(len(version.values) for version in table.versions))
        edges = () if table.codes else tuple(self.figure(f"{stem}__e{place}") for place in rows if place)
        return LawTable(tuple(self.figure(f"{stem}__v{place}") for place in rows), edges, table.codes)

    def code(self, text: str) -> str:
        """This function will write a code as its number."""
        return str(self.codes[text])

    def divider(self, dividend: Node) -> str:
        """This function will name the division for a dividend that is never negative, or for any."""
        return "signed_ratio" if may_be_negative(self.spans[dividend]) else "ratio"


def chain(tests: Sequence[str], values: Sequence[str]) -> str:
    """This function will write `v0 if t0 else v1 if t1 else … vn`."""
    *chosen, made = values
    for test, value in zip(reversed(tests), reversed(chosen), strict=True):
        made = f"pick({test}, {value}, {made})"
    return made


def nested(function: str, texts: Sequence[str]) -> str:
    """This function will write `f(a, f(b, c))` for a function of two."""
    *others, made = texts
    for text in reversed(others):
        made = f"{function}({text}, {made})"
    return made
