"""The pages: what is asked first, what is never shown, who gets 404, and how many statements a page costs."""

import re
from datetime import date, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from builders import COMMUNITY_FURONG, COMMUNITY_QINGHE, staff
from minsheng.foundation.accounts.models import Account
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.sealing.keyring import Keyring
from minsheng.records.registry import operations as registry
from minsheng.records.registry.types import SubjectKind
from records.registry.people import clerk, household, id_number, register

pytestmark = pytest.mark.django_db
BORN = date(1958, 3, 4)
NUMBER = id_number(born=BORN, sequence=7)


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def officer(now: datetime, keys: Keyring) -> Viewer:
    return clerk(at=now)


@pytest.fixture
def wanted(officer: Viewer, now: datetime) -> int:
    person_id = register(officer, now, "王清波", born=BORN, sequence=7, phone="13800005678")
    household(officer, now, (person_id, "head"), (register(officer, now, "李芳"), "spouse"))
    return person_id


def browser(viewer: Viewer) -> Client:
    """This function will sign a viewer in."""
    client = Client()
    client.force_login(Account.objects.get(pk=viewer.account_id), backend="django.contrib.auth.backends.ModelBackend")
    return client


def with_purpose(client: Client, person_id: int) -> Client:
    """This function will answer the question that is asked once a day."""
    answer = client.post(f"/people/{person_id}/purpose/", {"purpose": "visit"})
    assert answer.status_code == 302
    return client


def text_of(body: bytes) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body.decode()))


