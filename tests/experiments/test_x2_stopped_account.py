"""Experiment X2: an account is stopped, loses its role, or is asleep for ninety days, while it is signed in.

Everything it holds ends at its next request: three browsers and the interface (ASVS 7.4.2, 8.3.2). Control: before the
act all of them are open.
"""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from builders import DISTRICT, STREET_CAIHE, plant_small_tree, security_officer, staff
from minsheng.foundation.access import operations as access
from minsheng.foundation.access.models import Grant
from minsheng.foundation.accounts.models import Account
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.entrance import operations

pytestmark = [pytest.mark.experiment, pytest.mark.django_db]
BACKEND = "django.contrib.auth.backends.ModelBackend"
PAGE, INTERFACE = "/people/", "/api/v1/openapi.json"


@pytest.fixture
def clerk(at: datetime) -> Viewer:
    """This fixture will employ a clerk."""
    plant_small_tree()
    return staff(at=at, role="street_intake", area_id=STREET_CAIHE)


@pytest.fixture
def officer(clerk: Viewer, at: datetime) -> Viewer:
    """This fixture will be the security officer on duty."""
    viewer = staff(at=at, role="security_officer", area_id=DISTRICT)
    return Viewer(viewer.account_id, viewer.name, "", viewer.grants, frozenset({"accounts.secure", "accounts.view"}))


def browsers(clerk: Viewer) -> list[Client]:
    found = []
    for _ in range(3):
        client = Client()
        client.force_login(Account.objects.get(pk=clerk.account_id), BACKEND)
        assert client.get(PAGE).status_code == 200, "the control"
        found.append(client)
    return found


def shut_out(client: Client) -> bool:
    page, interface = client.get(PAGE), client.get(INTERFACE)
    return page.status_code == 302 and page.headers["Location"].startswith("/sign-in/") and interface.status_code != 200


def test_a_stopped_account_is_out_everywhere_at_once(clerk: Viewer, officer: Viewer, at: datetime) -> None:
    open_ones = browsers(clerk)
    operations.disable(actor=officer, at=at, account_id=clerk.account_id, why="调离")
    assert [shut_out(client) for client in open_ones] == [True, True, True]
    operations.enable(actor=officer, at=at, account_id=clerk.account_id)
    assert [shut_out(client) for client in open_ones] == [True, True, True], "old sign-ins do not come back"


def test_signing_out_everywhere(clerk: Viewer, officer: Viewer, at: datetime) -> None:
    open_ones = browsers(clerk)
    assert operations.sign_out_everywhere(actor=officer, at=at, account_id=clerk.account_id) == 3
    assert [shut_out(client) for client in open_ones] == [True, True, True]


def test_a_role_that_ends_is_gone_at_the_next_click(
    clerk: Viewer, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.utils import timezone

    client = browsers(clerk)[0]
    later = at + timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert client.get(PAGE).status_code == 200
    access.end_grant(
        actor=security_officer(at=at, username="ends"),
        at=later,
        grant_id=Grant.objects.get(account_id=clerk.account_id).pk,
        valid_to=later.date(),
    )
    assert client.get(PAGE).status_code == 403


def test_accounts_that_sleep_are_stopped_and_say_why(clerk: Viewer, officer: Viewer, at: datetime) -> None:
    system = staff(at=at, role="system_officer", area_id=DISTRICT)
    Account.objects.exclude(pk=clerk.account_id).update(last_login=at)
    asleep = at - timedelta(days=89, hours=23)
    Account.objects.filter(pk=clerk.account_id).update(created_at=at - timedelta(days=400), last_login=asleep)
    assert operations.disable_dormant(actor=system, at=at) == 0
    assert operations.disable_dormant(actor=system, at=at + timedelta(hours=2)) == 1
    account = Account.objects.get(pk=clerk.account_id)
    assert (account.is_active, "90 天没有登录" in account.disabled_why) == (False, True)
    assert operations.disable_dormant(actor=system, at=at + timedelta(hours=3)) == 0
    operations.enable(actor=officer, at=at + timedelta(hours=4), account_id=clerk.account_id)
    assert operations.disable_dormant(actor=system, at=at + timedelta(days=1)) == 0, "the ninety days begin anew"
    assert operations.disable_dormant(actor=system, at=at + timedelta(days=89)) == 0


def test_nobody_stops_or_opens_their_own_account(officer: Viewer, at: datetime) -> None:
    Account.objects.filter(pk=officer.account_id).update(holder="A1")
    twin = Account.objects.create(username="twin", display_name="同一人", kind="person", created_at=at, holder="A1")
    for account in (officer.account_id, twin.pk):
        for act in (operations.enable, operations.reset_factors):
            with pytest.raises(operations.UnableToManageAccount, match="另一名管理员"):
                act(actor=officer, at=at, account_id=account)
