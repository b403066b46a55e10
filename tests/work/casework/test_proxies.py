"""Who acts for an applicant: an identified person, within a scope, for a time, and never on both sides of the desk."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.accounts.models import Account
from minsheng.foundation.sealing import operations as sealing
from minsheng.work.casework import operations as casework
from minsheng.work.casework import queries
from minsheng.work.casework.models import CaseAct, Decision, Document, Proxy
from minsheng.work.casework.rules import requirements
from minsheng.work.casework.sealed_columns import PROXY_ID
from minsheng.work.casework.types import Act
from work.casework.conftest import Office, authorised, checked, investigated, members_of, opened, opined, submitted

pytestmark = pytest.mark.xdist_group("district")
NUMBER = "11010519491231002X"  # reference §1.1: a valid number of nobody


def named(office: Office, case_id: int, **given: Any) -> int:
    """This function will name a nephew whose identity card was seen, or whom `given` says."""
    who = {"name": "林小山", "id_number": NUMBER, "basis": "entrusted", "relation": "侄子", "paper": "委托书，11月2日"}
    if {"username", "person_id"} & set(given):
        del who["name"], who["id_number"]
    rest = {"scope": ["apply", "receive"], "valid_to": office.at.date() + timedelta(days=180)}
    return casework.name_proxy(
        actor=office("street_intake"), at=office.at, case_id=case_id, **{**who, **rest, **given}
    )  # fmt: skip


def test_a_proxy_is_identified_and_what_they_do_is_recorded_as_theirs(office: Office) -> None:
    clerk, case_id = office("street_intake"), opened(office)
    authorised(office, case_id)
    casework.save_draft(actor=clerk, at=office.at, case_id=case_id, answers={"application.reason": "失业"})
    with pytest.raises(casework.UnableToProceed, match="没有登记有效的代办人"):
        casework.submit(actor=clerk, at=office.at, case_id=case_id, declared_true=True, proxied=True)
    proxy_id = named(office, case_id)
    casework.submit(actor=clerk, at=office.at, case_id=case_id, declared_true=True, proxied=True)
    casework.accept(actor=clerk, at=office.at, case_id=case_id)
    with pytest.raises(casework.UnableToProceed, match="范围里没有“撤回申请”"):
        casework.withdraw(actor=clerk, at=office.at, case_id=case_id, reason="不办了", proxied=True)
    with acting_as(viewer=clerk, at=office.at):
        row = Proxy.objects.get(pk=proxy_id)
        assert bytes(row.id_sealed or b"") != NUMBER.encode()
        assert sealing.open_sealed(context=PROXY_ID, row_id=row.pk, sealed=row.id_sealed) == NUMBER
        handed_in = CaseAct.objects.get(case_id=case_id, act="submit")
        letter = Document.objects.get(case_id=case_id, kind="acceptance")
        with pytest.raises(IntegrityError), transaction.atomic():
            Proxy.objects.filter(pk=proxy_id).update(account_id=1)
    assert handed_in.note == "由代办人林小山（侄子）办理"
    assert handed_in.detail == {"proxy": proxy_id}
    assert letter.data["addressee"].endswith("（代办人：林小山，侄子）")
    assert NUMBER not in str(letter.data)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"id_number": "110105194912310021"}, "校验位"),
        ({"username": "nobody-here", "basis": "community"}, "没有登录名"),
        ({"username": "wangge"}, "村（社区）代办的是工作人员"),
        ({"basis": "community"}, "村（社区）代办的是工作人员"),
        ({"basis": "friendship"}, "代办的依据"),
        ({"scope": []}, "至少选一样"),
        ({"scope": ["decide"]}, "至少选一样"),
        ({"relation": " "}, "什么关系"),
        ({"id_number": ""}, "只填一种身份"),
        ({"person_id": 999_999_999}, "另一位成员"),
    ],
)
def test_a_proxy_without_identity_basis_or_scope_is_refused(office: Office, given: dict[str, Any], says: str) -> None:
    case_id = opened(office)
    with pytest.raises(casework.UnableToProceed, match=says):
        named(office, case_id, **given)
    with acting_as(viewer=office("street_intake"), at=office.at):
        assert not Proxy.objects.filter(case_id=case_id).exists()


def test_the_time_ends_by_itself_and_a_new_proxy_replaces_the_old(office: Office) -> None:
    clerk, case_id = office("street_intake"), opened(office)
    authorised(office, case_id)
    submitted(office, case_id)
    named(office, case_id, scope=["withdraw"], valid_to=office.at.date() + timedelta(days=1))
    office.days(1)
    with pytest.raises(casework.UnableToProceed, match="没有登记有效的代办人"):
        casework.withdraw(actor=clerk, at=office.at, case_id=case_id, reason="不办了", proxied=True)
    family = members_of(office)
    with acting_as(viewer=clerk, at=office.at):
        applicant = queries.case_file(viewer=clerk, at=office.at, case_id=case_id).applicant_id  # type: ignore[union-attr]
    with pytest.raises(casework.UnableToProceed, match="另一位成员"):
        named(office, case_id, person_id=applicant)
    other = next(person for person in family if person != applicant)
    named(office, case_id, person_id=other, basis="guardian", scope=["withdraw"])
    with acting_as(viewer=clerk, at=office.at):
        assert [row.ended_at is None for row in Proxy.objects.filter(case_id=case_id).order_by("id")] == [False, True]
    casework.withdraw(actor=clerk, at=office.at, case_id=case_id, reason="不办了", proxied=True)
    casework_end = {"actor": clerk, "at": office.at, "case_id": case_id, "reason": "本人要求"}
    casework.end_proxy(**casework_end)
    with pytest.raises(casework.UnableToProceed, match="没有在代办的人"):
        casework.end_proxy(**casework_end)


def ready_for_opinion(office: Office, **proxy: Any) -> int:
    """This function will lead a case with a proxy to where somebody gives an opinion."""
    case_id = opened(office)
    named(office, case_id, **proxy)
    authorised(office, case_id)
    submitted(office, case_id)
    casework.accept(actor=office("street_intake"), at=office.at, case_id=case_id)
    casework.start_investigation(actor=office("street_intake"), at=office.at, case_id=case_id)
    investigated(office, case_id)
    checked(office, case_id)
    return case_id


@pytest.mark.parametrize("by", ["account", "name"])
def test_a_worker_who_acts_for_the_family_takes_no_step_of_the_office(office: Office, by: str) -> None:
    reviewer = office("street_review")
    who = (
        {"username": reviewer.username, "basis": "community"}
        if by == "account"
        else {"name": reviewer.name.partition("（")[0], "id_number": NUMBER}
    )
    case_id = ready_for_opinion(office, **who)
    given = {"actor": reviewer, "at": office.at, "case_id": case_id, "favourable": True, "words_said": "符合"}
    with pytest.raises(casework.UnableToProceed, match="代办人，不能办这一步"):
        casework.give_opinion(**given)
    casework.end_proxy(actor=office("street_intake"), at=office.at, case_id=case_id, reason="改由本人办")
    with pytest.raises(casework.UnableToProceed, match="做过"):
        casework.give_opinion(**given)


def test_without_the_rule_a_proxy_would_decide_and_the_database_refuses(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: rules gone, the trigger is left; with nobody as a proxy the same decision goes through."""
    confirmer = office("district_business")
    case_id = ready_for_opinion(office, username=confirmer.username, basis="community")
    opined(office, case_id)
    casework.publish_notice(actor=office("street_review"), at=office.at, case_id=case_id, place="公告栏")
    office.days(8)
    casework.end_notice(actor=office("street_review"), at=office.at, case_id=case_id)
    approval = {"actor": confirmer, "at": office.at, "case_id": case_id, "reason": "符合条件"}
    with pytest.raises(casework.UnableToProceed, match="代办人"):
        casework.approve(**approval)
    plain = {
        act: tuple(r for r in rules if r is not requirements._no_proxy)
        for act, rules in requirements.REQUIREMENTS.items()
    }
    monkeypatch.setattr(requirements, "REQUIREMENTS", plain)
    with pytest.raises(DatabaseError, match="decided by the proxy"), transaction.atomic():
        casework.approve(**approval)
    with acting_as(viewer=confirmer, at=office.at):
        assert not Decision.objects.filter(case_id=case_id).exists()
        Proxy.objects.filter(case_id=case_id).update(account_id=office("grid_worker").account_id)
    casework.approve(**approval)


def test_every_judging_step_asks_for_it() -> None:
    assert all(requirements._no_proxy in requirements.REQUIREMENTS[act] for act in requirements.JUDGING)
    assert requirements._no_proxy not in requirements.REQUIREMENTS[Act.SUBMIT]


def test_the_page_names_a_proxy_and_offers_what_they_may_do(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: office.at)
    client = Client()
    client.force_login(Account.objects.get(username="jingban"), "django.contrib.auth.backends.ModelBackend")
    case_id = opened(office)
    sent = {
        "person_id": "", "name": "林小山", "id_number": NUMBER, "username": "", "basis": "entrusted",
        "relation": "侄子", "paper": "委托书", "scope": ["apply"], "valid_to": "2027-03-01",
    }  # fmt: skip
    wrong = client.post(f"/cases/{case_id}/acts/name_proxy/", sent | {"id_number": "1"})
    assert wrong.status_code == 422
    assert client.post(f"/cases/{case_id}/acts/name_proxy/", sent).status_code == 302
    page = client.get(f"/cases/{case_id}/").content.decode()
    assert "林小山</strong>（侄子）" in page
    assert NUMBER not in page
    assert "由代办人林小山（侄子）办理" in client.get(f"/cases/{case_id}/answers/").content.decode()
