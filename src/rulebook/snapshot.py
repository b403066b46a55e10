"""The facts of everybody on one day, prepared once for an engine, and what laws make of them; needs NumPy and Arrow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from rulebook import duckdb_runner, kernel_runner
from rulebook.book import Citation, Rulebook, RuleVersion, Scheme, Variable
from rulebook.law import Law
from rulebook.ranges import Ranges
from rulebook.stacking import OutcomeRow, apply_stacking
from rulebook.tree import Aggregate, Compare, Constant, VarRef
from rulebook.units import BOOL, PERSON, Base, Entity, Kind, Period

Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]
UNKNOWN = -1  # in arrays of amounts, which are never negative; never leaves this module as a number
INCOME, HEADS = "measured_income", "measured_heads"


class UnableToPrepare(ValueError):
    """The tables of facts cannot become a snapshot. Says what is wrong with them."""


class Engine(Protocol):
    """Something that runs all rules over a population: DuckDB, or the kernel."""

    def prepare(self, book: Rulebook, persons: pa.Table, households: pa.Table) -> Any: ...

    def run(
        self, law: Law, as_of: date, columns: Any, threads: int, homes: Whole | None = None
    ) -> Mapping[str, pa.Table]: ...


class DuckEngine:
    """The SQL lowering as an engine; every run reads the Arrow tables anew."""

    def prepare(self, book: Rulebook, persons: pa.Table, households: pa.Table) -> Any:
        """This method will keep the two tables as they are."""
        return persons, households.sort_by("household_id")

    def run(
        self, law: Law, as_of: date, columns: Any, threads: int, homes: Whole | None = None
    ) -> Mapping[str, pa.Table]:
        """This method will evaluate everybody, or the households at these places; DuckDB takes the threads it finds."""
        persons, households = columns
        if homes is not None:
            households = households.take(pa.array(homes))
            persons = persons.filter(pc.is_in(persons["household_id"], value_set=households["household_id"]))
        return duckdb_runner.run_population(law, as_of, persons, households)


class KernelEngine:
    """The fused kernel as an engine: facts become columns once, a figure of the law is an argument."""

    def prepare(self, book: Rulebook, persons: pa.Table, households: pa.Table) -> Any:
        """This method will make the columns that the kernels of a book read."""
        return kernel_runner.prepare(book, persons, households)

    def run(
        self, law: Law, as_of: date, columns: Any, threads: int, homes: Whole | None = None
    ) -> Mapping[str, pa.Table]:
        """This method will evaluate everybody, or the households at these places."""
        rows = kernel_runner.run(law, as_of, columns, threads=threads, households=homes)
        return {code: rows.table(code) for code in law.book.schemes}


@dataclass(frozen=True, eq=False)
class Outcomes:
    """All entitled and unknown rows of one law, sorted by `key`; amounts in fen per period, UNKNOWN where not known.

    `key` numbers a beneficiary of a scheme; `home` is the place of the household in the snapshot.
    """

    codes: tuple[str, ...]
    periods: tuple[Period, ...]
    key: Whole
    scheme: Whole
    home: Whole
    person: Whole  # place in the snapshot's persons; −1 for a household's benefit
    entitled: Flags
    amount: Whole
    share: Whole
    counted: Whole  # 1, 0, UNKNOWN; 1 for a household's benefit
    payable: Whole

    def paid(self, period: Period) -> Flags:
        """This method will flag the rows whose amount is known and paid by this period: only those add up."""
        of_period = np.array([one is period for one in self.periods], dtype=np.bool_)
        return np.asarray(of_period[self.scheme] & (self.payable != UNKNOWN), dtype=np.bool_)

    def only(self, rows: Flags) -> Outcomes:
        """This method will return some of the rows."""
        return Outcomes(self.codes, self.periods, *(column[rows] for column in self.columns()))

    def columns(self) -> list[Any]:
        """This method will return the arrays, in the order in which they are declared."""
        return [getattr(self, item.name) for item in fields(self) if item.name not in ("codes", "periods")]

    def joined(self, other: Outcomes) -> Outcomes:
        """This method will put the rows of other households among these, in the order of keys."""
        order = np.argsort(np.concatenate([self.key, other.key]), kind="stable")
        pairs = zip(self.columns(), other.columns(), strict=True)
        return Outcomes(self.codes, self.periods, *(np.concatenate(pair)[order] for pair in pairs))


@dataclass(frozen=True, eq=False)
class Measured:
    """Per household: counted heads and their countable income of a year in fen; `known` where both are."""

    income: Whole
    heads: Whole
    known: Flags


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Facts of one day. Households and persons are addressed by their place, ids ascending."""

    persons: pa.Table
    households: pa.Table
    household_ids: Whole
    person_ids: Whole
    home_of: Whole  # place of each person's household

    @property
    def sizes(self) -> Whole:
        """This property will be the number of registered members of each household."""
        return np.bincount(self.home_of, minlength=len(self.household_ids)).astype(np.int64)


