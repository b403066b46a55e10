from collections.abc import Callable
from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from minsheng.foundation.access.queries import areas_inside
from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.work.payments import operations
from minsheng.work.payments.pages.forms import act, fen_of
from minsheng.work.payments.queries import floats as queries
from minsheng.work.payments.queries.floats import FloatView

ACTS = ("spend_float", "count_float", "confirm_count", "fund_float")


@staff_page(capability="payments.work")
def index(request: StaffRequest) -> HttpResponse:
    """This function will list the floats of the viewer's areas with what is in them and what they may hold."""
    rows = queries.floats(viewer=request.viewer, on=request.at.date())
    may_fund = request.viewer.can("payments.fund_float")
    have = {row.name for row in rows}
    places = [a for a in areas_inside(viewer=request.viewer) if a.depth <= 1 and a.name not in have] if may_fund else []
    context = {
        "rows": rows,
        "low": [row for row in rows if row.low],
        "book": sum(row.book_fen for row in rows),
        "places": places,
    }
    return render(request, "payments/floats.html", context)


@staff_page(capability="payments.work")
def one(request: StaffRequest, float_id: int) -> HttpResponse:
    """This function will show one float: what waits for payment, its counts and movements."""
    view = _view(request, float_id)
    context = {
        "view": view,
        "float": view.row,
        "may": {name: request.viewer.can(f"payments.{name}") for name in ACTS},
        "may_open": request.viewer.can("registry.view_person"),
        "today": request.at.date(),
    }
    return render(request, "payments/float.html", context)


@staff_page(capability="payments.fund_float", methods=("POST",))
def open_one(request: StaffRequest) -> HttpResponse:
    """This function will open the float of the district or of a street."""
    chosen = request.POST.get("area", "")
    places = {str(area.id): area for area in areas_inside(viewer=request.viewer) if area.depth <= 1}

    def done() -> None:
        if chosen not in places:
            raise operations.UnableToUseFloat("请选择区或街道。")
        operations.open_float(actor=request.viewer, at=request.at, area_id=places[chosen].id, name=places[chosen].name)

    return act(request, done, said="已设立备用金，限额按规定的数。下一步：补充资金。", back=reverse("payments:floats"))


@staff_page(capability="payments.fund_float", methods=("POST",))
def fill(request: StaffRequest, float_id: int) -> HttpResponse:
    """This function will bring money from the fund into a float."""

    def done() -> None:
        operations.replenish_float(
            actor=request.viewer,
            at=request.at,
            float_id=float_id,
            fen=fen_of(request.POST.get("amount", "")),
            reference=request.POST.get("voucher", ""),
        )

    return _act(request, float_id, done, "已补充，专项资金相应减少。")


@staff_page(capability="payments.fund_float", methods=("POST",))
def set_ceiling(request: StaffRequest, float_id: int) -> HttpResponse:
    """This function will set what a float may hold from a day on."""

    def done() -> None:
        try:
            since = date.fromisoformat(request.POST.get("since", ""))
        except ValueError:
            raise operations.UnableToUseFloat("请选择新限额从哪一天起。") from None
        operations.set_float_ceiling(
            actor=request.viewer,
            at=request.at,
            float_id=float_id,
            valid_from=since,
            ceiling_fen=fen_of(request.POST.get("ceiling", "")),
            case_fen=fen_of(request.POST.get("case", "")),
            basis=request.POST.get("basis", ""),
        )

    return _act(request, float_id, done, "新的限额已登记，到那一天起用。")


@staff_page(capability="payments.spend_float", methods=("POST",))
def pay(request: StaffRequest, float_id: int, draw_id: int) -> HttpResponse:
    """This function will hand relief over against a receipt."""

    def done() -> None:
        operations.pay_draw(
            actor=request.viewer, at=request.at, draw_id=draw_id, receipt=request.POST.get("receipt", "")
        )

    return _act(request, float_id, done, "已付款并记账。", draw_id=draw_id)


@staff_page(capability="payments.spend_float", methods=("POST",))
def withdraw(request: StaffRequest, float_id: int, draw_id: int) -> HttpResponse:
    """This function will take back a draw that nobody has paid."""

    def done() -> None:
        operations.withdraw_draw(
            actor=request.viewer, at=request.at, draw_id=draw_id, reason=request.POST.get("reason", "")
        )

    return _act(request, float_id, done, "已撤回，没有付款。", draw_id=draw_id)


@staff_page(capability="payments.count_float", methods=("POST",))
def count(request: StaffRequest, float_id: int) -> HttpResponse:
    """This function will note what was counted."""

    def done() -> None:
        operations.count_float(
            actor=request.viewer,
            at=request.at,
            float_id=float_id,
            counted_fen=fen_of(request.POST.get("counted", "")),
            note=request.POST.get("note", ""),
        )

    return _act(request, float_id, done, "清点结果已登记，等另一个人复核。")


@staff_page(capability="payments.confirm_count", methods=("POST",))
def confirm(request: StaffRequest, float_id: int) -> HttpResponse:
    """This function will confirm the open count by a second person."""
    waiting = _view(request, float_id).to_confirm

    def done() -> None:
        operations.confirm_count(actor=request.viewer, at=request.at, count_id=waiting.count_id if waiting else 0)

    return _act(request, float_id, done, "盘点已复核。有差额的已单独记账，账面数没有改动。")


def _view(request: StaffRequest, float_id: int) -> FloatView:
    view = queries.float_view(viewer=request.viewer, float_id=float_id, on=request.at.date())
    if view is None:
        raise Http404("没有这笔备用金，或不在您的管辖范围。")
    return view


def _act(
    request: StaffRequest, float_id: int, done: Callable[[], None], said: str, *, draw_id: int | None = None
) -> HttpResponse:
    view = _view(request, float_id)
    if draw_id is not None and draw_id not in {row.draw_id for row in (*view.waiting, *view.paid)}:
        raise Http404("没有这笔支付，或不在您的管辖范围。")
    return act(request, done, said=said, back=reverse("payments:float", args=[float_id]))
