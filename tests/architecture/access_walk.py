"""Trying every cell of the access matrix against the running site, each request rolled back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from time import time
from types import SimpleNamespace
from typing import Any
from unittest import mock
from urllib.parse import urlencode
from zlib import crc32

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse
from django.shortcuts import resolve_url
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from architecture.access_cells import (
    DISTRICT_STAFF,
    METHODS,
    REACH,
    RESIDENT,
    ROLES,
    Gate,
    Relation,
    Row,
    Target,
    expected,
    relations_to_try,
)
from minsheng.foundation.entrance import middleware as gate

# Signing in, looking and saying why one looks leave a record on purpose; tries are counted.
WRITTEN_ON_PURPOSE = re.compile(
    r"^(audit_entry|django_session|usersessions_usersession|axes_\w+|access_purpose|entrance_counter)$"
)
HREF = re.compile(rb'(?:href|action|hx-get|hx-post|data-row)="([^"#]*)')


@dataclass(frozen=True)
class Breach:
    """A cell that answers otherwise than declared."""

    row: str
    method: str
    role: str
    relation: Relation
    wanted: str
    got: str

    def __str__(self) -> str:
        return f"{self.method} {self.row} as {self.role} on {self.relation}: wanted {self.wanted}, got {self.got}"


@dataclass(frozen=True)
class Visit:
    """One tried cell with its answer and the tables that it wrote to."""

    row: Row
    method: str
    role: str
    relation: Relation
    response: HttpResponse
    written: frozenset[str]
    url: str

    @property
    def is_success(self) -> bool:
        return expected(self.row, self.method, self.role, self.relation).success


def walk(
    table: Iterable[Row],
    clients: Mapping[str, Client],
    targets: Mapping[Relation, Target],
    *,
    roles: Iterable[str] = ROLES,
    whole: bool = True,
) -> Iterator[Visit]:
    """This function will try every URL by every method as every role on every relation worth trying.

    Not `whole`: of what `_may_wait` a sixth, the same each time.
    """
    roles = tuple(roles)
    for row in table:
        for method in METHODS:
            for role in roles:
                for relation in relations_to_try(row, method, role):
                    if whole or not _may_wait(row, method, role, relation):
                        yield visit(row, method, role, clients[role], targets[relation])


def _may_wait(row: Row, method: str, role: str, relation: Relation) -> bool:
    """Whether a cell is left to the whole walk: never an act, nor whatever must find that an object is a stranger's.

    To whoever sees the whole district no person of a page is a stranger; of what they read a sixth is read, too.
    """
    reaches = role in row.anyone and method in row.acts and method != "HEAD"
    of_the_district = method == "GET" and role in DISTRICT_STAFF and expected(row, method, role, relation).success
    return (not reaches or of_the_district) and crc32(f"{row.name} {method} {role} {relation}".encode()) % 6 != 0


def visit(row: Row, method: str, role: str, client: Client, target: Target) -> Visit:
    """This function will try one cell and roll back what it did; the session cookie comes back too."""
    url = address(row, target)
    act = row.acts.get(method)
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    watched = method in ("GET", "HEAD") and expected(row, method, role, target.relation).success
    before = writes() if watched else {}
    with transaction.atomic(), _clock_of(client):
        sent: dict[str, Any] = act.sends(target) if act and method == "POST" else {}
        json = {"content_type": "application/json"} if row.gate is Gate.API else {}
        response: Any = client.post(url, sent, **json) if method == "POST" else client.generic(method, url)
        if expected(row, method, role, target.relation).success and not response.streaming:
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        after = writes() if watched else {}
        transaction.set_rollback(True)
    client.cookies.clear()
    client.cookies.load(cookies)
    written = {name for name, number in after.items() if number != before.get(name, 0)}
    return Visit(row, method, role, target.relation, response, frozenset(written), url)


def _clock_of(client: Client) -> Any:
    """The gate's clock stands at the instant at which the browser signed in."""
    signed_in_at: float = getattr(client, "signed_in_at", time())
    return mock.patch.object(gate, "time", SimpleNamespace(time=lambda: signed_in_at))


def address(row: Row, target: Target) -> str:
    """This function will write the address of a row for one object."""
    url = reverse(row.name, kwargs=row.takes(target) if row.takes else {})
    asked = row.asks(target)
    return f"{url}?{urlencode(asked)}" if asked else url


def writes() -> dict[str, int]:
    """This function will count the rows written so far in this transaction by table, rolled back ones included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
        return {name: number for name, number in cursor.fetchall() if not WRITTEN_ON_PURPOSE.match(name)}


def breach_of(one: Visit) -> Breach | None:
    """This function will compare one answer with the declaration."""
    wanted = expected(one.row, one.method, one.role, one.relation)
    status = one.response.status_code
    doors = (resolve_url(settings.LOGIN_URL), resolve_url("portal:sign_in"))
    leads_to_sign_in = one.response.headers.get("Location", "").split("?")[0] in doors
    # A page that leads to the sign-in page has refused, also where another redirect would be a success.
    sent_away = status == 302 and leads_to_sign_in and one.row.gate is not Gate.OPEN
    if status in wanted.statuses and sent_away == wanted.sign_in:
        return None
    told = "/".join(map(str, sorted(wanted.statuses))) + (" to the sign-in page" if wanted.sign_in else "")
    return Breach(one.row.name, one.method, one.role, one.relation, told, str(status))


def strangers_linked(
    one: Visit,
    *,
    persons: Mapping[int, int],
    households: Mapping[int, int],
    reach: Mapping[str, frozenset[int]],
    family: frozenset[int] = frozenset(),
) -> set[str]:
    """This function will return the links of a page that lead to people outside of the areas of its reader.

    A resident has no area: `family` are the persons that a resident's page may name, and nobody else.
    """
    if not one.response.headers.get("Content-Type", "").startswith("text/html") or one.response.streaming:
        return set()
    found = set()
    own, mine = reach.get(one.role, frozenset()), one.url.split("?")[0]
    for raw in set(HREF.findall(one.response.content)):
        path = unescape(raw.decode()).split("?")[0]
        if not path.startswith("/") or path.startswith(f"/{settings.STATIC_URL.strip('/')}/"):
            continue
        try:
            kwargs = resolve(path).kwargs
        except Resolver404:
            continue
        for name, areas in (("person_id", persons), ("household_id", households)):
            number = kwargs.get(name)
            if one.role == RESIDENT and name == "person_id" and number in family:
                continue
            if number in areas and areas[number] not in own and path != mine:
                found.add(path)
    return found


def areas_in_reach() -> dict[str, frozenset[int]]:
    """This function will return the area ids of each role's reach, worked out from the tree and not by the site."""
    from architecture.access_cells import COMMUNITY_STAFF, STREET_STAFF
    from minsheng.config.demo.accounts import DISTRICT, STREET
    from minsheng.foundation.access.models import Area
    from twin.stories import LANE_COMMUNITY

    found = {}
    for role in REACH:
        code = LANE_COMMUNITY if role in COMMUNITY_STAFF else STREET if role in STREET_STAFF else DISTRICT
        top = Area.objects.get(code=code)
        found[role] = frozenset(Area.objects.filter(path__startswith=top.path).values_list("id", flat=True))
    return found
