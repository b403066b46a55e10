"""From a half-filled form to the receipt, as a clerk sees it in the pages; and where the money is to go."""

import pytest
from django.test import Client
from django.utils import timezone

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.accounts.models import Account as SignIn
from minsheng.foundation.sealing.operations import open_sealed
from minsheng.work.casework import operations as casework
from minsheng.work.casework.models import Account, CaseAct
from minsheng.work.casework.operations import UnableToProceed
from minsheng.work.casework.sealed_columns import ACCOUNT_NUMBER
from minsheng.work.casework.types import Act
from minsheng.work.payments.models import PayeeAccount
from minsheng.work.payments.sealed_columns import ACCOUNT_NUMBER as PAYEE_NUMBER
from work.casework.conftest import Office, authorised, members_of, opened, to_confirmation

pytestmark = pytest.mark.xdist_group("district")
NUMBER = "6217001540001234567"


def signed_in(username: str = "jingban") -> Client:
    """This function will begin a new session, as somebody who comes back another time."""
    client = Client()
    client.force_login(SignIn.objects.get(username=username), "django.contrib.auth.backends.ModelBackend")
    return client


def test_a_draft_left_halfway_is_there_when_one_comes_back(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id = opened(office)
    person = members_of(office)[1]
    monkeypatch.setattr(timezone, "now", lambda: office.at)
    half = {f"{person}.wage_income": "12000", "application.reason": "失业三个月"}
    saved = signed_in().post(f"/cases/{case_id}/form/", half)
    assert saved.status_code == 302
    # A wrong cell is shown again with everything that was typed; what was saved before stays as it was.
    wrong = signed_in().post(
        f"/cases/{case_id}/form/", half | {"household.vehicles": "两辆", "application.reason": "改"}
    )
    assert wrong.status_code == 422
    assert "两辆" in wrong.content.decode()
    # The next day, another session, another colleague: the list says 草稿, the form holds the words.
    office.days(1)
    office.state_purpose()
    colleague = signed_in("shequ")
    assert "草稿" in colleague.get("/cases/").content.decode()
    page = colleague.get(f"/cases/{case_id}/").content.decode()
    assert "失业三个月" in page
    assert "12000.00" in page
    answers = colleague.get(f"/cases/{case_id}/answers/").content.decode()
    assert "失业三个月" in answers
    assert "12,000.00 元" in answers
    assert "还没有有效的核对授权" in answers, "what is missing is said before the button is pressed"


def test_the_receipt_says_number_limit_steps_and_whom_to_ask(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id = opened(office)
    authorised(office, case_id)
    monkeypatch.setattr(timezone, "now", lambda: office.at)
    client = signed_in()
    assert client.get(f"/cases/{case_id}/receipt/").status_code == 302, "there is no receipt of a draft"
    client.post(f"/cases/{case_id}/form/", {"application.reason": "失业"})
    refused = client.post(f"/cases/{case_id}/acts/submit/", {})
    assert refused.status_code == 422
    assert "请申请人确认属实再提交" in refused.content.decode()
    sent = client.post(f"/cases/{case_id}/acts/submit/", {"declared_true": "on"})
    assert sent["Location"] == f"/cases/{case_id}/receipt/"
    receipt = client.get(sent["Location"]).content.decode()
    for said in (f"2026{case_id:06d}", "受理后 30 个工作日内答复", "公示 7 天", "12345"):
        assert said in receipt
    casework.accept(actor=office("street_intake"), at=office.at, case_id=case_id)
    assert "最晚 2026年12月15日 前答复" in client.get(sent["Location"]).content.decode()


def entered(office: Office, case_id: int, role: str = "community_worker", **changes: str) -> None:
    """This function will enter the family's account."""
    given = {"holder_name": "林阿珍", "bank": "示例银行采荷支行", "account_number": "6217 0015 4000 1234 567"} | changes
    casework.enter_account(actor=office(role), at=office.at, case_id=case_id, **given)


def test_the_account_is_sealed_shown_by_its_tail_and_goes_with_the_grant(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = to_confirmation(office)
    entered(office, case_id)
    casework.approve(actor=office("district_business"), at=office.at, case_id=case_id, reason="符合")
    with acting_as(viewer=office("system"), at=office.at):
        row = Account.objects.get(case_id=case_id)
        assert NUMBER.encode() not in bytes(row.number_sealed)
        assert open_sealed(context=ACCOUNT_NUMBER, row_id=row.pk, sealed=row.number_sealed) == NUMBER
        told = CaseAct.objects.get(case_id=case_id, act=Act.ENTER_ACCOUNT)
        assert told.note == "示例银行采荷支行，尾号4567"
        payee = PayeeAccount.objects.get(holder_name="林阿珍", bank="示例银行采荷支行")
        assert open_sealed(context=PAYEE_NUMBER, row_id=payee.pk, sealed=payee.number_sealed) == NUMBER
        assert payee.approved_at is not None
    office.state_purpose()
    monkeypatch.setattr(timezone, "now", lambda: office.at)
    page = signed_in().get(f"/cases/{case_id}/").content.decode()
    assert "**** **** **** 4567" in page
    assert NUMBER not in page


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"account_number": "12345"}, "12 到 30 位数字"),
        ({"holder_name": "王代收"}, "要有书面协议"),
        ({"holder_name": " "}, "请写明户名"),
    ],
)
def test_an_account_that_cannot_be_right_is_refused(office: Office, changes: dict[str, str], why: str) -> None:
    case_id = opened(office)
    with pytest.raises(UnableToProceed, match=why):
        entered(office, case_id, **changes)
    with acting_as(viewer=office("system"), at=office.at):
        assert not Account.objects.filter(case_id=case_id).exists()


def test_a_stranger_holds_the_account_only_with_a_written_agreement(office: Office) -> None:
    case_id = opened(office)
    entered(office, case_id, holder_name="王代收", basis="代收协议 2026-11-03，侄女")
    entered(office, case_id)  # a later one takes its place
    with acting_as(viewer=office("system"), at=office.at):
        assert Account.objects.get(case_id=case_id).holder_name == "林阿珍"


def test_whoever_entered_the_account_does_not_approve(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    from minsheng.work.casework import acting

    case_id = to_confirmation(office)
    monkeypatch.setattr(acting, "capability_of", lambda act, *, delegated: "casework.view")
    entered(office, case_id, role="district_business")
    with pytest.raises(UnableToProceed, match="登记收款账户"):
        casework.approve(actor=office("district_business"), at=office.at, case_id=case_id, reason="符合")
