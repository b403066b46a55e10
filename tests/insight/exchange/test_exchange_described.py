"""What is served agrees with what is published; whatever is sent is answered in a form that the description names."""

import json
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests
import schemathesis
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from insight.exchange.published import faults
from insight.exchange.town import OUR_ID, Caller, Town, by_number, partner, search_message
from minsheng.insight.exchange.api.described import SERVED, published
from minsheng.insight.exchange.api.urls import urlpatterns
from minsheng.insight.exchange.envelopes import Header, Search, Subscribe, TxnStatus, Unsubscribe
from minsheng.insight.exchange.types import (
    ErrorCode,
    HeaderReason,
    SearchReason,
    Status,
    SubscribeReason,
    UnsubscribeReason,
)

BASE = "/spdci/v1.0.0"
NO_KEY: Any = {"HTTP_IDEMPOTENCY_KEY": ""}  # a partner's system knows nothing of our forms, nor of their tokens
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]


@pytest.fixture
def client(town: Town, at: datetime, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A site whose clock stands still."""
    monkeypatch.setattr(timezone, "now", lambda: at)
    return Client(raise_request_exception=False, enforce_csrf_checks=True)


def post(client: Client, path: str, raw: bytes, content_type: str = "application/json") -> Any:
    return client.generic("POST", BASE + path, raw, content_type=content_type, **NO_KEY)


def test_the_served_description_is_the_published_one_cut_down(client: Client) -> None:
    served = client.get(f"{BASE}/openapi.json").json()
    said = published()
    assert served["components"] == said["components"]
    assert set(served["paths"]) == set(SERVED) < set(said["paths"])
    assert {f"{BASE}{path}".split("v1.0.0")[1] for path in SERVED} == {
        "/" + str(one.pattern).removeprefix("v1.0.0/") for one in urlpatterns if "registry" in str(one.pattern)
    }
    for path, operations in served["paths"].items():
        post_served, post_said = operations["post"], said["paths"][path]["post"]
        assert post_served["responses"] == post_said["responses"]
        assert post_served["operationId"] == post_said["operationId"]
        json_body = "application/json"
        assert post_served["requestBody"]["content"][json_body] == post_said["requestBody"]["content"][json_body]
    assert served["servers"] == [{"url": f"http://testserver{BASE}"}]


def test_what_is_read_strictly_asks_for_no_more_than_the_standard() -> None:
    """Required fields and codes of ours are those of the published schemas."""
    schemas = published()["components"]["schemas"]
    for model, name in (
        (Header, "MsgHeader_V1.0.0"), (Search, "SearchRequest"), (Subscribe, "SubscribeRequest"),
        (Unsubscribe, "UnSubscribeRequest"), (TxnStatus, "TxnStatusRequest"),
    ):  # fmt: skip
        required = {key for key, one in model.model_fields.items() if one.is_required()}
        assert required == set(schemas[name]["required"]), name
        assert set(model.model_fields) <= set(schemas[name]["properties"]), name
    for codes, name in (
        (HeaderReason, "MsgHeaderStatusReasonCode"), (SearchReason, "SearchStatusReasonCode"),
        (SubscribeReason, "SubscribeStatusReasonCode"), (UnsubscribeReason, "UnSubscribeStatusReasonCode"),
    ):  # fmt: skip
        assert {code.value for code in codes} <= set(schemas[name]["enum"]), name
    assert {code.value for code in ErrorCode} <= set(schemas["Error"]["properties"]["code"]["enum"])
    assert {s.value for s in Status} == set(schemas["UnSubscribeResponse"]["properties"]["status"]["enum"])


def test_the_judge_finds_what_is_wrong(town: Town, caller: Caller, at: datetime) -> None:
    """The control of every `faults(...) == []`: answers that were spoilt one by one."""
    good = caller.search(by_number(town.numbers["grandmother"]), at=at).body
    path = "/registry/sync/search"
    assert faults(path, "default", good) == []
    for spoil in (
        lambda body: body.pop("header"),
        lambda body: body["header"].update(action="search"),
        lambda body: body["header"].pop("message_ts"),
        lambda body: body["message"].pop("correlation_id"),
        lambda body: body["message"]["search_response"][0].update(status="done"),
        lambda body: body["message"]["search_response"][0].update(status_reason_code="rjct.whim"),
        lambda body: body["message"]["search_response"][0]["pagination"].pop("total_count"),
        lambda body: body["message"]["search_response"][0].update(timestamp="yesterday"),
        lambda body: body.update(signature=5),
    ):
        bad = json.loads(json.dumps(good))
        spoil(bad)
        assert faults(path, "default", bad) != []


def test_over_http(client: Client, town: Town, caller: Caller, at: datetime) -> None:
    message = search_message(by_number(town.numbers["grandmother"]), at=at)
    raw = caller.signed(caller.envelope("search", message, at=at))
    answer = post(client, "/registry/sync/search", raw)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert faults("/registry/sync/search", "default", answer.json()) == []
    assert len(client.get("/spdci/jwks.json").json()["keys"]) == 1
    assert "d" not in client.get("/spdci/jwks.json").json()["keys"][0]
    for status, content_type, body in ((415, "text/plain", raw), (413, "application/json", b"[" * 300_000)):
        refused = post(client, "/registry/search", body, content_type)
        assert refused.status_code == status
        assert faults("/registry/search", "default", refused.json()) == []
    assert client.get(f"{BASE}/registry/search").status_code == 405
    assert client.post(f"{BASE}/openapi.json").status_code in (403, 405)


def test_without_a_key_of_our_own_nothing_is_given(
    client: Client, town: Town, caller: Caller, at: datetime, settings: Any, tmp_path: Path
) -> None:
    settings.EXCHANGE_KEY_FILE = tmp_path / "none.json"
    raw = caller.signed(caller.envelope("search", search_message(by_number("1"), at=at), at=at))
    refused = post(client, "/registry/sync/search", raw)
    assert refused.status_code == 503
    settings.EXCHANGE_KEY_FILE.write_text("{}")
    settings.EXCHANGE_KEY_FILE.chmod(0o644)
    assert post(client, "/registry/sync/search", raw).status_code == 503


def transport(case: schemathesis.Case, client: Client, body: bytes) -> schemathesis.Response:
    sent = requests.Request(case.method, f"http://testserver{BASE}{case.operation.path}", data=body).prepare()
    got = client.generic("POST", f"{BASE}{case.operation.path}", body, content_type="application/json", **NO_KEY)
    told = {name.lower(): [value] for name, value in got.headers.items()}
    return schemathesis.Response(got.status_code, told, got.content, sent, 0.0, verify=False)


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode), ids=str)
def test_whatever_is_sent_is_answered_in_form(
    mode: schemathesis.GenerationMode, client: Client, town: Town, at: datetime
) -> None:
    """Generated messages, signed by a partner (so that they get inside) and, every fourth, as they are."""
    caller = partner(town, at=at, sender_id="noise.example", per_minute=30_000)
    described = client.get(f"{BASE}/openapi.json").json()
    statuses: Counter[tuple[str, int]] = Counter()
    turn = iter(range(10**6))

    def body_of(case: schemathesis.Case) -> bytes:
        body = case.body
        if not isinstance(body, dict) or next(turn) % 4 == 0:
            return json.dumps(body if isinstance(body, dict | list | str | int | float | bool) else None).encode()
        header = body.get("header")
        ours: dict[str, Any] = {"sender_id": caller.sender_id, "receiver_id": OUR_ID, "message_id": uuid4().hex}
        ours |= {"message_ts": (at + timedelta(seconds=1)).isoformat(), "version": "1.0.0", "is_msg_encrypted": False}
        said = (header if isinstance(header, dict) else {}) | ours
        said.pop("sender_uri", None)
        message = body.get("message")
        if isinstance(message, dict):
            named = ("search_request", "subscribe_request", "subscription_codes")
            listed = next((message[n] for n in named if isinstance(message.get(n), list)), [None])
            said["total_count"] = len(listed)
        return caller.signed({"header": said, "message": message})

    for found in schemathesis.openapi.from_dict(described).get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=12, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def holds(case: schemathesis.Case) -> None:
            response = transport(case, client, body_of(case))
            statuses[case.operation.path, response.status_code] += 1
            case.validate_response(response, checks=CHECKS)

        holds()
    assert {path for path, _ in statuses} == set(SERVED)
    assert not [status for _, status in statuses if status >= 500]
    if mode is schemathesis.GenerationMode.POSITIVE:
        assert sum(n for (_, status), n in statuses.items() if status == 200) >= 3, statuses
