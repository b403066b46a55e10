"""All schemes over Parquet, without a database: a district on this machine, a province on a cluster.

Kernel and DuckDB take blocks of whole households, one after another, so that memory does not grow with the number of
people; Spark takes the files as they are and shares them out. All write the same rows, with the same checksum.
The law is that of the policy files: what was published into a database is not read.
"""

import itertools
import json
import resource
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from minsheng.work.eligibility.law import seed
from rulebook import Law
from rulebook.tally import COLUMNS, Tally, tally
from rulebook.units import Entity

ENGINES = ("kernel", "duckdb", "spark")
BLOCK = 250_000  # households
Tables = Mapping[str, pa.Table]


class UnableToRunOverParquet(Exception):
    """Files, schemes or the engine are not there. Says which, and what to do."""


def run_over_parquet(
    *,
    engine: str,
    persons: Path,
    households: Path,
    as_of: date,
    out: Path,
    schemes: tuple[str, ...] | None = None,
    block: int = BLOCK,
) -> dict[str, Any]:
    """This function will write one Parquet file per scheme into `out` and return the figures of the run.

    `persons` and `households` are files or folders of files, sorted by household for speed. A result holds the
    entitled and the unknown rows, amounts in fen. Raises UnableToRunOverParquet.
    """
    law = seed().law_on(as_of)
    chosen = schemes if schemes is not None else tuple(law.book.schemes)
    if unknown := sorted(set(chosen) - set(law.book.schemes)):
        known = ", ".join(law.book.schemes)
        raise UnableToRunOverParquet(f"there is no scheme {', '.join(unknown)}; there are {known}")
    for path in (persons, households):
        if not path.exists():
            raise UnableToRunOverParquet(f"{path} is not there; write it, or make one with `minsheng policies sample`")
    out.mkdir(parents=True, exist_ok=True)
    start = time.perf_counter()
    with ExitStack() as stack:
        made = _results(engine, law, as_of, persons, households, chosen, block, stack)
        found, blocks = _write(made, out, chosen, stack)
        memory = _memory_mb()
    seconds = time.perf_counter() - start
    people, homes = (ds.dataset(path).count_rows() for path in (persons, households))
    return {
        "engine": engine,
        "as_of": as_of.isoformat(),
        "law": law.digest,
        "people": people,
        "households": homes,
        "blocks": blocks,
        "seconds": round(seconds, 3),
        "memory_mb": memory,
        "entitled": sum(one.entitled for one in found.values()),
        "unknown": sum(one.unknown for one in found.values()),
        "checksum": sum(found.values(), Tally()).checksum,
        "schemes": {
            code: {"entitled": one.entitled, "unknown": one.unknown, "amount_fen": one.fen,
                   "period": law.book.schemes[code].period.value, "checksum": one.checksum}
            for code, one in found.items()
        },
    }  # fmt: skip


def print_run(**arguments: Any) -> int:
    """This function will run and print one JSON line; a refusal is printed with what to do, exit code 2."""
    try:
        print(json.dumps(run_over_parquet(**arguments), ensure_ascii=False))
    except UnableToRunOverParquet as refusal:
        print(refusal)
        return 2
    return 0


def _results(
    engine: str,
    law: Law,
    as_of: date,
    persons: Path,
    households: Path,
    schemes: tuple[str, ...],
    block: int,
    stack: ExitStack,
) -> Iterator[Tables]:
    if engine == "spark":
        try:
            from rulebook import spark_runner
        except ImportError as missing:
            raise UnableToRunOverParquet(
                f"{missing}; Spark is optional: pip install 'pyspark>=4', and Java 17"
            ) from None
        try:
            session = stack.enter_context(spark_runner.local_cluster())
        except spark_runner.UnableToStartSpark as refusal:
            raise UnableToRunOverParquet(str(refusal)) from None
        return iter([spark_runner.run_population(law, as_of, persons, households, session, schemes=schemes)])
    runs: dict[str, Callable[..., Tables]] = {"duckdb": _duckdb, "kernel": _kernel}
    if engine not in runs:
        raise UnableToRunOverParquet(f"there is no engine {engine!r}; there are {', '.join(ENGINES)}")
    blocks = _blocks(persons, households, block)
    return (runs[engine](law, as_of, people, homes, schemes) for people, homes in blocks)


