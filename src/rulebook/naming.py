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
from rulebook.units import ABOUT, Base, Entity, Kind, Unit


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
        known = ", ".join(sorted(self.tables)) or "没有"
        written = [name.removeprefix(f"{scheme}.").removeprefix(f"{SHARED}.") for name in self.tables]
        remedy = meant(".".join(path), written, "把它写进 `tables:`")
        raise Refusal(where, f"没有叫 `{'.'.join(path)}` 的表", f"现有的表：{known}", remedy)

    def labels_of(self, node: Node) -> Mapping[str, str]:
        """This function will return what the codes of an input or a variable are called."""
        if isinstance(node, InputRef):
            return self.inputs[(node.entity, node.name)].code_labels
        return self.code_labels.get(node.name, {}) if isinstance(node, VarRef) else {}

    def find(self, scheme: str, where: ast.AST, path: tuple[str, ...], scope: Scope) -> Node:
        """This function will turn a dotted name into a reference; raises Refusal with the nearest names as remedy."""
        text = ".".join(path)
        if path[0] == scope.loop:
            return self._read(scheme, where, text, path[1:], Entity.PERSON)
        if path[0] == SHARED and len(path) == 2:
            made = self._input(Entity.HOUSEHOLD, path[1]) or self._own(scheme, path[1], Entity.HOUSEHOLD)
            if made is not None:
                return made
        entity = Entity.HOUSEHOLD if scope.loop is not None else scope.entity
        return self._read(scheme, where, text, path, entity)

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

    def _read(self, scheme: str, where: ast.AST, text: str, path: tuple[str, ...], entity: Entity) -> Node:
        for full in self._candidates(scheme, path):
            if full in self.numbers:
                if full.split(".")[0] not in (scheme, SHARED):
                    raise Refusal(where, f"`{text}` 是另一项政策的数", "那项政策也许还没有施行",
                                  "把数移到公用的 policies/household/scheme.yaml，或者用那项政策的规则")  # fmt: skip
                return NumRef(Kind(Base.INT, self.numbers[full]), full)
            if full in self.variables:
                owner, kind = self.variables[full]
                if owner is entity or (owner is Entity.HOUSEHOLD and len(path) > 1):
                    return VarRef(kind, owner, full)
                self._wrong_entity(where, text, owner)
        if len(path) == 1:
            (name,) = path
            made = self._input(entity, name)
            if made is not None:
                return made
            other = Entity.HOUSEHOLD if entity is Entity.PERSON else Entity.PERSON
            if (other, name) in self.inputs:
                self._wrong_entity(where, text, other)
        raise Refusal(where, f"没有叫 `{text}` 的事实、数或规则",
                      "规则只能用 inputs.yaml、numbers 和 variables 里有的名字",
                      self._nearest(path[-1]))  # fmt: skip

    def _wrong_entity(self, where: ast.AST, text: str, owner: Entity) -> None:
        last = text.split(".")[-1]
        if owner is Entity.HOUSEHOLD:
            raise Refusal(where, f"`{text}` 是一户的，这条规则却是关于个人的",
                          "要让读的人看出它是全家的", f"写成 household.{last}")  # fmt: skip
        raise Refusal(
            where,
            f"`{text}` 是每个人各有一个，这条规则却是关于一户的",
            "一户有几个人，不知道用哪一个",
            f"合计写 sum(member.{last} for member in members)；也可以用 any（有一人）、all（人人）、count（几人）",
        )

    def _nearest(self, name: str) -> str:
        every = {full.split(".")[1]: full for full in (*self.numbers, *self.variables)}
        every.update({name: f"{ABOUT[entity]}事实 {name}" for entity, name in self.inputs})
        near = difflib.get_close_matches(name, list(every), n=3)
        return "是不是 " + "、".join(every[item] for item in near) + "？" if near else "写上它，或者改正名字"
