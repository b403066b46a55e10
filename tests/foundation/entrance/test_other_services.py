"""Coming in by another service: only what fits is believed, only an account that exists is entered, nobody is made.

The first test of each service is the control of the refusals below it: the same way, with nothing wrong, opens.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from builders import DISTRICT, staff
from foundation.entrance.conftest import Clock, code_now
from foundation.entrance.stub_services import CLIENT, OTHER_KEY, SECRET, Issuer, Platform, served
from foundation.entrance.test_second_factor import location
from minsheng.foundation.access import operations as access
from minsheng.foundation.accounts import operations as accounts
from minsheng.foundation.accounts.models import Account
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.entrance import operations
from minsheng.foundation.entrance.services.outbound import UnableToAskService, ask

KNOWN_AS = {"oidc": "staff-7", "zzd": "GE_7"}


@pytest.fixture
def manager(clerk: Account, at: datetime) -> Viewer:
    """This fixture will be the system officer on duty."""
    officer = staff(at=at, role="system_officer", area_id=DISTRICT)
    access.begin_duty(actor=officer, at=at, reason="登记外部账号")
    return Viewer(officer.account_id, officer.name, "", officer.grants, frozenset({"accounts.manage"}))


@pytest.fixture
def known(clerk: Account, manager: Viewer, at: datetime) -> Account:
    """This fixture will be the clerk, whom both services know."""
    for provider, subject in KNOWN_AS.items():
        operations.set_identity(actor=manager, at=at, account_id=clerk.pk, provider=provider, subject=subject)
    return clerk


@pytest.fixture
def issuer(settings: Any) -> Iterator[Issuer]:
    """This fixture will serve an OpenID provider that this installation trusts."""
    with served(Issuer()) as stub:
        settings.SIGN_IN_OIDC = {"issuer": stub.address, "client_id": CLIENT, "client_secret": SECRET}
        yield stub


@pytest.fixture
def platform(settings: Any) -> Iterator[Platform]:
    """This fixture will serve 浙政钉."""
    with served(Platform()) as stub:
        settings.SIGN_IN_ZZD = {"login": stub.address, "platform": stub.address, "key": CLIENT, "secret": SECRET}
        yield stub


def come(client: Client, stub: Any, provider: str, **changes: str | None) -> Any:
    """This function will go away to the service and come back with its answer."""
    away = client.get(f"/account/by/{provider}/?next=/people/")
    assert away.headers["Location"].startswith(stub.address), away.headers
    answer = stub.authorize(away.headers["Location"]) | changes
    return client.get(
        f"/account/by/{provider}/back/", {name: value for name, value in answer.items() if value is not None}
    )


def is_out(client: Client) -> bool:
    return location(client.get("/people/")) == "/sign-in/"


@pytest.mark.parametrize("provider", ["oidc", "zzd"])
def test_a_known_subject_comes_in(known: Account, issuer: Issuer, platform: Platform, provider: str) -> None:
    client = Client()
    assert location(come(client, issuer if provider == "oidc" else platform, provider)) == "/people/"
    assert client.get("/people/").status_code == 200
    assert client.get("/people/").wsgi_request.user.pk == known.pk


def test_the_second_factor_is_asked_for_as_after_a_password(
    enrolled: tuple[Account, str, list[str]], issuer: Issuer, manager: Viewer, at: datetime, clock: Clock
) -> None:
    account, secret, _ = enrolled
    operations.set_identity(actor=manager, at=at, account_id=account.pk, provider="oidc", subject="staff-7")
    client = Client()
    assert location(come(client, issuer, "oidc")) == "/sign-in/second/"
    assert is_out(client)
    assert location(client.post("/sign-in/second/", {"code": code_now(secret)})) == "/people/"


@pytest.mark.parametrize("provider", ["oidc", "zzd"])
def test_an_unknown_subject_makes_no_account(clerk: Account, issuer: Issuer, platform: Platform, provider: str) -> None:
    before, client = Account.objects.count(), Client()
    answer = come(client, issuer if provider == "oidc" else platform, provider)
    assert location(answer) == "/sign-in/"
    assert "没有认出本系统的账号" in client.get("/sign-in/").content.decode()
    assert is_out(client)
    assert Account.objects.count() == before


@pytest.mark.parametrize("provider", ["oidc", "zzd"])
def test_a_stopped_account_stays_out(
    known: Account, issuer: Issuer, platform: Platform, provider: str, at: datetime
) -> None:
    accounts.disable_account(account_id=known.pk, at=at, why="调离")
    client = Client()
    come(client, issuer if provider == "oidc" else platform, provider)
    assert is_out(client)


def test_two_services_may_use_one_subject_for_two_people(
    known: Account, manager: Viewer, issuer: Issuer, platform: Platform, at: datetime
) -> None:
    """A name of one service is no name of the other, and one name is never two accounts."""
    other = accounts.open_account(username="other", display_name="另一人", at=at)
    operations.set_identity(actor=manager, at=at, account_id=other, provider="zzd", subject="staff-7")
    with pytest.raises(operations.UnableToManageAccount, match="登记给别人"):
        operations.set_identity(actor=manager, at=at, account_id=other, provider="oidc", subject="staff-7")
    client = Client()
    come(client, issuer, "oidc")
    assert client.get("/people/").wsgi_request.user.pk == known.pk


WRONG_TOKENS: dict[str, dict[str, Any]] = {
    "for another client": {"claims": {"aud": "somebody-else"}},
    "for several, not for us": {"claims": {"aud": [CLIENT, "somebody-else"], "azp": "somebody-else"}},
    "expired": {"claims": {"exp": 1_000_000}},
    "without an end": {"claims": {"exp": None}},
    "not yet": {"claims": {"iat": 4_000_000_000}},
    "of another session": {"claims": {"nonce": "another"}},
    "without a nonce": {"claims": {"nonce": None}},
    "of another issuer": {"claims": {"iss": "https://evil.example"}},
    "of nobody": {"claims": {"sub": None}},
    "signed by a stranger": {"key": OTHER_KEY},
    "not signed": {"sign": "none"},
    "signed with the public key": {"sign": "HS256"},
    "of an issuer that calls itself otherwise": {"called_itself": "https://evil.example"},
}


@pytest.mark.parametrize("wrong", WRONG_TOKENS)
def test_a_token_that_does_not_fit_is_not_believed(known: Account, issuer: Issuer, wrong: str) -> None:
    client = Client()
    away = client.get("/account/by/oidc/?next=/people/")
    for name, value in WRONG_TOKENS[wrong].items():
        setattr(issuer, name, value)
    assert location(client.get("/account/by/oidc/back/", issuer.authorize(away.headers["Location"]))) == "/sign-in/"
    assert is_out(client)


@pytest.mark.parametrize("provider", ["oidc", "zzd"])
@pytest.mark.parametrize("changes", [{"state": "forged"}, {"state": None}, {"code": None, "error": "denied"}])
def test_an_answer_nobody_asked_for_is_refused(
    known: Account, issuer: Issuer, platform: Platform, provider: str, changes: dict[str, str | None]
) -> None:
    client = Client()
    come(client, issuer if provider == "oidc" else platform, provider, **changes)
    assert is_out(client)


@pytest.mark.parametrize("provider", ["oidc", "zzd"])
def test_an_answer_is_good_once_in_its_own_browser_and_time(
    known: Account, issuer: Issuer, platform: Platform, provider: str, clock: Clock
) -> None:
    stub: Any = issuer if provider == "oidc" else platform
    thief, client = Client(), Client()
    answer = stub.authorize(client.get(f"/account/by/{provider}/").headers["Location"])
    thief.get(f"/account/by/{provider}/back/", answer)
    assert is_out(thief), "another browser"
    clock.forward(601)
    client.get(f"/account/by/{provider}/back/", answer)
    assert is_out(client), "too late"
    client.get(f"/account/by/{provider}/back/", answer)
    assert is_out(client), "used up"


def test_the_code_alone_is_worth_nothing_without_the_verifier(known: Account, issuer: Issuer) -> None:
    client = Client()
    away = client.get("/account/by/oidc/")
    answer = issuer.authorize(away.headers["Location"])
    issuer.challenge = "of another sign-in"
    client.get("/account/by/oidc/back/", answer)
    assert is_out(client)


def test_a_platform_that_refuses_or_names_nobody(known: Account, platform: Platform) -> None:
    for changes in ({"refuses": True}, {"refuses": False, "who": {}}, {"who": {"employeeCode": ""}}):
        for name, value in changes.items():
            setattr(platform, name, value)
        client = Client()
        come(client, platform, "zzd")
        assert is_out(client)


def test_a_service_that_is_down_says_how_to_come_in_without_it(
    enrolled: tuple[Account, str, list[str]], issuer: Issuer, clock: Clock
) -> None:
    """Experiment E9, the part of signing in: the other service is gone, and whoever is on duty still enters."""
    from foundation.entrance.conftest import sign_in

    issuer.down = True
    client = Client()
    assert location(client.get("/account/by/oidc/")) == "/sign-in/"
    assert "统一身份认证现在连不上" in client.get("/sign-in/").content.decode()
    account, secret, _ = enrolled
    assert location(sign_in(client, account, secret, clock, to="/people/")) == "/people/"


def test_without_a_configuration_there_is_no_door(clerk: Account) -> None:
    for path in ("oidc/", "oidc/back/", "zzd/", "zzd/back/"):
        assert Client().get(f"/account/by/{path}").status_code == 404
    assert "统一身份认证" not in Client().get("/sign-in/").content.decode()


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/x", "https://evil.example/", "file:///etc/passwd", "http://sso.example/x"]
)
def test_nothing_else_is_asked(url: str) -> None:
    with pytest.raises(UnableToAskService):
        ask("GET", url, hosts=frozenset({"sso.example"}))
