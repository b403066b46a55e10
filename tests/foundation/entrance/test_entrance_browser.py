"""The door in Chromium: a passkey by a virtual authenticator, a code, the form that comes back, at 1280 and 375 px."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from builders import DISTRICT, plant_small_tree, staff
from foundation.entrance.conftest import LONG, Clock, code_now
from minsheng.foundation.accounts import operations as accounts

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = "/usr/bin/chromium"
SHOTS = os.environ.get("MINSHENG_SCREENSHOTS", "")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="needs Chromium"),
    pytest.mark.django_db(transaction=True),
]
FORM = "/calendars/enter/"
TYPED = "2027-01-01 放假 元旦"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """This fixture will start one browser for the file."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def officer(strict: None, at: datetime) -> str:
    """This fixture will employ somebody of the bureau whose password has just been handed over."""
    plant_small_tree()
    staff(at=at, role="district_business", area_id=DISTRICT)
    return accounts.issue_password(username=f"district_business-{DISTRICT}")


class Window:
    """One browser with a device that can keep passkeys; each page it opens is looked at."""

    def __init__(self, browser: Any, address: str, width: int) -> None:
        self.width, self.complaints = width, list[str]()
        self.context = browser.new_context(
            base_url=address, viewport={"width": width, "height": 860}, locale="zh-CN", reduced_motion="reduce"
        )
        self.context.set_default_timeout(15_000)
        self.page = self.context.new_page()
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        device = self.context.new_cdp_session(self.page)
        device.send("WebAuthn.enable")
        options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
        options |= {"hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}
        device.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    def look(self, name: str) -> None:
        """This method will fail when a page is wider than its window or has a button too small for a thumb."""
        self.page.wait_for_load_state("networkidle")
        if SHOTS:
            self.page.screenshot(path=f"{SHOTS}/{name}-{self.width}.png", full_page=True)
        assert self.page.evaluate("document.documentElement.scrollWidth") <= self.width, name
        small = self.page.evaluate(
            """() => [...document.querySelectorAll('a.btn, button, .form-control')]
              .filter(e => e.offsetParent && e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML)"""
        )
        assert small == [], (name, small)

    def heading(self) -> str:
        return str(self.page.locator("h1").inner_text())

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name).click()
        self.page.wait_for_load_state()

    def give_password(self, password: str) -> None:
        self.page.get_by_label("登录名").fill(f"district_business-{DISTRICT}")
        self.page.get_by_label("密码").fill(password)
        self.page.get_by_role("button", name="登录", exact=True).click()
        self.page.wait_for_load_state()


@pytest.fixture
def window(chromium: Any, live_server: Any) -> Iterator[Any]:
    """This fixture will open windows; the test fails when a page's console complains."""
    opened: list[Window] = []

    def make(width: int = 1280) -> Window:
        opened.append(Window(chromium, live_server.url, width))
        return opened[-1]

    yield make
    for one in opened:
        one.context.close()
    assert [c for one in opened for c in one.complaints if "status of" not in c] == []


@pytest.mark.parametrize("width", [1280, 375])
def test_first_sign_in_with_a_passkey_and_back_without_a_password(officer: str, window: Any, width: int) -> None:
    me = window(width)
    me.page.goto(f"/sign-in/?next={FORM}")
    me.look("door")
    me.give_password(officer)
    assert me.heading() == "发给您的密码只能用一次，请换成自己的"
    me.look("own-password")
    me.page.get_by_label("新密码").fill("太短")
    me.press("就用这个密码")
    assert "太短了，至少要 15 个字" in me.page.content()
    me.look("own-password-short")
    me.page.get_by_label("新密码").fill(LONG)
    me.press("就用这个密码")
    assert me.page.locator("h1").inner_text() == "请先设好第二道验证，再开始工作"
    me.look("factors-none")
    me.page.get_by_role("link", name="设通行密钥").click()
    me.look("new-passkey")
    me.press("设通行密钥")
    me.page.wait_for_url("**/account/recovery-codes/")
    assert "备用码" in me.heading()
    me.look("recovery-codes")
    me.page.goto("/account/factors/")
    me.look("factors")
    me.page.goto("/account/sessions/")
    assert me.heading() == "您的账号只在这里登录着"
    me.look("sessions")
    me.page.goto("/account/recovery-codes/")
    me.look("recovery-codes-again")
    me.page.goto(FORM)
    assert me.page.url.endswith(FORM)
    if width == 375:
        me.page.get_by_role("button", name="菜单").click()
    me.press("退出")
    me.page.goto(f"/sign-in/?next={FORM}")
    me.press("用通行密钥进入")
    me.page.wait_for_url(f"**{FORM}")


