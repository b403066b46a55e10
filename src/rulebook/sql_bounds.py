"""Writes a node of a rule as two SQL expressions, its bounds, never NULL; codes and dates as one, NULL when unknown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp

from rulebook.book import Rulebook, Variable
from rulebook.facts import EARLIEST_YEARS
from rulebook.law import force_column, number_column, table_column, wording_column
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

E = exp.Expr
COMPARE: dict[str, type[exp.Binary]] = {
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
    "==": exp.EQ,
    "!=": exp.NEQ,
}
MIRROR = {">": "<", ">=": "<="}


@dataclass(frozen=True)
class Bounds:
    """Two expressions; `high` is None for codes and dates, which are one nullable expression."""

    low: E
    high: E | None

    def both(self) -> list[E]:
        """This function will return copies of the one or two expressions."""
        return [self.low.copy()] if self.high is None else [self.low.copy(), self.high.copy()]

    @property
    def single(self) -> bool:
        """This property will tell whether both bounds are the same expression, so that nothing is unknown."""
        return self.high is not None and self.low == self.high


def column(name: str, table: str | None = None) -> exp.Column:
    """This function will refer to a column."""
    return exp.column(name, table=table)


def number(value: int) -> E:
    """This function will write a whole number. Facts and numbers of the law are 64-bit, so products are too."""
    return exp.Literal.number(value) if value >= 0 else exp.Neg(this=exp.Literal.number(-value))


def wrap(item: E) -> E:
    """This function will put brackets around what needs them as an operand."""
    return exp.paren(item.copy()) if isinstance(item, (exp.Binary, exp.Not, exp.Neg, exp.Between)) else item.copy()


def either(*items: E) -> E:
    """This function will join conditions with OR, leaving out what is plainly false."""
    return _join(exp.Or, items, drop=exp.false(), stop=exp.true())


def every(*items: E) -> E:
    """This function will join conditions with AND, leaving out what is plainly true."""
    return _join(exp.And, items, drop=exp.true(), stop=exp.false())


def negate(item: E) -> E:
    """This function will negate a condition."""
    if isinstance(item, exp.Boolean):
        return exp.Boolean(this=not item.this)
    return item.this.copy() if isinstance(item, exp.Not) else exp.Not(this=wrap(item))


def case(condition: E, then: E, otherwise: E | None) -> E:
    """This function will write CASE WHEN … THEN … ELSE … END, or just the branch when it is decided."""
    if isinstance(condition, exp.Boolean):
        return then.copy() if condition.this else (otherwise.copy() if otherwise is not None else exp.null())
    made = exp.Case(ifs=[exp.If(this=condition.copy(), true=then.copy())])
    return made.else_(otherwise.copy()) if otherwise is not None else made


def _join(make: type[exp.Connector], items: tuple[E, ...], drop: E, stop: E) -> E:
    kept = [item for item in items if item != drop]
    if any(item == stop for item in kept):
        return stop
    if not kept:
        return drop
    joined = kept[0]
    for item in kept[1:]:
        joined = _op(make, joined, item)
    return joined


def _least(items: list[E]) -> E:
    kept = list(dict.fromkeys(items))
    return (
        kept[0]
        if len(kept) == 1
        else exp.Least(this=kept[0].copy(), expressions=[i.copy() for i in kept[1:]], ignore_nulls=True)
    )


def _greatest(items: list[E]) -> E:
    kept = list(dict.fromkeys(items))
    return (
        kept[0]
        if len(kept) == 1
        else exp.Greatest(this=kept[0].copy(), expressions=[i.copy() for i in kept[1:]], ignore_nulls=True)
    )


def _op(make: Callable[..., E], one: E, two: E) -> E:
    return make(this=wrap(one), expression=wrap(two))


class Writer:
    """Turns nodes into bounds. References become columns of the level before; numbers become columns of `law`."""

    def __init__(self, book: Rulebook, dialect: str) -> None:
        self.book, self.dialect = book, dialect
        self.aggregates: dict[Aggregate, str] = {}

    # -- names ----------------------------------------------------------------------------------------------------
    def input_item(self, node: InputRef) -> str:
        """This function will name an input as an item of the plan."""
        return f"in.{node.entity.value}.{node.name}"

    def aggregate_item(self, node: Aggregate) -> str:
        """This function will name an aggregate as an item of the plan; its member term is `<name>.term`."""
        return self.aggregates.setdefault(node, f"agg{len(self.aggregates)}.{node.op}")

    def reference(self, item: str, base: Base, table: str | None = None) -> Bounds:
        """This function will refer to the columns of an item."""
        stem = item.replace(".", "__")
        if base in (Base.CODE, Base.DATE):
            return Bounds(column(stem, table), None)
        return Bounds(column(f"{stem}__lo", table), column(f"{stem}__hi", table))

    # -- whole rules ------------------------------------------------------------------------------------------------
    def variable(self, variable: Variable) -> Bounds:
        """This function will write a variable; the wording in force is chosen by a column of the law."""
        made = [self.node(rule.tree) for rule in variable.rules]
        result = made[0]
        chosen = column(wording_column(variable.name), "law")
        for place, bounds in enumerate(made[1:], start=1):
            test = exp.GTE(this=chosen.copy(), expression=exp.Literal.number(place))
            high = None if result.high is None or bounds.high is None else case(test, bounds.high, result.high)
            result = Bounds(case(test, bounds.low, result.low), high)
        return result

    def believed(self, node: InputRef, table: str) -> Bounds:
        """This function will read a fact; a value outside its declared bounds counts as unknown."""
        made, raw = self.book.inputs[node.name], column(node.name, table)
        if made.type == "code":
            inside: E = exp.In(this=raw, expressions=[exp.Literal.string(code) for code in made.codes])
            return Bounds(case(inside, raw, None), None)
        if made.type == "date":
            as_of = column("as_of", "law")
            years = _op(exp.Sub, self._part("YEAR", as_of), self._part("YEAR", raw))
            within = exp.LTE(this=years, expression=number(EARLIEST_YEARS))
            return Bounds(case(every(exp.LTE(this=raw, expression=as_of), within), raw, None), None)
        if made.type == "bool":
            return Bounds(exp.Coalesce(this=raw.copy(), expressions=[exp.false()]),
                          exp.Coalesce(this=raw.copy(), expressions=[exp.true()]))  # fmt: skip
        inside = exp.Between(this=raw, low=number(made.low), high=number(made.high))
        wide = exp.cast(raw, "BIGINT")
        return Bounds(case(inside, wide, number(made.low)), case(inside, wide, number(made.high)))

    def term(self, node: Aggregate) -> Bounds:
        """This function will write one member's contribution to an aggregate."""
        applies = self.node(node.condition) if node.condition is not None else Bounds(exp.true(), exp.true())
        zero, one = number(0), number(1)
        if node.term is None:
            return Bounds(case(applies.low, one, zero), case(_high(applies), one, zero))
        value = self.node(node.term)
        if node.op == "sum":
            low, high = self.book.spans[node.term]
            part = zero if low >= 0 else _least([zero, value.low])
            top = _high(value) if high >= 0 else zero
            return Bounds(
                case(applies.low, value.low, case(_high(applies), part, zero)),
                case(applies.low, _high(value), case(_high(applies), _greatest([zero, top]) if low < 0 else top, zero)),
            )
        if node.op == "any":
            return Bounds(every(applies.low, value.low), every(_high(applies), _high(value)))
        return Bounds(either(negate(_high(applies)), value.low), either(negate(applies.low), _high(value)))

    # -- nodes ------------------------------------------------------------------------------------------------------
    def node(self, node: Node) -> Bounds:
        """This function will write a node."""
        match node:
            case Constant(value=bool(value)):
                return _same(exp.Boolean(this=value))
            case Constant(value=int(value)):
                return _same(number(value))
            case Constant(value=value):
                return Bounds(exp.Literal.string(str(value)), None)
            case VarRef(name=name):
                return self.reference(name, node.kind.base)
            case InputRef():
                return self.reference(self.input_item(node), node.kind.base)
            case Aggregate():
                return self.reference(self.aggregate_item(node), node.kind.base)
            case NumRef(name=name):
                return _same(column(number_column(name), "law"))
            case InForce(scheme=scheme):
                return _same(column(force_column(scheme), "law"))
            case Not(item=item):
                inner = self.node(item)
                return Bounds(negate(_high(inner)), negate(inner.low))
            case Junction(op=op, items=items):
                made, join = [self.node(item) for item in items], every if op == "and" else either
                return Bounds(join(*[item.low for item in made]), join(*[_high(item) for item in made]))
            case InCodes(item=item, codes=codes):
                code = self.node(item).low
                test: E = exp.In(this=code, expressions=[exp.Literal.string(c) for c in codes])
                return Bounds(exp.Coalesce(this=test, expressions=[exp.false()]),
                              exp.Coalesce(this=test.copy(), expressions=[exp.true()]))  # fmt: skip
            case If():
                return self._if(node)
            case Compare():
                return self._compare(node)
            case Known(item=item):
                inner = self.node(item)
                test = (
                    negate(exp.Is(this=inner.low, expression=exp.null()))
                    if inner.high is None
                    else _op(exp.EQ, inner.low, inner.high)
                )
                return _same(test)
            case Elapsed():
                return self._elapsed(node)
            case Lookup():
                return self._lookup(node)
        return self._arithmetic(node)

    def _if(self, node: If) -> Bounds:
        test, then, otherwise = self.node(node.condition), self.node(node.then), self.node(node.otherwise)
        sure, possible = test.low, _high(test)
        if then.high is None or otherwise.high is None:
            agreed = case(exp.EQ(this=then.low, expression=otherwise.low), then.low, None)
            return Bounds(case(sure, then.low, case(negate(possible), otherwise.low, agreed)), None)
        if test.single:
            return Bounds(case(sure, then.low, otherwise.low), case(sure, then.high, otherwise.high))
        if node.kind.base is Base.BOOL:
            return Bounds(every(either(negate(possible), then.low), either(sure, otherwise.low)),
                          either(every(possible, then.high), every(negate(sure), otherwise.high)))  # fmt: skip
        # LEAST and GREATEST pass over NULL: an impossible branch does not take part.
        low = [case(possible, then.low, None), case(negate(sure), otherwise.low, None)]
        high = [case(possible, then.high, None), case(negate(sure), otherwise.high, None)]
        return Bounds(_least(low), _greatest(high))

    def _compare(self, node: Compare) -> Bounds:
        left_node, right = node.left, self.node(node.right)
        if isinstance(left_node, Quotient):
            left = self.node(left_node.left)
            right = self._product(
                right, self.node(left_node.right), self.book.spans[node.right], self.book.spans[left_node.right]
            )
        else:
            left = self.node(left_node)
        op = node.op
        if op in MIRROR:
            op, left, right = MIRROR[op], right, left  # type: ignore[assignment]
        make = COMPARE[op]
        if op in ("==", "!="):
            possible = every(_op(exp.LTE, left.low, _high(right)), _op(exp.LTE, right.low, _high(left)))
            same = every(
                _op(exp.EQ, left.low, _high(left)),
                _op(exp.EQ, right.low, _high(right)),
                _op(exp.EQ, left.low, right.low),
            )
            if left.single and right.single:
                same = possible = _op(exp.EQ, left.low, right.low)
            return Bounds(same, possible) if op == "==" else Bounds(negate(possible), negate(same))
        return Bounds(_op(make, _high(left), right.low), _op(make, left.low, _high(right)))

    def _elapsed(self, node: Elapsed) -> Bounds:
        day, as_of = self.node(node.item).low, column("as_of", "law")
        years = _op(exp.Sub, self._part("YEAR", as_of), self._part("YEAR", day))
        months = _op(exp.Sub, self._part("MONTH", as_of), self._part("MONTH", day))
        early = exp.LT(this=self._part("DAY", as_of), expression=self._part("DAY", day))
        total = _op(exp.Sub, _op(exp.Add, _op(exp.Mul, years, number(12)), months), case(early, number(1), number(0)))
        if node.unit == "age":
            total = exp.IntDiv(this=wrap(total), expression=number(12))
            total = exp.cast(total, "BIGINT")
        top = AGE_MAX if node.unit == "age" else AGE_MAX * 12
        return Bounds(exp.Coalesce(this=total, expressions=[number(0)]),
                      exp.Coalesce(this=total.copy(), expressions=[number(top)]))  # fmt: skip

    def _part(self, unit: str, day: E) -> E:
        return exp.cast(exp.Extract(this=exp.var(unit), expression=day.copy()), "BIGINT")

    def _lookup(self, node: Lookup) -> Bounds:
        table, key = self.book.tables[node.table], self.node(node.key)
        stem = table_column(node.table)
        rows = max(len(version.values) for version in table.versions)
        values: list[E] = [column(f"{stem}__v{place}", "law") for place in range(rows)]
        if table.codes:
            found = exp.Case(this=key.low.copy())
            for code, value in zip(table.codes, values, strict=True):
                found = found.when(exp.Literal.string(code), value.copy(), copy=False)
            return Bounds(exp.Coalesce(this=found, expressions=[_least(values)]),
                          exp.Coalesce(this=found.copy(), expressions=[_greatest(values)]))  # fmt: skip
        hits: list[E] = []
        for place, value in enumerate(values):
            tests = []
            if place:
                tests.append(_op(exp.GTE, _high(key), column(f"{stem}__e{place}", "law")))
            if place < rows - 1:
                tests.append(_op(exp.LT, key.low, column(f"{stem}__e{place + 1}", "law")))
            hits.append(case(every(*tests), value, None))
        return Bounds(_least(hits), _greatest(hits))

    def _arithmetic(self, node: Node) -> Bounds:
        parts = node.parts()
        made, spans = [self.node(part) for part in parts], [self.book.spans[part] for part in parts]
        match node:
            case Arithmetic(op="+"):
                return Bounds(_op(exp.Add, made[0].low, made[1].low), _op(exp.Add, _high(made[0]), _high(made[1])))
            case Arithmetic(op="-"):
                return Bounds(_op(exp.Sub, made[0].low, _high(made[1])), _op(exp.Sub, _high(made[0]), made[1].low))
            case Arithmetic():
                return self._product(made[0], made[1], spans[0], spans[1])
            case Extreme(op=op):
                pick = _least if op == "min" else _greatest
                return Bounds(pick([item.low for item in made]), pick([_high(item) for item in made]))
            case DivRound():
                return self._corners(
                    made[0], made[1], spans[0], spans[1], lambda a, b: rounded(a, b, spans[0][0] < 0), -1
                )
        raise TypeError(f"no SQL for {type(node).__name__}")

    def _product(self, one: Bounds, two: Bounds, span: tuple[int, int], other: tuple[int, int]) -> Bounds:
        return self._corners(one, two, span, other, lambda a, b: _op(exp.Mul, a, b), 1)

    def _corners(self, one: Bounds, two: Bounds, span: tuple[int, int], other: tuple[int, int],
                 make: Callable[[E, E], E], sense: int) -> Bounds:  # fmt: skip
        """Bounds of a monotone operation; `sense` −1 when it falls in the second operand."""
        if one.single and two.single:
            return _same(make(one.low, two.low))
        if span[0] >= 0 and other[0] >= 0:
            near, far = (two.low, _high(two)) if sense > 0 else (_high(two), two.low)
            return Bounds(make(one.low, near), make(_high(one), far))
        corners = [make(a, b) for a in (one.low, _high(one)) for b in (two.low, _high(two))]
        return Bounds(_least(corners), _greatest(corners))


def rounded(dividend: E, divisor: E, signed: bool) -> E:
    """This function will divide, rounded half away from zero: (2a + b) // 2b, with the sign restored for a < 0."""
    size = exp.Abs(this=dividend.copy()) if signed else dividend
    above = _op(exp.Add, _op(exp.Mul, size, number(2)), divisor)
    made = exp.cast(exp.IntDiv(this=wrap(above), expression=wrap(_op(exp.Mul, divisor, number(2)))), "BIGINT")
    return case(exp.GTE(this=wrap(dividend), expression=number(0)), made, exp.Neg(this=made.copy())) if signed else made


def _same(item: E) -> Bounds:
    return Bounds(item, item)


def _high(bounds: Bounds) -> E:
    assert bounds.high is not None  # codes and dates never stand where a number or condition is read
    return bounds.high
