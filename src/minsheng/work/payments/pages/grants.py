from collections.abc import Callable

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.work.payments import operations
from minsheng.work.payments.pages.forms import act
from minsheng.work.payments.queries.grants import GrantPage, grant_page
from minsheng.work.payments.types import Payee


@staff_page(capability="payments.work")
def grant(request: StaffRequest, grant_id: int) -> HttpResponse:
    """This function will show what a grant gives, where the money goes and what became of its months."""
    context = {
        "page": _page(request, grant_id),
        "may_enter": request.viewer.can("payments.edit_account"),
        "may_approve": request.viewer.can("payments.approve_account"),
        "may_open": request.viewer.can("registry.view_person"),
    }
    return render(request, "payments/grant.html", context)


@staff_page(capability="payments.edit_account", methods=("POST",))
def enter_account(request: StaffRequest, grant_id: int) -> HttpResponse:
    """This function will enter another account; it is used once somebody else has approved it."""
    sent = request.POST

    def done() -> None:
        operations.propose_account(
            actor=request.viewer,
            at=request.at,
            grant_id=grant_id,
            payee=Payee(sent.get("holder", ""), sent.get("bank", ""), sent.get("number", "").replace(" ", "")),
            basis=sent.get("basis", ""),
        )

    return _act(request, grant_id, done, "账户已录入，等另一个人审核后起用。")


@staff_page(capability="payments.approve_account", methods=("POST",))
def approve_account(request: StaffRequest, grant_id: int) -> HttpResponse:
    """This function will put the entered account to use."""
    waiting = _page(request, grant_id).to_approve

    def done() -> None:
        operations.approve_account(actor=request.viewer, at=request.at, account_id=waiting.account_id if waiting else 0)

    return _act(request, grant_id, done, "账户已审核，从下一批起用。")


def _page(request: StaffRequest, grant_id: int) -> GrantPage:
    page = grant_page(viewer=request.viewer, grant_id=grant_id)
    if page is None:
        raise Http404("没有这项发放，或不在您的管辖范围。")
    return page


def _act(request: StaffRequest, grant_id: int, done: Callable[[], None], said: str) -> HttpResponse:
    _page(request, grant_id)
    return act(request, done, said=said, back=reverse("payments:grant", args=[grant_id]))
