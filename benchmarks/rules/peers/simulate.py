"""Builds simulations for a population and computes every output; the calculation is what is timed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.rules import figures
from benchmarks.rules.peers.system import ENUMS, SimulationBuilder
from benchmarks.rules.population import Population

YEAR = 2026


class Prepared:
    """A population in yuan and enumerations, made once, so that building a simulation only hands arrays over."""

    def __init__(self, population: Population) -> None:
        self.population = population
        self.arrays: dict[str, tuple[str, Any]] = {}
        for entity, columns in (("person", population.persons), ("household", population.households)):
            for name, column in columns.items():
                declared = figures.inputs()[entity][name]
                value: Any = column
                if declared["type"] == "money":
                    value = (column / 100).astype(np.float32)
                elif declared["type"] == "code":
                    value = ENUMS[name].encode(np.array(list(ENUMS[name]))[column])
                yearly = declared.get("unit", "").endswith("/year")
                self.arrays[name] = (str(YEAR) if yearly else "ETERNITY", value)

    def simulation(self, system: Any) -> Any:
        """This function will build a simulation with every input set for the whole year."""
        builder = SimulationBuilder()
        builder.create_entities(system)
        builder.declare_person_entity("person", np.arange(self.population.people))
        homes = builder.declare_entity("household", np.arange(len(self.population.households["zone"])))
        builder.join_with_persons(homes, self.population.home, np.zeros(self.population.people, dtype=np.int64))
        made = builder.build(system)
        for name, (period, value) in self.arrays.items():
            made.set_input(name, period, value)
        return made


def calculate(simulation: Any, months: Iterable[int]) -> None:
    """This function will compute every output of these months; the simulation remembers them."""
    for month in months:
        for scheme in figures.outputs():
            simulation.calculate(f"{scheme}_amount", f"{YEAR}-{month:02d}")


def amounts(simulation: Any, month: int) -> dict[str, NDArray[np.int64]]:
    """This function will return what was computed for a month, in fen: yuan rounded to the nearest."""
    return {
        scheme: np.rint(np.asarray(simulation.calculate(f"{scheme}_amount", f"{YEAR}-{month:02d}"), float) * 100)
        .astype(np.int64)
        for scheme in figures.outputs()
    }  # fmt: skip
