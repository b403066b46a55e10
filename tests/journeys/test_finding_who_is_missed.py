"""Stories of a clerk's day: who is missed, why, the paper for the visit, the list for the colleague, the keyboard."""

import io
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from journeys.conftest import Site, say_why

WORKER_PATIENCE_SECONDS = 60


def chip(page: Any, label: str) -> Any:
    """This function will find the chip of a filter by its words."""
    return page.locator(".chip").filter(has_text=re.compile(rf"^\s*{re.escape(label)}"))


def open_family(page: Any, name: str, *, kind: str = "应享未享", scheme: str = "最低生活保障（低保）") -> None:
    """This function will go from the list to the explanation of one family, as a clerk does."""
    page.get_by_role("navigation", name="主菜单").get_by_role("link", name="应享未享").click()
    chip(page, kind).click()
    page.wait_for_load_state()
    chip(page, scheme).click()
    page.wait_for_load_state()
    while not page.get_by_role("link", name=name, exact=True).count():
        page.get_by_role("link", name="下一页").click()
        page.wait_for_load_state()
    page.get_by_role("link", name=name, exact=True).first.click()
    page.wait_for_load_state()
    say_why(page)


def test_a_clerk_finds_the_family_of_lin_azhen_and_prints_why(
    site: Site, visit: Callable[..., Any], tmp_path: Path
) -> None:
    page = visit("jingban")
    page.goto("/")
    page.get_by_role("link", name="从金额最大的开始看").click()
    page.wait_for_load_state()
    chip(page, "最低生活保障（低保）").click()
    page.wait_for_load_state()
    chip(page, "60—79 岁").click()
    page.wait_for_load_state()
    filtered = page.url
    assert "scheme=minimum_living_allowance" in filtered
    assert "age=60-79" in filtered
    row = page.locator("tr[data-row]", has_text="林阿珍一家")
    assert "1,806.00" in row.inner_text()

    row.get_by_role("link").click()
    page.wait_for_load_state()
    assert page.locator("h1").inner_text() == "今天为什么看这个人的资料？"
    say_why(page)
    assert page.locator("h1").inner_text() == "林阿珍一家为什么可以享受最低生活保障（低保）"
    words = page.locator("main").inner_text()
    for part in (
        "每月 1,806.00 元",
        "民发〔2021〕57号第八条",
        "民发〔2021〕57号第二十三条",
        "500.00 元 ＜ 最低生活保障标准（每人每月） 1,102.00 元",
        "每人每月再多 602.00 元即不符合",
        "现在没有领",
        "2,636.60",
        "不自动发放",
    ):
        assert part in words, part
    income = page.locator("li", has=page.locator("> .why-line", has_text="收入低于标准")).last
    while (folded := income.locator("details:not([open]) > summary:visible")).count():
        folded.first.click()
    assert "陈国良：计入的收入（年）" in income.inner_text()
    assert "转移净收入（年）　18,000.00 元" in income.inner_text()
    assert "来源：人社" in income.inner_text()

    paper = page.get_by_role("link", name="打印说明").get_attribute("href")
    answer = page.request.get(paper)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF-")
    text = text_of_pdf(answer.body(), tmp_path)
    for part in ("林阿珍", "1,806.00", "第二十三条", "不是审批决定"):
        assert part in text, part

    page.go_back()
    while "/findings/" not in page.url:
        page.go_back()
    assert page.url == filtered
    assert page.locator(".chip-on").count() == 3


def text_of_pdf(content: bytes, folder: Path) -> str:
    """This function will read the words of a PDF with poppler, as another program sees them."""
    if shutil.which("pdftotext") is None:
        pytest.skip("BROWSER TESTS SKIPPED: no pdftotext; install poppler-utils")
    file = folder / "paper.pdf"
    file.write_bytes(content)
    done = subprocess.run(["pdftotext", str(file), "-"], capture_output=True, text=True, check=True)
    return done.stdout.replace("\n", "")


@pytest.mark.parametrize("kind", ["entitled_not_receiving", "receiving_not_entitled", "one_datum_missing"])
def test_every_line_of_a_list_opens_its_reasons(visit: Callable[..., Any], kind: str) -> None:
    page = visit("yewu")
    page.goto(f"/findings/?kind={kind}")
    addresses = [row.get_attribute("data-row") for row in page.locator("tr[data-row]").all()]
    assert addresses
    for address in addresses[:6]:
        page.goto(address)
        say_why(page)
        heading = page.locator("h1").inner_text()
        assert re.search("为什么可以享受|为什么不能享受|还不能确定能否享受", heading), (address, heading)
        assert page.locator(".why-line").count() >= 3
        if kind == "one_datum_missing":
            assert "只要问清这些就能定" in page.locator("main").inner_text()


