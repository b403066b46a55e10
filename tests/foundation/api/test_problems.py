"""Every refusal of the API is a problem document in Chinese, and a refused request leaves nothing behind."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from minsheng.foundation.accounts.models import Account

pytestmark = [pytest.mark.usefixtures("demo_site"), pytest.mark.django_db]
SignIn = Callable[[Client], Client]


def told(response: Any, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.content.decode()
    assert response.headers["Content-Type"] == "application/problem+json"
    assert "no-store" in response.headers["Cache-Control"]
    body: dict[str, Any] = json.loads(response.content)
    assert body["status"] == status
    assert body["type"].startswith("/problems/")
    assert body["instance"] == f"urn:uuid:{response.headers['X-Request-ID']}"
    assert "secret" not in response.content.decode()
    return body


def post(client: Client, body: object) -> Any:
    return client.post("/api/visits", json.dumps(body), content_type="application/json")


def test_a_stranger_is_told_to_sign_in(client: Client) -> None:
    assert "请登录" in told(client.get("/api/accounts"), 401)["detail"]
    assert told(client.get("/api/openapi.json"), 401)


def test_validation_points_at_the_field_and_never_repeats_the_value(client: Client, sign_in: SignIn) -> None:
    response = post(sign_in(client), {"households": "330102196805120027x", "note": 5})
    body = told(response, 422)
    assert body["errors"] == [
        {"pointer": "/households", "code": "int_parsing", "message": "要填整数"},
        {"pointer": "/note", "code": "string_type", "message": "要填文字"},
    ]
    assert "330102196805120027" not in response.content.decode()
    assert told(post(client, {}), 422)["errors"][0] == {
        "pointer": "/households",
        "code": "missing",
        "message": "没有填",
    }
    assert told(client.get("/api/accounts?limit=201"), 422)["errors"][0]["pointer"] == "/limit"


def test_what_is_not_json_is_refused(client: Client, sign_in: SignIn) -> None:
    response = sign_in(client).post("/api/visits", "{broken", content_type="application/json")
    assert told(response, 400)["detail"] == "请求的内容不是 JSON。"


@pytest.mark.parametrize(
    ("kind", "status", "says"),
    [
        ("not-allowed", 403, "payments.release"),
        ("denied", 403, "安全管理员"),
        ("missing", 404, "不在您负责的区域"),
        ("database", 503, "过一会儿"),
        ("other", 500, "没有办成"),
    ],
)
def test_refusals(client: Client, sign_in: SignIn, kind: str, status: int, says: str) -> None:
    response = sign_in(client).get(f"/api/fail/{kind}")
    assert says in told(response, status)["detail"]
    assert ("Retry-After" in response.headers) == (status == 503)


def test_half_done_work_is_undone(client: Client, sign_in: SignIn) -> None:
    told(sign_in(client).get("/api/fail/half-done"), 500)
    assert not Account.objects.filter(username="half-done").exists()
    assert Account.objects.exists()  # the request alone was undone, not the test's own rows


def test_unsafe_methods_need_the_form_token(sign_in: SignIn) -> None:
    client = sign_in(Client(enforce_csrf_checks=True))
    assert "X-CSRFToken" in told(post(client, {"households": 3}), 403)["detail"]
    assert post(sign_in_again(client), {"households": 3}).json() == {"households": 3}


def sign_in_again(client: Client) -> Client:
    """The same session, without the check: what the test above compares with."""
    other = Client()
    other.cookies = client.cookies
    return other


def test_lists_page_by_key(client: Client, sign_in: SignIn) -> None:
    first = sign_in(client).get("/api/accounts?limit=2").json()
    assert set(first) == {"items", "next", "previous"}
    assert first["previous"] is None
    second = client.get("/api/accounts", {"limit": 2, "page": first["next"]}).json()
    names = [item["username"] for item in first["items"] + second["items"]]
    assert names == sorted(names)
    assert len(set(names)) == 3
    assert second["next"] is None
    assert "请从第一页" in told(client.get("/api/accounts?page=forged"), 400)["detail"]


def test_the_description_is_openapi_3_1(client: Client, sign_in: SignIn) -> None:
    described = sign_in(client).get("/api/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    assert "/api/visits" in described["paths"]
