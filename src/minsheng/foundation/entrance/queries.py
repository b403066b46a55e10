from collections import Counter
from datetime import UTC, datetime

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest

from minsheng.foundation.access import queries as access
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts import queries as accounts
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.entrance import rules
from minsheng.foundation.entrance.models import ExternalIdentity
from minsheng.foundation.entrance.types import AccountLine, OpenSession


def now(request: HttpRequest) -> float:
    """This function will return the seconds at which the gate read the clock for this request."""
    return float(request.read_at)  # type: ignore[attr-defined]


def factor_kinds(*, account_id: int) -> set[str]:
    """This function will return the kinds of second factor an account has (totp, webauthn, recovery_codes)."""
    return set(Authenticator.objects.filter(user_id=account_id).values_list("type", flat=True))


def has_second_factor(*, account_id: int) -> bool:
    """This function will say whether an account has a passkey or a code generator; recovery codes alone are none."""
    return bool(factor_kinds(account_id=account_id) & {Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN})


def proved_at(request: HttpRequest) -> float | None:
    """This function will return when this session last proved a second factor."""
    return rules.second_factor_at(get_authentication_records(request, request.user))


def open_sessions(*, account_id: int, current: str, now: float) -> list[OpenSession]:
    """This function will list where an account is signed in, the newest use first; ended ones are left out."""
    used_since = datetime.fromtimestamp(now - rules.IDLE_SECONDS, tz=UTC)
    begun_since = datetime.fromtimestamp(now - rules.ABSOLUTE_SECONDS, tz=UTC)
    alive = Session.objects.filter(session_key=OuterRef("session_key"))
    running = Q(last_seen_at__gte=used_since, created_at__gte=begun_since) | Q(session_key=current)
    return [
        OpenSession(
            row.pk,
            row.ip,
            rules.browser_name(row.user_agent),
            row.created_at,
            row.last_seen_at,
            row.session_key == current,
        )
        for row in UserSession.objects.filter(Exists(alive), running, user_id=account_id).order_by(
            "-last_seen_at", "-id"
        )
    ]


def account_lines(*, viewer: Viewer, at: datetime, now: float) -> list[AccountLine]:
    """This function will list the accounts of people with what their officers must know; three statements in all."""
    require(viewer=viewer, capability="accounts.view")
    people = accounts.people()
    roles = access.roles_in_force(account_ids=[one.id for one in people], at=at)
    factors: dict[int, set[str]] = {}
    for number, kind in Authenticator.objects.values_list("user_id", "type"):
        factors.setdefault(number, set()).add(kind)
    used_since = datetime.fromtimestamp(now - rules.IDLE_SECONDS, tz=UTC)
    running = Counter(UserSession.objects.filter(last_seen_at__gte=used_since).values_list("user_id", flat=True))
    return [
        AccountLine(
            one.id,
            one.username,
            one.name,
            one.holder,
            one.is_active,
            one.disabled_at,
            one.disabled_why,
            one.last_login,
            tuple(words for kind, words in FACTOR_WORDS.items() if kind in factors.get(one.id, ())),
            running[one.id],
            roles.get(one.id, ()),
        )
        for one in people
    ]


def identities(*, account_id: int) -> dict[str, str]:
    """This function will say by which subject each other sign-in service means an account."""
    return dict(ExternalIdentity.objects.filter(account_id=account_id).values_list("provider", "subject"))


def account_meant(*, provider: str, subject: str) -> int | None:
    """This function will return the account that a subject of another service stands for, or None: none is made."""
    number: int | None = (
        ExternalIdentity.objects.filter(provider=provider, subject=subject).values_list("account_id", flat=True).first()
    )
    return number


FACTOR_WORDS = {"webauthn": "通行密钥", "totp": "手机验证码"}
