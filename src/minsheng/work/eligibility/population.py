"""From the facts of everybody to outcomes: one statement per stage in DuckDB, the interpreter where benefits meet.

SQL decides every household. Where a household has a single result, that is also what is payable; where several meet
(stacking) or something is unknown, the interpreter works the household out, and must agree with SQL to the fen.
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
from rulebook import Household, Law, Person, evaluate
from rulebook.duckdb_runner import run_population

Report = Callable[[int, int], None]
KEYS = ("household_id", "person_id", "area_id")


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
    """This function will return every entitled or unknown outcome; raises UnableToEvaluate when engines disagree."""
    found = _by_sql(law, as_of, population)
    by_household: dict[int, list[tuple[Key, Status, int | None]]] = {}
    for key, status, amount in found:
        by_household.setdefault(key[1], []).append((key, status, amount))
    outcomes: dict[Key, Outcome] = {}
    total = len(by_household)
    for done, case in enumerate(population.restricted_to(by_household).cases()):
        rows = by_household[case.household_id]
        single = len(rows) == 1 and rows[0][1] is Status.ENTITLED
        outcomes.update(_single(case, rows[0]) if single else _worked_out(law, as_of, case, rows))
        if done % 500 == 0:
            report(done, total)
    report(total, total)
    return outcomes


def _by_sql(law: Law, as_of: date, population: Population) -> Iterator[tuple[Key, Status, int | None]]:
    drop = [name for name in ("area_id",) if name in population.persons.column_names]
    persons = population.persons.drop_columns(drop)
    households = population.households.drop_columns([n for n in drop if n in population.households.column_names])
    for scheme, table in run_population(law, as_of, persons, households).items():
        columns = table.to_pydict()
        for household, person, status, amount in zip(
            columns["household_id"], columns["person_id"], columns["status"], columns["amount_fen"], strict=True
        ):
            yield (scheme, household, person), Status(status), amount


def _single(case: Case, row: tuple[Key, Status, int | None]) -> dict[Key, Outcome]:
    key, status, amount = row
    return {key: Outcome(key, case.area_id, status, amount, amount, case.digest())}


def _worked_out(law: Law, as_of: date, case: Case, rows: list[tuple[Key, Status, int | None]]) -> dict[Key, Outcome]:
    outcomes = outcomes_of_case(law=law, as_of=as_of, case=case)
    expected = {key: (status, amount) for key, status, amount in rows}
    if {key: (o.status, o.amount_fen) for key, o in outcomes.items()} != expected:
        raise UnableToEvaluate(
            f"household {case.household_id}: the interpreter says {outcomes}, SQL says {expected}. Nothing was stored; "
            "run `pytest tests/rulebook` and report the facts of this household."
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
