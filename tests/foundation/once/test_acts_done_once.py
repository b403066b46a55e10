"""One act for one key: sent twice, at once, by another, with another body, after a refusal, after a failure.

Control: the same planted site with its addresses declared repeatable does the act as often as it is asked.
"""

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any
from uuid import uuid4

import pytest
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.test import Client
from django.urls import path
from ninja import Schema

import builders
from minsheng.config import urls as site
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.accounts.models import Account
from minsheng.foundation.api.factory import make_api
from minsheng.foundation.audit import operations as audit
from minsheng.foundation.once import operations
from minsheng.foundation.once.models import Act
from minsheng.foundation.once.rules import FIELD, KEPT
from minsheng.foundation.pages.gate import staff_page

BACKEND = "django.contrib.auth.backends.ModelBackend"
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def pay(request: Any, words: str) -> None:
    audit.record(actor=request.viewer, at=request.at, action="test.paid", object_type="test", object_id=words)


@staff_page(capability=None, methods=("POST",))
def paying(request: Any) -> HttpResponse:
    words = request.POST.get("words", "")
    if words == "slow":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.3)")
    pay(request, words or "file")
    if words == "refused":
        raise PermissionDenied("这一步现在不能办。")
    if words == "broken":
        raise RuntimeError("planted")
    if words == "mistaken":
        return HttpResponse("请改正", status=422)
    if words == "shown":
        return HttpResponse("码是 123456", headers={"Cache-Control": "no-store"})
    messages.success(request, "已经付了。")
    return redirect("/paid/")


api = make_api(title="planted", version="1", namespace="planted")


class PayIn(Schema):
    words: str


@api.post("pay")
def pay_by_api(request: HttpRequest, body: PayIn) -> dict[str, str]:
    pay(request, body.words)
    return {"paid": body.words}


planted = ModuleType("planted_payments")
planted.__dict__.update(
    {name: value for name, value in vars(site).items() if name.startswith("handler")},
    urlpatterns=[
        path("pay/", paying, name="pay"),
        path("paid/", paying, name="paid"),
        path("api/", api.urls),
        *site.urlpatterns,
    ],
)


@pytest.fixture
def clerk(at: datetime, settings: Any) -> Iterator[Client]:
    """This fixture will sign a clerk in at a site with a door that pays."""
    settings.ROOT_URLCONF = planted
    builders.plant_small_tree()
    viewer = builders.staff(at=at, role="street_intake", area_id=builders.STREET_CAIHE)
    yield signed_in(viewer.account_id)


def signed_in(account_id: int) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(Account.objects.get(pk=account_id), BACKEND)
    return client


def send(client: Client, words: str, key: str, **more: Any) -> Any:
    return client.post("/pay/", {"words": words, FIELD: key, **more}, headers={"Idempotency-Key": ""})


def paid(at: datetime) -> Counter[str]:
    auditor = builders.staff(at=at, role="auditor", area_id=builders.DISTRICT, name="审")
    with acting_as(viewer=auditor, at=at), connection.cursor() as cursor:
        cursor.execute("SELECT object_id, count(*) FROM audit_entry WHERE action = 'test.paid' GROUP BY 1")
        return Counter(dict(cursor.fetchall()))


def test_the_same_form_twice_is_one_act_and_one_answer(clerk: Client, at: datetime) -> None:
    key = uuid4().hex
    first, second = send(clerk, "a", key), send(clerk, "a", key)
    assert (first.status_code, first.headers["Location"]) == (302, "/paid/")
    assert (second.status_code, second.headers["Location"]) == (302, "/paid/")
    assert second.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    # The sentence for the next page is said again, because the browser may have thrown the first answer away.
    assert [str(m) for m in messages.get_messages(second.wsgi_request)] == ["已经付了。"]
    shown = [send(clerk, "shown", key2 := uuid4().hex), send(clerk, "shown", key2)]
    assert [one.content.decode() for one in shown] == ["码是 123456"] * 2
    assert paid(at) == {"a": 1, "shown": 1}
    held = Act.objects.get(key=key2)
    assert b"123456" not in bytes(held.answer or b""), "what an answer shows is sealed"


def test_another_body_sender_or_address_is_refused_and_learns_nothing(clerk: Client, at: datetime) -> None:
    key = uuid4().hex
    send(clerk, "shown", key)
    other = signed_in(builders.staff(at=at, role="street_review", area_id=builders.STREET_CAIHE).account_id)
    answers = [
        send(clerk, "b", key),
        send(other, "shown", key),
        clerk.post("/paid/", {"words": "shown", FIELD: key}, headers={"Idempotency-Key": ""}),
    ]
    for answer in answers:
        assert answer.status_code == 422
        assert "123456" not in answer.content.decode()
        assert "已经交过一次" in answer.content.decode()
    assert paid(at) == {"shown": 1}


