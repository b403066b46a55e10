"""What a name means where it stands: own scheme, shared folder, inputs; and the remedies when it means nothing."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field

from rulebook.book import SHARED, Input
from rulebook.expressions import Refusal, Scope
from rulebook.problems import meant
from rulebook.tree import InputRef, Node, NumRef, VarRef
from rulebook.units import Base, Entity, Kind, Unit


@dataclass
class Declared:
    """Names declared by all files, before any rule is read. Keys are scheme.name; inputs by entity and name."""

    inputs: Mapping[tuple[Entity, str], Input] = field(default_factory=dict)
    numbers: dict[str, Unit] = field(default_factory=dict)
    tables: dict[str, tuple[Kind, Unit]] = field(default_factory=dict)
    variables: dict[str, tuple[Entity, Kind]] = field(default_factory=dict)
    schemes: set[str] = field(default_factory=set)
    code_labels: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def table_of(self, scheme: str, where: ast.AST, path: tuple[str, ...]) -> tuple[str, Kind, Unit]:
        """This function will resolve the table named in lookup(table, key)."""
        for name in self._candidates(scheme, path):
            if name in self.tables:
                return (name, *self.tables[name])
        known = ", ".join(sorted(self.tables)) or "none"
        written = [name.removeprefix(f"{scheme}.").removeprefix(f"{SHARED}.") for name in self.tables]
        remedy = meant(".".join(path), written, "declare it under `tables:`")
        raise Refusal(where, f"`{'.'.join(path)}` is not a table", f"tables: {known}", remedy)

    def labels_of(self, node: Node) -> Mapping[str, str]:
        """This function will return what the codes of an input or a variable are called."""
        if isinstance(node, InputRef):
            return self.inputs[(node.entity, node.name)].code_labels
        return self.code_labels.get(node.name, {}) if isinstance(node, VarRef) else {}

    def find(self, scheme: str, where: ast.AST, path: tuple[str, ...], scope: Scope) -> Node:
        """This function will turn a dotted name into a reference; raises Refusal with the nearest names as remedy."""
        text = ".".join(path)
        if path[0] == scope.loop:
            return self._read(scheme, where, text, path[1:], Entity.PERSON, crossing=False)
        if path[0] == SHARED and len(path) == 2:
            made = self._input(Entity.HOUSEHOLD, path[1]) or self._own(scheme, path[1], Entity.HOUSEHOLD)
            if made is not None:
                return made
        inside_loop = scope.loop is not None
        entity = Entity.HOUSEHOLD if inside_loop else scope.entity
        return self._read(scheme, where, text, path, entity, crossing=inside_loop or len(path) > 1)

    def _own(self, scheme: str, name: str, entity: Entity) -> Node | None:
        for full in (f"{scheme}.{name}", f"{SHARED}.{name}"):
            if full in self.variables and self.variables[full][0] is entity:
                return VarRef(self.variables[full][1], entity, full)
        return None

    def _input(self, entity: Entity, name: str) -> Node | None:
        found = self.inputs.get((entity, name))
        return InputRef(found.kind, entity, name) if found else None

    def _candidates(self, scheme: str, path: tuple[str, ...]) -> list[str]:
        return [f"{scheme}.{path[0]}", f"{SHARED}.{path[0]}"] if len(path) == 1 else [".".join(path)]

    def _read(
        self, scheme: str, where: ast.AST, text: str, path: tuple[str, ...], entity: Entity, *, crossing: bool
    ) -> Node:
        for full in self._candidates(scheme, path):
            if full in self.numbers:
                if full.split(".")[0] not in (scheme, SHARED):
                    raise Refusal(where, f"`{text}` is a number of another scheme", "it may not be in force yet",
                                  "move the number to policies/household/scheme.yaml, or read a variable")  # fmt: skip
                return NumRef(Kind(Base.INT, self.numbers[full]), full)
            if full in self.variables:
                owner, kind = self.variables[full]
                if owner is entity or (owner is Entity.HOUSEHOLD and len(path) > 1):
                    return VarRef(kind, owner, full)
                self._wrong_entity(where, text, owner)
        if len(path) == 1:
            made = self._input(entity, path[0])
            if made is not None:
                return made
            other = Entity.HOUSEHOLD if entity is Entity.PERSON else Entity.PERSON
            if (other, path[0]) in self.inputs:
                self._wrong_entity(where, text, other)
        raise Refusal(where, f"the name `{text}` is not defined", "a rule reads inputs, numbers and variables only",
                      self._nearest(path[-1]))  # fmt: skip

    def _wrong_entity(self, where: ast.AST, text: str, owner: Entity) -> None:
        last = text.split(".")[-1]
        if owner is Entity.HOUSEHOLD:
            raise Refusal(where, f"`{text}` belongs to the household and is read from a person's rule by bare name",
                          "the reader should see where a value comes from", f"write household.{last}")  # fmt: skip
        raise Refusal(
            where,
            f"`{text}` belongs to each person and is read from a household's rule",
            "a household has several persons",
            f"aggregate: sum(member.{last} for member in members), or any/all/count",
        )

    def _nearest(self, name: str) -> str:
        every = {full.split(".")[1]: full for full in (*self.numbers, *self.variables)}
        every.update({name: f"{entity.value} input {name}" for entity, name in self.inputs})
        near = difflib.get_close_matches(name, list(every), n=3)
        return "did you mean " + ", ".join(every[item] for item in near) + "?" if near else "define it, or correct it"