def _duckdb(law: Law, as_of: date, people: pa.Table, homes: pa.Table, schemes: tuple[str, ...]) -> Tables:
    from rulebook.duckdb_runner import run_population

    return run_population(law, as_of, people, homes, schemes=schemes)


def _kernel(law: Law, as_of: date, people: pa.Table, homes: pa.Table, schemes: tuple[str, ...]) -> Tables:
    from rulebook.kernel_runner import run_population

    return run_population(law, as_of, people, homes, schemes=schemes)


def _blocks(persons: Path, households: Path, block: int) -> Iterator[tuple[pa.Table, pa.Table]]:
    """Ranges of household ids that hold about `block` households each; the first and the last have no outer edge."""
    people, homes = _dataset(persons, Entity.PERSON), _dataset(households, Entity.HOUSEHOLD)
    ids = np.sort(homes.to_table(columns=["household_id"])["household_id"].to_numpy())
    edges = [None, *(int(ids[place]) for place in range(block, len(ids), block)), None]
    for low, high in itertools.pairwise(edges):
        yield _between(people, Entity.PERSON, low, high), _between(homes, Entity.HOUSEHOLD, low, high)


def _dataset(path: Path, entity: Entity) -> ds.Dataset:
    codes = {made.name for made in seed().inputs.values() if made.entity is entity and made.type == "code"}
    return ds.dataset(path, format=ds.ParquetFileFormat(dictionary_columns=codes))


def _between(data: ds.Dataset, entity: Entity, low: int | None, high: int | None) -> pa.Table:
    wanted = ["household_id", *(["person_id"] if entity is Entity.PERSON else [])]
    wanted += [made.name for made in seed().inputs.values() if made.entity is entity]
    chosen = pc.scalar(True)
    if low is not None:
        chosen = chosen & (pc.field("household_id") >= low)
    if high is not None:
        chosen = chosen & (pc.field("household_id") < high)
    names = [name for name in wanted if name in data.schema.names]
    return data.to_table(columns=names, filter=chosen).unify_dictionaries()


def _write(
    made: Iterator[Tables], out: Path, schemes: tuple[str, ...], stack: ExitStack
) -> tuple[dict[str, Tally], int]:
    """Appends each block to one file per scheme. The type of person_id is that of the facts."""
    found = dict.fromkeys(schemes, Tally())
    writers: dict[str, pq.ParquetWriter] = {}
    blocks = 0
    for tables in made:
        blocks += 1
        for code in schemes:
            table = _typed(tables[code].select(list(COLUMNS)))
            found[code] += tally(table)
            if code not in writers:
                writers[code] = stack.enter_context(pq.ParquetWriter(out / f"{code}.parquet", table.schema))
            writers[code].write_table(table)
    return found, blocks


def _typed(table: pa.Table) -> pa.Table:
    kinds = {"household_id": pa.int64(), "amount_fen": pa.int64(), "share_fen": pa.int64(), "counted": pa.bool_(),
             "status": pa.string()}  # fmt: skip
    if not pa.types.is_integer(table.schema.field("person_id").type):
        kinds["person_id"] = pa.string()
    return table.cast(pa.schema([pa.field(n, kinds.get(n, table.schema.field(n).type)) for n in table.column_names]))


def _memory_mb() -> int:
    """Of this process in its largest moment, and of its workers now (a worker of Spark keeps what it once took)."""
    below = sum(one.memory_info().rss for one in psutil.Process().children(recursive=True))
    return int(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024 + below // 2**20)
