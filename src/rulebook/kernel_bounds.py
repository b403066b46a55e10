"""Writes a rule for a household with unknown facts: straight-line code over pairs of bounds.

Without branches Numba compiles it in seconds. Every divisor is proven positive, so that computing what may not be
needed is harmless.
"""

from __future__ import annotations

from collections.abc import Callable

from rulebook.kernel_frame import EXTREMES, UNKNOWN, Frame, nested
from rulebook.ranges import AGE_MAX, may_be_negative
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


def _twice(value: str) -> Pair:
    """What is certain, or a code or a date: the same value on both sides."""
    return (value, value)


def _alone(pair: Pair) -> str:
    """The one value of a code or a date, which stands twice in its pair."""
    value, _ = pair
    return value


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
        (low, high), *later = [self.value(tree) for tree in trees]
        for place, (new_low, new_high) in enumerate(later, start=1):
            test = f"{self.frame.wording(variable)} >= {place}"
            low, high = f"pick({test}, {new_low}, {low})", f"pick({test}, {new_high}, {high})"
        self.frame.line(f"# {variable}")
        self._set(target, (low, high))

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
            least, most = self._pair(self.frame.variable(extra), self._base(extra))
            self.frame.append(
                number, where, f"pick({sure}, 1, 0)", f"pick({sure} & ({low} == {high}), {low}, {UNKNOWN})",
                f"pick({least} == {most}, np.int64({least}), -1)",
            )  # fmt: skip

    # -- nodes ----------------------------------------------------------------------------------------------------
    def value(self, node: Node) -> Pair:
        """This function will write the statements that a node needs and return its bounds."""
        match node:
            case Constant(value=str(value)):
                return _twice(self.frame.code(value))
            case Constant(value=value):
                return _twice(str(value))
            case InputRef():
                return self._pair(self.frame.fact(node), node.kind.base)
            case VarRef(name=name):
                return self._pair(self.frame.variable(name), node.kind.base)
            case NumRef(name=name):
                return _twice(self.frame.number(name))
            case InForce(scheme=scheme):
                return _twice(self.frame.in_force(scheme))
            case Aggregate():
                return self._pair(self.frame.aggregate(node), node.kind.base)
            case Not(item=item):
                low, high = self.value(item)
                return (f"(not {high})", f"(not {low})")
            case Junction():
                return self._junction(node)
            case InCodes(item=item, codes=codes):
                code = self._name(_alone(self.value(item)))
                low = self._name("(" + " | ".join(f"({code} == {self.frame.code(c)})" for c in codes) + ")")
                return (low, f"({low} | ({code} == -1))")
            case If():
                return self._if(node)
            case Compare():
                return self._compare(node)
            case Known(item=item):
                low, high = self.value(item)
                return _twice(f"({low} != -1)" if _single(item.kind.base) else f"({low} == {high})")
            case Elapsed(unit=unit, item=item):
                day, top = self._name(_alone(self.value(item))), AGE_MAX if unit == "age" else AGE_MAX * 12
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
        low, high = pair
        name = self._name(low)
        return (name, name if high == low else self._name(high))

    def _junction(self, node: Junction) -> Pair:
        made = [self.value(item) for item in node.items]
        sign = " & " if node.op == "and" else " | "
        low, high = (sign.join(texts) for texts in zip(*made, strict=True))
        return self._kept((f"({low})", f"({high})"))

    def _if(self, node: If) -> Pair:
        sure, possible = self._kept(self.value(node.condition))
        (a, b), (c, d) = self._kept(self.value(node.then)), self._kept(self.value(node.otherwise))
        if _single(node.kind.base):
            agreed = f"pick({a} == {c}, {a}, -1)"
            return _twice(self._name(f"pick({sure}, {a}, pick({possible}, {agreed}, {c}))"))
        if sure == possible:
            return self._kept((f"pick({sure}, {a}, {c})", f"pick({sure}, {b}, {d})"))
        if node.kind.base is Base.BOOL:
            return self._kept((f"(((not {possible}) | {a}) & ({sure} | {c}))",
                               f"(({possible} & {b}) | ((not {sure}) & {d}))"))  # fmt: skip
        return self._kept((
            f"least(pick({possible}, {a}, LARGEST), pick({sure}, LARGEST, {c}))",
            f"greatest(pick({possible}, {b}, SMALLEST), pick({sure}, SMALLEST, {d}))",
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
        (a, b), (c, d) = left, right
        if op in MIRROR:
            return (f"({d} {MIRROR[op]} {a})", f"({c} {MIRROR[op]} {b})")
        return (f"({b} {op} {c})", f"({a} {op} {d})")

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
                lows, highs = zip(*made, strict=True)
                return self._kept((nested(EXTREMES[op], lows), nested(EXTREMES[op], highs)))
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
        if not any(may_be_negative(self.frame.spans[node]) for node in (left, right)):
            near, far = (d, c) if falling else (c, d)
            return self._kept((write(a, near), write(b, far)))
        corners = [self._name(write(x, y)) for x in (a, b) for y in (c, d)]
        return self._kept((nested("least", corners), nested("greatest", corners)))
