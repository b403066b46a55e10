"""One's own account: where one is signed in, and one's password."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from minsheng.foundation.entrance import operations, queries
from minsheng.foundation.entrance.pages.forms import OwnPasswordForm
from minsheng.foundation.pages.gate import StaffRequest, staff_page


@staff_page(capability=None)
def sessions(request: StaffRequest) -> HttpResponse:
    """This function will show where one is signed in, each with a button that ends it."""
    shown = queries.open_sessions(
        account_id=request.viewer.account_id,
        current=request.session.session_key or "",
        now=queries.now(request),
    )
    return render(
        request, "entrance/sessions.html", {"sessions": shown, "others": sum(not s.is_current for s in shown)}
    )


@staff_page(capability=None, methods=("POST",))
def end_one(request: StaffRequest, session_id: int) -> HttpResponse:
    """This function will sign one other browser out."""
    try:
        operations.end_session(
            actor=request.viewer, at=request.at, account_id=request.viewer.account_id, session_id=session_id
        )
    except operations.UnableToEndSession as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, "那台设备已经退出。如果不是您本人登录的，请马上换密码。")
    return redirect("entrance:sessions")


@staff_page(capability=None, methods=("POST",))
def end_others(request: StaffRequest) -> HttpResponse:
    """This function will sign every other browser out."""
    number = operations.end_all_sessions(
        actor=request.viewer,
        at=request.at,
        account_id=request.viewer.account_id,
        but=request.session.session_key or "",
    )
    messages.success(request, f"其他 {number} 处登录都已退出，这里还开着。")
    return redirect("entrance:sessions")


@staff_page(capability=None, methods=("GET", "HEAD", "POST"))
def password(request: StaffRequest) -> HttpResponse:
    """This function will take a password of one's own; every other sign-in ends with the old one."""
    account: Any = request.user
    form = OwnPasswordForm(request.POST or None, account=account)
    if request.method == "POST" and form.is_valid():
        operations.set_own_password(actor=request.viewer, at=request.at, password=form.cleaned_data["password"])
        account.refresh_from_db()
        old = request.session.session_key
        update_session_auth_hash(request, account)
        operations.follow(session=request.session, old=old)
        messages.success(request, "新密码已经生效，别处的登录都已退出。")
        following = request.GET.get("next", "")
        safe = url_has_allowed_host_and_scheme(following, allowed_hosts={request.get_host()})
        return redirect(following if safe else "mfa_index")
    status = 422 if request.method == "POST" else 200
    return render(request, "entrance/password.html", {"form": form, "initial": account.password_initial}, status=status)
