"""The whole district, 1,323,467 people: from an empty folder to ready, the monthly run, and a what-if.

The first run (everything is stored) is the stage `evaluate` of the demo. A second run, for the month after, is measured
in a process of its own, with that process's memory: it reads and computes everything again and stores the differences.
Then, in another, figures are tried on everybody: the first time, and a figure that was never tried, warm.
MINSHENG_BENCH=quick takes 3,000 people, to see that everything runs.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
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
    figures["what_if_share_of_target"] = round(figures["what_if_seconds"] / WHAT_IF_SECONDS, 3)
    print(json.dumps({"benchmark": "district"} | figures, ensure_ascii=False))


def _in_own_process(folder: Path) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for what in MEASURED:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.district", str(folder), what],
            stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
        made |= json.loads(done.stdout.strip().splitlines()[-1])
    return made


def _installed(folder: Path) -> datetime:
    """Sets this process up for an installation, and reads the clock."""
    os.environ |= {"MINSHENG_HOME": str(folder), "MINSHENG_DEMO": "1"}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minsheng.config.settings")
    if not os.environ.get("DATABASE_URL"):
        from minsheng.config.database import start_embedded

        start_embedded(home=folder)
    import django

    django.setup()
    return datetime.now(UTC)


def run_again(folder: Path) -> dict[str, Any]:
    """This function will run the month after on an installation: seconds, and the memory of this process."""
    at = _installed(folder)
    from benchmarks.rules.worker import peak_mb
    from minsheng.config.demo.accounts import system_viewer
    from minsheng.work.eligibility import operations, queries

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


def try_figures(folder: Path) -> dict[str, Any]:
    """This function will try figures on everybody, as the page does: wall and CPU seconds of each step.

    A snapshot is taken and the rules are compiled by their job, as every morning. The first trial of a process reads
    the snapshot and works out the law as it stands; what is then tried was never tried before. `what_if_quick` says
    that nothing had still to be compiled: from 50,000 people on the kernel answered, below SQL.
    """
    at = _installed(folder)
    from benchmarks.rules.worker import peak_mb
    from minsheng.config.demo.accounts import STAFF, system_viewer
    from minsheng.foundation.access.context import acting_as
    from minsheng.foundation.access.queries import get_viewer
    from minsheng.foundation.accounts import queries as accounts
    from minsheng.foundation.jobs.declaring import turn_of
    from minsheng.work.eligibility import queries as eligibility
    from minsheng.work.eligibility.whatif import jobs, operations, queries
    from minsheng.work.eligibility.whatif.figures import Trial

    last = eligibility.last_run()
    assert last is not None, "the demo has evaluated the district"
    figures: dict[str, Any] = {}

    def clocked(name: str, act: Callable[[], Any]) -> Any:
        wall, cpu = time.perf_counter(), time.process_time()
        made = act()
        figures[f"what_if_{name}seconds"] = round(time.perf_counter() - wall, 3)
        figures[f"what_if_{name}cpu_seconds"] = round(time.process_time() - cpu, 3)
        return made

    actor = system_viewer(at=at)
    clocked("snapshot_", lambda: operations.take_snapshot(actor=actor, at=at, as_of=last.as_of))
    clocked("compile_", lambda: jobs.compile_rules.function(step=partial(turn_of, "system")))
    name, shown, _ = STAFF["district_business"]
    number = accounts.account_id(username=name)
    assert number is not None
    viewer = get_viewer(account_id=number, name=shown, username=name, at=at)

    def trial(fen: int) -> Trial:
        return Trial("minimum_living_allowance", {queries.STANDARD: fen})

    with acting_as(viewer=viewer, at=at):
        today = queries.trial_law(viewer=viewer).numbers[queries.STANDARD].value
        clocked("first_", lambda: queries.what_if(viewer=viewer, trial=trial(today + 5_000)))
        made = clocked("", lambda: queries.what_if(viewer=viewer, trial=trial(today + 12_300)))
        clocked("months_", lambda: queries.months_ahead(viewer=viewer, trial=trial(today + 12_300)))
    return figures | {
        "what_if_people": made.basis.persons,
        "what_if_households": made.basis.households,
        "what_if_gain": made.gain,
        "what_if_more_fen": made.more_fen,
        "what_if_quick": made.basis.quick,
        "what_if_peak_mb": peak_mb(),
    }


MEASURED = {"next-month": run_again, "what-if": try_figures}

if __name__ == "__main__":
    print(json.dumps(MEASURED[sys.argv[2]](Path(sys.argv[1]))))