def take_snapshot(persons: pa.Table, households: pa.Table) -> Snapshot:
    """This function will address persons and households by place; raises UnableToPrepare for missing or repeated ids.

    Every person's household must be among the households; ids are 64-bit whole numbers.
    """
    for name, table, keys in (("persons", persons, ("person_id", "household_id")),
                              ("households", households, ("household_id",))):  # fmt: skip
        for key in keys:
            if key not in table.column_names or table[key].null_count or not pa.types.is_integer(table[key].type):
                raise UnableToPrepare(f"{name} needs a column {key} of whole numbers without gaps")
    households = households.sort_by("household_id")
    persons = persons.sort_by("person_id")
    household_ids, person_ids = _ids(households["household_id"]), _ids(persons["person_id"])
    for name, ids in (("household", household_ids), ("person", person_ids)):
        if len(ids) and not np.all(np.diff(ids) > 0):
            raise UnableToPrepare(f"a {name} stands twice; give each one once")
    homes = _ids(persons["household_id"])
    place = np.searchsorted(household_ids, homes)
    if len(homes) and (place.max() >= len(household_ids) or not np.array_equal(household_ids[place], homes)):
        raise UnableToPrepare("a person's household is not among the households; add its row")
    return Snapshot(persons, households, household_ids, person_ids, place.astype(np.int64))


def outcomes_of(
    law: Law,
    as_of: date,
    snapshot: Snapshot,
    engine: Engine,
    columns: Any,
    threads: int = 2,
    homes: Whole | None = None,
) -> Outcomes:
    """This function will run a law over the snapshot, or some places of it, and settle where benefits meet."""
    codes = tuple(law.book.schemes)
    parts = [
        _placed(number, law.book.schemes[code].beneficiary, table, snapshot)
        for number, (code, table) in enumerate(_in_order(engine.run(law, as_of, columns, threads, homes), codes))
    ]
    if not parts:
        parts = [_placed(0, Entity.HOUSEHOLD, pa.table({name: [] for name in COLUMNS}), snapshot)]
    columns_of = [np.concatenate(column) for column in zip(*parts, strict=True)]
    order = np.argsort(columns_of[0], kind="stable")
    key, scheme, home, person, entitled, amount, share, counted = (column[order] for column in columns_of)
    periods = tuple(law.book.schemes[code].period for code in codes)
    made = Outcomes(codes, periods, key, scheme, home, person, entitled == 1, amount, share, counted, amount.copy())
    made.payable[~made.entitled] = UNKNOWN
    _stack(law, made)
    return made


COLUMNS = ("household_id", "person_id", "status", "amount_fen", "share_fen", "counted")


def _in_order(tables: Mapping[str, pa.Table], codes: tuple[str, ...]) -> list[tuple[str, pa.Table]]:
    return [(code, tables[code]) for code in codes]


def _placed(number: int, beneficiary: Entity, table: pa.Table, snapshot: Snapshot) -> tuple[Whole, ...]:
    home = np.searchsorted(snapshot.household_ids, _ids(table["household_id"])).astype(np.int64)
    if beneficiary is Entity.PERSON:
        person = np.searchsorted(snapshot.person_ids, _ids(table["person_id"])).astype(np.int64)
        counted = _filled(pc.cast(table["counted"], pa.int64()))
        subject = person
    else:
        person = np.full(len(home), -1, dtype=np.int64)
        counted, subject = np.ones(len(home), dtype=np.int64), home
    entitled = _filled(pc.cast(pc.equal(pc.cast(table["status"], pa.string()), "entitled"), pa.int64()))
    key = (np.int64(number) << 40) + subject
    return (key, np.full(len(home), number, dtype=np.int64), home, person, entitled,
            _filled(table["amount_fen"]), _filled(table["share_fen"]), counted)  # fmt: skip


