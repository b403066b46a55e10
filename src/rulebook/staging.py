"""The order of a fused run: person rules, then household rules, then person rules again. Knows no engine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from rulebook.book import Rulebook
from rulebook.tree import Aggregate, InputRef, Node, VarRef, walk
from rulebook.units import Entity


@dataclass
class Staging:
    """Stages by number: even ones loop over the members, odd ones follow for the household.

    `variables` is in an order in which each reads only earlier ones; `aggregates` are fed in the loop of their stage
    and read from the next stage on; `inputs` are the facts that are read at all.
    """

    variables: dict[str, int] = field(default_factory=dict)
    aggregates: dict[Aggregate, int] = field(default_factory=dict)
    inputs: dict[InputRef, None] = field(default_factory=dict)
    facts: dict[tuple[Entity, str], None] = field(default_factory=dict)

    @property
    def last(self) -> int:
        """This property will be the number of the last stage, an odd one."""
        return max([1, *(stage | 1 for stage in self.variables.values())])


def stage(book: Rulebook, wanted: Iterable[str]) -> Staging:
    """This function will order everything that the variables `wanted` need, and nothing else."""
    made = Staging()
    needed = _needed(book, wanted)
    for name in (name for name in book.variables if name in needed):
        variable = book.variables[name]
        least = 0 if variable.entity is Entity.PERSON else 1
        made.variables[name] = max(
            [least, *(_after(made, rule.tree, variable.entity) for rule in variable.rules)],
        )
    return made


def _needed(book: Rulebook, wanted: Iterable[str]) -> set[str]:
    needed: set[str] = set()
    waiting = list(wanted)
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting += [n.name for rule in book.variables[name].rules for n in walk(rule.tree) if isinstance(n, VarRef)]
    return needed


def _after(made: Staging, node: Node, entity: Entity) -> int:
    """The earliest stage of `entity` in which a tree can be computed; aggregates within it are staged on the way."""
    least = 0 if entity is Entity.PERSON else 1
    match node:
        case Aggregate():
            loop = max([0, *(_after(made, part, Entity.PERSON) for part in node.parts())])
            made.aggregates[node] = loop
            return loop + 1
        case VarRef(entity=owner, name=name):
            stage = made.variables[name]
            return max(least, stage if owner is entity else stage + 1)
        case InputRef():
            made.inputs[node] = None
            made.facts[(node.entity, node.name)] = None
            return least
    return max([least, *(_after(made, part, entity) for part in node.parts())])
