"""The residents' door: a code of twelve digits in, a sitting out."""

from django import forms
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from minsheng.portal import operations
from minsheng.portal.pages.gate import TOKEN


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
    }
    return render(request, "portal/sign_in.html", context, status=422 if wrong else 200)


def begin(request: HttpRequest, token: str) -> HttpResponse:
    """This function will keep the sitting in the browser's session, whoever was signed in before, and lead on."""
    logout(request)  # another key for the session, and nothing left of somebody else
    request.session[TOKEN] = token
    request.session.set_expiry(0)  # a shared telephone forgets when the browser closes
    return redirect(_next(request) or reverse("portal:home"))


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
