"""The facts of one day for trials: written to disk once, kept warm in each process, never more than one per database.

The file holds facts by internal number, without names and documents; it lies beside the keys of the installation and
is readable by its user only. It stands outside of row-level security, so `queries.whatif` narrows every answer to the
areas that the database gives the viewer.
"""

import json
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
from django.conf import settings
from django.db import connection

from minsheng.work.eligibility import law
from minsheng.work.eligibility.population import Population
from rulebook import Law, Rulebook, kernel_runner
from rulebook.outlook import outlook
from rulebook.snapshot import (
    DuckEngine,
    Engine,
    KernelEngine,
    Measured,
    Outcomes,
    Snapshot,
    Whole,
    measured,
    outcomes_of,
    take_snapshot,
)

INCOME = "household.income_year"
TOLD = "snapshot"  # the entry of the file that says what it is
KEPT_OUTCOMES = 16  # baseline and trials, and the steps of a search for the ceiling
KEPT_OUTLOOKS = 3  # of twelve months each: the law as it stands, and the trials asked for last
KEPT_COLUMNS = 2
THREADS = 2
COMPILED_FROM = 50_000  # persons; an hour of trials runs the rules hundreds of times, an evaluation once
Made = TypeVar("Made")


class _Kept:
    """What was made last, up to a number; the oldest goes first. Two threads never make the same thing at once."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.rows: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Made]) -> Made:
        if key not in self.rows:
            self.rows[key] = make()
        self.rows.move_to_end(key)
        while len(self.rows) > self.most:
            self.rows.popitem(last=False)
        made: Made = self.rows[key]
        return made


@dataclass(frozen=True)
class Taken:
    """What a snapshot says of itself: its month, the last run of eligibility inside it, and when it was taken."""

    as_of: date
    run_id: int
    taken_at: datetime
    persons: int


@dataclass(eq=False)
class Warm:
    """A snapshot in memory with everything that was worked out from it."""

    taken: Taken
    snapshot: Snapshot
    area_of: Whole  # of each household
    engine: Engine
    lock: threading.RLock = field(default_factory=threading.RLock)
    _columns: _Kept = field(default_factory=lambda: _Kept(KEPT_COLUMNS))
    _outcomes: _Kept = field(default_factory=lambda: _Kept(KEPT_OUTCOMES))
    _ahead: _Kept = field(default_factory=lambda: _Kept(KEPT_OUTLOOKS))
    _measured: _Kept = field(default_factory=lambda: _Kept(2))

    def columns(self, law: Law) -> Any:
        """This method will prepare the facts for the rules of a book, once."""
        with self.lock:
            prepare = self.engine.prepare
            # The book itself is kept beside its columns: an id alone could come back for another book.
            return self._columns.get(
                id(law.book), lambda: (law.book, prepare(law.book, self.snapshot.persons, self.snapshot.households))
            )[1]

    def outcomes(self, law: Law, on: date, make: Callable[[], Outcomes] | None = None) -> Outcomes:
        """This method will return what a law makes of everybody on a day; `make` may know a shorter way."""
        with self.lock:
            whole = lambda: outcomes_of(law, on, self.snapshot, self.engine, self.columns(law), THREADS)  # noqa: E731
            return self._outcomes.get((law.digest, on), make or whole)

    def ahead(self, law_on: Callable[[date], Law], days: Sequence[date]) -> list[Outcomes]:
        """This method will return what a law makes of everybody on each of the days (ascending)."""
        with self.lock:
            first = law_on(days[0])

            def make() -> list[Outcomes]:
                columns, begun = self.columns(first), self.outcomes(first, days[0])
                return list(outlook(law_on, days, self.snapshot, self.engine, columns, begun))

            return self._ahead.get(tuple((law_on(day).digest, day) for day in days), make)

    def quick(self, law: Law) -> bool:
        """This method will tell whether trials run as fast as they can; if not, a job is still compiling the rules."""
        prepared: Prepared = self.columns(law)
        return prepared.quick

    def measured(self, law: Law, on: date) -> Measured:
        """This method will return heads and countable incomes by the law as it stands."""
        with self.lock:
            return self._measured.get((law.digest, on), lambda: measured(law, on, self.snapshot, INCOME))


_WARM: dict[str, tuple[tuple[int, int], Warm]] = {}
_LOCK = threading.Lock()


def place() -> Path:
    """This function will name the file of the current database."""
    return Path(settings.SNAPSHOTS) / f"{connection.settings_dict['NAME']}.arrow"


def write(population: Population, taken: Taken) -> None:
    """This function will put a snapshot in the place of the one before; readers see the old or the new, never half."""
    path = place()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    told = {
        "as_of": taken.as_of.isoformat(), "run_id": taken.run_id, "taken_at": taken.taken_at.isoformat(),
        "persons": taken.persons,
    }  # fmt: skip
    persons = population.persons.replace_schema_metadata({TOLD: json.dumps(told)})
    fresh = path.with_suffix(f".{os.getpid()}.tmp")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as sink:
            for table in (persons, population.households):
                with pa.ipc.new_stream(sink, table.schema) as stream:
                    stream.write_table(table)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)  # half a file on a full disk would keep it full


def current() -> Warm | None:
    """This function will return the warm snapshot, read anew when the file has changed; None when there is none."""
    path = place()
    try:
        seen = path.stat()
    except FileNotFoundError:
        return None
    version = (seen.st_mtime_ns, seen.st_ino)
    with _LOCK:
        known = _WARM.get(str(path))
        if known is None or known[0] != version:
            _WARM.clear()  # one snapshot at a time: a district is half a gigabyte
            known = _WARM[str(path)] = (version, _read(path))
        return known[1]


def last_taken() -> Taken | None:
    """This function will say what the snapshot on disk says of itself, without reading its facts; None without one."""
    try:
        with pa.OSFile(str(place()), "rb") as source:
            return _told(pa.ipc.open_stream(source).schema)
    except FileNotFoundError:
        return None


def _told(schema: pa.Schema) -> Taken:
    told = json.loads(schema.metadata[TOLD.encode()])
    taken_at = datetime.fromisoformat(told["taken_at"])
    # A file of an earlier release does not say how many persons it holds; the next morning's does.
    return Taken(date.fromisoformat(told["as_of"]), told["run_id"], taken_at, told.get("persons", 0))


def _read(path: Path) -> Warm:
    with pa.OSFile(str(path), "rb") as source:
        persons, households = (pa.ipc.open_stream(source).read_all() for _ in range(2))
    taken = _told(persons.schema)
    households = households.sort_by("household_id")
    area_of = np.asarray(households["area_id"].to_numpy(), dtype=np.int64)
    snapshot = take_snapshot(persons.drop_columns(["area_id"]), households.drop_columns(["area_id"]))
    return Warm(taken, snapshot, area_of, ChosenEngine())


@dataclass(eq=False)
class Prepared:
    """The facts for the rules of one book, prepared for an engine when that engine is first chosen, and kept."""

    book: Rulebook
    persons: pa.Table
    households: pa.Table
    _made: dict[type, tuple[Engine, Any]] = field(default_factory=dict)

    @property
    def quick(self) -> bool:
        """Whether no faster engine has still to be compiled: few persons, or machine code that lies ready."""
        return self.persons.num_rows < COMPILED_FROM or kernel_runner.is_compiled(self.book)

    def chosen(self) -> tuple[Engine, Any]:
        """This method will choose the engine of this moment; what a job has compiled meanwhile is taken up."""
        # A book that a trial has made is compiled by nobody.
        many = self.persons.num_rows >= COMPILED_FROM and self.book is law.book()
        engine: Engine = KernelEngine() if many and self.quick else DuckEngine()
        if type(engine) not in self._made:
            self._made[type(engine)] = engine, engine.prepare(self.book, self.persons, self.households)
        return self._made[type(engine)]


class ChosenEngine:
    """SQL; for many people machine code, once a job has compiled it. Nothing is ever compiled in here.

    Figures alone make no other book, so that trials of them need no other machine code.
    """

    def prepare(self, book: Rulebook, persons: pa.Table, households: pa.Table) -> Prepared:
        """This method will keep the facts; they are prepared for the engine that a run chooses."""
        return Prepared(book, persons, households)

    def run(
        self, law: Law, as_of: date, columns: Prepared, threads: int, homes: Whole | None = None
    ) -> Mapping[str, pa.Table]:
        """This method will run the engine of this moment; all of them give the same rows."""
        engine, prepared = columns.chosen()
        return engine.run(law, as_of, prepared, threads, homes)
