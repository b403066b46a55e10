"""What a resident does: apply, answer, agree, ask who looked, complain, and hold up a code."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.accounts.models import Account
from minsheng.foundation.events.models import OutboxEvent
from minsheng.portal import operations, queries
from minsheng.portal.models import HappinessCode
from minsheng.records.registry.models import Person
from minsheng.records.registry.operations import look_at_household
from minsheng.work.casework import operations as casework
from minsheng.work.casework.models import Case, Document
from portal.conftest import Door
from work.casework.conftest import FAMILY, opened

pytestmark = pytest.mark.xdist_group("district")
LOW = "minimum_living_allowance"


def staff(username: str) -> Client:
    client = Client()
    client.force_login(Account.objects.get(username=username), "django.contrib.auth.backends.ModelBackend")
    return client


def test_an_application_is_prefilled_checked_and_handed_in(browse: Callable[[], Client], door: Door) -> None:
    client = browse()
    assert "我要申请" in client.get(f"/my/benefits/{LOW}/").content.decode()
    assert client.post(f"/my/apply/{LOW}/", {"reason": ""}).status_code == 422
    second = client.post(f"/my/apply/{LOW}/", {"step": "0", "reason": "妻子重病，没法上班"}).content.decode()
    assert "什么时候上门方便" in second
    assert 'name="reason" value="妻子重病，没法上班"' in second, "the first answer is kept"
    said = {"reason": "妻子重病，没法上班", "contact_time": "下午"}
    check = client.post(f"/my/apply/{LOW}/", said | {"step": "1"}).content.decode()
    assert "请核对，没有错就提交" in check
    assert "妻子重病，没法上班" in check
    sent = said | {"step": "2"}
    back = client.post(f"/my/apply/{LOW}/", sent | {"again": "1"}).content.decode()
    assert 'value="下午"' in back
    assert client.post(f"/my/apply/{LOW}/", sent).status_code == 422, "nobody vouched for it"
    assert client.post(f"/my/apply/{LOW}/", sent | {"declared_true": "on"})["Location"] == "/my/progress/"
    page = client.get("/my/progress/").content.decode()
    assert "收到了，编号 2026" in page
    assert "待受理" in page
    with acting_as(viewer=door.office("street_intake"), at=door.office.at):
        case = Case.objects.get(household_id=FAMILY, scheme=LOW)
        assert (case.status, case.origin) == ("submitted", "application")
        letter = Document.objects.get(case=case).pk
    assert client.get(f"/my/letters/{letter}/").content[:5] == b"%PDF-"
    casework.accept(actor=door.office("street_intake"), at=door.office.at, case_id=case.pk)
    assert "给您答复" in client.get("/my/progress/").content.decode(), "the legal date, from the day of acceptance"
    again = client.post(f"/my/apply/{LOW}/", sent | {"declared_true": "on"})
    assert again.status_code == 422
    assert "已经有一件在办" in again.content.decode()


def test_letters_and_people_of_others_are_not_found(browse: Callable[[], Client], door: Door) -> None:
    with acting_as(viewer=door.office("district_business"), at=door.office.at):
        stranger = Person.objects.exclude(pk__lte=60).order_by("id").values_list("id", flat=True)[0]
    client = browse()
    assert client.get(f"/my/benefits/old_age_allowance/{stranger}/").status_code == 404
    assert client.get("/my/letters/999999999/").status_code == 404


def test_an_answer_is_the_familys_own_word_and_is_worked_out_again(door: Door, token: str, family: list[int]) -> None:
    with door.sitting(token) as resident:
        operations.answer_question(
            resident=resident, at=door.office.at, person_id=family[0], name="wage_income", value=1_200_000
        )
    happened = OutboxEvent.objects.filter(name="registry.FactsRecorded").order_by("-sequence").first()
    assert happened is not None
    assert (happened.payload["subject_id"], happened.payload["attributes"]) == (family[0], ["wage_income"])


def test_a_declined_offer_rests_and_an_accepted_one_waits_for_the_office(
    door: Door, token: str, family: list[int]
) -> None:
    with door.sitting(token) as resident:
        for accepted in (False, True):
            operations.reply(
                resident=resident, at=door.office.at, scheme="old_age_allowance", person_id=family[0], fen=5_000,
                accepted=accepted,
            )  # fmt: skip
        with pytest.raises(operations.UnableToHandIn):
            operations.reply(
                resident=resident, at=door.office.at, scheme=LOW, person_id=None, fen=180_600, accepted=True
            )
    clerk = door.office("street_intake")
    with acting_as(viewer=clerk, at=door.office.at):
        waiting = queries.waiting(viewer=clerk)
    assert [(w.kind, w.words) for w in waiting] == [("同意免申即享", "高龄津贴")]
    operations.take_up_reply(actor=clerk, at=door.office.at, reply_id=waiting[0].id)
    with acting_as(viewer=clerk, at=door.office.at):
        assert queries.waiting(viewer=clerk) == []


def test_a_complaint_reaches_the_desk_with_its_day_and_the_answer_comes_back(browse: Callable[[], Client]) -> None:
    client = browse()
    said = client.post("/my/say/", {"kind": "complaint", "words": "等了两个月"}).content.decode()
    assert "收到了，最晚 2026年11月24日（星期二）答复您" in said
    desk = staff("jingban")
    page = desk.get("/desk/").content.decode()
    assert "等了两个月" in page
    number = page.split("/desk/concerns/")[1].split("/")[0]
    assert desk.post(f"/desk/concerns/{number}/", {"answer": "明天上门"}).status_code == 302
    assert "明天上门" in client.get("/my/say/").content.decode()
    assert "等了两个月" not in desk.get("/desk/").content.decode()


def test_who_looked_is_shown_by_day_office_and_purpose(browse: Callable[[], Client], door: Door) -> None:
    for role in ("street_intake", "auditor"):
        look_at_household(actor=door.office(role), at=door.office.at, household_id=FAMILY)
    page = browse().get("/my/looks/").content.decode()
    assert "街道经办" in page
    assert "办理申请或复核" in page
    assert door.office("street_intake").name not in page, "the office, not the person"


def test_a_happiness_code_opens_once_for_staff_of_the_area(door: Door, token: str, family: list[int]) -> None:
    with door.sitting(token) as resident:
        signed = operations.draw_happiness_code(resident=resident, at=door.office.at)
        late = operations.draw_happiness_code(resident=resident, at=door.office.at)
    key = signed.rpartition(":")[0]
    assert signed.split(":")[0] != late.split(":")[0], "drawn by chance, so it says nothing of the household"
    clerk = door.office("community_worker")
    for forged in (key, f"{key}:AAAA", f"x{signed}", ""):
        with pytest.raises(operations.UnableToOpenHappinessCode):
            operations.open_happiness_code(actor=clerk, at=door.office.at, signed=forged)
    assert operations.open_happiness_code(actor=clerk, at=door.office.at, signed=signed) == family[0]
    with pytest.raises(operations.UnableToOpenHappinessCode):
        operations.open_happiness_code(actor=clerk, at=door.office.at, signed=signed)
    with pytest.raises(operations.UnableToOpenHappinessCode):
        operations.open_happiness_code(actor=clerk, at=door.office.at + timedelta(minutes=10), signed=late)
    with pytest.raises(PermissionError):
        operations.open_happiness_code(actor=door.office("district_leader"), at=door.office.at, signed=late)
    with acting_as(viewer=clerk, at=door.office.at):
        assert HappinessCode.objects.filter(opened_at__isnull=False).count() == 1


def test_a_scanned_code_says_nothing_of_a_person_to_others(browse: Callable[[], Client]) -> None:
    client = browse()
    drawn = client.post("/my/code/").content.decode()
    assert "<svg" in drawn
    from minsheng.portal.operations import happiness

    with acting_as(viewer=_system(), at=timezone.now()):
        key = HappinessCode.objects.order_by("-id").first()
        assert key is not None
        signed = happiness.Signer(salt="portal.happiness").sign(key.key)
    page = Client().get(f"/code/{signed}/")
    assert page.status_code == 200
    assert "林阿珍" not in page.content.decode()
    assert page["Referrer-Policy"] == "no-referrer"
    opened_page = staff("shequ").post(f"/code/{signed}/")
    assert opened_page.status_code == 302
    assert opened_page["Location"].startswith("/people/")
    assert staff("shequ").post(f"/code/{signed}/").status_code == 422


def _system():  # type: ignore[no-untyped-def]
    from minsheng.portal.scope import system_viewer

    return system_viewer(timezone.now())


def test_every_page_of_a_resident_opens(browse: Callable[[], Client], door: Door) -> None:
    opened(door.office)
    client = browse()
    for path in ("/my/", "/my/question/", "/my/progress/", "/my/looks/", "/my/say/", "/my/code/", f"/my/apply/{LOW}/"):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "12345" in answer.content.decode(), path
