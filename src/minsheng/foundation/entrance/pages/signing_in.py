"""Signing in and out, and confirming: allauth's own views in this house's forms, with three things of ours.

They answer only the methods they have; a proof asked for inside leads to the page that takes it; and who proves a
factor gets a new session key.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.logout import logout
from allauth.account.views import LoginView, ReauthenticateView
from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired
from allauth.mfa.base.views import AuthenticateView, IndexView
from allauth.mfa.base.views import ReauthenticateView as CodeView
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    LoginWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from minsheng.foundation.entrance import operations, queries, rules
from minsheng.foundation.entrance.rules import ENDED_WORDS, Ended

View = Callable[..., HttpResponse]


def door(view: View, *, methods: tuple[str, ...] = ("GET", "HEAD", "POST"), signed_in: bool = True) -> View:
    """This function will put one of allauth's views into the house."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if signed_in and not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if request.method not in methods:
            return HttpResponseNotAllowed(methods)
        try:
            return view(request, *args, **kwargs)
        except ReauthenticationRequired:
            return redirect(f"{reverse('entrance:confirm')}?{urlencode({'next': request.get_full_path()})}")
        except ImmediateHttpResponse as answer:
            return cast(HttpResponse, answer.response)

    guarded.methods = methods  # type: ignore[attr-defined]
    return guarded


class SignIn(LoginView):  # type: ignore[misc]
    """The staff's door; afterwards it leads back to the page that asked for it."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        ended = self.request.GET.get("ended", "")
        words = ENDED_WORDS[Ended(ended)] if ended in set(Ended) else ""
        return context | {"ended_words": words, "services": _services()}


def _services() -> list[dict[str, str]]:
    """The other doors that this installation has opened."""
    found = []
    if settings.SIGN_IN_ZZD:
        found.append({"url_name": "entrance:zzd", "label": "浙政钉"})
    if settings.SIGN_IN_OIDC:
        found.append({"url_name": "entrance:oidc", "label": "统一身份认证"})
    return found


class Confirm(CodeView):  # type: ignore[misc]
    """A sensitive act asks for the code once more."""

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        operations.rotate(session=self.request.session)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | _ways(self.request)


class ConfirmByPasskey(ReauthenticateWebAuthnView):  # type: ignore[misc]
    """A sensitive act asks for the passkey once more."""

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        operations.rotate(session=self.request.session)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        messages.error(self.request, "这把通行密钥没有通过。请再试一次，或者改用验证码。")
        return redirect(self.request.get_full_path())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"form": self.get_form()} | _ways(self.request)


def _ways(request: HttpRequest) -> dict[str, bool]:
    kinds = queries.factor_kinds(account_id=request.user.pk or 0)
    return {"has_passkey": "webauthn" in kinds, "has_code": bool(kinds - {"webauthn"})}


class NewGenerator(ActivateTOTPView):  # type: ignore[misc]
    """The first code proves the generator, so it counts as the second factor of this sign-in."""

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        _proved(self.request, kind="totp")
        return response


class NewPasskey(AddWebAuthnView):  # type: ignore[misc]
    """The new key has just signed, so it counts as the second factor of this sign-in."""

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        _proved(self.request, kind="webauthn")
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"form": kwargs.get("form") or self.get_form()}


class MyFactors(IndexView):  # type: ignore[misc]
    """One's second factors, and what is missing."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        has = queries.has_second_factor(account_id=self.request.user.pk or 0)
        return context | {"has_second_factor": has, "next": self.request.GET.get("next", "")}


class RemovePasskey(RemoveWebAuthnView):  # type: ignore[misc]
    """A lost device is taken off the list."""

    def get_success_url(self) -> str:
        return reverse("mfa_index")


def _proved(request: HttpRequest, *, kind: str) -> None:
    record_authentication(request, request.user, rules.SECOND_FACTOR, type=kind, reauthenticated=True)
    operations.rotate(session=request.session)
    operations.record_factor(
        actor=request.viewer,  # type: ignore[attr-defined]
        at=request.at,  # type: ignore[attr-defined]
        kind=kind,
        added=True,
    )


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """This function will end the session and tell the browser to forget what it kept."""
    logout(request)
    response = redirect("account_login")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


def confirm(request: HttpRequest) -> HttpResponse:
    """This function will lead to the way of confirming that the account has."""
    ways = _ways(request)
    name = "mfa_reauthenticate_webauthn" if ways["has_passkey"] else "mfa_reauthenticate"
    if not any(ways.values()):
        name = "mfa_index" if not settings.SIGN_IN_SIMPLE else "account_reauthenticate"
    asked = request.GET.urlencode()
    return redirect(f"{reverse(name)}?{asked}" if asked else reverse(name))


def locked_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """This function will answer after too many wrong tries: wait, nothing is locked for good."""
    response = render(request, "entrance/locked_out.html", status=429)
    response["Retry-After"] = "900"
    return response


sign_in = door(SignIn.as_view(), signed_in=False)
second_factor = door(AuthenticateView.as_view(), signed_in=False)
sign_in_by_passkey = door(LoginWebAuthnView.as_view(), signed_in=False)
password_again = door(ReauthenticateView.as_view())
confirm_by_code = door(Confirm.as_view())
confirm_by_passkey = door(ConfirmByPasskey.as_view())
confirm_page = door(confirm, methods=("GET", "HEAD"))
factors = door(MyFactors.as_view(), methods=("GET", "HEAD"))
new_generator = door(NewGenerator.as_view())
remove_generator = door(DeactivateTOTPView.as_view())
new_passkey = door(NewPasskey.as_view())
remove_passkey = door(RemovePasskey.as_view())
recovery_codes = door(ViewRecoveryCodesView.as_view(), methods=("GET", "HEAD"))
new_recovery_codes = door(GenerateRecoveryCodesView.as_view())
