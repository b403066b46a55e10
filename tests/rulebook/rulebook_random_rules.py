"""Random rules: well-typed expressions of every kind of node, nested, loaded as a small book of their own.

What policies happen to say today covers few combinations; faults of a lowering hide in the others.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from rulebook import Rulebook, load_rulebook

BEGIN, CHANGE = date(2016, 1, 1), date(2021, 1, 1)
CODES = {"k": ("x", "y", "z"), "o": ("x", "w")}
INPUTS: dict[str, dict[str, Any]] = {
    "p": {"type": "bool"},
    "q": {"type": "bool"},
    "a": {"type": "int", "max": 9},
    "b": {"type": "int", "max": 1000},
    "n": {"type": "int", "min": -50, "max": 50},
    "c": {"type": "money", "max": 10_000_000},
    "k": {"type": "code", "codes": list(CODES["k"])},
    "o": {"type": "code", "codes": list(CODES["o"])},
    "d": {"type": "date"},
}
NUMBERS = {"two": (2, 3), "ten": (10, 10), "grown": (18, 16), "many": (100_000, 90_000)}
BANDS = ((0, 10, 1), (10, 20, 5), (20, None, 3)), ((0, 12, 2), (12, None, 7))


@dataclass
class Rules:
    """Draws the rules of one book. Everything has unit 1; what a member has, 1/person, so that a sum has unit 1."""

    dice: random.Random
    person: bool = False
    prefix: str = ""  # in front of a member's names: "" in a person's rule, "m." inside an aggregate
    known: dict[str, list[tuple[str, str]]] = field(default_factory=dict)  # entity → (name, type) written before

    def pick(self, *choices: Callable[[], str]) -> str:
        return self.dice.choice(choices)()

    def inside(self, prefix: str) -> "Rules":
        return Rules(self.dice, True, prefix, self.known)

    def fact(self, name: str) -> str:
        return f"{self.prefix}m_{name}" if self.person else name

    def variable(self, kind: str) -> str | None:
        here = [name for name, what in self.known["person" if self.person else "household"] if what == kind]
        return self.prefix + self.dice.choice(here) if here else None

    def read_home(self, kind: str) -> str | None:
        """A person's rule reads its household (not inside an aggregate, where the name means the member's)."""
        here = [name for name, what in self.known["household"] if what == kind]
        return f"household.{self.dice.choice(here)}" if here and self.person and not self.prefix else None

    def figure(self) -> str:
        name = self.dice.choice(["two", "ten", "many"])
        return f"m_{name}" if self.person else name

    # -- whole numbers ---------------------------------------------------------------------------------------------
    def whole(self, depth: int) -> str:
        if depth <= 0:
            return self.pick(
                lambda: self.fact(self.dice.choice("abn")),
                lambda: self.fact("c"),
                self.figure,
                lambda: self.variable("int") or self.fact("n"),
                lambda: f"({self.fact('n')} + {self.dice.choice('01')})",
            )
        less = depth - 1
        choices = [
            lambda: f"({self.whole(less)} {self.dice.choice('+-')} {self.whole(less)})",
            lambda: f"(-{self.whole(less)})",
            lambda: f"({self.small(less)} * {self.scalar(less)})",
            lambda: f"{self.dice.choice(['min', 'max'])}({self.listed(less)})",
            lambda: f"div_round({self.whole(less)}, max(1, {self.scalar(less)}))",
            lambda: f"percent_of(rate, {self.whole(less)})",
            lambda: f"({self.whole(less)} if {self.condition(less)} else {self.whole(less)})",
            lambda: f"lookup({'m_' if self.person else ''}colours, {self.code(less)})",
            lambda: f"lookup({'m_' if self.person else ''}steps, {self.scalar(less)})",
        ]
        if not self.person:
            choices += [lambda: self.gathered("sum", less), lambda: self.gathered("count", less)] * 2
        return self.pick(*choices)

    def listed(self, depth: int) -> str:
        return ", ".join(self.whole(depth) for _ in range(self.dice.randint(2, 3)))

    def small(self, depth: int) -> str:
        """What may be multiplied: a product of two large unknowns would not fit and not load."""
        bounded = f"min({self.figure()}, max(0, {self.whole(depth)}))"
        return self.pick(lambda: self.fact(self.dice.choice("abn")), lambda: bounded)

    def scalar(self, depth: int) -> str:
        """A number of unit 1 for either entity."""
        choices = [
            lambda: f"div_round(age({self.fact('d')}), one_age)",
            lambda: f"div_round(months({self.fact('d')}), one_month)",
            lambda: self.dice.choice(["two", "ten"]),
        ]
        if self.person:
            choices += [
                lambda: f"div_round({self.fact('n')}, m_two)",
                lambda: self.read_home("small") or "two",
            ]
        else:
            choices += [lambda: self.dice.choice("abn"), lambda: f"min(ten, max(0, {self.whole(depth)}))"]
        return self.pick(*choices)

    # -- conditions ------------------------------------------------------------------------------------------------
    def condition(self, depth: int) -> str:
        if depth <= 0:
            return self.pick(
                lambda: self.fact(self.dice.choice("pq")),
                lambda: self.variable("bool") or self.fact("p"),
                lambda: self.read_home("bool") or self.fact("q"),
                lambda: self.dice.choice(["True", "False"]) if self.dice.random() < 0.2 else self.fact("p"),
                lambda: f"{self.fact('a')} < {self.fact('b')}",
            )
        less = depth - 1
        choices = [
            lambda: f"({self.condition(less)} {self.dice.choice(['and', 'or'])} {self.condition(less)})",
            lambda: f"({self.condition(less)} and {self.condition(less)} and not {self.condition(less)})",
            lambda: f"(not {self.condition(less)})",
            lambda: f"({self.whole(less)} {self.compares()} {self.whole(less)})",
            lambda: f"({self.whole(less)} {self.compares()} {self.whole(less)} {self.compares()} {self.whole(less)})",
            lambda: f"({self.small(less)} / max(1, {self.small(less)}) {self.compares()} {self.scalar(less)})",
            lambda: f"({self.condition(less)} if {self.condition(less)} else {self.condition(less)})",
            lambda: f"known({self.dice.choice([self.whole, self.condition, self.code])(less)})",
            lambda: f"known({self.fact('d')})",
            self.tested(less),
            lambda: f"(age({self.fact('d')}) {self.compares()} grown)",
        ]
        if not self.person:
            choices += [lambda: self.gathered("any", less), lambda: self.gathered("all", less)] * 2
        return self.pick(*choices)

    def compares(self) -> str:
        return self.dice.choice(["<", "<=", ">", ">=", "==", "!="])

    def tested(self, depth: int) -> Callable[[], str]:
        def test() -> str:
            name = self.dice.choice("ko")
            code = self.fact(name) if depth <= 0 or name == "o" else self.code(depth)
            words = CODES[name]
            some = self.dice.sample(words, self.dice.randint(1, len(words)))
            listed = ", ".join(repr(word) for word in some)
            return self.pick(
                lambda: f"({code} {self.dice.choice(['==', '!='])} {some[0]!r})",
                lambda: f"({code} {self.dice.choice(['in', 'not in'])} ({listed},))",
            )

        return test

    def code(self, depth: int) -> str:
        """One of x, y, z."""
        if depth <= 0:
            return self.variable("code") or self.fact("k")
        less = depth - 1
        return self.pick(
            lambda: self.fact("k"),
            lambda: f"({self.dice.choice('xyz')!r} if {self.condition(less)} else {self.code(less)})",
            lambda: f"({self.code(less)} if {self.condition(less)} else {self.code(less)})",
        )

    # -- members ---------------------------------------------------------------------------------------------------
    def gathered(self, op: str, depth: int) -> str:
        member = self.inside("m.")
        given = f" if {member.condition(depth)}" if self.dice.random() < 0.7 else ""
        if op == "count":
            body = f"count(m for m in members{given})" if given or self.dice.random() < 0.5 else "count(members)"
            return f"div_round({body}, one_person)"
        term = member.whole(depth) if op == "sum" else member.condition(depth)
        return f"{op}({term} for m in members{given})"


LAYERS = (("person", 3), ("household", 4), ("person", 3), ("household", 3), ("person", 2))


def write_random_book(folder: Path, seed: int, depth: int = 3, layers: int = len(LAYERS)) -> Rulebook:
    """This function will write and load a book of random rules in layers, with two wordings for some of them.

    Every variable has a scheme, so that engines can be compared on each. May raise RulebookErrors where the rules
    would overflow; another seed does not.
    """
    folder.mkdir(exist_ok=True)
    dice = random.Random(seed)
    known: dict[str, list[tuple[str, str]]] = {"person": [], "household": []}
    variables: dict[str, dict[str, Any]] = {}
    for layer, (entity, count) in enumerate(LAYERS[:layers]):
        fresh = []
        for place in range(count):
            rules = Rules(dice, entity == "person", "", known)
            kind = dice.choice(["int", "int", "bool", "bool", "bool", "code"])
            write = {"int": rules.whole, "bool": rules.condition, "code": rules.code}[kind]
            name = f"v{layer}_{place}"
            dated = [{"from": BEGIN, "rule": write(depth), "basis": "b"}]
            if dice.random() < 0.3:
                dated.append({"from": CHANGE, "rule": write(depth), "basis": "b"})
            form: dict[str, Any] = {"bool": {"type": "bool"}, "code": {"type": "code", "codes": list(CODES["k"])}}.get(
                kind, {"unit": _unit(entity)}
            )
            variables[name] = {"label": name, "entity": entity, "basis": "b", "is": dated, **form}
            fresh.append((name, kind))
        known[entity] += fresh
        if entity == "household":
            small = f"s{layer}"
            rule = Rules(dice, False, "", known).whole(1)
            variables[small] = {"label": small, "entity": entity, "basis": "b", "unit": "1",
                                "is": f"min(ten, max(0 - two, {rule}))"}  # fmt: skip
            known[entity].append((small, "small"))
    write_variables(folder, variables)
    return load_rulebook(folder)


def _unit(entity: str) -> str:
    return "1/person" if entity == "person" else "1"


def write_variables(folder: Path, variables: dict[str, dict[str, Any]]) -> None:
    """This function will write a book of these variables, each with schemes that show its values."""
    described = {
        name: {"unit": "1", **made, "label": name, "question": f"{name}?"} if "codes" not in made else
        {**made, "label": name, "question": f"{name}?"}
        for name, made in INPUTS.items()
    }  # fmt: skip
    for made in described.values():
        if made["type"] in ("bool", "code", "date"):
            made.pop("unit", None)
    members = {f"m_{name}": made | ({"unit": "1/person"} if "unit" in made else {}) for name, made in described.items()}
    _dump(folder / "inputs.yaml", {"household": described, "person": members})
    _dump(folder / "stacking.yaml", [])
    shared = {
        "code": "household", "title": "t", "summary": "s", "from": BEGIN, "basis": "b",
        "membership": {"counted": "counted", "heads": "heads"},
        "numbers": _numbers(), "tables": _tables(),
        "variables": {
            "counted": {"label": "c", "entity": "person", "type": "bool", "basis": "b", "is": "m_p or m_a < m_b"},
            "heads": {"label": "h", "entity": "household", "unit": "person", "basis": "b",
                      "is": "max(1, count(m for m in members if m.counted))"},
            **variables,
        },
    }  # fmt: skip
    _scheme(folder, shared)
    for name, made in variables.items():
        for code, rules in _outcomes(name, made).items():
            entitled, amount = rules
            unit = made.get("unit", "1").replace("1", "fen")
            _scheme(folder, {
                "code": code, "title": "t", "summary": "s", "from": BEGIN if len(code) % 2 else date(2018, 6, 1),
                "basis": "b", "beneficiary": made["entity"],
                "outcome": {"entitled": "entitled", "amount": "amount", "period": "once"},
                "variables": {"entitled": {"label": "e", "type": "bool", "basis": "b", "is": entitled},
                              "amount": {"label": "a", "unit": unit, "basis": "b", "is": amount}},
            })  # fmt: skip


def _outcomes(name: str, made: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Schemes that show a variable: conditions and codes by status, numbers by amount (which is never negative)."""
    own = name if made["entity"] == "person" else f"household.{name}"
    if made.get("type") == "bool":
        return {f"{name}yes": (own, "0"), f"{name}no": (f"not {own}", "1")}
    if made.get("type") == "code":
        return {f"{name}x": (f"{own} == 'x'", "0"), f"{name}yz": (f"{own} in ('y', 'z')", "0")}
    return {
        f"{name}above": ("True", f"max(0, {own}) * one_fen"),
        f"{name}below": (f"{own} < 0", f"max(0, -{own}) * one_fen"),
        f"{name}half": (f"known({own}) or {own} >= 1", f"div_round(max(0, {own}), two) * one_fen"),
    }


