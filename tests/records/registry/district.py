"""A small generated district in the test database, loaded as an operator would load it."""

from datetime import date, datetime

from django.db import connections

from minsheng.config.database import Address
from minsheng.foundation.access import operations as access
from minsheng.foundation.sealing.keyring import Keyring
from minsheng.records.registry.bulk import load_district
from twin.generate import generate
from twin.types import District

AS_OF = date(2026, 11, 1)
DISTRICT_AREA = 1


def dsn(alias: str) -> str:
    """This function will return the address of the test database for one role."""
    found = connections[alias].settings_dict
    return Address(
        str(found["HOST"]), str(found["PORT"]), str(found["USER"]), str(found["PASSWORD"]), str(found["NAME"])
    ).url()


def plant_areas(district: District) -> dict[str, int]:
    """This function will make the areas that the district names, and return their ids by community code."""
    access.put_area(area_id=DISTRICT_AREA, code="330102000000", name="上城区", parent_id=None)
    codes = sorted(set(district.people["community_code"].to_pylist()))
    streets = sorted({code[:9] for code in codes})
    for number, street in enumerate(streets):
        access.put_area(area_id=10 + number, code=f"{street}000", name=f"{street}街道", parent_id=DISTRICT_AREA)
    for number, code in enumerate(codes):
        access.put_area(area_id=100 + number, code=code, name=f"{code}社区", parent_id=10 + streets.index(code[:9]))
    return {code: 100 + number for number, code in enumerate(codes)}


def load(*, keys: Keyring, at: datetime, people: int = 2_000, seed: int = 7) -> tuple[District, dict[str, int]]:
    """This function will generate and load a district, and return it with its areas."""
    district = generate(people, seed, AS_OF)
    areas = plant_areas(district)
    load_district(owner_dsn=dsn("owner"), district=district, area_ids=areas, keyring=keys, at=at, as_of=AS_OF)
    return district, areas
