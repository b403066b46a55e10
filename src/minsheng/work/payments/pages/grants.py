from collections.abc import Callable
from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.work.payments import operations
from minsheng.work.payments.pages.forms import act, fen_of
from minsheng.work.payments.queries.grants import GrantPage, grant_page
from minsheng.work.payments.types import Cause, Payee, PayeeRole


@staff_page(capability="payments.work")
def grant(request: StaffRequest, grant_id: int) -> HttpResponse:
    """This function will show what a grant gives, where the money goes and what became of its months."""
    context = {
        "page": _page(request, grant_id),
        "may_enter": request.viewer.can("payments.edit_account"),
        "may_claim": request.viewer.can("payments.recalculate"),
        "roles": [(role.value, role.label) for role in PayeeRole],
        "causes": [(cause.value, cause.label) for cause in Cause],
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


@staff_page(capability="payments.edit_account", methods=("POST",))
def enter_payee(request: StaffRequest, grant_id: int) -> HttpResponse:
    """This function will enter another payee with their account; used once somebody else has approved it."""
    sent = request.POST

    def done() -> None:
        person = sent.get("person", "") or sent.get("number_of_person", "").strip()
        if not (person.isascii() and person.isdigit() and len(person) < 19):
            raise operations.UnableToChangePayee("请选择新的领款人，或填他的登记编号。")
        role = sent.get("role", "")
        operations.propose_account(
            actor=request.viewer,
            at=request.at,
            grant_id=grant_id,
            payee=Payee(sent.get("holder", ""), sent.get("bank", ""), sent.get("number", "").replace(" ", "")),
            basis=sent.get("basis", ""),
            payee_person_id=int(person),
            payee_role=PayeeRole(role) if role in set(PayeeRole) else PayeeRole.MEMBER,
        )

    return _act(request, grant_id, done, "新的领款人已录入，等另一个人审核后起用。")


@staff_page(capability="payments.recalculate", methods=("POST",))
def claim_back(request: StaffRequest, grant_id: int) -> HttpResponse:
    """This function will propose that a month was paid too much; somebody else confirms it."""
    sent = request.POST

    def done() -> None:
        try:
            month, cause = date.fromisoformat(sent.get("month", "")), Cause(sent.get("cause", ""))
        except ValueError:
            raise operations.UnableToDecideDifference("请选择月份和原因。") from None
        operations.claim_back(
            actor=request.viewer,
            at=request.at,
            grant_id=grant_id,
            month=month,
            due_fen=fen_of(sent.get("due", "")),
            cause=cause,
        )

    return _act(request, grant_id, done, "已提出多发，等另一个人在“多发少发”里确认。")


@staff_page(capability="payments.approve_account", methods=("POST",))
def approve_account(request: StaffRequest, grant_id: int) -> HttpResponse:
    """This function will put the entered account to use."""
    waiting = _page(request, grant_id).to_approve

    def done() -> None:
        operations.approve_account(actor=request.viewer, at=request.at, account_id=waiting.account_id if waiting else 0)

    return _act(request, grant_id, done, "已审核，从下一批起用。")


def _page(request: StaffRequest, grant_id: int) -> GrantPage:
    page = grant_page(viewer=request.viewer, grant_id=grant_id, on=request.at.date())
    if page is None:
        raise Http404("没有这项发放，或不在您的管辖范围。")
    return page


def _act(request: StaffRequest, grant_id: int, done: Callable[[], None], said: str) -> HttpResponse:
    _page(request, grant_id)
    return act(request, done, said=said, back=reverse("payments:grant", args=[grant_id]))
