from datetime import datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit


class UnableToEndSession(ValueError):
    """The sign-in is not the account's, or over already."""


def touch(*, session: SessionBase, account_id: int, place: str, browser: str, at: datetime, seconds: float) -> None:
    """This function will note that a sign-in is being used: for the idle limit, and for the list of sessions."""
    session["seen_at"] = seconds
    session.setdefault("began_at", seconds)
    if session.session_key:
        UserSession.objects.update_or_create(
            session_key=session.session_key,
            defaults={"user_id": account_id, "ip": place, "user_agent": browser[:200], "last_seen_at": at},
            create_defaults={
                "user_id": account_id,
                "ip": place,
                "user_agent": browser[:200],
                "last_seen_at": at,
                "created_at": at,
            },
        )


def rotate(*, session: SessionBase) -> None:
    """This function will give a sign-in a new key after its owner has proved a factor; the old one is dead."""
    old = session.session_key
    session.cycle_key()
    follow(session=session, old=old)


def follow(*, session: SessionBase, old: str | None) -> None:
    """This function will keep the list of sign-ins true after a sign-in got a new key."""
    UserSession.objects.filter(session_key=old).update(session_key=session.session_key)


def end_session(*, actor: Viewer, at: datetime, account_id: int, session_id: int) -> None:
    """This function will sign an account out in one browser; it holds at that browser's next click."""
    with transaction.atomic():
        found: Any = UserSession.objects.filter(pk=session_id, user_id=account_id).first()
        if found is None:
            raise UnableToEndSession("这次登录已经结束了，不用再退出。")
        found.end()
        audit.record(
            actor=actor,
            at=at,
            action="entrance.session_ended",
            object_type="accounts.account",
            object_id=str(account_id),
            detail={"sessions": 1},
        )


def end_all_sessions(*, actor: Viewer, at: datetime, account_id: int, but: str = "") -> int:
    """This function will sign an account out everywhere (but in the session with the key `but`); returns how many."""
    with transaction.atomic():
        rows = list(UserSession.objects.filter(user_id=account_id).exclude(session_key=but))
        for row in rows:
            row.end()
        audit.record(
            actor=actor,
            at=at,
            action="entrance.session_ended",
            object_type="accounts.account",
            object_id=str(account_id),
            detail={"sessions": len(rows)},
        )
    return len(rows)
