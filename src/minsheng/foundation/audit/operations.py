from datetime import datetime
from typing import Any

from django.db import connection

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit.models import Entry


class UnableToRecord(RuntimeError):
    """There is no open transaction, so the act and its record could part company."""


def record(
    *,
    actor: Viewer,
    at: datetime,
    action: str,
    object_type: str,
    object_id: str,
    area_id: int | None = None,
    purpose: str = "",
    detail: dict[str, Any] | None = None,
) -> None:
    """This function will write one audit entry in the transaction of the act; if it fails, the act fails.

    `action` is a dotted code (`registry.person_opened`); `detail` holds ids, codes and counts, never sealed values.
    """
    if not connection.in_atomic_block:
        raise UnableToRecord(f"{action}: an act is recorded inside its own transaction")
    Entry.objects.bulk_create(
        [
            Entry(
                at=at,
                account_id=actor.account_id,
                account_name=actor.name,
                role=actor.grants[0].role if actor.grants else "",
                area_id=area_id,
                action=action,
                object_type=object_type,
                object_id=object_id,
                purpose=purpose,
                detail=detail or {},
                request_id=actor.request_id,
            )
        ]
    )
