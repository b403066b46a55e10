"""Runs the contestants side by side: same data, same policy, each in its own process, in interleaved rounds."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.rules import reference
from benchmarks.rules.environments import UnableToMakeEnvironment, cache_folder, make_environment
from benchmarks.rules.population import Population, generate
from benchmarks.rules.worker import PEERS

MONTH = 11
OURS = ("kernel", "kernel_2_threads", "duckdb", "interpreter")
SPEED = ("kernel", "kernel_2_threads", "duckdb", "numpy", "memory")
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "NUMEXPR_NUM_THREADS": "1"}
CHANGED, EXPLAINED = 1_000, 30
REFORM = ("household.margin_rate", 190)
Answer = dict[str, Any]


def say(text: str) -> None:
    """This function will tell how far the benchmark is, apart from its results."""
    print(text, file=sys.stderr, flush=True)


class Worker:
    """One contestant's process."""

    def __init__(self, name: str, python: Path, folder: Path) -> None:
        self.name, threads = name, "2" if name.endswith("2_threads") else "1"
        root = Path(__file__).resolve().parents[2]
        given = [path for path in [os.environ.get("PYTHONPATH", "")] if path]
        paths = [str(root)] if name in PEERS else [*given, str(root / "src"), str(root)]
        self.process = subprocess.Popen(
            [str(python), "-m", "benchmarks.rules.worker", name, str(folder), threads],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root,
            env=os.environ | ONE_THREAD | {"PYTHONPATH": os.pathsep.join(paths)},
        )  # fmt: skip

    def ask(self, do: str, **arguments: Any) -> Answer:
        """This function will have the engine do something; raises RuntimeError when its process ends instead."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"do": do} | arguments) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended during {do!r} with code {self.process.wait()}")
        answer: Answer = json.loads(line)
        return answer

    def end(self) -> None:
        """This function will end the process."""
        self.process.kill()
        self.process.wait()


def pythons() -> tuple[dict[str, Path], dict[str, str]]:
    """This function will return the Python of each contestant, and why one is missing."""
    found = {name: Path(sys.executable) for name in (*SPEED, "interpreter")}
    missing: dict[str, str] = {}
    for package in ("openfisca", "policyengine"):
        names = [name for name in PEERS if name.startswith(package)]
        try:
            found |= dict.fromkeys(names, make_environment(package))
        except UnableToMakeEnvironment as fault:
            missing |= dict.fromkeys(names, str(fault))
            say(f"left out: {fault}")
    return found, missing


@contextmanager
def prepared(people: int, months: range) -> Iterator[tuple[Path, Population]]:
    """This function will lay out the data and the reference's answers in a folder that is removed afterwards."""
    cache_folder().mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="rules-", dir=cache_folder()))
    try:
        say(f"{people:,} people: data and the reference's answers …")
        population = generate(people)
        population.save(folder)
        for month in months:
            for scheme, fen in reference.evaluate(population, date(2026, month, 1)).items():
                np.save(folder / f"reference.{month}.{scheme}.npy", fen.astype(np.int32))
        yield folder, population
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def contest(people: int, rounds: int, year_rounds: int, python: dict[str, Path]) -> dict[str, Any]:
    """This function will measure everything at one size: answers first, then time."""
    with prepared(people, range(1, 13) if year_rounds else range(MONTH, MONTH + 1)) as (folder, population):
        names = [name for name in (*PEERS, *SPEED, "interpreter") if name in python]
        workers = {name: Worker(name, python[name], folder) for name in names}
        try:
            return _measured(workers, population, rounds, year_rounds)
        finally:
            for worker in workers.values():
                worker.end()


def _measured(workers: dict[str, Worker], population: Population, rounds: int, year_rounds: int) -> dict[str, Any]:
    homes = len(population.households["zone"])
    made: dict[str, Any] = {"people": population.people, "households": homes, "rounds": rounds}
    made["load"] = {name: worker.ask("load") for name, worker in workers.items()}
    judged = [name for name in workers if name != "memory"]
    made["cells"] = {name: workers[name].ask("check", month=MONTH)["cells"] for name in judged}
    say(f"{population.people:,} people: answers compared; {rounds} rounds of one month …")
    timed = [name for name in workers if name != "interpreter"]
    made["month"] = _rounds([(name, workers[name], "month", {"month": MONTH}) for name in timed], rounds)
    if "interpreter" in workers:
        made["month"]["interpreter"] = [workers["interpreter"].ask("month", month=MONTH)]
    made["peak_mb"] = {name: answers[-1]["peak_mb"] for name, answers in made["month"].items()}
    chance = np.random.default_rng(7)
    places = np.sort(chance.choice(homes, min(CHANGED, homes), replace=False)).tolist()
    few = [name for name in ("openfisca_idiomatic", "openfisca_tuned", "policyengine", "kernel") if name in workers]
    asked = {"places": places, "month": MONTH}
    made["changed"] = _rounds([(name, workers[name], "changed", asked) for name in few], 7)
    single = {"places": chance.choice(min(2_000, homes), EXPLAINED, replace=False).tolist(), "month": MONTH}
    tracing = [name for name in ("openfisca_tuned", "policyengine", "interpreter") if name in workers]
    made["explained"] = {name: workers[name].ask("explained", **single) for name in tracing}
    number, value = REFORM
    what = {"number": number, "value": value, "month": MONTH}
    made["what_if"] = _rounds([(name, workers[name], "what_if", what) for name in few], max(1, year_rounds))
    made["kernel"] = workers["kernel"].ask("described")
    yearly = [name for name in timed if name != "memory"]
    for _ in range(year_rounds):
        say(f"{population.people:,} people: twelve months …")
        for name, answers in _rounds([(name, workers[name], "year", {}) for name in yearly], 1).items():
            made.setdefault("year", {}).setdefault(name, []).extend(answers)
    if year_rounds:
        made["year_peak_mb"] = {name: answers[-1]["peak_mb"] for name, answers in made["year"].items()}
    return made


def _rounds(asked: list[tuple[str, Worker, str, Answer]], rounds: int) -> dict[str, list[Answer]]:
    """Everybody once a round, beginning with another one each time, so that a disturbance hits all alike."""
    made: dict[str, list[Answer]] = {name: [] for name, *_ in asked}
    for number in range(rounds):
        begin = number % max(1, len(asked))
        for name, worker, do, arguments in asked[begin:] + asked[:begin]:
            made[name].append(worker.ask(do, **arguments))
            time.sleep(0.05)
    return made
