"""The site as a stranger gets it: `minsheng demo` in a process of its own, looked at with Debian's Chromium.

Nothing here imports the platform. What the journeys know they were told by the command's own output and pages.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

CHROMIUM = shutil.which("chromium")
PEOPLE = 2_000
PATIENCE_SECONDS = 180
MISSING = "BROWSER TESTS SKIPPED: no `chromium` on PATH; run tools/browser.sh or install the package chromium"
# Refusals of a page that a journey provokes are its subject, not a fault of the page.
EXPECTED_COMPLAINT = re.compile(r"Failed to load resource: the server responded with a status of (400|403|404|422|429)")


@dataclass(frozen=True)
class Site:
    """A served demo: where it is, who may sign in (name -> one-time password), and which pages it recommends."""

    address: str
    passwords: dict[str, str]
    recommended: tuple[str, ...]
    resident_code: str = ""
    sessions: dict[str, Any] = field(default_factory=dict)  # kept cookies, so that each name signs in once


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """This hook will mark the journeys, keep them on one worker, and skip them where there is no browser."""
    for item in items:
        if Path(__file__).parent not in item.path.parents:
            continue
        item.add_marker(pytest.mark.browser)
        item.add_marker(pytest.mark.slow)
        item.add_marker(pytest.mark.xdist_group("journeys"))
        if CHROMIUM is None:
            item.add_marker(pytest.mark.skip(reason=MISSING))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """This hook will say loudly that journeys were skipped, so that a green run is not taken for a complete one."""
    skipped = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    for reason in sorted(
        {found.group() for text in skipped if (found := re.search(r"BROWSER TESTS SKIPPED: [^'\"]+", text))}
    ):
        number = sum(reason in text for text in skipped)
        terminalreporter.write_line(f"{reason} ({number} tests)", red=True, bold=True)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This fixture will build a demo district of 2,000 people once; whoever serves it takes a copy of this folder."""
    home = tmp_path_factory.mktemp("built")
    subprocess.run([*_demo(), "--no-serve"], env=_environment(home), check=True, capture_output=True)
    return home


@pytest.fixture(scope="session")
def site(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """This fixture will serve a demo district, and stop it as an operator would."""
    with served(built, tmp_path_factory.mktemp("site")) as site:
        yield site


@contextmanager
def served(built: Path, home: Path, *, days_ahead: int = 0) -> Iterator[Site]:
    """This function will serve a copy of a built demo, or what is at home already, some days ahead of today."""
    if not (home / str(PEOPLE)).exists():
        subprocess.run(["cp", "-a", f"{built}/.", str(home)], check=True)  # the database's files keep their owner
    port = free_port()
    printed, complaints = home / f"printed-{days_ahead}.txt", home / f"complaints-{days_ahead}.txt"
    command = [*_demo(), "--port", str(port), "--days-ahead", str(days_ahead)]
    with printed.open("wb") as out, complaints.open("wb") as err:
        process = subprocess.Popen(command, stdout=out, stderr=err, env=_environment(home))
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until_served(process, address, complaints)
        yield read_announcement(address, printed.read_text(encoding="utf-8"))
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=90)
    said = complaints.read_text(encoding="utf-8")
    assert code == 0, f"the demo did not stop cleanly: exit {code}\n{said[-2000:]}"
    assert "Traceback" not in said, said[-4000:]


def _demo() -> list[str]:
    return [str(Path(sys.executable).with_name("minsheng")), "demo", "--people", str(PEOPLE)]


def _environment(home: Path) -> dict[str, str]:
    """The command's own home, nothing of ours, and a terminal of 300 columns, so that addresses are not wrapped."""
    ours = ("MINSHENG_", "DJANGO_", "DATABASE_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {"MINSHENG_HOME": str(home), "COLUMNS": "300", "PYTHONUNBUFFERED": "1"}


def free_port() -> int:
    """This function will ask the system for a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_served(process: "subprocess.Popen[bytes]", address: str, complaints: Path) -> None:
    """This function will wait for the first page, and give up with the command's own words when it ended."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{address}/sign-in/", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.3)
    raise AssertionError(f"`minsheng demo` does not serve:\n{complaints.read_text(encoding='utf-8')[-4000:]}")


def read_announcement(address: str, text: str) -> Site:
    """This function will read the table of accounts and the recommended pages from what the command printed."""
    rows = [[cell.strip() for cell in line.strip("│ \n").split("│")] for line in text.splitlines() if "│" in line]
    passwords = {row[0]: row[1] for row in rows if len(row) == 4}
    recommended = tuple(re.findall(re.escape(address) + r"(/\S+)", text))
    assert {"yewu", "shequ", "wangge", "lingdao", "shenji"} <= set(passwords), text
    code = re.search(r"12 位码 ([\d ]+) ，", text)
    return Site(address, passwords, recommended, code.group(1) if code else "")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """This fixture will start one browser for the file."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(site: Site, chromium: Any) -> Iterator[Callable[..., Any]]:
    """This fixture will open browser windows for named people: `visit("yewu", width=375)`; None is a stranger.

    The test fails when a page's console complains, when a script fails, or when the security policy refuses anything.
    """
    opened: list[Any] = []
    complaints: list[str] = []

    def note(text: str) -> None:
        if not EXPECTED_COMPLAINT.search(text):
            complaints.append(text)

    def open_window(name: str | None, *, width: int = 1280) -> Any:
        context = chromium.new_context(
            base_url=site.address,
            viewport={"width": width, "height": 860},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
            storage_state=site.sessions.get(name) if name else None,
            accept_downloads=True,
        )
        context.set_default_timeout(60_000)
        context.add_init_script(
            "document.addEventListener('securitypolicyviolation',"
            " e => console.error('refused by the security policy: ' + e.violatedDirective + ' ' + e.blockedURI))"
        )
        opened.append(context)
        page = context.new_page()
        page.on("console", lambda message: note(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: note(str(error)))
        if name and name not in site.sessions:
            sign_in(page, site, name)
            site.sessions[name] = context.storage_state()
        return page

    yield open_window
    for context in opened:
        context.close()
    assert complaints == []


def sign_in(page: Any, site: Site, name: str, *, wanted: str = "/") -> None:
    """This function will sign in at the door as a person does, on the way to a wanted page."""
    page.goto(f"/sign-in/?next={quote(wanted)}")
    fill_in_the_door(page, name, site.passwords[name])
    page.wait_for_url(lambda url: "/sign-in" not in url)


def fill_in_the_door(page: Any, name: str, password: str) -> None:
    """This function will type a name and a password and press the button."""
    page.locator("main input[type=text]").fill(name)
    page.locator("main input[type=password]").fill(password)
    page.get_by_role("button", name="登录", exact=True).click()


def say_why(page: Any) -> None:
    """This function will state the first purpose offered, where the page asks for one."""
    if page.locator("main input[type=radio][name=purpose]").count():
        page.locator("main input[type=radio][name=purpose]").first.check()
        page.get_by_role("button", name="打开").click()
        page.wait_for_load_state()
