"""How long the demo takes from an empty folder to ready, and how much memory, against the targets of the house."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

SECONDS, BYTES = {66_000: 90, 1_323_467: 600}, {66_000: 6e9, 1_323_467: 6e9}


def measure(people: int, afterwards: Callable[[Path], dict[str, Any]] = lambda folder: {}) -> dict[str, Any]:
    """This function will build a demo of this size in a new folder, and once more to time the reuse.

    `afterwards` may measure more on the installation before it is removed.
    """
    folder = tempfile.mkdtemp(prefix="minsheng-bench-")
    command = [sys.executable, "-m", "minsheng.config", "demo", "--people", str(people), "--no-serve"]
    try:
        runs = []
        for _ in range(2):
            done = subprocess.run(
                command,
                env=os.environ | {"MINSHENG_HOME": folder},
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
            runs.append(json.loads(done.stdout.strip().splitlines()[-1]))
        more = afterwards(Path(folder) / str(people))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    first, second = runs
    return (
        first
        | {
            "target_seconds": SECONDS.get(people),
            "share_of_target": round(first["seconds_total"] / SECONDS[people], 3) if people in SECONDS else None,
            "memory_share_of_target": round(first["peak_memory_mb"] * 1e6 / BYTES[people], 3)
            if people in BYTES
            else None,
            "second_start_reused": second["reused"],
        }
        | more
    )


def main() -> None:
    """This function will measure the default demo."""
    print(json.dumps({"benchmark": "demo"} | measure(66_000), ensure_ascii=False))
