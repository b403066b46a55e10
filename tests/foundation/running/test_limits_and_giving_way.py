"""Too much, too often, switched off, read-only: each is refused before the view, in words, with nothing written.

Controls: one request below the limit, and the same address at level 0, get through.
"""

import json
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.db import OperationalError, connection
from django.test import Client
from django.urls import get_resolver

import builders
from architecture.test_access_matrix import doors
from minsheng.foundation.accounts.models import Account
from minsheng.foundation.running import state
from minsheng.foundation.running.pages import views
from minsheng.foundation.running.rules import Rate, State, Step, comes_from_inside, switched_off

BACKEND = "django.contrib.auth.backends.ModelBackend"
pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(at: datetime, settings: Any, tmp_path: Path) -> Iterator[Client]:
    """This fixture will sign a clerk in, with limits switched on and a state of its own."""
    settings.RATE_LIMITED, settings.STATE_FILE = True, tmp_path / "state.json"
    caches["limits"].clear()
    builders.plant_small_tree()
    viewer = builders.staff(at=at, role="street_intake", area_id=builders.STREET_CAIHE)
    client = Client()
    client.force_login(Account.objects.get(pk=viewer.account_id), BACKEND)
    yield client
    caches["limits"].clear()


def told(response: Any, status: int, words: str) -> str:
    """The text of a refusal, after looking at what every refusal must have."""
    text = str(response.content.decode())
    assert response.status_code == status, text[:300]
    assert words in text
    assert "没有改动任何数据" in text or "前面办好的都还在" in text
    assert response.headers["X-Request-ID"] in text, "an id to say on the telephone"
    assert "default-src 'self'" in response.headers["Content-Security-Policy"]
    return text


def test_too_much_is_refused_before_it_is_read(clerk: Client, settings: Any) -> None:
    settings.LARGEST_REQUEST = 1_000
    assert clerk.post("/findings/views/", {"name": "短", "note": "x" * 100}).status_code == 302
    told(clerk.post("/findings/views/", {"name": "x" * 2_000}), 413, "内容太大")
    answer = clerk.post("/api/v1/rules/calculate", json.dumps({"x": "x" * 2_000}), content_type="application/json")
    assert (answer.status_code, answer.headers["Content-Type"]) == (413, "application/problem+json")


