"""Who the database believes is asking: set for one transaction, never for a session.

A session-level setting leaks one person's rows into the next request on the same connection (measured, experiment
E14), so the setting is local to the transaction and outside of one it refuses to be made.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from minsheng.foundation.accounts.types import Viewer

BUSINESS_ZONE = ZoneInfo("Asia/Shanghai")


class UnableToScope(RuntimeError):
    """There is no transaction to hold the context, so row-level security would show nothing, or worse, too much."""


# What stood before is read first, in a node of its own: a scope costs one statement at its beginning, one at its end.
_NAME = """
WITH before AS MATERIALIZED (
    SELECT current_setting('minsheng.account', true) AS account, current_setting('minsheng.day', true) AS day,
           current_setting('minsheng.at', true) AS at
)
SELECT account, day, at, set_config('minsheng.account', %s, true), set_config('minsheng.day', %s, true),
       set_config('minsheng.at', %s, true)
FROM before
"""
Named = tuple[str, str, str]


def enter(*, account_id: int | None, at: datetime) -> Named:
    """This function will name the account for the current transaction; None shows no protected row at all.

    Returns what was named before.
    """
    if not connection.in_atomic_block:
        raise UnableToScope("no transaction is open: wrap the work in access.context.acting_as or ATOMIC_REQUESTS")
    account = "" if account_id is None else str(account_id)
    return _name((account, at.astimezone(BUSINESS_ZONE).date().isoformat(), at.isoformat()))


def _name(named: Named) -> Named:
    with connection.cursor() as cursor:
        cursor.execute(_NAME, named)
        account, day, at = cursor.fetchone()[:3]
    return account or "", day or "", at or ""


@contextmanager
def acting_as(*, viewer: Viewer, at: datetime) -> Iterator[Viewer]:
    """This function will open a transaction in which the database shows what this viewer may see.

    Inside another transaction it is a savepoint, and the outer context comes back at its end.
    """
    with transaction.atomic():
        outer = enter(account_id=viewer.account_id, at=at)
        yield viewer
        _name(outer)
