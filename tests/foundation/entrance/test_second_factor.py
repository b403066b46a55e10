"""Coming in by password and second factor: what is asked first, what is refused, what is written down."""

from datetime import datetime
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import ImproperlyConfigured
from django.test import Client, override_settings

from builders import STREET_CAIHE, staff
from foundation.entrance.conftest import LONG, Clock, code_now, enrol, give_password, sign_in
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.accounts import operations as accounts
from minsheng.foundation.accounts.models import Account
from minsheng.foundation.audit.models import Entry
from minsheng.foundation.entrance.checks import second_factor_is_on
from minsheng.foundation.entrance.middleware import SessionGate


def location(answer: Any) -> str:
    return str(answer.headers.get("Location", "")).split("?")[0]


def test_a_password_alone_reaches_only_the_page_that_sets_a_second_factor_up(strict: None, clerk: Account) -> None:
    client = Client()
    assert give_password(client, clerk).status_code == 302
    for path in ("/calendars/", "/people/", "/", "/cases/", "/account/sessions/", "/account/password/"):
        answer = client.get(path)
        wanted = "" if path == "/account/password/" else "/account/factors/"
        assert location(answer) == wanted, path
    assert client.get("/api/v1/openapi.json").status_code in (200, 401)
    assert client.post("/people/", {"q": "林"}).status_code == 303
    enrol(client)
    assert client.get("/people/").status_code == 200, "the code that set it up is the second factor of this sign-in"


def test_the_control_a_demo_takes_the_password_alone(clerk: Account) -> None:
    client = Client()
    give_password(client, clerk)
    assert client.get("/people/").status_code == 200


def test_password_then_code_then_the_page_that_was_asked_for(
    enrolled: tuple[Account, str, list[str]], clock: Clock
) -> None:
    account, secret, _ = enrolled
    client = Client()
    assert location(give_password(client, account, to="/people/")) == "/sign-in/second/"
    assert location(client.get("/people/")) == "/sign-in/", "half a sign-in is none"
    answer = client.post("/sign-in/second/", {"code": code_now(secret)})
    assert location(answer) == "/people/"
    assert client.get("/people/").status_code == 200
    entry = Entry.objects.filter(action="entrance.signed_in").latest("at")
    assert entry.detail["ways"] == ["password", "mfa:totp"]


def test_a_code_is_good_once(enrolled: tuple[Account, str, list[str]]) -> None:
    account, secret, _ = enrolled
    first, second = Client(), Client()
    code = code_now(secret)
    give_password(first, account)
    assert first.post("/sign-in/second/", {"code": code}).status_code == 302
    give_password(second, account)
    answer = second.post("/sign-in/second/", {"code": code})
    assert answer.status_code == 200
    assert "已经用过" in answer.content.decode()


def test_six_wrong_codes_close_the_second_door_for_a_while(
    enrolled: tuple[Account, str, list[str]], clock: Clock
) -> None:
    account, secret, _ = enrolled
    client = Client()
    give_password(client, account)
    for _ in range(6):
        last = client.post("/sign-in/second/", {"code": "000000"})
    assert "5 分钟后再试" in last.content.decode()
    assert client.post("/sign-in/second/", {"code": code_now(secret)}).status_code == 200, "not even the right one"


def test_a_recovery_code_opens_once(enrolled: tuple[Account, str, list[str]]) -> None:
    account, _, codes = enrolled
    assert len(set(codes)) == 10
    for status in (302, 200):
        client = Client()
        give_password(client, account)
        assert client.post("/sign-in/second/", {"code": codes[0]}).status_code == status


def test_recovery_codes_are_shown_once(enrolled: tuple[Account, str, list[str]], clock: Clock) -> None:
    account, secret, codes = enrolled
    client = Client()
    sign_in(client, account, secret, clock)
    clock.forward(61)
    client.post("/account/confirm/code/", {"code": code_now(secret)})
    page = client.get("/account/recovery-codes/").content.decode()
    assert codes[0] not in page
    assert "还有 10 个备用码没用过" in page


def test_secrets_are_sealed_in_the_database(enrolled: tuple[Account, str, list[str]]) -> None:
    _, secret, codes = enrolled
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored
    assert not [code for code in codes if code in stored]


def test_a_password_does_not_take_the_second_factor_away(
    enrolled: tuple[Account, str, list[str]], clock: Clock
) -> None:
    account, secret, _ = enrolled
    client = Client()
    sign_in(client, account, secret, clock)
    clock.forward(600)
    for path in ("/account/factors/code/remove/", "/account/factors/passkey/", "/account/recovery-codes/new/"):
        assert location(client.get(path)) == "/account/confirm/", path
        assert location(client.post(path, {"password": LONG})) == "/account/confirm/"
    assert location(client.get("/account/confirm/password/")) == "/account/confirm/code/"
    assert Authenticator.objects.filter(user=account, type="totp").exists()


