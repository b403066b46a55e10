"""A resident with a code from the counter, on a telephone of 375 px: reads the list, applies, sees what follows."""

from collections.abc import Callable
from typing import Any

from journeys.conftest import Site


def test_from_the_code_to_the_receipt(site: Site, visit: Callable[..., Any]) -> None:
    page = visit(None, width=375)
    page.goto("/my/")
    page.get_by_label("12 位数字").fill(site.resident_code)
    page.get_by_role("button", name="打开我家的幸福清单").click()
    assert "您家每月可以领" in page.locator("h1").inner_text()
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "22px"
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    small = page.eval_on_selector_all(
        "a.btn, button, .benefits a", "all => all.filter(e => e.offsetParent && e.offsetHeight < 60).length"
    )
    assert small == 0, "targets of 长辈版 are at least 60 px high"
    page.get_by_role("link", name="最低生活保障（低保）").click()
    page.get_by_role("link", name="我要申请").press("Enter")  # by the keyboard alone
    page.get_by_label("遇到了什么困难？").fill("妻子重病，我照顾她，没法上班")
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("什么时候上门方便？").fill("下午")
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("上面的情况都是真的").check()
    page.get_by_role("button", name="提交申请").click()
    assert "收到了，编号" in page.locator("h1").inner_text()
    page.goto("/findings/")
    assert "/sign-in/" in page.url, "no page of the staff"
