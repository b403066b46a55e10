"""Compiles kernels once, keeps them between processes, and runs them over a population. Needs Numba and Arrow."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
import threading
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from rulebook.book import Rulebook
from rulebook.kernel_columns import Array, Columns, UnableToRunPopulation, earliest, packed
from rulebook.kernel_columns import prepare as prepare_columns
from rulebook.kernel_source import Blueprint, Source, draw, write
from rulebook.law import Law
from rulebook.ranges import MEMBERS_MAX
from rulebook.units import Entity

UNKNOWN = -(2**63)
KINDS = (np.int16, np.int32, np.int8, np.int64, np.int64)  # of the buffers in kernel_frame.ROW
BLOCK = 1 << 16  # rows that a thread's buffers hold at least
STATUS = ("unknown", "entitled")


@dataclass(frozen=True, eq=False)
class Kernel:
    """The two kernels of a choice of schemes; each is compiled when a household first needs it."""

    plan: Blueprint
    exact: Source
    bounds: Source
    folder: Path

    def function(self, source: Source) -> Any:
        """This function will return the compiled function of one of the two."""
        return _compiled(source.text, self.folder)


@dataclass(frozen=True)
class Rows:
    """Results, one entry each, in the order of `ROW`: scheme, place in persons or households, status, fen, extra.

    Views of buffers that the next run over the same columns overwrites; `table` makes copies.
    """

    kernel: Kernel
    columns: Columns
    parts: tuple[tuple[Array, ...], ...]

    @property
    def count(self) -> int:
        """This property will be the number of entitled and unknown results."""
        return sum(len(part[0]) for part in self.parts)

    def of(self, scheme: str) -> tuple[Array, ...]:
        """This function will return place, status, fen (UNKNOWN: cannot be said) and extra of one scheme's results."""
        number = [made.code for made in self.kernel.plan.schemes].index(scheme)
        chosen = [[buffer[part[0] == number] for buffer in part[1:]] for part in self.parts]
        return tuple(np.concatenate(list(buffers)) for buffers in zip(*chosen, strict=True))

    def totals(self) -> dict[str, tuple[int, int]]:
        """This function will return, per scheme, how many are entitled and the fen that are certain."""
        made = {}
        for scheme in self.kernel.plan.schemes:
            _, status, amount, _ = self.of(scheme.code)
            entitled = status == 1
            made[scheme.code] = (int(entitled.sum()), int(amount[entitled & (amount != UNKNOWN)].sum()))
        return made

    def table(self, scheme: str) -> pa.Table:
        """This function will return one scheme's results as `duckdb_runner.run_population` does."""
        where, status, amount, extra = self.of(scheme)
        person = self.kernel.plan.book.schemes[scheme].beneficiary is Entity.PERSON
        homes = np.searchsorted(self.columns.offsets, where, "right") - 1 if person else where
        known = amount != UNKNOWN
        share, sure = amount, known
        if not person:
            sure, heads = known & (extra > 0), np.maximum(extra, 1)
            share = (2 * amount + heads) // (2 * heads)  # of any worth only where it is sure
        ids = self.columns.persons["person_id"].take(pa.array(where)) if person else pa.nulls(len(where), pa.string())
        return pa.table(
            {
                "household_id": pa.array(self.columns.household_ids[homes]),
                "person_id": ids,
                "status": pa.DictionaryArray.from_arrays(pa.array(status), pa.array(STATUS)).cast(pa.string()),
                "amount_fen": pa.array(amount, mask=~known),
                "share_fen": pa.array(share, mask=~sure),
                "counted": pa.array(extra == 1, mask=(extra < 0) if person else np.ones(len(where), bool)),
            }
        )


@lru_cache(maxsize=16)
def kernel(book: Rulebook, schemes: tuple[str, ...] | None = None) -> Kernel:
    """This function will write the kernels of a book; nothing is compiled yet. Raises OutOfRange."""
    plan = draw(book, schemes if schemes is not None else tuple(book.schemes))
    return Kernel(plan, write(plan, exact=True), write(plan, exact=False), cache_folder())


def cache_folder() -> Path:
    """This function will name the folder of compiled kernels: RULEBOOK_KERNELS, else the user's own cache."""
    given = os.environ.get("RULEBOOK_KERNELS")
    return Path(given) if given else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "rulebook"


def prepare(book: Rulebook, persons: pa.Table, households: pa.Table, schemes: tuple[str, ...] | None = None) -> Columns:
    """This function will make the columns that kernels of this book read."""
    return prepare_columns(book, persons, households, kernel(book, schemes).plan.codes)


def run(
    law: Law,
    as_of: date,
    columns: Columns,
    *,
    threads: int = 1,
    schemes: tuple[str, ...] | None = None,
    households: Array | None = None,
) -> Rows:
    """This function will evaluate a population, or only the households at these places, under a law on a day.

    The numbers of the law are arguments: another law of the same book needs no compilation. Raises
    UnableToRunPopulation when a figure lies outside of what was proven not to overflow.
    """
    made = kernel(law.book, schemes)
    _within_proof(made, law)
    parts: list[tuple[Array, ...]] = []
    complete, others = columns.complete(made.exact.facts, as_of)
    if households is not None:
        chosen = np.asarray(households, np.int32)
        settled = np.isin(chosen, others, invert=True) if len(others) else np.ones(len(chosen), bool)
        complete, others = chosen[settled], chosen[~settled]
    for source, places in ((made.exact, complete), (made.bounds, others)):
        if len(places):
            parts += _run(made, source, law, as_of, columns, places, threads)
    return Rows(made, columns, tuple(parts) or (tuple(np.zeros(0, kind) for kind in KINDS),))


