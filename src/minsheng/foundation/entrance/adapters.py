"""How allauth behaves in this house: nobody signs up, factors are sealed, a wrong name sounds like a wrong word."""

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from minsheng.foundation.entrance import operations, queries, rules
from minsheng.foundation.entrance.models import FACTOR
from minsheng.foundation.entrance.rules import ENROL_SECONDS
from minsheng.foundation.sealing.operations import open_sealed, seal

WRONG = "登录名或密码不对。请核对后再试；连续输错 5 次要等 15 分钟。"
WRONG_CODE = "验证码不对，或者已经用过。请等手机上换了新的一组数字再输。"
PRODUCT = "民生直达"


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are opened by officers; django-axes counts wrong passwords, so allauth need not."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": WRONG,
        "account_inactive": WRONG,
        "incorrect_password": "密码不对，请再输一次。",
        "incorrect_code": WRONG_CODE,
        "too_many_login_attempts": "试的次数太多，请 5 分钟后再试。",
        "rate_limited": "点得太快了，请等一会儿再试。",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """A stopped account is answered like a wrong password; the backend spends the same time on both."""
        account: Any = authenticate(request, **credentials)
        if account is not None and rules.has_lapsed(
            initial=account.password_initial,
            issued_at=account.password_issued_at,
            at=request.at,  # type: ignore[attr-defined]
        ):
            account = None
        if account is None:
            operations.record_refusal(
                username=str(credentials.get("username", "")),
                place=self.get_client_ip(request),
                at=request.at,  # type: ignore[attr-defined]
                request_id=getattr(request, "request_id", ""),
            )
        return account

    def login(self, request: HttpRequest, user: Any) -> None:
        """The session's key and the form token change here (Django); the clock of the sign-in begins."""
        super().login(request, user)
        request.session.pop("was", None)
        request.session["began_at"] = request.session["seen_at"] = queries.now(request)
        request.session["kept"] = operations.kept_pages(account_id=user.pk, at=request.at)  # type: ignore[attr-defined]
        request.just_signed_in = True  # type: ignore[attr-defined]
        ways = [f"{r['method']}:{r.get('type', '')}".rstrip(":") for r in get_authentication_records(request, user)]
        operations.record_sign_in(
            account_id=user.pk,
            name=user.display_name,
            ways=ways,
            at=request.at,  # type: ignore[attr-defined]
            request_id=getattr(request, "request_id", ""),
        )

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """A stopped account that came by a passkey or another service hears the same words as everybody."""
        messages.error(request, WRONG)
        return redirect("account_login")

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Whoever has just given the password at a first sign-in sets the first factor up without giving it again."""
        request = self.request
        if queries.has_second_factor(account_id=request.user.pk):
            return True
        records = get_authentication_records(request, request.user)
        return not any(queries.now(request) - record["at"] < ENROL_SECONDS for record in records)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Who has a second factor confirms by it: a password alone must not replace it."""
        kinds = queries.factor_kinds(account_id=user.pk)
        if not kinds:
            return [m for m in super().get_reauthentication_methods(user) if m["id"] == "reauthenticate"]
        ways = []
        if Authenticator.Type.WEBAUTHN in kinds:
            ways.append({"id": "mfa_reauthenticate:webauthn", "url": reverse("mfa_reauthenticate_webauthn")})
        if kinds - {Authenticator.Type.WEBAUTHN}:
            ways.append({"id": "mfa_reauthenticate", "url": reverse("mfa_reauthenticate")})
        return [way | {"description": ""} for way in ways]

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """There are no mail addresses of staff; what changed stands in the audit trail and on the person's page."""


class Factors(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of the second factor are sealed at rest."""

    error_messages = DefaultMFAAdapter.error_messages | {"incorrect_code": WRONG_CODE}

    def encrypt(self, text: str) -> str:
        return base64.b64encode(seal(context=FACTOR, row_id="factor", value=text)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return open_sealed(context=FACTOR, row_id="factor", sealed=base64.b64decode(encrypted_text))

    def get_totp_issuer(self) -> str:
        return PRODUCT

    def _get_site_name(self) -> str:
        return PRODUCT

    def _get_user_identifier(self, user: Any) -> str:
        return str(user.username)

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        return f"通行密钥 {Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1}"
