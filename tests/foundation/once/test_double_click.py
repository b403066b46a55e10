"""A double click in the browser is one act: the page sends once, and where it sends twice the server acts once.

Control: with the page's own guard taken away and the address declared repeatable, the same two sendings act twice.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template import Context, Engine
from django.test import Client
from django.urls import path

import builders
from minsheng.config import urls as site
from minsheng.foundation.accounts.models import Account
from minsheng.foundation.pages.gate import staff_page

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = "/usr/bin/chromium"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="needs Chromium"),
    pytest.mark.django_db(transaction=True, databases=["default", "owner"]),
]
PAGE = """<!doctype html><html lang="zh-Hans"><head><title>付</title>%s</head><body>
<form method="post" action="/pay/">{%% csrf_token %%}<button id="pay">付款</button></form></body></html>"""
SCRIPT = '<script src="/static/pages/minsheng.js" defer></script>'
acts: list[str] = []
arrived: list[str] = []


def form(request: HttpRequest, script: str) -> HttpResponse:
    engine = Engine(builtins=["minsheng.foundation.pages.templatetags.minsheng"])
    from django.middleware.csrf import get_token

    page = engine.from_string(PAGE % (SCRIPT if script == "with" else ""))
    return HttpResponse(page.render(Context({"csrf_token": get_token(request)})))


@staff_page(capability=None, methods=("POST",))
def pay(request: HttpRequest) -> HttpResponse:
    acts.append("paid")
    return redirect("/paid/")


def paid(request: HttpRequest) -> HttpResponse:
    return HttpResponse("<title>付好了</title>已经付了")


planted = ModuleType("planted_till")
planted.__dict__.update(
    urlpatterns=[
        path("form/<str:script>/", form),
        path("pay/", pay, name="pay"),
        path("paid/", paid),
        *site.urlpatterns,
    ]
)


@pytest.fixture
def clerk_page(live_server: Any, settings: Any, at: Any) -> Iterator[Any]:
    """This fixture will open a browser as a clerk, and count what is sent."""
    settings.ROOT_URLCONF = planted
    builders.plant_small_tree()
    viewer = builders.staff(at=at, role="street_intake", area_id=builders.STREET_CAIHE)
    client = Client()
    client.force_login(Account.objects.get(pk=viewer.account_id), "django.contrib.auth.backends.ModelBackend")
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    acts.clear()
    arrived.clear()
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(base_url=live_server.url)
        context.add_cookies([{**cookie, "url": live_server.url}])
        page = context.new_page()
        page.on("request", lambda sent: arrived.append(sent.url) if sent.method == "POST" else None)
        yield page
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def twice(page: Any, script: str) -> None:
    page.goto(f"/form/{script}/")
    page.wait_for_load_state("networkidle")
    # Two clicks in one turn of the browser: faster than any hand, so that both are on their way.
    page.evaluate("() => { const b = document.getElementById('pay'); b.click(); b.click(); }")
    page.wait_for_url("**/paid/")


def test_the_page_sends_once(clerk_page: Any) -> None:
    twice(clerk_page, "with")
    assert (len(arrived), len(acts)) == (1, 1)


def resend(page: Any) -> str:
    return str(
        page.evaluate(
            "() => fetch('/pay/', {method: 'POST', body: new FormData(document.forms[0])}).then(answer => answer.url)"
        )
    )


def test_what_is_sent_again_is_not_done_again_and_control(clerk_page: Any, settings: Any) -> None:
    clerk_page.goto("/form/without/")
    for _ in range(2):  # back, and the same form once more, with the key that it had
        assert resend(clerk_page).endswith("/paid/")
    assert (len(arrived), len(acts)) == (2, 1)
    settings.REPEATABLE = {**settings.REPEATABLE, "pay": "control"}
    for _ in range(2):
        assert resend(clerk_page).endswith("/paid/")
    assert (len(arrived), len(acts)) == (4, 3)
