"""Writes a node of a rule as one SQL expression: its value where that is settled, NULL where it may not be.

NULL goes through every operation. Whatever comes out as a value would come out of `sql_bounds` as two equal bounds,
because each operation is settled there too when its operands are. The reverse does not hold (an unknown amount is
still at least 0), so a household with a NULL that matters is computed once more, with bounds.
"""

from __future__ import annotations

from sqlglot import exp

from rulebook.book import Variable
from rulebook.facts import EARLIEST_YEARS
from rulebook.law import force_column, number_column, table_column, wording_column
from rulebook.ranges import may_be_negative
from rulebook.sql_bounds import COMPARE, Bounds, Writer
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
)
from rulebook.units import Base

ARITHMETIC: dict[str, type[exp.Binary]] = {"+": exp.Add, "-": exp.Sub, "*": exp.Mul}


class SettledWriter(Writer):
    """Like Writer, with one nullable column for every item."""

    def reference(self, item: str, base: Base, table: str | None = None) -> Bounds:
        """This function will refer to the column of an item."""
        return Bounds(column(item.replace(".", "__"), table), None)

    def variable(self, variable: Variable) -> Bounds:
        """This function will write a variable; the wording in force is chosen by a column of the law."""
        made, *later = [self.value(rule.tree) for rule in variable.rules]
        chosen = column(wording_column(variable.name), "law")
        for place, value in enumerate(later, start=1):
            made = case(operate(exp.GTE, chosen, number(place)), value, made)
        return Bounds(made, None)

    def believed(self, node: InputRef, table: str) -> Bounds:
        """This function will read a fact; a value outside its declared bounds counts as unknown."""
        made, raw = self.book.inputs[node.name], column(node.name, table)
        if made.type == "bool":
            return Bounds(raw, None)
        if made.type == "code":
            return Bounds(self.numbered(made.codes, raw), None)
        if made.type == "date":
            as_of = column("as_of", "law")
            years = operate(exp.Sub, self.part("YEAR", as_of), self.part("YEAR", raw))
            recent = every(operate(exp.LTE, raw, as_of), operate(exp.LTE, years, number(EARLIEST_YEARS)))
            return Bounds(case(recent, raw, None), None)
        inside = exp.Between(this=raw, low=number(made.low), high=number(made.high))
        return Bounds(case(inside, cast(raw, "BIGINT"), None), None)

    def term(self, node: Aggregate) -> Bounds:
        """This function will write one member's contribution to an aggregate."""
        applies = self.value(node.condition) if node.condition is not None else exp.true()
        if node.term is None:
            return Bounds(_chosen(applies, number(1), number(0)), None)
        value = self.value(node.term)
        if node.op == "sum":
            return Bounds(_chosen(applies, value, number(0)), None)
        return Bounds(every(applies, value) if node.op == "any" else either(negate(applies), value), None)

    def gathered(self, op: str, term: exp.Column) -> E:
        """This function will gather the members' terms; one NULL among them makes the whole NULL, unless settled."""
        complete = exp.EQ(this=exp.Count(this=term), expression=exp.Count(this=exp.Star()))
        found = super().gathered(op, term)
        if op in ("sum", "count"):
            return case(complete, found, None)
        settles = found if op == "any" else negate(found)
        made = exp.Case().when(settles, exp.Boolean(this=op == "any"), copy=False)
        return made.when(complete, exp.Boolean(this=op == "all"), copy=False)

    def without_members(self, op: str, found: exp.Column) -> E:
        """This function will read a gathered value; a household without members has no row there."""
        missing = exp.Is(this=column("household_id", "agg"), expression=exp.null())
        return case(missing, self.nothing(op), found)

    def outcome(self, entitled: Bounds, amount: Bounds, extra: Bounds, personal: bool) -> dict[str, E]:
        """This function will write the columns of an outcome's settled rows; see Writer.outcome."""
        share = amount.low if personal else rounded(amount.low, extra.low, signed=False)
        counted = extra.low if personal else cast(exp.null(), "BOOLEAN")
        return {
            "status": exp.Literal.string("entitled"),
            "amount_fen": amount.low,
            "share_fen": share,
            "counted": counted,
        }

    def open(self, entitled: Bounds, amount: Bounds, extra: Bounds) -> E:
        """This function will tell whether an outcome is not settled in this pass."""
        waits = either(_null(amount.low), _null(extra.low))
        return either(_null(entitled.low), every(entitled.low, exp.Paren(this=waits)))

    def value(self, node: Node) -> E:
        """This function will write a node's value."""
        match node:
            case Constant(value=bool(value)):
                return exp.Boolean(this=value)
            case Constant(value=int(value)):
                return number(value)
            case Constant(value=value):
                return self.code(str(value))
            case VarRef(name=name):
                return self.reference(name, node.kind.base).low
            case InputRef():
                return self.reference(self.input_item(node), node.kind.base).low
            case Aggregate():
                return self.reference(self.aggregate_item(node), node.kind.base).low
            case NumRef(name=name):
                return column(number_column(name), "law")
            case InForce(scheme=scheme):
                return column(force_column(scheme), "law")
            case Not(item=item):
                return negate(self.value(item))
            case Junction(op=op, items=items):
                return (every if op == "and" else either)(*[self.value(item) for item in items])
            case InCodes(item=item, codes=codes):
                return exp.In(this=self.value(item), expressions=[self.code(code) for code in codes])
            case If(condition=condition, then=then, otherwise=otherwise):
                return _chosen(self.value(condition), self.value(then), self.value(otherwise))
            case Compare(op=op, left=Quotient(left=left, right=over), right=right):
                return operate(COMPARE[op], self.value(left), operate(exp.Mul, self.value(right), self.value(over)))
            case Compare(op=op, left=left, right=right):
                return operate(COMPARE[op], self.value(left), self.value(right))
            case Known(item=InputRef() as item):
                return negate(_null(self.value(item)))
            case Known(item=item):
                return case(negate(_null(self.value(item))), exp.true(), None)
            case Elapsed(item=item, unit=unit):
                return self.elapsed(self.value(item), unit)
            case Lookup():
                return self._found(node)
            case Arithmetic(op=op, left=left, right=right):
                return operate(ARITHMETIC[op], self.value(left), self.value(right))
            case DivRound(left=left, right=right):
                return rounded(self.value(left), self.value(right), signed=may_be_negative(self.book.spans[left]))
            case Extreme(op=op, items=items):
                values = [self.value(item) for item in items]
                made = extreme(op, values)
                here = [negate(_null(value)) for item, value in zip(items, values, strict=True) if not _always(item)]
                return case(every(*here), made, None)
        raise TypeError(f"no SQL for {type(node).__name__}")

    def _found(self, node: Lookup) -> E:
        table, key = self.book.tables[node.table], self.value(node.key)
        stem = table_column(node.table)
        rows = max(len(version.values) for version in table.versions)
        values = [column(f"{stem}__v{place}", "law") for place in range(rows)]
        if table.codes:
            found = exp.Case(this=key)
            for code, value in zip(table.codes, values, strict=True):
                found = found.when(self.code(code), value, copy=False)
            return found
        found, (*lower, last) = exp.Case(), values
        for place, value in enumerate(lower, start=1):
            found = found.when(operate(exp.LT, key, column(f"{stem}__e{place}", "law")), value, copy=False)
        return found.when(negate(_null(key)), last, copy=False)


def _null(item: E) -> E:
    return exp.Is(this=item, expression=exp.null())


def _always(node: Node) -> bool:
    """Figures that stand in the rule or in the law are there for every household."""
    return isinstance(node, (Constant, NumRef))


def _chosen(condition: E, then: E, otherwise: E) -> E:
    """A branch is taken only when its condition is settled."""
    if isinstance(condition, exp.Boolean):
        return case(condition, then, otherwise)
    return exp.Case().when(condition, then, copy=False).when(negate(condition), otherwise, copy=False)
