"""What was typed never becomes markup: every text of a family is poisoned, and every page is crawled as every reader.

Also on the way, of every answer: it says what it is and in which letters, cookies carry their flags, a file has a name
of our own. Controls: the same search finds a page that marks text as safe, and an answer without a type.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from types import ModuleType
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path
from django.utils import timezone
from django.utils.safestring import SafeString

from architecture.access_cells import Relation, Row, Target, reads
from architecture.access_matrix import TABLE
from architecture.access_targets import browsers, plant
from architecture.access_walk import address, visit
from minsheng.config import urls as site
from minsheng.config.demo.accounts import system_viewer
from minsheng.foundation.access.context import acting_as

pytestmark = [pytest.mark.experiment, pytest.mark.xdist_group("district")]
POISON = "\"'><svg/onload=x()>{{7*7}}"
READERS = (
    "community_worker",
    "street_intake",
    "street_review",
    "district_business",
    "auditor",
    "resident",
    "anonymous",
)
# Free texts of people, cases and visits; names that a register gives are among them, because a register is typed too.
TEXTS = {
    "registry_person": ("name",),
    "registry_statement": ("text",),
    "visits_visit": ("reason",),
    "casework_case": ("title",),
    "casework_draft": ("text",),
    "portal_concern": ("words",),
}


@dataclass
class Planted:
    """What to open, and everybody's browser."""

    target: Target
    clients: dict[str, Client]


FILE_NAME = re.compile(r"""attachment; filename(="[\w.-]+"|\*=UTF-8''(%[0-9A-F]{2}|[\w.-])+)""")
TYPED = (
    "text/html; charset=utf-8",
    "application/json; charset=utf-8",
    "application/json",
    "application/problem+json",
    "application/geo+json",
    "image/jpeg",
)


@pytest.fixture
def poisoned(district: None, at: datetime, monkeypatch: pytest.MonkeyPatch) -> Iterator[Planted]:
    """This fixture will plant objects, and put poison into the texts of everybody in them."""
    monkeypatch.setattr(timezone, "now", lambda: at)
    targets, clients = plant(at=at), browsers(at=at)
    with acting_as(viewer=system_viewer(at=at), at=at), connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, character_maximum_length FROM information_schema.columns"
            " WHERE table_schema = 'public'"
        )
        known = {(table, column): length for table, column, length in cursor.fetchall()}
        touched = 0
        for table, columns in TEXTS.items():
            for column in columns:
                if (table, column) in known:
                    cursor.execute(
                        f"UPDATE {table} SET {column} = left(%s, %s)", [POISON, known[table, column] or len(POISON)]
                    )
                    touched += cursor.rowcount
        assert touched > 2_000, "a crawl through clean pages proves nothing"
    yield Planted(targets[Relation.OWN], clients)


def faults(row: Row, role: str, client: Client, target: Target) -> tuple[list[str], bool]:
    """What is wrong with a page, and whether the poison was on it at all."""
    one = visit(row, "GET", role, client, target)
    found, response = [], one.response
    kind = response.headers.get("Content-Type", "")
    if response.streaming or not response.content:
        return found, False
    named = "attachment" in response.headers.get("Content-Disposition", "")
    if not (kind in TYPED or kind.startswith(("text/plain; ", "image/svg+xml")) or named or "pdf" in kind):
        found.append(f"{row.name} as {role}: {kind or 'no type'}")
    if named and not FILE_NAME.fullmatch(response.headers["Content-Disposition"]):
        found.append(f"{row.name}: a file under {response.headers['Content-Disposition']}")
    for cookie in response.cookies.values():
        if cookie["path"] != "/" or cookie["domain"] or not cookie["samesite"]:
            found.append(f"{row.name}: cookie {cookie.key}")
    if not kind.startswith("text/html"):
        return found, False
    text = response.content.decode()
    if "<svg/onload" in text:
        found.append(f"{row.name} as {role}: markup at …{text[max(0, text.index('<svg/onload') - 60) :][:90]}")
    if "49" in text and "{{7*7}}" not in text and "&lt;svg/onload" in text:
        found.append(f"{row.name}: a template was run")
    return found, "svg/onload" in text


def test_what_was_typed_never_becomes_markup(poisoned: Planted) -> None:
    found, shown, pages = list[str](), set[str](), 0
    for row in TABLE:
        if "GET" not in row.acts:
            continue
        # Two see what a page shows to one and not to another; more see the same template.
        for role in [role for role in READERS if role in row.acts["GET"].who][:2]:
            wrong, poisonous = faults(row, role, poisoned.clients[role], poisoned.target)
            found += wrong
            pages += 1
            if poisonous:
                shown.add(row.name)
    print("pages", pages, "with poison on them", len(shown))
    assert found == [], "\n".join(found)
    assert len(shown) >= 8, shown


def test_what_stands_in_an_address_never_becomes_markup(poisoned: Planted) -> None:
    client, found, asked = poisoned.clients["district_business"], [], 0
    for row in TABLE:
        if "GET" in row.acts and "district_business" in row.acts["GET"].who and not row.route.startswith("api/"):
            url = address(row, poisoned.target).split("?")[0]
            names = ("q", "kind", "scheme", "area", "page", "next", "street", "month", "sort", "household.standard")
            answer: Any = client.get(url, dict.fromkeys(names, POISON))
            asked += 1
            assert answer.status_code < 500, row.name
            if not answer.streaming and "<svg/onload" in answer.content.decode("utf-8", "replace"):
                found.append(row.name)
            if POISON[:12] in answer.headers.get("Location", ""):
                found.append(f"{row.name} leads on with it")
    assert found == []
    assert asked > 40
    purpose = f"/people/{poisoned.target.person_id}/purpose/"
    for elsewhere in ("https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:x()"):
        answer = client.post(purpose, {"code": "case", "next": elsewhere})
        assert "evil" not in answer.headers.get("Location", ""), elsewhere
        assert "javascript" not in answer.headers.get("Location", "")


def careless(request: HttpRequest) -> HttpResponse:
    return HttpResponse(SafeString(f"<p>{POISON}</p>"))


def untyped(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"x", content_type="x/y")


def test_control_a_careless_page_is_found(poisoned: Planted) -> None:
    urlconf = ModuleType("careless_site")
    urlconf.__dict__.update(
        urlpatterns=[
            path("careless/", careless, name="careless"),
            path("u/", untyped, name="untyped"),
            *site.urlpatterns,
        ]
    )
    client = poisoned.clients["auditor"]
    with override_settings(ROOT_URLCONF=urlconf):
        for name, route in (("careless", "careless/"), ("untyped", "u/")):
            found, _ = faults(Row(name, route, reads({"auditor"})), "auditor", client, poisoned.target)
            assert len(found) == 1, name
