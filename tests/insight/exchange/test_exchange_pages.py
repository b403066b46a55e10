"""The bureau's pages: agreements by two officers, how much was asked, and never about whom."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from joserfc.jwk import OKPKey

from builders import DISTRICT, staff
from insight.exchange.town import Caller, Town, by_expression, by_number
from minsheng.foundation.access import operations as access
from minsheng.foundation.accounts.models import Account
from minsheng.foundation.accounts.types import Viewer
from minsheng.insight.exchange.models import Partner


def signed_in(viewer: Viewer) -> Client:
    client = Client()
    client.force_login(Account.objects.get(pk=viewer.account_id), "django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def clients(town: Town, at: datetime, monkeypatch: pytest.MonkeyPatch) -> dict[str, Client]:
    monkeypatch.setattr(timezone, "now", lambda: at)
    first = staff(at=at, role="security_officer", area_id=DISTRICT, name="安宁")
    second = staff(at=at, role="security_officer", area_id=2, name="严谨")
    for officer in (first, second):
        access.begin_duty(actor=officer, at=at, reason="与教育局约定数据共享")
    return {"first": signed_in(first), "second": signed_in(second), "clerk": signed_in(town.actor)}


def form(at: datetime, **changes: Any) -> dict[str, Any]:
    key = OKPKey.generate_key("Ed25519", parameters={"kid": "k1"})
    return {
        "title": "区教育局（示例）",
        "sender_id": "school.example",
        "purpose": "教育救助资格核验",
        "legal_basis": "浙江省公共数据条例",
        "areas": ["330102012000"],
        "attributes": ["name"],
        "query_types": ["idtype-value"],
        "smallest_answer": "5",
        "callback_url": "https://school.example/callback",
        "valid_from": at.date().isoformat(),
        "valid_to": (at.date() + timedelta(days=30)).isoformat(),
        "jwk": json.dumps(key.as_dict(private=False)),
        **changes,
    }


def test_an_agreement_from_paper_to_end(clients: dict[str, Client], at: datetime) -> None:
    made = clients["first"].post("/exchange/new/", form(at))
    assert made.status_code == 302, made.content.decode()
    address = made.headers["Location"]
    assert "要由另一名安全管理员批准" in clients["first"].get(address).content.decode()
    assert "批准这份约定" not in clients["first"].get(address).content.decode()
    clients["first"].post(f"{address}approve/")
    assert Partner.objects.get().approved_at is None
    assert "批准这份约定" in clients["second"].get(address).content.decode()
    clients["second"].post(f"{address}approve/")
    assert "生效中" in clients["clerk"].get(address).content.decode()
    assert clients["clerk"].post(f"{address}end/").status_code == 403
    clients["first"].post(f"{address}end/")
    assert "已停用" in clients["clerk"].get("/exchange/").content.decode()
    assert clients["first"].post("/exchange/999999/approve/").status_code == 404


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"jwk": "no"}, "公钥要写成 JSON"),
        ({"jwk": '{"kty": "OKP", "d": "x", "kid": "1"}'}, "私钥"),
        ({"callback_url": "http://school.example"}, "回信地址要写成 https"),
        ({"sender_id": "学校"}, "系统编号只能用"),
        ({"areas": []}, "请填写“哪些地方的人”"),
        ({"valid_to": "2026-01-01"}, "结束日要晚于开始日"),
    ],
    ids=["no json", "private", "no https", "no ascii", "nowhere", "ends before"],
)
def test_a_refused_agreement_says_why_and_keeps_what_was_typed(
    changes: dict[str, Any], words: str, clients: dict[str, Client], at: datetime
) -> None:
    answer = clients["first"].post("/exchange/new/", form(at, **changes))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "教育救助资格核验" in answer.content.decode()
    assert not Partner.objects.exists()


def test_the_bureau_sees_how_much_was_asked_but_not_about_whom(
    clients: dict[str, Client], town: Town, caller: Caller, at: datetime
) -> None:
    caller.search(by_number(town.numbers["grandmother"]), at=at)
    caller.search(by_expression({"x": 1}), at=at, sync=False)
    page = clients["clerk"].get(f"/exchange/{caller.partner_id}/").content.decode()
    assert "来过 2 条消息，给出 1 人次" in page
    assert "林阿珍" not in page
    assert town.numbers["grandmother"] not in page
    assert "区住房保障中心（示例）" in clients["clerk"].get("/exchange/").content.decode()
