"""Compiles a law's trees once into closures over one household. Meaning: docs/reference/rulebook-semantics.md."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, cast

from rulebook.book import Rulebook
from rulebook.facts import Fact, Span, Value, believe, full_months, full_years
from rulebook.law import Law
from rulebook.ranges import AGE_MAX, LIMIT, div_round, hull
from rulebook.tree import (
    Aggregate,
    Arithmetic,
    Compare,
    Constant,
    DivRound,
    Elapsed,
    Extreme,
    If,
    InCodes,
    InForce,
    InputRef,
    Junction,
    Known,
    Lookup,
    Node,
    Not,
    NumRef,
    Quotient,
    VarRef,
)
from rulebook.units import Base, Entity

YES, NO, MAYBE = (1, 1), (0, 0), (0, 1)


class Run:
    """One household under one law on one day. `memo[-1]` is the household's, `memo[i]` that of member i."""

    __slots__ = ("as_of", "facts", "in_force", "memo", "numbers", "size", "tables")

    def __init__(self, law: Law, household: Mapping[str, Fact], members: list[Mapping[str, Fact]], as_of: date) -> None:
        self.numbers = _number_spans(law)
        self.in_force, self.tables, self.as_of = law.in_force, law.tables, as_of
        self.size = len(members)
        self.facts = [*members, household]
        self.memo: list[dict[str, Any]] = [{} for _ in range(self.size + 1)]


Part = Callable[[Run, int], Any]


@lru_cache(maxsize=256)
def _number_spans(law: Law) -> dict[str, Span]:
    return {name: (version.value, version.value) for name, version in law.numbers.items()}


class Program:
    """Closures for every variable and node of one choice of wordings."""

    def __init__(self, book: Rulebook, wording: Mapping[str, int]) -> None:
        self.book, self.wording = book, wording
        self.rules: dict[str, Part] = {}
        self._made: dict[Node, Part] = {}
        for name, variable in book.variables.items():
            self.rules[name] = self._variable(name, self.node(variable.rules[wording[name]].tree), variable.entity)

    def node(self, node: Node) -> Part:
        """This function will return the closure of a node; calling it gives the node's value for (run, person)."""
        made = self._made.get(node)
        if made is None:
            made = self._made[node] = self._compile(node)
        return made

    def _variable(self, name: str, rule: Part, entity: Entity) -> Part:
        def of_person(run: Run, i: int) -> Any:
            memo = run.memo[i]
            value = memo.get(name)
            if value is None:
                value = memo[name] = rule(run, i)
            return value

        def of_household(run: Run, i: int) -> Any:
            memo = run.memo[-1]
            value = memo.get(name)
            if value is None:
                value = memo[name] = rule(run, -1)
            return value

        return of_person if entity is Entity.PERSON else of_household

    def _compile(self, node: Node) -> Part:
        match node:
            case Constant(value=value):
                fixed: Value = value if isinstance(value, str) else (int(value), int(value))
                return lambda run, i: fixed
            case VarRef(name=name):
                return self.rules[name]
            case NumRef(name=name):
                return lambda run, i: run.numbers[name]
            case InForce(scheme=scheme):
                return lambda run, i: YES if run.in_force[scheme] else NO
            case InputRef():
                return self._input(node)
            case Junction():
                return self._junction(node)
            case Not(item=item):
                inner = self.node(item)
                return lambda run, i: _negate(inner(run, i))
            case If():
                return self._if(node)
            case Compare():
                return self._compare(node)
            case InCodes(item=item, codes=codes):
                inner, wanted = self.node(item), frozenset(codes)
                return lambda run, i: (YES if code in wanted else NO) if (code := inner(run, i)) else MAYBE
            case Aggregate():
                return self._aggregate(node)
            case Elapsed(unit=unit, item=item):
                inner, count = self.node(item), full_years if unit == "age" else full_months
                every = (0, AGE_MAX if unit == "age" else AGE_MAX * 12)
                return lambda run, i: every if (day := inner(run, i)) is None else (n := count(day, run.as_of), n)
            case Known(item=item):
                inner = self.node(item)
                return lambda run, i: YES if is_known(inner(run, i)) else NO
            case Lookup():
                return self._lookup(node)
        return self._arithmetic(node)

    def _input(self, node: InputRef) -> Part:
        made = self.book.inputs[node.name]
        name = node.name
        if node.entity is Entity.HOUSEHOLD:
            return lambda run, i: believe(made, run.facts[-1].get(name), run.as_of)
        return lambda run, i: believe(made, run.facts[i].get(name), run.as_of)

    def _junction(self, node: Junction) -> Part:
        items = [self.node(item) for item in node.items]
        settles, otherwise = (NO, YES) if node.op == "and" else (YES, NO)

        def joined(run: Run, i: int) -> Span:
            result = otherwise
            for item in items:
                value = item(run, i)
                if value == settles:
                    return settles
                if value == MAYBE:
                    result = MAYBE
            return result

        return joined

    def _if(self, node: If) -> Part:
        condition, then, otherwise = self.node(node.condition), self.node(node.then), self.node(node.otherwise)
        bounded = node.kind.base in (Base.BOOL, Base.INT)
        nothing = "" if node.kind.base is Base.CODE else None  # of a code, of a date

        def chosen(run: Run, i: int) -> Any:
            test = condition(run, i)
            if test == YES:
                return then(run, i)
            if test == NO:
                return otherwise(run, i)
            one, two = then(run, i), otherwise(run, i)
            if bounded:
                return hull(one, two)
            return one if one == two else nothing

        return chosen

    def _compare(self, node: Compare) -> Part:
        right = self.node(node.right)
        over: Part | None = None
        if isinstance(node.left, Quotient):
            left, over = self.node(node.left.left), self.node(node.left.right)
        else:
            left = self.node(node.left)
        decide = _DECIDE[node.op]

        def compared(run: Run, i: int) -> Span:
            one, two = left(run, i), right(run, i)
            if over is not None:
                two = _times(two, over(run, i))
            return decide(one, two)

        return compared

    def _aggregate(self, node: Aggregate) -> Part:
        term = self.node(node.term) if node.term is not None else None
        condition = self.node(node.condition) if node.condition is not None else None
        op = node.op

        def counted(run: Run, i: int) -> Span:
            low = high = 0
            for member in range(run.size):
                sure, possible = condition(run, member) if condition is not None else YES
                if op == "count" or not possible or term is None:
                    low, high = low + sure, high + possible
                    continue
                a, b = term(run, member)
                low, high = low + (a if sure else min(0, a)), high + (b if sure else max(0, b))
            return (low, high)

        def quantified(run: Run, i: int) -> Span:
            result = NO if op == "any" else YES
            for member in range(run.size):
                applies = condition(run, member) if condition is not None else YES
                if applies == NO or term is None:
                    continue
                value = term(run, member)
                hit = _both(applies, value if op == "any" else _negate(value))
                if hit == YES:
                    return YES if op == "any" else NO
                if hit == MAYBE:
                    result = MAYBE
            return result

        return counted if op in ("sum", "count") else quantified

    def _lookup(self, node: Lookup) -> Part:
        name, key, codes = node.table, self.node(node.key), self.book.tables[node.table].codes
        positions = {code: place for place, code in enumerate(codes)}

        def by_code(run: Run, i: int) -> Span:
            values, code = run.tables[name].values, key(run, i)
            return (v := values[positions[code]], v) if code else (min(values), max(values))

        def by_band(run: Run, i: int) -> Span:
            table, (low, high) = run.tables[name], key(run, i)
            ends = (*table.edges[1:], LIMIT)
            hit = [v for v, a, b in zip(table.values, table.edges, ends, strict=True) if low < b and high >= a]
            hit = hit or [table.values[0]]
            return (min(hit), max(hit))

        return by_code if codes else by_band

    def _arithmetic(self, node: Node) -> Part:
        parts = [self.node(part) for part in node.parts()]
        if isinstance(node, Extreme):
            pick = min if node.op == "min" else max

            def extreme(run: Run, i: int) -> Span:
                spans = [part(run, i) for part in parts]
                return (pick(span[0] for span in spans), pick(span[1] for span in spans))

            return extreme
        left, right = parts
        work = _WORK["/" if isinstance(node, (DivRound, Quotient)) else cast("Arithmetic", node).op]
        return lambda run, i: work(left(run, i), right(run, i))


