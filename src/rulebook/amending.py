"""New dated versions of figures and tables put onto a book: another checked, immutable book; the first stays as it is.

What a programmer writes into `numbers:` and `tables:` of a scheme, an officer may publish as data. The same checks hold
as on loading; the sentences of a refusal are for the officer who typed the figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from types import MappingProxyType

from rulebook.book import Doubt, Number, NumberVersion, Rulebook, Scheme, Table, TableVersion
from rulebook.ranges import OutOfRange, Ranges
from rulebook.units import Base, say

LARGEST = 10**14  # a trillion yuan in fen: no figure of a district's law is larger


@dataclass(frozen=True)
class NewVersion:
    """One figure (`value`) or one table (`values`, for bands with `edges`) from a day on, in the unit of its name.

    `name` is scheme.number or scheme.table. Money is fen. A version of the same name and day takes the place of the
    one that was there.
    """

    name: str
    from_date: date
    basis: str
    value: int | None = None
    edges: tuple[int, ...] = ()
    values: tuple[int, ...] = ()
    doubt: str | None = None


class UnableToAmend(ValueError):
    """Some of the new versions break a rule of the book; `problems` says all of them, each with its remedy."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("".join(self.problems))


def amend(book: Rulebook, versions: Iterable[NewVersion]) -> Rulebook:
    """This function will return the book with these versions put in, in the order given; raises UnableToAmend.

    Names, citations, bands, value bounds, and the bounds of every rule that reads a changed figure are checked again:
    a figure that could make a rule divide by zero or overflow is refused.
    """
    numbers, tables = dict(book.numbers), dict(book.tables)
    problems: list[str] = []
    for new in versions:
        found = list(_faults(book, new))
        problems += found
        if found:
            continue
        if new.name in numbers:
            numbers[new.name] = _with_number(numbers[new.name], new)
        else:
            tables[new.name] = _with_table(tables[new.name], new)
    if problems:
        raise UnableToAmend(dict.fromkeys(problems))
    ranges = Ranges({(item.entity, item.name): item for item in book.inputs.values()}, numbers, tables)
    for variable in book.variables.values():
        try:
            ranges.rule(variable.name, tuple(rule.tree for rule in variable.rules))
        except OutOfRange as fault:
            raise UnableToAmend(
                [
                    f"改动后“{variable.label}”可能算不出来（{fault.what}：{fault.why}）。"
                    "请检查新的数，不要填 0 或过大的数。"
                ]
            ) from fault
    return replace(
        book,
        shared=_scheme_with(book.shared, numbers, tables),
        schemes=MappingProxyType(
            {code: _scheme_with(scheme, numbers, tables) for code, scheme in book.schemes.items()}
        ),
        numbers=MappingProxyType(numbers),
        tables=MappingProxyType(tables),
        spans=MappingProxyType(ranges.spans),
    )


def _faults(book: Rulebook, new: NewVersion) -> Iterable[str]:
    target = book.numbers.get(new.name) or book.tables.get(new.name)
    if target is None:
        yield f"没有叫“{new.name}”的数或表。请从数字总表里选。"
        return
    begin = target.versions[0].from_date
    if new.from_date < begin:
        yield f"“{target.label}”从 {begin} 起才有，生效日不能早于这一天。"
    if not new.basis.strip():
        yield f"“{target.label}”没有写出处。请写明文号和条款。"
    values = (new.value,) if isinstance(target, Number) else new.values
    for value in values:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST:
            given = say(value, target.unit) if type(value) is int else repr(value)
            yield f"“{target.label}”要填不小于 0、也不过大的整数（金额到分），现在是 {given}。"
            return
    if isinstance(target, Table):
        yield from _table_faults(target, new)


def _table_faults(table: Table, new: NewVersion) -> Iterable[str]:
    if table.key.base is Base.CODE:
        if len(new.values) != len(table.codes) or new.edges:
            yield f"“{table.label}”要有 {len(table.codes)} 行，每一类一行，现在是 {len(new.values)} 行。"
        return
    if not new.values or len(new.edges) != len(new.values):
        yield f"“{table.label}”的每一档都要有起点和数值。"
    elif new.edges[0] != 0 or any(low >= high for low, high in pairwise(new.edges)):
        yield f"“{table.label}”的第一档要从 0 起，后面各档的起点要一档比一档大，中间不留空。"


def _with_number(number: Number, new: NewVersion) -> Number:
    assert new.value is not None  # checked by `_faults`
    kept = [version for version in number.versions if version.from_date != new.from_date]
    kept.append(NumberVersion(new.from_date, new.value, new.basis.strip(), new.doubt or None))
    return replace(number, versions=tuple(sorted(kept, key=lambda version: version.from_date)))


def _with_table(table: Table, new: NewVersion) -> Table:
    kept = [version for version in table.versions if version.from_date != new.from_date]
    kept.append(TableVersion(new.from_date, new.edges, new.values, new.basis.strip(), new.doubt or None))
    return replace(table, versions=tuple(sorted(kept, key=lambda version: version.from_date)))


def _scheme_with(scheme: Scheme, numbers: Mapping[str, Number], tables: Mapping[str, Table]) -> Scheme:
    own = {name: numbers[name] for name in scheme.numbers}
    rows = {name: tables[name] for name in scheme.tables}
    if all(own[name] is scheme.numbers[name] for name in own) and all(rows[n] is scheme.tables[n] for n in rows):
        return scheme
    dated: list[Number | Table] = [*own.values(), *rows.values()]
    doubts = [doubt for doubt in scheme.doubts if doubt.about not in own and doubt.about not in rows]
    for item in dated:
        doubts += [Doubt(item.name, item.label, v.from_date, v.doubt) for v in item.versions if v.doubt]
    return replace(scheme, numbers=MappingProxyType(own), tables=MappingProxyType(rows), doubts=tuple(doubts))
