"""Writes the text of a fused kernel: one pass over households and their members, every rule in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rulebook.book import Rulebook, Scheme
from rulebook.kernel_bounds import BoundsWriter
from rulebook.kernel_exact import ExactWriter
from rulebook.kernel_frame import ROW, Frame
from rulebook.kernel_ranges import Proof
from rulebook.ranges import Span
from rulebook.staging import Staging, stage
from rulebook.tree import Aggregate, Constant, InCodes, InputRef, Node, VarRef, walk
from rulebook.units import Entity

HEAD = '''"""Written by rulebook.kernel_source from the policies; do not edit."""

import numpy as np
from numba import njit

UNKNOWN = np.int64(-(2**63))
LARGEST, SMALLEST, ONE = 2**62, -(2**62), np.uint64(1)
settings = {"cache": True, "nogil": True, "error_model": "numpy"}


@njit("int64(int64, int64)", **settings)
def ratio(a, b):
    return np.int64(np.uint64(2 * a + b) // np.uint64(2 * b))


@njit("int64(int64, int64)", **settings)
def signed_ratio(a, b):
    return ratio(a, b) if a >= 0 else -ratio(-a, b)


@njit(["int64(boolean, int64, int64)", "boolean(boolean, boolean, boolean)"], **settings)
def pick(test, one, other):
    return one if test else other


@njit("int64(int64, int64)", **settings)
def least(one, other):
    return one if one < other else other


@njit("int64(int64, int64)", **settings)
def greatest(one, other):
    return one if one > other else other


@njit("int64(int64, int64)", **settings)
def months(day, as_of):
    return (as_of >> 5) - (day >> 5) - (1 if (as_of & 31) < (day & 31) else 0)


@njit("int64(int64, int64)", **settings)
def years(day, as_of):
    return months(day, as_of) // 12

'''
Writer = ExactWriter | BoundsWriter


@dataclass(frozen=True, eq=False)
class Source:
    """The text of a kernel and what must be handed to it, in order."""

    text: str
    law: tuple[str, ...]  # columns of Law.row
    facts: tuple[tuple[Entity, str], ...]  # columns of facts
    slots: int  # values kept for each member between two loops


@dataclass(frozen=True)
class Blueprint:
    """What both kernels of a choice of schemes share: stages, spans, codes, schemes."""

    book: Rulebook
    schemes: tuple[Scheme, ...]
    staging: Staging
    proof: Proof
    codes: Mapping[str, int]

    @property
    def rows_of_person(self) -> int:
        """This property will be the most rows that one member can have."""
        return sum(scheme.beneficiary is Entity.PERSON for scheme in self.schemes)


def draw(book: Rulebook, schemes: Iterable[str]) -> Blueprint:
    """This function will plan a kernel; raises OutOfRange for a rule whose whole numbers could overflow."""
    chosen = tuple(book.schemes[code] for code in schemes)
    wanted = [name for scheme in chosen for name in outputs(book, scheme)]
    staging = stage(book, wanted)
    return Blueprint(book, chosen, staging, Proof(book, staging.variables), _codes(book, staging))


def outputs(book: Rulebook, scheme: Scheme) -> tuple[str, str, str]:
    """This function will name the variables that an outcome reads: entitled, amount, and counted or heads."""
    return (scheme.entitled, scheme.amount, book.counted if scheme.beneficiary is Entity.PERSON else book.heads)


def _codes(book: Rulebook, staging: Staging) -> dict[str, int]:
    """One number for each code of any kind, so that codes compare as whole numbers."""
    found: dict[str, None] = {}
    for _, name in staging.facts:
        found |= dict.fromkeys(book.inputs[name].codes)
    for name in staging.variables:
        for node in (n for rule in book.variables[name].rules for n in walk(rule.tree)):
            if isinstance(node, Constant) and isinstance(node.value, str):
                found[node.value] = None
            if isinstance(node, InCodes):
                found |= dict.fromkeys(node.codes)
    for table in book.tables.values():
        found |= dict.fromkeys(table.codes)
    return {code: place for place, code in enumerate(found)}


def write(plan: Blueprint, *, exact: bool) -> Source:
    """This function will write the kernel for households of which every fact is known (exact), or for all others."""
    spans: Mapping[Node, Span] = plan.proof.spans
    frame = Frame(plan.book, spans, plan.codes)
    made = _Body(plan, frame, ExactWriter(frame) if exact else BoundsWriter(frame))
    made.write()
    columns = ", ".join("column_" + name for name in frame.facts.values())
    arguments = f"chosen, begin, end, offsets, as_of, earliest, law, kept, {', '.join(ROW)}, k, {columns}"
    head = ["@njit(**settings)", f"def fused({arguments}):"]
    loads = [f"    {local} = law[{place}]  # {column}" for place, (column, local) in enumerate(frame.law.items())]
    text = HEAD + "\n" + "\n".join([*head, *loads, *frame.lines, "    return end, k"]) + "\n"
    return Source(text, tuple(frame.law), tuple(frame.facts), max(1, len(made.slots)))


class _Body:
    def __init__(self, plan: Blueprint, frame: Frame, writer: Writer) -> None:
        self.plan, self.frame, self.writer = plan, frame, writer
        self.book, self.staging = plan.book, plan.staging
        self.slots = self._slots()

    def write(self) -> None:
        line, household = self.frame.line, max(1, len(self.plan.schemes) - self.plan.rows_of_person)
        line(f"room = np.uint64(len({ROW[0]}))")
        with self.frame.block("for position in range(begin, end):"):
            line("h = np.uint64(chosen[position])  # unsigned places spare a test for negative ones at every access")
            line("first, last = np.uint64(offsets[h]), np.uint64(offsets[h + ONE])")
            most = f"k + np.uint64({household}) + (last - first) * np.uint64({self.plan.rows_of_person})"
            with self.frame.block(f"if {most} > room:"):
                line("return position, k")
            for entity, name in self.staging.facts:
                if entity is Entity.HOUSEHOLD:
                    self.writer.load_fact(self._ref(entity, name), "h")
            for node in self.staging.aggregates:
                self.writer.begin(node)
            for number in range(0, self.staging.last, 2):
                self._loop(number)
                self._home(number + 1)

    def _loop(self, number: int) -> None:
        own = self._variables(number)
        fed = [node for node, place in self.staging.aggregates.items() if place == number]
        paid = self._outcomes(Entity.PERSON, number)
        if not (own or fed or paid):
            return
        with self.frame.block("for j in range(first, last):"):
            trees = [rule.tree for name in own for rule in self.book.variables[name].rules] + list(fed)
            read = [node for tree in trees for node in walk(tree)]
            facts = {(n.entity, n.name): n for n in read if isinstance(n, InputRef) and n.entity is Entity.PERSON}
            for node in facts.values():
                self.writer.load_fact(node, "j")
            wanted = [n.name for n in read if isinstance(n, VarRef)]
            wanted += [name for _, scheme in paid for name in outputs(self.book, scheme)]
            for name in dict.fromkeys(wanted):
                if name in self.staging.variables and self.staging.variables[name] < number:
                    self._recall(name)
            for name in own:
                self._assign(name)
                self._keep(name)
            for aggregate in fed:
                self.writer.feed(aggregate)
            for place, scheme in paid:
                self.writer.row(place, "j", *outputs(self.book, scheme))

    def _home(self, number: int) -> None:
        for name in self._variables(number):
            self._assign(name)
        for place, scheme in self._outcomes(Entity.HOUSEHOLD, number):
            self.writer.row(place, "h", *outputs(self.book, scheme))

    def _variables(self, number: int) -> list[str]:
        return [name for name, place in self.staging.variables.items() if place == number]

    def _outcomes(self, entity: Entity, number: int) -> list[tuple[int, Scheme]]:
        return [(place, scheme) for place, scheme in enumerate(self.plan.schemes)
                if scheme.beneficiary is entity and self._known_in(scheme) == number]  # fmt: skip

    def _known_in(self, scheme: Scheme) -> int:
        return max(self.staging.variables[name] for name in outputs(self.book, scheme))

    def _assign(self, name: str) -> None:
        self.writer.assign(name, tuple(rule.tree for rule in self.book.variables[name].rules))

    # -- values of members that a later loop reads -------------------------------------------------------------------
    def _slots(self) -> dict[str, int]:
        later: dict[str, None] = {}
        for name, place in self.staging.variables.items():
            for rule in self.book.variables[name].rules:
                self._read_later(rule.tree, place, later)
        for scheme in self.plan.schemes:
            for name in outputs(self.book, scheme):
                if self.staging.variables[name] < self._known_in(scheme):
                    later[name] = None
        persons = [name for name in later if self.book.variables[name].entity is Entity.PERSON]
        return {local: place for place, local in enumerate(n for name in persons for n in self.writer.locals_of(name))}

    def _read_later(self, node: Node, place: int, later: dict[str, None]) -> None:
        if isinstance(node, Aggregate):
            place = self.staging.aggregates[node]
        if isinstance(node, VarRef) and self.staging.variables[node.name] < place:
            later[node.name] = None
        for part in node.parts():
            self._read_later(part, place, later)

    def _keep(self, name: str) -> None:
        for local in self.writer.locals_of(name):
            if local in self.slots:
                self.frame.line(f"kept[j - first, {self.slots[local]}] = {local}")

    def _recall(self, name: str) -> None:
        if self.book.variables[name].entity is not Entity.PERSON:
            return
        flag = " != 0" if self.book.variables[name].kind.base.value == "bool" else ""
        for local in self.writer.locals_of(name):
            self.frame.line(f"{local} = kept[j - first, {self.slots[local]}]{flag}")

    def _ref(self, entity: Entity, name: str) -> InputRef:
        return next(node for node in self.staging.inputs if (node.entity, node.name) == (entity, name))
