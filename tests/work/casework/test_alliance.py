"""The alliance of help (助联体): members kept by the bureau, offered by kind and area, judged by their answers."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from minsheng.config.demo.accounts import STAFF
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.queries import areas_above, areas_inside
from minsheng.foundation.access.types import UnableToAct
from minsheng.foundation.accounts.models import Account as StaffAccount
from minsheng.foundation.accounts.types import Viewer
from minsheng.work.casework import operations as casework
from minsheng.work.casework import queries
from minsheng.work.casework.models import Referral
from work.casework.conftest import FAMILY, Office, opened

pytestmark = pytest.mark.xdist_group("district")


def home_area(office: Office) -> int:
    return office("community_worker").grants[0].area_id


def other_street(office: Office) -> int:
    """This function will return a street that the family does not live in."""
    with acting_as(viewer=office("district_business"), at=office.at):
        mine = {area.id for area in areas_above(area_ids=[home_area(office)])[home_area(office)]}
        inside = areas_inside(viewer=office("district_business"))
        depth = next(area.depth for area in inside if area.id in mine and area.id != home_area(office)) + 1
        return next(area.id for area in inside if area.depth == depth and area.id not in mine)


def admitted(office: Office, *, partner: str = "volunteers", area_id: int | None = None, **given: object) -> int:
    said: dict[str, object] = {
        "area_id": area_id or home_area(office), "name": "测试志愿服务队", "nature": "volunteers", "partner": partner,
        "duty": "值班队长，每天 8:00–18:00", "valid_from": office.at.date(),
    }  # fmt: skip
    return casework.admit_member(actor=office("district_business"), at=office.at, **said | given)


def offered(office: Office) -> set[int]:
    with acting_as(viewer=office("street_intake"), at=office.at):
        return {one.id for one in queries.members_for(area_id=home_area(office), on=office.at.date())}


def line(office: Office, member_id: int, *, by: str = "street_intake") -> queries.MemberLine:
    viewer = office(by)
    with acting_as(viewer=viewer, at=office.at):
        file = queries.member_file(viewer=viewer, at=office.at, member_id=member_id)
    assert file is not None
    return file.line


def test_a_referral_goes_only_to_who_gives_that_help_there_and_then(office: Office) -> None:
    clerk, case_id = office("street_intake"), opened(office)
    here, elsewhere = admitted(office), admitted(office, area_id=other_street(office))
    later = admitted(office, name="下月才来的队", valid_from=office.at.date() + timedelta(days=30))
    assert offered(office) & {here, elsewhere, later} == {here}
    send = {"actor": clerk, "at": office.at, "case_id": case_id, "need": "陪老人看病"}
    for wrong in ({"partner": "care", "member_id": here}, {"partner": "volunteers", "member_id": elsewhere}):
        with pytest.raises(casework.UnableToProceed, match="助联体成员"):
            casework.refer(**send, **wrong)
    with pytest.raises(casework.UnableToProceed, match="助联体成员"):
        casework.refer(**send, partner="volunteers", member_id=later)
    casework.refer(**send, partner="volunteers", member_id=here)
    casework.refer(**send, partner="volunteers")
    with acting_as(viewer=clerk, at=office.at):
        file = queries.case_file(viewer=clerk, at=office.at, case_id=case_id)
    assert file is not None
    assert sorted(one.member for one in file.referrals) == ["", "测试志愿服务队"]


def test_the_roster_shows_what_waits_and_how_many_days_an_answer_took(office: Office) -> None:
    clerk, case_id = office("street_intake"), opened(office)
    member = admitted(office)
    for need in ("陪看病", "修灯", "送饭"):
        casework.refer(
            actor=clerk, at=office.at, case_id=case_id, partner="volunteers", need=need, member_id=member
        )  # fmt: skip
    found = line(office, member)
    assert (found.waiting, found.answered, found.days, found.late) == (3, 0, None, 0)
    for days in (2, 4):
        office.days(days)
        casework.answer_referral(actor=office("street_intake"), at=office.at, case_id=case_id, answer="办了")
    found = line(office, member)
    assert (found.waiting, found.answered, found.days, found.longest) == (1, 2, 2, 6)
    office.days(20)
    assert line(office, member).late == 1


def test_who_left_is_offered_no_more_and_what_it_holds_stays_open(office: Office) -> None:
    clerk, case_id = office("street_intake"), opened(office)
    member = admitted(office)
    casework.refer(
        actor=clerk, at=office.at, case_id=case_id, partner="volunteers", need="陪看病", member_id=member
    )  # fmt: skip
    bureau = {"actor": office("district_business"), "at": office.at, "member_id": member}
    with pytest.raises(casework.UnableToProceed, match="早于今天"):
        casework.end_member(**bureau, valid_to=office.at.date() - timedelta(days=1), reason="队伍解散")
    casework.end_member(**bureau, valid_to=office.at.date() + timedelta(days=1), reason="队伍解散")
    assert member in offered(office), "it serves to the end of its last day"
    office.days(1)
    assert member not in offered(office)
    assert (line(office, member).waiting, line(office, member).serves) == (1, False)
    with pytest.raises(casework.UnableToProceed, match="已经退出"):
        casework.end_member(**bureau | {"at": office.at}, valid_to=date(2030, 1, 1), reason="再退一次")


def test_the_roster_is_the_bureaus_to_keep_and_once_is_enough(office: Office) -> None:
    admitted(office)
    with pytest.raises(casework.UnableToProceed, match="已经在名册里"):
        admitted(office)
    with pytest.raises(casework.UnableToProceed, match="哪一种帮助"):
        admitted(office, partner="nobody")
    given = {"name": "甲", "nature": "social", "partner": "care", "duty": "值班", "valid_from": office.at.date()}
    with pytest.raises(UnableToAct):
        casework.admit_member(actor=office("street_intake"), at=office.at, area_id=home_area(office), **given)
    stranger = Viewer(999_999, "外区", "stranger", (), frozenset({"casework.view", "casework.keep_alliance"}))
    with pytest.raises(casework.UnableToProceed, match="管辖范围"):
        casework.admit_member(actor=stranger, at=office.at, area_id=home_area(office), **given)


def test_a_joint_application_gives_what_it_refers_to_the_chosen_member_if_it_is_still_there(office: Office) -> None:
    worker = office("street_intake")
    member = admitted(office, partner="education", nature="charity", name="测试助学会")
    wrong = admitted(office)
    given = {
        "actor": worker, "at": office.at, "household_id": FAMILY, "needs": ["schooling"], "parts": [],
        "partners": ["education"], "reason": "学费交不起",
    }  # fmt: skip
    with pytest.raises(casework.UnableToProceed, match="助联体成员"):
        casework.open_joint(**given, members=[wrong])
    joint_id = casework.open_joint(**given, members=[member])
    with acting_as(viewer=worker, at=office.at):
        assert Referral.objects.get(joint_id=joint_id).member_id == member


def test_the_pages_of_the_roster_and_of_a_referral(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: office.at)
    case_id = opened(office)

    def browser(role: str) -> Client:
        client = Client()
        client.force_login(
            StaffAccount.objects.get(username=STAFF[role][0]), "django.contrib.auth.backends.ModelBackend"
        )
        return client

    bureau, clerk = browser("district_business"), browser("street_intake")
    assert "加入名册" in bureau.get("/cases/alliance/").content.decode()
    assert "加入名册" not in clerk.get("/cases/alliance/").content.decode()
    sent = {
        "name": "测试志愿服务队", "nature": "volunteers", "partner": "volunteers", "area_id": home_area(office),
        "duty": "值班队长", "valid_from": office.at.date().isoformat(),
    }  # fmt: skip
    assert bureau.post("/cases/alliance/admit/", sent | {"duty": ""}).status_code == 422
    assert bureau.post("/cases/alliance/admit/", sent).status_code == 302
    assert clerk.post("/cases/alliance/admit/", sent).status_code == 403
    page = clerk.get(f"/cases/{case_id}/").content.decode()
    found = re.search(r'value="(volunteers:(\d+))"[^>]*>测试志愿服务队', page)
    assert found, "the member stands in the form of a referral"
    assert clerk.post(f"/cases/{case_id}/acts/refer/", {"partner": found[1], "need": "陪看病"}).status_code == 302
    shown = clerk.get(f"/cases/alliance/{found[2]}/").content.decode()
    assert "有 1 条在等答复" in shown
    assert "陪看病" in shown
    filtered = clerk.get("/cases/alliance/?partner=legal_aid").content.decode()
    assert "测试志愿服务队" not in filtered
