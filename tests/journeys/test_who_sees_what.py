"""Stories of rights: who comes in, how far they see, and what they are told when they may not."""

from collections.abc import Callable
from typing import Any

from journeys.conftest import Site, fill_in_the_door


def test_a_stranger_is_led_to_the_door_and_back_to_the_page_asked_for(site: Site, visit: Callable[..., Any]) -> None:
    page = visit(None)
    page.goto("/findings/?kind=receiving_not_entitled")
    assert page.locator("h1").inner_text() == "请先登录"
    fill_in_the_door(page, "yewu", site.passwords["yewu"])
    page.wait_for_url("**/findings/?kind=receiving_not_entitled")
    assert "享而不符" in page.locator(".chip-on").first.inner_text()
