"""Why an outcome is as it is: a frozen tree with each value, branch, threshold, number version and citation."""

from __future__ import annotations

from dataclasses import dataclass, is_dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from rulebook.book import RuleVersion, Scheme, Variable
from rulebook.decision_tables import DecisionTable
from rulebook.facts import Value
from rulebook.missing import MissingDatum
from rulebook.nearest import Change, nearest_changes
from rulebook.program import NO, YES, exact, is_known
from rulebook.stacking import Status
from rulebook.tree import (
    Aggregate,
    Constant,
    If,
    InForce,
    InputRef,
    Junction,
    Lookup,
    Node,
    NumRef,
    VarRef,
)
from rulebook.units import Base, Entity, Period, say, say_money
from rulebook.wording import Margin, Teller

if TYPE_CHECKING:
    from rulebook.evaluation import Evaluation

SCHEMA = "rulebook.explanation/1"
FULL_DEPTH = 2  # variables below the outcome down to which every condition is shown, decisive or not
WORDS_OF_STATUS = {"entitled": "符合", "not_entitled": "不符合", "unknown": "还不能确定"}
Kind = Literal["condition", "amount", "number", "input", "step"]
State = Literal["holds", "fails", "unknown", "value"]


@dataclass(frozen=True)
class NumberUsed:
    """The version of a figure of the law that was used. `doubt` is set when it is a 演示参数."""

    name: str
    value: int
    unit: str
    from_date: date
    basis: str
    doubt: str | None


@dataclass(frozen=True)
class InputUsed:
    """The fact that was read. `value` None: unknown; then `question` settles it."""

    input: str
    person: str | None
    value: int | bool | str | date | None
    question: str


@dataclass(frozen=True)
class RowHit:
    """The row of a decision table that was hit, from 1, and its conditions as told; several while it is open."""

    rows: tuple[int, ...]
    conditions: tuple[str, ...]
    result: str


@dataclass(frozen=True)
class ExplanationNode:
    """One line of the working. `text` is a sentence with the figures filled in; children are what it rests on."""

    kind: Kind
    name: str
    label: str
    person: str | None
    value: int | bool | str | None
    low: int | None
    high: int | None
    unit: str
    state: State
    text: str
    branch: str | None = None
    basis: str = ""
    doubt: str | None = None
    rule_from: date | None = None
    number: NumberUsed | None = None
    source: InputUsed | None = None
    margin: Margin | None = None
    row: RowHit | None = None
    children: tuple[ExplanationNode, ...] = ()


@dataclass(frozen=True)
class Explanation:
    """The working of one outcome. Frozen; what a decision stores. `to_json` follows SCHEMA.

    `nearest`: the fewest changes with which a refused beneficiary would be entitled; `hint` tells them.
    """

    scheme: str
    title: str
    person: str | None
    as_of: date
    law_digest: str
    basis: str
    status: Status
    amount_fen: int | None
    period: Period
    result: str
    missing: tuple[MissingDatum, ...]
    nearest: tuple[Change, ...]
    hint: str
    entitled: ExplanationNode
    amount: ExplanationNode | None

    def to_json(self) -> dict[str, Any]:
        """This function will return plain JSON values (dates as ISO text) under the key `schema`."""
        return {"schema": SCHEMA, **_Plain().of(self)}


def explain(ev: Evaluation, scheme: Scheme, person: str | None) -> Explanation:
    """This function will build the working of one outcome of one household."""
    outcome = ev.outcome(scheme.code, person)
    place = ev.place(scheme.beneficiary, person)
    builder = _Builder(ev, scheme)
    entitled = builder.variable(scheme.entitled, place)
    paid = outcome.status == "entitled" and scheme.period is not Period.STATUS
    amount = builder.variable(scheme.amount, place) if paid else None
    fen = outcome.amount_fen
    result = WORDS_OF_STATUS[outcome.status]
    if outcome.status == "entitled":
        result = (
            f"符合，{scheme.period.spoken} {say_money(fen)} 元"
            if fen
            else "符合，金额还不能确定"
            if fen is None
            else "符合"
        )
    nearest = nearest_changes(ev, scheme.entitled, place) if outcome.status == "not_entitled" else ()
    return Explanation(
        scheme.code, scheme.title, person, ev.as_of, ev.law.digest, scheme.basis_on(ev.law.day), outcome.status,
        outcome.amount_fen, scheme.period, result, outcome.missing, nearest, _hint(nearest), entitled, amount,
    )  # fmt: skip


