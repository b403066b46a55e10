"""Every answer carries the security headers, whatever went wrong, and cookies have the right flags (ASVS 3.3, 3.4).

Control: an answer without them, and a policy that allows inline scripts, are reported by the same function.
"""

import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path
from django.utils import timezone

from architecture.access_cells import ANONYMOUS, Relation, Target
from architecture.access_matrix import TABLE
from architecture.access_targets import BACKEND, browsers, plant
from architecture.access_walk import visit
from minsheng.config import sign_in
from minsheng.config import urls as site
from minsheng.foundation.accounts import operations as accounts
from minsheng.foundation.accounts.models import Account
from minsheng.foundation.pages.gate import staff_page

pytestmark = [pytest.mark.experiment, pytest.mark.xdist_group("district")]

WANTED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
STRICTER = {"Referrer-Policy": "no-referrer"}  # a page whose address is its key tells it to nobody
# One of each way to be answered: shut out, no right, done, wrong method, nothing there.
ASKED = (
    (ANONYMOUS, "GET", Relation.OWN),
    (ANONYMOUS, "POST", Relation.OWN),
    ("no_grant", "GET", Relation.OWN),
    ("district_business", "GET", Relation.OWN),
    ("district_business", "GET", Relation.MISSING),
    ("district_business", "POST", Relation.OWN),
    ("district_business", "DELETE", Relation.OWN),
)
DIRECTIVES = {
    "default-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


def lacking(response: Any, *, signed_in: bool) -> list[str]:
    """What an answer lacks of what every answer must carry."""
    headers = response.headers
    missing = [
        f"{name}: {headers.get(name)}"
        for name, value in WANTED.items()
        if headers.get(name) not in (value, STRICTER.get(name, value))
    ]
    policy = headers.get("Content-Security-Policy", "")
    directives = dict(part.strip().partition(" ")[::2] for part in policy.split(";") if part.strip())
    missing += [f"CSP {name}" for name, value in DIRECTIVES.items() if directives.get(name) != value]
    missing += [f"CSP allows {word}" for word in ("unsafe-", "http:", "https:", "*") if word in policy]
    if not re.fullmatch(r"[0-9a-f]{32}", headers.get("X-Request-ID", "")):
        missing.append("X-Request-ID")
    if "camera=()" not in headers.get("Permissions-Policy", ""):
        missing.append("Permissions-Policy")
    if signed_in and "no-store" not in headers.get("Cache-Control", ""):
        missing.append("no-store")
    for leak in ("Server", "X-Powered-By", "Access-Control-Allow-Origin"):
        if leak in headers:
            missing.append(f"tells {leak}")
    return missing


def breaks(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("planted, with a secret in its text")


@staff_page(capability=None)
def breaks_inside(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("planted, with a secret in its text")


broken_site = ModuleType("broken_site")
broken_site.__dict__.update(
    {name: value for name, value in vars(site).items() if name.startswith("handler")},
    urlpatterns=[*site.urlpatterns, path("breaks/", breaks), path("breaks-inside/", breaks_inside)],
)


@pytest.fixture
def still(district: None, at: datetime, monkeypatch: pytest.MonkeyPatch) -> Iterator[datetime]:
    """This fixture will stop the clock and keep the planted faults out of the output."""
    monkeypatch.setattr(timezone, "now", lambda: at)
    logging.disable(logging.CRITICAL)
    yield at
    logging.disable(logging.NOTSET)


@pytest.fixture
def targets(still: datetime) -> dict[Relation, Target]:
    """This fixture will plant objects near and far."""
    return plant(at=still)


@pytest.fixture
def officer(still: datetime) -> Client:
    """This fixture will be the browser of an officer of the bureau."""
    client = Client(raise_request_exception=False)
    client.force_login(Account.objects.get(username="yewu"), BACKEND)
    return client


def test_every_address_whatever_it_answers(targets: dict[Relation, Target], still: datetime) -> None:
    clients = browsers(at=still)
    seen, problems = set(), []
    for row, (role, method, relation) in product(TABLE, ASKED):
        one = visit(row, method, role, clients[role], targets[relation])
        # Signing out ends with somebody who is not signed in any more.
        signed_in = role != ANONYMOUS and row.name != "account_logout"
        seen.add(one.response.status_code)
        found = lacking(one.response, signed_in=signed_in)
        problems += [f"{method} {row.name} as {role} ({one.response.status_code}): {p}" for p in found]
    assert problems == [], "\n".join(problems)
    assert {200, 302, 403, 404, 405} <= seen


def test_faults_and_strange_addresses(officer: Client) -> None:
    stranger = Client(raise_request_exception=False)
    strict = Client(raise_request_exception=False, enforce_csrf_checks=True)
    strict.force_login(Account.objects.get(username="yewu"), BACKEND)
    static = f"/{settings.STATIC_URL.strip('/')}/pages/minsheng.css"
    with override_settings(ROOT_URLCONF=broken_site):
        answers = {
            "500": (officer.get("/breaks/"), 500, True),
            "500 inside the gate": (officer.get("/breaks-inside/"), 500, True),
            "500 for a stranger": (stranger.get("/breaks/"), 500, False),
            "404": (officer.get("/no-such-page/"), 404, True),
            "404 for a stranger": (stranger.get("/no-such-page/"), 404, False),
            "400, foreign host": (stranger.get("/", headers={"host": "evil.example"}), 400, False),
            "403, no form token": (strict.post("/findings/views/", {"name": "x"}), 403, True),
            "static file": (stranger.get(static), 200, False),
            "a folder of files": (stranger.get(f"/{settings.STATIC_URL.strip('/')}/pages/"), 404, False),
            "no such static file": (stranger.get(static + ".map"), 404, False),
        }
    for name, (response, status, signed_in) in answers.items():
        assert response.status_code == status, name
        assert lacking(response, signed_in=signed_in) == [], name
        if not response.streaming:
            text = response.content.decode()
            assert "secret" not in text, name
            assert "Traceback" not in text, name


def test_control_what_lacks_is_reported() -> None:
    assert len(lacking(HttpResponse("bare"), signed_in=True)) == len(WANTED) + len(DIRECTIVES) + 3
    inline = HttpResponse("inline")
    inline.headers["Content-Security-Policy"] = "default-src 'self' 'unsafe-inline' https://cdn.example"
    found = lacking(inline, signed_in=False)
    assert "CSP allows unsafe-" in found
    assert "CSP allows https:" in found


# ---- cookies, as the installation sets them when it is no demo -----------------------------------------------
ASK = """
import json
from django.conf import settings
names = [n for n in dir(settings) if n.startswith(("SESSION_COOKIE_", "CSRF_COOKIE_", "SECURE_HSTS_"))]
print(json.dumps({n: getattr(settings, n) for n in names} | {"DEBUG": settings.DEBUG}))
"""


def settings_in_production(home: Path) -> dict[str, Any]:
    """The real settings module, loaded in a process of its own without the demo's switch."""
    environment = os.environ | {
        "MINSHENG_HOME": str(home),
        "MINSHENG_DEMO": "0",
        "DEBUG": "1",  # must be without effect
        "DJANGO_SETTINGS_MODULE": "minsheng.config.settings",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    done = subprocess.run([sys.executable, "-c", ASK], env=environment, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_cookies_of_a_sign_in_outside_of_the_demo(still: datetime, tmp_path: Path) -> None:
    real = settings_in_production(tmp_path)
    assert real.pop("DEBUG") is False
    password = accounts.issue_password(username="jingban")
    with override_settings(**real):
        client = Client()
        before = client.get("/sign-in/", secure=True)
        planted = client.cookies.get(real["SESSION_COOKIE_NAME"])
        answer = client.post("/sign-in/", {"username": "jingban", "password": password}, secure=True)
        assert answer.status_code == 302
        session, form = client.cookies[real["SESSION_COOKIE_NAME"]], client.cookies[real["CSRF_COOKIE_NAME"]]
        assert planted is None, "no session before there is somebody"
        for cookie in (session, form):
            assert cookie.key.startswith("__Host-")
            assert cookie["secure"]
            assert cookie["path"] == "/"
            assert not cookie["domain"], "__Host- forbids a domain"
            assert cookie["samesite"] in ("Lax", "Strict")
        assert session["httponly"]
        assert all(name.startswith("__Host-") for name, one in client.cookies.items() if one.value), "no other cookie"
        assert int(session["max-age"]) <= 12 * 3600
        for one in (before, answer, client.get("/no-such-page/", secure=True)):
            assert one.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
        old = session.value
        client.post("/sign-out/", secure=True)
        again = Client()
        again.cookies[real["SESSION_COOKIE_NAME"]] = old
        assert again.get("/", secure=True).status_code == 302, "the old session is dead on the server too"


def test_signing_in_changes_the_session(still: datetime) -> None:
    password = accounts.issue_password(username="jingban")
    client = Client()
    client.force_login(Account.objects.get(username="shequ"), BACKEND)
    first = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post("/sign-out/")
    client.post("/sign-in/", {"username": "jingban", "password": password})
    second = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert second
    assert second != first


def test_signing_out_tells_the_browser_to_forget(officer: Client) -> None:
    response = officer.post("/sign-out/")
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'


@override_settings(PASSWORD_HASHERS=sign_in.PASSWORD_HASHERS)
def test_passwords_are_stored_by_argon2id(still: datetime) -> None:
    accounts.issue_password(username="jingban")
    stored = Account.objects.get(username="jingban").password
    assert stored.startswith("argon2$argon2id$")
    costs = dict(pair.split("=") for pair in stored.split("$")[3].split(","))
    assert int(costs["m"]) >= 19 * 1024, "OWASP's least memory, in KiB"
    assert int(costs["t"]) >= 2


def test_a_stopped_account_is_out_at_the_next_click(officer: Client) -> None:
    second = Client()
    second.force_login(Account.objects.get(username="yewu"), BACKEND)
    assert [client.get("/findings/").status_code for client in (officer, second)] == [200, 200]
    Account.objects.filter(username="yewu").update(is_active=False)
    for client in (officer, second):
        answer = client.get("/findings/")
        assert (answer.status_code, answer.headers.get("Location", "").split("?")[0]) == (302, "/sign-in/")
        assert client.get("/api/v1/rules/schemes").status_code == 401
