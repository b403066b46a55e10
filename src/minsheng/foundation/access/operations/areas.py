from datetime import datetime

from django.db import connection

from minsheng.foundation.access.context import BUSINESS_ZONE
from minsheng.foundation.access.models import Area, Purpose
from minsheng.foundation.accounts.types import Viewer


def put_area(*, area_id: int, code: str, name: str, parent_id: int | None) -> None:
    """This function will add an area to the scope tree or rename it; its place in the tree does not move."""
    parent = Area.objects.get(id=parent_id) if parent_id is not None else None
    Area.objects.update_or_create(
        id=area_id,
        defaults={
            "code": code,
            "name": name,
            "parent": parent,
            "path": f"{parent.path if parent else '/'}{area_id}/",
            "depth": parent.depth + 1 if parent else 0,
        },
    )


def state_purpose(*, actor: Viewer, at: datetime, subject: str, code: str, note: str = "") -> None:
    """This function will record why the actor opens the subject today; the first statement of a day stays."""
    Purpose.objects.bulk_create(
        [
            Purpose(
                account_id=actor.account_id,
                subject=subject,
                day_date=at.astimezone(BUSINESS_ZONE).date(),
                code=code,
                note=note,
                stated_at=at,
            )
        ],
        ignore_conflicts=True,
    )


def database_role() -> tuple[str, bool]:
    """This function will return the role this process speaks as and whether row-level security spares it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        name, spared = cursor.fetchone()
    return str(name), bool(spared)
