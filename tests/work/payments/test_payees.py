"""Somebody else takes the money: when the payee dies, moves out or is taken away, nothing goes to them any more."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from builders import DISTRICT
from minsheng.foundation.audit.models import Entry as AuditEntry
from minsheng.foundation.events.models import OutboxEvent
from minsheng.records.registry import operations as registry
from minsheng.records.registry.types import IdKind, MembershipKind, SubjectKind
from minsheng.work.payments import operations as payments
from minsheng.work.payments.models import Finding, FollowUp, Grant, Line, PayeeAccount
from minsheng.work.payments.queries.followups import open_follow_ups
from minsheng.work.payments.queries.proof import prove
from minsheng.work.payments.rules.payees import unfit
from minsheng.work.payments.types import FollowUpKind, Payee, PayeeRole
from work.payments.payments_office import (
    DECEMBER,
    LONG_AGO,
    NOVEMBER,
    Home,
    Office,
    home,
    new_grant,
    open_office,
    seen_by,
)
from work.payments.test_money_pages import posted, shown
from work.payments.test_recalculation import deliver, opened, paid

pytestmark = pytest.mark.django_db
SCHEME = "minimum_living_allowance"
CARD = "622848000000000088"


@pytest.fixture
def office(at: datetime) -> Office:
    made = open_office(at=at)
    payments.book_budget(
        actor=made.accountant, at=at, area_id=DISTRICT, scheme=SCHEME, fen=1_000_000_000, reference="2026-001"
    )
    return made


def joined(office: Office, at: datetime, lives: Home, name: str, relation: str = "spouse") -> int:
    particulars = registry.Particulars(name=name, id_kind=IdKind.NONE)
    person = registry.create_person(actor=office.business, at=at, area_id=lives.area_id, particulars=particulars)
    registry.add_member(
        actor=office.business,
        at=at,
        household_id=lives.household_id,
        person_id=person,
        kind=MembershipKind.RESIDENCE,
        valid_from=LONG_AGO,
        relation=relation,
    )
    return person


def proposed(office: Office, at: datetime, grant: int, person: int, holder: str = "钟阿土", **given: object) -> int:
    return payments.propose_account(
        actor=office.intake,
        at=at,
        grant_id=grant,
        payee=Payee(holder, "演示银行", CARD),
        basis="全家商定，委托书已收",
        payee_person_id=person,
        **given,  # type: ignore[arg-type]
    )


def waiting(office: Office, at: datetime) -> list[str]:
    with seen_by(office.business, at):
        return [row.reasons[0][0] for row in open_follow_ups(viewer=office.business, kind=FollowUpKind.PAYEE).rows]


def test_after_a_death_the_next_run_pays_the_new_payee_and_nothing_the_dead(office: Office, at: datetime) -> None:
    lives = home(office, at, "钟阿水")
    other = joined(office, at, lives, "钟阿土")
    grant = opened(office, at, lives)
    registry.register_death(actor=office.business, at=at, person_id=lives.person_id, death_date=date(2026, 10, 9))
    deliver(office, at)
    deliver(office, at)
    assert waiting(office, at) == ["领款人已于2026年10月9日去世，换领款人后恢复发放"]
    with pytest.raises(payments.UnableToCompileRun):  # held: nothing goes out in the dead person's name
        payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=NOVEMBER)
    with seen_by(office.business, at):
        work = FollowUp.objects.get()
    with pytest.raises(payments.UnableToClose, match="新的领款人"):
        payments.close_follow_up(actor=office.intake, at=at, follow_up_id=work.pk, result="不换")
    entered = proposed(office, at, grant, other)
    with pytest.raises(payments.UnableToCompileRun):  # entered by one is not yet a payee
        payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=NOVEMBER)
    payments.approve_account(actor=office.street_review, at=at, account_id=entered)
    assert waiting(office, at) == []
    with seen_by(office.business, at):
        row = Grant.objects.get(pk=grant)
        assert (row.payee_person_id, row.held_reason) == (other, "")
        account = PayeeAccount.objects.get(pk=entered)
        assert CARD.encode() not in bytes(account.number_sealed)
        assert PayeeAccount.objects.exclude(pk=entered).get().ended_at == at
        assert OutboxEvent.objects.filter(name="payments.PayeeChanged", payload__grant_id=grant).count() == 1
        told = AuditEntry.objects.filter(action="payments.payee_changed", object_id=str(grant))
        assert told.count() == 1
        assert told.get().detail["to"] == other
    run = payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=DECEMBER)
    with seen_by(office.business, at):
        lines = list(Line.objects.filter(run_id=run).order_by("month").values_list("month", "account_row_id"))
        assert lines == [(NOVEMBER, entered), (DECEMBER, entered)], "the month that was held is made up"
        for finding in open_reviews(run):
            payments.settle_finding(
                actor=office.business, at=at, finding_id=finding, passed=True, reason="电话核实，本人领款"
            )
    payments.lock_run(actor=office.business, at=at, run_id=run)
    payments.sign_run(actor=office.review, at=at, run_id=run)
    payments.release_run(actor=office.cashier, at=at, run_id=run)
    _, content = payments.file_content(actor=office.cashier, at=at, run_id=run, purpose="bank")
    assert content.count(CARD) == 2
    assert f"62284800{lives.household_id:08d}01" not in content
    with seen_by(office.business, at):
        assert prove(viewer=office.business, at=at).holds


def open_reviews(run: int) -> list[int]:
    return list(Finding.objects.filter(run_id=run, severity="review", passed__isnull=True).values_list("id", flat=True))


def test_a_guardian_who_dies_is_replaced_and_the_child_keeps_its_grant(office: Office, at: datetime) -> None:
    lives = home(office, at, "钟阿水")
    child = joined(office, at, lives, "钟小苗", "child")
    one = new_grant(lives, "D-1", scheme="child_basic_living_allowance")
    grant = payments.open_grant(actor=office.business, at=at, grant=replace(one, person_id=child))
    registry.register_death(actor=office.business, at=at, person_id=lives.person_id, death_date=date(2026, 10, 9))
    deliver(office, at)
    with seen_by(office.business, at):
        row = Grant.objects.get(pk=grant)
        assert row.end_month is None
        assert "换领款人" in row.held_reason
    aunt = home(office, at, "钟阿姨")
    with pytest.raises(payments.UnableToChangePayee, match="不是这一户的成员"):
        proposed(office, at, grant, aunt.person_id, "钟阿姨")
    entered = proposed(office, at, grant, aunt.person_id, "钟阿姨", payee_role=PayeeRole.GUARDIAN)
    payments.approve_account(actor=office.street_review, at=at, account_id=entered)
    with seen_by(office.business, at):
        assert Grant.objects.get(pk=grant).payee_person_id == aunt.person_id


def test_custody_of_the_payee_asks_for_another(office: Office, at: datetime) -> None:
    lives = home(office, at, "钟阿水")
    joined(office, at, lives, "钟阿土")
    opened(office, at, lives)
    registry.record_statement(
        actor=office.system,
        at=at,
        subject_kind=SubjectKind.PERSON,
        subject_id=lives.person_id,
        source="police",
        values={"in_custody": True},
        valid_from=date(2026, 10, 20),
    )
    deliver(office, at)
    assert waiting(office, at) == ["领款人服刑或被强制隔离戒毒，换领款人后恢复发放"]


def test_a_payee_who_moves_out_is_asked_for_and_may_come_back(office: Office, at: datetime) -> None:
    lives = home(office, at, "钟阿水")
    joined(office, at, lives, "钟阿土")
    grant = opened(office, at, lives)
    elsewhere = home(office, at, "钟阿木")
    registry.move_person(
        actor=office.business,
        at=at,
        person_id=lives.person_id,
        household_id=elsewhere.household_id,
        moved_date=at.date(),
        relation="other",
    )
    deliver(office, at)
    assert waiting(office, at) == ["领款人搬出这一户，换领款人后恢复发放"]
    with seen_by(office.business, at):
        work = FollowUp.objects.get(kind="payee")
    payments.close_follow_up(actor=office.intake, at=at, follow_up_id=work.pk, result="全家商定仍由他代领")
    with seen_by(office.business, at):
        assert Grant.objects.get(pk=grant).held_reason == ""


def test_who_lives_alone_and_moves_leaves_no_such_work(office: Office, at: datetime) -> None:
    lives = home(office, at, "钟阿水")
    opened(office, at, lives)
    elsewhere = home(office, at, "钟阿木")
    registry.move_person(
        actor=office.business,
        at=at,
        person_id=lives.person_id,
        household_id=elsewhere.household_id,
        moved_date=at.date(),
        relation="other",
    )
    deliver(office, at)
    assert waiting(office, at) == []


def test_a_hold_for_another_reason_stays(office: Office, at: datetime) -> None:
    lives = home(office, at, "钟阿水")
    other = joined(office, at, lives, "钟阿土")
    grant = opened(office, at, lives)
    payments.hold_grant(actor=office.business, at=at, grant_id=grant, reason="举报核查")
    registry.register_death(actor=office.business, at=at, person_id=lives.person_id, death_date=date(2026, 10, 9))
    deliver(office, at)
    payments.approve_account(actor=office.street_review, at=at, account_id=proposed(office, at, grant, other))
    with seen_by(office.business, at):
        row = Grant.objects.get(pk=grant)
        assert (row.payee_person_id, row.held_reason) == (other, "举报核查")


def test_two_people_and_nobody_round_them(office: Office, at: datetime) -> None:
    lives = home(office, at, "钟阿水")
    other = joined(office, at, lives, "钟阿土")
    grant = opened(office, at, lives)
    entered = proposed(office, at, grant, other)
    with seen_by(office.business, at):
        for statement, values in (
            ("UPDATE payments_grant SET payee_person_id = %s WHERE id = %s", [other, grant]),
            ("UPDATE payments_account SET payee_person_id = %s WHERE id = %s", [lives.person_id, entered]),
            (
                "UPDATE payments_account SET approved_at = now(), approved_by = entered_by WHERE id = %s AND true = %s",
                [entered, True],
            ),
        ):
            with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement, values)
    payments.approve_account(actor=office.street_review, at=at, account_id=entered)  # the control


def test_a_death_between_entry_and_approval(office: Office, at: datetime) -> None:
    lives = home(office, at, "钟阿水")
    other = joined(office, at, lives, "钟阿土")
    grant = opened(office, at, lives)
    entered = proposed(office, at, grant, other)
    at += timedelta(days=1)
    registry.register_death(actor=office.business, at=at, person_id=other, death_date=date(2026, 11, 2))
    with pytest.raises(payments.UnableToChangePayee, match="另选"):
        payments.approve_account(actor=office.street_review, at=at, account_id=entered)
    with seen_by(office.business, at):
        assert Grant.objects.get(pk=grant).payee_person_id == lives.person_id


def test_a_death_between_lock_and_release_stops_the_file(office: Office, at: datetime) -> None:
    lives = home(office, at, "钟阿水")
    opened(office, at, lives)
    payments.open_grant(actor=office.business, at=at, grant=new_grant(home(office, at, "钟阿木"), "D-other"))
    run = payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=DECEMBER)
    payments.lock_run(actor=office.business, at=at, run_id=run)
    payments.sign_run(actor=office.review, at=at, run_id=run)
    registry.register_death(actor=office.business, at=at, person_id=lives.person_id, death_date=date(2026, 11, 1))
    with pytest.raises(payments.UnableToRelease, match="去世的消息"):
        payments.release_run(actor=office.cashier, at=at, run_id=run)
    payments.return_run(actor=office.review, at=at, run_id=run, reason="有人去世")
    deliver(office, at)
    paid_now = paid(office, at, DECEMBER)
    with seen_by(office.business, at):
        told = Line.objects.filter(run_id=paid_now, household_id=lives.household_id, state="paid")
        assert list(told.values_list("month", flat=True)) == [NOVEMBER], "the month they lived in is still due"
        assert prove(viewer=office.business, at=at).holds


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": None}, "没有这个人"),
        ({"same": True}, "现在就是领款人"),
        ({"dead": True}, "去世"),
        ({"in_custody": True}, "服刑"),
        ({"member": False}, "不是这一户"),
        ({"member": False, "role": PayeeRole.AGENT}, None),
        ({"holder": "钟阿金"}, "户名"),
        ({"holder": "钟 阿土"}, None),
    ],
)
def test_who_may_not(given: dict[str, object], said: str | None) -> None:
    fit = {
        "name": "钟阿土",
        "holder": "钟阿土",
        "role": PayeeRole.MEMBER,
        "same": False,
        "member": True,
        "dead": False,
        "in_custody": False,
    }
    refusal = unfit(**(fit | given))  # type: ignore[arg-type]
    assert refusal is None if said is None else refusal is not None and said in refusal


@pytest.mark.django_db
def test_the_page_leads_from_the_list_to_another_payee(
    office: Office, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: at)
    lives = home(office, at, "钟阿水")
    other = joined(office, at, lives, "钟阿土")
    grant = opened(office, at, lives)
    registry.register_death(actor=office.business, at=at, person_id=lives.person_id, death_date=date(2026, 10, 9))
    deliver(office, at)
    where = f"/payments/grants/{grant}/"
    page = shown(office.intake, "/payments/follow-ups/?kind=payee")
    assert "换领款人" in page
    assert where in page
    assert "要换领款人" in shown(office.intake, where)
    typed = {"bank": "演示银行", "number": CARD, "basis": "全家商定", "role": "member"}
    assert "请选择新的领款人" in posted(office.intake, f"{where}payee/", person="", holder="钟阿土", **typed)
    assert "户名要和领款人的姓名一致" in posted(office.intake, f"{where}payee/", person=other, holder="钟阿木", **typed)
    page = posted(office.intake, f"{where}payee/", person=other, holder="钟阿土", **typed)
    assert "新领款人等审核" in page
    assert CARD not in page
    assert "已审核，从下一批起用" in posted(office.street_review, f"{where}approve/")
    assert "钟阿土" not in shown(office.intake, where), "names are masked"
    assert "没有要跟进的发放" in shown(office.intake, "/payments/follow-ups/")
