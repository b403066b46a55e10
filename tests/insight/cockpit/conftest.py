"""The demo district as each role of the cockpit sees it."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.utils import timezone

from minsheng.config.demo.accounts import STAFF, system_viewer
from minsheng.foundation.access.queries import get_viewer
from minsheng.foundation.accounts.models import Account
from minsheng.foundation.accounts.types import Viewer


@pytest.fixture
def viewer_of(district: None, at: datetime) -> Callable[[str], Viewer]:
    """This fixture will build the viewer of a role of the demo."""

    def build(role: str) -> Viewer:
        if role == "system":
            return system_viewer(at=at)
        account = Account.objects.get(username=STAFF[role][0])
        return get_viewer(account_id=account.pk, name=account.display_name, username=account.username, at=at)

    return build


@pytest.fixture
def open_as(district: None, at: datetime, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Client]:
    """This fixture will sign a role in; the clock stands still at `at`."""
    monkeypatch.setattr(timezone, "now", lambda: at)

    def sign_in(role: str) -> Client:
        client = Client()
        account = Account.objects.get(username=STAFF[role][0])
        client.force_login(account, "django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in
