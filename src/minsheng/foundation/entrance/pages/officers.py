"""The pages of the three officers: accounts, sign-ins, grants. Nothing of a resident stands on them."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from minsheng.foundation.access import operations as access
from minsheng.foundation.access import queries as access_queries
from minsheng.foundation.access.context import BUSINESS_ZONE
from minsheng.foundation.entrance import operations, queries
from minsheng.foundation.entrance.pages.officer_forms import GrantForm, OpenAccountForm
from minsheng.foundation.entrance.types import AccountLine
from minsheng.foundation.pages.chips import chip_row
from minsheng.foundation.pages.gate import StaffRequest, staff_page

SHOWN: Mapping[str, tuple[str, Callable[[AccountLine], bool]]] = {
    "sleeping": ("已停用", lambda one: not one.is_active),
    "no_factor": ("没有第二道验证", lambda one: one.is_active and not one.factors),
    "signed_in": ("正登录着", lambda one: one.sessions > 0),
    "no_role": ("没有岗位", lambda one: one.is_active and not one.roles),
}  # fmt: skip


@staff_page(capability="accounts.view")
def accounts(request: StaffRequest) -> HttpResponse:
    """This function will list all accounts of people, and say how many need something."""
    lines = queries.account_lines(viewer=request.viewer, at=request.at, now=queries.now(request))
    chosen, asked = request.GET.get("show", ""), request.GET.get("q", "").strip()
    counts = {key: sum(map(test, lines)) for key, (_, test) in SHOWN.items()}
    shown = [one for one in lines if chosen not in SHOWN or SHOWN[chosen][1](one)]
    shown = [one for one in shown if asked in one.name or asked in one.username or asked in one.holder]
    chips = chip_row(
        query=request.GET,
        parameter="show",
        label="只看",
        options=[(key, words) for key, (words, _) in SHOWN.items()],
        counts=counts,
    )
    context = {"lines": shown, "whole": len(lines), "counts": counts, "chips": chips, "asked": asked}
    return render(request, "entrance/officers/accounts.html", context | _desk(request))


@staff_page(capability="accounts.view")
def account(request: StaffRequest, account_id: int) -> HttpResponse:
    """This function will show one account: how it comes in, where it is signed in, what it may do."""
    return render(request, "entrance/officers/account.html", _account(request, account_id))


@staff_page(capability="accounts.manage", methods=("GET", "HEAD", "POST"))
def open_account(request: StaffRequest) -> HttpResponse:
    """This function will open an account and show its first password, once."""
    form = OpenAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            number, password = operations.open_staff_account(actor=request.viewer, at=request.at, **form.cleaned_data)
        except operations.UnableToManageAccount as error:
            form.add_error(None, str(error))
        else:
            return _first_password(request, number, password)
    status = 422 if request.method == "POST" else 200
    return render(request, "entrance/officers/open.html", {"form": form} | _desk(request), status=status)


def _issue(request: StaffRequest, account_id: int) -> HttpResponse:
    password = operations.issue_new_password(actor=request.viewer, at=request.at, account_id=account_id)
    return _first_password(request, account_id, password)


def _disable(request: StaffRequest, account_id: int) -> str:
    operations.disable(actor=request.viewer, at=request.at, account_id=account_id, why=request.POST.get("why", ""))
    return "账号已经停用，正登录着的也都退出了。"


def _enable(request: StaffRequest, account_id: int) -> str:
    operations.enable(actor=request.viewer, at=request.at, account_id=account_id)
    return "账号已经恢复，可以登录了。"


def _sign_out(request: StaffRequest, account_id: int) -> str:
    number = operations.sign_out_everywhere(actor=request.viewer, at=request.at, account_id=account_id)
    return f"{number} 处登录都已退出。" if number else "这个账号现在没有登录着。"


def _reset(request: StaffRequest, account_id: int) -> str:
    operations.reset_factors(actor=request.viewer, at=request.at, account_id=account_id)
    return "第二道验证已经清除。本人下次登录时要重新设一个。"


def _identity(request: StaffRequest, account_id: int) -> str:
    operations.set_identity(
        actor=request.viewer,
        at=request.at,
        account_id=account_id,
        provider=request.POST.get("provider", "")[:20],
        subject=request.POST.get("subject", "").strip()[:200],
    )
    return "外部账号已经登记。"


Act = Callable[[StaffRequest, int], HttpResponse | str]
MANAGING: Mapping[str, Act] = {"password": _issue, "identity": _identity}
SECURING: Mapping[str, Act] = {
    "disable": _disable,
    "enable": _enable,
    "sign-out": _sign_out,
    "reset-factors": _reset,
}


@staff_page(capability="accounts.manage", methods=("POST",))
def manage(request: StaffRequest, account_id: int, act: str) -> HttpResponse:
    """This function will do what the system officer may with an account."""
    return _act(request, account_id, MANAGING.get(act))


@staff_page(capability="accounts.secure", methods=("POST",))
def secure(request: StaffRequest, account_id: int, act: str) -> HttpResponse:
    """This function will do what the security officer may with an account."""
    return _act(request, account_id, SECURING.get(act))


def _act(request: StaffRequest, account_id: int, act: Act | None) -> HttpResponse:
    if act is None or account_id not in {one.account_id for one in _lines(request)}:
        raise Http404("没有这个账号。")
    try:
        told = act(request, account_id)
    except operations.UnableToManageAccount as error:
        messages.error(request, str(error))
        return redirect("officers:account", account_id=account_id)
    if isinstance(told, HttpResponse):
        return told
    messages.success(request, told)
    return redirect("officers:account", account_id=account_id)


@staff_page(capability="accounts.view")
def grants(request: StaffRequest) -> HttpResponse:
    """This function will show what waits for a second officer, and what nobody has looked at for a year."""
    context = {
        "waiting": access_queries.grants_to_approve(viewer=request.viewer),
        "due": access_queries.grants_due(viewer=request.viewer, at=request.at),
    }
    return render(request, "entrance/officers/grants.html", context | _desk(request))


@staff_page(capability="access.grant", methods=("GET", "HEAD", "POST"))
def propose(request: StaffRequest) -> HttpResponse:
    """This function will propose a role for an account; it waits for another officer."""
    people = [(str(one.account_id), f"{one.name}（{one.username}）") for one in _lines(request) if one.is_active]
    first = {"account_id": request.GET.get("account", ""), "valid_from": request.at.astimezone(BUSINESS_ZONE).date()}
    form = GrantForm(request.POST or None, initial=first, people=people)
    if request.method == "POST" and form.is_valid():
        try:
            access.propose_grant(actor=request.viewer, at=request.at, **form.cleaned_data)
        except access.UnableToGrantRole as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "授权已经提出。要由另一名安全管理员批准，批准以前不起作用。")
            return redirect("officers:grants")
    status = 422 if request.method == "POST" else 200
    return render(request, "entrance/officers/propose.html", {"form": form} | _desk(request), status=status)


GRANT_ACTS: Mapping[str, tuple[Callable[..., None], str]] = {
    "approve": (access.approve_grant, "授权已经批准，从开始日期起生效。"),
    "refuse": (access.refuse_grant, "授权已经退回，没有生效。"),
    "confirm": (access.confirm_grant, "已记下：这项授权今年看过，还需要。"),
    "end": (access.end_grant, "授权从今天起结束，对方下一次点击就不能用了。"),
}


@staff_page(capability="access.grant", methods=("POST",))
def act_on_grant(request: StaffRequest, grant_id: int, act: str) -> HttpResponse:
    """This function will approve, refuse, confirm or end one grant."""
    if act not in GRANT_ACTS or not access_queries.grant_exists(grant_id=grant_id):
        raise Http404("没有这项授权。")
    operation, told = GRANT_ACTS[act]
    more: dict[str, Any] = {"valid_to": request.at.astimezone(BUSINESS_ZONE).date()} if act == "end" else {}
    try:
        operation(actor=request.viewer, at=request.at, grant_id=grant_id, **more)
    except access.UnableToGrantRole as error:
        messages.error(request, str(error))
    else:
        messages.success(request, told)
    return redirect("officers:grants")


@staff_page(capability="accounts.view", methods=("POST",))
def duty(request: StaffRequest) -> HttpResponse:
    """This function will begin an officer's half hour of duty, or end it."""
    if request.POST.get("act") == "end":
        access.end_duty(actor=request.viewer, at=request.at)
        messages.success(request, "值班已经结束。")
        return redirect("officers:accounts")
    try:
        access.begin_duty(actor=request.viewer, at=request.at, reason=request.POST.get("reason", ""))
    except access.UnableToBeOnDuty as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "值班开始，30 分钟后自动结束。这期间做的每一步都留痕。")
    return redirect("officers:accounts")


