"""A browser in which an account has signed in before keeps its own count of wrong passwords.

Whoever guesses somebody's password elsewhere uses up only their own tries: the owner's usual browser is not locked by
it (OWASP calls this device cookies). The cookie names no person in the clear and lets nobody in.
"""

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from minsheng.foundation.accounts.queries import account_id as account_named

DAYS = 90
SALT = "minsheng.entrance.device"


def cookie_name() -> str:
    """This function will name the cookie, host-bound wherever there is TLS."""
    return "__Host-device" if settings.SESSION_COOKIE_SECURE else "device"


def remember_device(response: HttpResponse, /, *, account_id: int) -> None:
    """This function will give the browser its mark for this account."""
    response.set_cookie(
        cookie_name(),
        signing.dumps([account_id, secrets.token_hex(8)], salt=SALT),
        max_age=DAYS * 86_400,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def counted_as(request: HttpRequest | None, credentials: dict[str, str] | None) -> str:
    """This function will name whose wrong tries these are, for django-axes: the account, or the account here."""
    typed = (credentials or {}).get("username") or (request.POST.get("username", "") if request else "")
    username = str(typed)[:80]
    mark = request.COOKIES.get(cookie_name(), "") if request else ""
    if not mark:
        return username
    try:
        number, device = signing.loads(mark, salt=SALT, max_age=DAYS * 86_400)
    except signing.BadSignature:
        return username
    return f"{username}#{device}" if account_named(username=username) == number else username
