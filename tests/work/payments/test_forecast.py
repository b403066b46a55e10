"""What the months ahead cost: the dated amounts month by month, how far the fund goes, the year against its ceiling."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import DISTRICT
from minsheng.work.payments import operations as payments
from minsheng.work.payments.queries.forecast import forecast
from minsheng.work.payments.rules.forecast import beyond_ceiling, left_after, months_covered
from work.payments.payments_office import DECEMBER, NOVEMBER, Office, decision, granted, open_office, seen_by
from work.payments.test_runs import released

SCHEME = "minimum_living_allowance"


@pytest.mark.django_db
def test_each_month_by_the_amounts_that_were_decided(at: datetime) -> None:
    office: Office = open_office(at=at)
    payments.book_budget(actor=office.accountant, at=at, area_id=DISTRICT, scheme=SCHEME, fen=500_000, reference="1")
    rises, ends, held = (granted(office, at, f"钟阿{name}", fen=100_000) for name in "甲乙丙")
    payments.change_grant(
        actor=office.business,
        at=at,
        grant_id=rises,
        decision=decision("C-1"),
        amount_fen=150_000,
        from_month=date(2027, 2, 1),
    )
    payments.end_grant(
        actor=office.business, at=at, grant_id=ends, decision=decision("C-2"), from_month=DECEMBER, reason="own_wish"
    )
    payments.hold_grant(actor=office.business, at=at, grant_id=held, reason="核实")
    with seen_by(office.leader, at):
        told = forecast(viewer=office.leader, at=at)
    [row] = told.schemes
    assert told.months[0] == NOVEMBER
    assert row.needs == (200_000, 100_000, 100_000, *[150_000] * 9)
    assert (row.fund_fen, row.covered, told.held) == (500_000, 3, 1)
    assert (row.coming_year_fen, row.ceiling_fen, row.beyond_fen) == (300_000, None, None), "no ceiling is not zero"
    assert told.left[:4] == (300_000, 200_000, 100_000, -50_000)
    released(office, at)
    with seen_by(office.leader, at):
        [after] = forecast(viewer=office.leader, at=at).schemes
    assert after.needs[0] == 0, "what went to the bank is not due again"
    assert (after.fund_fen, after.spent_year_fen, after.year_fen) == (300_000, 200_000, 300_000)


@given(fund=st.integers(-(10**9), 10**12), needs=st.lists(st.integers(0, 10**9), max_size=24))
def test_the_months_covered_are_those_with_money_left(fund: int, needs: list[int]) -> None:
    left = left_after(fund_fen=fund, needs=needs)
    covered = months_covered(fund_fen=fund, needs=needs)
    assert all(fen >= 0 for fen in left[:covered])
    assert covered == len(needs) or left[covered] < 0


def test_beyond_the_ceiling() -> None:
    assert beyond_ceiling(ceiling_fen=None, spent_fen=1, coming_fen=1) is None
    assert beyond_ceiling(ceiling_fen=10, spent_fen=4, coming_fen=6) == 0
    assert beyond_ceiling(ceiling_fen=10, spent_fen=5, coming_fen=6) == 1