def test_files_are_part_of_what_was_sent(clerk: Client, at: datetime) -> None:
    key = uuid4().hex
    statuses = [
        send(clerk, "", key, file=SimpleUploadedFile("a.csv", content)).status_code for content in (b"1", b"1", b"2")
    ]
    assert statuses == [302, 302, 422]
    assert paid(at) == {"file": 1}


def test_what_stands_in_the_address_is_not_what_was_sent(clerk: Client, at: datetime) -> None:
    """Each value is read from one place, and of two of a name in a form it is the whole that counts (ASVS 15.3.7)."""
    key = uuid4().hex
    no_header = {"headers": {"Idempotency-Key": ""}}
    assert clerk.post(f"/pay/?words=b&{FIELD}={uuid4().hex}", {"words": "a"}, **no_header).status_code == 400
    assert clerk.post("/pay/?words=b", {"words": "a", FIELD: key}, **no_header).status_code == 302
    doubled = clerk.post("/pay/?words=b", {"words": ["b", "a"], FIELD: key}, **no_header)
    assert doubled.status_code == 422
    assert paid(at) == {"a": 1}


@pytest.mark.parametrize(("words", "status"), [("refused", 403), ("broken", 500), ("mistaken", 422)])
def test_what_was_refused_or_failed_may_be_sent_again(clerk: Client, at: datetime, words: str, status: int) -> None:
    key = uuid4().hex
    assert [send(clerk, words, key).status_code for _ in range(2)] == [status, status]
    assert not Act.objects.filter(key=key).exists()


def test_who_must_sign_in_first_may_send_the_same_form_afterwards(clerk: Client, at: datetime) -> None:
    key = uuid4().hex
    assert send(Client(), "a", key).headers["Location"].startswith("/sign-in/")
    assert send(clerk, "a", key).headers["Location"] == "/paid/"
    assert paid(at) == {"a": 1}


@pytest.mark.parametrize("key", ["", "short", "x" * 65, "a key with spaces in it", "键" * 20])
def test_without_a_key_nothing_is_done(clerk: Client, at: datetime, key: str) -> None:
    answer = send(clerk, "a", key)
    assert answer.status_code == 400
    assert "没有改动任何数据" in answer.content.decode()
    assert paid(at) == {}


def test_fifty_at_once_are_one_act(clerk: Client, at: datetime) -> None:
    key, cookies = uuid4().hex, {name: morsel.value for name, morsel in clerk.cookies.items()}

    def one(number: int) -> tuple[int, str]:
        client = Client(raise_request_exception=False)
        client.cookies.load(cookies)
        try:
            answer = send(client, "slow", key)
            return answer.status_code, answer.headers.get("Location", "")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        answers = Counter(pool.map(one, range(50)))
    assert set(answers) <= {(302, "/paid/"), (409, "")}
    assert answers[302, "/paid/"] >= 1
    assert paid(at) == {"slow": 1}


def test_who_waits_too_long_is_told_to_wait(clerk: Client, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "WAIT_SECONDS", 1)
    key = uuid4().hex
    owner = connections["owner"]
    with owner.cursor() as cursor:
        owner.set_autocommit(False)
        cursor.execute("INSERT INTO once_act (key, actor, address, digest, at) VALUES (%s, '', '', '', %s)", [key, at])
        answer = send(clerk, "a", key)
        owner.rollback()
        owner.set_autocommit(True)
    assert (answer.status_code, answer.headers["Retry-After"]) == (409, "3")
    assert send(clerk, "a", key).status_code == 302, "the first was undone: the second does it"
    assert paid(at) == {"a": 1}


def test_the_interface_asks_for_the_header(clerk: Client, at: datetime) -> None:
    def call(words: str, key: str) -> Any:
        body = json.dumps({"words": words})
        return clerk.post("/api/pay", body, content_type="application/json", headers={"Idempotency-Key": key})

    key = uuid4().hex
    without, first, second, other = call("a", ""), call("a", key), call("a", key), call("b", key)
    assert (without.status_code, without.headers["Content-Type"]) == (400, "application/problem+json")
    assert first.json() == second.json() == {"paid": "a"}
    assert second.headers["Idempotent-Replayed"] == "true"
    assert (other.status_code, other.json()["status"]) == (422, 422)
    assert paid(at) == {"a": 1}


def test_keys_are_forgotten_after_seven_days(clerk: Client, at: datetime) -> None:
    send(clerk, "a", uuid4().hex)
    now = Act.objects.get().at
    operations.forget(before=now + timedelta(days=7) - KEPT)
    assert Act.objects.exists()
    assert operations.forget(before=now + timedelta(days=7, seconds=1) - KEPT) == 1


def test_control_an_unguarded_door_pays_twice(clerk: Client, at: datetime, settings: Any) -> None:
    settings.REPEATABLE = {**settings.REPEATABLE, "pay": "control"}
    key = uuid4().hex
    for _ in range(2):
        send(clerk, "a", key)
    assert paid(at) == {"a": 2}
