"""One household in Python and everybody in SQL decide alike, whatever was stated, contradicted, withdrawn or merged."""

from collections import Counter
from datetime import date, datetime, timedelta

import pytest

from builders import staff
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.sealing.keyring import Keyring
from minsheng.records.registry import operations as registry
from minsheng.records.registry.queries import household_facts, population_facts
from minsheng.records.registry.types import SubjectKind
from records.registry.district import AS_OF, DISTRICT_AREA, load

pytestmark = pytest.mark.django_db(transaction=True)
KEYS = ("household_id", "person_id", "area_id")


def both_ways(viewer: Viewer, at: datetime, as_of: date, households: list[int]) -> None:
    """This function will compare the two resolutions, fact by fact, and count what is known so that 0 = 0 fails."""
    with acting_as(viewer=viewer, at=at):
        people, homes = population_facts(viewer=viewer, at=at, as_of=as_of)
        by_home: dict[int, list[dict[str, object]]] = {}
        for row in people.to_pylist():
            by_home.setdefault(row["household_id"], []).append({k: v for k, v in row.items() if v is not None})
        of_home = {row["household_id"]: row for row in homes.to_pylist()}
        compared = 0
        for household_id in households:
            one = household_facts(viewer=viewer, household_id=household_id, as_of=as_of, known_at=at)
            assert one is not None
            members = [{k: v for k, v in m.items() if v is not None} for m in one.members]
            assert members == by_home.get(household_id, []), household_id
            if household_id in of_home:
                known = {k: v for k, v in of_home[household_id].items() if v is not None and k not in KEYS}
                assert dict(one.household) == known
            compared += sum(len(m) for m in members)
        assert compared > 20 * len(households)
        few, few_homes = population_facts(viewer=viewer, at=at, as_of=as_of, household_ids=households[:7])
        wanted = [row for row in people.to_pylist() if row["household_id"] in set(households[:7])]
        assert few.to_pylist() == wanted
        assert few_homes.num_rows == len({row["household_id"] for row in wanted})


def test_one_household_and_the_population_agree(keys: Keyring, at: datetime) -> None:
    district, _ = load(keys=keys, at=at)
    clerk = staff(at=at, role="district_business", area_id=DISTRICT_AREA)
    rows = district.people.to_pylist()
    households = sorted({row["household_id"] for row in rows})[:250]
    both_ways(clerk, at, AS_OF, households)

    people = [row["person_id"] for row in rows if row["household_id"] in set(households)]
    later = at + timedelta(hours=1)

    def say(person: int, source: str, values: dict[str, object], start: date = date(2026, 1, 1)) -> int:
        return registry.record_statement(
            actor=clerk,
            at=later,
            subject_kind=SubjectKind.PERSON,
            subject_id=person,
            source=source,
            values=values,
            valid_from=start,
        )

    say(people[0], "visit", {"wage_income": 123_00, "severe_illness": True})  # weaker than the register's word
    say(people[1], "hrss", {"wage_income": 456_00})  # as strong, but later
    say(people[2], "medical_insurance", {"severe_illness": None})  # in the register, and not known
    say(people[3], "police", {"birth_date": date(1950, 2, 3), "sex": "female"})
    say(people[4], "visit", {"birth_date": date(1951, 2, 3)})
    gone = say(people[5], "hrss", {"wage_income": 789_00})
    registry.retract_statement(actor=clerk, at=later, statement_id=gone, reason="抄错")
    say(people[6], "hrss", {"wage_income": 1_00}, start=date(2027, 1, 1))
    registry.register_death(actor=clerk, at=later, person_id=people[7], death_date=date(2026, 10, 1))
    biggest, _ = Counter(row["community_code"] for row in rows).most_common(1)[0]
    same_area = [row["person_id"] for row in rows if row["community_code"] == biggest]
    registry.correct_person(actor=clerk, at=later, person_id=same_area[9], id_kind=registry.IdKind.NONE, id_number="")
    registry.merge_persons(actor=clerk, at=later, kept_id=same_area[8], merged_id=same_area[9], reason="同一人")
    both_ways(clerk, later, AS_OF, households)
    both_ways(clerk, later, date(2027, 2, 1), households)
    both_ways(clerk, later, date(2029, 2, 1), households)  # the registers are too old by then

    with acting_as(viewer=clerk, at=later):
        facts, _ = population_facts(viewer=clerk, at=later, as_of=AS_OF)
    found = {row["person_id"]: row for row in facts.to_pylist()}
    assert found[people[1]]["wage_income"] == 456_00
    assert found[people[0]]["wage_income"] != 123_00
    assert found[people[2]]["severe_illness"] is None
    assert found[people[3]]["birth_date"] == date(1950, 2, 3)
    assert found[people[4]]["birth_date"] != date(1951, 2, 3)
    assert found[people[7]]["dead"] is True
    assert same_area[9] not in found


def test_a_stranger_gets_none(keys: Keyring, at: datetime) -> None:
    district, areas = load(keys=keys, at=at)
    first = district.people.to_pylist()[0]
    elsewhere = next(area for code, area in areas.items() if code != first["community_code"])
    worker = staff(at=at, role="community_worker", area_id=elsewhere)
    with acting_as(viewer=worker, at=at):
        assert household_facts(viewer=worker, household_id=first["household_id"], as_of=AS_OF, known_at=at) is None
