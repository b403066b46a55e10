"""Our engines, and the reference as a contestant, each as the worker drives it."""

from __future__ import annotations

import json
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from benchmarks.rules import figures, ours, reference
from benchmarks.rules.population import Population
from benchmarks.rules.worker import timed, wrong_cells
from rulebook import Household, Law, evaluate, kernel_runner, load_rulebook
from rulebook.duckdb_runner import TWO_PASSES_FROM
from rulebook.sql import LAW, build_passes, build_stages, needed
from rulebook.sql_facts import SQL_TYPES, law_query

Amounts = dict[str, NDArray[np.int64]]
YEAR = 2026


class Engine:
    """Loads the population; a contestant says how to run a month and what came out."""

    version = "minsheng"

    def __init__(self, folder: Path, threads: int) -> None:
        self.folder, self.threads = folder, threads
        self.population = Population.load(folder)
        self.book = load_rulebook(figures.POLICY)
        self.laws = {month: self.book.law_on(date(YEAR, month, 1)) for month in range(1, 13)}

    def run(self, month: int) -> Any:
        """This function will compute a month."""
        raise NotImplementedError

    def _consumed(self, month: int) -> None:
        self.run(month)

    def amounts(self, month: int) -> Amounts:
        """This function will compute a month and return fen per person or household."""
        raise NotImplementedError

    def month(self, month: int) -> dict[str, float]:
        """This function will time one month."""
        return timed(lambda: self.run(month))

    def year(self) -> dict[str, Any]:
        """This function will time twelve months, each consumed before the next, and then compare each."""
        spent = timed(lambda: [self._consumed(month) for month in range(1, 13)])
        return spent | {"months": {m: wrong_cells(self.amounts(m), self.folder, m) for m in range(1, 13)}}


class Kernel(Engine):
    """The fused kernel over prepared columns; only entitled rows are written."""

    def __init__(self, folder: Path, threads: int) -> None:
        super().__init__(folder, threads)
        self.version = f"minsheng kernel (numba {version('numba')})"
        self.columns = kernel_runner.prepare(self.book, *ours.arrow_tables(self.population))
        self.compile_seconds = timed(lambda: self.run(1))["seconds"]
        self.run(1)

    def run(self, month: int) -> Any:
        """This function will compute a month."""
        return kernel_runner.run(self.laws[month], date(YEAR, month, 1), self.columns, threads=self.threads)

    def amounts(self, month: int) -> Amounts:
        """This function will compute a month and return fen per person or household."""
        rows = self.run(month)
        made = {}
        for scheme, entity in figures.outputs().items():
            place, status, fen, _ = rows.of(scheme)
            if not (status == 1).all() or (fen == kernel_runner.UNKNOWN).any():
                raise ValueError(f"{scheme} has unsettled rows although every fact is known")
            size = self.population.people if entity == "person" else len(self.population.households["zone"])
            made[scheme] = np.zeros(size, dtype=np.int64)
            made[scheme][place] = fen
        return made

    def changed(self, places: list[int], month: int) -> dict[str, float]:
        """This function will time the recomputation of so many changed households."""
        law, day, chosen = self.laws[month], date(YEAR, month, 1), np.array(places, dtype=np.int32)
        return timed(lambda: kernel_runner.run(law, day, self.columns, households=chosen))

    def what_if(self, number: str, value: int, month: int) -> dict[str, float]:
        """This function will time the baseline and the changed law over the same columns; the cost of each is kept."""
        law, day = self.laws[month], date(YEAR, month, 1)

        def cost(law: Law) -> int:
            rows = kernel_runner.run(law, day, self.columns, threads=self.threads)
            return sum(int(fen.sum()) for _, _, _, fen, _ in rows.parts)

        return timed(lambda: cost(law.with_number(number, value)) - cost(law))

    def described(self) -> dict[str, Any]:
        """This function will say how long compiling took (or finding the compiled code) and how many rows come out."""
        return {"compile_seconds": self.compile_seconds, "rows": self.run(11).count}


