"""Every POST of the site needs a key, except those that are declared repeatable, and those write nothing that counts.

The walk is over the access table, which is complete by construction, so a new address is guarded or fails here.
Control: a repeatable address that writes is reported.
"""

import logging
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path
from django.utils import timezone

from architecture.access_cells import ANONYMOUS, RESIDENT, Gate, Relation, Row, Target, posts
from architecture.access_matrix import TABLE
from architecture.access_targets import browsers, plant
from architecture.access_walk import address, writes
from minsheng.config import urls as site
from minsheng.foundation.access.models import Area
from minsheng.foundation.once.rules import ACTING

pytestmark = [pytest.mark.experiment, pytest.mark.xdist_group("district")]
NO_KEY = {"headers": {"Idempotency-Key": ""}}
# What a sending that changes nothing may leave behind: who came, who looked, who took a file.
TRACES = re.compile(
    r"^(audit_\w+|django_session|axes_\w+|access_purpose|entrance_counter|usersessions_\w+"
    r"|portal_\w*(session|sitting|try|attempt)\w*)$"
)
TEMPLATES = sorted((Path(__file__).parents[2] / "src").rglob("templates/**/*.html"))
POST_FORM = re.compile(r"<form\b(?=[^>]*\bmethod=\"post\")[^>]*>(.*?)</form>", re.DOTALL | re.IGNORECASE)


@pytest.fixture
def targets(district: None, at: datetime, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[Relation, Target]]:
    """This fixture will plant objects; the clock stands still and refusals stay out of the output."""
    monkeypatch.setattr(timezone, "now", lambda: at)
    logging.disable(logging.ERROR)
    yield plant(at=at)
    logging.disable(logging.NOTSET)


def acting(table: tuple[Row, ...]) -> Iterator[tuple[Row, str, str]]:
    for row in table:
        for method in sorted(ACTING & row.acts.keys()):
            yield row, method, sorted(row.acts[method].who - {ANONYMOUS, RESIDENT} or row.acts[method].who)[0]


def without_a_key(row: Row, method: str, client: Client, target: Target) -> tuple[Any, set[str]]:
    """The answer to an act without a key, and the tables that it wrote to."""
    before = writes()
    with transaction.atomic():
        sent = row.acts[method].sends(target)
        json = {"content_type": "application/json"} if row.gate is Gate.API else {}
        url = address(row, target)
        answer = client.post(url, sent, **json, **NO_KEY) if method == "POST" else client.generic(method, url, **NO_KEY)
        after = writes()
        transaction.set_rollback(True)
    return answer, {name for name, number in after.items() if number != before.get(name, 0)}


def test_no_act_without_a_key(targets: dict[Relation, Target], at: datetime) -> None:
    clients, tried = browsers(at=at), 0
    for row, method, role in acting(TABLE):
        if row.name in settings.REPEATABLE:
            continue
        answer, written = without_a_key(row, method, clients[role], targets[Relation.OWN])
        assert answer.status_code == 400, f"{method} {row.name} as {role}: {answer.status_code}"
        assert {name for name in written if not TRACES.match(name)} == set(), row.name
        tried += 1
    print("guarded acts", tried, "repeatable", len(settings.REPEATABLE))
    assert tried >= 60


def test_repeatable_acts_exist_and_write_nothing_that_counts(targets: dict[Relation, Target], at: datetime) -> None:
    known = {row.name for row, _, _ in acting(TABLE)}
    assert settings.REPEATABLE.keys() <= known, settings.REPEATABLE.keys() - known
    assert counting(TABLE, browsers(at=at), targets[Relation.OWN]) == []


def counting(table: tuple[Row, ...], clients: dict[str, Client], target: Target) -> list[str]:
    """Repeatable acts that write to more than traces."""
    found = []
    for row, method, role in acting(table):
        if row.name in settings.REPEATABLE:
            answer, written = without_a_key(row, method, clients[role], target)
            assert answer.status_code != 400, row.name
            found += [f"{row.name} writes {name}" for name in sorted(written) if not TRACES.match(name)]
    return found


def plants(request: HttpRequest) -> HttpResponse:
    Area.objects.create(id=999_999, code="999999999999", name="试", path="/999999/", depth=0)
    return HttpResponse()


def test_control_a_repeatable_act_that_counts_is_reported(targets: dict[Relation, Target], at: datetime) -> None:
    urlconf = ModuleType("planted_repeatable")
    urlconf.__dict__.update(urlpatterns=[path("plants/", plants, name="plants"), *site.urlpatterns])
    row = Row("plants", "plants/", posts({"district_business"}))
    with override_settings(ROOT_URLCONF=urlconf, REPEATABLE={"plants": "control"}):
        assert counting((row,), browsers(at=at), targets[Relation.OWN]) == ["plants writes access_area"]


def test_every_form_that_is_posted_carries_its_tokens() -> None:
    without, forms = [], 0
    for template in TEMPLATES:
        for form in POST_FORM.findall(template.read_text(encoding="utf-8")):
            forms += 1
            if "{% csrf_token %}" not in form:
                without.append(template.name)
    assert without == []
    assert forms > 90