def _numbers() -> dict[str, Any]:
    def dated(values: tuple[int, int], unit: str) -> dict[str, Any]:
        versions = [{"from": day, "value": v, "basis": "b"} for day, v in zip((BEGIN, CHANGE), values, strict=True)]
        return {"label": "n", "unit": unit, "versions": versions}

    made = {name: dated(values, "age" if name == "grown" else "1") for name, values in NUMBERS.items()}
    made |= {f"m_{name}": dated(values, "1/person") for name, values in NUMBERS.items() if name != "grown"}
    ones = {"one_fen": "fen", "one_age": "age", "one_month": "month", "one_person": "person"}
    return made | {name: dated((1, 1), unit) for name, unit in ones.items()} | {"rate": dated((33, 150), "percent")}


def _tables() -> dict[str, Any]:
    made: dict[str, Any] = {}
    for prefix, unit in (("", "1"), ("m_", "1/person")):
        bands = [
            {"from": day, "basis": "b", "bands": [_band(*row) for row in rows]}
            for day, rows in zip((BEGIN, CHANGE), BANDS, strict=True)
        ]
        made[f"{prefix}steps"] = {"label": "t", "by": "1", "unit": unit, "versions": bands}
        rows = [{"from": BEGIN, "basis": "b", "rows": {"x": 7, "y": 0, "z": 9}},
                {"from": CHANGE, "basis": "b", "rows": {"x": 7, "y": 8, "z": 1}}]  # fmt: skip
        made[f"{prefix}colours"] = {"label": "t", "by": f"{prefix}k", "unit": unit, "versions": rows}
    return made


def _band(low: int, high: int | None, value: int) -> dict[str, int]:
    return {"from": low, "value": value} | ({"to": high} if high is not None else {})


def _scheme(folder: Path, made: dict[str, Any]) -> None:
    place = folder / str(made["code"])
    place.mkdir(exist_ok=True)
    _dump(place / "scheme.yaml", made)


def _dump(path: Path, made: Any) -> None:
    path.write_text(yaml.safe_dump(made, allow_unicode=True, sort_keys=False), encoding="utf-8")
