"""Coming in by another service: away with a state, back with an answer, and only to an account that exists."""

import logging
from collections.abc import Callable
from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from minsheng.foundation.accounts import queries as accounts
from minsheng.foundation.entrance import operations, queries
from minsheng.foundation.entrance.pages.signing_in import door
from minsheng.foundation.entrance.services import oidc, zzd
from minsheng.foundation.entrance.services.oidc import Pending, UnableToBelieve
from minsheng.foundation.entrance.services.outbound import UnableToAskService

log = logging.getLogger("minsheng.entrance")
WORDS = {"oidc": "统一身份认证", "zzd": "浙政钉"}
AWAY = "{service}现在连不上。请用登录名、密码和第二道验证登录。"
UNKNOWN = "{service}没有认出本系统的账号。请用登录名登录，或者请系统管理员登记您的人员编号。"


def _configured(provider: str) -> Any:
    client = settings.SIGN_IN_OIDC if provider == "oidc" else settings.SIGN_IN_ZZD
    if not client:
        raise Http404("没有开通这种登录方式。")
    return oidc.Client(**client) if provider == "oidc" else zzd.App(**client)


def _away(provider: str) -> Callable[[HttpRequest], HttpResponse]:
    def view(request: HttpRequest) -> HttpResponse:
        client, begin = _configured(provider), oidc.begin if provider == "oidc" else zzd.begin
        following = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(following, allowed_hosts={request.get_host()}):
            following = "/"
        try:
            address, pending = begin(
                client, back=_back(request, provider), following=following, now=queries.now(request)
            )
        except UnableToAskService as error:
            return _refuse(request, provider, AWAY, error)
        request.session[f"pending:{provider}"] = pending.stored()
        return HttpResponseRedirect(address)

    return view


def _returned(provider: str) -> Callable[[HttpRequest], HttpResponse]:
    def view(request: HttpRequest) -> HttpResponse:
        client, stored = _configured(provider), request.session.pop(f"pending:{provider}", None)
        answer = {name: request.GET[name] for name in ("code", "state", "iss", "error") if name in request.GET}
        now = queries.now(request)
        try:
            if stored is None:
                raise UnableToBelieve("nobody was sent away")
            pending = Pending(**stored)
            if provider == "oidc":
                subject = oidc.finish(client, pending, answer=answer, back=_back(request, provider), now=now)
            else:
                subject = zzd.finish(client, pending, answer=answer, now=now)
        except UnableToAskService as error:
            return _refuse(request, provider, AWAY, error)
        except UnableToBelieve as error:
            return _refuse(request, provider, UNKNOWN, error)
        number = queries.account_meant(provider=provider, subject=subject)
        account = accounts.sign_in_account(account_id=number) if number is not None else None
        if account is None:
            return _refuse(request, provider, UNKNOWN, UnableToBelieve("no account has this subject"))
        record_authentication(request, account, provider)
        answered: HttpResponse = perform_login(request, Login(user=account, redirect_url=pending.next))
        return answered

    return view


def _back(request: HttpRequest, provider: str) -> str:
    return request.build_absolute_uri(reverse(f"entrance:{provider}_back"))


def _refuse(request: HttpRequest, provider: str, words: str, error: Exception) -> HttpResponse:
    log.warning("sign-in by %s refused: %s", provider, error)
    operations.record_refusal(
        username="",
        place=request.META.get("REMOTE_ADDR", ""),
        at=request.at,  # type: ignore[attr-defined]
        request_id=getattr(request, "request_id", ""),
    )
    messages.error(request, words.format(service=WORDS[provider]))
    return redirect("account_login")


ONLY_READS = ("GET", "HEAD")
oidc_away = door(_away("oidc"), methods=ONLY_READS, signed_in=False)
oidc_back = door(_returned("oidc"), methods=ONLY_READS, signed_in=False)
zzd_away = door(_away("zzd"), methods=ONLY_READS, signed_in=False)
zzd_back = door(_returned("zzd"), methods=ONLY_READS, signed_in=False)
