"""The demo site in Chromium at 1280 and 375 px: nothing cut, nothing refused by the policy, keyboard, drafts."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = "/usr/bin/chromium"
SHOTS = os.environ.get("MINSHENG_SCREENSHOTS", "")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="needs Chromium"),
    pytest.mark.django_db(transaction=True),
]
WIDTHS = [1280, 375]
PAGES = ["list", "why", "form", "job", "job?dead=1", "empty", "elder", "fail/missing", "fail/other"]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """This fixture will start one browser for the file."""
    # Playwright keeps an event loop in this thread, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def site(
    demo_site: None, live_server: Any, chromium: Any, sign_in: Callable[[Client], Client], settings: Any
) -> Iterator[Callable[[int], Any]]:
    """This fixture will open signed-in pages of a given width; the test fails when the console complains."""
    cookie = sign_in(Client()).cookies[settings.SESSION_COOKIE_NAME].value
    opened, complaints = [], []

    def open_page(width: int) -> Any:
        context = chromium.new_context(
            base_url=live_server.url, viewport={"width": width, "height": 860}, locale="zh-CN", reduced_motion="reduce"
        )
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        opened.append(context)
        return page

    yield open_page
    for context in opened:
        context.close()
    assert [c for c in complaints if "status of" not in c] == []


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_cut_or_refused(site: Callable[[int], Any], width: int) -> None:
    page = site(width)
    for path in PAGES:
        page.goto(f"/{path}")
        page.wait_for_load_state("networkidle") if "job" not in path else page.wait_for_timeout(200)
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/{path.replace('/', '-').replace('?', '-')}-{width}.png", full_page=True)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, (path, wide)
        small = page.evaluate(
            """() => [...document.querySelectorAll('a.btn, button, .form-control, select, .nav-link, .chip')]
              .filter(e => e.offsetParent && e.getBoundingClientRect().height < 43.5)
              .map(e => e.outerHTML.slice(0, 90))"""
        )
        assert small == [], (path, small)


@pytest.mark.parametrize("width", WIDTHS)
def test_elder_page_has_large_words_and_targets(site: Callable[[int], Any], width: int) -> None:
    page = site(width)
    page.goto("/elder")
    sizes = page.evaluate(
        """() => [...document.querySelectorAll('main p, main a, main .card-body')]
          .map(e => parseFloat(getComputedStyle(e).fontSize))"""
    )
    assert min(sizes) >= 18
    heights = page.evaluate(
        """() => [...document.querySelectorAll('.btn, .brand')]
        .map(e => e.getBoundingClientRect().height)"""
    )
    assert min(heights) >= 60
    assert page.locator('a[href="tel:12345"]').is_visible()


def test_keyboard(site: Callable[[int], Any]) -> None:
    page = site(1280)
    page.goto("/list")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.hasAttribute('data-search')")
    page.keyboard.type("j/k")
    assert page.locator("[data-search]").input_value() == "j/k"
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert page.locator(".row-on").count() == 1
    assert (
        page.evaluate("[...document.querySelectorAll('[data-row]')].findIndex(r => r.classList.contains('row-on'))")
        == 0
    )
    assert "第 1 行，共 3 行" in page.locator("#announce").inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url("**/why")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"


def test_menu_unfolds_on_a_small_screen(site: Callable[[int], Any]) -> None:
    page = site(375)
    page.goto("/list")
    assert not page.locator("#menu").is_visible()
    page.get_by_role("button", name="菜单").click()
    assert page.get_by_role("link", name="应享未享").first.is_visible()
    assert page.locator("[data-search]").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/menu-375.png")


def test_error_summary_takes_the_focus_and_the_input_stays(site: Callable[[int], Any]) -> None:
    page = site(1280)
    page.goto("/form")
    page.get_by_label("姓名", exact=True).fill("林阿珍")
    page.get_by_role("button", name="提交走访计划").click()
    page.wait_for_selector(".error-summary")
    assert page.evaluate("document.activeElement.classList.contains('error-summary')")
    assert page.title().startswith("错误：")
    assert page.get_by_label("姓名", exact=True).input_value() == "林阿珍"
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/form-wrong-1280.png", full_page=True)
    page.get_by_role("link", name="走访原因").click()
    assert page.evaluate("document.activeElement.id") == "id_kind"


def test_drafts_come_back_until_sent_and_are_wiped_for_another_person(site: Callable[[int], Any]) -> None:
    page = site(1280)
    page.goto("/form")
    page.get_by_label("姓名", exact=True).fill("林阿珍")
    page.get_by_label("备注").fill("女儿来电")
    page.goto("/list")
    page.goto("/form")
    assert page.get_by_label("备注").input_value() == "女儿来电"
    assert "已经放回来了" in page.locator(".kept-note").inner_text()
    page.get_by_label("走访原因").select_option("a")
    page.get_by_label("电话").check()
    page.get_by_label("本人同意").check()
    page.get_by_role("button", name="提交走访计划").click()
    page.wait_for_selector("text=走访计划已交到采荷街道")
    page.goto("/form")
    assert page.get_by_label("备注").input_value() == ""
    page.get_by_label("备注").fill("第二份")
    page.evaluate("sessionStorage.setItem('draft-owner', 'somebody-else')")
    page.goto("/form")
    assert page.get_by_label("备注").input_value() == ""


def test_progress_polls_and_chart_draws(site: Callable[[int], Any]) -> None:
    page = site(1280)
    page.goto("/job")
    with page.expect_response(lambda r: r.request.headers.get("hx-request") == "true", timeout=6_000):
        pass
    page.goto("/why")
    page.wait_for_selector(".chart canvas")
    painted = page.evaluate(
        """() => { const c = document.querySelector('.chart canvas');
          const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
          let n = 0;
          for (let i = 0; i < d.length; i += 4) if (d[i + 3] && d[i] === 15 && d[i + 1] === 92 && d[i + 2] === 171) n++;
          return n; }"""
    )
    assert painted > 500