def _hint(nearest: tuple[Change, ...]) -> str:
    if not nearest:
        return ""
    told = "；".join(change.text for change in nearest)
    return f"只差一项：{told}" if len(nearest) == 1 else f"要同时改变 {len(nearest)} 项：{told}"


class _Builder:
    def __init__(self, ev: Evaluation, scheme: Scheme) -> None:
        self.ev, self.scheme, self.teller = ev, scheme, Teller(ev)
        self.told: dict[tuple[str, int], ExplanationNode] = {}
        self.lines: dict[tuple[str, int], ExplanationNode] = {}
        self.depth = 0

    def variable(self, name: str, place: int) -> ExplanationNode:
        """A variable with what it rests on; where it is told again, the line alone."""
        line = self.told.get((name, place))
        if line is None:
            line = self.told[name, place] = self.in_full(name, place)
        elif line.children:
            line = self.told[name, place] = replace(line, children=())
        return line

    def in_full(self, name: str, place: int) -> ExplanationNode:
        variable = self.ev.law.book.variables[name]
        rule = variable.rules[self.ev.law.wording[name]]
        tree, branch = rule.tree, None
        if isinstance(tree, If) and isinstance(tree.condition, InForce) and self.ev.law.in_force[tree.condition.scheme]:
            tree = tree.then
        if rule.table is not None and (tree is not rule.tree or not _waits(rule.tree)):
            return self.by_table(variable, rule, rule.table, place)
        whole = tree
        if isinstance(tree, If) and is_known(test := self.teller.raw(tree.condition, place)):
            branch = self.teller.condition(tree.condition, place)
            tree = tree.then if test == YES else tree.otherwise
        self.depth += 1
        children = tuple(self.below(whole, place))
        self.depth -= 1
        return self.made(variable, rule, tree, place, branch, children)

    def by_table(self, variable: Variable, rule: RuleVersion, table: DecisionTable, place: int) -> ExplanationNode:
        """A variable that a decision table gives: the row hit, what its conditions looked at, and its figure."""
        numbers = self.ev.law.numbers
        rows = table.hits([self.teller.raw(c.node, place) for c in table.columns], lambda name: numbers[name].value)
        looked, told = list(table.columns), "、".join(str(row + 1) for row in rows)
        hit = RowHit(tuple(row + 1 for row in rows), (), "")
        text = f"还不能确定，可能是表的第 {told} 行"
        lines: list[ExplanationNode] = []
        if len(rows) == 1:
            (only,) = rows
            row = table.rows[only]
            pairs = [(c, cell) for c, cell in zip(table.columns, row.cells, strict=True) if cell is not None]
            looked = [column for column, _ in pairs]
            conditions = tuple(f"{c.label} {c.words(cell, lambda name: numbers[name].value)}" for c, cell in pairs)
            fixed = row.text if isinstance(row.then, Constant) else self.teller.figure(row.then, place)
            hit = RowHit(hit.rows, conditions, fixed)
            text = f"表的第 {told} 行（{'；'.join(conditions) or '不限'}），为 {hit.result}"
            lines = self.leaves(row.then, place)
        shown = [line for column in looked for line in self.leaves(column.node, place)]
        made = self.made(variable, rule, rule.tree, place, f"第 {told} 行", (*shown, *lines))
        return replace(made, text=text, row=hit, margin=None)

    def made(
        self, variable: Variable, rule: RuleVersion, tree: Node, place: int, branch: str | None,
        children: tuple[ExplanationNode, ...],
    ) -> ExplanationNode:  # fmt: skip
        raw = self.ev.raw(variable.name, place)
        kind: Kind = "condition" if variable.kind.base is Base.BOOL else "step"
        return ExplanationNode(
            kind="amount" if variable.name == self.scheme.amount else kind, name=variable.name, label=variable.label,
            person=self.teller.person(place), **self.value(variable.kind.base, raw), unit=_unit(variable.kind.unit),
            text=self.teller.tell(tree, place), branch=branch, basis=rule.basis, doubt=rule.doubt,
            rule_from=rule.from_date, margin=self.teller.margin(tree, place), children=children,
        )  # fmt: skip

    def below(self, tree: Node, place: int) -> list[ExplanationNode]:
        """What a tree rests on: its operands as lines, without a line for the tree itself."""
        if isinstance(tree, Junction):
            return [self.line(item, place) for item in self.decisive(tree, place)]
        if isinstance(tree, If):
            test = self.teller.raw(tree.condition, place)
            taken = tree.then if test == YES else tree.otherwise
            branches = [taken] if is_known(test) else [tree.then, tree.otherwise]
            return [self.line(tree.condition, place), *(line for item in branches for line in self.leaves(item, place))]
        return self.leaves(tree, place)

    def decisive(self, tree: Junction, place: int) -> list[Node]:
        """All conditions near the top; further down, where one suffices to decide, only those that decide."""
        settles = NO if tree.op == "and" else YES
        if self.depth > FULL_DEPTH and self.teller.raw(tree, place) == settles:
            return [item for item in tree.items if self.teller.raw(item, place) == settles]
        return list(tree.items)

    def line(self, node: Node, place: int) -> ExplanationNode:
        if isinstance(node, (VarRef, InputRef, NumRef)):
            (line,) = self.leaves(node, place)
            return line
        raw = self.teller.raw(node, place)
        label = self.teller.heading(node)
        return ExplanationNode(
            kind="condition" if node.kind.base is Base.BOOL else "step", name="", label=label,
            person=self.teller.person(place), **self.value(node.kind.base, raw), unit=_unit(node.kind.unit),
            text=self.teller.tell(node, place), margin=self.teller.margin(node, place),
            children=tuple(self.below(node, place)),
        )  # fmt: skip

    def leaves(self, node: Node, place: int) -> list[ExplanationNode]:
        if isinstance(node, VarRef):
            return [self.variable(node.name, -1 if node.entity is Entity.HOUSEHOLD else place)]
        if isinstance(node, (NumRef, InputRef)):
            return [self.leaf(node, place)]
        if isinstance(node, Aggregate):
            return self.members(node)
        if isinstance(node, Lookup):
            return [*self.leaves(node.key, place), self.leaf(node, place)]
        if isinstance(node, (Junction, If)):
            return self.below(node, place)
        made: dict[tuple[str, str | None], ExplanationNode] = {}
        for part in node.parts():
            for leaf in self.leaves(part, place):
                made.setdefault((leaf.name or leaf.text, leaf.person), leaf)
        return list(made.values())

    def members(self, node: Aggregate) -> list[ExplanationNode]:
        lines = []
        for member in range(self.ev.run.size):
            applies = self.teller.raw(node.condition, member) if node.condition is not None else YES
            if node.condition is not None and (node.term is None or applies != YES):
                lines += [self.line(node.condition, member)]
            if node.term is not None and applies != NO:
                lines += self.leaves(node.term, member)
        return lines

    def leaf(self, node: NumRef | InputRef | Lookup, place: int) -> ExplanationNode:
        """A figure or a fact, the same line wherever the working rests on it; or a row of a table."""
        if isinstance(node, Lookup):
            return self.row(node, place)
        key = (node.name, place)
        if key not in self.lines:
            self.lines[key] = self.number(node) if isinstance(node, NumRef) else self.fact(node, place)
        return self.lines[key]

    def number(self, node: NumRef) -> ExplanationNode:
        version, number = self.ev.law.numbers[node.name], self.ev.law.book.numbers[node.name]
        used = NumberUsed(node.name, version.value, str(number.unit), version.from_date, version.basis, version.doubt)
        return ExplanationNode(
            kind="number", name=node.name, label=number.label, person=None, value=version.value, low=None, high=None,
            unit=str(number.unit), state="value", text=f"{number.label} {say(version.value, number.unit)}",
            basis=version.basis, doubt=version.doubt, number=used,
        )  # fmt: skip

    def row(self, node: Lookup, place: int) -> ExplanationNode:
        version, table = self.ev.law.tables[node.table], self.ev.law.book.tables[node.table]
        raw = self.teller.raw(node, place)
        found = exact(raw)
        used = None if found is None else NumberUsed(
            node.table, found, str(table.unit), version.from_date, version.basis, version.doubt)  # fmt: skip
        return ExplanationNode(
            kind="number", name=node.table, label=table.label, person=None, **self.value(Base.INT, raw),
            unit=str(table.unit), text=self.teller.tell(node, place), basis=version.basis, doubt=version.doubt,
            number=used,
        )  # fmt: skip

    def fact(self, node: InputRef, place: int) -> ExplanationNode:
        made = self.ev.law.book.inputs[node.name]
        at = -1 if node.entity is Entity.HOUSEHOLD else place
        raw = self.teller.raw(node, at)
        known = is_known(raw)
        given = self.ev.run.facts[at].get(node.name) if known else None
        return ExplanationNode(
            kind="input", name=node.name, label=made.label, person=self.teller.person(at),
            **self.value(node.kind.base, raw), unit=made.unit,
            text=self.teller.tell(node, at) if known else f"{made.label}不知道。{made.question}",
            source=InputUsed(node.name, self.teller.person(at), given, made.question),
        )  # fmt: skip

    def value(self, base: Base, raw: Value) -> dict[str, Any]:
        """The fields value, low, high and state of a node."""
        if not is_known(raw):
            low, high = raw if isinstance(raw, tuple) and base is Base.INT else (None, None)
            return {"value": None, "low": low, "high": high, "state": "unknown"}
        if base is Base.BOOL:
            return {"value": raw == YES, "low": None, "high": None, "state": "holds" if raw == YES else "fails"}
        value = exact(raw) if isinstance(raw, tuple) else str(raw)
        return {"value": value, "low": None, "high": None, "state": "value"}


