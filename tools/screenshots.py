"""Take the pictures of the README from a running demo, so that they can be taken again when a page changes.

    minsheng demo --port 8330                                   # in another terminal; prints the passwords
    apt-get install chromium-l10n                               # else its date fields speak English
    python tools/screenshots.py --address http://127.0.0.1:8330 --password THE-PASSWORD-OF-yewu --code THE-CODE

Each page is taken as a desk (1280 px) and a telephone (375 px) show it, cut to what a reader looks at. One above 250 KB
stops the run, because a repository keeps every picture for ever.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "screenshots"
TALLEST = {1280: 1_100, 375: 1_600}  # by width, in px
HEAVIEST = 250_000  # bytes
CHINESE = {**os.environ, "LANGUAGE": "zh_CN", "LANG": "zh_CN.UTF-8"}  # date fields speak the browser's own language


class UnableToTakePictures(RuntimeError):
    """The demo is not there, the password is not right, or a page cannot be reached by the way a person takes."""


def main() -> int:
    """This function will take every picture; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--address", default="http://127.0.0.1:8330")
    parser.add_argument("--name", default="yewu")
    parser.add_argument("--password", required=True, help="printed by `minsheng demo`, valid until its next start")
    parser.add_argument("--code", required=True, help="the resident's code of 12 figures, printed by `minsheng demo`")
    parser.add_argument("--into", type=Path, default=FOLDER)
    chosen = parser.parse_args()
    chosen.into.mkdir(parents=True, exist_ok=True)
    try:
        take_all(chosen.address, chosen.name, chosen.password, chosen.code, chosen.into)
    except UnableToTakePictures as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


def take_all(address: str, name: str, password: str, code: str, into: Path) -> None:
    """This function will sign in once and take each page at each width."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium")
    if chromium is None:
        raise UnableToTakePictures("没有 Chromium：先运行 tools/browser.sh。")
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--lang=zh-CN"], env=CHINESE)
        state, addresses = look_around(browser, address, name, password)
        for width in TALLEST:
            context = browser.new_context(
                base_url=address,
                storage_state=state,
                viewport={"width": width, "height": 860},
                locale="zh-CN",
                timezone_id="Asia/Shanghai",
                reduced_motion="reduce",
            )
            page = context.new_page()
            for label, where in addresses.items():
                page.goto(where)
                page.wait_for_load_state("networkidle")
                take(page, into / f"{label}-{width}.png", width)
        own = browser.new_page(base_url=address, viewport={"width": 375, "height": 860}, locale="zh-CN")
        own.goto("/my/")
        own.locator("main input:not([type=hidden])").first.fill(code)
        own.locator("main button[type=submit]").first.click()
        own.wait_for_load_state()
        take(own, into / "my-375.png", 375)
        browser.close()


def look_around(browser: Any, address: str, name: str, password: str) -> tuple[Any, dict[str, str]]:
    """This function will sign in, and find the pages by following links from the first one as a person would."""
    page = browser.new_page(base_url=address)
    page.goto("/sign-in/")
    page.locator("main input[type=text]").fill(name)
    page.locator("main input[type=password]").fill(password)
    page.get_by_role("button", name="登录").click()
    page.wait_for_load_state()
    if "/sign-in" in page.url:
        raise UnableToTakePictures("登录不上：密码每次启动演示都会换，请用终端里最新的那一个。")
    addresses = {
        "today": "/",
        "findings": "/findings/",
        "map": "/map/",
        "policy": "/policies/minimum_living_allowance/",
        "missed": "/missed/",
        "what-if": "/policies/what-if/?household.standard=1250.00",
        "cases": "/cases/",
        "payments": "/payments/",
        "visits": "/visits/",
        "cockpit": "/cockpit/",
    }
    # The family of the worked example, by its name: the member's link leads on to the person.
    addresses["explanation"] = find_the_family(page)
    page.goto(addresses["explanation"])
    answer_why(page)
    person = page.locator("a", has_text=re.compile("^林阿珍$")).first.get_attribute("href")
    page.goto(str(person))
    answer_why(page)
    addresses["person"] = str(person)
    box = page.locator("[data-search]")
    addresses["search"] = f"{box.locator('xpath=ancestor::form').get_attribute('action')}?q=林阿"
    return page.context.storage_state(), addresses


def find_the_family(page: Any) -> str:
    """This function will return the address of the explanation for the household of 林阿珍."""
    page.goto("/findings/?scheme=minimum_living_allowance&area=330102012000")
    while True:
        link = page.get_by_role("link", name="林阿珍一家")
        if link.count():
            return str(link.first.get_attribute("href"))
        following = page.locator("a[rel=next]")
        if not following.count():
            raise UnableToTakePictures("名单里没有林阿珍一家：这不是新建的演示，或这一家已经领到了。")
        following.click()
        page.wait_for_load_state()


def answer_why(page: Any) -> None:
    """This function will state a purpose where the page asks for one before it shows a person."""
    options = page.locator("main form input[type=radio][name=purpose]")
    if options.count():
        options.first.check()
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_load_state()


def take(page: Any, file: Path, width: int) -> None:
    """This function will take one page from its top, and refuse a picture that is too heavy."""
    height = min(TALLEST[width], int(page.evaluate("document.documentElement.scrollHeight")))
    page.screenshot(path=file, clip={"x": 0, "y": 0, "width": width, "height": height}, full_page=True)
    size = file.stat().st_size
    if size > HEAVIEST:
        raise UnableToTakePictures(f"{file.name} 有 {size:,} 字节，超过 {HEAVIEST:,}：请截短。")
    print(f"{file.name}  {height} px  {size:,} bytes")


if __name__ == "__main__":
    raise SystemExit(main())
