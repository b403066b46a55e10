"""The sources of the demo: they know the synthetic person's facts, with seeded misses, delays and contradictions."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime

from minsheng.foundation.accounts.types import Viewer
from minsheng.records.registry.queries.households import home_of, household_facts, seats_of
from minsheng.records.registry.types import Fact, SubjectKind, Value
from minsheng.records.registry.vocabulary import ATTRIBUTES, ValueType
from minsheng.work.casework.checking.asking import Answer, Question

# Out of 1,000 questions: so many are late at the first attempt, so many contradict what the registry holds.
LATE_PER_MILLE = 40
CONTRADICTORY_PER_MILLE = 20


class SimulatedSources:
    """Answers out of the registry's own facts. The noise depends on the question alone, so a run can be repeated."""

    def __init__(self, *, viewer: Viewer) -> None:
        self.viewer = viewer
        self._read: dict[tuple[int, date, datetime], Mapping[tuple[int | None, str], Fact]] = {}

    def ask(self, question: Question) -> Answer | None:
        """This method will answer as a department would: a hit, a miss (no values), or nothing yet."""
        draw = _draw(question)
        if question.attempt == 1 and draw < LATE_PER_MILLE:
            return None
        known = self._facts(question)
        values: dict[str, Value] = {
            name: value for name in question.attributes if (value := known.get(name)) is not None
        }
        if "financial_assets" in question.attributes and not values and question.source == "deposits":
            values = {"financial_assets": draw * 2_000}  # up to 20,000 yuan: a bank knows what nobody stated
        if LATE_PER_MILLE <= draw < LATE_PER_MILLE + CONTRADICTORY_PER_MILLE and question.attempt == 1:
            values = {name: _other(name, value) for name, value in values.items()}
        return Answer(values, question.asked_at, 90 if values else 70, "演示数据源")

    def _facts(self, question: Question) -> dict[str, Value]:
        household, person = question.subject_id, None
        if question.subject_kind is SubjectKind.PERSON:
            person = question.subject_id
            home = home_of(seats=seats_of(person_ids=[person], on=question.day), standing=person)
            if home is None:
                return {}
            household = home.household_id
        facts = self._facts_of(household, question)
        return {name: fact.value for (whose, name), fact in facts.items() if whose == person}

    def _facts_of(self, household: int, question: Question) -> Mapping[tuple[int | None, str], Fact]:
        """What a household's facts were when it was asked: read once for all questions of that instant."""
        key = (household, question.day, question.asked_at)
        if key not in self._read:
            found = household_facts(
                viewer=self.viewer, household_id=household, as_of=question.day, known_at=question.asked_at
            )
            self._read[key] = found.facts if found is not None else {}
        return self._read[key]


def _draw(question: Question) -> int:
    text = f"{question.case_id}|{question.source}|{question.subject_kind}|{question.subject_id}|{question.attempt}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) % 1000


def _other(name: str, value: Value) -> Value:
    """A value that a contradicting source might hold: half as much again, or the opposite."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + value // 2 + (100_000 if ATTRIBUTES[name].type is ValueType.MONEY else 1)
    return value