def _stack(law: Law, made: Outcomes) -> None:
    """Sets `payable` where a stacking rule finds both its sides in one household; alike households are worked once."""
    rules = [rule for rule in law.book.stacking if rule.holds_on(law.day) and rule.kind != "both"]
    place = {code: number for number, code in enumerate(made.codes)}
    meeting: set[int] = set()
    for rule in rules:
        if rule.first in place:
            first = np.unique(made.home[made.scheme == place[rule.first]])
            others = np.isin(made.scheme, [place[code] for code in rule.others if code in place])
            meeting.update(np.intersect1d(first, made.home[others]).tolist())
    if not meeting:
        return
    rows = np.flatnonzero(np.isin(made.home, sorted(meeting)))
    rows = rows[np.argsort(made.home[rows], kind="stable")]
    starts = np.flatnonzero(np.diff(made.home[rows], prepend=-1))
    worked: dict[tuple[tuple[int, ...], ...], list[int]] = {}
    plain = [column[rows].tolist() for column in (made.scheme, made.person, made.entitled, made.amount, made.share,
                                                  made.counted)]  # fmt: skip
    lines = list(zip(*plain, strict=True))
    for begin, end in zip(starts, (*starts[1:], len(rows)), strict=True):
        people: dict[int, int] = {}
        shape = tuple(
            (scheme, -1 if person < 0 else people.setdefault(person, len(people)), *rest)
            for scheme, person, *rest in lines[begin:end]
        )
        if shape not in worked:
            worked[shape] = _payables(law, made.codes, shape)
        made.payable[rows[begin:end]] = worked[shape]


def _payables(law: Law, codes: tuple[str, ...], shape: tuple[tuple[int, ...], ...]) -> list[int]:
    outcomes = [
        OutcomeRow(
            codes[scheme], None if person < 0 else str(person), "entitled" if entitled else "unknown",
            None if amount == UNKNOWN else amount, None if share == UNKNOWN else share,
            None if person < 0 or counted == UNKNOWN else bool(counted),
        )
        for scheme, person, entitled, amount, share, counted in shape
    ]  # fmt: skip
    return [
        UNKNOWN if payable.payable_fen is None or payable.status == "unknown" else payable.payable_fen
        for payable in apply_stacking(law, outcomes)
    ]


def measured(law: Law, as_of: date, snapshot: Snapshot, income: str) -> Measured:
    """This function will work out each household's counted heads and countable yearly income (scheme.variable).

    A household without a counted member, or where one of the two is not known, is not `known`.
    """
    book = _measuring(law.book, income)
    tables = duckdb_runner.run_population(replace(law, book=book), as_of, snapshot.persons, snapshot.households)
    size = len(snapshot.household_ids)
    values = {}
    for code in (INCOME, HEADS):
        column = np.full(size, UNKNOWN, dtype=np.int64)
        table = tables[code].filter(pc.equal(tables[code]["status"], "entitled"))
        column[np.searchsorted(snapshot.household_ids, _ids(table["household_id"]))] = _filled(table["amount_fen"])
        values[code] = column
    known = (values[INCOME] != UNKNOWN) & (values[HEADS] != UNKNOWN)
    return Measured(values[INCOME], values[HEADS], known)


@lru_cache(maxsize=4)
def _measuring(book: Rulebook, income: str) -> Rulebook:
    """The same book with two schemes only, whose `amounts` are a household's income and its heads."""
    count = Aggregate(Kind(Base.INT, PERSON), "count", None, VarRef(BOOL, Entity.PERSON, book.counted))
    somebody = Compare(BOOL, ">=", count, Constant(Kind(Base.INT, None), 1))
    begin = book.shared.in_force_from
    rule = RuleVersion(begin, "count(member for member in members if member.counted) >= 1", somebody, "", None, 0)
    there = Variable("measured.somebody", "有计入的成员", Entity.HOUSEHOLD, BOOL, (rule,), "", 0)
    ranges = Ranges({(item.entity, item.name): item for item in book.inputs.values()}, book.numbers, book.tables)
    ranges.spans.update(book.spans)
    ranges.span(somebody)
    schemes = {
        code: Scheme(
            code=code, title=code, summary="", beneficiary=Entity.HOUSEHOLD, basis=(Citation(begin, ""),),
            in_force_from=begin, numbers={}, tables={}, variables={}, entitled=there.name, amount=amount,
            period=Period.MONTH, doubts=(),
            order=0, folder="",
        )
        for code, amount in ((INCOME, income), (HEADS, book.heads))
    }  # fmt: skip
    return replace(
        book,
        schemes=MappingProxyType(schemes),
        variables=MappingProxyType({**book.variables, there.name: there}),
        spans=MappingProxyType(ranges.spans),
    )


def _ids(column: Any) -> Whole:
    return np.asarray(pc.cast(column, pa.int64()).to_numpy(), dtype=np.int64)


def _filled(column: Any) -> Whole:
    return np.asarray(pc.fill_null(pc.cast(column, pa.int64()), UNKNOWN).to_numpy(), dtype=np.int64)
