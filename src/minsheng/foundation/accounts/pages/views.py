from typing import Any

from django import forms
from django.contrib.auth import logout
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods, require_POST


class SignInForm(AuthenticationForm):
    """Sign-in name and password; the same answer for an unknown name and a wrong password."""

    error_messages = {
        "invalid_login": "登录名或密码不对。请核对后再试；连续输错 5 次要等 15 分钟。",
        "inactive": "登录名或密码不对。请核对后再试；连续输错 5 次要等 15 分钟。",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "登录名"
        self.fields["password"].label = "密码"
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control form-control-lg"
            field.error_messages["required"] = f"请输入{field.label}。"
        self.fields["username"].widget = forms.TextInput(
            attrs={"class": "form-control form-control-lg", "autocomplete": "username", "autofocus": True}
        )


# Django's form views take PUT for POST; nobody signs in by PUT.
@method_decorator(require_http_methods(["GET", "HEAD", "POST"]), name="dispatch")
class SignIn(LoginView):
    """The staff's door; afterwards it leads back to the page that asked for it."""

    form_class = SignInForm
    template_name = "accounts/sign_in.html"
    redirect_authenticated_user = True


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """This function will end the session and tell the browser to forget what it kept."""
    logout(request)
    response = redirect("accounts:sign_in")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


def locked_out(request: HttpRequest, credentials: dict[str, Any] | None = None) -> HttpResponse:
    """This function will answer after too many wrong tries: wait, nothing is locked for good."""
    response = render(request, "accounts/locked_out.html", status=429)
    response["Retry-After"] = "900"
    return response
