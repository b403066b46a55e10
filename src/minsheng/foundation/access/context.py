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


def enter(*, account_id: int | None, at: datetime) -> None:
    """This function will name the account for the current transaction; None shows no protected row at all."""
    if not connection.in_atomic_block:
        raise UnableToScope("no transaction is open: wrap the work in access.context.acting_as or ATOMIC_REQUESTS")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('minsheng.account', %s, true), set_config('minsheng.day', %s, true),"
            " set_config('minsheng.at', %s, true)",
            [
                "" if account_id is None else str(account_id),
                at.astimezone(BUSINESS_ZONE).date().isoformat(),
                at.isoformat(),
            ],
        )


@contextmanager
def acting_as(*, viewer: Viewer, at: datetime) -> Iterator[Viewer]:
    """This function will open a transaction in which the database shows what this viewer may see.

    Inside another transaction it is a savepoint, and the outer context comes back at its end.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('minsheng.account', true), current_setting('minsheng.day', true),"
                " current_setting('minsheng.at', true)"
            )
            outer = cursor.fetchone()
        enter(account_id=viewer.account_id, at=at)
        yield viewer
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('minsheng.account', %s, true), set_config('minsheng.day', %s, true),"
                " set_config('minsheng.at', %s, true)",
                [part or "" for part in outer],
            )
