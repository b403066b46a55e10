"""How long a sign-in lasts, where else it runs, how it is ended, and what becomes of a form that came too late."""

from datetime import datetime
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from builders import COMMUNITY_QINGHE, staff
from foundation.entrance.conftest import LONG, Clock, code_now, sign_in
from foundation.entrance.test_second_factor import location
from minsheng.foundation.accounts import operations as accounts
from minsheng.foundation.accounts.models import Account
from minsheng.foundation.entrance import operations
from minsheng.foundation.entrance.models import KeptForm
from minsheng.foundation.entrance.rules import Ended, ended

Enrolled = tuple[Account, str, list[str]]
PERSON = {"q": "滕桂甲"}


@pytest.mark.parametrize(
    ("began", "seen", "now", "told"),
    [
        (0, 0, 15 * 60 - 1, None),
        (0, 0, 15 * 60, Ended.IDLE),
        (0, 10 * 3600 - 10, 10 * 3600 - 1, None),
        (0, 10 * 3600 - 10, 10 * 3600, Ended.ABSOLUTE),
    ],
)
def test_when_a_sign_in_ends(began: int, seen: int, now: int, told: Ended | None) -> None:
    assert ended(began=began, seen=seen, now=now) == told


def test_fourteen_minutes_are_well_sixteen_are_not(enrolled: Enrolled, clock: Clock) -> None:
    account, secret, _ = enrolled
    client = Client()
    sign_in(client, account, secret, clock)
    clock.forward(14 * 60)
    assert client.get("/people/").status_code == 200
    clock.forward(14 * 60)
    assert client.get("/people/").status_code == 200, "a click begins the quarter of an hour anew"
    clock.forward(16 * 60)
    answer = client.get("/people/")
    assert location(answer) == "/sign-in/"
    assert "ended=idle" in answer.headers["Location"]
    assert "15 分钟没有操作" in client.get(answer.headers["Location"]).content.decode()


def test_ten_hours_end_it_also_when_it_is_used(enrolled: Enrolled, clock: Clock) -> None:
    account, secret, _ = enrolled
    client = Client()
    sign_in(client, account, secret, clock)
    for _ in range(60):
        clock.forward(599)
        assert client.get("/people/").status_code == 200
    clock.forward(61)
    assert "ended=absolute" in client.get("/people/").headers["Location"]


def test_an_ended_sign_in_opens_nothing(enrolled: Enrolled, clock: Clock) -> None:
    account, secret, _ = enrolled
    client = Client()
    sign_in(client, account, secret, clock)
    clock.forward(16 * 60)
    assert client.get("/api/v1/facts", headers={"Accept": "application/json"}).status_code in (401, 404)
    answer = client.post("/people/", PERSON)
    assert answer.status_code == 303
    assert KeptForm.objects.exists(), "kept, although another request noticed the end first"
    assert not client.get("/people/").wsgi_request.user.is_authenticated, "signed out, not only sent away"


def test_a_form_that_comes_too_late_is_kept_sealed_for_its_owner(
    enrolled: Enrolled, clock: Clock, at: datetime
) -> None:
    account, secret, _ = enrolled
    client, page = Client(), "http://testserver/people/"
    sign_in(client, account, secret, clock)
    clock.forward(16 * 60)
    answer = client.post("/people/", PERSON | {"password": "geheim"}, headers={"Referer": page})
    assert "next=%2Fpeople%2F" in answer.headers["Location"]
    kept = KeptForm.objects.get()
    assert "滕桂甲".encode() not in bytes(kept.sealed)
    assert operations.kept_fields(kept, account_id=account.pk) == {"q": ["滕桂甲"]}, "no password, no token"
    with pytest.raises(PermissionError):
        operations.kept_fields(kept, account_id=account.pk + 1)
    sign_in(client, account, secret, clock, to="/people/")
    shown = client.get("/people/")
    assert shown.context["kept_form"]["fields"] == {"q": ["滕桂甲"]}
    assert "kept-form" in shown.content.decode()
    client.post("/people/", PERSON, headers={"Referer": page})
    assert not KeptForm.objects.exists(), "sent and taken: forgotten"
    assert "kept-form" not in client.get("/people/").content.decode()


