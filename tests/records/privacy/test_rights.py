"""Requests of a person and consents: who may ask, on which ground one is refused, who consents for a child."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from builders import COMMUNITY_FURONG, COMMUNITY_QINGHE, DISTRICT, staff
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.audit.models import Entry
from minsheng.records.privacy import holding, queries
from minsheng.records.privacy import operations as privacy
from minsheng.records.privacy.models import Consent, Hold
from minsheng.records.privacy.operations import UnableToHandle
from minsheng.records.privacy.rules import ACTIVITIES, GROUNDS, age_on, category_of, refusal_of_answer
from minsheng.records.privacy.types import AskedBy, ConsentCategory, RequestKind
from minsheng.records.registry import operations as registry
from minsheng.records.registry.operations import PurposeNeeded, UnableToFind
from minsheng.records.registry.types import IdKind, MembershipKind
from work.payments.payments_office import Office, home, open_office

TODAY = date(2026, 11, 3)


@pytest.fixture
def office(at: datetime) -> Office:
    return open_office(at=at)


def member(office: Office, at: datetime, household: int, name: str, born: date | None) -> int:
    given = registry.Particulars(name=name, id_kind=IdKind.NONE, birth_date=born)
    person = registry.create_person(actor=office.business, at=at, area_id=COMMUNITY_QINGHE, particulars=given)
    registry.add_member(
        actor=office.business, at=at, household_id=household, person_id=person, kind=MembershipKind.RESIDENCE,
        valid_from=date(2020, 1, 1), relation="child",
    )  # fmt: skip
    return person


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        (date(2012, 11, 4), ConsentCategory.GUARDIAN),  # 13 years and 364 days
        (date(2012, 11, 3), ConsentCategory.PLAIN),  # fourteen today
        (date(2012, 11, 2), ConsentCategory.PLAIN),
        (None, ConsentCategory.PLAIN),
    ],
)
def test_fourteen_is_counted_by_the_calendar(born: date | None, expected: ConsentCategory) -> None:
    assert category_of(ACTIVITIES["photo"], born=born, on=TODAY) is expected


def test_who_was_born_on_the_leap_day_is_older_on_the_first_of_march() -> None:
    born = date(2012, 2, 29)
    assert (age_on(born, date(2026, 2, 28)), age_on(born, date(2026, 3, 1))) == (13, 14)


def test_sensitive_data_want_a_consent_of_their_own() -> None:
    assert category_of(ACTIVITIES["clinic"], born=date(1960, 1, 1), on=TODAY) is ConsentCategory.SEPARATE


def test_every_ground_refuses_only_what_the_law_lets_it_refuse() -> None:
    for code, ground in GROUNDS.items():
        for kind in RequestKind:
            assert (refusal_of_answer(kind, code) is None) is (kind in ground.kinds), (code, kind)
    assert refusal_of_answer(RequestKind.DELETION, "") is not None


@pytest.mark.django_db
def test_consents_separate_by_a_guardian_and_withdrawn(office: Office, at: datetime) -> None:
    lives = home(office, at, "钟阿水")
    mother = member(office, at, lives.household_id, "钟慧", date(1990, 5, 1))
    child = member(office, at, lives.household_id, "钟乐", date(2016, 5, 1))
    stranger = home(office, at, "滕远").person_id
    act = {"actor": office.intake, "at": at, "how": "当面签字"}

    def refused(words: str, **given: object) -> None:
        with pytest.raises(UnableToHandle, match=words):
            privacy.record_consents(**act, **given)  # type: ignore[arg-type]

    refused("不需要同意", person_id=mother, activities=["assistance"], given_by=mother)
    refused("逐项单独同意", person_id=mother, activities=["clinic", "photo"], given_by=mother)
    refused("监护人同意", person_id=child, activities=["photo"], given_by=child)
    refused("同一户", person_id=child, activities=["photo"], given_by=stranger)
    refused("出生日期", person_id=lives.person_id, activities=["photo"], given_by=lives.person_id)
    privacy.record_consents(**act, person_id=mother, activities=["photo", "survey"], given_by=mother)  # type: ignore[arg-type]
    (clinic,) = privacy.record_consents(**act, person_id=mother, activities=["clinic"], given_by=mother)  # type: ignore[arg-type]
    privacy.record_consents(**act, person_id=child, activities=["photo"], given_by=mother)  # type: ignore[arg-type]
    refused("还有效", person_id=mother, activities=["clinic"], given_by=mother)
    name, lines, held = queries.consents(viewer=office.intake, at=at, person_id=child)
    assert (name, [one.category for one in lines], held) == ("钟乐", [ConsentCategory.GUARDIAN], False)

    def may(person: int, activity: str) -> bool:
        return queries.may_process(viewer=office.intake, at=at, person_id=person, activity=activity)

    assert may(mother, "clinic")
    assert may(stranger, "assistance")
    assert not may(stranger, "clinic")
    privacy.withdraw_consent(actor=office.intake, at=at, consent_id=clinic)
    assert not may(mother, "clinic")
    assert may(mother, "photo")
    with acting_as(viewer=office.business, at=at):
        kept = Consent.objects.get(pk=clinic)
        assert kept.withdrawn_at == at
        assert kept.text == ACTIVITIES["clinic"].text
        with pytest.raises(IntegrityError, match="guardian_is_another"), transaction.atomic():
            Consent.objects.filter(pk=clinic).update(category="guardian")


@pytest.mark.django_db
def test_a_hold_is_lifted_by_two_people_and_not_by_one_with_two_accounts(office: Office, at: datetime) -> None:
    lives, bureau = (
        home(office, at, "钟阿水"),
        staff(at=at, role="district_business", area_id=DISTRICT, username="b", holder="B7"),
    )
    twin = staff(at=at, role="district_review", area_id=DISTRICT, username="twin", holder="B7")
    other = staff(at=at, role="district_review", area_id=DISTRICT, username="other")
    hold = holding.set_hold(actor=bureau, at=at, person_id=lives.person_id, basis="（2026）1号")
    with pytest.raises(UnableToHandle, match="登记过"):
        holding.set_hold(actor=bureau, at=at, person_id=lives.person_id, basis="（2026）1号")
    with pytest.raises(UnableToHandle, match="还没有人提出"):
        holding.end_hold(actor=other, at=at, hold_id=hold, agreed=True)
    holding.ask_to_end(actor=bureau, at=at, hold_id=hold, reason="判决已生效")
    for one in (bureau, twin):
        with pytest.raises(UnableToHandle, match="两个人"):
            holding.end_hold(actor=one, at=at, hold_id=hold, agreed=True)
        changed = {"ended_at": at, "ended_by": one.account_id}
        with acting_as(viewer=bureau, at=at), pytest.raises(IntegrityError, match="two people"), transaction.atomic():
            Hold.objects.filter(pk=hold).update(**changed)
    with acting_as(viewer=bureau, at=at), pytest.raises(IntegrityError, match="ended_by_two"), transaction.atomic():
        Hold.objects.filter(pk=hold).update(ended_at=at, ended_by=other.account_id, end_asked_by=None)
    holding.end_hold(actor=other, at=at, hold_id=hold, agreed=False)
    holding.ask_to_end(actor=bureau, at=at, hold_id=hold, reason="调解结案")
    (line,) = holding.holds(viewer=other, at=at)
    assert (line.may_confirm, line.reason, line.ended_at) == (True, "调解结案", None)
    assert not holding.holds(viewer=twin, at=at)[0].may_confirm
    holding.end_hold(actor=other, at=at, hold_id=hold, agreed=True)
    (line,) = holding.holds(viewer=bureau, at=at)
    assert line.ended_at == at
    with pytest.raises(UnableToFind):
        holding.end_hold(actor=other, at=at, hold_id=hold, agreed=True)


@pytest.mark.django_db
def test_a_request_has_a_last_day_an_answer_and_a_ground(office: Office, at: datetime) -> None:
    lives = home(office, at, "钟阿水")
    take = {
        "actor": office.intake,
        "at": at,
        "person_id": lives.person_id,
        "identity_check": "核对身份证",
        "words": "要一份",
    }
    with pytest.raises(UnableToHandle, match="去世"):
        privacy.take_request(**take, kind=RequestKind.COPY, asked_by=AskedBy.NEAR_RELATIVE)  # type: ignore[arg-type]
    copy = privacy.take_request(**take, kind=RequestKind.COPY, asked_by=AskedBy.SELF)  # type: ignore[arg-type]
    deletion = privacy.take_request(**take, kind=RequestKind.DELETION, asked_by=AskedBy.SELF)  # type: ignore[arg-type]
    (first, _) = queries.requests(viewer=office.intake, at=at)
    assert (first.days_left, first.due_date) == (30, at.date() + timedelta(days=30))
    with pytest.raises(PurposeNeeded):
        privacy.copy_for(actor=office.intake, at=at, request_id=copy)
    registry.state_purpose(actor=office.intake, at=at, person_id=lives.person_id, code="enquiry")
    told = privacy.copy_for(actor=office.intake, at=at, request_id=copy)
    assert told["person"]["name"] == "钟阿水"
    with pytest.raises(UnableToHandle, match="才给资料"):
        privacy.copy_for(actor=office.intake, at=at, request_id=deletion)
    privacy.answer_request(actor=office.intake, at=at, request_id=copy, answer="已当面交给本人")
    with pytest.raises(UnableToHandle, match="已经答复过"):
        privacy.answer_request(actor=office.intake, at=at, request_id=copy, answer="再答一次")
    with pytest.raises(UnableToHandle, match="不能用来拒绝"):
        privacy.refuse_request(actor=office.intake, at=at, request_id=deletion, ground="correct", answer="不行")
    holding.set_hold(actor=office.business, at=at, person_id=lives.person_id, basis="（2026）1号")
    with pytest.raises(UnableToHandle, match="留存令"):
        privacy.answer_request(actor=office.intake, at=at, request_id=deletion, answer="已删除")
    privacy.refuse_request(
        actor=office.intake, at=at, request_id=deletion, ground="kept_by_law", answer="账目要保存，只存不用"
    )
    line = queries.request_line(viewer=office.intake, at=at, request_id=deletion)
    assert line is not None
    assert "第四十七条第二款" in line.ground
    stranger = staff(at=at, role="community_worker", area_id=COMMUNITY_FURONG)
    assert queries.request_line(viewer=stranger, at=at, request_id=deletion) is None
    with pytest.raises(UnableToFind):
        privacy.withdraw_request(actor=stranger, at=at, request_id=deletion, reason="x")
    auditor = staff(at=at, role="auditor", area_id=DISTRICT)
    with acting_as(viewer=auditor, at=at):
        acts = set(Entry.objects.filter(action__startswith="privacy.").values_list("action", flat=True))
    assert acts == {
        "privacy.request_taken",
        "privacy.copy_given",
        "privacy.request_done",
        "privacy.hold_set",
        "privacy.request_refused",
    }
