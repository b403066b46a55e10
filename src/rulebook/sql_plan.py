"""Orders what must be computed into stages (person, household, person …) and, within a stage, into levels."""

from __future__ import annotations

from dataclasses import dataclass, field

from rulebook.book import Rulebook
from rulebook.sql_bounds import Bounds, Writer
from rulebook.tree import Aggregate, InputRef, Node, VarRef
from rulebook.units import Base, Entity


@dataclass
class Item:
    """A column or pair of columns. `how`: input | variable | term (one member's part) | aggregate."""

    name: str
    entity: Entity
    how: str
    base: Base
    bounds: Bounds
    reads: frozenset[str]
    op: str = ""
    stage: int = field(init=False)  # both set by `_Maker.add`
    level: int = field(init=False)


@dataclass
class Plan:
    """All items by name, and per scheme the three that its outcome reads: entitled, amount, counted or heads."""

    writer: Writer
    items: dict[str, Item] = field(default_factory=dict)
    outputs: dict[str, tuple[str, str, str]] = field(default_factory=dict)

    def columns(self, name: str) -> list[str]:
        """This function will name the columns of an item."""
        item = self.items[name]
        return [part.name for part in self.writer.reference(name, item.base).both()]

    def last(self, scheme: str) -> int:
        """This function will return the stage after which a scheme's outcome is known."""
        return max(self.items[name].stage for name in self.outputs[scheme])

    def kept(self, stage: int, entity: Entity) -> list[str]:
        """This function will list the items of an entity, computed up to `stage`, that are still read after it."""
        wanted = {name for item in self.items.values() if item.stage > stage for name in item.reads}
        for scheme, names in self.outputs.items():
            if self.last(scheme) >= stage:
                wanted.update(names)
        return sorted(n for n in wanted if self.items[n].entity is entity and self.items[n].stage <= stage)


def make_plan(book: Rulebook, writer: Writer, schemes: tuple[str, ...]) -> Plan:
    """This function will plan everything that the outcomes of `schemes` need, and nothing else."""
    plan = Plan(writer)
    for code in schemes:
        scheme = book.schemes[code]
        extra = book.counted if scheme.beneficiary is Entity.PERSON else book.heads
        plan.outputs[code] = (scheme.entitled, scheme.amount, extra)
    maker = _Maker(book, plan)
    for names in plan.outputs.values():
        for name in names:
            maker.variable(name)
    return plan


class _Maker:
    def __init__(self, book: Rulebook, plan: Plan) -> None:
        self.book, self.plan, self.writer = book, plan, plan.writer

    def variable(self, name: str) -> str:
        if name not in self.plan.items:
            variable = self.book.variables[name]
            reads = frozenset().union(*(self.reads(rule.tree) for rule in variable.rules))
            self.add(Item(name, variable.entity, "variable", variable.kind.base, self.writer.variable(variable), reads))
        return name

    def reads(self, node: Node) -> frozenset[str]:
        if isinstance(node, Aggregate):
            return frozenset({self.aggregate(node)})
        if isinstance(node, VarRef):
            return frozenset({self.variable(node.name)})
        if isinstance(node, InputRef):
            return frozenset({self.input(node)})
        return frozenset().union(*(self.reads(part) for part in node.parts()))

    def input(self, node: InputRef) -> str:
        name = self.writer.input_item(node)
        if name not in self.plan.items:
            bounds = self.writer.believed(node, "own")
            self.add(Item(name, node.entity, "input", node.kind.base, bounds, frozenset()))
        return name

    def aggregate(self, node: Aggregate) -> str:
        name, base = self.writer.aggregate_item(node), node.kind.base
        term = f"{name}.term"
        reads = frozenset().union(*(self.reads(part) for part in node.parts()))
        self.add(Item(term, Entity.PERSON, "term", base, self.writer.term(node), reads, node.op))
        taken = self.writer.reference(term, base, "agg")
        self.add(Item(name, Entity.HOUSEHOLD, "aggregate", base, taken, frozenset({term}), node.op))
        return name

    def add(self, item: Item) -> None:
        before = [self.plan.items[name] for name in item.reads]
        first = 1 if item.entity is Entity.HOUSEHOLD else 0
        item.stage = max([first, *(other.stage + (other.entity is not item.entity) for other in before)])
        fresh = item.how in ("input", "aggregate")
        levels = [other.level + 1 for other in before if other.stage == item.stage]
        item.level = 0 if fresh else max([1, *levels])
        self.plan.items[item.name] = item
