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

VENDOR = Path(__file__).parent / "vendor"
AXE = (VENDOR / "axe.min.js").read_text(encoding="utf-8")
WIDTHS = [1280, 375]
MUST_BE_AMONG = {
    "/", "/findings/", "/map/", "/policies/", "/policies/minimum_living_allowance/", "/explanations/*/N/",
    "/explanations/*/N/N/", "/people/", "/people/N/", "/people/N/purpose/", "/people/new/", "/households/N/", "/places/", "/places/N/",
}  # fmt: skip
LONGEST_WALK = 60
# Latin words that may stand in visible text: statutes' and products' own names, units, what is typed as an example.
ALLOWED_WORDS = re.compile(
    r"chinesecalendar|MB|wangqingbo|wqb|GeoJSON|geojson|WGS\s?84|GCJ-?02|PDF|Excel|xlsx|csv|CSV|OSM|OpenStreetMap|ODbL|ID|GB/T|SM[34]"
)
RESULTS = """async () => {
  const found = await axe.run(document, {resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']});
  return found.violations.filter(v => ['serious', 'critical'].includes(v.impact))
    .map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.target.join(' ') + ' ' + n.failureSummary.split('\\n')[1].trim()).join(' | '));
}"""
# A target is what a finger must hit. Links inside running text and table cells are exempt (WCAG 2.5.8), and a tick
# box is hit by its label.
SMALL_TARGETS = """() => [...document.querySelectorAll(
    'a, button, input:not([type=hidden]), select, textarea, summary, [role=button]')]
  .filter(e => e.checkVisibility() && !e.classList.contains('skip-link') && !e.closest('svg, .visually-hidden'))
  .filter(e => !(e.tagName === 'A' && !e.classList.contains('btn') && e.closest('p, li, td, th, dd, dt, h2, .crumbs, .card-footer, .alert, .text-secondary, label')
                 && !e.classList.contains('nav-link') && !e.classList.contains('chip')))
  .map(e => [e, (/^(radio|checkbox)$/.test(e.type) && e.closest('label')) || e])
  .filter(([e, hit]) => hit.getBoundingClientRect().height < 43.5)
  .map(([e, hit]) => Math.round(hit.getBoundingClientRect().height) + ' px: ' + e.outerHTML.slice(0, 110))"""
WORDS = """() => {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), words = [];
  while (walk.nextNode()) {
    const node = walk.currentNode, place = node.parentElement;
    if (!place || place.closest('code, pre, script, style, .error-id, option, .email') || !place.checkVisibility()) continue;
    words.push(node.textContent);
  }
  return words.join('\\n') + '\\n' + document.title;
}"""


def shape_of(path: str) -> str:
    """This function will name the kind of page: numbers and schemes of explanations do not make another one."""
    path = path.split("?")[0].split("#")[0]
    path = re.sub(r"/\d+(?=/)", "/N", path)
    return re.sub(r"^/explanations/[^/]+/", "/explanations/*/", path)


def links_of(page: Any) -> list[str]:
    """This function will list the addresses of this site that a page links to, in its order."""
    found: list[str] = page.eval_on_selector_all(
        "a[href]", "links => links.map(a => a.getAttribute('href')).filter(h => h.startsWith('/') || h.startsWith('?'))"
    )
    return [page.evaluate("h => { const u = new URL(h, location.href); return u.pathname + u.search; }", h) for h in found]


def is_page(path: str) -> bool:
    """This function will leave out what is a file and not a page."""
    return not re.search(r"/document/|\.geojson|/export/|/sign-out/", path)


def faults_of(page: Any, width: int) -> list[str]:
    """This function will say what is wrong with the page that is shown."""
    page.evaluate(AXE)
    faults = [f"accessibility: {text}" for text in page.evaluate(RESULTS)]
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > width:
        faults.append(f"{wide} px wide on a screen of {width}")
    faults += [f"small target: {text}" for text in page.evaluate(SMALL_TARGETS)]
    left = [word for word in re.findall(r"[A-Za-z]{2,}", ALLOWED_WORDS.sub("", without_codes(page.evaluate(WORDS))))]
    if left:
        faults.append(f"not in Chinese: {sorted(set(left))}")
    if page.locator("h1").count() != 1:
        faults.append("a page has one heading")
    return faults


def without_codes(text: str) -> str:
    """This function will take out versions and numbers of pages: hexadecimal digits that belong together."""
    return re.sub(r"\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b|\b[0-9a-f]{8}\b", "", text)


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_is_accessible_whole_quiet_and_in_chinese(visit: Callable[..., Any], width: int) -> None:
    page = visit("yewu", width=width)
    waiting, seen, faults = ["/", "/people/?q=林阿", "/findings/?kind=receiving_not_entitled", "/findings/?kind=one_datum_missing"], set(), {}
    while waiting and len(seen) < LONGEST_WALK:
        path = waiting.pop(0)
        shape = shape_of(path) if path not in seen else ""
        if path.startswith(("/people/?", "/findings/?kind")) and path.count("=") == 1:
            shape = path
        if not shape or shape in seen or not is_page(path):
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
    assert seen >= MUST_BE_AMONG, MUST_BE_AMONG - seen
    assert not any(faults.values()), "\n".join(f"{shape}  {fault}" for shape in faults for fault in faults[shape])


def say_why(page: Any) -> None:
    """This function will state the first purpose offered, where the page asks for one."""
    if page.locator("main input[type=radio]").count():
        page.locator("main input[type=radio]").first.check()
        page.get_by_role("button", name="打开").click()
        page.wait_for_load_state()


@pytest.mark.parametrize("width", WIDTHS)
def test_the_door_and_the_page_that_is_not_there_are_as_good(visit: Callable[..., Any], width: int) -> None:
    page = visit(None, width=width)
    faults = {}
    for path in ("/sign-in/", "/no-such-page/"):
        page.goto(path)
        faults[path] = faults_of(page, width)
    assert faults == {"/sign-in/": [], "/no-such-page/": []}


def test_the_checks_find_faults_that_are_planted(visit: Callable[..., Any]) -> None:
    """The negative control: a page with five faults must show five, or a clean walk proves nothing."""
    page = visit("yewu", width=375)
    page.goto("/")
    assert faults_of(page, 375) == []
    page.evaluate(
        """() => {
          const main = document.querySelector('main'), wide = document.createElement('div');
          wide.append('wide'); wide.setAttribute('class', 'planted-wide');
          const sheet = new CSSStyleSheet();
          sheet.replaceSync('.planted-wide {width: 700px} .planted-pale {color: #ddd} .planted-small {height: 20px; min-height: 0}');
          document.adoptedStyleSheets = [sheet];
          const pale = document.createElement('p'); pale.className = 'planted-pale'; pale.append('看不清的字');
          const small = document.createElement('button'); small.className = 'planted-small'; small.append('小');
          const field = document.createElement('input');
          const title = document.createElement('h1'); title.append('又一个标题');
          main.append(wide, pale, small, field, title);
        }"""
    )
    found = " ".join(faults_of(page, 375))
    for word in ("color-contrast", "label", "px wide", "small target: 20 px", "not in Chinese: ['wide']", "one heading"):
        assert word in found, (word, found)


def test_the_vendored_checker_is_what_its_manifest_says() -> None:
    entries = json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))["files"]
    for entry in entries:
        assert hashlib.sha256((VENDOR / entry["file"]).read_bytes()).hexdigest() == entry["sha256"], entry["file"]
    assert {path.name for path in VENDOR.iterdir()} == {entry["file"] for entry in entries} | {"manifest.json"}