def test_the_keyboard_alone_is_enough(visit: Callable[..., Any]) -> None:
    page = visit("yewu")
    page.goto("/findings/?scheme=old_age_allowance")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert "第 2 行" in page.locator("#announce").text_content()
    second = page.locator("tr[data-row]").nth(1)
    name = second.locator(".row-name").inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/findings/" not in url)
    tab_to(page, "element.type === 'radio'")
    page.keyboard.press("Space")
    tab_to(page, "element.innerText === '打开'")
    page.keyboard.press("Enter")
    page.wait_for_url("**/explanations/**")
    assert page.locator("h1").inner_text().startswith(name)
    page.keyboard.press("/")
    page.keyboard.type("林阿珍")
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/**")
    assert "林阿珍" in page.locator("tr[data-row], tbody tr").first.inner_text()


def tab_to(page: Any, wanted: str) -> None:
    """This function will press Tab until the focus is on the wanted thing."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate(f"(element => {wanted})(document.activeElement)"):
            return
    raise AssertionError(f"40 times Tab, and never there: {wanted}")


def test_a_filter_kept_under_a_name_is_found_again(visit: Callable[..., Any]) -> None:
    page = visit("shenhe")
    page.goto("/findings/?kind=one_datum_missing")
    shown = page.locator("h1").inner_text()
    page.get_by_label("名称").fill("采荷只差一项")
    page.get_by_role("button", name="保存名单").click()
    page.wait_for_load_state()
    assert "已保存为“采荷只差一项”" in page.locator("main").inner_text()
    page.goto("/findings/")
    page.get_by_role("link", name="采荷只差一项").click()
    page.wait_for_load_state()
    assert page.locator("h1").inner_text() == shown


def test_a_list_leaves_only_with_a_purpose_and_carries_its_mark(visit: Callable[..., Any]) -> None:
    page = visit("jingban")
    page.goto("/findings/?scheme=minimum_living_allowance")
    page.get_by_role("button", name="导出").click()
    page.wait_for_load_state()
    refusal = page.locator("[role=alert]").inner_text()
    assert "用途" in refusal
    assert "scheme=minimum_living_allowance" in page.url
    page.get_by_label("用途").select_option(label="上门核实和主动告知")
    page.get_by_role("button", name="导出").click()
    page.wait_for_load_state()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="取表格").click()
    content = Path(waiting.value.path()).read_bytes()
    assert waiting.value.suggested_filename.endswith(".xlsx")
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
    mark = " ".join(str(cell) for cell in rows[0] if cell)
    for part in ("沈佳（演示）", "上门核实和主动告知"):
        assert part in mark, mark
    told = [row for row in rows if row and row[0] == "林阿珍一家"]
    assert len(told) == 1
    assert any(cell in (1806, 1806.0, "1,806.00") for cell in told[0]), told


def test_the_map_leads_to_a_street_and_its_list(visit: Callable[..., Any]) -> None:
    page = visit("yewu")
    page.goto("/")
    menu = page.get_by_role("navigation", name="主菜单")
    menu.get_by_text("更多", exact=True).click()
    menu.get_by_role("link", name="地图").click()
    page.wait_for_load_state()
    street = page.locator("svg a[aria-label^='采荷街道']")
    number = re.search(r"：(\d+) 项", street.get_attribute("aria-label"))
    assert number
    row = page.locator("tr[data-row]", has_text="采荷街道")
    assert number.group(1) in row.inner_text()  # the same figure in the table below
    street.click()
    page.wait_for_url("**/findings/**")
    assert page.locator("h1").inner_text().startswith(f"{number.group(1)} 项")
    assert page.locator(".chip-on", has_text="采荷街道").count() == 1
    page.locator(".chip-on", has_text="采荷街道").click()  # and a second click takes the street away again
    page.wait_for_load_state()
    assert "area=330102012000" not in page.url


def test_a_recorded_fact_changes_the_finding_when_the_worker_has_run(visit: Callable[..., Any]) -> None:
    """冯彩娣 earns 20,000 a year for two; with 90,000 the family is above the standard and leaves the list."""
    page = visit("jingban")
    page.goto("/")
    open_family(page, "冯彩娣一家")
    explanation = page.url
    assert "每月 537.33 元" in page.locator("main").inner_text()
    page.get_by_role("link", name="冯彩娣", exact=True).first.click()
    page.wait_for_load_state()
    say_why(page)
    page.get_by_role("link", name="记一项情况").click()
    page.get_by_label("项目").select_option(label="工资性收入（年）")
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("工资性收入（年），元").fill("90,000")
    page.get_by_label("谁说的").select_option(label="人社")
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    page.get_by_label("从哪一天起是这样").fill(today.replace(day=1).isoformat())
    page.get_by_role("button", name="记下“工资性收入（年）”").click()
    page.wait_for_load_state()
    assert "90,000.00 元" in page.locator("main").inner_text()

    page.goto(explanation)
    assert page.locator("h1").inner_text() == "冯彩娣一家为什么不能享受最低生活保障（低保）"
    assert "3,750.00 元" in page.locator("main").inner_text()  # 90,000 ÷ 12 ÷ 2
    until = time.monotonic() + WORKER_PATIENCE_SECONDS
    while time.monotonic() < until:
        page.goto("/findings/?scheme=minimum_living_allowance")
        if not page.get_by_role("link", name="冯彩娣一家").count():
            break
        time.sleep(1)
    assert page.get_by_role("link", name="冯彩娣一家").count() == 0
    assert page.get_by_role("link", name="林阿珍一家").count() == 1  # the others are still there
