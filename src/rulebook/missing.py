"""Which data are missing for an answer, and whether one alone decides it."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from rulebook.dependencies import dependencies_of
from rulebook.facts import EARLIEST_YEARS, Fact
from rulebook.program import NO, YES, is_known
from rulebook.tree import Aggregate, If, InputRef, Known, Node, VarRef
from rulebook.units import Entity

if TYPE_CHECKING:
    from rulebook.evaluation import Evaluation


@dataclass(frozen=True)
class MissingDatum:
    """One unknown fact on which an open answer depends, and the question that settles it.

    `person` is None for a fact of the household. `decides_alone`: whatever its value, the answer is then known,
    even if other data stay unknown (numbers are tried at their bounds, dates on both sides of every day that counts).
    """

    person: str | None
    input: str
    question: str
    decides_alone: bool


def missing_data(ev: Evaluation, variable: str, place: int) -> tuple[MissingDatum, ...]:
    """This function will list the unknown facts on which an unknown variable depends, nearest rule first."""
    found: dict[tuple[int, str], None] = {}
    tree = _tree(ev, variable)
    _causes(ev, tree, place, found, set())
    made = []
    for person, name in found:
        alone = len(found) == 1 or all(
            is_known(ev.settled(person, name, fact).raw(variable, place)) for fact in _probes(ev, name)
        )
        key = None if person < 0 else ev.household.members[person].key
        made.append(MissingDatum(key, name, ev.law.book.inputs[name].question, alone))
    return tuple(made)


def _tree(ev: Evaluation, variable: str) -> Node:
    return ev.law.book.variables[variable].rules[ev.law.wording[variable]].tree


def _causes(
    ev: Evaluation, node: Node, place: int, found: dict[tuple[int, str], None], seen: set[tuple[Node, int]]
) -> None:
    """Follows unknown operands only: what is known, or cannot change the answer, is not asked for."""
    if (node, place) in seen or isinstance(node, Known) or is_known(ev.program.node(node)(ev.run, place)):
        return
    seen.add((node, place))
    if isinstance(node, InputRef):
        found[(-1 if node.entity is Entity.HOUSEHOLD else place, node.name)] = None
    elif isinstance(node, VarRef):
        _causes(ev, _tree(ev, node.name), -1 if node.entity is Entity.HOUSEHOLD else place, found, seen)
    elif isinstance(node, If) and is_known(test := ev.program.node(node.condition)(ev.run, place)):
        _causes(ev, node.then if test == YES else node.otherwise, place, found, seen)
    elif isinstance(node, Aggregate):
        for member in range(ev.run.size):
            applies = YES
            if node.condition is not None:
                _causes(ev, node.condition, member, found, seen)
                applies = ev.program.node(node.condition)(ev.run, member)
            if node.term is not None and applies != NO:
                _causes(ev, node.term, member, found, seen)
    else:
        for part in node.parts():
            _causes(ev, part, place, found, seen)


def _probes(ev: Evaluation, name: str) -> Iterator[Fact]:
    """Values between which no other answers differently; None, which settles nothing, where that cannot be said."""
    known = ev.law.book.inputs[name]
    if known.type == "bool":
        yield from (False, True)
    elif known.type == "code":
        yield from known.codes
    elif known.type == "date":
        yield ev.as_of
        for clock in dependencies_of(ev.law).clocks.get(name, ()):
            for step in (None,) if clock.steps is None else clock.steps:
                yield None if step is None else _latest(step * (12 if clock.unit == "age" else 1), ev.as_of)
    else:
        yield from dict.fromkeys((known.low, min(known.low + 1, known.high), known.high))


def _latest(months: int, as_of: date) -> date:
    """The last believable day from which so many months are full on a day."""
    back = min(max(months, 0), EARLIEST_YEARS * 12)
    year, month = divmod(as_of.year * 12 + as_of.month - 1 - back, 12)
    return date(year, month + 1, min(as_of.day, monthrange(year, month + 1)[1]))
