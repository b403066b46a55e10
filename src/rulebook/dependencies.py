"""What depends on what, known before any household is read: the graph by which a change finds whom it concerns.

Static and on the safe side: it may name a scheme that a change does not touch in the end, never leave one out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from rulebook.facts import EARLIEST_YEARS, full_months, full_years
from rulebook.law import Law
from rulebook.tree import Compare, Constant, Elapsed, InputRef, Lookup, Node, NumRef, VarRef, walk
from rulebook.units import Base

_TURNS = {"<": (0,), ">=": (0,), "<=": (1,), ">": (1,), "==": (0, 1), "!=": (0, 1)}
_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}


@dataclass(frozen=True)
class Clock:
    """How a date input changes answers by time alone: at these ages or months, or (`steps` None) at each of them."""

    unit: str  # age | month
    steps: frozenset[int] | None


@dataclass(frozen=True)
class Reads:
    """Everything that one scheme's payable amount rests on, the schemes it is stacked with included."""

    schemes: frozenset[str]
    variables: frozenset[str]
    inputs: frozenset[str]
    numbers: frozenset[str]
    tables: frozenset[str]


class Dependencies:
    """The static graph of one law. Made by `dependencies_of`, remembered per law."""

    def __init__(self, law: Law) -> None:
        self.law = law
        self.book = law.book
        self.own: dict[str, Reads] = {}
        for code, scheme in self.book.schemes.items():
            counted = (self.book.counted, self.book.heads)
            self.own[code] = self._closure(code, (scheme.entitled, scheme.amount, *counted))
        self.reads: Mapping[str, Reads] = {
            code: _union([self.own[other] for other in self._stacked_with(code)]) for code in self.own
        }
        self.clocks: Mapping[str, tuple[Clock, ...]] = self._clocks()

    def schemes_reading(self, *names: str) -> frozenset[str]:
        """This function will return the schemes whose payable amount may change with any of these names.

        A name is an input, or scheme.number, scheme.table, scheme.variable.
        """
        wanted = frozenset(names)
        return frozenset(
            code
            for code, reads in self.reads.items()
            if wanted & (reads.inputs | reads.numbers | reads.tables | reads.variables)
        )

    def digest(self, code: str) -> str:
        """This function will return the sha256 of what the scheme's payable amount rests on: equal digests pay alike.

        A changed figure of another scheme does not change it, unless the two are stacked.
        """
        reads, law = self.reads[code], self.law
        content = {
            "schemes": sorted(reads.schemes),
            "numbers": {name: law.numbers[name].value for name in sorted(reads.numbers)},
            "tables": {
                name: [list(law.tables[name].edges), list(law.tables[name].values)] for name in sorted(reads.tables)
            },
            "rules": {
                name: self.book.variables[name].rules[law.wording[name]].text for name in sorted(reads.variables)
            },
            "in_force": {code: law.in_force[code] for code in sorted(reads.schemes)},
            "inputs": {name: _bounds(self.book.inputs[name]) for name in sorted(reads.inputs)},
            "stacking": [
                [rule.kind, rule.first, list(rule.others), rule.prefer]
                for rule in self.book.stacking
                if rule.holds_on(law.day) and reads.schemes & {rule.first, *rule.others}
            ],
        }
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def turns_between(self, name: str, born: date | None, before: date, after: date) -> bool:
        """This function will tell whether a date input can answer differently on `after` than on `before`."""
        if born is None or name not in self.clocks:
            return False
        if _believed(born, before) != _believed(born, after):
            return True
        if not _believed(born, after):
            return False
        return any(_passed(clock, born, before, after) for clock in self.clocks[name])

    def next_turn(self, name: str, born: date | None, after: date) -> date | None:
        """This function will return the first day after `after` on which a date input can answer differently.

        None when nothing ever changes by time alone (until the date is too old to be believed).
        """
        if born is None or name not in self.clocks:
            return None
        if born > after:
            return born
        days = [day for clock in self.clocks[name] if (day := _next(clock, born, after)) is not None]
        unbelieved = date(born.year + EARLIEST_YEARS + 1, 1, 1)
        if not days and unbelieved <= after:
            return None
        return min([*days, unbelieved])

    def _closure(self, code: str, roots: tuple[str, ...]) -> Reads:
        variables, inputs, numbers, tables = set[str](), set[str](), set[str](), set[str]()
        waiting = list(roots)
        while waiting:
            name = waiting.pop()
            if name in variables:
                continue
            variables.add(name)
            for node in walk(self._tree(name)):
                match node:
                    case VarRef(name=other):
                        waiting.append(other)
                    case InputRef(name=other):
                        inputs.add(other)
                    case NumRef(name=other):
                        numbers.add(other)
                    case Lookup(table=other):
                        tables.add(other)
        return Reads(frozenset({code}), frozenset(variables), frozenset(inputs), frozenset(numbers), frozenset(tables))

    def _tree(self, name: str) -> Node:
        return self.book.variables[name].rules[self.law.wording[name]].tree

    def _stacked_with(self, code: str) -> frozenset[str]:
        joined = {code}
        rules = [rule for rule in self.book.stacking if rule.kind != "both" and rule.holds_on(self.law.day)]
        while True:
            near = {
                other
                for rule in rules
                if joined & {rule.first, *rule.others}
                for other in (rule.first, *rule.others)
                if other in self.own
            }
            if near <= joined:
                return frozenset(joined)
            joined |= near

    def _clocks(self) -> dict[str, tuple[Clock, ...]]:
        found: dict[str, set[Clock]] = {
            name: set() for reads in self.own.values() for name in reads.inputs if self.book.inputs[name].type == "date"
        }
        for variable in frozenset[str]().union(*(reads.variables for reads in self.own.values())):
            tree = self._tree(variable)
            if isinstance(tree, Elapsed):
                continue  # counted where it is read
            for name, clock in self._clocks_below(tree):
                found[name].add(clock)
        return {
            name: tuple(sorted(clocks, key=lambda c: (c.unit, sorted(c.steps or ())))) for name, clocks in found.items()
        }

    def _clocks_below(self, node: Node) -> Iterator[tuple[str, Clock]]:
        elapsed = self._elapsed(node)
        if elapsed is not None:
            yield from ((name, Clock(elapsed.unit, None)) for name in _days_in(elapsed))
            return
        taken: set[int] = set()
        for part, steps in self._steps(node):
            timed = self._elapsed(part)
            if timed is not None and steps is not None:
                taken.add(id(part))
                yield from ((name, Clock(timed.unit, steps)) for name in _days_in(timed))
        for part in node.parts():
            if id(part) not in taken:
                yield from self._clocks_below(part)

    def _elapsed(self, node: Node) -> Elapsed | None:
        """The node itself, or the rule behind a name that is nothing but an age or a number of months."""
        if isinstance(node, Elapsed):
            return node
        if isinstance(node, VarRef):
            tree = self._tree(node.name)
            return tree if isinstance(tree, Elapsed) else None
        return None

    def _steps(self, node: Node) -> Iterator[tuple[Node, frozenset[int] | None]]:
        """Operands with the values at which this node can turn; None when it cannot be said."""
        if isinstance(node, Compare):
            for part, other, op in ((node.left, node.right, node.op), (node.right, node.left, _MIRRORED[node.op])):
                limit = self._figure(other)
                yield part, None if limit is None else frozenset(limit + step for step in _TURNS[op])
        elif isinstance(node, Lookup):
            yield node.key, frozenset(self.law.tables[node.table].edges)

    def _figure(self, node: Node) -> int | None:
        if isinstance(node, NumRef):
            return self.law.numbers[node.name].value
        if isinstance(node, Constant) and isinstance(node.value, int):
            return int(node.value)
        return None


