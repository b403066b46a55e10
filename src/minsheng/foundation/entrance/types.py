"""What crosses the walls of the entrance: sensitive acts as declared above, and what is known of a sign-in."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class SensitiveAct:
    """An act that asks for a fresh second factor: its address name, its methods, and why, as people read it."""

    url_name: str
    why: str
    methods: frozenset[str] = frozenset({"POST"})


@dataclass(frozen=True)
class OpenSession:
    """One browser in which an account is signed in."""

    id: int
    place: str
    browser: str
    began_at: datetime
    seen_at: datetime
    is_current: bool


@dataclass(frozen=True)
class AccountLine:
    """One account as the officers see it: never anything of a resident."""

    account_id: int
    username: str
    name: str
    holder: str
    is_active: bool
    disabled_at: datetime | None
    disabled_why: str
    last_seen_at: datetime | None
    factors: tuple[str, ...]
    sessions: int
    roles: tuple[str, ...]
