"""Canaries: people are planted wherever a person can be typed, and every log line of every logger is searched for them.

Control: the plain formatter, on the same records, tells who they are.
"""

import io
import json
import logging
from collections.abc import Iterator
from datetime import datetime
from types import ModuleType

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path
from django.utils import timezone

from minsheng.config import urls as site
from minsheng.config.demo.accounts import STAFF
from minsheng.foundation.accounts.models import Account
from minsheng.foundation.pages.gate import staff_page
from minsheng.foundation.running.logs import SparingFormatter

pytestmark = [pytest.mark.experiment, pytest.mark.xdist_group("district")]
BACKEND = "django.contrib.auth.backends.ModelBackend"
NAME, ID_NUMBER, PHONE, CARD = "蔡金雀", "330102195003071128", "13957190001", "6222021234567890123"
PLACE, CODE, SECRET = "金雀巷七十七号", "330912345678", "pass-金雀-word"
CANARIES = (NAME, ID_NUMBER, PHONE, CARD, PLACE, CODE, SECRET)
ALL = "，".join(CANARIES)
log, foreign = logging.getLogger("minsheng.planted"), logging.getLogger("some.library")


@staff_page(capability=None, methods=("GET", "POST"))
def breaks(request: HttpRequest, how: str) -> HttpResponse:
    person = ALL
    if how == "value":
        int(person)
    if how == "chained":
        try:
            raise KeyError(person)
        except KeyError as first:
            raise RuntimeError(f"told {person}") from first
    if how == "database":
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::integer", [person])
    if how == "constraint":
        with connection.cursor() as cursor:
            insert = "INSERT INTO access_area (id, code, name, path, depth) VALUES (%s, %s, %s, '/', 0)"
            cursor.execute(insert, [999_991, ID_NUMBER[:12], NAME])
            cursor.execute(insert, [999_991, ID_NUMBER[:12], NAME])
    if how == "library":
        foreign.error("could not send to %s at %s", NAME, PLACE)
    if how == "ours":
        log.error("refused for %s, card %s", ID_NUMBER, {"card": CARD, "phones": [PHONE]})
        log.error('line one\r\n{"event": "forged"} %s', "\n\u2028second line")
    return HttpResponse("done")


planted = ModuleType("planted_faults")
planted.__dict__.update(
    {name: value for name, value in vars(site).items() if name.startswith("handler")},
    urlpatterns=[path("breaks/<str:how>/", breaks, name="breaks"), *site.urlpatterns],
)


@pytest.fixture
def streams(district: None, at: datetime, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[io.StringIO, io.StringIO]]:
    """This fixture will write all that is logged twice: sparingly, and in the plain way."""
    monkeypatch.setattr(timezone, "now", lambda: at)
    sparing, plain = io.StringIO(), io.StringIO()
    handlers = [logging.StreamHandler(sparing), logging.StreamHandler(plain)]
    handlers[0].setFormatter(SparingFormatter())
    handlers[1].setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
    for handler in handlers:
        handler.setLevel(logging.DEBUG)
    named = [logging.getLogger(name) for name in ("", "django", "minsheng.requests")]
    levels = [logger.level for logger in named]
    for logger in named:
        logger.setLevel(logging.INFO)
        for handler in handlers if logger.name != "minsheng.requests" else ():
            logger.addHandler(handler)
    yield sparing, plain
    for logger, level in zip(named, levels, strict=True):
        logger.setLevel(level)
        for handler in handlers:
            logger.removeHandler(handler)


def go_everywhere() -> None:
    """Types the canaries into every sort of door, right and wrong."""
    client = Client(raise_request_exception=False)
    client.force_login(Account.objects.get(username=STAFF["community_worker"][0]), BACKEND)
    stranger = Client(raise_request_exception=False)
    for text in CANARIES:
        client.post("/people/", {"q": text})
        client.get("/people/", {"q": text})
        stranger.post("/sign-in/", {"username": text, "password": SECRET})
        stranger.post("/my/sign-in/", {"code": text})
        stranger.post("/notices/no-such-address/", {"words": text, "contact": text})
    person = {"name": NAME, "id_number": ID_NUMBER, "phone": PHONE, "address": PLACE, "birth_date": PLACE, "note": ALL}
    for path_ in (
        "/people/new/",
        "/people/new/duplicates/",
        "/people/1/facts/new/",
        "/cases/1/form/",
        "/desk/concerns/1/",
    ):
        client.post(path_, person)
    client.post("/api/v1/rules/calculate", json.dumps(person), content_type="application/json")
    client.post("/api/v1/rules/calculate", "{" + ALL, content_type="application/json")
    client.get("/payments/")  # none of a community worker's business
    for how in ("value", "chained", "database", "constraint", "library", "ours"):
        client.post(f"/breaks/{how}/", person)
    foreign.critical("job failed", exc_info=ValueError(ALL))


def test_no_line_knows_anybody_and_control(streams: tuple[io.StringIO, io.StringIO]) -> None:
    with override_settings(ROOT_URLCONF=planted):
        go_everywhere()
    sparing, plain = (stream.getvalue() for stream in streams)
    lines = [json.loads(line) for line in sparing.splitlines()]
    assert [canary for canary in CANARIES if canary in sparing] == []
    assert "\\u8521" not in sparing, "nor in another spelling"
    assert len(lines) > 30
    known_in_the_plain_way = [canary for canary in CANARIES if canary in plain]
    print(
        "lines", len(lines), "canaries in them", 0, "in the plain way", len(known_in_the_plain_way), "of", len(CANARIES)
    )
    assert len(known_in_the_plain_way) >= 6, "the control must leak"
    by_error = {line["error"]: line for line in lines if "error" in line}
    assert {"builtins.ValueError", "builtins.RuntimeError", "django.db.utils.IntegrityError"} <= by_error.keys()
    broken = by_error["django.db.utils.IntegrityError"]
    assert (broken["sqlstate"], broken["table_name"]) == ("23505", "access_area"), "enough to find the fault"
    assert any(place.endswith(" breaks") for place in broken["places"])
    assert len(broken["request_id"]) == 32
    assert not any(line["event"] == "forged" for line in lines), "a line break typed in makes no line of its own"
    requests = [line for line in lines if line["logger"] == "minsheng.requests"]
    assert {"view", "method", "status", "ms", "request_id"} <= requests[0].keys()
    assert all(line["timestamp"].endswith("Z") for line in lines), "UTC"
    forbidden = [line for line in requests if line["status"] == 403]
    assert forbidden, "somebody was refused"
    assert all(isinstance(line["account"], int) for line in forbidden), "who, by number"
    assert "registry:search" in {line["view"] for line in requests}
    assert not any("/people" in json.dumps(line) for line in requests)
