"""What happens to people in a month, as registers report it: births, deaths, moves, illness, work lost and found."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from minsheng.config.simulation.handling import File
from minsheng.config.simulation.running import after_a_death
from minsheng.config.simulation.world import World
from minsheng.records.registry import operations as registry
from minsheng.records.registry.types import MembershipKind, Sex, SubjectKind

# Per year and person; own choice, near the order of a large city.
BIRTHS, DEATHS, MOVES, ILLNESSES, JOB_CHANGES = 0.007, 0.007, 0.02, 0.015, 0.05
RECIPIENTS_DEATHS = 0.04  # who is supported is older and iller than the rest
Row = tuple[Any, ...]
REPORTED_LATE = 0.3  # of the deaths: the register learns of them two to four months later
LATE_EVERY_MONTHS = 4  # at the least, one death of a recipient becomes known late: also a small district has one
_PEOPLE = """
SELECT p.id, m.household_id, p.area_id, p.birth_date, m.relation FROM registry_person p
JOIN registry_membership m ON m.person_id = p.id AND m.kind = 'residence' AND m.valid_to IS NULL
WHERE p.merged_into_id IS NULL AND NOT EXISTS (
    SELECT 1 FROM registry_statement s WHERE s.subject_kind = 'person' AND s.subject_id = p.id
      AND s."values" @> '{"dead": true}' AND s.retracted_at IS NULL)
ORDER BY p.id
"""
_PAID_PERSONS = """
SELECT g.person_id, min(l.month) FROM payments_grant g JOIN payments_line l ON l.grant_id = g.id AND l.state = 'paid'
WHERE g.person_id IS NOT NULL AND g.end_month IS NULL AND g.held_reason = '' GROUP BY g.person_id
HAVING count(*) >= 2 ORDER BY g.person_id
"""
_REFUSED = (
    registry.UnableToRecordStatement,
    registry.UnableToRegisterDeath,
    registry.UnableToMovePerson,
    registry.UnableToCreatePerson,
    registry.UnableToChangeHousehold,
    registry.UnableToFind,
)
GIVEN = "安宁乐康平顺福喜佳慧"


def month_of_life(world: World, number: int, granted: list[File]) -> Iterator[int]:
    """This generator will let one month happen, spread over its working days; `number` counts months from 0."""
    people = world.rows(_PEOPLE)
    happenings = [
        *(("birth", row) for row in _some(world, people, BIRTHS)),
        *(("death", row) for row in _some(world, people, DEATHS)),
        *(("move", row) for row in _some(world, people, MOVES)),
        *(("illness", row) for row in _some(world, people, ILLNESSES)),
        *(("job", row) for row in _some(world, people, JOB_CHANGES)),
    ]
    supported = world.rows(_PAID_PERSONS)
    of_recipients = [row[0] for row in supported if world.chance(RECIPIENTS_DEATHS / 12)]
    if number % LATE_EVERY_MONTHS == LATE_EVERY_MONTHS - 1 and supported:
        first_paid = min(supported, key=lambda row: (row[1], row[0]))
        yield from _die(world, first_paid[0], granted, late=True, since=first_paid[1])
    world.dice.shuffle(happenings)
    each_day = len(happenings) // 18 + 1
    for place, (kind, row) in enumerate(happenings, start=1):
        _happen(world, kind, row, people, granted)
        if place % each_day == 0:
            yield 1
    for person in of_recipients:
        yield from _die(world, person, granted, late=world.chance(REPORTED_LATE))


def _some(world: World, people: list[Row], yearly: float) -> list[Row]:
    number = max(1, round(len(people) * yearly / 12))
    return world.dice.sample(people, min(number, len(people)))


def _happen(world: World, kind: str, row: Row, people: list[Row], granted: list[File]) -> None:
    person, household, area = row[0], row[1], row[2]
    system = world.system
    try:
        if kind == "birth":
            _birth(world, household, area)
        elif kind == "death":
            old = world.dice.sample(people, min(12, len(people)))
            person = min(old, key=lambda one: one[3] or world.today)[0]  # the oldest of a dozen
            _death(world, person, world.today - timedelta(days=world.dice.randint(1, 9)))
        elif kind == "move":
            to = world.dice.choice(people)[1]
            if row[4] != "head" and to != household:
                registry.move_person(
                    actor=system,
                    at=world.tick(),
                    person_id=person,
                    household_id=to,
                    moved_date=world.today,
                    relation="other",
                )
        elif kind == "illness":
            _say(world, person, "medical_insurance", {"severe_illness": True})
            spent = world.dice.randint(10_000, 90_000) * 100
            registry.record_statement(
                actor=system,
                at=world.tick(),
                subject_kind=SubjectKind.HOUSEHOLD,
                subject_id=household,
                source="medical_insurance",
                values={"medical_spending": spent},
                valid_from=world.today.replace(day=1),
            )
        elif world.chance(0.5):
            _say(world, person, "hrss", {"employment_status": "unemployed", "wage_income": 0})
        else:
            wage = world.dice.randint(20_000, 90_000) * 100
            _say(world, person, "hrss", {"employment_status": "employed", "wage_income": wage})
    except _REFUSED as refusal:
        world.refusals[str(refusal)[:60]] += 1
        return
    world.counts[f"life_{kind}"] += 1


def _say(world: World, person: int, source: str, values: dict[str, object]) -> None:
    registry.record_statement(
        actor=world.system,
        at=world.tick(),
        subject_kind=SubjectKind.PERSON,
        subject_id=person,
        source=source,
        values=values,
        valid_from=world.today.replace(day=1),
    )


def _birth(world: World, household: int, area: int) -> None:
    name = "演" + "".join(world.dice.choice(GIVEN) for _ in range(3))
    born = world.today - timedelta(days=world.dice.randint(0, 9))
    given = registry.Particulars(name=name, sex=world.dice.choice(list(Sex)), birth_date=born)
    try:
        child = registry.create_person(
            actor=world.system, at=world.tick(), area_id=area, particulars=given, source="police"
        )
    except registry.UnableToCreatePerson as alike:
        others = frozenset(one.person.person_id for one in alike.duplicates if one.person is not None)
        child = registry.create_person(
            actor=world.system, at=world.tick(), area_id=area, particulars=given, source="police", dismissed=others
        )
    registry.add_member(
        actor=world.system,
        at=world.tick(),
        household_id=household,
        person_id=child,
        kind=MembershipKind.RESIDENCE,
        valid_from=born,
        relation="child",
    )


def _death(world: World, person: int, died: date) -> None:
    registry.register_death(actor=world.system, at=world.tick(), person_id=person, death_date=died)


def _die(world: World, person: int, granted: list[File], *, late: bool, since: date | None = None) -> Iterator[int]:
    """A recipient's death; `late`: it becomes known only after money for later months has gone out."""
    died = world.today - timedelta(days=world.dice.randint(65, 120) if late else world.dice.randint(1, 6))
    if since is not None:
        died = max(died, since)
    try:
        _death(world, person, died)
    except _REFUSED as refusal:
        world.refusals[str(refusal)[:60]] += 1
        return
    world.counts["life_death"] += 1
    world.counts["late_deaths" if late else "prompt_deaths"] += 1
    yield from after_a_death(world, granted, person)
