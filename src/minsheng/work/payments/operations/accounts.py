"""Where the money goes. Whoever enters an account does not approve it; the first one comes with the decision."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.queries import holder_of
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.foundation.sealing.bulk import blind_index_many, seal_many
from minsheng.foundation.sealing.macs import UnableToTrustRow
from minsheng.foundation.sealing.operations import blind_index, current_keyring, seal
from minsheng.work.payments.models import Grant, PayeeAccount
from minsheng.work.payments.operations.payees import fit_payee, take_over
from minsheng.work.payments.sealed_columns import ACCOUNT_NUMBER, ACCOUNT_ROW
from minsheng.work.payments.types import Payee, PayeeRole


class UnableToSetAccount(ValueError):
    """The account cannot be entered or approved: says why and what to do."""


def propose_account(
    *,
    actor: Viewer,
    at: datetime,
    grant_id: int,
    payee: Payee,
    basis: str,
    payee_person_id: int | None = None,
    payee_role: PayeeRole = PayeeRole.MEMBER,
) -> int:
    """This function will enter another account for a grant; it is used only once somebody else has approved it.

    With `payee_person_id` another person takes the money from then on: see `payees.fit_payee` for who may.
    """
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="payments.edit_account")
        grant = Grant.objects.select_for_update(no_key=True).filter(pk=grant_id).first()
        if grant is None:
            raise UnableToSetAccount("没有这项发放，或不在您的辖区内。请核对编号。")
        _check(payee)
        if not basis.strip():
            raise UnableToSetAccount("请写明依据，例如“本人持存折到窗口办理”。")
        if payee_person_id is not None:
            fit_payee(grant, actor=actor, at=at, person_id=payee_person_id, role=payee_role, holder=payee.holder_name)
        number = _next_id()
        row = PayeeAccount(
            id=number,
            area_id=grant.area_id,
            grant=grant,
            holder_name=payee.holder_name.strip(),
            bank=payee.bank.strip(),
            number_sealed=seal(context=ACCOUNT_NUMBER, row_id=number, value=payee.account_number),
            number_index=blind_index(context=ACCOUNT_NUMBER, value=payee.account_number),
            basis=basis.strip()[:100],
            payee_person_id=payee_person_id,
            payee_role=payee_role.value if payee_person_id is not None else "",
            entered_at=at,
            entered_by=actor.account_id,
        )
        row.mac = ACCOUNT_ROW.of(row)
        row.save(force_insert=True)
        audit.record(
            actor=actor,
            at=at,
            action="payments.account_proposed" if payee_person_id is None else "payments.payee_proposed",
            object_type="payments.grant",
            object_id=str(grant_id),
            area_id=grant.area_id,
        )
    return number


def approve_account(*, actor: Viewer, at: datetime, account_id: int) -> None:
    """This function will put an entered account to use and end the one before; the person who entered it may not."""
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="payments.approve_account")
        row = PayeeAccount.objects.select_for_update(no_key=True).filter(pk=account_id).first()
        if row is None:
            raise UnableToSetAccount("没有这个待审核的账户，或不在您的辖区内。")
        if row.approved_at is not None:
            raise UnableToSetAccount("这个账户已经审核过了。")
        if holder_of(account_id=row.entered_by) == holder_of(account_id=actor.account_id):
            raise UnableToSetAccount("录入人不能审核自己录的账户。请由另一名工作人员审核。")
        _trust(row)
        for before in PayeeAccount.objects.filter(
            grant_id=row.grant_id, approved_at__isnull=False, ended_at__isnull=True
        ):
            _trust(before)
            before.ended_at = at
            before.mac = ACCOUNT_ROW.of(before)
            before.save(update_fields=["ended_at", "mac"])
        row.approved_at, row.approved_by = at, actor.account_id
        row.mac = ACCOUNT_ROW.of(row)
        row.save(update_fields=["approved_at", "approved_by", "mac"])
        if row.payee_person_id is not None:
            take_over(row, actor=actor, at=at)
        audit.record(
            actor=actor,
            at=at,
            action="payments.account_approved",
            object_type="payments.grant",
            object_id=str(row.grant_id),
            area_id=row.area_id,
        )


def store_decided_accounts(*, actor: Viewer, at: datetime, rows: Sequence[tuple[int, int, Payee, str]]) -> None:
    """This function will store the accounts that decisions name: (grant, area, payee, decision reference).

    They need no second approval: the decision was made by others than who investigated, and is their basis.
    """
    if not rows:
        return
    for _, _, payee, _ in rows:
        _check(payee)
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('payments_account_id_seq'::regclass) FROM generate_series(1, %s)", [len(rows)])
        ids = [int(row[0]) for row in cursor.fetchall()]
    keyring = current_keyring()
    numbers: list[str | None] = [payee.account_number for _, _, payee, _ in rows]
    sealed = seal_many(keyring=keyring, context=ACCOUNT_NUMBER, row_ids=ids, values=numbers)
    indexes = blind_index_many(keyring=keyring, context=ACCOUNT_NUMBER, values=numbers)
    accounts = [
        PayeeAccount(
            id=number,
            area_id=area_id,
            grant_id=grant_id,
            holder_name=payee.holder_name.strip(),
            bank=payee.bank.strip(),
            number_sealed=seal_of or b"",
            number_index=index or b"",
            basis=f"决定 {reference}",
            entered_at=at,
            entered_by=actor.account_id,
            approved_at=at,
        )
        for number, (grant_id, area_id, payee, reference), seal_of, index in zip(
            ids, rows, sealed, indexes, strict=True
        )
    ]
    for account in accounts:
        account.mac = ACCOUNT_ROW.of(account, keyring=keyring)
    PayeeAccount.objects.bulk_create(accounts, batch_size=2_000)


def _trust(row: PayeeAccount) -> None:
    try:
        ACCOUNT_ROW.trust(row)
    except UnableToTrustRow as broken:
        raise UnableToSetAccount(str(broken)) from broken


def _check(payee: Payee) -> None:
    digits = payee.account_number
    if not (digits.isascii() and digits.isdigit() and 12 <= len(digits) <= 30):
        raise UnableToSetAccount("账号要是 12 到 30 位数字。请对照存折或银行卡核对。")
    if not payee.holder_name.strip() or not payee.bank.strip():
        raise UnableToSetAccount("户名和开户银行都要填。")


def _next_id() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('payments_account_id_seq'::regclass)")
        return int(cursor.fetchone()[0])
