"""Each role at its own work on the demo's cases, in one shared demo: what they see, do, and may not do."""

from collections.abc import Callable
from typing import Any

import pytest

from journeys.conftest import say_why

Visit = Callable[..., Any]


def go(page: Any, path: str) -> str:
    """This function will open a page, say why if it asks, and return its heading."""
    page.goto(path)
    say_why(page)
    return str(page.locator("h1").inner_text())


def open_case(page: Any, status: str) -> str:
    """This function will open the first case of a status from the list of cases, as one clicks it."""
    page.goto(f"/cases/?status={status}")
    page.locator("tr[data-row] a").first.click()
    page.wait_for_load_state()
    say_why(page)
    return str(page.locator("h1").inner_text())


def press(page: Any, button: str) -> str:
    """This function will press a button and return the heading that follows."""
    page.get_by_role("button", name=button, exact=True).first.click()
    page.wait_for_load_state()
    return str(page.locator("h1").inner_text())


def test_the_clerk_finds_what_is_due_first_accepts_and_hands_a_decision_over(visit: Visit) -> None:
    clerk = visit("jingban")
    clerk.goto("/cases/")
    assert "件" in clerk.locator("h1").inner_text()
    assert clerk.locator(".chips, .chip-row").first.is_visible()
    assert "待受理" in open_case(clerk, "submitted")
    assert "还剩" in press(clerk, "受理")
    assert "已批准，待送达" in open_case(clerk, "approved")
    clerk.get_by_label("谁签收").fill("本人")
    assert "保障中" in press(clerk, "送达决定")


def test_the_reviewer_cannot_end_a_notice_before_its_day_and_is_told_which_day_it_is(visit: Visit) -> None:
    reviewer = visit("shenhe")
    assert "公示中" in open_case(reviewer, "noticed")
    words = reviewer.locator("main").inner_text()
    assert "才满 7 天" in words
    assert not reviewer.get_by_role("button", name="公示期满，报请确认", exact=True).count()
    assert "正在公示" in go(reviewer, "/noticeboard/")
    assert reviewer.locator("tbody svg").count() >= 1, "a code for the wall"


def test_the_street_leader_sees_what_is_late_with_its_reason_and_no_person(visit: Visit) -> None:
    leader = visit("queren")
    heading = go(leader, "/cases/clock/")
    assert "超期" in heading
    assert "都写明了原因" in heading
    assert "家" not in leader.locator("tbody").first.inner_text().replace("家庭", "")
    leader.get_by_role("link", name="看超期的").click()
    leader.wait_for_load_state()
    assert leader.locator("tr[data-row]").count() >= 1


def test_the_bureau_decides_what_came_to_it_and_the_auditor_replays_it_to_the_fen(visit: Visit) -> None:
    bureau = visit("yewu")
    assert "待确认" in open_case(bureau, "confirming")
    case = bureau.url
    bureau.get_by_label("理由").first.fill("经审核，符合条件")
    assert "已批准" in press(bureau, "批准")
    auditor = visit("shenji")
    go(auditor, case)
    for act in ("批准", "送达决定", "退回补充调查"):
        assert not auditor.get_by_role("button", name=act, exact=True).count(), f"an auditor changes nothing: {act}"
    press(auditor, "按当时的情况重算")
    assert "一分不差" in auditor.locator("main").inner_text()


def test_a_community_worker_prints_a_code_and_the_resident_walks_by_keyboard_and_ear(visit: Visit) -> None:
    worker = visit("shequ")
    worker.goto("/people/?q=林阿珍")
    worker.get_by_role("link", name="林阿珍").first.click()
    worker.wait_for_load_state()
    say_why(worker)
    worker.get_by_role("link", name="打印上门码、柜台码").click()
    worker.get_by_label("核对了本人身份证").check()
    worker.get_by_role("button", name="打印居民码").click()
    code = worker.locator(".printed-code").inner_text()
    home = visit(None, width=375)
    # What the browser would say is kept instead of said.
    home.add_init_script("window.said = []; window.speechSynthesis.speak = words => window.said.push(words.text)")
    home.goto("/my/sign-in/")
    home.keyboard.type(code)  # the field has the focus
    home.keyboard.press("Enter")
    home.wait_for_url("**/my/")
    heading = home.locator("h1").inner_text()
    assert heading.startswith("林阿珍，您家每月")
    press_by_keyboard(home, "读给我听")
    [said] = home.evaluate("window.said")
    assert heading in said
    assert "最低生活保障（低保）" in said
    go_by_keyboard(home, "最低生活保障（低保）")
    assert "1,806.00 元" in home.locator("h1").inner_text()
    press_by_keyboard(home, "是怎么算出来的")
    assert home.locator("details[open] > summary", has_text="是怎么算出来的").count() == 1
    go_by_keyboard(home, "回到幸福清单")
    assert home.locator("h1").inner_text() == heading
    go_by_keyboard(home, "标准版")
    assert home.evaluate("getComputedStyle(document.body).fontSize") == "16px"
    assert home.evaluate("document.documentElement.scrollWidth") <= 375
    go_by_keyboard(home, "长辈版")
    assert home.evaluate("getComputedStyle(document.body).fontSize") == "22px"


def go_by_keyboard(page: Any, words: str) -> None:
    """This function will go on by the keyboard to the page that something with these words leads to."""
    with page.expect_navigation():
        press_by_keyboard(page, words)


def press_by_keyboard(page: Any, words: str, *, most: int = 60) -> None:
    """This function will go on by the tab key until something with these words has the focus, and press Enter."""
    page.evaluate("document.activeElement && document.activeElement.blur()")
    for _ in range(most):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement ? document.activeElement.innerText || '' : ''")
        if words in focused and page.evaluate("document.activeElement.matches(':focus-visible')"):
            page.keyboard.press("Enter")
            return
    pytest.fail(f"“{words}” is not reached by the tab key")