def _lines(request: StaffRequest) -> list[AccountLine]:
    return queries.account_lines(viewer=request.viewer, at=request.at, now=queries.now(request))


def _account(request: StaffRequest, account_id: int) -> dict[str, Any]:
    line = next((one for one in _lines(request) if one.account_id == account_id), None)
    if line is None:
        raise Http404("没有这个账号。")
    return {
        "line": line,
        "sessions": queries.open_sessions(account_id=account_id, current="", now=queries.now(request)),
        "grants": access_queries.grants_of(viewer=request.viewer, account_id=account_id),
        "identities": queries.identities(account_id=account_id),
        "is_me": account_id == request.viewer.account_id,
    } | _desk(request)


def _first_password(request: StaffRequest, account_id: int, password: str) -> HttpResponse:
    context = _account(request, account_id) | {"password": password}
    return render(request, "entrance/officers/first_password.html", context)


def _desk(request: StaffRequest) -> dict[str, Any]:
    """Whether the officer is on duty, and what the role could do then."""
    viewer = request.viewer
    return {
        "duty": access_queries.duty_now(viewer=viewer, at=request.at),
        "has_duty": access_queries.has_duty_powers(viewer=viewer),
        "may_manage": viewer.can("accounts.manage"),
        "may_secure": viewer.can("accounts.secure"),
        "may_grant": viewer.can("access.grant"),
    }
