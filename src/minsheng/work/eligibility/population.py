"""From the facts of everybody to outcomes: an engine for all, the interpreter for what is open and for a sample.

The engine (DuckDB, or the kernel for many people) decides every household; stacking says what is payable of it. Where
an answer is open the interpreter says what is missing, and must agree with the engine to the fen.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from minsheng.work.eligibility.rules import facts_digest
from minsheng.work.eligibility.types import Key, Missing, Outcome, Status
from rulebook import Household, Law, OutcomeRow, Person, apply_stacking, duckdb_runner, evaluate, kernel_runner

Report = Callable[[int, int], None]
KEYS = ("household_id", "person_id", "area_id")
RESULT = ("status", "amount_fen", "share_fen", "counted")
KERNEL_FROM = 300_000  # persons; below, DuckDB is done before the kernel would be compiled
SAMPLE = 50


class UnableToEvaluate(RuntimeError):
    """SQL and interpreter disagree: nothing is stored, because one of the two is wrong."""


@dataclass(frozen=True)
class Population:
    """The facts of everybody on one day, as `registry.queries.population_facts` returns them."""

    persons: pa.Table
    households: pa.Table

    def restricted_to(self, household_ids: Iterable[int]) -> "Population":
        """This function will return the facts of these households only."""
        wanted = pa.array(sorted(set(household_ids)), pa.int64())
        return Population(
            self.persons.filter(pc.is_in(self.persons["household_id"], value_set=wanted)),
            self.households.filter(pc.is_in(self.households["household_id"], value_set=wanted)),
        )

    def cases(self) -> Iterator["Case"]:
        """This function will yield every household with its members, both sorted by household id."""
        members: dict[int, list[dict[str, Any]]] = {}
        for row in self.persons.to_pylist():
            members.setdefault(row["household_id"], []).append(row)
        for row in self.households.to_pylist():
            yield Case(row["household_id"], row["area_id"], row, tuple(members.get(row["household_id"], ())))


@dataclass(frozen=True)
class Case:
    """One household's facts as rows; knows how to become the rulebook's own household."""

    household_id: int
    area_id: int
    facts: Mapping[str, Any]
    members: tuple[Mapping[str, Any], ...]

    def digest(self) -> str:
        """This function will return the hash of the facts that the rules may read."""
        household = _facts(self.facts)
        people = {str(member["person_id"]): _facts(member) for member in self.members}
        return facts_digest({"household": household, "people": people})

    def household(self, names: Mapping[int, str] = MappingProxyType({})) -> Household:
        """This function will return the rulebook's household; a missing fact stays unknown, names serve wording."""
        people = [
            Person(key=str(member["person_id"]), facts=_facts(member), name=names.get(member["person_id"], ""))
            for member in self.members
        ]
        return Household(facts=_facts(self.facts), members=people)


def _facts(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in KEYS and value is not None}


def outcomes_of(
    *, law: Law, as_of: date, population: Population, report: Report = lambda done, total: None
) -> dict[Key, Outcome]:
    """This function will return every entitled or unknown outcome; raises UnableToEvaluate when engines disagree.

    The interpreter works out every household with an open answer, because only it can say what is missing, and every
    SAMPLE-th other one: both must agree with the engine to the fen.
    """
    by_household = _by_engine(law, as_of, population)
    outcomes: dict[Key, Outcome] = {}
    total = len(by_household)
    for done, case in enumerate(population.restricted_to(by_household).cases()):
        rows = by_household[case.household_id]
        settled = all(row.status == "entitled" and row.amount_fen is not None for row in rows)
        if settled and case.household_id % SAMPLE:
            outcomes.update(_stacked(law, case, rows))
        else:
            outcomes.update(_worked_out(law, as_of, case, rows))
        if done % 500 == 0:
            report(done, total)
    report(total, total)
    return outcomes


def _by_engine(law: Law, as_of: date, population: Population) -> dict[int, list[OutcomeRow]]:
    """The results of all schemes by household. Machine code pays from a few hundred thousand people on."""
    persons, households = (
        table.drop_columns([name for name in ("area_id",) if name in table.column_names])
        for table in (population.persons, population.households)
    )
    large = persons.num_rows >= KERNEL_FROM
    run = kernel_runner.run_population if large else duckdb_runner.run_population
    found: dict[int, list[OutcomeRow]] = {}
    for scheme, table in run(law, as_of, persons, households).items():
        for household, person, status, amount, share, counted in zip(
            *(table[name].to_pylist() for name in ("household_id", "person_id", *RESULT)), strict=True
        ):
            row = OutcomeRow(scheme, None if person is None else str(person), status, amount, share, counted)
            found.setdefault(household, []).append(row)
    return found


def _key(case: Case, scheme: str, person: str | None) -> Key:
    return (scheme, case.household_id, None if person is None else int(person))


def _stacked(law: Law, case: Case, rows: list[OutcomeRow]) -> dict[Key, Outcome]:
    digest = case.digest()
    return {
        (key := _key(case, paid.scheme, paid.person)): Outcome(
            key, case.area_id, Status.ENTITLED, paid.amount_fen, paid.payable_fen, digest
        )
        for paid in apply_stacking(law, rows)
    }


def _worked_out(law: Law, as_of: date, case: Case, rows: list[OutcomeRow]) -> dict[Key, Outcome]:
    outcomes = outcomes_of_case(law=law, as_of=as_of, case=case)
    expected = {_key(case, row.scheme, row.person): (Status(row.status), row.amount_fen) for row in rows}
    if {key: (o.status, o.amount_fen) for key, o in outcomes.items()} != expected:
        raise UnableToEvaluate(
            f"household {case.household_id}: the interpreter says {outcomes}, the engine says {expected}. Nothing was "
            "stored; run `pytest tests/rulebook` and report the facts of this household."
        )
    return outcomes


def outcomes_of_case(*, law: Law, as_of: date, case: Case) -> dict[Key, Outcome]:
    """This function will return the entitled and unknown outcomes of one household by the interpreter."""
    evaluation = evaluate(law, case.household(), as_of)
    digest = case.digest()
    outcomes: dict[Key, Outcome] = {}
    for payable in evaluation.payable():
        status = Status(payable.status)
        if status is Status.NOT_ENTITLED:
            continue
        key = (payable.scheme, case.household_id, int(payable.person) if payable.person is not None else None)
        missing: tuple[Missing, ...] = ()
        if status is Status.UNKNOWN:
            missing = missing_of(evaluation.outcome(payable.scheme, payable.person).missing)
        amount = payable.amount_fen if status is Status.ENTITLED else None
        outcomes[key] = Outcome(key, case.area_id, status, amount, payable.payable_fen, digest, missing)
    return outcomes


def missing_of(data: Iterable[Any]) -> tuple[Missing, ...]:
    """This function will turn the rulebook's missing data, those that alone decide, into ours."""
    return tuple(
        Missing(int(datum.person) if datum.person is not None else None, datum.input, datum.question)
        for datum in data
        if datum.decides_alone
    )
