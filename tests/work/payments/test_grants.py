"""No grant without a decision; amounts have dates; another's area is no area."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from builders import COMMUNITY_QINGBOMEN
from minsheng.foundation.access.types import UnableToAct
from minsheng.foundation.audit.models import Entry as AuditEntry
from minsheng.foundation.events.models import OutboxEvent
from minsheng.work.payments import operations as payments
from minsheng.work.payments.models import Amount, Grant, PayeeAccount
from minsheng.work.payments.types import DecisionRef, Payee
from work.payments.payments_office import (
    DECEMBER,
    NOVEMBER,
    Office,
    decision,
    granted,
    home,
    new_grant,
    open_office,
    seen_by,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(at: datetime) -> Office:
    return open_office(at=at)


def test_a_decision_becomes_a_grant_once(office: Office, at: datetime) -> None:
    lives = home(office, at, "钟阿水")
    grant = payments.open_grant(actor=office.business, at=at, grant=new_grant(lives, "D-1", fen=180_600))
    with seen_by(office.business, at):
        row = Grant.objects.get(id=grant)
        amount = Amount.objects.get(grant=row)
        account = PayeeAccount.objects.get(grant=row)
        assert (row.area_id, amount.amount_fen, amount.valid_from, amount.valid_to) == (
            lives.area_id,
            180_600,
            NOVEMBER,
            None,
        )
        assert b"6228480" not in bytes(account.number_sealed), "the number is sealed"
        assert OutboxEvent.objects.filter(name="payments.GrantOpened", payload__grant_id=grant).count() == 1
        assert AuditEntry.objects.filter(action="payments.grant_opened", object_id=str(grant)).count() == 1
    with pytest.raises(payments.UnableToOpenGrant, match="已经用过"):
        payments.open_grant(actor=office.business, at=at, grant=new_grant(home(office, at, "钟阿土"), "D-1"))
    with pytest.raises(payments.UnableToOpenGrant, match="已经在发"):
        payments.open_grant(actor=office.business, at=at, grant=new_grant(lives, "D-2"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"decision": DecisionRef("", "0" * 64)},
        {"decision": DecisionRef("D-9", "no digest")},
        {"amount_fen": 0},
        {"amount_fen": -1},
        {"amount_fen": 10.5},
        {"first_month": date(2026, 11, 3)},
        {"end_month": NOVEMBER},
        {"household_id": 999_999},
        {"payee_person_id": 999_999},
    ],
)
def test_what_no_grant_can_be(office: Office, at: datetime, wrong: dict[str, object]) -> None:
    given = replace(new_grant(home(office, at, "钟阿水"), "D-1"), **wrong)  # type: ignore[arg-type]
    with pytest.raises(payments.UnableToOpenGrant):
        payments.open_grant(actor=office.business, at=at, grant=given)


def test_only_who_may_grant_and_only_in_the_own_area(office: Office, at: datetime) -> None:
    far = home(office, at, "钟阿水", area_id=COMMUNITY_QINGBOMEN)
    with pytest.raises(UnableToAct):
        payments.open_grant(actor=office.intake, at=at, grant=new_grant(far, "D-1"))
    with pytest.raises(payments.UnableToOpenGrant, match="辖区"):
        payments.open_grant(actor=office.confirm, at=at, grant=new_grant(far, "D-1"))
    payments.open_grant(actor=office.business, at=at, grant=new_grant(far, "D-1"))
    with seen_by(office.confirm, at):
        assert not Grant.objects.exists()
        assert not Amount.objects.exists()
        assert not PayeeAccount.objects.exists()


def test_a_change_cuts_the_months_and_the_end_closes_them(office: Office, at: datetime) -> None:
    grant = granted(office, at, "钟阿水", fen=100_000)
    payments.change_grant(
        actor=office.business, at=at, grant_id=grant, decision=decision("D-up"), amount_fen=120_000, from_month=DECEMBER
    )
    february = date(2027, 2, 1)
    payments.end_grant(
        actor=office.business, at=at, grant_id=grant, decision=decision("D-end"), from_month=february, reason="income"
    )
    with seen_by(office.business, at):
        spans = list(
            Amount.objects.filter(grant_id=grant)
            .order_by("valid_from")
            .values_list("valid_from", "valid_to", "amount_fen")
        )
        assert spans == [(NOVEMBER, DECEMBER, 100_000), (DECEMBER, february, 120_000)]
        assert Grant.objects.get(id=grant).end_month == february
    with pytest.raises(payments.UnableToChangeGrant, match="起止之间"):
        payments.change_grant(
            actor=office.business, at=at, grant_id=grant, decision=decision("D-late"), amount_fen=1, from_month=february
        )


def test_the_database_refuses_two_amounts_for_one_month(office: Office, at: datetime) -> None:
    grant = granted(office, at, "钟阿水")
    with (
        seen_by(office.business, at),
        pytest.raises(IntegrityError, match="payments_amount_no_overlap"),
        transaction.atomic(),
    ):
        row = Amount.objects.get(grant_id=grant)
        row.pk, row.decision_ref, row.valid_from = None, "D-other", DECEMBER
        row.save(force_insert=True)


def test_who_enters_an_account_does_not_approve_it(office: Office, at: datetime) -> None:
    grant = granted(office, at, "钟阿水", account=None)
    payee = Payee("钟阿水", "演示银行", "6228480000000000123")
    entered = payments.propose_account(actor=office.intake, at=at, grant_id=grant, payee=payee, basis="本人持卡办理")
    with pytest.raises(UnableToAct):
        payments.approve_account(actor=office.intake, at=at, account_id=entered)
    with seen_by(office.intake, at), pytest.raises(IntegrityError, match="two people"), transaction.atomic():
        PayeeAccount.objects.filter(id=entered).update(approved_at=at, approved_by=office.intake.account_id)
    payments.approve_account(actor=office.street_review, at=at, account_id=entered)
    with seen_by(office.business, at):
        assert PayeeAccount.objects.get(id=entered).approved_by == office.street_review.account_id
    with pytest.raises(payments.UnableToSetAccount, match="已经审核"):
        payments.approve_account(actor=office.street_review, at=at, account_id=entered)


@pytest.mark.parametrize("number", ["", "12345", "62284800000000001X", "6" * 31])
def test_a_wrong_account_number_is_refused(office: Office, at: datetime, number: str) -> None:
    grant = granted(office, at, "钟阿水", account=None)
    with pytest.raises(payments.UnableToSetAccount):
        payments.propose_account(
            actor=office.intake, at=at, grant_id=grant, payee=Payee("钟阿水", "演示银行", number), basis="存折"
        )


def test_a_hold_needs_a_reason(office: Office, at: datetime) -> None:
    grant = granted(office, at, "钟阿水")
    with pytest.raises(payments.UnableToChangeGrant, match="原因"):
        payments.hold_grant(actor=office.business, at=at, grant_id=grant, reason=" ")
    payments.hold_grant(actor=office.business, at=at, grant_id=grant, reason="核实中")
    with seen_by(office.business, at):
        assert Grant.objects.get(id=grant).held_reason == "核实中"
    payments.resume_grant(actor=office.business, at=at, grant_id=grant)
    with seen_by(office.business, at):
        assert Grant.objects.get(id=grant).held_reason == ""
        assert not connection.needs_rollback