@lru_cache(maxsize=64)
def dependencies_of(law: Law) -> Dependencies:
    """This function will return the static graph of a law."""
    return Dependencies(law)


def changed_schemes(before: Law, after: Law) -> frozenset[str]:
    """This function will return the schemes that may pay differently under the second law for the same facts."""
    old, new = dependencies_of(before), dependencies_of(after)
    return frozenset(
        code for code in after.book.schemes if code not in before.book.schemes or old.digest(code) != new.digest(code)
    )


def _bounds(made: object) -> list[object]:
    return [getattr(made, name) for name in ("type", "low", "high")] + [list(getattr(made, "codes", ()))]


def _union(parts: list[Reads]) -> Reads:
    return Reads(
        *(
            frozenset[str]().union(*(getattr(part, name) for part in parts))
            for name in ("schemes", "variables", "inputs", "numbers", "tables")
        )
    )


def _days_in(node: Elapsed) -> list[str]:
    """The dates that an age may count from; a condition that chooses between them turns by its own facts."""
    return [part.name for part in walk(node.item) if isinstance(part, InputRef) and part.kind.base is Base.DATE]


def _believed(born: date, on: date) -> bool:
    return on.year - EARLIEST_YEARS <= born.year and born <= on


def _passed(clock: Clock, born: date, before: date, after: date) -> bool:
    count = full_years if clock.unit == "age" else full_months
    low, high = sorted((count(born, before), count(born, after)))
    if clock.steps is None:
        return low != high
    return any(low < step <= high for step in clock.steps)


def _next(clock: Clock, born: date, after: date) -> date | None:
    count = full_years if clock.unit == "age" else full_months
    now = count(born, after)
    if clock.steps is None:
        step = now + 1
    else:
        later = [step for step in clock.steps if step > now]
        if not later:
            return None
        step = min(later)
    return _completed(clock.unit, born, step)


def _completed(unit: str, born: date, step: int) -> date:
    """The day on which `step` years or months are full; whoever is born on a day the month lacks completes it later."""
    months = born.month - 1 + (step if unit == "month" else step * 12)
    year, month = born.year + months // 12, months % 12 + 1
    try:
        return date(year, month, born.day)
    except ValueError:
        return date(year, month + 1, 1)  # a month that lacks a day is never the last of a year
