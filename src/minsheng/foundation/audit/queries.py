from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit.models import Entry
from minsheng.foundation.audit.rules import FIELDS


@dataclass(frozen=True)
class Look:
    """One recorded act on an object, as shown on its timeline."""

    at: datetime
    account_name: str
    role: str
    action: str
    purpose: str


@dataclass(frozen=True)
class Act:
    """One recorded act of an account."""

    at: datetime
    action: str
    object_type: str
    object_id: str
    purpose: str


def looks_at(*, viewer: Viewer, object_type: str, object_id: str, limit: int = 50) -> list[Look]:
    """This function will return who acted on or looked at an object, newest first, within the viewer's areas."""
    rows = Entry.objects.filter(object_type=object_type, object_id=object_id).order_by("-at", "-id")[:limit]
    return [Look(row.at, row.account_name, row.role, row.action, row.purpose) for row in rows]


def times_done(*, viewer: Viewer, actions: Collection[str], since: datetime) -> int:
    """This function will count how often the viewer did any of these acts since an instant, for limits."""
    return Entry.objects.filter(account_id=viewer.account_id, action__in=actions, at__gte=since).count()


def entry_of(*, viewer: Viewer, entry_id: UUID) -> dict[str, Any] | None:
    """This function will return the fields of one entry that are sealed, or None where the viewer has none of it."""
    found: dict[str, Any] | None = Entry.objects.filter(id=entry_id).values(*FIELDS).first()
    return found


def acts_of(*, account_id: int, since: datetime, until: datetime, limit: int = 500) -> list[Act]:
    """This function will return what an account did in a span, oldest first, within the areas the reader may see."""
    rows = Entry.objects.filter(account_id=account_id, at__gte=since, at__lte=until).order_by("at", "id")[:limit]
    return [Act(row.at, row.action, row.object_type, row.object_id, row.purpose) for row in rows]
