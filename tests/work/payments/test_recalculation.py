"""Death and other news: what is paid stops, what was paid too much is found, decided and comes back, to the fen."""

from datetime import date, datetime, timedelta

import pytest

from builders import DISTRICT
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.events.operations import deliver_pending
from minsheng.records.registry import operations as registry
from minsheng.records.registry.types import IdKind, MembershipKind, SubjectKind
from minsheng.work.payments import operations as payments
from minsheng.work.payments.bank import Answer
from minsheng.work.payments.models import Entry, Grant, Line, Posting, Recalculation, Recovery
from minsheng.work.payments.operations import recalculating
from minsheng.work.payments.queries.proof import prove
from minsheng.work.payments.types import Cause, Ledger, Outcome
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

pytestmark = pytest.mark.django_db
SCHEME = "minimum_living_allowance"
FEN = 110_200


@pytest.fixture
def office(at: datetime) -> Office:
    made = open_office(at=at)
    payments.book_budget(
        actor=made.accountant, at=at, area_id=DISTRICT, scheme=SCHEME, fen=1_000_000_000, reference="2026-001"
    )
    return made


def deliver(office: Office, at: datetime) -> None:
    actor = office.system
    while deliver_pending(actor=actor, at=at, limit=100, scope=lambda: acting_as(viewer=actor, at=at)).delivered:
        pass


def paid(office: Office, at: datetime, month: date, *, answer: Outcome | None = Outcome.PAID) -> int:
    """A whole month: compiled, signed, sent and, unless `answer` is None, answered and settled."""
    run = payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=month)
    payments.lock_run(actor=office.business, at=at, run_id=run)
    payments.sign_run(actor=office.review, at=at, run_id=run)
    payments.release_run(actor=office.cashier, at=at, run_id=run)
    payments.hand_over(actor=office.cashier, at=at, run_id=run)
    if answer is not None:
        answered(office, at, run, answer)
        payments.settle_run(actor=office.accountant, at=at, run_id=run)
    return run


def answered(office: Office, at: datetime, run: int, outcome: Outcome) -> None:
    with seen_by(office.business, at):
        lines = list(Line.objects.filter(run_id=run, state="sent").values_list("id", flat=True))
    payments.receive_answers(
        actor=office.cashier, at=at, run_id=run, answers=[Answer(line, outcome, "") for line in lines]
    )


def opened(office: Office, at: datetime, lives: Home, *, person: bool = False) -> int:
    return payments.open_grant(
        actor=office.business, at=at, grant=new_grant(lives, f"D-{lives.household_id}", person=person)
    )


def balance(office: Office, at: datetime, ledger: Ledger) -> int:
    with seen_by(office.business, at):
        return sum(Entry.objects.filter(ledger=ledger.value).values_list("amount_fen", flat=True))


@pytest.mark.parametrize("person", [True, False])
def test_a_death_learnt_of_late_stops_the_money_and_finds_what_was_too_much(
    office: Office, at: datetime, person: bool
) -> None:
    lives = home(office, at, "钟阿水")
    grant = opened(office, at, lives, person=person)
    paid(office, at, NOVEMBER)
    at += timedelta(days=1)
    registry.register_death(actor=office.business, at=at, person_id=lives.person_id, death_date=date(2026, 10, 9))
    deliver(office, at)
    deliver(office, at)  # safe to repeat
    payments.stop_for_death(actor=office.system, at=at, person_id=lives.person_id, death_date=date(2026, 10, 9))
    with seen_by(office.business, at):
        row = Recalculation.objects.get()
        assert (row.over_fen, row.cause, row.effective_month) == (FEN, Cause.DIED.value, NOVEMBER)
        assert Grant.objects.get(pk=grant).end_month == NOVEMBER
    with pytest.raises(payments.UnableToCompileRun):  # nothing is due any more
        payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=DECEMBER)
    payments.confirm_difference(
        actor=office.review, at=at, recalculation_id=row.pk, decision_ref="R-1", reason="去世后多发"
    )
    assert balance(office, at, Ledger.RECEIVABLE) == FEN
    with seen_by(office.business, at):
        recovery = Recovery.objects.get()
        assert (recovery.grant_id, recovery.total_fen) == (None, FEN)
    fund = balance(office, at, Ledger.FUND)
    with pytest.raises(payments.UnableToDecideDifference):
        payments.book_repayment(actor=office.accountant, at=at, recovery_id=recovery.pk, fen=FEN + 1, reference="V-0")
    payments.book_repayment(actor=office.accountant, at=at, recovery_id=recovery.pk, fen=FEN, reference="V-1")
    assert balance(office, at, Ledger.RECEIVABLE) == 0
    assert balance(office, at, Ledger.FUND) == fund + FEN
    with pytest.raises(payments.UnableToDecideDifference):  # closed
        payments.book_repayment(actor=office.accountant, at=at, recovery_id=recovery.pk, fen=1, reference="V-2")
    deliver(office, at)
    payments.stop_for_death(actor=office.system, at=at, person_id=lives.person_id, death_date=date(2026, 10, 9))
    with seen_by(office.business, at):
        assert Recalculation.objects.count() == 1, "what was settled is not found again"
        assert prove(viewer=office.business, at=at).holds