def test_another_person_at_the_same_desk_does_not_get_the_form(
    enrolled: Enrolled, clock: Clock, at: datetime, settings: Any
) -> None:
    account, secret, _ = enrolled
    client = Client()
    sign_in(client, account, secret, clock)
    clock.forward(16 * 60)
    client.post("/people/", PERSON, headers={"Referer": "http://testserver/people/"})
    other = staff(at=at, role="grid_worker", area_id=COMMUNITY_QINGHE)
    accounts.set_password(account_id=other.account_id, password=LONG)
    settings.SIGN_IN_SIMPLE = True
    client.post("/sign-in/", {"username": other.username, "password": LONG})
    assert client.get("/people/").context["kept_form"] is None
    assert KeptForm.objects.count() == 1


def test_a_form_from_elsewhere_leads_nowhere_else(enrolled: Enrolled, clock: Clock) -> None:
    account, secret, _ = enrolled
    client = Client()
    sign_in(client, account, secret, clock)
    clock.forward(16 * 60)
    answer = client.post("/people/", PERSON, headers={"Referer": "https://evil.example/people/"})
    assert "evil" not in answer.headers["Location"]


def test_one_sees_where_one_is_signed_in_and_ends_one_or_all(enrolled: Enrolled, clock: Clock) -> None:
    account, secret, _ = enrolled
    here, there, elsewhere = (Client(headers={"User-Agent": f"{name}/1 Windows"}) for name in ("Firefox", "Edg", "X"))
    for client in (elsewhere, there, here):
        sign_in(client, account, secret, clock)
    page = here.get("/account/sessions/")
    assert "还在 2 处登录着" in page.content.decode()
    assert [one.browser.split("，")[0] for one in page.context["sessions"]] == ["火狐", "Edge", "其他浏览器"]
    number = next(one.id for one in page.context["sessions"] if one.browser.startswith("Edge"))
    here.post(f"/account/sessions/{number}/end/")
    assert location(there.get("/people/")) == "/sign-in/"
    assert elsewhere.get("/people/").status_code == 200
    here.post("/account/sessions/end-others/")
    assert location(elsewhere.get("/people/")) == "/sign-in/"
    assert here.get("/people/").status_code == 200


def test_nobody_ends_the_sign_in_of_another(enrolled: Enrolled, clock: Clock, at: datetime, settings: Any) -> None:
    account, secret, _ = enrolled
    mine = Client()
    sign_in(mine, account, secret, clock)
    other = staff(at=at, role="grid_worker", area_id=COMMUNITY_QINGHE)
    accounts.set_password(account_id=other.account_id, password=LONG)
    settings.SIGN_IN_SIMPLE = True
    stranger = Client()
    stranger.post("/sign-in/", {"username": other.username, "password": LONG})
    number = UserSession.objects.get(user_id=account.pk).pk
    answer = stranger.post(f"/account/sessions/{number}/end/", follow=True)
    assert "已经结束了" in answer.content.decode()
    settings.SIGN_IN_SIMPLE = False
    assert mine.get("/people/").status_code == 200


def test_a_sensitive_act_waits_for_a_fresh_proof_with_its_fields(enrolled: Enrolled, clock: Clock) -> None:
    account, secret, _ = enrolled
    client = Client()
    sign_in(client, account, secret, clock)
    clock.forward(299)
    assert "/account/confirm/" not in client.post("/findings/export/", {}).headers.get("Location", "")
    clock.forward(2)
    fields = {"purpose": "每月核对名单", "scheme": "old_age_allowance"}
    answer = client.post("/findings/export/", fields, headers={"Referer": "http://testserver/findings/?page=2"})
    assert answer.headers["Location"] == "/account/confirm/?next=%2Ffindings%2F%3Fpage%3D2"
    where = client.get(answer.headers["Location"]).headers["Location"]
    assert location(client.post(where, {"code": code_now(secret)})) == "/findings/"
    shown = client.get("/findings/?page=2", follow=True)
    assert KeptForm.objects.get().page == "/findings/?page=2"
    assert shown.status_code in (200, 400)
    assert "/account/confirm/" not in client.post("/findings/export/", fields).headers.get("Location", "")
