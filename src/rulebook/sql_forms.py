"""The forms that SQL is written in: conditions joined and simplified, branches, extremes, one rounding.

Trees share their parts: nothing changes a part once it is made, and SQLGlot copies a whole statement before it writes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, reduce

from sqlglot import exp

E = exp.Expr


def column(name: str, table: str | None = None) -> exp.Column:
    """This function will refer to a column."""
    return exp.column(name, table=table)


def number(value: int) -> E:
    """This function will write a whole number. Facts and numbers of the law are 64-bit, so products are too."""
    return exp.Literal.number(value) if value >= 0 else exp.Neg(this=exp.Literal.number(-value))


def cast(item: E, kind: str) -> E:
    """This function will turn a value into BIGINT, DATE, TEXT …"""
    return exp.cast(item, kind, copy=False)


def named(item: E, name: str) -> E:
    """This function will give a value the name of its column."""
    return exp.alias_(item, name, copy=False)


def wrap(item: E) -> E:
    """This function will put brackets around what needs them as an operand."""
    return exp.Paren(this=item) if isinstance(item, (exp.Binary, exp.Not, exp.Neg, exp.Between)) else item


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
    return item.this if isinstance(item, exp.Not) else exp.Not(this=wrap(item))


def case(condition: E, then: E, otherwise: E | None) -> E:
    """This function will write CASE WHEN … THEN … ELSE … END, or just the branch when it is decided."""
    if isinstance(condition, exp.Boolean):
        return then if condition.this else (otherwise if otherwise is not None else exp.null())
    made = exp.Case().when(condition, then, copy=False)
    return made.else_(otherwise, copy=False) if otherwise is not None else made


def _join(make: type[exp.Connector], items: tuple[E, ...], drop: E, stop: E) -> E:
    kept = [item for item in items if item != drop]
    if any(item == stop for item in kept):
        return stop
    if not kept:
        return drop
    return reduce(partial(operate, make), kept)


def extreme(op: str, items: list[E]) -> E:
    """This function will write the least (`min`) or greatest; NULL items are passed over, equal ones given once."""
    one, *others = dict.fromkeys(items)
    make = exp.Least if op == "min" else exp.Greatest
    return make(this=one, expressions=others, ignore_nulls=True) if others else one


def operate(make: Callable[..., E], one: E, two: E) -> E:
    """This function will apply a binary operation, with brackets where an operand needs them."""
    return make(this=wrap(one), expression=wrap(two))


def rounded(dividend: E, divisor: E, signed: bool) -> E:
    """This function will divide, rounded half away from zero: (2a + b) // 2b, with the sign restored for a < 0."""
    size = exp.Abs(this=dividend) if signed else dividend
    above = operate(exp.Add, operate(exp.Mul, size, number(2)), divisor)
    made = cast(exp.IntDiv(this=wrap(above), expression=wrap(operate(exp.Mul, divisor, number(2)))), "BIGINT")
    return case(exp.GTE(this=wrap(dividend), expression=number(0)), made, exp.Neg(this=made)) if signed else made