def test_password_and_passkey_as_second_factor_then_a_code(officer: str, window: Any, clock: Clock) -> None:
    me = window()
    accounts.set_password(account_id=_number(), password=LONG)
    me.page.goto("/sign-in/")
    me.give_password(LONG)
    me.page.get_by_role("link", name="设手机验证码").click()
    me.look("new-code")
    secret = me.page.locator("code").inner_text()
    me.page.get_by_label("验证码").fill("000000")
    me.press("设好了")
    assert "验证码不对" in me.page.content()
    me.page.get_by_label("验证码").fill(code_now(secret))
    me.press("设好了")
    me.page.goto("/account/factors/passkey/")
    me.press("设通行密钥")
    me.page.wait_for_url("**/account/factors/")
    me.press("退出")
    for way in ("passkey", "code"):
        clock.forward(61)
        me.page.goto(f"/sign-in/?next={FORM}")
        me.give_password(LONG)
        assert me.heading() == "密码对了，还差第二道验证"
        me.look("second")
        if way == "passkey":
            me.press("用通行密钥验证")
        else:
            me.page.get_by_label("验证码").fill(code_now(secret))
            me.press("验证并登录")
        me.page.wait_for_url(f"**{FORM}")
        me.page.goto(f"/account/confirm/?next={FORM}")
        me.look("confirm-passkey")
        me.press("用通行密钥确认")
        me.page.wait_for_url(f"**{FORM}")
        me.page.goto(f"/account/confirm/code/?next={FORM}")
        me.look("confirm-code")
        me.page.goto("/account/factors/code/remove/")
        me.look("remove-code")
        me.press("退出")


def _number() -> int:
    from minsheng.foundation.accounts.queries import account_id

    return account_id(username=f"district_business-{DISTRICT}") or 0


@pytest.mark.parametrize("same_tab", [True, False])
def test_the_form_is_back_after_the_sign_in_ended(officer: str, window: Any, clock: Clock, same_tab: bool) -> None:
    me = window()
    accounts.set_password(account_id=_number(), password=LONG)
    me.page.goto("/sign-in/")
    me.give_password(LONG)
    me.page.goto("/account/factors/passkey/")
    me.press("设通行密钥")
    me.page.wait_for_url("**/account/recovery-codes/")
    me.page.goto(FORM)
    me.page.get_by_label("年份").fill("2027")
    me.page.get_by_label("依据的通知").fill("国办发明电〔2026〕×号")
    me.page.get_by_label("放假和调休上班的日子").fill(TYPED)
    clock.forward(16 * 60)
    me.press("预览")
    assert "15 分钟没有操作" in me.page.content()
    me.look("door-ended")
    if not same_tab:  # the tab's own drafts are gone: what comes back now was kept by the server
        me.page.evaluate("sessionStorage.clear()")
    me.press("用通行密钥进入")
    me.page.wait_for_url(f"**{FORM}")
    assert me.page.get_by_label("放假和调休上班的日子").input_value() == TYPED
    assert me.page.get_by_label("年份").input_value() == "2027"
    assert "已经放回来了" in me.page.content()
    me.look("form-back")
    me.press("预览")
    assert "请核对，2027 年放假 1 天" in me.heading() or "处要改" in me.heading()
    me.page.goto(FORM)
    assert me.page.get_by_label("年份").input_value() == "", "sent and taken: forgotten"
