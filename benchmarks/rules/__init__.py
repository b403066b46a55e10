"""The rulebook's speed and exactness: beside OpenFisca and PolicyEngine, and SQL against the interpreter.

MINSHENG_BENCH=quick measures a small population, to see that everything runs; its figures mean nothing.
"""

import json
import os
import time

SIZES = {"full": [(100_000, 5, 3), (1_000_000, 5, 1)], "quick": [(2_000, 3, 1), (10_000, 3, 1)]}


def main() -> None:
    """This function will measure, print tables for people and then one line of JSON with every figure."""
    from benchmarks.rules import contest, interpreter, report

    size = os.environ.get("MINSHENG_BENCH", "full")
    if size not in SIZES:
        raise SystemExit(f"MINSHENG_BENCH={size} is not known; write one of {', '.join(SIZES)}")
    start, load = time.perf_counter(), [round(os.getloadavg()[0], 2)]
    python, missing = contest.pythons()
    sizes = []
    for people, rounds, year_rounds in SIZES[size]:
        sizes.append(contest.contest(people, rounds, year_rounds, python))
        print(report.table(sizes[-1]), end="\n\n", flush=True)
    load.append(round(os.getloadavg()[0], 2))
    figures = report.figures_of(sizes, missing, load) | {"district": interpreter.measure()}
    figures["took_seconds"] = round(time.perf_counter() - start)
    print(json.dumps(figures, ensure_ascii=False))
    wrong = figures["wrong_fen"] + figures["district"]["differing"]
    if wrong:
        raise SystemExit(f"{wrong} cells of our engines differ from the reference, or from each other")
