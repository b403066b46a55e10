"""One engine in a process of its own: reads one JSON command a line, answers with one JSON line.

`python -m benchmarks.rules.worker ENGINE FOLDER THREADS`. Only one worker is asked at a time; the others wait.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

PEERS = ("openfisca_idiomatic", "openfisca_tuned", "policyengine")


def pin(threads: int) -> None:
    """This function will bind this process to the last so many processors that it may use, where the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-threads:])


def peak_mb() -> int:
    """This function will return the greatest resident memory of this process so far, in MB; 0 where unknown."""
    status = Path("/proc/self/status")  # not getrusage: that remembers the parent's memory from before exec
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM")), 0)


def timed(act: Callable[[], object]) -> dict[str, float]:
    """This function will return the seconds that an act takes, by the clock and of the processor."""
    cpu, start = time.process_time(), time.perf_counter()
    act()
    return {"seconds": time.perf_counter() - start, "cpu_seconds": time.process_time() - cpu}


def wrong_cells(
    got: dict[str, NDArray[np.int64]], folder: Path, month: int, *, sample: bool = False
) -> dict[str, dict[str, int]]:
    """This function will count, per scheme, the cells that differ from the reference and the greatest difference.

    A sample holds the first households only and is compared with those.
    """
    made = {}
    for scheme, fen in got.items():
        expected = np.load(folder / f"reference.{month}.{scheme}.npy")
        apart = np.abs(fen - (expected[: len(fen)] if sample else expected))
        made[scheme] = {"wrong": int(np.count_nonzero(apart)), "of": len(apart), "most_fen": int(apart.max(initial=0))}
    return made


def _engine(name: str, folder: Path, threads: int) -> Any:
    if name in PEERS:
        os.environ["RULES_PEER"] = name
        from benchmarks.rules.peers.engine import PeerEngine

        return PeerEngine(folder)
    from benchmarks.rules import engines

    return engines.ENGINES[name](folder, threads)


def main() -> None:
    """This function will serve commands until the input ends."""
    name, folder, threads = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    pin(threads)
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints goes to stderr
    engine: Any = None
    for line in sys.stdin:
        asked = json.loads(line)
        start = time.perf_counter()
        if asked["do"] == "load":
            engine = _engine(name, folder, threads)
            answer = {"seconds": time.perf_counter() - start, "version": engine.version}
        elif asked["do"] == "check":
            sample = getattr(engine, "sample", False)
            answer = {"cells": wrong_cells(engine.amounts(asked["month"]), folder, asked["month"], sample=sample)}
        else:
            answer = getattr(engine, asked["do"])(**{key: value for key, value in asked.items() if key != "do"})
        print(json.dumps(answer | {"peak_mb": peak_mb()}), file=answers, flush=True)


if __name__ == "__main__":
    main()
