"""The pages of visits as those see them who use them, and what a street may set for itself."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from minsheng.config.demo.accounts import STAFF
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.accounts.models import Account
from minsheng.foundation.pages.masking import mask_name
from minsheng.work.casework import operations as casework
from minsheng.work.casework.types import Origin
from minsheng.work.visits import operations, queries
from minsheng.work.visits.models import HouseholdWarning, Visit
from minsheng.work.visits.operations import UnableToNoteSignal, UnableToSetRhythm
from minsheng.work.visits.types import SignalKind, VisitAct, VisitStatus, Way
from work.visits.conftest import FAMILY, Street

pytestmark = pytest.mark.xdist_group("district")
STREET_CODE = "330102012000"
LADDER = {5: (1, 5), 4: (2, 14), 3: (5, 45), 2: (10, 120), 1: (20, 300)}


def browser(street: Street, role: str, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(timezone, "now", lambda: street.at)
    client = Client()
    client.force_login(Account.objects.get(username=STAFF[role][0]), "django.contrib.auth.backends.ModelBackend")
    return client


def test_a_visit_from_the_list_to_its_result(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    street.happened(SignalKind.EMERGENCY)
    street.plan()
    client = browser(street, "grid_worker", monkeypatch)
    visit = street.visit().pk
    page = client.get("/visits/").content.decode()
    assert f'href="/visits/{visit}/"' in page
    page = client.get(f"/visits/{visit}/").content.decode()
    assert "今天吃住有着落吗" in page
    assert page.count("记下结果") == 1
    refused = client.post(f"/visits/{visit}/result/", {"result": "needs_help", "way": "home"})
    assert refused.status_code == 422
    assert "请写明要帮什么" in refused.content.decode()
    done = client.post(f"/visits/{visit}/result/", {"result": "fine", "way": "home", "note": "都好"})
    assert (done.status_code, done["Location"]) == (302, "/visits/")
    assert street.visit().status == "closed"


def test_a_list_names_classes_and_a_score_its_figures(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    street.happened(SignalKind.MEDICAL_BILL, 4_500_000)
    client = browser(street, "grid_worker", monkeypatch)
    listed = client.get("/visits/warnings/").content.decode()
    assert "刚性支出" in listed
    assert "45,000.00" not in listed
    asked = client.get(f"/visits/households/{FAMILY}/")
    assert (asked.status_code, "/purpose/" in asked["Location"]) == (302, True)
    person = int(asked["Location"].split("/people/")[1].split("/")[0])
    client.post(f"/people/{person}/purpose/", {"purpose": "visit"})
    page = client.get(f"/visits/households/{FAMILY}/").content.decode()
    assert "45,000.00 元" in page
    assert "不改变任何待遇" in page


def test_what_is_noted_by_hand_counts_and_can_be_taken_back(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    client = browser(street, "grid_worker", monkeypatch)
    asked = client.get(f"/visits/households/{FAMILY}/signals/new/")
    person = int(asked["Location"].split("/people/")[1].split("/")[0])
    client.post(f"/people/{person}/purpose/", {"purpose": "visit"})
    given = {"kind": "medical_bill", "happened_date": "2026-11-01", "source": "hospital", "value": "16000.50"}
    before = street.warning()
    assert client.post(f"/visits/households/{FAMILY}/signals/new/", given).status_code == 302
    after = street.warning()
    assert after is not None
    assert after.points > (before.points if before else 0)
    bill = next(reason for reason in after.reasons if reason["code"] == "medical_bill")
    assert bill["value"] == 1_600_050
    late = client.post(f"/visits/households/{FAMILY}/signals/new/", given | {"happened_date": "2026-12-01"})
    assert (late.status_code, "不能晚于今天" in late.content.decode()) == (422, True)
    worker = street("grid_worker")
    with acting_as(viewer=worker, at=street.at):
        found = queries.working(viewer=worker, at=street.at, household_id=FAMILY)
        assert found is not None
        signal = next(one for one in found.signals if one.value == "16,000.50 元")
    with pytest.raises(UnableToNoteSignal):
        operations.withdraw_signal(actor=worker, at=street.at, signal_id=signal.id, reason=" ")
    operations.withdraw_signal(actor=worker, at=street.at, signal_id=signal.id, reason="记错了人")
    again = street.warning()
    assert "medical_bill" not in {r["code"] for r in (again.reasons if again else [])}


def test_a_case_that_is_opened_closes_the_visit_that_asked_for_help(street: Street) -> None:
    street.happened(SignalKind.EMERGENCY)
    street.plan()
    visit = street.visit().pk
    operations.open_visit(viewer=street("community_worker"), at=street.at, visit_id=visit)
    operations.record_result(
        actor=street("community_worker"),
        at=street.at,
        visit_id=visit,
        result=VisitAct.NEEDS_HELP,
        way=Way.HOME,
        note="没有米了",
    )
    street.deliver()
    assert street.visit().status == "referred", "nobody has opened a case yet"
    case = casework.open_case(
        actor=street("community_worker"),
        at=street.at,
        procedure="minimum_living_allowance",
        scheme="minimum_living_allowance",
        household_id=FAMILY,
        person_id=None,
        origin=Origin.FINDING,
    )
    street.deliver()
    closed = street.visit()
    assert (closed.status, closed.case_id, closed.result) == ("closed", case, "needs_help")


def test_a_street_sets_its_own_rhythm_from_a_day_on(street: Street) -> None:
    def set_for(code: str, role: str = "street_confirm", **changed: object) -> None:
        given = {"days": LADDER, "valid_from": street.at.date(), "basis": "街道会议纪要"} | changed
        operations.set_rhythm(actor=street(role), at=street.at, area_code=code, **given)  # type: ignore[arg-type]

    set_for(STREET_CODE)
    for code, changed in (
        ("330102001000", {}),  # another street
        ("330102012051", {}),  # a community goes with its street
        (STREET_CODE, {}),  # the same day twice
        (STREET_CODE, {"valid_from": street.at.date() - timedelta(days=1)}),
        (STREET_CODE, {"valid_from": date(2026, 12, 1), "days": LADDER | {5: (1, 400)}}),
        (STREET_CODE, {"valid_from": date(2026, 12, 1), "days": {5: (1, 7)}}),
        (STREET_CODE, {"valid_from": date(2026, 12, 1), "basis": " "}),
    ):
        with pytest.raises(UnableToSetRhythm):
            set_for(code, **changed)
    shown = queries.rhythms(viewer=street("street_confirm"))
    assert [(line.area, line.days[1]) for line in shown] == [("采荷街道", (2, 14))]
    # A four-star household that was met comes round after 14 days instead of 30.
    with acting_as(viewer=street("system"), at=street.at):
        row = HouseholdWarning.objects.get(household_id=FAMILY, valid_to__isnull=True)
        assert row.star == 4
    street.plan()
    operations.record_result(
        actor=street("grid_worker"), at=street.at, visit_id=street.visit().pk, result=VisitAct.FINE, way=Way.HOME
    )
    met = street.at.date()
    street.days(10)
    street.plan()
    assert street.visit().due_date == met + timedelta(days=14)


def test_the_roll_up_counts_what_the_lists_hold_and_names_nobody(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    business = street("district_business")
    with acting_as(viewer=business, at=street.at):
        view = queries.overview(viewer=business, at=street.at)
        visits = Visit.objects.exclude(status=VisitStatus.CLOSED.value)
        assert view.total.open == visits.count() > 0
        assert view.total.late == visits.filter(due_date__lt=street.at.date()).count()
        assert view.total.escalated == visits.filter(status="escalated").count()
        one = queries.overview(viewer=business, at=street.at, area=STREET_CODE)
        assert one.word == "社区"
        assert one.total.open == next(row.open for row in view.places if row.code == STREET_CODE)
        assert view.total.monthly >= view.total.met
        names = set(HouseholdWarning.objects.values_list("subject_name", flat=True)) - {""}
    page = browser(street, "district_leader", monkeypatch).get("/visits/overview/").content.decode()
    assert "待走访" in page
    assert not [name for name in names if len(name) > 2 and (name in page or mask_name(name) in page)]
