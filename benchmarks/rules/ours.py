"""Our engines on the benchmark's population: Arrow tables in, scheme → fen per person or household out."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from benchmarks.rules import figures
from benchmarks.rules.population import Population
from rulebook import Household, Law, Person, evaluate


def arrow_tables(population: Population) -> tuple[pa.Table, pa.Table]:
    """This function will return the facts of persons and of households as the engines take them."""
    persons = {"household_id": population.home, "person_id": np.arange(population.people)}
    households = {"household_id": np.arange(len(population.households["zone"]))}
    return (
        pa.table(persons | {name: _arrow("person", name, c) for name, c in population.persons.items()}),
        pa.table(households | {name: _arrow("household", name, c) for name, c in population.households.items()}),
    )


def _arrow(entity: str, name: str, column: NDArray[np.generic]) -> pa.Array:
    if figures.inputs()[entity][name]["type"] == "code":
        return pa.DictionaryArray.from_arrays(pa.array(column, pa.int8()), pa.array(figures.codes(name)))
    return pa.array(column)


def dense(tables: dict[str, pa.Table], population: Population) -> dict[str, NDArray[np.int64]]:
    """This function will spread result rows (only those entitled are there) over all persons or households.

    Raises ValueError for a row that is not settled: every fact is known, so nothing may be unknown.
    """
    made = {}
    for scheme, entity in figures.outputs().items():
        rows = tables[scheme]
        if set(rows["status"].to_pylist()) - {"entitled"} or rows["amount_fen"].null_count:
            raise ValueError(f"{scheme} has unsettled rows although every fact is known")
        size = population.people if entity == "person" else len(population.households["zone"])
        made[scheme] = np.zeros(size, dtype=np.int64)
        place = rows[f"{entity}_id"].cast(pa.int64()).to_numpy()
        made[scheme][place] = rows["amount_fen"].to_numpy()
    return made


def cases(population: Population) -> list[Household]:
    """This function will return every household as the interpreter takes it; person keys are places."""
    persons, households = (table.to_pylist() for table in arrow_tables(population))
    made = [Household({n: v for n, v in row.items() if n != "household_id"}, []) for row in households]
    for row in persons:
        facts = {n: v for n, v in row.items() if n not in ("household_id", "person_id")}
        made[row["household_id"]].members.append(Person(str(row["person_id"]), facts))  # type: ignore[union-attr]
    return made


def interpret(law: Law, day: date, households: list[Household], population: Population) -> dict[str, NDArray[np.int64]]:
    """This function will evaluate households one by one with the interpreter."""
    made = {
        scheme: np.zeros(population.people if entity == "person" else len(households), dtype=np.int64)
        for scheme, entity in figures.outputs().items()
    }
    for place, household in enumerate(households):
        for row in evaluate(law, household, day).outcomes():
            if row.amount_fen is None:
                raise ValueError(f"{row.scheme} is not settled although every fact is known")
            made[row.scheme][place if row.person is None else int(row.person)] = row.amount_fen
    return made


def wrong(got: dict[str, NDArray[np.int64]], expected: dict[str, NDArray[np.int64]]) -> dict[str, int]:
    """This function will count the cells that differ from the reference, per scheme with any."""
    if got.keys() != expected.keys():
        raise ValueError(f"the results have other schemes than the reference: {got.keys() ^ expected.keys()}")
    counted = {scheme: int(np.count_nonzero(got[scheme] != expected[scheme])) for scheme in expected}
    return {scheme: count for scheme, count in counted.items() if count}
