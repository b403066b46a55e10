"""What is loaded comes back, value by value; unknown stays unknown; nobody sees another area."""

from datetime import datetime

import pyarrow as pa
import pytest

from builders import staff
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.sealing.keyring import Keyring
from minsheng.records.registry.queries import population_facts
from records.registry.district import AS_OF, DISTRICT_AREA, dsn, load

pytestmark = pytest.mark.django_db(transaction=True)
NOT_FACTS = {
    "person_id",
    "household_id",
    "community_code",
    "name",
    "id_number",
    "phone",
    "hukou_division_code",
    "death_date",
    "education",
    "dwelling_id",
    "household_kind",
    "address",
    "grid_no",
}


def plain(table: pa.Table, key: str) -> dict[int, dict[str, object]]:
    """This function will return the facts of a table by subject."""
    return {row[key]: {k: v for k, v in row.items() if k not in NOT_FACTS | {"area_id"}} for row in table.to_pylist()}


def test_every_fact_of_the_district_comes_back_as_it_went_in(keys: Keyring, at: datetime) -> None:
    district, _ = load(keys=keys, at=at)
    viewer = staff(at=at, role="district_business", area_id=DISTRICT_AREA)
    people, households = population_facts(viewer=viewer, at=at, as_of=AS_OF, dsn=dsn("default"))
    assert plain(people, "person_id") == plain(district.people, "person_id")
    assert plain(households, "household_id") == plain(district.households, "household_id")
    order = people["household_id"].to_pylist()
    assert order == sorted(order)
    with acting_as(viewer=viewer, at=at):
        again, homes = population_facts(viewer=viewer, at=at, as_of=AS_OF)
    assert again.equals(people.cast(again.schema))
    assert homes.num_rows == households.num_rows


def test_a_community_sees_its_own_people_and_a_stranger_nobody(keys: Keyring, at: datetime) -> None:
    district, areas = load(keys=keys, at=at)
    code, area_id = min(areas.items())
    worker = staff(at=at, role="community_worker", area_id=area_id)
    people, households = population_facts(viewer=worker, at=at, as_of=AS_OF, dsn=dsn("default"))
    there = [row["person_id"] for row in district.people.to_pylist() if row["community_code"] == code]
    assert sorted(people["person_id"].to_pylist()) == sorted(there)
    assert set(households["area_id"].to_pylist()) == {area_id}
    officer = staff(at=at, role="system_officer", area_id=DISTRICT_AREA)
    nobody, nothing = population_facts(viewer=officer, at=at, as_of=AS_OF, dsn=dsn("default"))
    assert (nobody.num_rows, nothing.num_rows) == (0, 0)


def test_before_the_facts_were_recorded_nothing_is_known(keys: Keyring, at: datetime) -> None:
    load(keys=keys, at=at)
    viewer = staff(at=at, role="district_business", area_id=DISTRICT_AREA)
    earlier = at.replace(year=2025)
    people, _ = population_facts(viewer=viewer, at=at, as_of=AS_OF, known_at=earlier, dsn=dsn("default"))
    assert people["wage_income"].null_count == people.num_rows
    assert people["dead"].null_count == people.num_rows
