"""The whole district, 1,323,467 people: from an empty folder to ready, the monthly run, and a what-if.

The first run (everything is stored) is the stage `evaluate` of the demo. A second run, for the month after, is measured
in a process of its own, with that process's memory: it reads and computes everything again and stores the differences.
MINSHENG_BENCH=quick takes 3,000 people, to see that everything runs.
"""

import json
import os
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

PEOPLE = 1_323_467
RUN_SECONDS, RUN_MB, WHAT_IF_SECONDS = 90, 4_000, 2


def main() -> None:
    """This function will measure the demo of the whole district, then the run on it."""
    from benchmarks.demo import measure

    people = 3_000 if os.environ.get("MINSHENG_BENCH") == "quick" else PEOPLE
    figures = measure(people, afterwards=_in_own_process)
    figures["run_seconds"] = figures["seconds"]["evaluate"]
    figures["run_share_of_target"] = round(figures["run_seconds"] / RUN_SECONDS, 3)
    figures["run_memory_share_of_target"] = round(figures["next_month_peak_mb"] / RUN_MB, 3)
    print(json.dumps({"benchmark": "district"} | figures, ensure_ascii=False))


def _in_own_process(folder: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.district", str(folder)], stdout=subprocess.PIPE, text=True, check=True
    )
    made: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return made


def run_again(folder: Path) -> dict[str, Any]:
    """This function will run the month after on an installation: seconds, and the memory of this process."""
    os.environ |= {"MINSHENG_HOME": str(folder), "MINSHENG_DEMO": "1"}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minsheng.config.settings")
    if not os.environ.get("DATABASE_URL"):
        from minsheng.config.database import start_embedded

        start_embedded(home=folder)
    import django

    django.setup()
    from benchmarks.rules.worker import peak_mb
    from minsheng.config.demo.accounts import system_viewer
    from minsheng.work.eligibility import operations, queries

    at = datetime.now(UTC)
    actor = system_viewer(at=at)
    before = queries.last_run()
    assert before is not None, "the demo has evaluated the district"
    month = date(before.as_of.year + before.as_of.month // 12, before.as_of.month % 12 + 1, 1)
    start = time.perf_counter()
    summary = operations.evaluate_district(actor=actor, at=at, as_of=month)
    return {
        "next_month_seconds": round(time.perf_counter() - start, 2),
        "next_month_peak_mb": peak_mb(),
        "next_month_people": summary.persons,
    }


if __name__ == "__main__":
    print(json.dumps(run_again(Path(sys.argv[1]))))
