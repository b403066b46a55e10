"""Relief given once: by a float or by a run and never both, paid exactly once, followed up and claimed back."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from builders import DISTRICT
from minsheng.foundation.access.types import UnableToAct
from minsheng.records.registry import operations as registry
from minsheng.work.payments import operations as payments
from minsheng.work.payments.bank import Answer
from minsheng.work.payments.models import Entry, Finding, FloatDraw, FollowUp, Grant, Line, Recalculation
from minsheng.work.payments.queries.desk import desk
from minsheng.work.payments.queries.forecast import forecast
from minsheng.work.payments.queries.proof import prove
from minsheng.work.payments.types import Cause, FloatUse, Ledger, NewRelief, Outcome, Payee, Relief
from work.payments.payments_office import (
    DECEMBER,
    NOVEMBER,
    Home,
    Office,
    decision,
    granted,
    home,
    open_office,
    seen_by,
)
from work.payments.test_recalculation import answered, balance, paid

pytestmark = pytest.mark.django_db
SCHEME = "emergency_assistance"
FEN = 660_000


@pytest.fixture
def office(at: datetime) -> Office:
    made = open_office(at=at)
    for number, scheme in enumerate((SCHEME, "minimum_living_allowance")):
        payments.book_budget(
            actor=made.accountant, at=at, area_id=DISTRICT, scheme=scheme, fen=1_000_000_000, reference=f"2026-{number}"
        )
    return made


def given(
    office: Office,
    at: datetime,
    lives: Home,
    reference: str = "R-1",
    *,
    account: bool = True,
    parts: tuple[tuple[date, int], ...] = (),
) -> Relief:
    payee = Payee("户名", "演示银行", f"62284800{lives.household_id:08d}02") if account else None
    relief = NewRelief(
        decision(reference), FloatUse.URGENT, SCHEME, lives.household_id, None, lives.person_id, FEN, payee, parts
    )
    return payments.give_relief(actor=office.business, at=at, relief=relief)


def lines(office: Office, at: datetime) -> list[tuple[str, str, int]]:
    with seen_by(office.business, at):
        return list(Line.objects.order_by("id").values_list("kind", "state", "amount_fen"))


def test_what_no_float_may_pay_is_paid_by_the_next_run_and_by_no_other(office: Office, at: datetime) -> None:
    relief = given(office, at, home(office, at, "钟阿水"))
    assert relief.draw_id is None
    assert relief.grant_id is not None
    with seen_by(office.business, at):
        assert desk(viewer=office.business, on=at.date()).relief == 1
        assert forecast(viewer=office.business, at=at).totals[:2] == (FEN, 0), "one month asks for it, no other"
    granted(office, at, "钟阿木")
    paid(office, at, NOVEMBER)
    assert lines(office, at) == [("regular", "paid", 110_200), ("once", "paid", FEN)]
    assert balance(office, at, Ledger.PAID) == FEN + 110_200
    with pytest.raises(payments.UnableToCompileRun):  # no further batch of the month has anything
        payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=NOVEMBER)
    paid(office, at, DECEMBER)
    assert [kind for kind, _, _ in lines(office, at)] == ["regular", "once", "regular"]
    with seen_by(office.business, at):
        assert desk(viewer=office.business, on=at.date()).relief == 0
        assert prove(viewer=office.business, at=at).holds


def test_relief_after_the_months_run_has_a_batch_of_its_own(office: Office, at: datetime) -> None:
    granted(office, at, "钟阿木")
    paid(office, at, NOVEMBER)
    given(office, at, home(office, at, "钟阿水"))
    run = paid(office, at, NOVEMBER)
    with seen_by(office.business, at):
        assert list(Line.objects.filter(run_id=run).values_list("kind", flat=True)) == ["once"]


def test_a_float_that_can_pay_does_and_then_no_run(office: Office, at: datetime) -> None:
    kept = payments.open_float(actor=office.accountant, at=at, area_id=DISTRICT, name="区备用金")
    payments.set_float_ceiling(
        actor=office.accountant,
        at=at,
        float_id=kept,
        valid_from=at.date(),
        ceiling_fen=10_000_000,
        case_fen=1_000_000,
        basis="测试",
    )
    payments.replenish_float(actor=office.accountant, at=at, float_id=kept, fen=5_000_000, reference="F-1")
    relief = given(office, at, home(office, at, "钟阿水"))
    assert relief.draw_id is not None
    assert relief.grant_id is None
    with pytest.raises(payments.UnableToCompileRun):
        payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=NOVEMBER)
    with seen_by(office.business, at):
        draw = FloatDraw.objects.get()
    # Not even a program that goes round the operations opens a grant on the same decision.
    with (
        seen_by(office.business, at),
        pytest.raises(IntegrityError, match="payments_decision_used"),
        transaction.atomic(),
    ):
        _insert_grant(draw.decision_ref, draw.household_id)
    # The control: another decision goes in.
    with seen_by(office.business, at), transaction.atomic():
        _insert_grant("another", draw.household_id)


def _insert_grant(reference: str, household_id: int, *, month: date = NOVEMBER) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO payments_grant (area_id, scheme, household_id, payee_person_id, once, decision_ref,"
            " decision_sha256, first_month, end_month, end_reason, end_decision_ref, held_reason, opened_at, opened_by)"
            " SELECT h.area_id, %s, h.id, m.person_id, true, %s, repeat('a', 64), %s, %s + interval '1 month', '', '',"
            " '', now(), 1 FROM registry_household h JOIN registry_membership m ON m.household_id = h.id"
            " WHERE h.id = %s",
            [SCHEME, reference, month, month, household_id],
        )


def test_one_decision_pays_one_relief_by_operation_or_by_hand(office: Office, at: datetime) -> None:
    lives = home(office, at, "钟阿水")
    relief = given(office, at, lives)
    with pytest.raises(payments.UnableToUseFloat, match="已经用过"):
        given(office, at, home(office, at, "钟阿土"))  # the same decision for somebody else
    with seen_by(office.business, at):
        with pytest.raises(IntegrityError, match="decision_ref_key"), transaction.atomic():
            _insert_grant("R-1", lives.household_id)
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE payments_grant SET decision_ref = 'R-4' WHERE id = %s", [relief.grant_id])
    run = payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=NOVEMBER)
    with (
        seen_by(office.business, at),
        pytest.raises(IntegrityError, match=r"part_once|once_live"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO payments_line (run_id, area_id, grant_id, amount_row_id, scheme, household_id, month,"
            " kind, amount_fen, deducted_fen, state, bank_code) SELECT run_id, area_id, grant_id, amount_row_id,"
            " scheme, household_id, %s, kind, amount_fen, 0, 'planned', '' FROM payments_line WHERE run_id = %s",
            [DECEMBER, run],
        )


def test_the_same_relief_within_a_year_is_looked_at(office: Office, at: datetime) -> None:
    lives = home(office, at, "钟阿水")
    given(office, at, lives)
    paid(office, at, NOVEMBER)
    later = at + timedelta(days=40)
    given(office, later, lives, "R-2")
    payments.compile_run(actor=office.business, at=later, area_id=DISTRICT, month=DECEMBER)
    with seen_by(office.business, later):
        assert Finding.objects.get(check_code="relief_again").severity == "review"


def test_given_back_by_the_bank_it_is_followed_up_and_paid_again_once(office: Office, at: datetime) -> None:
    given(office, at, home(office, at, "钟阿水"))
    run = paid(office, at, NOVEMBER, answer=None)
    answered(office, at, run, Outcome.RETURNED)
    payments.settle_run(actor=office.accountant, at=at, run_id=run)
    with pytest.raises(payments.UnableToCompileRun):  # nobody has looked at it yet
        payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=NOVEMBER)
    with seen_by(office.business, at):
        work = FollowUp.objects.get()
    payments.close_follow_up(actor=office.intake, at=at, follow_up_id=work.pk, result="换了银行卡")
    paid(office, at, DECEMBER)
    assert lines(office, at) == [("once", "returned", FEN), ("once", "paid", FEN)]
    assert balance(office, at, Ledger.PAID) == FEN
    assert balance(office, at, Ledger.RETURNED) == 0
    with seen_by(office.business, at):
        assert prove(viewer=office.business, at=at).holds


def test_what_the_bank_does_not_know_is_not_paid_again(office: Office, at: datetime) -> None:
    given(office, at, home(office, at, "钟阿水"))
    run = paid(office, at, NOVEMBER, answer=None)
    answered(office, at, run, Outcome.UNKNOWN)
    with pytest.raises(payments.UnableToCompileRun):
        payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=DECEMBER)


def test_without_an_account_it_waits_and_is_not_lost(office: Office, at: datetime) -> None:
    lives = home(office, at, "钟阿水")
    relief = given(office, at, lives, account=False)
    granted(office, at, "钟阿木")
    paid(office, at, NOVEMBER)
    assert lines(office, at)[1] == ("once", "held", FEN)
    assert relief.grant_id is not None
    entered = payments.propose_account(
        actor=office.intake,
        at=at,
        grant_id=relief.grant_id,
        payee=Payee("户名", "演示银行", "622848000000000077"),
        basis="本人持存折到窗口办理",
    )
    payments.approve_account(actor=office.street_review, at=at, account_id=entered)
    run = payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=DECEMBER)
    with seen_by(office.business, at):
        line = Line.objects.get(run_id=run, kind="once")
        assert line.month == NOVEMBER, "it keeps the month of its decision"


def test_got_wrongly_it_is_claimed_back_by_two_people(office: Office, at: datetime) -> None:
    relief = given(office, at, home(office, at, "钟阿水"))
    grant = relief.grant_id
    assert grant is not None
    with pytest.raises(payments.UnableToDecideDifference, match="没有发出过钱"):
        payments.claim_back(actor=office.business, at=at, grant_id=grant, month=NOVEMBER, due_fen=0)
    paid(office, at, NOVEMBER)
    with pytest.raises(payments.UnableToDecideDifference, match="比已发的少"):
        payments.claim_back(actor=office.business, at=at, grant_id=grant, month=NOVEMBER, due_fen=FEN)
    number = payments.claim_back(actor=office.business, at=at, grant_id=grant, month=NOVEMBER, due_fen=0)
    given_by = {"recalculation_id": number, "decision_ref": "C-1", "reason": "材料是假的"}
    with pytest.raises(UnableToAct):
        payments.confirm_difference(actor=office.business, at=at, **given_by)  # type: ignore[arg-type]
    payments.confirm_difference(actor=office.review, at=at, **given_by)  # type: ignore[arg-type]
    assert balance(office, at, Ledger.RECEIVABLE) == FEN
    with seen_by(office.business, at):
        recovery = Recalculation.objects.get().recovery
    payments.book_repayment(actor=office.accountant, at=at, recovery_id=recovery.pk, fen=FEN, reference="V-1")
    assert balance(office, at, Ledger.RECEIVABLE) == 0
    with seen_by(office.business, at):
        assert prove(viewer=office.business, at=at).holds


def test_later_news_does_not_touch_relief_that_was_right(office: Office, at: datetime) -> None:
    lives = home(office, at, "钟阿水")
    relief = given(office, at, lives)
    paid(office, at, NOVEMBER)
    assert relief.grant_id is not None
    assert (
        payments.recalculate(
            actor=office.system, at=at, grant_id=relief.grant_id, cause=Cause.INCOME, changed_on=date(2026, 10, 1)
        )
        is None
    )


def test_who_dies_before_it_is_paid_is_not_paid(office: Office, at: datetime) -> None:
    lives = home(office, at, "钟阿水")
    given(office, at, lives)
    registry.register_death(actor=office.business, at=at, person_id=lives.person_id, death_date=at.date())
    granted(office, at, "钟阿木")
    payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=NOVEMBER)
    with seen_by(office.business, at):
        line = Line.objects.get(kind="once")
        assert line.state == "held"
        assert Finding.objects.filter(line_id=line.pk, check_code="dead").exists()
        assert Grant.objects.get(pk=line.grant_id).once
        assert not Entry.objects.filter(line_id=line.pk).exists()


def test_answers_of_relief_are_taken_as_of_any_line(office: Office, at: datetime) -> None:
    given(office, at, home(office, at, "钟阿水"))
    run = paid(office, at, NOVEMBER, answer=None)
    with seen_by(office.business, at):
        line = Line.objects.get(run_id=run).pk
    answer = [Answer(line, Outcome.PAID, "")]
    payments.receive_answers(actor=office.cashier, at=at, run_id=run, answers=answer)
    assert payments.receive_answers(actor=office.cashier, at=at, run_id=run, answers=answer) == {}, "twice is once"
    assert balance(office, at, Ledger.PAID) == FEN


JANUARY = date(2027, 1, 1)
PARTS = ((NOVEMBER, 300_000), (DECEMBER, 200_000), (JANUARY, 160_000))


def test_a_second_emergency_of_the_month_is_helped_by_its_own_decision_and_somebody_looks(
    office: Office, at: datetime
) -> None:
    """A ceiling, not a ban (临救2018 二(三)): both are paid, each once, and the run asks whether it is one matter."""
    lives = home(office, at, "钟阿水")
    first, second = given(office, at, lives, "R-1"), given(office, at, lives, "R-2")
    assert first.grant_id != second.grant_id
    run = payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=NOVEMBER)
    with seen_by(office.business, at):
        assert Line.objects.filter(run_id=run, kind="once").count() == 2
        assert Finding.objects.filter(run_id=run, check_code="relief_again").count() == 2
    with pytest.raises(payments.UnableToUseFloat, match="已经用过"):
        given(office, at, lives, "R-2")  # the control: the same decision never twice


def test_relief_in_parts_is_paid_part_by_part_and_no_part_twice(office: Office, at: datetime) -> None:
    relief = given(office, at, home(office, at, "钟阿水"), parts=PARTS)
    assert relief.draw_id is None
    for number, month in enumerate((NOVEMBER, DECEMBER, JANUARY), start=1):
        day = at if month == NOVEMBER else at.replace(year=month.year, month=month.month)
        with seen_by(office.business, day):
            assert desk(viewer=office.business, on=day.date()).relief == 1, "the part of the month waits, no other"
        paid(office, day, month)
        assert lines(office, day) == [("once", "paid", fen) for _, fen in PARTS[:number]]
        with pytest.raises(payments.UnableToCompileRun):  # a further batch of the month has nothing of it
            payments.compile_run(actor=office.business, at=day, area_id=DISTRICT, month=month)
    last = at.replace(year=2027, month=2)
    with pytest.raises(payments.UnableToCompileRun):
        payments.compile_run(actor=office.business, at=last, area_id=DISTRICT, month=date(2027, 2, 1))
    assert balance(office, last, Ledger.PAID) == FEN
    with seen_by(office.business, last):
        assert prove(viewer=office.business, at=last).holds


def test_a_part_that_was_missed_comes_with_the_next_run_beside_the_next_part(office: Office, at: datetime) -> None:
    given(office, at, home(office, at, "钟阿水"), parts=PARTS)
    later = at.replace(month=12)
    paid(office, later, DECEMBER)
    assert sorted(lines(office, later)) == [("once", "paid", 200_000), ("once", "paid", 300_000)]


def test_not_even_a_program_pays_a_part_twice(office: Office, at: datetime) -> None:
    """The control of `payments_line_part_once`: the same part under another month is refused, another part is not."""
    given(office, at, home(office, at, "钟阿水"), parts=PARTS)
    paid(office, at, NOVEMBER)
    run = payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=DECEMBER)
    copy = (
        "INSERT INTO payments_line (run_id, area_id, grant_id, amount_row_id, scheme, household_id, month, kind,"
        " amount_fen, deducted_fen, state, bank_code) SELECT %s, area_id, grant_id, {}, scheme, household_id,"
        " %s, kind, amount_fen, 0, 'planned', '' FROM payments_line WHERE run_id <> %s"
    )
    with seen_by(office.business, at), connection.cursor() as cursor:
        with pytest.raises(IntegrityError, match="payments_line_part_once"), transaction.atomic():
            cursor.execute(copy.format("amount_row_id"), [run, JANUARY, run])
        with transaction.atomic():
            cursor.execute(copy.format("amount_row_id + 2"), [run, JANUARY, run])
            assert cursor.rowcount == 1
            transaction.set_rollback(True)


def test_after_a_death_no_further_part_goes_out(office: Office, at: datetime) -> None:
    lives = home(office, at, "钟阿水")
    given(office, at, lives, parts=PARTS)
    paid(office, at, NOVEMBER)
    payments.stop_for_death(actor=office.system, at=at, person_id=lives.person_id, death_date=at.date())
    with pytest.raises(payments.UnableToCompileRun):
        payments.compile_run(actor=office.business, at=at.replace(month=12), area_id=DISTRICT, month=DECEMBER)


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        (((NOVEMBER, 300_000), (DECEMBER, 300_000)), "加起来"),
        (((NOVEMBER, 330_000), (NOVEMBER, 330_000)), "每月最多一次"),
        (((DECEMBER, 330_000), (NOVEMBER, 330_000)), "终止月份要晚于"),
        (((NOVEMBER, 660_000), (DECEMBER, 0)), "大于零"),
        (((date(2026, 11, 2), 660_000),), "第一天"),
    ],
)
def test_parts_that_are_not_the_decision_are_refused(
    office: Office, at: datetime, parts: tuple[tuple[date, int], ...], says: str
) -> None:
    with pytest.raises(payments.UnableToOpenGrant, match=says):
        given(office, at, home(office, at, "钟阿水"), parts=parts)