def test_search_as_you_type_answers_with_rows_alone(officer: Viewer, wanted: int) -> None:
    client = browser(officer)
    whole = client.get("/people/", {"q": "清波"}).content.decode()
    rows = client.get("/people/", {"q": "清波"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" in whole
    assert "<html" not in rows
    assert f'data-row="/people/{wanted}/"' in rows
    for page in (whole, rows):
        assert NUMBER not in page
        assert "13800005678" not in page
    assert "登记新的人" in client.get("/people/", {"q": "没有此人"}).content.decode()


def test_a_person_is_opened_after_the_purpose_and_the_number_cannot_be_rebuilt(officer: Viewer, wanted: int) -> None:
    client = browser(officer)
    asked = client.get(f"/people/{wanted}/")
    assert asked.status_code == 302
    assert asked["Location"].startswith(f"/people/{wanted}/purpose/")
    refused = client.post(f"/people/{wanted}/purpose/", {"purpose": ""})
    assert refused.status_code == 422
    page = with_purpose(client, wanted).get(f"/people/{wanted}/").content
    words = text_of(page)
    assert "王清波，男，" in words
    assert "1958年3月4日" in words
    assert NUMBER not in page.decode()
    # The birth date is shown, so the tail must not be: with both, and the division, the number is published.
    assert NUMBER[-4:] not in words
    assert "李芳" in words
    shown = client.post(f"/people/{wanted}/numbers/id-number/", {"reason": "核对证件"})
    assert NUMBER in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert client.post(f"/people/{wanted}/numbers/id-number/", {"reason": ""}).status_code == 422
    assert "看了完整证件号" not in words


def test_the_purpose_never_leads_to_another_site(officer: Viewer, wanted: int) -> None:
    answer = browser(officer).post(
        f"/people/{wanted}/purpose/", {"purpose": "visit", "next": "https://elsewhere.example/"}
    )
    assert answer["Location"] == f"/people/{wanted}/"


def test_a_stranger_gets_404_and_a_guest_the_door(officer: Viewer, wanted: int, now: datetime) -> None:
    stranger = browser(staff(at=now, role="community_worker", area_id=COMMUNITY_FURONG))
    for path in (f"/people/{wanted}/", "/households/1/"):
        assert stranger.get(path).status_code == 404
    for path, data in (
        (f"/people/{wanted}/purpose/", {"purpose": "visit"}),
        (f"/people/{wanted}/numbers/phone/", {"reason": "x"}),
        (f"/people/{wanted}/death/", {"death_date": "2026-01-01", "source": "police"}),
        (f"/people/{wanted}/facts/new/?attribute=severe_illness", _fact("yes")),
    ):
        assert stranger.post(path, data).status_code == 404, path
    guest = Client().get(f"/people/{wanted}/")
    assert guest.status_code == 302
    assert "/people/" not in guest["Location"].split("?")[0]
    reader = browser(staff(at=now, role="grid_worker", area_id=COMMUNITY_QINGHE))
    assert reader.get("/people/new/").status_code == 403
    assert reader.get(f"/people/{wanted}/merge/").status_code == 403


def _fact(value: str) -> dict[str, str]:
    return {"value": value, "source": "visit", "valid_from": "2026-01-01"}


def test_a_fact_is_recorded_with_its_unit_and_a_conflict_is_shown(officer: Viewer, wanted: int, now: datetime) -> None:
    client = with_purpose(browser(officer), wanted)
    path = f"/people/{wanted}/facts/new/?attribute=wage_income"
    assert client.post(path, _fact("1,200.505")).status_code == 422
    assert client.post(path, _fact("abc")).status_code == 422
    assert client.post(path, _fact("1,200.50")).status_code == 302
    registry.record_statement(
        actor=officer,
        at=now,
        subject_kind=SubjectKind.PERSON,
        subject_id=wanted,
        source="hrss",
        values={"wage_income": 300_00},
        valid_from=date(2026, 1, 1),
    )
    words = text_of(client.get(f"/people/{wanted}/").content)
    assert "300.00 元" in words
    assert "说法不一：社区走访说是1,200.50 元" in words
    only = text_of(client.get(f"/people/{wanted}/?kind=household").content)
    assert "社区走访的记录" not in only
    assert "居住在第" in only
    looks = text_of(client.get(f"/people/{wanted}/?kind=look").content)
    assert "周敏看了这一页" in looks


def test_a_double_is_shown_while_typing_and_must_be_dismissed(officer: Viewer, wanted: int) -> None:
    client = browser(officer)
    typed = {"name": "汪青波", "birth_date": "1958-03-04", "id_kind": "none", "id_number": "", "phone": "", "sex": ""}
    fragment = client.post("/people/new/duplicates/", typed).content.decode()
    assert "同音，生日相同" in fragment
    assert NUMBER[-4:] not in fragment, "the typed birthday is confirmed, so the tail would complete the number"
    form = {**typed, "area": str(COMMUNITY_QINGHE), "source": "self_report"}
    refused = client.post("/people/new/", form)
    assert refused.status_code == 422
    assert f'value="{wanted}"' in refused.content.decode()
    made = client.post("/people/new/", {**form, "dismissed": [str(wanted)]})
    assert made.status_code == 302
    assert client.get(made["Location"]).status_code == 200


def test_merging_is_previewed_and_taken_back(officer: Viewer, wanted: int, now: datetime) -> None:
    other = register(officer, now, "王青波")
    client = with_purpose(with_purpose(browser(officer), wanted), other)
    preview = text_of(client.get(f"/people/{wanted}/merge/", {"other": other}).content)
    assert "项不一样" in preview
    assert client.post(f"/people/{wanted}/merge/", {"other": other, "reason": ""}).status_code == 422
    assert client.post(f"/people/{wanted}/merge/", {"other": other, "reason": "户口簿"}).status_code == 302
    assert "认错了，拆开" in client.get(f"/people/{other}/").content.decode()
    assert client.post(f"/people/{other}/unmerge/").status_code == 302
    assert text_of(client.get(f"/people/{other}/").content).count("王青波，") == 1


@pytest.mark.parametrize("more", [0, 12])
def test_a_page_costs_the_same_however_many_rows_it_has(officer: Viewer, wanted: int, now: datetime, more: int) -> None:
    for number in range(more):
        register(officer, now, f"王甲{'甲乙丙丁戊己庚辛壬癸子丑'[number]}", phone=f"1390000{number:04d}")
        registry.record_statement(
            actor=officer,
            at=now,
            subject_kind=SubjectKind.PERSON,
            subject_id=wanted,
            source="visit",
            values={"wage_income": number},
            valid_from=date(2026, 1, 1),
        )
    client = with_purpose(browser(officer), wanted)
    household_id = _household_of(client, wanted)
    for path, most in (("/people/?q=王", 22), (f"/people/{wanted}/", 40), (f"/households/{household_id}/", 60)):
        with CaptureQueriesContext(
            connection,
        ) as spent:
            assert client.get(path).status_code == 200
        assert len(spent) <= most, (path, len(spent))


def _household_of(client: Client, person_id: int) -> int:
    found = re.search(r"/households/(\d+)/", client.get(f"/people/{person_id}/").content.decode())
    assert found
    return int(found.group(1))


@pytest.mark.urls("records.registry.urls_with_api")
def test_the_interface_says_what_the_pages_say(officer: Viewer, wanted: int) -> None:
    client = browser(officer)
    listed = client.get("/api/test/people", {"q": "清波"}).json()
    assert [row["id"] for row in listed["items"]] == [wanted]
    assert listed["items"][0]["id_number"] == NUMBER[:3] + "*" * 15
    refused = client.get(f"/api/test/people/{wanted}")
    assert refused.status_code == 403
    assert refused["Content-Type"].startswith("application/problem+json")
    one = with_purpose(client, wanted).get(f"/api/test/people/{wanted}").json()
    assert one["birth_date"] == "1958-03-04"
    assert NUMBER[-4:] not in str(one)
    values = {fact["attribute"]: fact["value"] for fact in one["facts"]}
    assert values["wage_income"] is None
    assert client.get("/api/test/people/999999").status_code == 404
    assert Client().get("/api/test/people", {"q": "清波"}).status_code == 401
