"""A resident's own data: read at once, asked for as a case, consented to one by one; a child's too, nobody else's."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.audit.models import Entry
from minsheng.portal.operations import data
from minsheng.portal.types import Resident
from minsheng.records.privacy import operations as privacy
from minsheng.records.privacy import queries as rights
from minsheng.records.privacy.models import Consent, Request
from minsheng.records.registry import operations as registry
from minsheng.records.registry.models import Household
from minsheng.records.registry.types import IdKind, MembershipKind
from portal.conftest import LIN_AZHEN, Door
from work.casework.conftest import FAMILY

pytestmark = pytest.mark.xdist_group("district")


def add(door: Door, name: str, born: date) -> int:
    """Somebody more who lives with the family."""
    office, at = door.office("district_business"), door.office.at
    with acting_as(viewer=office, at=at):
        area_id = Household.objects.get(pk=FAMILY).area_id
    given = registry.Particulars(name=name, id_kind=IdKind.NONE, birth_date=born)
    person = registry.create_person(actor=office, at=at, area_id=area_id, particulars=given)
    registry.add_member(
        actor=office, at=at, household_id=FAMILY, person_id=person, kind=MembershipKind.RESIDENCE,
        valid_from=date(2020, 1, 1), relation="child",
    )  # fmt: skip
    return person


@pytest.fixture
def child(door: Door) -> int:
    """A child of ten who lives with the family."""
    return add(door, "林小满", date(2016, 5, 1))


def test_what_is_registered_is_read_at_once_and_taken_along(
    browse: Callable[[], Client], door: Door, family: list[int], child: int
) -> None:
    client, me = browse(), family[LIN_AZHEN]
    page = client.get(f"/my/data/facts/{me}/").content.decode()
    assert "登记了林阿珍的" in page
    told = client.get(f"/my/data/facts/{me}/copy.json").json()
    assert told["format"] == "minsheng-personal-data-1"
    assert {fact["attribute"] for fact in told["facts"]} >= {"birth_date", "sex"}
    assert all(fact["source"] or fact["attribute"] for fact in told["facts"])
    assert client.get(f"/my/data/facts/{child}/").status_code == 200, "a parent reads for a child of ten"
    with acting_as(viewer=door.office("auditor"), at=door.office.at):
        assert Entry.objects.filter(action="portal.own_data_seen", object_id=str(me)).count() == 2
    for other in (one for one in family if one != me):
        assert client.get(f"/my/data/facts/{other}/").status_code == 404, "another adult at home asks for themself"


def test_a_request_is_a_case_with_its_day_and_the_answer_comes_back(browse: Callable[[], Client], door: Door) -> None:
    client = browse()
    assert client.post("/my/data/ask/", {"kind": "", "words": ""}).status_code == 422
    whose = client.get("/my/data/ask/").content.decode().split('name="person" value="')[1].split('"')[0]
    sent = {"kind": "deletion", "person": whose, "words": "旧的电话请删掉"}
    due = door.office.at.date() + timedelta(days=30)
    said = client.post("/my/data/ask/", sent).content.decode()
    assert f"收到了，最晚 {due.year}年{due.month}月{due.day}日" in said
    clerk, at = door.office("street_intake"), door.office.at
    (line,) = [one for one in rights.requests(viewer=clerk, at=at) if one.words == "旧的电话请删掉"]
    assert (line.due_date, line.asked_by.value, line.days_left) == (due, "self", 30)
    privacy.refuse_request(actor=clerk, at=at, request_id=line.id, ground="kept_by_law", answer="账目要保存，只存不用")
    page = client.get("/my/data/").content.decode()
    for words in ("账目要保存，只存不用", "第四十七条第二款", "向人民法院起诉"):
        assert words in page


def test_consents_are_given_one_by_one_for_a_child_by_a_parent_and_withdrawn(
    browse: Callable[[], Client], door: Door, family: list[int], child: int
) -> None:
    client, me = browse(), family[LIN_AZHEN]
    page = client.get("/my/data/").content.decode()
    assert "这一项是敏感的资料，单独同意" in page
    assert "由您替孩子同意" in page
    for person, activity in ((me, "clinic"), (child, "photo")):
        assert client.post(f"/my/data/consents/{person}/{activity}/").status_code == 302
        assert client.post(f"/my/data/consents/{person}/{activity}/").status_code == 422, "it runs already"
    assert client.post(f"/my/data/consents/{me}/assistance/").status_code == 422, "what the law orders needs none"
    clerk, at = door.office("street_intake"), door.office.at
    with acting_as(viewer=clerk, at=at):
        kept = {row.activity: row for row in Consent.objects.filter(person_id__in=[me, child])}
    assert (kept["clinic"].category, kept["photo"].category) == ("separate", "guardian")
    assert {row.given_by_person_id for row in kept.values()} == {me}
    assert rights.may_process(viewer=clerk, at=at, person_id=me, activity="clinic")
    assert client.post(f"/my/data/withdrawals/{kept['clinic'].pk}/").status_code == 302
    assert not rights.may_process(viewer=clerk, at=at, person_id=me, activity="clinic")
    assert rights.may_process(viewer=clerk, at=at, person_id=child, activity="photo")


def test_the_door_for_a_child_closes_on_its_fourteenth_birthday(door: Door, token: str, family: list[int]) -> None:
    today = door.office.at.date()
    young = add(door, "林甲", today.replace(year=today.year - 14) + timedelta(days=1))
    older = add(door, "林乙", today.replace(year=today.year - 14))
    with door.sitting(token) as resident:
        found = data.spoken_for(resident=resident, at=door.office.at, people=[young, older, *family])
        assert (young in found, older in found) == (True, False)
        with pytest.raises(data.UnableToSpeakFor):
            data.ask(
                resident=resident, at=door.office.at, person_id=older, kind="copy", words="要", people=[young, older]
            )


def test_the_database_refuses_what_the_program_would(door: Door, token: str, family: list[int], child: int) -> None:
    me, other = family[LIN_AZHEN], next(one for one in family if one != family[LIN_AZHEN])
    at, clerk = door.office.at, door.office("street_intake")
    theirs = privacy.take_request(
        actor=clerk, at=at, person_id=other, kind=privacy.RequestKind.COPY, asked_by=privacy.AskedBy.SELF,
        identity_check="看了身份证", words="我的",
    )  # fmt: skip
    (consent,) = privacy.record_consents(
        actor=clerk, at=at, person_id=other, activities=["photo"], given_by=other, how="当面签字"
    )

    def row(resident: Resident, **changed: object) -> Request:
        fields: dict[str, object] = {
            "area_id": resident.area_id, "person_id": me, "kind": "copy", "asked_by": "self", "identity_check": "x",
            "words": "x", "received_at": at, "received_by": resident.viewer.account_id, "due_date": at.date(),
        }  # fmt: skip
        return Request(**fields | changed)

    with door.sitting(token) as resident:
        assert not Request.objects.filter(pk=theirs).exists(), "another adult's request is not shown at home"
        assert not Consent.objects.filter(pk=consent).exists()
        row(resident).save()  # the control
        row(resident, person_id=child, asked_by="guardian").save()
        wrong: tuple[dict[str, object], ...] = (
            {"person_id": other}, {"person_id": other, "asked_by": "guardian"}, {"person_id": child},
            {"state": "done", "answer": "x", "answered_at": at},
        )  # fmt: skip
        for changed in wrong:
            with pytest.raises(DatabaseError), transaction.atomic():
                row(resident, **changed).save()
        with pytest.raises(DatabaseError), transaction.atomic():
            Request.objects.update(state="withdrawn")
        assert Consent.objects.filter(pk=consent).update(withdrawn_at=at, withdrawn_by=1) == 0
