"""From the finding of 林阿珍's family to a confirmed decision: six people, one notice of seven days, no shortcut."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from journeys.conftest import CHROMIUM, Site, say_why, served, sign_in

SHOTS = os.environ.get("MINSHENG_SHOTS", "")


Window = Callable[[str | None], Any]


@contextmanager
def windows(site: Site) -> Iterator[Window]:
    """This function will open one browser window per name, signed in; None is a stranger from the street."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        held: dict[str | None, Any] = {}

        def window(name: str | None) -> Any:
            if name not in held:
                context = browser.new_context(base_url=site.address, viewport={"width": 1280, "height": 860})
                context.set_default_timeout(60_000)
                held[name] = context.new_page()
                if name in site.passwords:
                    sign_in(held[name], site, name)
            return held[name]

        yield window
        browser.close()


def go(page: Any, path: str) -> str:
    """This function will open a page, say why if it asks, and return its heading."""
    page.goto(path)
    page.wait_for_load_state()
    say_why(page)
    return str(page.locator("h1").inner_text())


def press(page: Any, button: str) -> str:
    """This function will press the first button with exactly these words and return the heading that follows."""
    page.get_by_role("button", name=button, exact=True).first.click()
    page.wait_for_load_state()
    return str(page.locator("h1").inner_text())


def look(page: Any, name: str) -> None:
    """This function will keep a picture at both widths where somebody asked for them."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{name}: wider than the window"
    for width in (1280, 375):
        page.set_viewport_size({"width": width, "height": 860})
        if SHOTS:
            page.screenshot(path=str(Path(SHOTS) / f"{name}-{width}.png"), full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{name}: wider than a phone"
    page.set_viewport_size({"width": 1280, "height": 860})


def test_from_the_finding_to_the_decision(built: Path, tmp_path: Path) -> None:
    with served(built, tmp_path) as site, windows(site) as window:
        family = next(path for path in site.recommended if "/explanations/" in path)
        case, notice = _to_the_notice(window, family)
    with served(built, tmp_path, days_ahead=8) as site, windows(site) as window:
        _to_the_decision(window, case, notice)
        _to_the_resident(window, site.resident_code)


def _to_the_resident(window: Window, code: str) -> None:
    """The family reads on its own page what was decided: how much, from when, and when the money is there."""
    resident = window("resident")
    resident.goto("/my/")
    resident.get_by_label("12 位数字").fill(code)
    resident.get_by_role("button", name="打开我家的幸福清单").click()
    resident.wait_for_url("**/my/")
    granted = resident.get_by_role("region", name="已经批准").inner_text()
    assert all(words in granted for words in ("最低生活保障（低保）", "1,806.00 元", "下一次：", "以前到账"))
    resident.get_by_role("link", name="最低生活保障（低保）").click()
    resident.wait_for_load_state()
    assert "批准了" in resident.locator("h1").inner_text()
    look(resident, "granted")
    go(resident, "/my/progress/")
    assert "审核确认决定书" in resident.locator("main").inner_text()
    look(resident, "progress")


def _to_the_notice(window: Window, family: str) -> tuple[str, str]:
    clerk = window("jingban")
    go(clerk, family)
    clerk.get_by_role("link", name="立案办理").click()
    clerk.wait_for_load_state()
    say_why(clerk)
    assert "每月 1,806.00 元" in clerk.locator("main").inner_text()
    look(clerk, "new")
    assert press(clerk, "立案，预填申请表").startswith("林阿珍一家的申请：草稿")
    case = re.sub(r"^https?://[^/]+", "", clerk.url)
    assert "18,000.00 元" in clerk.locator("main").inner_text(), "prefilled from the registry"
    look(clerk, "draft")
    press(clerk, "签核对授权")
    clerk.locator("textarea[name='application.reason']").fill("丈夫失业，妻子重残，女儿上大学")
    press(clerk, "保存草稿")
    clerk.get_by_role("link", name="核对全部内容，再提交").first.click()
    clerk.wait_for_load_state()
    assert "丈夫失业，妻子重残，女儿上大学" in clerk.locator("main").inner_text()
    look(clerk, "answers")
    clerk.get_by_label("申请人已看过上面的内容").check()
    assert "申请已经收到，编号" in press(clerk, "提交申请")
    look(clerk, "receipt")
    assert "待受理" in go(clerk, case)
    assert "还剩 3 个工作日" in press(clerk, "受理")
    press(clerk, "启动入户调查")
    clerk.get_by_label("向谁调查").fill("林阿珍")
    clerk.get_by_label("看到、听到的情况").fill("两居室，陈设简单，林阿珍卧床")
    press(clerk, "登记调查情况")
    second = window("shequ")
    go(second, case)
    press(second, "第二调查人签字")
    go(clerk, case)
    press(clerk, "提请经济状况核对")
    for _ in range(60):
        clerk.wait_for_timeout(2_000)
        go(clerk, case)
        if "等待反馈" not in clerk.locator("main").inner_text():
            break
    look(clerk, "checked")
    # Before the notice nobody can approve, not even by typing the address of the act.
    bureau = window("yewu")
    assert "决定" not in go(bureau, case)
    assert not bureau.get_by_role("button", name="批准", exact=True).count()
    reviewer = window("shenhe")
    go(reviewer, case)
    reviewer.get_by_label("理由").first.fill("情况属实，符合低保条件")
    press(reviewer, "出具初步意见")
    assert "公示中" in press(reviewer, "张贴公示")
    look(reviewer, "noticed")
    notice = str(reviewer.get_by_role("link", name="公示页").get_attribute("href"))
    stranger = window(None)
    assert "正在公示" in go(stranger, notice)
    words = stranger.locator("main").inner_text()
    assert all(part in words for part in ("林阿珍", "3 人", "每月 1,806.00 元"))
    assert not any(secret in words for secret in ("陈国良", "残", "青云里"))
    look(stranger, "notice")
    another = "y" if notice[-2] == "x" else "x"
    assert stranger.goto(f"{notice[:-2]}{another}/").status == 404
    return case, notice


def _to_the_decision(window: Window, case: str, notice: str) -> None:
    assert window(None).goto(notice).status == 404, "the notice came down by itself after its days"
    reviewer = window("shenhe")
    go(reviewer, case)
    assert "待确认" in press(reviewer, "公示期满，报请确认")
    bureau = window("yewu")
    assert "待确认" in go(bureau, case)
    bureau.get_by_label("理由").first.fill("符合低保条件")
    assert "已批准" in press(bureau, "批准")
    look(bureau, "approved")
    press(bureau, "按当时的情况重算")
    assert "一分不差" in bureau.locator("main").inner_text()
    clerk = window("jingban")
    go(clerk, case)
    letter = clerk.get_by_role("link", name="审核确认决定书").get_attribute("href")
    answer = clerk.request.get(letter)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF-")
    clerk.get_by_label("谁签收").fill("林阿珍本人")
    assert "保障中" in press(clerk, "送达决定")
    go(clerk, "/cases/")
    look(clerk, "mine")
    go(window("lingdao"), "/cases/clock/")
    look(window("lingdao"), "overview")
