"""Every page that can be reached by links, on a desk and on a telephone: accessible, whole, quiet, and in Chinese.

The pages are not listed by hand: a walk follows the links of each page, one of each shape, so that a new page is
looked at from the day it is linked.
"""

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from journeys.conftest import say_why

VENDOR = Path(__file__).parent / "vendor"
AXE = (VENDOR / "axe.min.js").read_text(encoding="utf-8")
CHECKS = (Path(__file__).parent / "page_checks.js").read_text(encoding="utf-8")
WIDTHS = [1280, 375]
HEIGHT = 860
MUST_BE_AMONG = {
    "/", "/findings/", "/map/", "/policies/", "/policies/minimum_living_allowance/", "/explanations/*/N/",
    "/explanations/*/N/N/", "/people/", "/people/N/", "/people/N/purpose/", "/people/new/", "/households/N/",
    "/places/", "/places/N/", "/catalogue/*/", "/policies/numbers/new/*/", "/payments/ledger/*/entries/", "/notices/*/",
}  # fmt: skip
LONGEST_WALK = 160
# Pages of one kind whose addresses differ by a name and not by a number: one of them is looked at for all.
ONE_FOR_ALL = (
    (re.compile(r"^/(explanations|cockpit/indicators)/[^/]+/"), r"/\1/*/"),
    (re.compile(r"^/catalogue/[a-z]+(_[a-z]+)+/"), "/catalogue/*/"),
    (re.compile(r"^/policies/numbers/new/[^/]+/"), "/policies/numbers/new/*/"),
    (re.compile(r"^/payments/ledger/[^/]+/entries/"), "/payments/ledger/*/entries/"),
    (re.compile(r"^/notices/[^/]+/"), "/notices/*/"),
)
# What no link leads to as it stands: a search, and the lists of the other two kinds.
BEGIN = ("/", "/people/?q=林阿", "/findings/?kind=receiving_not_entitled", "/findings/?kind=one_datum_missing")
# Latin words that may stand in visible text: products, formats, standards, fields (`code` of GeoJSON,
# `sender_id` of the exchange), units, examples, a plot of land.
ALLOWED_WORDS = re.compile(
    r"chinesecalendar|MB|wangqingbo|wqb|GeoJSON|\bcode\b|JPEG|PNG|WGS\s?84|GCJ-?02|PDF|pdf|Excel|xlsx|csv|CSV|OpenStreetMap|ODbL|GB/T"
    r"|docx|txt|JG(?=\d)|DCAT|JWK|RFC|TOTP|Chrome|Linux|sender_id|on-search|notify"
)


def shape_of(path: str) -> str:
    """This function will name the kind of page: numbers and the names of `ONE_FOR_ALL` do not make another one."""
    path = path.split("?")[0].split("#")[0]
    path = re.sub(r"/\d+(?=/)", "/N", path)
    for names, kind in ONE_FOR_ALL:
        path = names.sub(kind, path)
    return path


def links_of(page: Any) -> list[str]:
    """This function will list the addresses of this site that a page links to, in its order."""
    found: list[str] = page.eval_on_selector_all(
        "a[href]", "links => links.map(a => a.getAttribute('href')).filter(h => h.startsWith('/') || h.startsWith('?'))"
    )
    return [
        page.evaluate("h => { const u = new URL(h, location.href); return u.pathname + u.search; }", h) for h in found
    ]


def is_page(path: str) -> bool:
    """This function will leave out what is a file and not a page."""
    return not re.search(
        r"/documents?/|/papers/|/photos/|/export/|/sign-out/|/report/(pdf|xlsx)/|\.\w{2,7}(\?|$)", path
    )


