"""Sensitive acts ask for a second factor proved within five minutes: every line of the list, over real addresses.

The list is compared with the site: whatever is guarded by a sensitive capability and takes a POST must stand on it.
Controls: a line taken from the list lets the act through and is missed by the comparison; a fresh proof opens.
"""

import logging
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import get_resolver, resolve, reverse
from django.utils import timezone

from architecture.access_cells import Relation, Row, Target
from architecture.access_matrix import TABLE
from architecture.access_targets import browsers, plant
from architecture.access_walk import address
from architecture.test_access_matrix import doors
from minsheng.config import urls as site
from minsheng.config.sensitive import NOT_SENSITIVE, SENSITIVE_CAPABILITIES

pytestmark = [pytest.mark.experiment, pytest.mark.xdist_group("district")]
CONFIRM = "/account/confirm/"
ROWS = {row.name: row for row in TABLE}


def missing(acts: dict[str, Any]) -> set[str]:
    """Addresses that are guarded by a sensitive capability and take a POST, and are not on the list."""
    found = set()
    for name, _, view in doors(get_resolver(site.__name__)):
        asks = getattr(view, "capability", None) in SENSITIVE_CAPABILITIES and "POST" in getattr(view, "methods", ())
        if asks and name not in acts and name not in NOT_SENSITIVE:
            found.add(name)
    return found


def test_whatever_a_sensitive_capability_guards_stands_on_the_list() -> None:
    assert missing(settings.SENSITIVE_ACTS) == set()
    assert settings.SENSITIVE_ACTS.keys() <= ROWS.keys(), "every line is an address of the site"
    less = {name: act for name, act in settings.SENSITIVE_ACTS.items() if name != "payments:release"}
    assert missing(less) == {"payments:release"}, "the control"


@pytest.fixture
def targets(district: None, at: datetime, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[Relation, Target]]:
    """This fixture will plant objects, stop the clock of the business, and open the door as outside of a demo."""
    monkeypatch.setattr(timezone, "now", lambda: at)
    logging.disable(logging.ERROR)
    with override_settings(SIGN_IN_SIMPLE=False):
        yield plant(at=at)
    logging.disable(logging.NOTSET)


def proved(client: Client, *, seconds_ago: float) -> None:
    """A second factor, proved in this session some time ago."""
    session, now = client.session, time.time()
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": now - seconds_ago}]
    session["account_authentication_methods_user"] = str(session["_auth_user_id"])
    session["began_at"], session["seen_at"] = now - seconds_ago, now
    session.save()


def send(row: Row, method: str, client: Client, target: Target) -> Any:
    url, sent = address(row, target), row.acts[method].sends(target)
    return client.post(url, sent) if method == "POST" else client.generic(method, url)


def asked_again(answer: Any) -> bool:
    return answer.status_code == 303 and answer.headers["Location"].startswith(CONFIRM)


@pytest.fixture
def staff(targets: dict[Relation, Target], at: datetime) -> dict[str, Client]:
    """This fixture will sign every role in, with a second factor that was proved ten minutes ago."""
    clients = browsers(at=at)
    for role, client in clients.items():
        if role not in ("anonymous", "resident"):
            proved(client, seconds_ago=600)
    return clients


def test_every_line_asks_again_and_a_fresh_proof_lets_through(
    targets: dict[Relation, Target], staff: dict[str, Client]
) -> None:
    target, unguarded, tried = targets[Relation.OWN], [], 0
    for name, act in settings.SENSITIVE_ACTS.items():
        for method in act.methods & ROWS[name].acts.keys():
            role = sorted(ROWS[name].acts[method].who)[0]
            proved(staff[role], seconds_ago=600)
            tried += 1
            if not asked_again(send(ROWS[name], method, staff[role], target)):
                unguarded.append(f"{method} {name} as {role}")
            proved(staff[role], seconds_ago=10)
            if asked_again(send(ROWS[name], method, staff[role], target)):
                unguarded.append(f"{method} {name} asks for ever")
    print("sensitive acts", tried)
    assert unguarded == []
    assert tried >= 20


def test_control_a_line_taken_from_the_list_is_an_open_act(
    targets: dict[Relation, Target], staff: dict[str, Client]
) -> None:
    less = {name: act for name, act in settings.SENSITIVE_ACTS.items() if name != "eligibility:export"}
    with override_settings(SENSITIVE_ACTS=less):
        answer = send(ROWS["eligibility:export"], "POST", staff["street_intake"], targets[Relation.OWN])
    assert not asked_again(answer)


def test_who_is_not_on_the_list_is_not_asked(targets: dict[Relation, Target], staff: dict[str, Client]) -> None:
    target = targets[Relation.OWN]
    for name in ("registry:search", "casework:save", "visits:note", "registry:record_fact"):
        role = sorted(ROWS[name].acts["POST"].who)[0]
        assert not asked_again(send(ROWS[name], "POST", staff[role], target)), name
    assert resolve(reverse("entrance:confirm")).view_name == "entrance:confirm"
