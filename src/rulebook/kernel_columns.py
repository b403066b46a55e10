"""The facts of a population as the kernel reads them: sorted by household, one array of whole numbers for each fact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rulebook.book import Input, Rulebook
from rulebook.facts import EARLIEST_YEARS
from rulebook.ranges import MEMBERS_MAX
from rulebook.units import Entity

Array = np.ndarray[Any, np.dtype[Any]]


class UnableToRunPopulation(Exception):
    """The tables of facts cannot be evaluated. Says what is wrong with them and what to do."""


def packed(day: date) -> int:
    """This function will pack a day so that full months are a subtraction: (year · 12 + month − 1) · 32 + day."""
    return (day.year * 12 + day.month - 1) * 32 + day.day


@dataclass
class Columns:
    """Facts of one day. Numbers below the declared least are unknown; yes/no: 2; codes and dates: −1.

    Arrays are made when a kernel first asks for them and may be written to in place (then call `touched`).
    """

    book: Rulebook
    persons: pa.Table
    households: pa.Table
    household_ids: Array
    offsets: Array
    codes: Mapping[str, int]
    _arrays: dict[tuple[Entity, str], Array] = field(default_factory=dict)
    _complete: dict[tuple[Any, ...], tuple[Array, Array]] = field(default_factory=dict)
    _extents: dict[tuple[Entity, str], tuple[int, int] | None] = field(default_factory=dict)
    buffers: dict[Any, Any] = field(default_factory=dict)

    def of(self, entity: Entity, name: str) -> Array:
        """This function will return the column of a fact, one entry for each person or household."""
        made = self._arrays.get((entity, name))
        if made is None:
            table = self.persons if entity is Entity.PERSON else self.households
            size = len(self.household_ids) if entity is Entity.HOUSEHOLD else self.persons.num_rows
            made = self._arrays[(entity, name)] = self._read(self.book.inputs[name], table, size)
        return made

    def _read(self, made: Input, table: pa.Table, size: int) -> Array:
        kind, unknown = storage(made)
        if made.name not in table.column_names:
            return np.full(size, unknown, kind)
        column = table[made.name]
        if made.type == "code":
            column = pc.index_in(column.cast(pa.string()), value_set=pa.array(made.codes, pa.string()))
            numbers = np.array([*(self.codes[code] for code in made.codes), -1], kind)
            picked: Array = numbers[pc.fill_null(column, -1).to_numpy()]
            return picked
        if made.type == "bool":
            return _numbers(column.cast(pa.bool_()).cast(pa.int8()), 2, kind)
        if made.type == "date":
            return _packed(column, kind)
        whole = _numbers(column.cast(pa.int64()), made.low - 1, np.dtype(np.int64))
        return np.where((whole < made.low) | (whole > made.high), unknown, whole).astype(kind)

    def complete(self, facts: tuple[tuple[Entity, str], ...], as_of: date) -> tuple[Array, Array]:
        """This function will return the places of households of which all `facts` are known, and of the others."""
        key = (facts, as_of if self._days_matter(facts, as_of) else None)
        found = self._complete.get(key)
        if found is None:
            found = self._complete[key] = self._find_complete(facts, as_of)
        return found

    def touched(self) -> None:
        """This function will forget who was complete, after facts were written in place."""
        self._complete.clear()
        self._extents.clear()

    def _days_matter(self, facts: tuple[tuple[Entity, str], ...], as_of: date) -> bool:
        """Whether a date lies outside of what is believed on `as_of`, so that who is complete depends on the day."""
        first, last = earliest(as_of), packed(as_of)
        dates = [(entity, name) for entity, name in facts if self.book.inputs[name].type == "date"]
        return any(
            not (first <= low and high <= last) for low, high in filter(None, (self._extent(*fact) for fact in dates))
        )

    def _extent(self, entity: Entity, name: str) -> tuple[int, int] | None:
        """The first and the last day of a column; None where no day is known."""
        if (entity, name) not in self._extents:
            days = self.of(entity, name)
            days = days[days >= 0]
            self._extents[(entity, name)] = (int(days.min()), int(days.max())) if len(days) else None
        return self._extents[(entity, name)]

    def _find_complete(self, facts: tuple[tuple[Entity, str], ...], as_of: date) -> tuple[Array, Array]:
        homes = np.ones(len(self.household_ids), bool)
        people = np.ones(self.persons.num_rows, bool)
        for entity, name in facts:
            made, column = self.book.inputs[name], self.of(entity, name)
            if made.type == "date":
                known = (column <= packed(as_of)) & (column >= earliest(as_of))
            elif made.type == "bool":
                known = column != 2
            else:
                known = column >= (0 if made.type == "code" else made.low)
            if entity is Entity.PERSON:
                people &= known
            else:
                homes &= known
        missing = np.concatenate(([0], np.cumsum(~people)))
        homes &= missing[self.offsets[1:]] == missing[self.offsets[:-1]]
        return np.flatnonzero(homes).astype(np.int32), np.flatnonzero(~homes).astype(np.int32)


def earliest(as_of: date) -> int:
    """This function will return the packed first day of the earliest year of birth that is believed."""
    return packed(date(as_of.year - EARLIEST_YEARS, 1, 1))


def storage(made: Input) -> tuple[np.dtype[Any], int]:
    """This function will choose the narrowest whole number for a fact, and the value that stands for unknown."""
    if made.type == "bool":
        return np.dtype(np.int8), 2
    if made.type == "code":
        return np.dtype(np.int16), -1
    if made.type == "date":
        return np.dtype(np.int32), -1
    for kind in (np.int8, np.int16, np.int32):
        if np.iinfo(kind).min < made.low and made.high <= np.iinfo(kind).max:
            return np.dtype(kind), int(np.iinfo(kind).min)
    return np.dtype(np.int64), int(np.iinfo(np.int64).min) + 1


def _numbers(column: pa.ChunkedArray, unknown: int, kind: np.dtype[Any]) -> Array:
    filled: Array = pc.fill_null(column, unknown).to_numpy()
    return filled.astype(kind)


def _packed(column: pa.ChunkedArray, kind: np.dtype[Any]) -> Array:
    days = column.cast(pa.date32())
    month = pc.add(pc.multiply(pc.cast(pc.year(days), pa.int64()), 12), pc.subtract(pc.month(days), 1))
    return _numbers(pc.add(pc.multiply(month, 32), pc.day(days)), -1, kind)


def prepare(book: Rulebook, person_facts: pa.Table, household_facts: pa.Table, codes: Mapping[str, int]) -> Columns:
    """This function will sort and check a population; the tables are those that `duckdb_runner` takes.

    Raises UnableToRunPopulation for a table without ids, a repeated household, or more than 1,000 members.
    """
    for name, table, needed in (("person_facts", person_facts, ("household_id", "person_id")),
                                ("household_facts", household_facts, ("household_id",))):  # fmt: skip
        for key in needed:
            if key not in table.column_names:
                raise UnableToRunPopulation(f"{name} has no column {key}; add it: results are joined by it")
    persons, person_homes = _sorted(person_facts)
    households, given = _sorted(household_facts)
    if (twice := given[1:][given[1:] == given[:-1]]).size:
        raise UnableToRunPopulation(f"household {twice[0]} stands twice in household_facts; give each household once")
    ids = np.union1d(given, person_homes)
    if len(ids) > len(given):  # persons whose household has no row of its own: its facts are unknown
        lacking = np.setdiff1d(ids, given)
        added = pa.table({"household_id": pa.array(lacking)})
        households = pa.concat_tables([households, added], promote_options="permissive").sort_by("household_id")
    offsets = np.searchsorted(person_homes, np.concatenate((ids, ids[-1:] + 1))) if len(ids) else np.zeros(1, np.int64)
    sizes = np.diff(offsets)
    if len(sizes) and sizes.max() > MEMBERS_MAX:
        raise UnableToRunPopulation(
            f"household {ids[sizes.argmax()]} has more than {MEMBERS_MAX} members; is it an institution? "
            "Split it by family."
        )
    return Columns(book, persons, households, ids, offsets.astype(np.int64), codes)


def _sorted(table: pa.Table) -> tuple[pa.Table, Array]:
    homes: Array = table["household_id"].cast(pa.int64()).to_numpy()
    if (homes[1:] < homes[:-1]).any():
        table = table.take(pa.array(np.argsort(homes, kind="stable")))
        homes = table["household_id"].cast(pa.int64()).to_numpy()
    return table, homes
