"""The residents' door: a code of twelve digits in, a sitting out."""

import secrets

from django import forms
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minsheng.portal import operations
from minsheng.portal.identity import UnableToProveIdentity, connected, provider
from minsheng.portal.pages.gate import TOKEN

STATE = "identity_state"


class CodeForm(forms.Form):
    """The code from the counter."""

    code = forms.CharField(
        label="12 位数字",
        max_length=40,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True, "class": "code-field"}
        ),
        help_text="社区或街道窗口打印的那张纸上，三组数字。",
        error_messages={"required": "请输入纸上的 12 位数字。"},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """This function will let a resident in by the code from the counter."""
    if request.method != "POST" and request.session.get(TOKEN) and not request.user.is_authenticated:
        return redirect("portal:home")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        at = request.at  # type: ignore[attr-defined]
        try:
            token = operations.sign_in_by_code(typed=form.cleaned_data["code"], at=at)
        except operations.UnableToSignIn as refusal:
            form.add_error("code", str(refusal))
        else:
            return begin(request, token)
    wrong = request.method == "POST"
    context = {
        "form": form,
        "next": _next(request),
        "ended": "ended" in request.GET,
        "staff": request.user.is_authenticated,
        "by_identity": connected(),
    }
    return render(request, "portal/sign_in.html", context, status=422 if wrong else 200)


@require_POST
def identity_start(request: HttpRequest) -> HttpResponse:
    """This function will send the browser to the provider, with a word that only this browser can bring back."""
    if not connected():
        raise Http404("还没有接通浙里办。")
    state = secrets.token_urlsafe(24)
    request.session[STATE] = {"word": state, "next": _next(request)}
    return redirect(provider().leads_to(state=state, back=request.build_absolute_uri(reverse("portal:identity_back"))))


@require_safe
def identity_back(request: HttpRequest) -> HttpResponse:
    """This function will let in whom the provider vouches for, once per word that this browser was given."""
    kept = request.session.pop(STATE, None)
    code, word = request.GET.get("code", ""), request.GET.get("state", "")
    refusal = "这次登录已经过期或者用过了。请再点一次“用浙里办登录”，或者输入 12 位数字。"
    if connected() and kept and constant_time_compare(kept["word"], word):
        at = request.at  # type: ignore[attr-defined]
        try:
            token = operations.sign_in_by_identity(provider=provider(), ticket=code, at=at)
        except UnableToProveIdentity as why:
            refusal = str(why)
        except operations.UnableToSignIn:
            refusal = "登记库里没有找到您，或者姓名和证件号对不上。请带身份证到社区或街道窗口核对，不收费。"
        else:
            return begin(request, token, onward=kept["next"])
    context = {"form": CodeForm(), "next": "", "refusal": refusal, "by_identity": connected()}
    return render(request, "portal/sign_in.html", context, status=422)


def begin(request: HttpRequest, token: str, *, onward: str = "") -> HttpResponse:
    """This function will keep the sitting in the browser's session, whoever was signed in before, and lead on."""
    logout(request)  # another key for the session, and nothing left of somebody else
    request.session[TOKEN] = token
    request.session.set_expiry(0)  # a shared telephone forgets when the browser closes
    return redirect(onward or _next(request) or reverse("portal:home"))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """This function will end the sitting and tell the browser to forget what it kept."""
    token = request.session.get(TOKEN, "")
    if token:
        operations.sign_out(token=token, at=request.at)  # type: ignore[attr-defined]
        logout(request)
    response = redirect("portal:sign_in")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "") or request.GET.get("next", "")
    allowed = {request.get_host()}
    inside = wanted.startswith(reverse("portal:home")) and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts=allowed
    )
    return wanted if inside else ""
