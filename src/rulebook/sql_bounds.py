"""Writes a node of a rule as two SQL expressions, its bounds, never NULL; codes and dates as one, NULL when unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlglot import exp

from rulebook.book import Rulebook, Variable
from rulebook.facts import EARLIEST_YEARS
from rulebook.law import force_column, number_column, table_column, wording_column
from rulebook.ranges import AGE_MAX, may_be_negative
from rulebook.sql_forms import E, case, cast, column, either, every, extreme, negate, number, operate, rounded
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
    leads_to,
)
from rulebook.units import Base, Kind

COMPARE: dict[str, type[exp.Binary]] = {
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
    "==": exp.EQ,
    "!=": exp.NEQ,
}
MIRROR = {">": "<", ">=": "<="}
AGGREGATES: dict[str, type[exp.Func]] = {
    "sum": exp.Sum,
    "count": exp.Sum,
    "any": exp.LogicalOr,
    "all": exp.LogicalAnd,
}


@dataclass(frozen=True)
class Bounds:
    """Two expressions; `high` is None for codes and dates, which are one nullable expression."""

    low: E
    high: E | None

    def both(self) -> list[E]:
        """This function will return the one or two expressions."""
        return [self.low] if self.high is None else [self.low, self.high]

    @property
    def single(self) -> bool:
        """This property will tell whether both bounds are the same expression, so that nothing is unknown."""
        return self.high is not None and self.low == self.high


def _least(items: list[E]) -> E:
    return extreme("min", items)


def _greatest(items: list[E]) -> E:
    return extreme("max", items)


class Writer:
    """Turns nodes into bounds. References become columns of the level before; numbers become columns of `law`."""

    def __init__(self, book: Rulebook, dialect: str) -> None:
        self.book, self.dialect = book, dialect
        self.aggregates: dict[Aggregate, str] = {}
        self.codes: dict[str, int] = {}

    # -- codes: whole numbers inside the statements, because comparing texts costs most of a run ------------------
    def code(self, word: str) -> E:
        """This function will write the number that stands for a code within these statements."""
        return number(self.codes.setdefault(word, len(self.codes) + 1))

    def numbered(self, codes: Iterable[str], raw: E) -> E:
        """This function will turn a text into its code's number; a text that is none of `codes` counts as unknown."""
        found = exp.Case(this=raw)
        for word in codes:
            found = found.when(exp.Literal.string(word), self.code(word), copy=False)
        return found

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
        result, *later = [self.node(rule.tree) for rule in variable.rules]
        chosen = column(wording_column(variable.name), "law")
        for place, bounds in enumerate(later, start=1):
            test = exp.GTE(this=chosen, expression=exp.Literal.number(place))
            high = None if bounds.high is None else case(test, bounds.high, _high(result))
            result = Bounds(case(test, bounds.low, result.low), high)
        return result

    def believed(self, node: InputRef, table: str) -> Bounds:
        """This function will read a fact; a value outside its declared bounds counts as unknown."""
        made, raw = self.book.inputs[node.name], column(node.name, table)
        if made.type == "code":
            return Bounds(self.numbered(made.codes, raw), None)
        if made.type == "date":
            as_of = column("as_of", "law")
            years = operate(exp.Sub, self.part("YEAR", as_of), self.part("YEAR", raw))
            within = exp.LTE(this=years, expression=number(EARLIEST_YEARS))
            return Bounds(case(every(exp.LTE(this=raw, expression=as_of), within), raw, None), None)
        if made.type == "bool":
            return Bounds(exp.Coalesce(this=raw, expressions=[exp.false()]),
                          exp.Coalesce(this=raw, expressions=[exp.true()]))  # fmt: skip
        inside: E = exp.Between(this=raw, low=number(made.low), high=number(made.high))
        wide = cast(raw, "BIGINT")
        return Bounds(case(inside, wide, number(made.low)), case(inside, wide, number(made.high)))

    def term(self, node: Aggregate) -> Bounds:
        """This function will write one member's contribution to an aggregate."""
        applies = self.node(node.condition) if node.condition is not None else Bounds(exp.true(), exp.true())
        zero, one = number(0), number(1)
        if node.term is None:
            return Bounds(case(applies.low, one, zero), case(_high(applies), one, zero))
        value = self.node(node.term)
        if node.op == "sum":
            least, most = zero, _high(value)  # of who only may count, and adds nothing then
            if may_be_negative(self.book.spans[node.term]):
                least, most = _least([zero, value.low]), _greatest([zero, most])
            return Bounds(
                case(applies.low, value.low, case(_high(applies), least, zero)),
                case(applies.low, _high(value), case(_high(applies), most, zero)),
            )
        if node.op == "any":
            return Bounds(every(applies.low, value.low), every(_high(applies), _high(value)))
        return Bounds(either(negate(_high(applies)), value.low), either(negate(applies.low), _high(value)))

    def gathered(self, op: str, term: exp.Column) -> E:
        """This function will gather one column of the members' terms."""
        found: E = AGGREGATES[op](this=term)
        return cast(found, "BIGINT") if op in ("sum", "count") else found

    def without_members(self, op: str, found: exp.Column) -> E:
        """This function will read a gathered value; a household without members has no row there."""
        return exp.Coalesce(this=found, expressions=[self.nothing(op)])

    def nothing(self, op: str) -> E:
        """This function will be the value over no members: 0, no, and for `all` yes."""
        return exp.Boolean(this=op == "all") if op in ("any", "all") else number(0)

    def outcome(self, entitled: Bounds, amount: Bounds, extra: Bounds, personal: bool) -> dict[str, E]:
        """This function will write the columns of an outcome from its three items; `extra` is counted or heads."""
        settled = every(entitled.low, operate(exp.EQ, amount.low, _high(amount)))
        known = operate(exp.EQ, extra.low, _high(extra))
        fen = case(settled, amount.low, None)
        if personal:
            share, counted = fen, case(known, extra.low, None)
        else:
            share = case(every(settled, known), rounded(amount.low, extra.low, signed=False), None)
            counted = cast(exp.null(), "BOOLEAN")
        status = case(entitled.low, exp.Literal.string("entitled"), exp.Literal.string("unknown"))
        return {"status": status, "amount_fen": fen, "share_fen": share, "counted": counted}

    def appears(self, entitled: Bounds) -> E:
        """This function will tell whether an outcome has a row: it is entitled, or may be."""
        return entitled.low if entitled.high is None else entitled.high

    # -- nodes ------------------------------------------------------------------------------------------------------
    def node(self, node: Node) -> Bounds:
        """This function will write a node."""
        match node:
            case Constant(value=bool(value)):
                return _same(exp.Boolean(this=value))
            case Constant(value=int(value)):
                return _same(number(value))
            case Constant(value=value):
                return Bounds(self.code(str(value)), None)
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
                test: E = exp.In(this=code, expressions=[self.code(c) for c in codes])
                return Bounds(exp.Coalesce(this=test, expressions=[exp.false()]),
                              exp.Coalesce(this=test, expressions=[exp.true()]))  # fmt: skip
            case If():
                return self._if(node)
            case Compare():
                return self._compare(node)
            case Known(item=item):
                inner = self.node(item)
                test = (
                    negate(exp.Is(this=inner.low, expression=exp.null()))
                    if inner.high is None
                    else operate(exp.EQ, inner.low, inner.high)
                )
                return _same(test)
            case Elapsed():
                return self._elapsed(node)
            case Lookup():
                return self._lookup(node)
        return self._arithmetic(node)

    def _if(self, node: If) -> Bounds:
        if node.kind.base is Base.CODE:
            return self._if_code(node)
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

    def _if_code(self, node: If) -> Bounds:
        """A code is certain when every branch that is possible leads to it; grows with the rule, not with its depth."""
        found: E = exp.null()
        for code in reversed(node.kind.codes):
            constant = Constant(Kind(Base.CODE, None, (code,)), code)
            found = case(self.node(leads_to(node, code)).low, self.node(constant).low, found)
        return Bounds(found, None)

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
            possible = every(operate(exp.LTE, left.low, _high(right)), operate(exp.LTE, right.low, _high(left)))
            same = every(
                operate(exp.EQ, left.low, _high(left)),
                operate(exp.EQ, right.low, _high(right)),
                operate(exp.EQ, left.low, right.low),
            )
            if left.single and right.single:
                same = possible = operate(exp.EQ, left.low, right.low)
            return Bounds(same, possible) if op == "==" else Bounds(negate(possible), negate(same))
        return Bounds(operate(make, _high(left), right.low), operate(make, left.low, _high(right)))

    def elapsed(self, day: E, unit: str) -> E:
        """This function will count full years (`age`) or months from a date to the as-of date; NULL stays NULL."""
        as_of = column("as_of", "law")
        years = operate(exp.Sub, self.part("YEAR", as_of), self.part("YEAR", day))
        months = operate(exp.Sub, self.part("MONTH", as_of), self.part("MONTH", day))
        early = operate(exp.LT, self.part("DAY", as_of), self.part("DAY", day))
        total = operate(exp.Add, operate(exp.Mul, years, number(12)), months)
        total = operate(exp.Sub, total, case(early, number(1), number(0)))
        return cast(operate(exp.IntDiv, total, number(12)), "BIGINT") if unit == "age" else total

    def _elapsed(self, node: Elapsed) -> Bounds:
        total = self.elapsed(self.node(node.item).low, node.unit)
        top = AGE_MAX if node.unit == "age" else AGE_MAX * 12
        return Bounds(exp.Coalesce(this=total, expressions=[number(0)]),
                      exp.Coalesce(this=total, expressions=[number(top)]))  # fmt: skip

    def part(self, unit: str, day: E) -> E:
        """This function will read YEAR, MONTH or DAY of a date."""
        return cast(exp.Extract(this=exp.var(unit), expression=day), "BIGINT")

    def _lookup(self, node: Lookup) -> Bounds:
        table, key = self.book.tables[node.table], self.node(node.key)
        stem = table_column(node.table)
        rows = max(len(version.values) for version in table.versions)
        values: list[E] = [column(f"{stem}__v{place}", "law") for place in range(rows)]
        if table.codes:
            found = exp.Case(this=key.low)
            for code, value in zip(table.codes, values, strict=True):
                found = found.when(self.code(code), value, copy=False)
            return Bounds(exp.Coalesce(this=found, expressions=[_least(values)]),
                          exp.Coalesce(this=found, expressions=[_greatest(values)]))  # fmt: skip
        hits: list[E] = []
        for place, value in enumerate(values):
            tests = []
            if place:
                tests.append(operate(exp.GTE, _high(key), column(f"{stem}__e{place}", "law")))
            if place < rows - 1:
                tests.append(operate(exp.LT, key.low, column(f"{stem}__e{place + 1}", "law")))
            hits.append(case(every(*tests), value, None))
        return Bounds(_least(hits), _greatest(hits))

    def _arithmetic(self, node: Node) -> Bounds:
        parts = node.parts()
        made, spans = [self.node(part) for part in parts], [self.book.spans[part] for part in parts]
        if isinstance(node, Extreme):
            pick = _least if node.op == "min" else _greatest
            return Bounds(pick([item.low for item in made]), pick([_high(item) for item in made]))
        if not isinstance(node, (Arithmetic, DivRound)):
            raise TypeError(f"no SQL for {type(node).__name__}")
        (one, two), (span, other) = made, spans
        if isinstance(node, DivRound):
            signed = may_be_negative(span)
            return self._corners(one, two, span, other, lambda a, b: rounded(a, b, signed), falling=True)
        if node.op == "+":
            return Bounds(operate(exp.Add, one.low, two.low), operate(exp.Add, _high(one), _high(two)))
        if node.op == "-":
            return Bounds(operate(exp.Sub, one.low, _high(two)), operate(exp.Sub, _high(one), two.low))
        return self._product(one, two, span, other)

    def _product(self, one: Bounds, two: Bounds, span: tuple[int, int], other: tuple[int, int]) -> Bounds:
        return self._corners(one, two, span, other, lambda a, b: operate(exp.Mul, a, b), falling=False)

    def _corners(self, one: Bounds, two: Bounds, span: tuple[int, int], other: tuple[int, int],
                 make: Callable[[E, E], E], *, falling: bool) -> Bounds:  # fmt: skip
        """Bounds of a monotone operation; `falling` when it falls in the second operand."""
        if one.single and two.single:
            return _same(make(one.low, two.low))
        if not may_be_negative(span) and not may_be_negative(other):
            near, far = (_high(two), two.low) if falling else (two.low, _high(two))
            return Bounds(make(one.low, near), make(_high(one), far))
        corners = [make(a, b) for a in (one.low, _high(one)) for b in (two.low, _high(two))]
        return Bounds(_least(corners), _greatest(corners))


def _same(item: E) -> Bounds:
    return Bounds(item, item)


def _high(bounds: Bounds) -> E:
    assert bounds.high is not None  # codes and dates never stand where a number or condition is read
    return bounds.high