def test_the_first_password_is_used_up_by_the_first_sign_in(strict: None, clerk: Account) -> None:
    issued = accounts.issue_password(username=clerk.username)
    client = Client()
    give_password(client, clerk, password=issued)
    assert location(client.get("/people/")) == "/account/password/"
    assert client.post("/account/password/", {"password": issued}).status_code == 422, "the same one is no new one"
    assert client.post("/account/password/", {"password": "short"}).status_code == 422
    assert client.post("/account/password/", {"password": LONG}).status_code == 302
    assert location(client.get("/people/")) == "/account/factors/"
    again = Client()
    assert give_password(again, clerk, password=issued).status_code == 200, "used up"


def test_a_first_password_that_waits_too_long_is_dead(strict: None, clerk: Account, at: Any) -> None:
    issued = accounts.issue_password(username=clerk.username, at=at.replace(year=2020))
    assert give_password(Client(), clerk, password=issued).status_code == 200


def test_the_key_of_the_session_changes_at_each_proof(enrolled: tuple[Account, str, list[str]], clock: Clock) -> None:
    account, secret, _ = enrolled
    client = Client()
    client.get("/sign-in/")
    sign_in(client, account, secret, clock)
    first, form = client.cookies["session"].value, client.cookies["csrf"].value
    clock.forward(61)
    client.post("/account/confirm/code/", {"code": code_now(secret)})
    second = client.cookies["session"].value
    assert first != second
    old = Client()
    old.cookies["session"] = first
    assert location(old.get("/people/")) == "/sign-in/"
    assert client.get("/people/").status_code == 200
    client.post("/sign-out/")
    sign_in(client, account, secret, clock)
    assert client.cookies["session"].value not in (first, second)
    assert client.cookies["csrf"].value != form


def test_production_refuses_a_door_without_a_second_factor() -> None:
    assert second_factor_is_on(None) == []
    with override_settings(SIGN_IN_SIMPLE=True, DEMO=False):
        assert [fault.id for fault in second_factor_is_on(None)] == ["entrance.E001"]
        with pytest.raises(ImproperlyConfigured):
            SessionGate(lambda request: None)  # type: ignore[arg-type, return-value]
    with override_settings(SIGN_IN_SIMPLE=False, DEMO=False):
        assert second_factor_is_on(None) == []


def test_a_new_password_needs_the_old_one(enrolled: tuple[Account, str, list[str]], clock: Clock) -> None:
    account, secret, _ = enrolled
    client, new = Client(), "湖心亭看雪的那一年我们三个"
    sign_in(client, account, secret, clock)
    told = {"password": f"{new}人都在场"}
    assert client.post("/account/password/", told).status_code == 422
    assert client.post("/account/password/", told | {"current": "wrong"}).status_code == 422
    assert client.post("/account/password/", told | {"current": LONG}).status_code == 302
    assert client.get("/people/").status_code == 200, "this sign-in goes on"


@pytest.mark.parametrize(
    ("password", "fits"),
    [
        ("民生直达上城区民政局2026", False),
        ("shangcheng-minzheng-123456", False),
        ("passwordpasswordpassword", False),
        ("一二三四五六七八九十", False),
        ("雷峰塔下的猫吃了第七条小鱼干", False),
        ("雷峰塔下的猫吃了第七条小鱼干真香", True),
        ("a" * 64 + "竹外桃花三两枝", True),
        ("correct horse battery staple", True),
    ],
)
def test_which_passwords_fit(clerk: Account, password: str, fits: bool) -> None:
    client = Client()
    give_password(client, clerk)
    answer = client.post("/account/password/", {"current": LONG, "password": password})
    assert (answer.status_code == 302) is fits, answer.content.decode()[:0]
    if fits:
        assert Account.objects.get(pk=clerk.pk).check_password(password), "kept as typed, whole"


def test_every_try_is_written_down_and_what_was_typed_is_not(
    enrolled: tuple[Account, str, list[str]], clock: Clock, at: datetime
) -> None:
    account, secret, _ = enrolled
    client = Client()
    for name in (account.username, "Geheim-statt-Name"):  # a password typed into the wrong box
        client.post("/sign-in/", {"username": name, "password": "wrong-word"})
    sign_in(client, account, secret, clock)
    with acting_as(viewer=staff(at=at, role="auditor", area_id=STREET_CAIHE), at=at):
        told = list(Entry.objects.filter(action__startswith="entrance.").values_list("action", "object_id", "detail"))
    refused = [number for action, number, _ in told if action == "entrance.refused"]
    assert sorted(refused) == sorted([str(account.pk), "unknown"])
    assert ("entrance.signed_in", str(account.pk), {"ways": ["password", "mfa:totp"]}) in told
    assert ("entrance.factor_added", str(account.pk), {"kind": "totp"}) in told
    assert not [one for one in told if "Geheim" in str(one) or "wrong-word" in str(one)]