def test_too_large_a_form_below_the_limit_of_the_request(clerk: Client, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000
    told(clerk.post("/findings/views/", {"name": "x" * 2_000}), 413, "内容太大")
    body = json.dumps({"as_of": "2026-11-01", "people": [{"key": "x" * 2_000}]})
    answer = clerk.post("/api/v1/rules/calculate", body, content_type="application/json")
    assert (answer.status_code, answer.json()["status"]) == (413, 413)


def test_another_method_is_refused_in_words(clerk: Client) -> None:
    answer = clerk.get("/findings/views/")
    told(answer, 405, "不能这样打开")
    assert answer.headers["Allow"] == "POST"
    by_api = clerk.delete("/api/v1/rules/schemes")
    assert (by_api.status_code, by_api.headers["Content-Type"]) == (405, "application/problem+json")


def test_a_foreign_host_is_refused(clerk: Client) -> None:
    told(clerk.get("/", headers={"host": "evil.example"}), 400, "没看懂")


@pytest.mark.parametrize("who", ["clerk", "stranger"])
def test_a_burst_of_posts_is_stopped(clerk: Client, settings: Any, who: str) -> None:
    settings.RATE_OF_ACTS = Rate(5, 60)
    settings.RATES = {"casework:notice": Rate(5, 60)}
    client, path = (clerk, "/findings/views/") if who == "clerk" else (Client(), "/notices/no-such-address/")
    statuses = [client.post(path, {"name": "我的名单"}).status_code for _ in range(50)]
    assert set(statuses[:5]) == {302 if who == "clerk" else 404}
    assert set(statuses[5:]) == {429}
    answer = client.post(path, {"name": "我的名单"})
    told(answer, 429, "太快了")
    assert answer.headers["Retry-After"] == "60"
    assert clerk.get("/findings/").status_code == 200, "looking goes on"
    other = Client(REMOTE_ADDR="198.51.100.7")
    assert other.post("/notices/no-such-address/", {"name": "x"}).status_code == 404, "another address is not concerned"


def test_the_window_ends_however_busy_somebody_is(
    clerk: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Acts within the limit do not move its end: who works steadily all day is never stopped."""
    settings.RATE_OF_ACTS, now = Rate(3, 60), [time.time()]
    monkeypatch.setattr(time, "time", lambda: now[0])

    def act(times: int, *, later: int) -> list[int]:
        now[0] += later
        return [clerk.post("/findings/views/", {"name": "我的名单"}).status_code for _ in range(times)]

    assert act(2, later=0) + act(1, later=40) == [302, 302, 302]
    assert act(4, later=30) == [302, 302, 302, 429], "the minute began with the first act, not with the last"


def test_doors_are_not_shut_for_a_whole_address(clerk: Client, settings: Any) -> None:
    """The staff of a service centre share one address: wrong tries of one must not shut the others out."""
    settings.RATE_OF_ACTS = Rate(5, 60)
    statuses = [Client().post("/sign-in/", {"username": f"{n}", "password": "x"}).status_code for n in range(10)]
    assert set(statuses) == {200}


def test_steps_of_giving_way_name_addresses_that_exist(settings: Any) -> None:
    names = {name for name, _, _ in doors(get_resolver())}
    rooms = {f"{name.split(':')[0]}:" for name in names} | {"cockpit:"}
    named = frozenset().union(*(step.names for step in settings.DEGRADE_STEPS))
    for name in named | settings.NEVER_SWITCHED_OFF | settings.RATES.keys() | settings.LIMITED_BY_THEMSELVES:
        assert name in (rooms if name.endswith(":") else names), name
    everything = State(level=len(settings.DEGRADE_STEPS))
    for name in (
        "account_login",
        "portal:home",
        "portal:sign_in",
        "eligibility:today",
        "casework:act",
        "payments:run",
    ):
        assert switched_off(state=everything, steps=settings.DEGRADE_STEPS, name=name) is None, name


def test_what_gives_way_gives_way_in_order(clerk: Client, settings: Any) -> None:
    tries = [
        lambda: clerk.get("/map/"),
        lambda: clerk.post("/people/new/duplicates/", {}),
        lambda: clerk.post("/findings/export/", {}),
    ]
    for level in range(4):
        state.set_state(level=level)
        answers = [send() for send in tries]
        assert [answer.status_code == 503 for answer in answers] == [number < level for number in range(3)], level
        for answer in answers[:level]:
            told(answer, 503, "暂时停用")
            assert answer.headers["Retry-After"] == "600"
    assert clerk.get("/").status_code == 200
    with pytest.raises(state.UnableToSetState, match="0 到 4 级"):
        state.set_state(level=9)


def test_while_nothing_may_be_changed_one_may_look(clerk: Client) -> None:
    state.set_state(read_only=True)
    answer = clerk.post("/findings/views/", {"name": "我的名单"})
    told(answer, 503, "暂时只能看")
    assert answer.headers["Retry-After"] == "600"
    assert clerk.get("/findings/").status_code == 200
    assert clerk.post("/people/", {"q": "林"}).status_code == 200
    state.set_state(read_only=False)
    assert clerk.post("/findings/views/", {"name": "我的名单"}).status_code == 302


def test_probes_answer_inside_and_do_not_exist_outside(clerk: Client) -> None:
    inside, outside = Client(), Client(REMOTE_ADDR="203.0.113.9")
    assert inside.get("/livez").content == b"ok\n"
    assert inside.get("/readyz").json() == {"database": "ok", "keys": "ok", "clock": "ok", "disks": "ok"}
    clerk.get("/findings/")
    figures = inside.get("/metrics").content.decode()
    assert 'minsheng_requests_total{method="GET",status="200",view="eligibility:findings"}' in figures
    assert 'minsheng_waiting{what="events_to_deliver"}' in figures
    for name in ("livez", "readyz", "metrics"):
        assert outside.get(f"/{name}").status_code == 404
        # A header that anybody can write does not move anybody inside.
        assert outside.get(f"/{name}", headers={"x-forwarded-for": "127.0.0.1"}).status_code == 404
        assert inside.post(f"/{name}").status_code == 405


def test_not_ready_without_the_database_or_when_going(clerk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*args: Any) -> None:
        raise OperationalError("connection to 10.1.2.3 refused, user minsheng_app")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", gone)
        answer = Client().get("/readyz")
        assert (answer.status_code, answer.json()["database"]) == (503, "OperationalError")
        assert Client().get("/livez").status_code == 200
        assert Client().get("/metrics").status_code == 200
    monkeypatch.setattr(views, "_going", True)
    assert Client().get("/readyz").status_code == 503


def test_inside_is_a_matter_of_networks() -> None:
    networks = ("127.0.0.0/8", "10.20.0.0/16", "::1/128")
    assert [comes_from_inside(address=a, networks=networks) for a in ("127.0.0.1", "10.20.3.4", "::1")] == [True] * 3
    assert not any(comes_from_inside(address=a, networks=networks) for a in ("10.21.0.1", "", "unix:", "127.0.0.1, x"))
    assert Step("x", frozenset({"imports:"})).covers("imports:apply")
