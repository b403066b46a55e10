"""Stories of rights: who comes in, how far they see, and what they are told when they may not."""

import re
from collections.abc import Callable
from typing import Any

from journeys.conftest import Site, fill_in_the_door, say_why

FAMILY = "/findings/?scheme=minimum_living_allowance"


def number_in(words: str) -> int:
    """This function will read the first number of a heading: `1,204 项…` is 1204."""
    found = re.search(r"[\d,]+", words)
    assert found, words
    return int(found.group().replace(",", ""))


def places_in(page: Any) -> set[str]:
    """This function will list the communities that a list of findings names, over all its pages."""
    places: set[str] = set()
    while True:
        places |= set(page.locator(".row-place").all_inner_texts())
        following = page.locator("a[rel=next]")
        if not following.count():
            return places
        following.click()
        page.wait_for_load_state()


def test_a_stranger_is_led_to_the_door_and_back_to_the_page_asked_for(site: Site, visit: Callable[..., Any]) -> None:
    page = visit(None)
    page.goto("/findings/?kind=receiving_not_entitled")
    assert page.locator("h1").inner_text() == "请先登录"
    fill_in_the_door(page, "yewu", site.passwords["yewu"])
    page.wait_for_url("**/findings/?kind=receiving_not_entitled")
    assert "享而不符" in page.locator(".chip-on").first.inner_text()


def test_a_wrong_password_is_explained_and_the_fifth_is_told_to_wait(visit: Callable[..., Any]) -> None:
    page = visit(None)
    page.goto("/sign-in/")
    fill_in_the_door(page, "rizhi", "not the password 1")
    page.wait_for_selector(".error-summary")
    assert page.locator("main input[type=text]").input_value() == "rizhi"
    assert page.locator("main input[type=password]").input_value() == ""
    for number in range(2, 6):
        fill_in_the_door(page, "rizhi", f"not the password {number}")
        page.wait_for_load_state()
    words = page.locator("main").inner_text()
    assert "请 15 分钟后再试" in words
    assert "账号没有被停用" in words


def test_after_leaving_the_old_window_shows_nothing(site: Site, visit: Callable[..., Any]) -> None:
    page = visit(None)
    page.goto("/sign-in/?next=/findings/")
    fill_in_the_door(page, "queren", site.passwords["queren"])
    page.wait_for_url("**/findings/")
    page.get_by_role("button", name="退出").click()
    page.wait_for_load_state()
    page.goto("/findings/")
    assert page.locator("h1").inner_text() == "请先登录"
    assert "应领" not in page.content()


def test_a_grid_worker_sees_the_own_community_and_no_other(visit: Callable[..., Any]) -> None:
    district = visit("yewu")
    district.goto("/findings/")
    everybody = number_in(district.locator("h1").inner_text())
    elsewhere = district.locator("tr[data-row]").filter(has_not_text="芙蓉社区").first
    elsewhere_name = elsewhere.locator(".row-name").inner_text().removesuffix("一家")
    elsewhere_address = elsewhere.get_attribute("data-row")

    page = visit("wangge")
    page.goto("/findings/")
    assert 0 < number_in(page.locator("h1").inner_text()) < everybody
    assert places_in(page) == {"芙蓉社区"}
    page.goto("/findings/?area=330102001000")  # another street, typed into the address
    assert page.locator("tr[data-row]").count() == 0
    assert "这个筛选下没有人" in page.locator("main").inner_text()
    page.goto(elsewhere_address)  # a link that a colleague sent
    say_why(page)
    assert page.locator("h1").inner_text() == "没有找到这一页"
    assert elsewhere_name not in page.locator("main").inner_text()


def test_a_leader_reads_the_figures_and_cannot_open_a_person(visit: Callable[..., Any]) -> None:
    page = visit("lingdao")
    page.goto("/")
    assert number_in(page.locator("h1").inner_text()) > 0
    assert page.get_by_role("navigation", name="主菜单").get_by_role("link", name="人员").count() == 0
    page.goto("/findings/?scheme=minimum_living_allowance")
    names = page.locator(".row-name").all_inner_texts()
    assert names
    assert all("*" in name for name in names), names
    assert page.locator(".row-name a").count() == 0  # nothing that would end at a refusal
    page.goto("/people/7/")
    words = page.locator("main").inner_text()
    assert "这一步您现在不能办" in words
    assert "局领导" in words
    assert page.get_by_role("link", name="回到首页").is_visible()


def test_an_auditor_reads_everything_and_changes_nothing(visit: Callable[..., Any]) -> None:
    page = visit("shenji")
    page.goto(FAMILY)
    page.get_by_role("link", name="林阿珍一家").first.click()
    say_why(page)
    assert "每月 1,806.00 元" in page.locator("main").inner_text()
    page.get_by_role("link", name="林阿珍", exact=True).first.click()
    say_why(page)
    assert "情况和来源" in page.locator("main").inner_text()
    person = re.sub(r"[?#].*", "", page.url)
    offered = page.locator("main").inner_text()
    for act in ("记一项情况", "登记去世", "和另一条记录合并"):
        assert act not in offered, act
    for path in ("facts/new/", "death/", "merge/"):
        page.goto(person + path)
        assert "这一步您现在不能办" in page.locator("main").inner_text(), path
    token = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "csrf")
    form = {
        "csrfmiddlewaretoken": token,
        "kind": "entitled_not_receiving",
        "purpose": "supervision",
        "form_key": "a" * 32,
    }
    answer = page.request.post("/findings/export/", form=form)
    assert answer.status == 403
    assert "这一步您现在不能办" in answer.text()


def test_a_page_that_is_not_there_says_what_to_do(visit: Callable[..., Any]) -> None:
    page = visit("yewu")
    page.goto("/policies/no_such_policy/")
    words = page.locator("main").inner_text()
    for part in ("没有找到这一页", "发生了什么", "您的数据", "现在怎么办", "错误编号", "12345"):
        assert part in words
    page.get_by_role("link", name="回到首页").click()
    page.wait_for_url(lambda url: url.endswith("/"))