def is_known(value: Value) -> bool:
    """This function will tell whether a value is settled: low equals high, a code or date is there."""
    return value[0] == value[1] if isinstance(value, tuple) else bool(value)


def exact(value: Value) -> int | None:
    """This function will return the one number of a known span (1 for yes); None for an open one, a code or a date."""
    if not isinstance(value, tuple):
        return None
    low, high = value
    return low if low == high else None


def _negate(value: Span) -> Span:
    return (1 - value[1], 1 - value[0])


def _both(one: Span, two: Span) -> Span:
    return (one[0] & two[0], one[1] & two[1])


def _times(one: Span, two: Span) -> Span:
    (a, b), (c, d) = one, two
    if a == b and c == d:
        return (p := a * c, p)
    corners = (a * c, a * d, b * c, b * d)
    return (min(corners), max(corners))


def _divided(one: Span, two: Span) -> Span:
    corners = [div_round(a, b) for a in one for b in two]
    return (min(corners), max(corners))


def _equal(a: Span, b: Span) -> Span:
    return (int(a[0] == a[1] == b[0] == b[1]), int(a[0] <= b[1] and b[0] <= a[1]))


_DECIDE: dict[str, Callable[[Span, Span], Span]] = {
    "<": lambda a, b: (int(a[1] < b[0]), int(a[0] < b[1])),
    "<=": lambda a, b: (int(a[1] <= b[0]), int(a[0] <= b[1])),
    ">": lambda a, b: (int(a[0] > b[1]), int(a[1] > b[0])),
    ">=": lambda a, b: (int(a[0] >= b[1]), int(a[1] >= b[0])),
    "==": _equal,
    "!=": lambda a, b: _negate(_equal(a, b)),
}
_WORK: dict[str, Callable[[Span, Span], Span]] = {
    "+": lambda a, b: (a[0] + b[0], a[1] + b[1]),
    "-": lambda a, b: (a[0] - b[1], a[1] - b[0]),
    "*": _times,
    "/": _divided,
}


@lru_cache(maxsize=64)
def _compiled(book: Rulebook, choice: tuple[tuple[str, int], ...]) -> Program:
    return Program(book, dict(choice))


@lru_cache(maxsize=256)
def program_of(law: Law) -> Program:
    """This function will compile a law once; laws that choose the same wordings share one program."""
    return _compiled(law.book, tuple(law.wording.items()))
