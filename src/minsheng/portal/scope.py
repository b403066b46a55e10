"""What a resident's transaction may see: the app role turns into the resident role, and the database knows the sitting.

The resident role has rights on a few tables only, and policies there that show one household (migration 0002). Whatever
a page forgets, no other household's row can come out, and a table that nobody thought of is closed.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.db import connection, transaction

from minsheng.foundation.access.context import BUSINESS_ZONE
from minsheng.foundation.access.queries import get_viewer
from minsheng.foundation.accounts import operations as accounts
from minsheng.foundation.accounts import queries as account_queries
from minsheng.foundation.accounts.rules import AccountKind
from minsheng.foundation.accounts.types import RESIDENT_ROLE, HeldGrant, Viewer
from minsheng.portal.types import Resident

SYSTEM, RESIDENT_ACCOUNT = "system", "resident"
RESIDENT_NAME = "居民本人"
# What the pages of a resident call below; over which rows is the database's business.
CAPABILITIES = frozenset(
    {
        *("eligibility.explain", "registry.view_person", "registry.edit", "casework.view", "casework.draft"),
        *("payments.view", "privacy.own"),
    }
)
_SETTINGS = ("minsheng.account", "minsheng.day", "minsheng.resident", "minsheng.resident_at")


class UnableToKnowResident(LookupError):
    """The sitting has ended, or there never was one: the way in is the sign-in page."""

    def __init__(self) -> None:
        super().__init__("登录已经结束。请重新输入窗口给您的码。")


def day_of(at: datetime) -> date:
    """This function will return the business day of an instant."""
    return at.astimezone(BUSINESS_ZONE).date()


def system_viewer(at: datetime) -> Viewer:
    """This function will return the system account, as which the door is opened before it is known who stands there."""
    number = account_queries.account_id(username=SYSTEM)
    assert number is not None, "an installation has its system account"
    return get_viewer(account_id=number, name="系统", username=SYSTEM, at=at)


def hash_of(token: str) -> str:
    """This function will return what is stored of a token of 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def ensure_resident_account(*, at: datetime) -> int:
    """This function will return the account that acts of residents are recorded under; it holds no role anywhere."""
    number = account_queries.account_id(username=RESIDENT_ACCOUNT)
    if number is None:
        number = accounts.open_account(
            username=RESIDENT_ACCOUNT, display_name=RESIDENT_NAME, at=at, kind=AccountKind.SYSTEM
        )
    return number


@contextmanager
def as_resident(*, token: str, at: datetime, request_id: str = "") -> Iterator[Resident]:
    """This function will open a transaction in which the database shows one household: that of the sitting's token.

    Raises UnableToKnowResident. Rights of a member of staff that stood before are put aside until the end.
    """
    account_id = account_queries.account_id(username=RESIDENT_ACCOUNT)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join('current_setting(%s, true)' for _ in _SETTINGS)}", _SETTINGS)
        outer = [value or "" for value in cursor.fetchone()]
        now = [hash_of(token), at.isoformat()]
        _set(cursor, ["", day_of(at).isoformat(), *now])
        cursor.execute(f"SET LOCAL ROLE {RESIDENT_ROLE}")
        cursor.execute("SELECT id, area_id, area_name, household_id, person_id, expires_at FROM portal_my_session()")
        row = cursor.fetchone()
        if row is None or account_id is None:
            raise UnableToKnowResident
        number, area_id, area_name, household_id, person_id, expires_at = row
        held = (HeldGrant("resident", RESIDENT_NAME, area_id, "", area_name),)
        viewer = Viewer(account_id, RESIDENT_NAME, RESIDENT_ACCOUNT, held, CAPABILITIES, request_id)
        yield Resident(number, household_id, person_id, area_id, expires_at, viewer)
        cursor.execute("SET LOCAL ROLE NONE")
        _set(cursor, outer)


def _set(cursor: object, values: list[str]) -> None:
    pairs = [part for pair in zip(_SETTINGS, values, strict=True) for part in pair]
    calls = ", ".join("set_config(%s, %s, true)" for _ in _SETTINGS)
    cursor.execute(f"SELECT {calls}", pairs)  # type: ignore[attr-defined]
