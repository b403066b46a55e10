"""An office for tests of payments: everybody who has a duty, a household to pay, made by operations."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from builders import COMMUNITY_QINGHE, DISTRICT, STREET_CAIHE, plant_small_tree, staff
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.accounts.types import Viewer
from minsheng.records.registry import operations as registry
from minsheng.records.registry.types import IdKind, MembershipKind
from minsheng.work.payments import operations as payments
from minsheng.work.payments.types import DecisionRef, NewGrant, Payee

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
LONG_AGO = date(2020, 1, 1)


@dataclass(frozen=True)
class Office:
    """The people of one district bureau, each with one role."""

    business: Viewer
    review: Viewer
    leader: Viewer
    cashier: Viewer
    accountant: Viewer
    confirm: Viewer
    intake: Viewer
    street_review: Viewer
    system: Viewer


def open_office(*, at: datetime) -> Office:
    """This function will plant the small tree and employ everybody."""
    plant_small_tree()

    def one(role: str, area_id: int = DISTRICT) -> Viewer:
        return staff(at=at, role=role, area_id=area_id, name=role)

    return Office(
        one("district_business"),
        one("district_review"),
        one("district_leader"),
        one("district_cashier"),
        one("district_accountant"),
        one("street_confirm", STREET_CAIHE),
        one("street_intake", STREET_CAIHE),
        one("street_review", STREET_CAIHE),
        one("system"),
    )


@dataclass(frozen=True)
class Home:
    """A household of one person."""

    household_id: int
    person_id: int
    area_id: int


def home(office: Office, at: datetime, name: str, *, area_id: int = COMMUNITY_QINGHE) -> Home:
    """This function will register a person who lives alone."""
    particulars = registry.Particulars(name=name, id_kind=IdKind.NONE)
    person = registry.create_person(actor=office.business, at=at, area_id=area_id, particulars=particulars)
    household = registry.create_household(actor=office.business, at=at, area_id=area_id)
    registry.add_member(
        actor=office.business,
        at=at,
        household_id=household,
        person_id=person,
        kind=MembershipKind.RESIDENCE,
        valid_from=LONG_AGO,
        relation="head",
    )
    return Home(household, person, area_id)


def decision(reference: str) -> DecisionRef:
    """This function will make a decision's reference and the hash of a content."""
    return DecisionRef(reference, hashlib.sha256(reference.encode()).hexdigest())


def new_grant(
    at_home: Home,
    reference: str,
    *,
    fen: int = 110_200,
    scheme: str = "minimum_living_allowance",
    first_month: date = NOVEMBER,
    account: str | None = "",
    person: bool = False,
) -> NewGrant:
    """This function will describe a grant; `account` None means that none is known yet, "" one of its own."""
    number = account or f"62284800{at_home.household_id:08d}01"
    return NewGrant(
        decision=decision(reference),
        scheme=scheme,
        household_id=at_home.household_id,
        person_id=at_home.person_id if person else None,
        payee_person_id=at_home.person_id,
        amount_fen=fen,
        first_month=first_month,
        payee=None if account is None else Payee("户名", "演示银行", number),
    )


def granted(office: Office, at: datetime, name: str, *, area_id: int = COMMUNITY_QINGHE, **given: object) -> int:
    """This function will register a person who lives alone and open a grant for them."""
    lives = home(office, at, name, area_id=area_id)
    return payments.open_grant(actor=office.business, at=at, grant=new_grant(lives, f"D-{lives.household_id}", **given))  # type: ignore[arg-type]


@contextmanager
def seen_by(viewer: Viewer, at: datetime) -> Iterator[None]:
    """This function will show the tables as this viewer sees them."""
    with acting_as(viewer=viewer, at=at):
        yield
