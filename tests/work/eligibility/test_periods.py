"""What is paid once, by the year or not at all is never shown as paid by month, nor added to what is."""

from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace
from typing import cast

import pytest

from minsheng.config.demo.accounts import system_viewer
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.accounts.types import Viewer
from minsheng.work.eligibility import law
from minsheng.work.eligibility.pages import wording
from minsheng.work.eligibility.queries import findings
from minsheng.work.eligibility.queries.findings import FindingFilter, breakdown, totals
from minsheng.work.eligibility.types import FindingKind, FindingLine
from rulebook import Period, Rulebook

CODE = "old_age_allowance"


def with_period(period: Period) -> Rulebook:
    book = law.book()
    return replace(book, schemes={**book.schemes, CODE: replace(book.schemes[CODE], period=period)})


def row(
    monkeypatch: pytest.MonkeyPatch, period: Period, amount: int | None, receiving: int | None = None
) -> wording.FindingRow:
    monkeypatch.setattr(wording, "book", lambda: with_period(period))
    line = FindingLine(
        1, FindingKind.ENTITLED_NOT_RECEIVING, CODE, 7, 8, "胡寿康", "某社区", "80+", amount, receiving, "", ()
    )
    return wording.finding_row(line, viewer=cast(Viewer, SimpleNamespace(can=lambda name: False)))


@pytest.mark.parametrize(
    ("period", "amount", "receiving", "cells", "said"),
    [
        (Period.MONTH, 5000, None, ("每月", "50.00", "—"), "每月 50.00 元"),
        (Period.ONCE, 5000, None, ("一次性", "50.00", "—"), "一次性 50.00 元"),
        (Period.YEAR, None, 5000, ("每年", "—", "50.00"), "现领每年 50.00 元"),
        (Period.STATUS, 0, None, ("", "资格", "—"), "资格"),
        (Period.MONTH, None, None, ("", "—", "—"), ""),
    ],
)
def test_a_row_says_how_often(
    monkeypatch: pytest.MonkeyPatch, period: Period, amount: int | None, receiving: int | None,
    cells: tuple[str, str, str], said: str,
) -> None:  # fmt: skip
    shown = row(monkeypatch, period, amount, receiving)
    assert (shown.period, shown.amount, shown.receiving) == cells
    assert shown.said == said


@pytest.mark.xdist_group("district")
def test_monthly_sums_leave_out_what_is_paid_once(
    district: None, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = system_viewer(at=at)
    with acting_as(viewer=viewer, at=at):
        chosen = FindingFilter()
        before = {group.key: group for group in breakdown(viewer=viewer, chosen=chosen, by="scheme")}
        all_of_it = totals(viewer=viewer, chosen=chosen)
        assert before[CODE].amount_fen > 0
        monkeypatch.setattr(findings, "book", lambda: with_period(Period.ONCE))
        after = {group.key: group for group in breakdown(viewer=viewer, chosen=chosen, by="scheme")}
        less = totals(viewer=viewer, chosen=chosen)
        streets = breakdown(viewer=viewer, chosen=chosen, by="street")
    assert after[CODE].amount_fen == 0
    assert after[CODE].count == before[CODE].count
    assert all_of_it.amount_fen - less.amount_fen == before[CODE].amount_fen
    assert sum(group.amount_fen for group in streets) == less.amount_fen
