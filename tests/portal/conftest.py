"""A resident of 青云里 with a code from the counter, and the people of the office beside."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest
from django.test import Client
from django.utils import timezone

from minsheng.portal import operations
from minsheng.portal.scope import as_resident
from minsheng.portal.types import IdentityCheck, PrintedCode, Resident
from work.casework.conftest import FAMILY, Office, members_of

LIN_AZHEN = 0  # her place among the members of the family


@dataclass
class Door:
    """The counter and the residents' door, on the office's day."""

    office: Office

    def print_code(self, person_id: int, *, by: str = "community_worker") -> PrintedCode:
        """This method will let a clerk check the papers and print a code."""
        return operations.issue_code(
            actor=self.office(by), at=self.office.at, person_id=person_id, identity_check=IdentityCheck.ID_CARD.value
        )

    def sign_in(self, code: PrintedCode) -> str:
        """This method will type the code in and return the token of the sitting."""
        return operations.sign_in_by_code(typed=code.code, at=self.office.at)

    def sitting(self, token: str) -> AbstractContextManager[Resident]:
        """This method will open a transaction of the sitting."""
        return as_resident(token=token, at=self.office.at)


@pytest.fixture
def office(district: None, at: object, monkeypatch: pytest.MonkeyPatch) -> Office:
    """This fixture will open the office, with the clock standing still."""
    from work.casework.conftest import Office as Desk

    monkeypatch.setattr(timezone, "now", lambda: at)
    desk = Desk(at)  # type: ignore[arg-type]
    desk.state_purpose()
    return desk


@pytest.fixture
def door(office: Office) -> Door:
    """This fixture will be the residents' door."""
    return Door(office)


@pytest.fixture
def family(office: Office) -> list[int]:
    """This fixture will be the people of 林阿珍's household."""
    return members_of(office, FAMILY)


@pytest.fixture
def token(door: Door, family: list[int]) -> str:
    """This fixture will be a sitting of 林阿珍's household."""
    return door.sign_in(door.print_code(family[LIN_AZHEN]))


@pytest.fixture
def browse(door: Door, family: list[int]) -> Callable[[], Client]:
    """This fixture will sign a browser in by the printed code."""

    def signed_in() -> Client:
        client = Client()
        answer = client.post("/my/sign-in/", {"code": door.print_code(family[LIN_AZHEN]).code})
        assert answer.status_code == 302, answer.content.decode()
        return client

    return signed_in
