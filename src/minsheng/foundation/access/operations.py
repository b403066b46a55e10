from datetime import date, datetime

from django.db import connection, transaction

from minsheng.foundation.access.context import BUSINESS_ZONE
from minsheng.foundation.access.models import Area, Grant, Purpose
from minsheng.foundation.access.queries import role_definitions
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit


class UnableToGrantRole(ValueError):
    """The grant breaks a rule of duty: says which and what to do."""


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


def propose_grant(
    *, actor: Viewer, at: datetime, account_id: int, role: str, area_id: int, valid_from: date, reason: str
) -> int:
    """This function will propose a role for an account; it has no effect until another officer approves it."""
    require(viewer=actor, capability="access.grant")
    if role not in role_definitions():
        raise UnableToGrantRole(f"没有“{role}”这个岗位。请从岗位表中选择。")
    if account_id == actor.account_id:
        raise UnableToGrantRole("不能给自己授权。请由另一名安全管理员提出。")
    with transaction.atomic():
        grant = Grant.objects.create(
            account_id=account_id,
            role=role,
            sees_records=role_definitions()[role].sees_records,
            sees_audit="audit.view" in role_definitions()[role].capabilities,
            area_id=area_id,
            valid_from=valid_from,
            reason=reason,
            granted_by_id=actor.account_id,
        )
        audit.record(
            actor=actor, at=at, action="access.grant_proposed", object_type="access.grant", object_id=str(grant.id)
        )
    return grant.id


def approve_grant(*, actor: Viewer, at: datetime, grant_id: int) -> None:
    """This function will put a proposed grant into force; proposer and holder may not approve it."""
    require(viewer=actor, capability="access.grant")
    with transaction.atomic():
        grant = Grant.objects.select_for_update(no_key=True).get(id=grant_id)
        if grant.approved_by_id is not None:
            raise UnableToGrantRole("这项授权已经批准过了，无需再批。")
        if actor.account_id in (grant.granted_by_id, grant.account_id):
            raise UnableToGrantRole("提出人和本人不能批准授权。请由另一名安全管理员批准。")
        grant.approved_by_id = actor.account_id
        grant.save(update_fields=["approved_by"])
        audit.record(
            actor=actor, at=at, action="access.grant_approved", object_type="access.grant", object_id=str(grant_id)
        )


def end_grant(*, actor: Viewer, at: datetime, grant_id: int, valid_to: date) -> None:
    """This function will end a grant on a day; it holds at the next statement of the account."""
    require(viewer=actor, capability="access.grant")
    with transaction.atomic():
        grant = Grant.objects.select_for_update(no_key=True).get(id=grant_id)
        if valid_to <= grant.valid_from:
            raise UnableToGrantRole("结束日期必须晚于开始日期。")
        grant.valid_to = valid_to
        grant.save(update_fields=["valid_to"])
        audit.record(
            actor=actor, at=at, action="access.grant_ended", object_type="access.grant", object_id=str(grant_id)
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
