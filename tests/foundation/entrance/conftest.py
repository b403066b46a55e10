"""A street clerk at the strict door, as outside of a demo."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from builders import STREET_CAIHE, plant_small_tree, staff
from minsheng.foundation.accounts import operations as accounts
from minsheng.foundation.accounts.models import Account

PASSWORD = "清荷桥边的第三棵樟树下见"  # 12 characters: too short for the real door, so the tests add to it
LONG = f"{PASSWORD}等你来"


class Clock:
    """Shifts `time.time()`: the gate, the codes and allauth's proofs all read it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.shift = 0.0
        real = time.time
        monkeypatch.setattr(time, "time", lambda: real() + self.shift)

    def forward(self, seconds: float) -> None:
        self.shift += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """This fixture will let time pass."""
    return Clock(monkeypatch)


@pytest.fixture
def strict(settings: Any) -> None:
    """This fixture will open the door as outside of a demo: second factor, own password, fresh proofs."""
    settings.SIGN_IN_SIMPLE = False


@pytest.fixture
def clerk(db: None, at: datetime) -> Account:
    """This fixture will employ a clerk who has chosen a password."""
    plant_small_tree()
    viewer = staff(at=at, role="street_intake", area_id=STREET_CAIHE)
    accounts.set_password(account_id=viewer.account_id, password=LONG)
    return Account.objects.get(pk=viewer.account_id)


def code_now(secret: str) -> str:
    """This function will say what the generator on the phone shows now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def give_password(client: Client, account: Account, *, password: str = LONG, to: str = "/calendars/") -> Any:
    """This function will fill in the door."""
    return client.post("/sign-in/", {"username": account.username, "password": password, "next": to})


def enrol(client: Client) -> tuple[str, list[str]]:
    """This function will set a generator up after the password, and return its secret and the recovery codes."""
    page = client.get("/account/factors/code/")
    secret = page.context["form"].secret
    assert client.post("/account/factors/code/", {"code": code_now(secret)}).status_code == 302
    return secret, client.get("/account/recovery-codes/").context["unused_codes"]


SignIn = Callable[[Client], str]


@pytest.fixture
def enrolled(strict: None, clerk: Account, clock: Clock) -> tuple[Account, str, list[str]]:
    """This fixture will be the clerk with a generator; a minute has passed since."""
    client = Client()
    give_password(client, clerk)
    secret, codes = enrol(client)
    client.post("/sign-out/")
    clock.forward(61)
    return clerk, secret, codes


def sign_in(client: Client, account: Account, secret: str, clock: Clock, *, to: str = "/calendars/") -> Any:
    """This function will come in by password and code; a code is good once, so a minute passes first."""
    clock.forward(61)
    give_password(client, account, to=to)
    return client.post("/sign-in/second/", {"code": code_now(secret)})
