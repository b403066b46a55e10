"""People for tests, registered as the product registers them."""

from datetime import date, datetime

from builders import COMMUNITY_QINGHE, DISTRICT, plant_small_tree, staff
from minsheng.foundation.accounts.types import Viewer
from minsheng.records.registry import operations as registry
from minsheng.records.registry.identifiers import resident_check_character
from minsheng.records.registry.types import HouseholdKind, IdKind, MembershipKind, Sex

LONG_AGO = date(2020, 1, 1)


def id_number(*, born: date, sequence: int, division: str = "990102") -> str:
    """This function will make a valid number of a province that does not exist."""
    first = f"{division}{born:%Y%m%d}{sequence:03d}"
    return first + resident_check_character(first)


def clerk(*, at: datetime, area_id: int = DISTRICT, role: str = "district_business") -> Viewer:
    """This function will plant the small tree and open the account of a clerk."""
    plant_small_tree()
    return staff(at=at, role=role, area_id=area_id)


def register(
    actor: Viewer,
    at: datetime,
    name: str,
    *,
    area_id: int = COMMUNITY_QINGHE,
    born: date | None = None,
    sequence: int | None = None,
    phone: str = "",
    sex: Sex | None = None,
) -> int:
    """This function will register a person, with a number when `sequence` is given."""
    number = id_number(born=born or date(1950, 1, 1), sequence=sequence) if sequence is not None else ""
    kind = IdKind.RESIDENT_ID if number else IdKind.NONE
    particulars = registry.Particulars(name=name, id_kind=kind, id_number=number, birth_date=born, phone=phone, sex=sex)
    return registry.create_person(actor=actor, at=at, area_id=area_id, particulars=particulars)


def household(actor: Viewer, at: datetime, *members: tuple[int, str], area_id: int = COMMUNITY_QINGHE) -> int:
    """This function will make a home with these people (id, relation), the first being the head."""
    dwelling = registry.create_dwelling(
        actor=actor, at=at, area_id=area_id, estate="清荷苑", building=str(members[0][0]), unit="1", room="101"
    )
    made = registry.create_household(
        actor=actor, at=at, area_id=area_id, dwelling_id=dwelling, kind=HouseholdKind.FAMILY
    )
    for person_id, relation in members:
        registry.add_member(
            actor=actor,
            at=at,
            household_id=made,
            person_id=person_id,
            kind=MembershipKind.RESIDENCE,
            valid_from=LONG_AGO,
            relation=relation,
        )
    return made


def purpose(actor: Viewer, at: datetime, person_id: int) -> None:
    """This function will state a purpose for today."""
    registry.state_purpose(actor=actor, at=at, person_id=person_id, code="visit")
