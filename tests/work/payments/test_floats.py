"""备用金: what may go out of it, who hands it over, what it may hold, and a count that books and never overwrites."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from builders import COMMUNITY_QINGBOMEN, COMMUNITY_QINGHE, DISTRICT, STREET_CAIHE
from minsheng.foundation.accounts.models import Account
from minsheng.work.payments import operations as payments
from minsheng.work.payments.models import Entry, FloatDraw, FloatReconciliation, Posting
from minsheng.work.payments.queries.floats import float_view, floats
from minsheng.work.payments.queries.proof import prove
from minsheng.work.payments.rules.floats import in_force, most_for_one, room_left
from minsheng.work.payments.types import FloatUse, Ledger, NewDraw
from work.payments.payments_office import Home, Office, decision, home, open_office, seen_by

pytestmark = pytest.mark.django_db
SCHEME = "emergency_assistance"


@pytest.fixture
def office(at: datetime) -> Office:
    made = open_office(at=at)
    payments.book_budget(
        actor=made.accountant, at=at, area_id=DISTRICT, scheme=SCHEME, fen=100_000_000, reference="2026-101"
    )
    return made


@pytest.fixture
def street(office: Office, at: datetime) -> int:
    """A float of the street with 10,000 yuan in it."""
    made = payments.open_float(actor=office.accountant, at=at, area_id=STREET_CAIHE, name="采荷街道")
    payments.replenish_float(actor=office.accountant, at=at, float_id=made, fen=1_000_000, reference="V-1")
    return made


def asked(office: Office, at: datetime, lives: Home, reference: str = "U-1", **changed: object) -> int | None:
    told = {"use": FloatUse.URGENT, "amount_fen": 80_000} | changed
    draw = NewDraw(
        decision=decision(reference),
        scheme=SCHEME,
        household_id=lives.household_id,
        person_id=lives.person_id,
        **told,  # type: ignore[arg-type]
    )
    return payments.ask_float(actor=office.confirm, at=at, draw=draw)


def booked(office: Office, at: datetime, ledger: Ledger) -> int:
    with seen_by(office.business, at):
        return sum(Entry.objects.filter(ledger=ledger.value).values_list("amount_fen", flat=True))


def test_relief_is_handed_over_by_somebody_else_once(office: Office, at: datetime, street: int) -> None:
    draw = asked(office, at, home(office, at, "钟阿水"))
    assert draw is not None
    with pytest.raises(payments.UnableToUseFloat, match="收据"):
        payments.pay_draw(actor=office.intake, at=at, draw_id=draw, receipt=" ")
    payments.pay_draw(actor=office.intake, at=at, draw_id=draw, receipt="R-1")
    with pytest.raises(payments.UnableToUseFloat, match="已经付过"):
        payments.pay_draw(actor=office.intake, at=at, draw_id=draw, receipt="R-2")
    assert (booked(office, at, Ledger.FLOAT), booked(office, at, Ledger.PAID)) == (920_000, 80_000)
    assert booked(office, at, Ledger.FUND) == 100_000_000 - 1_000_000
    with seen_by(office.business, at):
        assert prove(viewer=office.business, at=at).holds


def test_who_decided_does_not_pay_and_two_accounts_of_one_person_are_one(
    office: Office, at: datetime, street: int
) -> None:
    """Experiment E21: refused by the operation and by the database."""
    draw = asked(office, at, home(office, at, "钟阿水"))
    assert draw is not None
    Account.objects.filter(pk__in=[office.confirm.account_id, office.intake.account_id]).update(holder="W-77")
    with pytest.raises(payments.UnableToUseFloat, match="不能自己付款"):
        payments.pay_draw(actor=office.intake, at=at, draw_id=draw, receipt="R-1")
    with seen_by(office.intake, at), pytest.raises(IntegrityError, match="two people"), transaction.atomic():
        FloatDraw.objects.filter(pk=draw).update(paid_at=at, paid_by=office.intake.account_id)


def test_what_no_float_may_pay_goes_another_way(office: Office, at: datetime, street: int) -> None:
    near, far = home(office, at, "钟阿水"), home(office, at, "钟阿土", area_id=COMMUNITY_QINGBOMEN)
    assert asked(office, at, near, "U-1", amount_fen=200_001) is None, "more than one household may get at once"
    assert asked(office, at, near, "U-2", use=FloatUse.SMALL_QUICK, amount_fen=200_000) is None, "more than a standard"
    told = NewDraw(decision("U-3"), FloatUse.URGENT, SCHEME, far.household_id, None, 80_000)
    assert payments.ask_float(actor=office.business, at=at, draw=told) is None, "another street has none"
    numbers = [asked(office, at, near, f"U-1{n}", amount_fen=200_000) for n in range(6)]
    assert [n is not None for n in numbers] == [True] * 5 + [False], "what others wait for is not promised twice"
    with pytest.raises(payments.UnableToUseFloat, match="已经用过"):
        asked(office, at, near, "U-10")


def test_a_withdrawn_draw_is_free_again(office: Office, at: datetime, street: int) -> None:
    lives = home(office, at, "钟阿水")
    numbers = [asked(office, at, lives, f"U-{n}", amount_fen=200_000) for n in range(5)]
    with pytest.raises(payments.UnableToUseFloat, match="为什么"):
        payments.withdraw_draw(actor=office.intake, at=at, draw_id=numbers[0] or 0, reason="")
    payments.withdraw_draw(actor=office.intake, at=at, draw_id=numbers[0] or 0, reason="亲友已帮助")
    assert asked(office, at, lives, "U-9", amount_fen=200_000) is not None
    with pytest.raises(payments.UnableToUseFloat):
        payments.pay_draw(actor=office.intake, at=at, draw_id=numbers[0] or 0, receipt="R-1")


def test_a_float_is_filled_to_its_ceiling_and_no_further(office: Office, at: datetime, street: int) -> None:
    def fill(fen: int, reference: str, when: datetime = at) -> None:
        payments.replenish_float(actor=office.accountant, at=when, float_id=street, fen=fen, reference=reference)

    for fen, reference in ((4_000_001, "V-2"), (0, "V-2"), (1, "V-1"), (1, " ")):
        with pytest.raises(payments.UnableToUseFloat):
            fill(fen, reference)
    fill(4_000_000, "V-2")
    later = at + timedelta(days=30)
    payments.set_float_ceiling(
        actor=office.accountant,
        at=at,
        float_id=street,
        valid_from=later.date(),
        ceiling_fen=6_000_000,
        case_fen=300_000,
        basis="上民〔2026〕1号",
    )
    with pytest.raises(payments.UnableToUseFloat):
        fill(1, "V-3")
    fill(1_000_000, "V-3", later)
    assert booked(office, at, Ledger.FLOAT) == 6_000_000
    with pytest.raises(payments.UnableToUseFloat, match="过去的限额"):
        payments.set_float_ceiling(
            actor=office.accountant,
            at=later,
            float_id=street,
            valid_from=at.date(),
            ceiling_fen=1,
            case_fen=1,
            basis="x",
        )
    with (
        seen_by(office.accountant, at),
        connection.cursor() as cursor,
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
    ):
        cursor.execute("UPDATE payments_float_ceiling SET ceiling_fen = 1")


def test_an_empty_fund_fills_nothing(at: datetime) -> None:
    office = open_office(at=at)
    made = payments.open_float(actor=office.accountant, at=at, area_id=DISTRICT, name="上城区")
    with pytest.raises(payments.UnableToUseFloat, match="专项资金余额不够"):
        payments.replenish_float(actor=office.accountant, at=at, float_id=made, fen=1, reference="V-1")
    for area_id in (DISTRICT, COMMUNITY_QINGHE):
        with pytest.raises(payments.UnableToUseFloat):
            payments.open_float(actor=office.accountant, at=at, area_id=area_id, name="再设一个")


@pytest.mark.parametrize("gap", [-2_000, 0, 500])
def test_a_count_books_the_difference_and_changes_nothing_that_stood(
    office: Office, at: datetime, street: int, gap: int
) -> None:
    with seen_by(office.business, at):
        before = list(Entry.objects.order_by("id").values_list("id", "ledger", "amount_fen"))
    if gap:
        with pytest.raises(payments.UnableToUseFloat, match="差额的原因"):
            payments.count_float(
                actor=office.street_review, at=at, float_id=street, counted_fen=1_000_000 + gap, note=""
            )
    count = payments.count_float(
        actor=office.street_review, at=at, float_id=street, counted_fen=1_000_000 + gap, note="正在查" if gap else ""
    )
    assert booked(office, at, Ledger.FLOAT) == 1_000_000, "nothing is booked before the second person"
    payments.confirm_count(actor=office.confirm, at=at, count_id=count)
    assert booked(office, at, Ledger.FLOAT) == 1_000_000 + gap
    assert booked(office, at, Ledger.FLOAT_GAP) == -gap
    with seen_by(office.business, at):
        assert list(Entry.objects.order_by("id").values_list("id", "ledger", "amount_fen"))[: len(before)] == before
        assert prove(viewer=office.business, at=at).holds
        assert Posting.objects.filter(kind="float_gap").count() == bool(gap)
    with pytest.raises(payments.UnableToUseFloat, match="已经盘点过"):
        payments.count_float(actor=office.street_review, at=at, float_id=street, counted_fen=1, note="再数一次")
    with pytest.raises(payments.UnableToUseFloat, match="已经有人复核"):
        payments.confirm_count(actor=office.confirm, at=at, count_id=count)
    with seen_by(office.confirm, at), pytest.raises(IntegrityError), transaction.atomic():
        FloatReconciliation.objects.filter(pk=count).update(counted_fen=7)


def test_who_spends_does_not_count_and_who_counts_does_not_confirm(office: Office, at: datetime, street: int) -> None:
    draw = asked(office, at, home(office, at, "钟阿水"))
    payments.pay_draw(actor=office.intake, at=at, draw_id=draw or 0, receipt="R-1")
    Account.objects.filter(pk__in=[office.intake.account_id, office.street_review.account_id]).update(holder="W-78")
    with pytest.raises(payments.UnableToUseFloat, match="付过款"):
        payments.count_float(actor=office.street_review, at=at, float_id=street, counted_fen=920_000, note="")
    Account.objects.filter(pk=office.intake.account_id).update(holder="")
    Account.objects.filter(pk__in=[office.confirm.account_id, office.street_review.account_id]).update(holder="W-79")
    count = payments.count_float(actor=office.street_review, at=at, float_id=street, counted_fen=920_000, note="")
    with pytest.raises(payments.UnableToUseFloat, match="不能自己复核"):
        payments.confirm_count(actor=office.confirm, at=at, count_id=count)
    with seen_by(office.confirm, at), pytest.raises(IntegrityError, match="two people"), transaction.atomic():
        FloatReconciliation.objects.filter(pk=count).update(confirmed_at=at, confirmed_by=office.confirm.account_id)


def test_a_street_sees_its_own_float_only(office: Office, at: datetime, street: int) -> None:
    payments.open_float(actor=office.accountant, at=at, area_id=DISTRICT, name="上城区")
    on = at.date()
    with seen_by(office.intake, at):
        assert [row.name for row in floats(viewer=office.intake, on=on)] == ["采荷街道"]
    with seen_by(office.business, at):
        assert [row.level for row in floats(viewer=office.business, on=on)] == ["district", "street"]
        view = float_view(viewer=office.business, float_id=street, on=on)
        assert view is not None
        assert (view.row.book_fen, view.row.ceiling_fen, view.row.case_fen) == (1_000_000, 5_000_000, 200_000)


@given(
    case=st.integers(1, 10**9),
    standard=st.integers(1, 10**9),
    ceiling=st.integers(1, 10**12),
    book=st.integers(0, 10**12),
)
def test_no_rule_gives_more_than_a_limit(case: int, standard: int, ceiling: int, book: int) -> None:
    quick = most_for_one(use=FloatUse.SMALL_QUICK, case_fen=case, standard_fen=standard)
    assert quick <= min(case, standard)
    assert most_for_one(use=FloatUse.URGENT, case_fen=case, standard_fen=standard) == case
    assert book + room_left(ceiling_fen=ceiling, book_fen=book) == max(book, ceiling)


def test_the_limit_in_force_is_the_last_that_has_begun() -> None:
    versions = [(date(2026, 3, 1), 30, 3), (date(2026, 1, 1), 10, 1)]
    days = (date(2025, 12, 31), date(2026, 1, 1), date(2026, 2, 28), date(2026, 3, 1))
    assert [in_force(versions, on, (7, 7)) for on in days] == [(7, 7), (10, 1), (10, 1), (30, 3)]
