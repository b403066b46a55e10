"""A reform is a difference of the law: figures, rows of tables, schemes switched off, rules worded otherwise.

The baseline is never touched: a reform makes a law of its own, and where it changes a rule, a book of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from rulebook.book import Number, Rulebook, Table
from rulebook.law import Law
from rulebook.loading import load_rulebook
from rulebook.ranges import OutOfRange, Ranges, may_be_negative
from rulebook.tree import Node
from rulebook.units import Base

NONE_GRANTED = {Base.BOOL: "False", Base.INT: "0"}


class UnableToReform(ValueError):
    """The difference cannot be applied to this law. Says what is wrong with it and what to do."""


@dataclass(frozen=True)
class Reform:
    """What shall be different, in the units of the law; everything that is not named stays.

    `numbers` scheme.number → value; `tables` scheme.table → all its values; `off` codes of schemes that grant nothing;
    `rules` scheme.variable → the rule's text. The differences hold on every day that is asked for.
    """

    numbers: Mapping[str, int] = field(default_factory=dict)
    tables: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    off: frozenset[str] = frozenset()
    rules: Mapping[str, str] = field(default_factory=dict)

    @property
    def changes_rules(self) -> bool:
        """This property will tell whether a second book is needed: figures alone need none."""
        return bool(self.off or self.rules)


@dataclass(frozen=True, eq=False)
class ReformedBook:
    """The law with a reform on every day. `book` is the baseline's own object where only figures change."""

    book: Rulebook
    reform: Reform

    def law_on(self, day: date) -> Law:
        """This function will return the reformed law in force on a day; raises UnableToResolveLaw as the book does."""
        law = self.book.law_on(day)
        if not self.reform.numbers and not self.reform.tables:
            return law
        return law.with_values(self.reform.numbers, self.reform.tables)


def reformed(book: Rulebook, reform: Reform, folder: Path | None = None) -> ReformedBook:
    """This function will apply a reform and check it like a load: units, ranges, division by zero, overflow.

    `folder` holds the files of the book and is needed when rules change or a scheme is switched off. Raises
    UnableToReform, or RulebookErrors for a rule that does not read.
    """
    for code in sorted(reform.off - set(book.schemes)):
        raise UnableToReform(f"there is no scheme {code!r}; schemes: {', '.join(book.schemes)}")
    if reform.changes_rules:
        if folder is None:
            raise UnableToReform("rules change, but the folder of the policies was not given; pass folder=")
        rules = {**reform.rules, **_switched_off(book, reform.off)}
        # Published figures are no part of the files; they stay.
        book = replace(_reloaded(folder, tuple(sorted(rules.items()))), numbers=book.numbers, tables=book.tables)
    numbers = {**book.numbers, **{name: _widened(book, name, value) for name, value in reform.numbers.items()}}
    tables = {**book.tables, **{name: _rows(book, name, values) for name, values in reform.tables.items()}}
    return ReformedBook(_checked(book, numbers, tables), reform)


def _switched_off(book: Rulebook, codes: frozenset[str]) -> dict[str, str]:
    return {
        name: NONE_GRANTED[book.variables[name].kind.base]
        for code in codes
        for name in (book.schemes[code].entitled, book.schemes[code].amount)
    }


@lru_cache(maxsize=4)
def _reloaded(folder: Path, rules: tuple[tuple[str, str], ...]) -> Rulebook:
    return load_rulebook(folder, dict(rules))


def _widened(book: Rulebook, name: str, value: int) -> Number:
    number = book.numbers.get(name)
    if number is None:
        raise UnableToReform(f"there is no number {name!r}; numbers: {', '.join(sorted(book.numbers))}")
    if isinstance(value, bool) or not isinstance(value, int):
        raise UnableToReform(f"{number.label}: {value!r} is not a whole number; write money in fen, rates in percent")
    if value < 0 <= min(version.value for version in number.versions):
        raise UnableToReform(f"{number.label}: {value} is below zero; give 0 or more")
    return replace(number, versions=(*number.versions, replace(number.versions[-1], value=value)))


def _rows(book: Rulebook, name: str, values: tuple[int, ...]) -> Table:
    table = book.tables.get(name)
    if table is None:
        raise UnableToReform(f"there is no table {name!r}; tables: {', '.join(sorted(book.tables))}")
    if values and min(values) < 0 <= min(value for version in table.versions for value in version.values):
        raise UnableToReform(f"{table.label}: {min(values)} is below zero; give 0 or more")
    return replace(table, versions=(*table.versions, replace(table.versions[-1], values=values)))


def _checked(book: Rulebook, numbers: Mapping[str, Number], tables: Mapping[str, Table]) -> Rulebook:
    """The ranges of every rule with the new figures; the very same book where the compiled rules stay valid."""
    inputs = {(item.entity, item.name): item for item in book.inputs.values()}
    ranges = Ranges(inputs, numbers, tables)
    for variable in book.variables.values():
        try:
            ranges.rule(variable.name, tuple(rule.tree for rule in variable.rules))
        except OutOfRange as fault:
            raise UnableToReform(f"{variable.label}: {fault.what}; {fault.why}; {fault.remedy}") from fault
    same_signs = all(_signs(book.spans[node]) == _signs(span) for node, span in ranges.spans.items())
    return book if same_signs else _respanned(book, ranges.spans)


def _respanned(book: Rulebook, spans: Mapping[Node, tuple[int, int]]) -> Rulebook:
    """Compiled rules round and multiply by the signs that a value can have; other signs need another compilation."""
    return replace(book, spans=MappingProxyType(dict(spans)))


def _signs(span: tuple[int, int]) -> tuple[bool, bool]:
    _, high = span
    return may_be_negative(span), high > 0
