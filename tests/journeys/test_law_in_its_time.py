"""Stories of dates: the law of another day, and the working days of a year that was just announced."""

from collections.abc import Callable
from typing import Any

from journeys.conftest import say_why

ANNOUNCEMENT_2027 = """一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（周五）至11日（周四）放假调休，共7天。1月31日（周日）上班。
三、清明节：4月3日（周六）至5日（周一）放假，共3天。
四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。
五、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。
"""


def test_the_policy_of_december_2020_stands_beside_its_version_of_2016(visit: Callable[..., Any]) -> None:
    page = visit("shequ")
    page.goto("/")
    page.get_by_role("navigation", name="主菜单").get_by_role("link", name="政策").click()
    page.get_by_role("link", name="最低生活保障（低保）", exact=True).click()
    page.wait_for_load_state()
    page.get_by_label("看哪一天的规定").fill("2020-12-01")
    page.get_by_role("button", name="按这一天看").click()
    page.wait_for_load_state()
    assert "on=2020-12-01" in page.url
    assert "按2020年12月1日（星期二）有效的规定" in page.locator("main").inner_text()
    assert "《社会救助暂行办法》" in page.locator("main").inner_text()
    standard = page.locator("tr", has_text="最低生活保障标准（每人每月）")
    old = standard.filter(has_text="744.00 元")
    valid = standard.filter(has_text="这一天有效")
    assert "2016年1月1日" in old.inner_text()
    assert "这一天有效" not in old.inner_text()
    assert "1,102.00 元" in valid.inner_text()
    assert "2020年1月1日" in valid.inner_text()
    assert "演示参数" in standard.filter(has_text="2021年1月1日").inner_text()  # the doubt is shown, not hidden


def test_an_explanation_of_another_month_uses_the_figures_of_that_month(visit: Callable[..., Any]) -> None:
    page = visit("shequ")
    page.goto("/findings/?scheme=minimum_living_allowance")
    page.get_by_role("link", name="林阿珍一家").click()
    page.wait_for_load_state()
    say_why(page)
    page.get_by_label("看哪一天的规定").fill("2026-06-15")
    page.get_by_role("button", name="按这一天看").click()
    page.wait_for_load_state()
    words = page.locator("main").inner_text()
    assert "按2026年6月有效的规定计算。《最低生活保障审核确认办法》" in words  # before the law of 2026-07-01
    assert "每月 1,806.00 元" in words


def test_a_day_that_is_none_is_explained_and_today_is_shown(visit: Callable[..., Any]) -> None:
    page = visit("shequ")
    page.goto("/policies/minimum_living_allowance/?on=2020-13-01")
    assert "“2020-13-01”不是日期" in page.locator("[role=alert]").inner_text()
    assert "1,102.00 元" in page.locator("main").inner_text()


def test_the_holidays_of_2027_are_pasted_previewed_and_saved(visit: Callable[..., Any]) -> None:
    page = visit("yewu")
    page.goto("/")
    menu = page.get_by_role("navigation", name="主菜单")
    menu.get_by_text("更多", exact=True).click()
    menu.get_by_role("link", name="工作日历").click()
    assert page.locator("h1").inner_text() == "2027 年的放假安排还没有录入"
    page.get_by_role("link", name="录入 2027 年的安排").click()
    page.get_by_label("依据的通知").fill("国务院办公厅关于2027年部分节假日安排的通知（测试用）")
    page.get_by_label("放假和调休上班的日子").fill(ANNOUNCEMENT_2027.replace("1月31日（周日）", "1月30日（周日）"))
    page.get_by_role("button", name="预览").click()
    page.wait_for_load_state()
    assert "文中写的是周日" in page.locator("[role=alert]").first.inner_text()
    assert page.get_by_role("button", name="保存").count() == 0
    page.get_by_label("放假和调休上班的日子").fill(ANNOUNCEMENT_2027)
    page.get_by_role("button", name="预览").click()
    page.wait_for_load_state()
    assert page.locator("h1").inner_text() == "请核对，2027 年放假 25 天，调休上班 1 天"
    page.get_by_role("button", name="保存 2027 年的安排").click()
    page.wait_for_url("**/2027/")
    words = page.locator("main").inner_text()
    assert "已保存（第 1 版）" in words
    assert "2027年1月31日（星期日）" in words
    page.locator("main").get_by_role("link", name="工作日历").first.click()
    page.wait_for_load_state()
    assert page.locator("h1").inner_text() == "工作日历已录到 2027 年"
