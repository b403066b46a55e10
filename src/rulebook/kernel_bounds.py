"""Writes a rule for a household with unknown facts: straight-line code over pairs of bounds.

Without branches Numba compiles it in seconds. Every divisor is proven positive, so that computing what may not be
needed is harmless.
"""

from __future__ import annotations

from collections.abc import Callable

from rulebook.kernel_frame import EXTREMES, UNKNOWN, Frame, nested
from rulebook.ranges import AGE_MAX
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
from rulebook.units import Base

Pair = tuple[str, str]  # low and high; the same twice for what is certain; codes and dates: −1 when unknown
MIRROR = {">": "<", ">=": "<="}


def _single(kind_base: Base) -> bool:
    return kind_base in (Base.CODE, Base.DATE)


class BoundsWriter:
    """Numbers and conditions are two locals, codes and dates one."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame

    def locals_of(self, variable: str) -> tuple[str, ...]:
        """This function will name the local names that hold a variable."""
        return tuple(dict.fromkeys(self._pair(self.frame.variable(variable), self._base(variable))))

    def _base(self, variable: str) -> Base:
        return self.frame.book.variables[variable].kind.base

    def _pair(self, stem: str, base: Base) -> Pair:
        return (stem, stem) if _single(base) else (f"{stem}l", f"{stem}h")

    def assign(self, variable: str, trees: tuple[Node, ...]) -> None:
        """This function will write a variable; with several wordings, the law chooses."""
        target = self._pair(self.frame.variable(variable), self._base(variable))
        made = self.value(trees[0])
        for place, tree in enumerate(trees[1:], start=1):
            test, new = f"{self.frame.wording(variable)} >= {place}", self.value(tree)
            made = (f"pick({test}, {new[0]}, {made[0]})", f"pick({test}, {new[1]}, {made[1]})")
        self.frame.line(f"# {variable}")
        self._set(target, made)

    def _set(self, target: Pair, value: Pair) -> None:
        for name, text in dict(zip(target, value, strict=True)).items():
            self.frame.line(f"{name} = {text}")

    def load_fact(self, node: InputRef, place: str) -> None:
        """This function will read a fact at `place` of its column; a date in the future is not believed."""
        name, raw = self.frame.fact(node), f"np.int64({self.frame.column(node)}[{place}])"
        made = self.frame.book.inputs[node.name]
        self.frame.line(f"{'raw_' if node.kind.base is Base.DATE else ''}{name} = {raw}")
        if node.kind.base is Base.BOOL:
            self.frame.line(f"{name}l = {name} == 1")
            self.frame.line(f"{name}h = {name} != 0")
        elif node.kind.base is Base.INT:
            self.frame.line(f"{name}l = pick({name} >= {made.low}, {name}, {made.low})")
            self.frame.line(f"{name}h = pick({name} >= {made.low}, {name}, {made.high})")
        elif node.kind.base is Base.DATE:
            self.frame.line(f"{name} = pick((earliest <= raw_{name}) & (raw_{name} <= as_of), raw_{name}, -1)")

    def begin(self, node: Aggregate) -> None:
        """This function will write what an aggregate is over no members."""
        start = {"any": "False", "all": "True"}.get(node.op, "0")
        total = self.frame.aggregate(node)
        self.frame.line(f"{total}l = {total}h = {start}")

    def feed(self, node: Aggregate) -> None:
        """This function will add one member to an aggregate; who only may belong counts in one bound."""
        total = self.frame.aggregate(node)
        sure, possible = self.value(node.condition) if node.condition is not None else ("True", "True")
        if node.term is None:
            self.frame.line(f"{total}l += pick({sure}, 1, 0)")
            self.frame.line(f"{total}h += pick({possible}, 1, 0)")
            return
        low, high = self.value(node.term)
        if node.op == "sum":
            low, high = self._kept((low, high))
            self.frame.line(f"{total}l += pick({sure}, {low}, pick({possible}, least(0, {low}), 0))")
            self.frame.line(f"{total}h += pick({sure}, {high}, pick({possible}, greatest(0, {high}), 0))")
        elif node.op == "any":
            self.frame.line(f"{total}l |= {sure} & {low}")
            self.frame.line(f"{total}h |= {possible} & {high}")
        else:
            self.frame.line(f"{total}l &= (not {possible}) | {low}")
            self.frame.line(f"{total}h &= (not {sure}) | {high}")

    def row(self, number: int, where: str, entitled: str, amount: str, extra: str) -> None:
        """This function will write an outcome; `extra` is the variable that says counted (person) or heads."""
        sure, possible = self._pair(self.frame.variable(entitled), Base.BOOL)
        with self.frame.block(f"if {possible}:"):
            low, high = self._pair(self.frame.variable(amount), Base.INT)
            more = self._pair(self.frame.variable(extra), self._base(extra))
            self.frame.append(
                number, where, f"pick({sure}, 1, 0)", f"pick({sure} & ({low} == {high}), {low}, {UNKNOWN})",
                f"pick({more[0]} == {more[1]}, np.int64({more[0]}), -1)",
            )  # fmt: skip

    # -- nodes ----------------------------------------------------------------------------------------------------
    def value(self, node: Node) -> Pair:
        """This function will write the statements that a node needs and return its bounds."""
        match node:
            case Constant(value=str(value)):
                return (self.frame.code(value),) * 2
            case Constant(value=value):
                return (str(value),) * 2
            case InputRef():
                return self._pair(self.frame.fact(node), node.kind.base)
            case VarRef(name=name):
                return self._pair(self.frame.variable(name), node.kind.base)
            case NumRef(name=name):
                return (self.frame.number(name),) * 2
            case InForce(scheme=scheme):
                return (self.frame.in_force(scheme),) * 2
            case Aggregate():
                return self._pair(self.frame.aggregate(node), node.kind.base)
            case Not(item=item):
                low, high = self.value(item)
                return (f"(not {high})", f"(not {low})")
            case Junction():
                return self._junction(node)
            case InCodes(item=item, codes=codes):
                code = self._name(self.value(item)[0])
                low = self._name("(" + " | ".join(f"({code} == {self.frame.code(c)})" for c in codes) + ")")
                return (low, f"({low} | ({code} == -1))")
            case If():
                return self._if(node)
            case Compare():
                return self._compare(node)
            case Known(item=item):
                low, high = self.value(item)
                return (f"({low} != -1)" if _single(item.kind.base) else f"({low} == {high})",) * 2
            case Elapsed(unit=unit, item=item):
                day, top = self._name(self.value(item)[0]), AGE_MAX if unit == "age" else AGE_MAX * 12
                call = f"{'years' if unit == 'age' else 'months'}({day}, as_of)"
                low = self._name(f"pick({day} == -1, 0, {call})")
                return (low, self._name(f"pick({day} == -1, {top}, {low})"))
            case Lookup():
                return self._lookup(node)
        return self._arithmetic(node)

    def _name(self, text: str) -> str:
        """Give an expression a name, so that it is computed once; a plain name stays as it is."""
        if text.lstrip("-").isalnum():
            return text
        name = self.frame.fresh()
        self.frame.line(f"{name} = {text}")
        return name

    def _kept(self, pair: Pair) -> Pair:
        low = self._name(pair[0])
        return (low, low if pair[1] == pair[0] else self._name(pair[1]))

    def _junction(self, node: Junction) -> Pair:
        made = [self.value(item) for item in node.items]
        sign = " & " if node.op == "and" else " | "
        low, high = (sign.join(texts) for texts in zip(*made, strict=True))
        return self._kept((f"({low})", f"({high})"))

    def _if(self, node: If) -> Pair:
        sure, possible = self._kept(self.value(node.condition))
        one, other = self._kept(self.value(node.then)), self._kept(self.value(node.otherwise))
        if _single(node.kind.base):
            agreed = f"pick({one[0]} == {other[0]}, {one[0]}, -1)"
            return (self._name(f"pick({sure}, {one[0]}, pick({possible}, {agreed}, {other[0]}))"),) * 2
        if sure == possible:
            return self._kept((f"pick({sure}, {one[0]}, {other[0]})", f"pick({sure}, {one[1]}, {other[1]})"))
        if node.kind.base is Base.BOOL:
            return self._kept((f"(((not {possible}) | {one[0]}) & ({sure} | {other[0]}))",
                               f"(({possible} & {one[1]}) | ((not {sure}) & {other[1]}))"))  # fmt: skip
        return self._kept((
            f"least(pick({possible}, {one[0]}, LARGEST), pick({sure}, LARGEST, {other[0]}))",
            f"greatest(pick({possible}, {one[1]}, SMALLEST), pick({sure}, SMALLEST, {other[1]}))",
        ))  # fmt: skip

    def _compare(self, node: Compare) -> Pair:
        op, right = node.op, self.value(node.right)
        if isinstance(node.left, Quotient):
            left = self.value(node.left.left)
            right = self._product(right, self.value(node.left.right), node.right, node.left.right)
        else:
            left = self.value(node.left)
        if op in ("==", "!="):
            (a, b), (c, d) = self._kept(left), self._kept(right)
            same, possible = f"(({a} == {b}) & ({c} == {d}) & ({a} == {c}))", f"(({a} <= {d}) & ({c} <= {b}))"
            return (same, possible) if op == "==" else (f"(not {possible})", f"(not {same})")
        if op in MIRROR:
            return (f"({right[1]} {MIRROR[op]} {left[0]})", f"({right[0]} {MIRROR[op]} {left[1]})")
        return (f"({left[1]} {op} {right[0]})", f"({left[0]} {op} {right[1]})")

    def _lookup(self, node: Lookup) -> Pair:
        table = self.frame.table(node.table)
        low, high = self._kept(self.value(node.key))
        lows, highs = [], []
        for place, value in enumerate(table.values):
            if table.codes:
                test = f"({low} == {self.frame.code(table.codes[place])}) | ({low} == -1)"
            else:
                above = [f"({high} >= {table.edges[place - 1]})"] if place else []
                test = " & ".join([*above, *(f"({low} < {edge})" for edge in table.edges[place : place + 1])]) or "True"
            hit = self._name(test)
            lows.append(f"pick({hit}, {value}, LARGEST)")
            highs.append(f"pick({hit}, {value}, SMALLEST)")
        return self._kept((nested("least", lows), nested("greatest", highs)))

    def _arithmetic(self, node: Node) -> Pair:
        match node:
            case Arithmetic(op="*", left=left, right=right):
                return self._product(self.value(left), self.value(right), left, right)
            case Arithmetic(op=op, left=left, right=right):
                (a, b), (c, d) = self.value(left), self.value(right)
                return (f"({a} {op} {c})", f"({b} {op} {d})") if op == "+" else (f"({a} - {d})", f"({b} - {c})")
            case Extreme(op=op, items=items):
                made = [self.value(item) for item in items]
                return self._kept(
                    (nested(EXTREMES[op], [p[0] for p in made]), nested(EXTREMES[op], [p[1] for p in made]))
                )
            case DivRound(left=left, right=right):
                one, two, call = self.value(left), self.value(right), self.frame.divider(left)
                return self._corners(one, two, left, right, lambda a, b: f"{call}({a}, {b})", falling=True)
        raise TypeError(f"no kernel for {type(node).__name__}")

    def _product(self, one: Pair, two: Pair, left: Node, right: Node) -> Pair:
        return self._corners(one, two, left, right, lambda a, b: f"({a} * {b})", falling=False)

    def _corners(self, one: Pair, two: Pair, left: Node, right: Node, write: Callable[[str, str], str],
                 *, falling: bool) -> Pair:  # fmt: skip
        """Bounds of a monotone operation: two corners when nothing is negative, else the extremes of all four."""
        (a, b), (c, d) = self._kept(one), self._kept(two)
        if self.frame.spans[left][0] >= 0 and self.frame.spans[right][0] >= 0:
            near, far = (d, c) if falling else (c, d)
            return self._kept((write(a, near), write(b, far)))
        corners = [self._name(write(x, y)) for x in (a, b) for y in (c, d)]
        return self._kept((nested("least", corners), nested("greatest", corners)))
