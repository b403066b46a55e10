"""A loaded district with an officer who may import, and a few people at 青荷社区, made by the registry's own acts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.conf import settings as django_settings
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from minsheng.foundation.accounts.types import HeldGrant, Viewer

AT = datetime.fromisoformat("2026-11-03T09:30:00+08:00")
COMMUNITY = "330102012001"


@dataclass(frozen=True)
class Street:
    """The officer, the scope area of the community, and the people's ids by name."""

    officer: Viewer
    area_id: int
    people: dict[str, int]
    numbers: dict[str, str]
    household_id: int


def id_number(seventeen: str) -> str:
    """This function will add the check character to an invented number (province 99 does not exist)."""
    from minsheng.records.registry.identifiers import resident_check_character

    return seventeen + resident_check_character(seventeen)


PEOPLE = {
    "林阿珍": id_number("99010219500312002"),
    "林建国": id_number("99010219780605001"),
    "欧阳敏": id_number("99010219881120004"),
}


@pytest.fixture(scope="module")
def street(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Street]:
    """This fixture will build it all inside a transaction that the whole module shares."""
    from builders import staff
    from minsheng.foundation.accounts import operations as accounts
    from minsheng.foundation.sealing.keyring import create_keyring
    from minsheng.records.places import operations as places
    from minsheng.records.places import queries as place_queries
    from minsheng.records.registry.operations.households import add_member, create_household
    from minsheng.records.registry.operations.people import Particulars, create_person
    from minsheng.records.registry.types import IdKind, MembershipKind

    key_file = Path(tmp_path_factory.mktemp("imports")) / "keys.json"
    create_keyring(key_file)
    kept = django_settings.SEALING_KEY_FILE
    django_settings.SEALING_KEY_FILE = key_file
    with django_db_blocker.unblock(), transaction.atomic():
        number = accounts.open_account(username="surveyor", display_name="区划科", at=AT)
        held = (HeldGrant("system", "系统账号", 0, "", ""),)
        places.load_reference(actor=Viewer(number, "区划科", "surveyor", held, frozenset({"places.edit"})), at=AT)
        officer = staff(at=AT, role="district_business", area_id=1, name="周敏", valid_from=date(2020, 1, 1))
        area_id = place_queries.area_ids_by_code()[COMMUNITY]
        people = {
            name: create_person(
                actor=officer,
                at=AT,
                area_id=area_id,
                particulars=Particulars(name=name, id_kind=IdKind.RESIDENT_ID, id_number=written),
                source="police",
            )
            for name, written in PEOPLE.items()
        }
        household_id = create_household(actor=officer, at=AT, area_id=area_id)
        for name in ("林阿珍", "林建国"):
            add_member(
                actor=officer,
                at=AT,
                household_id=household_id,
                person_id=people[name],
                kind=MembershipKind.RESIDENCE,
                valid_from=date(2020, 1, 1),
                relation="head" if name == "林阿珍" else "child",
            )
        yield Street(officer, area_id, people, dict(PEOPLE), household_id)
        transaction.set_rollback(True)
    django_settings.SEALING_KEY_FILE = kept


@pytest.fixture
def office(street: Street, db: None) -> Street:
    """This fixture will be the street, to which the database returns after each test."""
    return street


def workbook(headings: list[str], *rows: list[Any]) -> bytes:
    """This function will write a workbook as an office sends it."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (headings, *rows):
        sheet.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()
