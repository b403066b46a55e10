from collections.abc import Callable

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from minsheng.foundation.pages.chips import PAGE_PARAMETER, chip_row
from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.foundation.pages.wording import yuan
from minsheng.work.payments import operations
from minsheng.work.payments.pages.forms import act, fen_of
from minsheng.work.payments.queries import differences as queries
from minsheng.work.payments.queries.differences import DifferenceView
from minsheng.work.payments.types import RecalculationState


@staff_page(capability="payments.work")
def index(request: StaffRequest) -> HttpResponse:
    """This function will list differences in one state; those that wait come first."""
    named = request.GET.get("state", "")
    state = RecalculationState(named) if named in set(RecalculationState) else RecalculationState.PROPOSED
    page = queries.differences(viewer=request.viewer, state=state, token=request.GET.get(PAGE_PARAMETER))
    chips = chip_row(
        query=request.GET,
        parameter="state",
        label="到哪一步",
        options=[(one.value, one.label) for one in RecalculationState],
        counts=page.counts,
    )
    context = {"page": page, "state": state, "chips": [chips], "waiting": page.counts.get("proposed", 0)}
    return render(request, "payments/differences.html", context)


@staff_page(capability="payments.work")
def difference(request: StaffRequest, recalculation_id: int) -> HttpResponse:
    """This function will show one difference month by month, and what may be decided or paid back."""
    view = _view(request, recalculation_id)
    context = {
        "view": view,
        "heading": heading_of(view),
        "may_decide": request.viewer.can("payments.decide_difference"),
        "may_repay": request.viewer.can("payments.book_budget"),
        "may_open": request.viewer.can("registry.view_person"),
    }
    return render(request, "payments/difference.html", context)


def heading_of(view: DifferenceView) -> str:
    """This function will say what the difference is and where it stands."""
    row, recovery = view.row, view.recovery
    money = f"{'多发' if row.fen > 0 else '少发'} {yuan(abs(row.fen))} 元"
    match row.state:
        case RecalculationState.PROPOSED:
            return f"{money}，等待确认"
        case RecalculationState.DISMISSED:
            return f"{money}，核实后不调整"
    if recovery is None:
        return f"{money}，随下一批补发"
    return f"{money}，{'已全部追回' if recovery.closed_at else f'还要追回 {yuan(recovery.left_fen)} 元'}"


@staff_page(capability="payments.decide_difference", methods=("POST",))
def confirm(request: StaffRequest, recalculation_id: int) -> HttpResponse:
    """This function will confirm a difference by a decision."""
    months = request.POST.get("months", "12")

    def done() -> None:
        operations.confirm_difference(
            actor=request.viewer,
            at=request.at,
            recalculation_id=recalculation_id,
            decision_ref=request.POST.get("decision", ""),
            reason=request.POST.get("reason", ""),
            months=int(months) if months.isascii() and months.isdigit() else 0,
        )

    return _act(request, recalculation_id, done, "已确认。多发的按期追回，少发的随下一批补发。")


@staff_page(capability="payments.decide_difference", methods=("POST",))
def dismiss(request: StaffRequest, recalculation_id: int) -> HttpResponse:
    """This function will leave what was paid as it is."""

    def done() -> None:
        operations.dismiss_difference(
            actor=request.viewer,
            at=request.at,
            recalculation_id=recalculation_id,
            reason=request.POST.get("reason", ""),
        )

    return _act(request, recalculation_id, done, "已登记：核实后不调整。")


@staff_page(capability="payments.work")
def recoveries(request: StaffRequest) -> HttpResponse:
    """This function will list what is being paid back, or what has come back whole."""
    closed = request.GET.get("state") == "closed"
    page = queries.recoveries(viewer=request.viewer, closed=closed, token=request.GET.get(PAGE_PARAMETER))
    chips = chip_row(
        query=request.GET,
        parameter="state",
        label="到哪一步",
        options=[("open", "正在追回"), ("closed", "已追回")],
        counts=page.counts,
    )
    left = sum(row.left_fen for row in page.rows)
    context = {"page": page, "closed": closed, "chips": [chips], "left": left, "running": page.counts["open"]}
    return render(request, "payments/recoveries.html", context)


@staff_page(capability="payments.decide_difference", methods=("POST",))
def ease(request: StaffRequest, recalculation_id: int) -> HttpResponse:
    """This function will lower the monthly instalment of a household in hardship."""

    def done() -> None:
        operations.ease_recovery(
            actor=request.viewer,
            at=request.at,
            recovery_id=_recovery_of(request, recalculation_id),
            instalment=fen_of(request.POST.get("instalment", "")),
            note=request.POST.get("note", ""),
        )

    return _act(request, recalculation_id, done, "已调低每月扣回的金额。")


@staff_page(capability="payments.book_budget", methods=("POST",))
def repay(request: StaffRequest, recalculation_id: int) -> HttpResponse:
    """This function will book what somebody paid back in person."""

    def done() -> None:
        operations.book_repayment(
            actor=request.viewer,
            at=request.at,
            recovery_id=_recovery_of(request, recalculation_id),
            fen=fen_of(request.POST.get("amount", "")),
            reference=request.POST.get("voucher", ""),
        )

    return _act(request, recalculation_id, done, "已登记退回的钱，转回专项资金。")


def _recovery_of(request: StaffRequest, recalculation_id: int) -> int:
    recovery = _view(request, recalculation_id).recovery
    return recovery.recovery_id if recovery else 0


def _view(request: StaffRequest, recalculation_id: int) -> DifferenceView:
    view = queries.difference(viewer=request.viewer, recalculation_id=recalculation_id, on=request.at.date())
    if view is None:
        raise Http404("没有这项差额，或不在您的管辖范围。")
    return view


def _act(request: StaffRequest, recalculation_id: int, done: Callable[[], None], said: str) -> HttpResponse:
    _view(request, recalculation_id)
    return act(request, done, said=said, back=reverse("payments:difference", args=[recalculation_id]))