def _waits(tree: Node) -> bool:
    return isinstance(tree, If) and isinstance(tree.condition, InForce)


def _unit(unit: object) -> str:
    return "" if unit is None or str(unit) == "1" else str(unit)


_PLAIN = frozenset({str, int, bool, type(None)})
# What else a line may hold; there are hundreds of lines, and nearly all that they hold is plain already.
_NESTED = ("rule_from", "number", "source", "margin", "row", "children")


class _Plain:
    """Plain JSON values of a working; a line that stands in several places is made once."""

    def __init__(self) -> None:
        self.made: dict[int, dict[str, Any]] = {}  # by the line's identity: the working holds every line while we work

    def of(self, item: Any) -> Any:
        if type(item) in _PLAIN:
            return item
        if type(item) is ExplanationNode:
            return self.line(item)
        if isinstance(item, (tuple, list)):
            return [self.of(part) for part in item]
        if is_dataclass(item):
            return {name: self.of(value) for name, value in vars(item).items()}
        return item.isoformat() if isinstance(item, date) else item

    def line(self, item: ExplanationNode) -> dict[str, Any]:
        made = self.made.get(id(item))
        if made is None:
            made = self.made[id(item)] = dict(vars(item))
            for name in _NESTED:
                if made[name] is not None:
                    made[name] = self.of(made[name])
        return made