class DuckDB(Engine):
    """The SQL of the rules over DuckDB's own tables in memory."""

    def __init__(self, folder: Path, threads: int) -> None:
        super().__init__(folder, threads)
        self.version = f"minsheng SQL (duckdb {duckdb.__version__})"
        self.con = duckdb.connect(config={"threads": threads, "preserve_insertion_order": "false"})
        build = build_passes if self.population.people >= TWO_PASSES_FROM else build_stages  # as the runner chooses
        self.stages = build(self.book, dialect="duckdb")
        for entity, table in zip(("person", "household"), ours.arrow_tables(self.population), strict=True):
            keys = ["household_id", "person_id"] if entity == "person" else ["household_id"]
            facts = [f"CAST({n} AS {SQL_TYPES[i.type]}) AS {n}" for n, i in self.book.inputs.items()
                     if i.entity == entity]  # fmt: skip
            self.con.register("given", table)
            self.con.execute(f"CREATE TABLE {entity}_facts AS SELECT {', '.join(keys + facts)} FROM given")
            self.con.unregister("given")

    def run(self, month: int) -> Any:
        """This function will compute a month; the tables of the month before are replaced."""
        query = law_query(self.laws[month], date(YEAR, month, 1), "duckdb")
        self.con.execute(f"CREATE OR REPLACE TABLE {LAW} AS {query}")
        for stage in needed(self.stages, lambda query: self.con.execute(query).fetchone()):
            self.con.execute(stage.sql.replace("CREATE TABLE", "CREATE OR REPLACE TABLE", 1))

    def amounts(self, month: int) -> Amounts:
        """This function will compute a month and return fen per person or household."""
        self.run(month)
        tables = {code: self.con.sql(f"SELECT * FROM outcome_{code}").to_arrow_table() for code in figures.outputs()}
        return ours.dense(tables, self.population)


class Interpreter(Engine):
    """One household at a time; the engine of explanations. Measured on a sample."""

    version = "minsheng interpreter"
    sample = True

    def __init__(self, folder: Path, threads: int) -> None:
        super().__init__(folder, threads)
        self.people = self.population.people
        self.population = self.population.first(min(2_000, len(self.population.households["zone"])))
        self.cases = ours.cases(self.population)

    def run(self, month: int) -> Any:
        """This function will compute a month for the sample."""
        return ours.interpret(self.laws[month], date(YEAR, month, 1), self.cases, self.population)

    def amounts(self, month: int) -> Amounts:
        """This function will compute a month for the sample."""
        return self.run(month)  # type: ignore[no-any-return]

    def month(self, month: int) -> dict[str, float]:
        """This function will time the sample, and say what it would take for everybody."""
        seconds = timed(lambda: self.run(month))["seconds"]
        share = self.population.people / self.people
        return {"seconds": seconds / share, "sample_seconds": seconds, "sample_households": len(self.cases)}

    def explained(self, places: list[int], month: int) -> dict[str, Any]:
        """This function will time single households: every outcome, and the working of the total as JSON.

        The total rests on every benefit of every member, so its working tells each variable once, as a trace does.
        """
        law, day = self.laws[month], date(YEAR, month, 1)
        spent: list[dict[str, float]] = []
        texts: list[str] = []
        for place in places:
            household = self.cases[place % len(self.cases)]
            spent.append(timed(lambda household=household: texts.append(self._explained(law, day, household))))  # type: ignore[misc]
        return {"rounds": spent, "longest_json": max(map(len, texts))}

    def _explained(self, law: Law, day: date, household: Household) -> str:
        made = evaluate(law, household, day)
        made.outcomes()
        return json.dumps(made.explain("household_total").to_json(), ensure_ascii=False, default=str)


class Numpy(Engine):
    """The reference: whole fen by hand on numpy, for comparison."""

    def __init__(self, folder: Path, threads: int) -> None:
        super().__init__(folder, threads)
        self.version = f"numpy {np.__version__} by hand"

    def run(self, month: int) -> Any:
        """This function will compute a month."""
        return reference.evaluate(self.population, date(YEAR, month, 1))

    def amounts(self, month: int) -> Amounts:
        """This function will compute a month and return fen per person or household."""
        return self.run(month)  # type: ignore[no-any-return]


class Memory(Engine):
    """No engine: reads every input column once and writes one 8-byte column for every output. The limit of memory."""

    version = "memory"

    def __init__(self, folder: Path, threads: int) -> None:
        super().__init__(folder, threads)
        p = self.population
        columns = [p.home, *p.persons.values(), *p.households.values()]
        self.read = [column[: len(column) // 8 * 8].view(np.int64) for column in columns]
        size = {"person": p.people, "household": len(p.households["zone"])}
        self.write = [np.zeros(size[entity], dtype=np.int64) for entity in figures.outputs().values()]

    def run(self, month: int) -> Any:
        """This function will touch every byte once."""
        for column in self.read:
            column.sum()
        for column in self.write:
            column.fill(month)


ENGINES: dict[str, type[Engine]] = {
    "kernel": Kernel,
    "kernel_2_threads": Kernel,
    "duckdb": DuckDB,
    "interpreter": Interpreter,
    "numpy": Numpy,
    "memory": Memory,
}
