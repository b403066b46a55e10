"""The gate of every request: whether the sign-in still runs, is strong enough, and fresh enough for this act.

It stands before ViewerMiddleware and reads the clock once. An ended sign-in is signed out before anybody is looked up;
what the request had sent is kept for its owner. Its own pages, where one signs in or confirms, stay open.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from allauth.core.internal.httpkit import get_client_ip
from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode

from minsheng.foundation.entrance import operations, queries, rules
from minsheng.foundation.entrance.checks import SIMPLE
from minsheng.foundation.entrance.devices import remember_device
from minsheng.foundation.pages.htmx import go_to, is_fragment

# Where one signs in or out, sets factors up and confirms: open to a sign-in that is not strong enough yet.
OWN_PAGES = frozenset({
    "account_login", "account_logout", "account_inactive", "account_reauthenticate", "entrance:password",
    "mfa_index", "mfa_authenticate", "mfa_login_webauthn", "mfa_reauthenticate", "mfa_reauthenticate_webauthn",
    "mfa_activate_totp", "mfa_add_webauthn", "mfa_view_recovery_codes", "entrance:oidc", "entrance:oidc_back",
    "entrance:zzd", "entrance:zzd_back",
})  # fmt: skip


class SessionGate:
    """Ends, strengthens and freshens sign-ins; see the module."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if settings.SIGN_IN_SIMPLE and not settings.DEMO:
            raise ImproperlyConfigured(SIMPLE)  # a web server does not run the system checks
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.read_at = time.time()  # type: ignore[attr-defined]
        request.ended_account = None  # type: ignore[attr-defined]
        if request.user.is_authenticated:
            self._end_or_touch(request)
        elif was := request.session.get(WAS):
            # Something else on the page noticed the end first; what is sent now is still kept for its owner.
            request.ended_account, request.ended_why = was, rules.Ended.IDLE  # type: ignore[attr-defined]
        response = self.get_response(request)
        if getattr(request, "just_signed_in", False) and request.user.is_authenticated:
            remember_device(response, account_id=request.user.pk)
        self._forget_sent(request, response)
        return response

    def _end_or_touch(self, request: HttpRequest) -> None:
        session, now = request.session, queries.now(request)
        began, seen = session.get("began_at", now), session.get("seen_at", now)
        why = rules.ended(began=began, seen=seen, now=now)
        if began > now:
            session["began_at"] = now  # the clock was set back: the ten hours do not become eleven
        if why is not None:
            request.ended_account = request.user.pk  # type: ignore[attr-defined]
            request.ended_why = why  # type: ignore[attr-defined]
            logout(request)
            request.session[WAS] = request.ended_account  # type: ignore[attr-defined]
        elif "seen_at" not in session or not 0 <= now - seen < rules.SEEN_EVERY_SECONDS:
            operations.touch(
                session=session,
                account_id=request.user.pk or 0,
                place=get_client_ip(request) or "0.0.0.0",
                browser=request.META.get("HTTP_USER_AGENT", ""),
                at=datetime.fromtimestamp(now, tz=UTC),
                seconds=now,
            )

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in OWN_PAGES:
            return None
        if request.ended_account is not None:  # type: ignore[attr-defined]
            return self._lead_back(request, view)
        if not request.user.is_authenticated:
            return None
        if needs := self._still_needs(request):
            return self._send(request, needs, next_page=_page_of(request))
        act = settings.SENSITIVE_ACTS.get(name)
        if act is not None and request.method in act.methods and not self._fresh(request):
            self._keep(request, account_id=request.user.pk)
            return self._send(request, "entrance:confirm", next_page=_page_of(request))
        request.let_through = True  # type: ignore[attr-defined]
        return None

    def _still_needs(self, request: HttpRequest) -> str:
        """A new password first, then a second factor of one's own, then its proof in this session."""
        if settings.SIGN_IN_SIMPLE:
            return ""
        if request.user.password_initial:  # type: ignore[union-attr]
            return "entrance:password"
        if queries.proved_at(request) is not None:
            return ""
        has = queries.has_second_factor(account_id=request.user.pk or 0)
        return "entrance:confirm" if has else "mfa_index"

    def _fresh(self, request: HttpRequest) -> bool:
        if rules.is_fresh(queries.proved_at(request), now=queries.now(request)):
            return True
        # In a demo an account without a second factor is not asked for what it does not have.
        return settings.SIGN_IN_SIMPLE and not queries.has_second_factor(account_id=request.user.pk or 0)

    def _lead_back(self, request: HttpRequest, view: Callable[..., HttpResponse]) -> HttpResponse | None:
        if not hasattr(view, "capability"):
            return None  # an open page needs nobody; the interface answers 401 by itself
        self._keep(request, account_id=request.ended_account)  # type: ignore[attr-defined]
        asked = {"next": _page_of(request), "ended": request.ended_why}  # type: ignore[attr-defined]
        return go_to(request, f"{reverse(settings.LOGIN_URL)}?{urlencode(asked)}")

    def _send(self, request: HttpRequest, url_name: str, *, next_page: str) -> HttpResponse:
        if request.path.startswith(API):
            return HttpResponse(status=401)
        return go_to(request, f"{reverse(url_name)}?{urlencode({'next': next_page})}")

    def _keep(self, request: HttpRequest, *, account_id: int) -> None:
        if request.method != "POST":
            return
        page = _page_of(request)
        kept = operations.keep_form(
            account_id=account_id,
            action=request.path,
            page=page,
            fields=dict(request.POST.lists()),
            had_files=bool(request.FILES),
            at=request.at,  # type: ignore[attr-defined]
        )
        if kept is not None and request.user.is_authenticated:
            request.session["kept"] = {**request.session.get("kept", {}), page: request.path}

    def _forget_sent(self, request: HttpRequest, response: HttpResponse) -> None:
        """A kept form that has now been sent and taken is forgotten."""
        if request.method != "POST" or not request.user.is_authenticated or not response.status_code < 400:
            return
        kept = request.session.get("kept", {})
        if request.path in kept.values() and getattr(request, "let_through", False):
            operations.drop_kept(account_id=request.user.pk, action=request.path)
            request.session["kept"] = {page: action for page, action in kept.items() if action != request.path}


API = "/api/"
WAS = "was"  # in the session of a browser whose sign-in has ended: whose it was


def _page_of(request: HttpRequest) -> str:
    """The page on which a person stood: for a form, where it came from; only ever an address of this site."""
    if request.method in ("GET", "HEAD") and not is_fragment(request):
        return request.get_full_path()
    came_from = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    parts = urlsplit(came_from)
    if parts.netloc != request.get_host() or not parts.path.startswith("/"):
        return request.path if request.method in ("GET", "HEAD") else "/"
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