def faults_of(page: Any, width: int, *, axe: bool = True) -> list[str]:
    """This function will say what is wrong with the page that is shown; `axe`: also to whoever does not see it."""
    page.evaluate(CHECKS)
    faults: list[str] = []
    if axe:
        page.evaluate(AXE)
        faults += [f"accessibility: {text}" for text in page.evaluate("checks.accessibility()")]
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > width:
        faults.append(f"{wide} px wide on a screen of {width}")
    faults += [f"small target: {text}" for text in page.evaluate("checks.smallTargets()")]
    words = ALLOWED_WORDS.sub("", without_codes(page.evaluate("checks.words()")))
    left = sorted(set(re.findall(r"[A-Za-z]{2,}", words)))
    if left:
        faults.append(f"not in Chinese: {left}")
    if page.locator("h1").count() != 1:
        faults.append("a page has one heading")
    return faults


def without_codes(text: str) -> str:
    """This function will take out versions and numbers of pages: hexadecimal digits that belong together."""
    return re.sub(r"\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b|\b[0-9a-f]{8}\b", "", text)


@pytest.mark.parametrize(
    ("width", "other"),
    [
        # One walk: each page is loaded on a telephone, looked at there by axe too, then drawn out to a desk's width.
        pytest.param(375, 1280, id="375-and-1280"),
        pytest.param(1280, None, id="1280-axe", marks=pytest.mark.exhaustive),
    ],
)
def test_every_page_is_accessible_whole_quiet_and_in_chinese(
    visit: Callable[..., Any], width: int, other: int | None
) -> None:
    page = visit("yewu", width=width)
    waiting, seen, faults = list(BEGIN), set(), {}
    while waiting and len(seen) < LONGEST_WALK:
        path = waiting.pop(0)
        shape = path if path in BEGIN else shape_of(path)
        if shape in seen or not is_page(path):
            continue
        seen.add(shape)
        answer = page.goto(path)
        if shape != "/people/N/purpose/":
            say_why(page)
        if shape == "/people/N/":
            waiting.append(f"{path}purpose/")
        if answer.status >= 400:
            faults[shape] = [f"status {answer.status}"]
            continue
        faults[shape] = faults_of(page, width)
        waiting += links_of(page)
        if other is not None:
            page.set_viewport_size({"width": other, "height": HEIGHT})
            faults[shape] += [f"at {other} px: {fault}" for fault in faults_of(page, other, axe=False)]
            page.set_viewport_size({"width": width, "height": HEIGHT})
    assert len(seen) < LONGEST_WALK, f"the walk did not end; a kind that crowds it belongs into ONE_FOR_ALL: {seen}"
    assert seen >= MUST_BE_AMONG, MUST_BE_AMONG - seen
    assert not any(faults.values()), "\n".join(f"{shape}  {fault}" for shape in faults for fault in faults[shape])


@pytest.mark.parametrize("width", WIDTHS)
def test_the_door_and_the_page_that_is_not_there_are_as_good(visit: Callable[..., Any], width: int) -> None:
    page = visit(None, width=width)
    faults = {}
    for path in ("/sign-in/", "/no-such-page/"):
        page.goto(path)
        faults[path] = faults_of(page, width)
    assert faults == {"/sign-in/": [], "/no-such-page/": []}


def test_the_checks_find_faults_that_are_planted(visit: Callable[..., Any]) -> None:
    """The negative control: a page with faults must show each, at both widths, or a clean walk proves nothing."""
    page = visit("yewu", width=375)
    page.goto("/")
    assert faults_of(page, 375) == []
    page.evaluate("checks.plant()")
    found = " ".join(faults_of(page, 375))
    for word in (
        "color-contrast",
        "label",
        "px wide",
        "small target: 20 px",
        "not in Chinese: ['wide']",
        "one heading",
    ):
        assert word in found, (word, found)
    page.set_viewport_size({"width": 1280, "height": HEIGHT})
    assert "px wide on a screen of 1280" in " ".join(faults_of(page, 1280, axe=False))


def test_the_vendored_checker_is_what_its_manifest_says() -> None:
    entries = json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))["files"]
    for entry in entries:
        assert hashlib.sha256((VENDOR / entry["file"]).read_bytes()).hexdigest() == entry["sha256"], entry["file"]
    assert {path.name for path in VENDOR.iterdir()} == {entry["file"] for entry in entries} | {"manifest.json"}
