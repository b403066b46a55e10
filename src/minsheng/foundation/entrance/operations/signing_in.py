from datetime import datetime

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.db import transaction

from minsheng.foundation.accounts import operations as accounts
from minsheng.foundation.accounts.queries import account_id as account_named
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit

NOBODY = 0  # the entry of an attempt names the account that was tried, never a person who acted


def record_sign_in(*, account_id: int, name: str, ways: list[str], at: datetime, request_id: str) -> None:
    """This function will write down who came in, by which factors."""
    with transaction.atomic():
        audit.record(
            actor=Viewer(account_id, name, "", request_id=request_id),
            at=at,
            action="entrance.signed_in",
            object_type="accounts.account",
            object_id=str(account_id),
            detail={"ways": ways},
        )


def record_refusal(*, username: str, place: str, at: datetime, request_id: str) -> None:
    """This function will write down a refused attempt. What was typed as a name is not kept: it may be a password."""
    tried = account_named(username=username[:40])
    with transaction.atomic():
        audit.record(
            actor=Viewer(NOBODY, "未登录", "", request_id=request_id),
            at=at,
            action="entrance.refused",
            object_type="accounts.account",
            object_id=str(tried or "unknown"),
            detail={"place": place},
        )


def use_code(*, factor: Authenticator, code: str) -> bool:
    """This function will use the code of a generator up, with every earlier one; False when it was used already.

    allauth takes a code for ninety seconds and remembers it for thirty, by a clock that may be set back. The place of
    the last code that was taken is kept with the factor, so that none is good twice, whatever the clock says.
    """
    with transaction.atomic():
        held = Authenticator.objects.select_for_update(no_key=True).get(pk=factor.pk)
        secret = get_adapter().decrypt(held.data["secret"])
        meant = [at for at in yield_hotp_counters_from_time() if format_hotp_value(hotp_value(secret, at)) == code]
        if not meant or meant[-1] <= held.data.get("last_counter", -1):
            return False
        held.data["last_counter"] = meant[-1]
        held.save(update_fields=["data"])
    return True


def record_factor(*, actor: Viewer, at: datetime, kind: str, added: bool) -> None:
    """This function will write down that an account has one second factor more, or one fewer."""
    with transaction.atomic():
        audit.record(
            actor=actor,
            at=at,
            action="entrance.factor_added" if added else "entrance.factor_removed",
            object_type="accounts.account",
            object_id=str(actor.account_id),
            detail={"kind": kind},
        )


def set_own_password(*, actor: Viewer, at: datetime, password: str) -> None:
    """This function will replace the actor's password; every sign-in that began with the old one ends."""
    with transaction.atomic():
        accounts.set_password(account_id=actor.account_id, password=password)
        audit.record(
            actor=actor,
            at=at,
            action="entrance.password_set",
            object_type="accounts.account",
            object_id=str(actor.account_id),
        )
