"""Two laws over one population: who gains, who loses, what it costs. Reads nothing and stores nothing itself."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from minsheng.work.eligibility.population import Population, Report, outcomes_of
from minsheng.work.eligibility.publishing.rules import effect_of
from minsheng.work.eligibility.publishing.types import Effect, SchemeCost
from minsheng.work.eligibility.subjects import People
from minsheng.work.eligibility.types import Key, Outcome, Status
from rulebook import Law, changed_schemes

NOTHING = (Status.NOT_ENTITLED.value, 0)


@dataclass(frozen=True)
class Change:
    """One beneficiary for whom the draft changes something; fen per month after stacking."""

    key: Key
    area_id: int
    effect: Effect
    subject_id: int | None
    before_fen: int | None
    after_fen: int | None


@dataclass(frozen=True)
class Trial:
    """What a run over everybody found for one month."""

    month: date
    law_version: str
    households: int
    persons: int
    costs: tuple[SchemeCost, ...]
    changes: tuple[Change, ...]

    def summary(self) -> dict[str, Any]:
        """This function will return the figures of the trial as JSON, without anybody's row."""
        return {
            "month": self.month.isoformat(),
            "households": self.households,
            "persons": self.persons,
            "costs": [asdict(cost) for cost in self.costs],
        }


def try_laws(
    *, before: Law, after: Law, month: date, population: Population, law_version: str, report: Report
) -> Trial:
    """This function will evaluate everybody under both laws, for the schemes that can differ; raises UnableToEvaluate.

    `report` is told the households worked out so far of those to be worked out, over both laws.
    """
    schemes = changed_schemes(before, after)
    done_before = 0

    def first(done: int, total: int) -> None:
        report(done, 2 * total)

    old = outcomes_of(law=before, as_of=month, population=population, report=first)
    done_before = len({key[1] for key in old})

    def second(done: int, total: int) -> None:
        report(done_before + done, done_before + total)

    new = outcomes_of(law=after, as_of=month, population=population, report=second)
    keys = sorted((key for key in old.keys() | new.keys() if key[0] in schemes), key=_order)
    found = [
        (key, effect) for key in keys if (effect := effect_of(_side(old.get(key)), _side(new.get(key)))) is not None
    ]
    people = People(population.restricted_to({key[1] for key, _ in found}).cases(), month)
    changes = tuple(
        Change(
            key,
            (new.get(key) or old[key]).area_id,
            effect,
            people.subject(key).get("person_id"),
            _side(old.get(key))[1],
            _side(new.get(key))[1],
        )
        for key, effect in found
    )
    costs = tuple(_cost(code, old, new, changes) for code in sorted(schemes))
    return Trial(month, law_version, population.households.num_rows, population.persons.num_rows, costs, changes)


def _side(outcome: Outcome | None) -> tuple[str, int | None]:
    return NOTHING if outcome is None else (outcome.status.value, outcome.payable_fen)


def _order(key: Key) -> tuple[str, int, int]:
    return key[0], key[1], key[2] or 0


def _cost(code: str, old: Mapping[Key, Outcome], new: Mapping[Key, Outcome], changes: tuple[Change, ...]) -> SchemeCost:
    def entitled(outcomes: Mapping[Key, Outcome]) -> list[int]:
        return [
            outcome.payable_fen or 0
            for key, outcome in outcomes.items()
            if key[0] == code and outcome.status is Status.ENTITLED
        ]

    before, after = entitled(old), entitled(new)
    counts = Counter(change.effect.value for change in changes if change.key[0] == code)
    return SchemeCost(code, len(before), len(after), sum(before), sum(after), dict(counts))
