"""Experiment E22: whatever pages a role joins, no id number or telephone can be put together; none stands in the open.

Controls: a page that shows birth date and tail together, and one that prints a whole number, must both be reported.
"""

import io
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from types import ModuleType
from typing import Any
from urllib.parse import quote

import openpyxl
import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path
from django.utils import timezone

from architecture.access_cells import STAFF
from architecture.access_groups import EXPORTERS, RECORD_READERS
from architecture.access_targets import browsers, viewer_of
from experiments.masking_attack import ENOUGH, PHONES, Knowledge, Secret, about, candidates, learn, whole_numbers
from minsheng.config import urls as site
from minsheng.foundation.access import operations as access
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.models import Area
from minsheng.foundation.audit.models import Entry
from minsheng.foundation.exports import operations as exports
from minsheng.foundation.exports import queries
from minsheng.foundation.pages.masking import mask_id
from minsheng.records.registry.models import Membership, Person
from minsheng.records.registry.queries.listing import id_number_of, phone_of
from minsheng.work.eligibility.models import Finding
from twin.stories import LANE_COMMUNITY

pytestmark = [pytest.mark.experiment, pytest.mark.xdist_group("district")]
SAMPLE = 2


@dataclass
class District:
    """The people of the community that all staff cover; `sample` are those whose pages are opened."""

    at: datetime
    sample: list[Secret]
    households: dict[int, int]
    canaries: set[str]

    @property
    def today(self) -> date:
        return self.at.date()


@dataclass
class Seen:
    """What one role saw: each page with its text per person, and every whole number in the open."""

    pages: dict[str, dict[int, Knowledge]] = field(default_factory=dict)
    phones: set[str] = field(default_factory=set)
    leaks: list[str] = field(default_factory=list)


@pytest.fixture
def people(district: None, at: datetime, monkeypatch: pytest.MonkeyPatch) -> District:
    """This fixture will open the numbers of one community; whoever has a finding comes first in the sample."""
    monkeypatch.setattr(timezone, "now", lambda: at)
    with acting_as(viewer=viewer_of("district_business", at), at=at):
        area = Area.objects.get(code=LANE_COMMUNITY)
        found = set(
            Finding.objects.filter(area_id=area.pk, person_id__isnull=False).values_list("person_id", flat=True)
        )
        secrets, canaries = [], set()
        for person in Person.objects.filter(area=area, merged_into__isnull=True).order_by("id"):
            number, phone = id_number_of(person), phone_of(person)
            canaries |= {value for value in (number, phone) if value}
            if number and phone and len(number) == 18 and person.birth_date and person.sex:
                secrets.append(Secret(person.pk, person.name, person.sex, person.birth_date, number, phone))
        secrets.sort(key=lambda s: (s.person_id not in found, s.person_id))
        sample = secrets[:SAMPLE]
        seats = Membership.objects.filter(person_id__in=[s.person_id for s in sample], kind="residence")
        households = dict(seats.values_list("person_id", "household_id"))
    assert len(sample) == SAMPLE
    assert len(canaries) > 50
    for role in STAFF:
        for secret in sample:
            access.state_purpose(
                actor=viewer_of(role, at), at=at, subject=f"registry.person:{secret.person_id}", code="case", note=""
            )
    return District(at, sample, households, canaries)


def addresses(district: District, secret: Secret) -> list[str]:
    """Every page that may speak of a person."""
    one, home = secret.person_id, district.households.get(secret.person_id, 0)
    name = quote(secret.name)
    return [
        "/",
        *(
            f"/findings/?kind={kind}"
            for kind in ("entitled_not_receiving", "receiving_not_entitled", "one_datum_missing")
        ),
        "/map/",
        f"/people/?q={name}",
        f"/people/?q={quote(secret.name[0])}",
        f"/people/{one}/",
        f"/people/{one}/?kind=look",
        f"/people/{one}/purpose/",
        f"/people/{one}/numbers/",
        f"/people/{one}/death/",
        f"/people/{one}/facts/new/",
        f"/people/{one}/merge/?other={district.sample[0].person_id}",
        f"/households/{home}/",
        f"/explanations/minimum_living_allowance/{home}/",
        f"/explanations/old_age_allowance/{home}/{one}/",
        "/places/",
        "/calendars/",
        "/no-such-page/",
    ]


