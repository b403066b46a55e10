"""The story of a photo from a telephone and of a paper: sent through a real browser, kept clean, and seen again."""

from collections.abc import Callable
from typing import Any

from foundation.files.pictures import telltale

PAPER = b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"


def sent(name: str, media_type: str, content: bytes) -> dict[str, Any]:
    """This function will say a file as the browser's file picker gives it."""
    return {"name": name, "mimeType": media_type, "buffer": content}


def test_a_photo_sent_from_a_telephone_is_shown_upright_and_without_where_it_was_taken(
    visit: Callable[..., Any],
) -> None:
    page = visit("yewu", width=375)
    page.goto("/cockpit/projects/")
    page.locator("main a[href^='/cockpit/projects/']").first.click()
    page.wait_for_load_state()
    page.get_by_text("加一张照片").click()
    words = "主体结构到三层，东侧有脚手架（从手机上传）"
    page.get_by_label("照片里看得到什么").fill(words)
    page.get_by_label("照片", exact=True).set_input_files(sent("说明.jpg", "image/jpeg", PAPER))
    page.get_by_role("button", name="加上这张照片").click()
    assert "只收 JPEG、PNG 照片" in page.locator("[role=alert]").inner_text(), "a paper is no photo"
    assert page.get_by_label("照片里看得到什么").input_value() == words, "what was typed is kept"
    photo = telltale(turned=6)
    assert b"GPS" in photo, "the control: the telephone wrote the place into it"
    page.get_by_label("照片", exact=True).set_input_files(sent("IMG_1.JPG", "image/jpeg", photo))
    page.get_by_role("button", name="加上这张照片").click()
    assert "附带的拍摄地点等信息已去掉" in page.locator("main").inner_text()
    shown = page.get_by_alt_text(words)
    shown.scroll_into_view_if_needed()
    page.wait_for_function("one => one.complete && one.naturalWidth", arg=shown.element_handle())
    assert shown.evaluate("one => [one.naturalWidth, one.naturalHeight]") == [8, 16], "turned as the telephone said"
    kept = page.request.get(shown.get_attribute("src")).body()
    assert kept.startswith(b"\xff\xd8")
    assert not [told for told in (b"GPS", b"Zhang San", b"cropped away", b"motion trailer") if told in kept]
    assert page.evaluate("document.documentElement.scrollWidth") == 375, "nothing hangs over the edge"


def test_a_paper_behind_a_figure_is_opened_by_who_checks_it(visit: Callable[..., Any]) -> None:
    page = visit("yewu")
    page.goto("/cockpit/indicators/eco_burial_places/entries/new/")
    fields = page.locator("main form")
    fields.locator("[name=area]").select_option(index=0)
    fields.locator("[name=as_of]").fill("2025-12-31")
    for number in fields.locator("input[type=number]").all():
        number.fill("3")
    fields.locator("[name=evidence]").fill("2025 年末台账第 3 页（浏览器上传）")
    fields.locator("[name=file]").set_input_files(sent("台账.pdf", "application/pdf", PAPER))
    page.get_by_role("button", name="报上，等另一人复核").click()
    page.wait_for_load_state()
    checker = visit("fuhe")
    checker.goto("/cockpit/entries/")
    link = checker.get_by_role("link", name="打开依据文件：台账.pdf").first
    answer = checker.request.get(link.get_attribute("href"))
    assert answer.body().startswith(b"%PDF-1.7")
    assert (answer.headers["content-type"], answer.headers["x-content-type-options"]) == ("application/pdf", "nosniff")
    stranger = visit("wangge").request.get(link.get_attribute("href"))
    assert stranger.status in (403, 404), "a paper is for who states and who checks"
