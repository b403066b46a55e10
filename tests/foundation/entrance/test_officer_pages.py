"""The officers' pages and the emergency opening, as they are used; at 1280 and 375 px where there is a browser."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from builders import COMMUNITY_QINGBOMEN, COMMUNITY_QINGHE, DISTRICT, plant_small_tree, staff
from minsheng.foundation.access.models import BreakGlass, Grant
from minsheng.foundation.accounts.models import Account

BACKEND = "django.contrib.auth.backends.ModelBackend"
CHROMIUM = "/usr/bin/chromium"
SHOTS = os.environ.get("MINSHENG_SCREENSHOTS", "")
ROLES = {
    "system": ("system_officer", DISTRICT, "施工"),
    "security": ("security_officer", DISTRICT, "安宁"),
    "other": ("security_officer", COMMUNITY_QINGHE, "严谨"),
    "audit": ("audit_officer", DISTRICT, "慎思"),
    "worker": ("community_worker", COMMUNITY_QINGHE, "何敏"),
    "leader": ("district_leader", DISTRICT, "秦川"),
}


def employ(at: datetime) -> dict[str, Client]:
    plant_small_tree()
    found = {}
    for key, (role, area, name) in ROLES.items():
        viewer = staff(at=at, role=role, area_id=area, name=name)
        found[key] = Client()
        found[key].force_login(Account.objects.get(pk=viewer.account_id), BACKEND)
    return found


@pytest.fixture
def office(db: None, at: datetime, monkeypatch: pytest.MonkeyPatch) -> dict[str, Client]:
    """This fixture will be six people at work; the clock stands still."""
    monkeypatch.setattr(timezone, "now", lambda: at)
    return employ(at)


def on_duty(client: Client) -> None:
    assert client.post("/officers/duty/", {"reason": "给新来的周敏开账号"}).status_code == 302


def number_of(username: str) -> int:
    return int(Account.objects.get(username=username).pk)


def test_an_account_from_opening_to_its_role(office: dict[str, Client], at: datetime) -> None:
    system, security, other = office["system"], office["security"], office["other"]
    told = {"name": "周敏", "holder": "A7", "username": "zhoumin"}
    assert system.post("/officers/accounts/new/", told).status_code == 403, "not on duty"
    on_duty(system)
    opened = system.post("/officers/accounts/new/", told)
    password = opened.context["password"]
    number = number_of("zhoumin")
    assert Account.objects.get(pk=number).check_password(password)
    assert password not in system.get(f"/officers/accounts/{number}/").content.decode(), "shown once"
    assert "已经有人使用" in system.post("/officers/accounts/new/", told).content.decode()
    on_duty(security)
    grant = {"account_id": number, "role": "grid_worker", "area_id": COMMUNITY_QINGHE, "valid_from": "2026-11-03"}
    assert security.post("/officers/grants/new/", grant | {"reason": "任命〔2026〕7号"}).status_code == 302
    proposal = Grant.objects.get(account_id=number)
    assert proposal.clearance == 0, "not chosen is the least"
    assert "能看到" not in security.get("/officers/grants/").content.decode()
    beyond = security.post("/officers/grants/new/", grant | {"reason": "任命〔2026〕8号", "clearance": "1"})
    assert "网格员最多看到“普通”一级的人" in beyond.content.decode()
    security.post(f"/officers/grants/{proposal.pk}/approve/")
    assert Grant.objects.get(pk=proposal.pk).approved_by_id is None, "the proposer does not approve"
    assert "不能批准授权" in security.get("/officers/grants/").content.decode()
    on_duty(other)
    other.post(f"/officers/grants/{proposal.pk}/approve/")
    assert Grant.objects.get(pk=proposal.pk).approved_by.display_name == "严谨"
    other.post(f"/officers/grants/{proposal.pk}/end/")
    assert Grant.objects.get(pk=proposal.pk).valid_to is None, "not before it began"


def test_each_officer_does_only_their_own(office: dict[str, Client]) -> None:
    number = number_of(f"community_worker-{COMMUNITY_QINGHE}")
    for key in ("system", "security"):
        on_duty(office[key])
    assert office["system"].post(f"/officers/accounts/{number}/secure/disable/", {"why": "调离"}).status_code == 403
    assert office["security"].post(f"/officers/accounts/{number}/manage/password/").status_code == 403
    assert office["audit"].post("/officers/duty/", {"reason": "想多看一点"}).status_code == 302
    assert "没有要值班才能用的权限" in office["audit"].get("/officers/").content.decode()
    office["security"].post(f"/officers/accounts/{number}/secure/disable/", {"why": "调离"})
    assert not Account.objects.get(pk=number).is_active
    assert office["worker"].get("/people/").status_code == 302
    shown = office["audit"].get(f"/officers/accounts/{number}/").content.decode()
    assert "调离" in shown
    office["security"].post(f"/officers/accounts/{number}/secure/enable/")
    assert Account.objects.get(pk=number).is_active
    assert office["security"].post(f"/officers/accounts/{number}/secure/erase/").status_code == 404


def test_an_emergency_from_opening_to_the_verdict(
    office: dict[str, Client], at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker, leader = office["worker"], office["leader"]
    fields = {"area_id": COMMUNITY_QINGBOMEN, "reason": "夜里有人来电求助，独居老人没有应门"}
    assert worker.post("/break-glass/", fields | {"reason": "看看"}).status_code == 422
    assert worker.post("/break-glass/", fields).status_code == 302
    glass = BreakGlass.objects.get()
    assert "清波门社区现在向您开着" in worker.get("/break-glass/").content.decode()
    assert "1 次紧急查看等您复核" in leader.get("/break-glass/reviews/").content.decode()
    later = at + timedelta(hours=25)
    monkeypatch.setattr(timezone, "now", lambda: later)
    for key, client in (("worker", worker), ("leader", leader)):  # a new day, a new sign-in
        client.force_login(Account.objects.get(username=f"{ROLES[key][0]}-{ROLES[key][1]}"), BACKEND)
    assert "1 次紧急查看超过 24 小时没有复核" in leader.get("/break-glass/reviews/").content.decode()
    report = leader.get(f"/break-glass/reviews/{glass.pk}/").content.decode()
    assert "独居老人没有应门" in report
    assert "打开了紧急查看" in report
    assert leader.post(f"/break-glass/reviews/{glass.pk}/", {"justified": "no", "note": "短"}).status_code == 422
    told = {"justified": "yes", "note": "核实过，老人已送医"}
    assert leader.post(f"/break-glass/reviews/{glass.pk}/", told).status_code == 302
    assert BreakGlass.objects.get().justified is True
    assert "秦川复核：有必要" in worker.get("/break-glass/").content.decode()
    assert worker.get("/break-glass/reviews/").status_code == 403


PAGES = {
    "security": ["/officers/", "/officers/?show=no_factor", "/officers/grants/", "/officers/grants/new/"],
    "system": ["/officers/accounts/new/"],
    "worker": ["/break-glass/"],
    "leader": ["/break-glass/reviews/"],
}


@pytest.fixture
def chromium() -> Iterator[Any]:
    """This fixture will start a browser."""
    playwright = pytest.importorskip("playwright.sync_api")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="needs Chromium")
@pytest.mark.django_db(transaction=True)
def test_nothing_is_cut_on_a_desk_and_on_a_phone(chromium: Any, live_server: Any, at: datetime, settings: Any) -> None:
    office = employ(at)
    on_duty(office["system"])
    on_duty(office["security"])
    number = number_of(f"community_worker-{COMMUNITY_QINGHE}")
    grant = {"account_id": number, "role": "child_director", "area_id": COMMUNITY_QINGHE, "valid_from": "2026-11-03"}
    office["security"].post("/officers/grants/new/", grant | {"reason": "任命〔2026〕7号"})
    told = {"area_id": COMMUNITY_QINGBOMEN, "reason": "夜里有人来电求助，独居老人没有应门"}
    office["worker"].post("/break-glass/", told)
    glass = BreakGlass.objects.get().pk
    pages = PAGES | {
        "system": [*PAGES["system"], f"/officers/accounts/{number}/"],
        "other": ["/officers/grants/", f"/officers/accounts/{number}/"],
        "leader": [*PAGES["leader"], f"/break-glass/reviews/{glass}/"],
    }
    for width in (1280, 375):
        for key, paths in pages.items():
            context = chromium.new_context(base_url=live_server.url, viewport={"width": width, "height": 860})
            cookie = office[key].cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
            page = context.new_page()
            for path in paths:
                assert page.goto(path).status == 200, (key, path)
                if SHOTS:
                    page.screenshot(path=f"{SHOTS}/{key}{path.replace('/', '-')}{width}.png", full_page=True)
                assert page.evaluate("document.documentElement.scrollWidth") <= width, (key, path, width)
            context.close()