def test_a_household_that_lives_on_is_held_not_ended(office: Office, at: datetime) -> None:
    lives = home(office, at, "钟阿水")
    grant = opened(office, at, lives)
    other = registry.create_person(
        actor=office.business,
        at=at,
        area_id=lives.area_id,
        particulars=registry.Particulars(name="钟阿土", id_kind=IdKind.NONE),
    )
    registry.add_member(
        actor=office.business,
        at=at,
        household_id=lives.household_id,
        person_id=other,
        kind=MembershipKind.RESIDENCE,
        valid_from=LONG_AGO,
        relation="spouse",
    )
    registry.register_death(actor=office.business, at=at, person_id=lives.person_id, death_date=date(2026, 10, 9))
    deliver(office, at)
    with seen_by(office.business, at):
        row = Grant.objects.get(pk=grant)
        assert row.end_month is None
        assert "换领款人" in row.held_reason


def test_nobody_confirms_while_the_bank_is_silent(office: Office, at: datetime) -> None:
    lives = home(office, at, "钟阿水")
    opened(office, at, lives)
    run = paid(office, at, NOVEMBER, answer=None)
    registry.register_death(actor=office.business, at=at, person_id=lives.person_id, death_date=date(2026, 10, 9))
    deliver(office, at)
    with seen_by(office.business, at):
        row = Recalculation.objects.get()

    def confirm() -> None:
        payments.confirm_difference(
            actor=office.review, at=at, recalculation_id=row.pk, decision_ref="R-1", reason="多发"
        )

    with pytest.raises(payments.UnableToDecideDifference, match="银行没有答复"):
        confirm()
    answered(office, at, run, Outcome.RETURNED)
    with pytest.raises(payments.UnableToDecideDifference, match="没有差额"):
        confirm()
    payments.dismiss_difference(actor=office.review, at=at, recalculation_id=row.pk, reason="银行已退回")
    assert balance(office, at, Ledger.RECEIVABLE) == 0


def proposal(office: Office, at: datetime, monkeypatch: pytest.MonkeyPatch, due: int | None) -> int | None:
    """A grant of November paid, and rules that say `due` for it."""
    monkeypatch.setattr(recalculating, "due_by_month", lambda *, months, **given: dict.fromkeys(months, due))
    grant = opened(office, at, home(office, at, "钟阿木"))
    paid(office, at, NOVEMBER)
    return payments.recalculate(
        actor=office.system, at=at, grant_id=grant, cause=Cause.INCOME, changed_on=date(2026, 10, 20)
    )