def _run(
    made: Kernel, source: Source, law: Law, as_of: date, columns: Columns, places: Array, threads: int
) -> list[tuple[Array, ...]]:
    function = made.function(source)
    figures = _figures(source, law, as_of)
    facts = [columns.of(entity, name) for entity, name in source.facts]
    cuts = np.linspace(0, len(places), threads + 1).astype(int)

    def work(thread: int) -> list[tuple[Array, ...]]:
        kept = _buffer(columns, ("kept", source.text, thread), lambda: np.zeros((MEMBERS_MAX, source.slots), np.int64))
        found, begin, end, block = [], int(cuts[thread]), int(cuts[thread + 1]), 0
        while True:
            buffers = _rows(columns, (source.text, thread, block), made, end - begin)
            begin, k = function(places, begin, end, columns.offsets, packed(as_of), earliest(as_of), figures, kept,
                                *buffers, np.uint64(0), *facts)  # fmt: skip
            found.append(tuple(buffer[:k] for buffer in buffers))
            block += 1
            if begin >= end:
                return found

    parts = [work(0)] if threads == 1 else _pool(threads).map(work, range(threads))
    found = [part for own in parts for part in own]
    _note_compiled(source.text, made.folder)
    return found


def compile_ahead(law: Law, as_of: date) -> None:
    """This function will compile both kernels of a book, so that no later run of any process waits: up to a minute."""
    nobody = {"household_id": pa.array([], pa.int64()), "person_id": pa.array([], pa.int64())}
    columns = prepare(law.book, pa.table(nobody), pa.table({"household_id": nobody["household_id"]}))
    made = kernel(law.book)
    for source in (made.exact, made.bounds):
        _run(made, source, law, as_of, columns, np.zeros(0, np.int32), threads=1)


def is_compiled(book: Rulebook) -> bool:
    """This function will tell whether the machine code of both kernels of a book lies ready on disk."""
    made = kernel(book)
    return all(_mark(source.text, made.folder).exists() for source in (made.exact, made.bounds))


@lru_cache(maxsize=256)
def _figures(source: Source, law: Law, as_of: date) -> Array:
    row = law.row(as_of)
    return np.array([int(row[name]) for name in source.law] or [0], np.int64)  # type: ignore[arg-type]


def _rows(columns: Columns, key: Any, made: Kernel, households: int) -> list[Array]:
    least = MEMBERS_MAX * made.plan.rows_of_person + len(made.plan.schemes)  # one household always fits
    room = max(BLOCK, least, 2 * households)
    made_now: list[Array] = _buffer(columns, (*key, room), lambda: [np.empty(room, kind) for kind in KINDS])
    return made_now


def _buffer(columns: Columns, key: Any, make: Any) -> Any:
    found = columns.buffers.get(key)
    if found is None:
        found = columns.buffers[key] = make()
    return found


@lru_cache(maxsize=4)
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads)


@lru_cache(maxsize=256)
def _within_proof(made: Kernel, law: Law) -> None:
    freedom = made.plan.proof.freedom
    figures: list[tuple[str, Sequence[int]]] = [(name, (number.value,)) for name, number in law.numbers.items()]
    figures += [(name, table.values) for name, table in law.tables.items()]
    for name, values in figures:
        low, high = freedom[name]
        for value in values:
            if not low <= value <= high:
                raise UnableToRunPopulation(
                    f"{name} is {value:,}; the rules are proven not to overflow from {low:,} to {high:,} only. "
                    "Choose a figure within these bounds, or enter it as a version of the number in the scheme file."
                )


def run_population(
    law: Law, as_of: date, person_facts: pa.Table, household_facts: pa.Table, schemes: Iterable[str] | None = None,
    threads: int = 1,
) -> Mapping[str, pa.Table]:  # fmt: skip
    """This function will evaluate a population like `duckdb_runner.run_population`; the same tables come out."""
    chosen = tuple(schemes) if schemes is not None else None
    columns = prepare(law.book, person_facts, household_facts, chosen)
    rows = run(law, as_of, columns, threads=threads, schemes=chosen)
    return {scheme.code: rows.table(scheme.code) for scheme in rows.kernel.plan.schemes}


_compiling = threading.Lock()


@lru_cache(maxsize=64)
def _compiled(text: str, folder: Path) -> Any:
    """The module lies under a name made of its content, so that Numba finds its machine code again."""
    name = _name(text)
    path = folder / f"{name}.py"
    with _compiling:
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            part = path.with_suffix(f".{os.getpid()}.part")
            part.write_text(text, encoding="utf-8")
            part.replace(path)
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return module.fused


def _name(text: str) -> str:
    return f"kernel_{hashlib.sha256(text.encode()).hexdigest()[:24]}"


def _mark(text: str, folder: Path) -> Path:
    """The file that says: this text was compiled here, by this Numba, for this processor. It goes with Numba's own."""
    return folder / "__pycache__" / f"{_name(text)}.{_toolchain()}.compiled"


@lru_cache(maxsize=64)
def _note_compiled(text: str, folder: Path) -> None:
    mark = _mark(text, folder)
    mark.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    mark.touch()


@lru_cache(maxsize=1)
def _toolchain() -> str:
    import llvmlite.binding  # type: ignore[import-untyped]
    import numba

    return f"{numba.__version__}-{sys.implementation.cache_tag}-{llvmlite.binding.get_host_cpu_name()}"
