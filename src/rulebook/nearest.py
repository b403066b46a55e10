"""The least that would have to be otherwise for a condition to hold: one thing, or several that must come together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rulebook.program import MAYBE, NO, YES
from rulebook.tree import Aggregate, Compare, Constant, If, InCodes, InForce, InputRef, Junction, Node, Not, VarRef
from rulebook.units import Base, Entity
from rulebook.wording import Margin, Teller

if TYPE_CHECKING:
    from rulebook.evaluation import Evaluation

Changes = tuple["Change", ...]


@dataclass(frozen=True)
class Change:
    """One thing that would have to be otherwise. `text` is a whole phrase; `margin` how far a threshold is, if one is.

    `open` is True where the fact is not known yet, so that asking may already settle it.
    """

    person: str | None
    label: str
    text: str
    margin: Margin | None
    open: bool


def nearest_changes(ev: Evaluation, variable: str, place: int) -> Changes:
    """This function will return the fewest changes that make a yes/no variable hold; nothing when it holds.

    Nothing is returned either when no change of facts could do it (the scheme is not in force yet).
    """
    node = VarRef(ev.law.book.variables[variable].kind, ev.law.book.variables[variable].entity, variable)
    return _Search(ev).needed(node, place, yes=True) or ()


class _Search:
    def __init__(self, ev: Evaluation) -> None:
        self.ev, self.teller = ev, Teller(ev)
        self.outcomes = {scheme.entitled: scheme.title for scheme in ev.law.book.schemes.values()}

    def needed(self, node: Node, place: int, *, yes: bool) -> Changes | None:
        """What makes a condition yes (or no): () when it is so already, None when no fact can make it so."""
        raw = self.teller.raw(node, place)
        if raw == (YES if yes else NO):
            return ()
        match node:
            case Constant() | InForce():
                return None
            case InputRef(name=name) if self.ev.law.book.inputs[name].fixed and raw != MAYBE:
                return None
            case Compare(left=left) if str(left.kind.unit) == "age" and raw != MAYBE and not self._older(node, place):
                return None
            case VarRef(name=name) if not yes and name in self.outcomes:
                title = self.outcomes[name]
                return (Change(self.teller.person(place), title, f"不再符合{title}", None, raw == MAYBE),)
            case Not(item=item):
                return self.needed(item, place, yes=not yes)
            case Junction(op=op, items=items):
                parts = [self.needed(item, place, yes=yes) for item in items]
                return _all_of(parts) if (op == "and") is yes else _least_of(parts)
            case VarRef(name=name, entity=entity):
                tree = self.ev.law.book.variables[name].rules[self.ev.law.wording[name]].tree
                return self.needed(tree, -1 if entity is Entity.HOUSEHOLD else place, yes=yes)
            case If(condition=test, then=then, otherwise=otherwise):
                here, there = self.needed(then, place, yes=yes), self.needed(otherwise, place, yes=yes)
                ways = [
                    _all_of([self.needed(test, place, yes=True), here]),
                    _all_of([self.needed(test, place, yes=False), there]),
                    _all_of([here, there]),
                ]
                return _least_of(ways)
            case Aggregate(op="any", term=term, condition=condition) if yes and term is not None:
                each = []
                for member in range(self.ev.run.size):
                    parts = [self.needed(part, member, yes=True) for part in (condition, term) if part is not None]
                    each.append(_all_of(parts))
                return _least_of(each)
        return (self._change(node, place, yes=yes),)

    def _older(self, node: Compare, place: int) -> bool:
        """Whether a comparison of an age turns by growing older; nobody grows younger."""
        margin = self.teller.margin(node, place)
        return margin is not None and margin.change == "more"

    def _change(self, node: Node, place: int, *, yes: bool) -> Change:
        teller = self.teller
        unknown = teller.raw(node, place) == MAYBE
        margin = teller.margin(node, place)
        label = teller.heading(node) or teller.condition(node, place)
        if isinstance(node, InputRef):
            at = -1 if node.entity is Entity.HOUSEHOLD else place
            text = f"{label}要为{'是' if yes else '否'}"
        elif margin is not None:
            at, text = place, f"{label}：{margin.step}"
        else:
            at, text = place, self._required(node, place, yes=yes)
        if unknown:
            text = f"{text}（现在不知道）"
        return Change(teller.person(at), label, text, margin, unknown)

    def _required(self, node: Node, place: int, *, yes: bool) -> str:
        teller = self.teller
        if isinstance(node, InCodes):
            wanted = "、".join(teller.code(node.item, code) for code in node.codes)
            return f"{teller.heading(node.item)}要{'是' if yes else '不是'}{wanted}"
        if isinstance(node, Compare) and node.left.kind.base is Base.INT:
            return teller.requirement(node, place, yes=yes)
        return f"{teller.condition(node, place)}（要求：{'是' if yes else '否'}）"


def _all_of(parts: list[Changes | None]) -> Changes | None:
    if any(part is None for part in parts):
        return None
    return tuple(dict.fromkeys(change for part in parts if part is not None for change in part))


def _least_of(parts: list[Changes | None]) -> Changes | None:
    possible = [part for part in parts if part is not None]
    return min(possible, key=len) if possible else None
