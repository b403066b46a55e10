"""What comes before the offices in a month: findings of the rules, people who ask, and emergencies."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from minsheng.config.simulation.world import World
from minsheng.work.casework.procedures import edition_on, procedures

# How often each procedure is asked for, out of 100.
SHARES: Mapping[str, int] = {
    "minimum_living_allowance": 34,
    "disability_subsidies": 18,
    "destitute_support": 9,
    "child_basic_living_allowance": 8,
    "rigid_expenditure_hardship": 9,
    "temporary_relief_quick": 8,
    "temporary_relief_emergency": 7,
    "temporary_relief_expenditure": 7,
}
HOPELESS = 0.07  # of the applications come from households that the rules do not find entitled
_ENTITLED = """
SELECT r.scheme, r.household_id, r.person_id, r.area_id, f.id IS NOT NULL AS found
FROM eligibility_result r
LEFT JOIN eligibility_finding f ON f.scheme = r.scheme AND f.household_id = r.household_id
     AND f.person_id IS NOT DISTINCT FROM r.person_id AND f.closed_at IS NULL AND f.kind = 'entitled_not_receiving'
WHERE r.status = 'entitled' AND r.valid_to IS NULL AND r.scheme = ANY(%s)
  AND (r.payable_fen > 0 OR r.amount_fen = 0 OR r.payable_fen IS NULL)
  AND NOT EXISTS (SELECT 1 FROM payments_grant g WHERE g.scheme = r.scheme AND g.household_id = r.household_id
                  AND g.person_id IS NOT DISTINCT FROM r.person_id AND g.end_month IS NULL)
  AND NOT EXISTS (SELECT 1 FROM casework_case c WHERE c.scheme = r.scheme AND c.household_id = r.household_id
                  AND c.status NOT IN ('closed', 'terminated', 'withdrawn'))
ORDER BY found DESC, r.household_id, r.person_id, r.scheme
"""
_NOT_ENTITLED = """
SELECT h.id, h.area_id FROM registry_household h
WHERE EXISTS (SELECT 1 FROM registry_membership m WHERE m.household_id = h.id AND m.kind = 'residence'
              AND m.valid_to IS NULL)
  AND NOT EXISTS (SELECT 1 FROM eligibility_result r WHERE r.household_id = h.id AND r.valid_to IS NULL
                  AND r.scheme IN ('minimum_living_allowance', 'low_income_margin'))
  AND NOT EXISTS (SELECT 1 FROM casework_case c WHERE c.household_id = h.id AND c.scheme = 'minimum_living_allowance')
ORDER BY h.id LIMIT 400
"""


_RESIDENTS = """
SELECT m.person_id, m.household_id, m.area_id FROM registry_membership m
WHERE m.kind = 'residence' AND m.valid_to IS NULL AND NOT EXISTS (
    SELECT 1 FROM registry_statement s WHERE s.subject_kind = 'person' AND s.subject_id = m.person_id
      AND s."values" @> '{"dead": true}' AND s.retracted_at IS NULL)
ORDER BY m.person_id
"""


@dataclass(frozen=True)
class Matter:
    """One thing that somebody comes with."""

    procedure: str
    scheme: str
    household_id: int
    person_id: int | None
    area_id: int
    from_finding: bool
    answers: Mapping[str, object] = field(default_factory=dict)


@dataclass
class Matters:
    """Everybody who may still come this year; nobody comes twice for one thing."""

    world: World
    _taken: set[tuple[str, int, int | None]] = field(default_factory=set)

    def of_the_month(self, number: int) -> Iterator[Matter]:
        """This method will yield so many matters, each procedure about as often as its share."""
        dice = self.world.dice
        waiting = {procedure: self._waiting(procedure) for procedure in procedures()}
        hopeless = self._hopeless()
        names = list(SHARES)
        for _ in range(number):
            order = [*dice.choices(names, weights=[SHARES[n] for n in names]), *dice.sample(names, len(names))]
            queues = [hopeless] if self.world.chance(HOPELESS) else []
            queue = next((one for one in [*queues, *(waiting[name] for name in order)] if one), None)
            if queue is not None:
                matter = queue.pop()
                self._taken.add((matter.scheme, matter.household_id, matter.person_id))
                yield matter

    def _waiting(self, procedure: str) -> list[Matter]:
        """Whom the rules find entitled, the missed ones last, so that they are taken first."""
        world, edition = self.world, edition_on(procedure, self.world.today)
        if edition is None:
            return []
        if edition.advance:
            return self._struck(procedure, edition.schemes[0])
        rows = [row for row in world.rows(_ENTITLED, [list(edition.schemes)]) if row[:3] not in self._taken]
        world.dice.shuffle(rows)
        rows.sort(key=lambda row: bool(row[4]))
        return [Matter(procedure, *row) for row in rows]

    def _struck(self, procedure: str, scheme: str) -> list[Matter]:
        rows = [row for row in self.world.rows(_RESIDENTS) if (scheme, row[1], row[0]) not in self._taken]
        return [
            Matter(procedure, scheme, household, person, area, False, emergency(self.world, person))
            for person, household, area in self.world.dice.sample(rows, min(20, len(rows)))
        ]

    def _hopeless(self) -> list[Matter]:
        scheme = "minimum_living_allowance"
        rows = [row for row in self.world.rows(_NOT_ENTITLED) if (scheme, row[0], None) not in self._taken]
        self.world.dice.shuffle(rows)
        return [Matter(scheme, scheme, household, None, area, False) for household, area in rows]


def emergency(world: World, person_id: int) -> dict[str, object]:
    """This function will say what befell somebody in the last days, as the application form takes it."""
    return {
        f"{person_id}.emergency_kind": world.dice.choice(("accident", "sudden_illness", "other")),
        f"{person_id}.emergency_severity": world.dice.choice(("light", "medium", "grave")),
        f"{person_id}.emergency_date": world.today - timedelta(days=world.dice.randint(0, 4)),
    }