def look_around(role: str, client: Client, district: District) -> Seen:
    """Everything that a role can open about the sample, as knowledge per page and person."""
    seen = Seen()
    for secret in district.sample:
        for url in addresses(district, secret):
            read(seen, district, url, client.get(url), secret, own_page=f"/people/{secret.person_id}/" in url)
        typed = {"name": secret.name, "id_kind": "unknown", "area": "", "source": "self_report"}
        if role in ("community_worker", "street_intake", "district_business"):
            for more in (
                {},
                {"id_number": secret.id_number, "id_kind": "resident_id"},
                {"birth_date": secret.birth_date},
            ):
                answer = client.post("/people/new/duplicates/", typed | more)
                read(seen, district, f"/people/new/duplicates/ {sorted(more)}", answer, secret, own_page=False)
    if role in EXPORTERS:
        for kind in ("entitled_not_receiving", "one_datum_missing"):
            page = client.post("/findings/export/", {"kind": kind, "purpose": "visit"}).headers["Location"]
            assert page.startswith("/exports/"), page
            let_go(page.split("/")[2], district)
            answer = client.post(f"{page}file/")
            assert answer.status_code == 200
            for secret in district.sample:
                read(seen, district, f"/findings/export/ {kind}", answer, secret, own_page=False)
    return seen


def let_go(code: str, district: District) -> None:
    """A large list is read as well: the second person says yes."""
    boss = viewer_of("district_review", district.at)
    line = queries.export(viewer=boss, at=district.at, code=code)
    assert line is not None
    if line.may_decide:
        exports.decide(actor=boss, at=district.at, code=code, approved=True)


def read(seen: Seen, district: District, url: str, answer: Any, secret: Secret, *, own_page: bool) -> None:
    """One answer, as text about one person and as a place where a whole number might stand."""
    kind = answer.headers.get("Content-Type", "")
    if kind.startswith("application/vnd.openxmlformats"):
        sheets = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets
        rows = [" ".join(str(cell) for cell in row if cell) for sheet in sheets for row in sheet.values]
        told, everything = " ".join(row for row in rows if secret.name in row), "\n".join(rows)
    else:
        everything = answer.content.decode()
        is_page = kind.startswith("text/html") and everything.strip()
        told = about(answer.content, secret, own_page=own_page) if is_page else ""
    everything += "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    leaks = whole_numbers(everything) & district.canaries
    seen.leaks += [f"{url} ({answer.status_code})" for _ in leaks]
    knowledge = learn(told, secret, on=district.today)
    seen.pages.setdefault(url, {}).setdefault(secret.person_id, Knowledge()).join(knowledge)
    seen.phones |= set(PHONES.findall(told))


def too_few(seen: Seen, district: District, *, joined: bool) -> list[str]:
    """Pages (or all pages together) that leave fewer than ENOUGH id numbers for somebody."""
    found = []
    for secret in district.sample:
        together = Knowledge()
        for url, people in seen.pages.items():
            if (known := people.get(secret.person_id)) is None:
                continue
            together.join(known)
            if not joined and (left := candidates(known, secret, on=district.today)) < ENOUGH:
                found.append(f"{url} leaves {left}")
        if joined and (left := candidates(together, secret, on=district.today)) < ENOUGH:
            found.append(f"all pages together leave {left}")
    return found


