"""Experiment E21: four eyes are two human beings, whatever accounts, roles and doors they use.

Each pair of duties of payments is tried by one person: with a second account, with a role that was changed in between,
after their own edit, by the page, by the operation, and by the tables themselves. All are refused; the same pair by
two people, the control, goes through.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from builders import DISTRICT, STREET_CAIHE, security_officer, staff
from minsheng.foundation.access import operations as access
from minsheng.foundation.access.queries import get_viewer
from minsheng.foundation.accounts.models import Account
from minsheng.foundation.accounts.types import Viewer
from minsheng.records.registry import operations as registry
from minsheng.work.payments import operations as payments
from minsheng.work.payments.models import FloatReconciliation, Run
from minsheng.work.payments.types import FloatUse, NewDraw, Payee
from work.payments.payments_office import NOVEMBER, Office, decision, granted, home, open_office, seen_by
from work.payments.test_payees import joined
from work.payments.test_recalculation import deliver, opened, paid

pytestmark = [pytest.mark.experiment, pytest.mark.django_db]
SCHEME = "minimum_living_allowance"
HOLDER = "W-0001"
REFUSED = (ValueError, PermissionError, DatabaseError)


@pytest.fixture
def office(at: datetime, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setattr(timezone, "now", lambda: at)
    made = open_office(at=at)
    for number, scheme in enumerate((SCHEME, "emergency_assistance")):
        payments.book_budget(
            actor=made.accountant, at=at, area_id=DISTRICT, scheme=scheme, fen=100_000_000, reference=f"2026-{number}"
        )
    return made


@dataclass(frozen=True)
class Pair:
    """Two duties on one thing: who does the first, who the second, and how it is tried past the operations."""

    first: str
    second: str
    begin: Callable[[Office, datetime], int]
    finish: Callable[[Viewer, datetime, int], object]
    page: Callable[[int], tuple[str, dict[str, object]]]
    by_hand: str


def _compiled(office: Office, at: datetime) -> int:
    granted(office, at, "钟阿水")
    run = payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=NOVEMBER)
    payments.lock_run(actor=office.business, at=at, run_id=run)
    return run


def _signed(office: Office, at: datetime) -> int:
    run = _compiled(office, at)
    payments.sign_run(actor=office.review, at=at, run_id=run)
    return run


def _released(office: Office, at: datetime) -> int:
    from minsheng.work.payments.bank import Answer
    from minsheng.work.payments.models import Line
    from minsheng.work.payments.types import Outcome

    run = _signed(office, at)
    payments.release_run(actor=office.cashier, at=at, run_id=run)
    payments.hand_over(actor=office.cashier, at=at, run_id=run)
    with seen_by(office.business, at):
        lines = [Answer(line, Outcome.PAID, "") for line in Line.objects.values_list("id", flat=True)]
    payments.receive_answers(actor=office.cashier, at=at, run_id=run, answers=lines)
    return run


def _account(office: Office, at: datetime) -> int:
    grant = granted(office, at, "钟阿水")
    payee = Payee("钟阿水", "演示银行", "622848000000000099")
    return payments.propose_account(actor=office.intake, at=at, grant_id=grant, payee=payee, basis="存折")


def _payee(office: Office, at: datetime) -> int:
    lives = home(office, at, "钟阿水")
    other = joined(office, at, lives, "钟阿土")
    grant = opened(office, at, lives)
    payee = Payee("钟阿土", "演示银行", "622848000000000099")
    return payments.propose_account(
        actor=office.intake, at=at, grant_id=grant, payee=payee, basis="委托书", payee_person_id=other
    )


def _difference(office: Office, at: datetime) -> int:
    lives = home(office, at, "钟阿水")
    grant = opened(office, at, lives)
    paid(office, at, NOVEMBER)
    return payments.claim_back(actor=office.business, at=at, grant_id=grant, month=NOVEMBER, due_fen=0)


def _draw(office: Office, at: datetime) -> int:
    kept = payments.open_float(actor=office.accountant, at=at, area_id=STREET_CAIHE, name="采荷街道")
    payments.replenish_float(actor=office.accountant, at=at, float_id=kept, fen=1_000_000, reference="F-1")
    lives = home(office, at, "钟阿水")
    asked = NewDraw(decision("U-1"), FloatUse.URGENT, "emergency_assistance", lives.household_id, None, 80_000)
    number = payments.ask_float(actor=office.confirm, at=at, draw=asked)
    assert number is not None
    return number


def _count(office: Office, at: datetime) -> int:
    kept = payments.open_float(actor=office.accountant, at=at, area_id=STREET_CAIHE, name="采荷街道")
    return payments.count_float(actor=office.street_review, at=at, float_id=kept, counted_fen=0, note="")


def _grant_of(account: int) -> int:
    from minsheng.work.payments.models import PayeeAccount

    return int(PayeeAccount.objects.values_list("grant_id", flat=True).get(pk=account))


def _duty(act: str) -> str:
    return (
        "INSERT INTO payments_duty (run_id, round, act, account_id, account_name, holder, at, total_fen, lines)"
        f" SELECT id, round, '{act}', %(account)s, '', '', now(), coalesce(total_locked_fen, 0), 1 FROM payments_run"
        " WHERE id = %(id)s"
    )


PAIRS: dict[str, Pair] = {
    "compile and sign": Pair(
        "business",
        "leader",
        _compiled,
        lambda who, at, run: payments.sign_run(actor=who, at=at, run_id=run),
        lambda run: (f"/payments/{run}/sign/", {}),
        _duty("sign"),
    ),
    "sign and release": Pair(
        "review",
        "cashier",
        _signed,
        lambda who, at, run: payments.release_run(actor=who, at=at, run_id=run),
        lambda run: (f"/payments/{run}/release/", {}),
        _duty("release"),
    ),
    "release and reconcile": Pair(
        "cashier",
        "accountant",
        _released,
        lambda who, at, run: payments.settle_run(actor=who, at=at, run_id=run),
        lambda run: (f"/payments/{run}/settle/", {}),
        _duty("settle"),
    ),
    "enter and approve an account": Pair(
        "intake",
        "street_review",
        _account,
        lambda who, at, number: payments.approve_account(actor=who, at=at, account_id=number),
        lambda number: (f"/payments/grants/{_grant_of(number)}/approve/", {}),
        "UPDATE payments_account SET approved_at = now(), approved_by = %(account)s WHERE id = %(id)s",
    ),
    "enter and approve a payee": Pair(
        "intake",
        "street_review",
        _payee,
        lambda who, at, number: payments.approve_account(actor=who, at=at, account_id=number),
        lambda number: (f"/payments/grants/{_grant_of(number)}/approve/", {}),
        "UPDATE payments_account SET approved_at = now(), approved_by = %(account)s WHERE id = %(id)s",
    ),
    "find and confirm a difference": Pair(
        "business",
        "review",
        _difference,
        lambda who, at, number: payments.confirm_difference(
            actor=who, at=at, recalculation_id=number, decision_ref="C-1", reason="查实"
        ),
        lambda number: (
            f"/payments/differences/{number}/confirm/",
            {"decision": "C-1", "reason": "查实", "months": 12},
        ),
        "UPDATE payments_recalculation SET decided_at = now(), decided_by = %(account)s WHERE id = %(id)s",
    ),
    "ask and pay out of a float": Pair(
        "confirm",
        "intake",
        _draw,
        lambda who, at, number: payments.pay_draw(actor=who, at=at, draw_id=number, receipt="R-1"),
        lambda number: (f"/payments/floats/1/draws/{number}/pay/", {"receipt": "R-1"}),
        "UPDATE payments_float_draw SET paid_at = now(), paid_by = %(account)s WHERE id = %(id)s",
    ),
    "count and confirm a float": Pair(
        "street_review",
        "confirm",
        _count,
        lambda who, at, number: payments.confirm_count(actor=who, at=at, count_id=number),
        lambda number: (f"/payments/floats/{_float_of(number)}/confirm/", {}),
        "UPDATE payments_float_reconciliation SET confirmed_at = now(), confirmed_by = %(account)s WHERE id = %(id)s",
    ),
}


def _float_of(count: int) -> int:
    return int(FloatReconciliation.objects.values_list("float_id", flat=True).get(pk=count))


def state(viewer: Viewer, at: datetime) -> list[Any]:
    """What a second duty would change."""
    with seen_by(viewer, at), connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT array_agg((id, state)::text ORDER BY id) FROM payments_run),"
            " (SELECT array_agg((id, approved_by)::text ORDER BY id) FROM payments_account),"
            " (SELECT array_agg((id, state)::text ORDER BY id) FROM payments_recalculation),"
            " (SELECT array_agg((id, paid_by)::text ORDER BY id) FROM payments_float_draw),"
            " (SELECT array_agg((id, confirmed_by)::text ORDER BY id) FROM payments_float_reconciliation),"
            " (SELECT count(*) FROM payments_posting)"
        )
        return list(cursor.fetchone())


@pytest.mark.parametrize("name", list(PAIRS))
def test_one_person_does_not_do_both(office: Office, at: datetime, name: str) -> None:
    pair = PAIRS[name]
    first, second = getattr(office, pair.first), getattr(office, pair.second)
    both = Account.objects.filter(pk__in=[first.account_id, second.account_id])
    if pair.first != "business" or pair.second != "review":  # who pays a month needs two people on the way
        both.update(holder=HOLDER)
    number = pair.begin(office, at)
    both.update(holder=HOLDER)  # two accounts, one human being
    before = state(office.business, at)
    with pytest.raises(REFUSED):
        pair.finish(second, at, number)
    client = Client()
    client.force_login(Account.objects.get(pk=second.account_id), "django.contrib.auth.backends.ModelBackend")
    with seen_by(office.business, at):
        path, fields = pair.page(number)
    assert client.post(path, fields).status_code in (302, 403, 404)
    with seen_by(second, at), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(pair.by_hand, {"account": second.account_id, "id": number})
    assert state(office.business, at) == before, "nothing has moved by operation, page or table"
    Account.objects.filter(pk=second.account_id).update(holder="")
    pair.finish(second, at, number)  # the control: two people
    assert state(office.business, at) != before


@pytest.mark.parametrize(
    ("first", "role", "act"), [("review", "district_cashier", "release"), ("cashier", "district_accountant", "settle")]
)
def test_a_role_that_is_changed_between_two_steps_makes_no_second_person(
    office: Office, at: datetime, first: str, role: str, act: str
) -> None:
    run = _signed(office, at) if act == "release" else _released(office, at)
    who = getattr(office, first)
    officers = [security_officer(at=at, username=f"swap-{n}") for n in "ab"]
    grant = access.propose_grant(
        actor=officers[0],
        at=at,
        account_id=who.account_id,
        role=role,
        area_id=DISTRICT,
        valid_from=at.date(),
        reason="临时顶岗",
    )
    try:
        access.approve_grant(actor=officers[1], at=at, grant_id=grant)
    except access.UnableToGrantRole:
        return  # duties that exclude each other are refused when they are given: better still
    swapped = get_viewer(account_id=who.account_id, name=who.name, username=who.username, at=at)
    assert swapped.can(f"payments.{act}"), "the control: the role itself has the right"
    with pytest.raises(payments.UnableToMoveRun, match=r"做过|职责"):
        if act == "release":
            payments.release_run(actor=swapped, at=at, run_id=run)
        else:
            payments.settle_run(actor=swapped, at=at, run_id=run)
    with seen_by(office.business, at):
        assert Run.objects.get(pk=run).state == ("signed" if act == "release" else "released")


def test_nobody_gives_themselves_a_role(office: Office, at: datetime) -> None:
    officer = security_officer(at=at, username="self-a")
    given = {"role": "district_cashier", "area_id": DISTRICT, "valid_from": at.date(), "reason": "自己"}
    with pytest.raises(access.UnableToGrantRole):
        access.propose_grant(actor=officer, at=at, account_id=officer.account_id, **given)  # type: ignore[arg-type]
    grant = access.propose_grant(actor=officer, at=at, account_id=office.review.account_id, **given)  # type: ignore[arg-type]
    with pytest.raises(access.UnableToGrantRole):
        access.approve_grant(actor=officer, at=at, grant_id=grant)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE access_grant SET approved_by_id = granted_by_id WHERE id = %s", [grant])


def test_who_edits_an_account_after_it_was_locked_in_does_not_approve_by_editing_again(
    office: Office, at: datetime
) -> None:
    """After one's own edit: a second entry by the approver is theirs, so that they cannot approve it either."""
    number = _account(office, at)
    with seen_by(office.business, at):
        grant = _grant_of(number)
    payee = Payee("钟阿水", "演示银行", "622848000000000077")
    own = payments.propose_account(actor=office.business, at=at, grant_id=grant, payee=payee, basis="电话")
    editor = staff(at=at, role="district_review", area_id=DISTRICT, username="editor", holder="W-9")
    Account.objects.filter(pk=office.business.account_id).update(holder="W-9")
    with pytest.raises(payments.UnableToSetAccount, match="自己录"):
        payments.approve_account(actor=editor, at=at, account_id=own)
    payments.approve_account(actor=editor, at=at, account_id=number)  # somebody else's entry they may


def test_the_dead_are_not_approved_by_anybody(office: Office, at: datetime) -> None:
    number = _payee(office, at)
    with seen_by(office.business, at):
        from minsheng.work.payments.models import PayeeAccount

        person = PayeeAccount.objects.get(pk=number).payee_person_id
    assert person is not None
    at += timedelta(days=1)
    registry.register_death(actor=office.business, at=at, person_id=person, death_date=date(2026, 11, 2))
    deliver(office, at)
    with pytest.raises(payments.UnableToChangePayee):
        payments.approve_account(actor=office.street_review, at=at, account_id=number)
