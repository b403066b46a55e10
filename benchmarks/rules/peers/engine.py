"""OpenFisca or PolicyEngine as one contestant. A simulation remembers its results, so each round builds a new one."""

from __future__ import annotations

import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.rules.peers import simulate
from benchmarks.rules.peers.system import PEER, build_reform, build_system
from benchmarks.rules.population import Population
from benchmarks.rules.worker import timed, wrong_cells


class PeerEngine:
    """All times are of the calculation alone; what comes before it is `build_seconds`."""

    def __init__(self, folder: Path) -> None:
        package = "policyengine-core" if PEER == "policyengine" else "openfisca-core"
        self.version = f"{package} {version(package)}"
        self.folder, self.population = folder, Population.load(folder)
        self.system = build_system()
        self.prepared = simulate.Prepared(self.population)

    def _built(self, system: Any = None) -> tuple[Any, float]:
        start = time.perf_counter()
        made = self.prepared.simulation(system or self.system)
        return made, time.perf_counter() - start

    def month(self, month: int) -> dict[str, float]:
        """This function will time one month."""
        simulation, build = self._built()
        return timed(lambda: simulate.calculate(simulation, [month])) | {"build_seconds": build}

    def year(self) -> dict[str, Any]:
        """This function will time twelve months in one simulation, and compare each with the reference afterwards."""
        simulation, build = self._built()
        spent = timed(lambda: simulate.calculate(simulation, range(1, 13)))
        wrong = {
            month: wrong_cells(simulate.amounts(simulation, month), self.folder, month) for month in range(1, 13)
        }  # fmt: skip
        return spent | {"build_seconds": build, "months": wrong}

    def amounts(self, month: int) -> dict[str, NDArray[np.int64]]:
        """This function will return a month's results in fen."""
        return simulate.amounts(self._built()[0], month)

    def changed(self, places: list[int], month: int) -> dict[str, float]:
        """This function will time so many changed households: taken out by hand, built and computed anew."""
        part = simulate.Prepared(self.population.at(np.array(places)))
        return timed(lambda: simulate.calculate(part.simulation(self.system), [month]))

    def explained(self, places: list[int], month: int) -> dict[str, Any]:
        """This function will time single households with the trace, written as its log."""
        spent, lines = [], 0
        for place in places:
            part = simulate.Prepared(self.population.at(np.array([place])))
            logs: list[list[str]] = []
            spent.append(timed(lambda part=part, logs=logs: logs.append(self._traced(part, month))))  # type: ignore[misc]
            lines = max(lines, len(logs[0]))
        return {"rounds": spent, "most_lines": lines}

    def _traced(self, part: simulate.Prepared, month: int) -> list[str]:
        simulation = part.simulation(self.system)
        simulation.trace = True
        simulate.calculate(simulation, [month])
        lines: list[str] = simulation.tracer.computation_log.lines()
        return lines

    def what_if(self, number: str, value: int, month: int) -> dict[str, float]:
        """This function will time the baseline and a reform of one number; the builds are told apart."""
        base, build = self._built()
        start = time.perf_counter()
        reformed = self.prepared.simulation(build_reform(self.system, {number: value}))
        build += time.perf_counter() - start
        spent = timed(lambda: [simulate.calculate(simulation, [month]) for simulation in (base, reformed)])
        return spent | {"build_seconds": build}