@pytest.fixture
def logs(capfd: pytest.CaptureFixture[str]) -> Iterator[io.StringIO]:
    """This fixture will gather every log line of every level."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    loggers = [logging.getLogger(), *(logging.getLogger(name) for name in list(logging.root.manager.loggerDict))]
    before = [(one, one.level, one.propagate) for one in loggers]
    logging.getLogger().addHandler(handler)
    for one in loggers:
        one.setLevel(logging.DEBUG)
        one.propagate = True
    yield text
    for one, level, propagate in before:
        one.setLevel(level)
        one.propagate = propagate
    logging.getLogger().removeHandler(handler)


def test_no_page_and_no_join_of_pages_rebuilds_a_number(people: District) -> None:
    clients = browsers(at=people.at)
    alone, together, leaks, least = [], [], [], {}
    for role in sorted(STAFF):
        seen = look_around(role, clients[role], people)
        alone += [f"{role}: {one}" for one in too_few(seen, people, joined=False)]
        together += [f"{role}: {one}" for one in too_few(seen, people, joined=True)]
        leaks += [f"{role}: {one}" for one in seen.leaks]
        least[role] = min(
            candidates(known, secret, on=people.today)
            for known_people in seen.pages.values()
            for secret in people.sample
            if (known := known_people.get(secret.person_id)) is not None
        )
        if role in RECORD_READERS:
            assert seen.phones, f"{role} saw not one masked telephone: the walk missed its pages"
        assert all(phone.count("*") >= 4 for phone in seen.phones)
    print("least candidates on one page", least)
    assert leaks == [], "a whole number stands in the open"
    assert alone == [], "\n".join(alone)
    assert together == [], "\n".join(together)
    assert any(number < 10_000 for number in least.values()), "pages that tell nothing prove nothing"


def test_no_number_in_logs_and_audit(people: District, logs: io.StringIO, capfd: pytest.CaptureFixture[str]) -> None:
    client = browsers(at=people.at)["street_intake"]
    secret = people.sample[0]
    for sought in (secret.id_number, secret.phone, secret.name):
        client.get("/people/", {"q": sought})
    client.get(f"/people/{secret.person_id}/")
    shown = client.post(f"/people/{secret.person_id}/numbers/id-number/", {"reason": "核对证件"})
    assert secret.id_number in shown.content.decode(), "the control: revealing shows it"
    client.post(f"/people/{secret.person_id}/numbers/phone/", {"reason": "回电"})
    again = {"name": secret.name, "id_kind": "resident_id", "id_number": secret.id_number, "phone": secret.phone}
    assert client.post("/people/new/", again | {"source": "self_report"}).status_code == 422
    client.get(f"/no-such-page/{secret.person_id}")
    told = logs.getvalue() + "".join(capfd.readouterr())
    assert "no-such-page" in told, "the control: lines of this walk are gathered"
    assert whole_numbers(told) & people.canaries == set()
    with acting_as(viewer=viewer_of("auditor", people.at), at=people.at):
        trail = [f"{e.action} {e.object_id} {e.detail}" for e in Entry.objects.all()]
    assert any("registry.id_number_revealed" in line for line in trail)
    assert whole_numbers("\n".join(trail)) & people.canaries == set()


def test_no_address_of_the_site_carries_a_number(people: District) -> None:
    """What the site writes into links, forms and redirects; the answer to a whole number included."""
    client = browsers(at=people.at)["street_intake"]
    secret = people.sample[0]
    for sought in (secret.id_number, secret.phone):
        page = client.get("/people/", {"q": sought})
        links = [
            part.split('"')[0]
            for mark in ('href="', 'action="', 'hx-get="')
            for part in page.content.decode().split(mark)[1:]
        ]
        assert links
        assert whole_numbers("\n".join(links)) & people.canaries == set()


def test_a_number_is_not_typed_into_an_address(people: District) -> None:
    page = browsers(at=people.at)["street_intake"].get("/people/").content.decode()
    forms = [part.split(">")[0] for part in page.split("<form")[1:] if 'role="search"' in part.split(">")[0]]
    assert forms
    assert all('method="post"' in form for form in forms)


# ---- controls ------------------------------------------------------------------------------------------------
def birth_and_tail(request: HttpRequest) -> HttpResponse:
    secret: Secret = settings.PLANTED_SECRET
    born, tail = f"{secret.birth_date:%Y-%m-%d}", mask_id(secret.id_number)
    return HttpResponse(f"<html><table><tr><td>{secret.name}</td><td>{born}</td><td>{tail}</td></tr></table></html>")


def whole(request: HttpRequest) -> HttpResponse:
    number = settings.PLANTED_SECRET.id_number
    logging.getLogger("minsheng.planted").warning("looked at %s", number)
    return HttpResponse(f'<html><p data-number="{number[:9]} {number[9:]}">已收起</p></html>')


planted_site = ModuleType("planted_site")
planted_site.__dict__.update(
    {name: value for name, value in vars(site).items() if name.startswith("handler")},
    urlpatterns=[*site.urlpatterns, path("joined/", birth_and_tail), path("whole/", whole)],
)


def test_control_a_page_with_birth_date_and_tail_is_reported(people: District) -> None:
    secret = people.sample[0]
    seen = Seen()
    with override_settings(ROOT_URLCONF=planted_site, PLANTED_SECRET=secret):
        read(seen, people, "/joined/", Client().get("/joined/"), secret, own_page=False)
    assert too_few(seen, people, joined=False) == ["/joined/ leaves 1"]
    assert seen.leaks == []


def test_control_a_whole_number_is_reported(people: District, logs: io.StringIO) -> None:
    secret = people.sample[0]
    seen = Seen()
    with override_settings(ROOT_URLCONF=planted_site, PLANTED_SECRET=secret):
        read(seen, people, "/whole/", Client().get("/whole/"), secret, own_page=False)
    assert seen.leaks == ["/whole/ (200)"]
    assert whole_numbers(logs.getvalue()) & people.canaries == {secret.id_number}


def test_control_two_harmless_pages_join_into_a_number(people: District) -> None:
    secret = people.sample[0]
    tail = learn(f"{secret.name} {mask_id(secret.id_number)}", secret, on=people.today)
    born = learn(f"{secret.name} {secret.birth_date:%Y年%-m月%-d日}", secret, on=people.today)
    assert candidates(tail, secret, on=people.today) > ENOUGH
    assert candidates(born, secret, on=people.today) == 1000
    tail.join(born)
    assert candidates(tail, secret, on=people.today) == 1