def test_what_nobody_can_say_is_no_difference(office: Office, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    assert proposal(office, at, monkeypatch, None) is None


def test_too_much_comes_back_in_instalments_and_hardship_lowers_them(
    office: Office, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = proposal(office, at, monkeypatch, FEN - 12_001)
    assert number is not None
    payments.confirm_difference(
        actor=office.review, at=at, recalculation_id=number, decision_ref="R-1", reason="收入增加", months=3
    )
    with seen_by(office.business, at):
        recovery = Recovery.objects.get()
        assert (recovery.total_fen, recovery.instalment_fen, recovery.from_month) == (12_001, 4_001, DECEMBER)
    payments.ease_recovery(
        actor=office.review, at=at, recovery_id=recovery.pk, instalment=1_000, note="本人住院，开支大"
    )
    run = paid(office, at, DECEMBER)
    with seen_by(office.business, at):
        line = Line.objects.get(run_id=run)
        assert (line.amount_fen, line.deducted_fen) == (FEN, 1_000)
        assert Recovery.objects.get().recovered_fen == 1_000
        assert prove(viewer=office.business, at=at).holds
    assert balance(office, at, Ledger.RECEIVABLE) == 11_001


def test_too_little_is_paid_with_the_next_run(office: Office, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    number = proposal(office, at, monkeypatch, FEN + 5_000)
    assert number is not None
    payments.confirm_difference(
        actor=office.review, at=at, recalculation_id=number, decision_ref="R-1", reason="收入减少"
    )
    run = paid(office, at, DECEMBER)
    with seen_by(office.business, at):
        lines = list(Line.objects.filter(run_id=run).order_by("kind").values_list("kind", "amount_fen"))
        assert lines == [("arrears", 5_000), ("regular", FEN)]
        assert prove(viewer=office.business, at=at).holds


def test_who_found_it_does_not_decide_and_a_reason_is_asked_for(
    office: Office, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = proposal(office, at, monkeypatch, 0)
    assert number is not None
    with pytest.raises(payments.UnableToDecideDifference):
        payments.confirm_difference(actor=office.review, at=at, recalculation_id=number, decision_ref="", reason="多发")
    with pytest.raises(payments.UnableToDecideDifference):
        payments.dismiss_difference(actor=office.review, at=at, recalculation_id=number, reason=" ")
    with seen_by(office.business, at):
        assert Posting.objects.filter(kind="overpaid").count() == 0


@pytest.mark.parametrize(
    ("values", "cause"),
    [
        ({"wage_income": 3_600_000, "employment_status": "employed"}, Cause.INCOME),
        ({"marital_status": "married"}, Cause.MARRIAGE),
        ({"severe_illness": True}, None),
    ],
)
def test_news_of_a_member_looks_back_at_what_the_household_got(
    office: Office, at: datetime, monkeypatch: pytest.MonkeyPatch, values: dict[str, object], cause: Cause | None
) -> None:
    """Not the payee's own income: a member's. Facts that change no amount (the control) look back at nothing."""
    monkeypatch.setattr(recalculating, "due_by_month", lambda *, months, **given: dict.fromkeys(months, FEN - 30_000))
    lives = home(office, at, "钟阿水")
    particulars = registry.Particulars(name="钟阿土", id_kind=IdKind.NONE)
    other = registry.create_person(actor=office.business, at=at, area_id=lives.area_id, particulars=particulars)
    registry.add_member(
        actor=office.business,
        at=at,
        household_id=lives.household_id,
        person_id=other,
        kind=MembershipKind.RESIDENCE,
        valid_from=LONG_AGO,
        relation="spouse",
    )
    opened(office, at, lives)
    paid(office, at, NOVEMBER)
    registry.record_statement(
        actor=office.system,
        at=at,
        subject_kind=SubjectKind.PERSON,
        subject_id=other,
        source="hrss" if "wage_income" in values else "police" if "marital_status" in values else "medical_insurance",
        values=values,
        valid_from=date(2026, 10, 5),
    )
    deliver(office, at)
    with seen_by(office.business, at):
        found = list(Recalculation.objects.values_list("cause", "over_fen"))
    assert found == ([] if cause is None else [(cause.value, 30_000)])


def test_the_death_of_a_member_looks_back_at_the_household(
    office: Office, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recalculating, "due_by_month", lambda *, months, **given: dict.fromkeys(months, FEN - 40_000))
    lives = home(office, at, "钟阿水")
    particulars = registry.Particulars(name="钟阿土", id_kind=IdKind.NONE)
    other = registry.create_person(actor=office.business, at=at, area_id=lives.area_id, particulars=particulars)
    registry.add_member(
        actor=office.business,
        at=at,
        household_id=lives.household_id,
        person_id=other,
        kind=MembershipKind.RESIDENCE,
        valid_from=LONG_AGO,
        relation="spouse",
    )
    grant = opened(office, at, lives)
    paid(office, at, NOVEMBER)
    registry.register_death(actor=office.business, at=at, person_id=other, death_date=date(2026, 10, 9))
    deliver(office, at)
    with seen_by(office.business, at):
        row = Recalculation.objects.get()
        assert (row.cause, row.over_fen, row.effective_month) == (Cause.DIED.value, 40_000, NOVEMBER)
        assert Grant.objects.get(pk=grant).end_month is None, "the household goes on; its payee lives"
