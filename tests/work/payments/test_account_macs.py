"""E12, the part that seals alone do not see: whose account it is, who it is named after, whether it was approved."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from django.db import transaction

from builders import DISTRICT
from connecting import without_triggers
from minsheng.foundation.evidence.rows import check_rows
from minsheng.foundation.sealing.macs import RowMac
from minsheng.work.payments import operations as payments
from minsheng.work.payments.models import Finding, Line, PayeeAccount
from minsheng.work.payments.types import Payee
from work.payments.payments_office import NOVEMBER, Office, granted, open_office, seen_by

pytestmark = pytest.mark.django_db(transaction=True)
THIEF = Payee("另一人", "演示银行", "622848009999999901")
# Each is what an administrator of the database could write, and none of it touches a sealed value.
CHANGES = {
    "approve it past the second person": (
        "UPDATE payments_account SET ended_at = now() WHERE id = %(own)s",
        "UPDATE payments_account SET approved_at = now(), approved_by = 1 WHERE id = %(proposed)s",
    ),
    "write another holder": ("UPDATE payments_account SET holder_name = '另一人' WHERE id = %(own)s",),
    "take the MAC away": ("UPDATE payments_account SET mac = NULL WHERE id = %(own)s",),
    "bring another row's MAC": (
        "UPDATE payments_account SET mac = (SELECT mac FROM payments_account WHERE id = %(proposed)s)"
        " WHERE id = %(own)s",
    ),
}


@pytest.fixture
def office(at: datetime) -> Office:
    return open_office(at=at)


def two_accounts(office: Office, at: datetime) -> dict[str, int]:
    """The account of a decision, in use, and another that waits for its approval."""
    grant = granted(office, at, "钟阿水")
    proposed = payments.propose_account(actor=office.intake, at=at, grant_id=grant, payee=THIEF, basis="本人来改")
    with seen_by(office.business, at):
        own = PayeeAccount.objects.get(grant_id=grant, approved_at__isnull=False).pk
    return {"grant": grant, "own": own, "proposed": proposed}


@contextmanager
def tampered(ids: dict[str, int], change: str) -> Iterator[None]:
    """As the owner of the tables with the triggers off, and back as it was afterwards."""
    with without_triggers("payments_account") as owner:
        owner.execute("CREATE TEMP TABLE kept AS TABLE payments_account")
        for statement in CHANGES[change]:
            assert owner.execute(statement, ids).rowcount == 1
        yield
        owner.execute("DELETE FROM payments_account")
        owner.execute("INSERT INTO payments_account SELECT * FROM kept")
        owner.execute("DROP TABLE kept")


def test_no_money_goes_to_an_account_that_was_changed_in_the_database(
    office: Office, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = two_accounts(office, at)

    def compiled() -> tuple[str, int, set[str]]:
        """State and account of the one line of a run, and what was found; the run is taken back."""
        with transaction.atomic():
            run = payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=NOVEMBER)
            with seen_by(office.business, at):
                line = Line.objects.get(run_id=run)
                found = set(Finding.objects.filter(run_id=run).values_list("check_code", flat=True))
            transaction.set_rollback(True)
        return line.state, line.account_row_id, found

    assert compiled()[:2] == ("planned", ids["own"]), "the control: untouched it is paid"
    assert check_rows(viewer=office.system, at=at).broken == ()
    for change in CHANGES:
        with tampered(ids, change):
            state, _, found = compiled()
            report = check_rows(viewer=office.system, at=at)
        assert (state, "broken_seal" in found) == ("held", True), change
        assert {one.table for one in report.broken} == {"payments_account"}
        assert "收款账户" in report.in_words
    # The control: without the MAC the money would go to whoever wrote into the database.
    with tampered(ids, "approve it past the second person"), monkeypatch.context() as patch:
        patch.setattr(RowMac, "holds", lambda *_, **__: True)
        assert compiled()[:2] == ("planned", ids["proposed"])


def test_a_run_that_was_compiled_before_the_change_is_not_released(office: Office, at: datetime) -> None:
    """The file is made from the rows as they are then: they are compared again."""
    payments.book_budget(
        actor=office.accountant, at=at, area_id=DISTRICT, scheme="minimum_living_allowance", fen=10**9, reference="1"
    )
    ids = two_accounts(office, at)
    run = payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=NOVEMBER)
    payments.lock_run(actor=office.business, at=at, run_id=run)
    payments.sign_run(actor=office.review, at=at, run_id=run)
    with tampered(ids, "write another holder"), pytest.raises(payments.UnableToRelease):
        payments.release_run(actor=office.cashier, at=at, run_id=run)
    with without_triggers("payments_account") as owner:
        owner.execute("UPDATE payments_account SET holder_name = '又一人' WHERE id = %(proposed)s", ids)
    with pytest.raises(payments.UnableToSetAccount, match="收款账户"):
        payments.approve_account(actor=office.street_review, at=at, account_id=ids["proposed"])
