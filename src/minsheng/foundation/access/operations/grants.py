from datetime import date, datetime

from django.db import transaction

from minsheng.foundation.access.models import Grant
from minsheng.foundation.access.queries import role_definitions
from minsheng.foundation.access.sealed_columns import GRANT_ROW
from minsheng.foundation.access.types import ProtectionLevel, require
from minsheng.foundation.accounts.queries import holder_of
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.foundation.sealing.macs import UnableToTrustRow


class UnableToGrantRole(ValueError):
    """The grant breaks a rule of duty: says which and what to do."""


def propose_grant(
    *,
    actor: Viewer,
    at: datetime,
    account_id: int,
    role: str,
    area_id: int,
    valid_from: date,
    reason: str,
    valid_to: date | None = None,
    clearance: ProtectionLevel = ProtectionLevel.ORDINARY,
) -> int:
    """This function will propose a role for an account; it has no effect until another officer approves it.

    `clearance` is at most what the role carries; a role that sees everybody's sums has all of its clearance anyway.
    """
    require(viewer=actor, capability="access.grant")
    definition = role_definitions().get(role)
    if definition is None:
        raise UnableToGrantRole(f"没有“{role}”这个岗位。请从岗位表中选择。")
    if _same_person(account_id, actor.account_id):
        raise UnableToGrantRole("不能给自己授权。请由另一名安全管理员提出。")
    if valid_to is not None and valid_to <= valid_from:
        raise UnableToGrantRole("结束日期必须晚于开始日期。")
    if clearance > definition.clearance:
        raise UnableToGrantRole(
            f"{definition.label}最多看到“{definition.clearance.label}”一级的人，不能给到“{clearance.label}”。请选低一级的。"
        )
    with transaction.atomic():
        grant = Grant.objects.create(
            account_id=account_id,
            role=role,
            sees_records=definition.sees_records,
            sees_audit="audit.view" in definition.capabilities,
            apart=definition.apart,
            area_id=area_id,
            valid_from=valid_from,
            valid_to=valid_to,
            reason=reason,
            granted_by_id=actor.account_id,
            clearance=definition.clearance if definition.whole else clearance,
        )
        _vouch(grant)
        _record(actor, at, "access.grant_proposed", grant)
    return grant.id


def approve_grant(*, actor: Viewer, at: datetime, grant_id: int) -> None:
    """This function will put a proposed grant into force; proposer, approver and holder are three people."""
    require(viewer=actor, capability="access.grant")
    with transaction.atomic():
        grant = _open(grant_id)
        if _same_person(actor.account_id, grant.granted_by_id) or _same_person(actor.account_id, grant.account_id):
            raise UnableToGrantRole("提出人和本人不能批准授权。请由另一名安全管理员批准。")
        if clash := _clash(grant):
            raise UnableToGrantRole(
                f"这个人已经是{clash}。系统、安全、审计三个管理岗位只能由三个人分别担任，也不能兼做业务。"
                "请先结束原来的岗位，或者换一个人。"
            )
        grant.approved_by_id = actor.account_id
        grant.save(update_fields=["approved_by"])
        _vouch(grant)
        _record(actor, at, "access.grant_approved", grant)


def refuse_grant(*, actor: Viewer, at: datetime, grant_id: int) -> None:
    """This function will turn a proposal down, or take one's own back; it never had an effect."""
    require(viewer=actor, capability="access.grant")
    with transaction.atomic():
        grant = _open(grant_id)
        grant.refused_at = at
        grant.save(update_fields=["refused_at"])
        _record(actor, at, "access.grant_refused", grant)


def end_grant(*, actor: Viewer, at: datetime, grant_id: int, valid_to: date) -> None:
    """This function will end a grant on a day; it holds at the next statement of the account."""
    require(viewer=actor, capability="access.grant")
    with transaction.atomic():
        grant = _trusted(Grant.objects.select_for_update(no_key=True).get(id=grant_id))
        if valid_to <= grant.valid_from:
            raise UnableToGrantRole("结束日期必须晚于开始日期。")
        grant.valid_to = valid_to
        grant.save(update_fields=["valid_to"])
        _vouch(grant)
        _record(actor, at, "access.grant_ended", grant)


def confirm_grant(*, actor: Viewer, at: datetime, grant_id: int) -> None:
    """This function will note that somebody has looked at a grant this year and that its holder still needs it."""
    require(viewer=actor, capability="access.grant")
    with transaction.atomic():
        grant = Grant.objects.select_for_update(no_key=True).get(id=grant_id)
        if _same_person(actor.account_id, grant.account_id):
            raise UnableToGrantRole("自己的岗位要由别人复核。请由另一名安全管理员来确认。")
        if grant.approved_by_id is None:
            raise UnableToGrantRole("这项授权还没有批准，谈不上年度复核。")
        grant.reviewed_by_id, grant.reviewed_at = actor.account_id, at
        grant.save(update_fields=["reviewed_by", "reviewed_at"])
        _record(actor, at, "access.grant_confirmed", grant)


def _vouch(grant: Grant) -> None:
    grant.mac = GRANT_ROW.of(grant)
    grant.save(update_fields=["mac"])


def _trusted(grant: Grant) -> Grant:
    try:
        GRANT_ROW.trust(grant)
    except UnableToTrustRow as broken:
        raise UnableToGrantRole(str(broken)) from broken
    return grant


def _open(grant_id: int) -> Grant:
    grant = _trusted(Grant.objects.select_for_update(no_key=True).get(id=grant_id))
    if grant.approved_by_id is not None:
        raise UnableToGrantRole("这项授权已经批准过了，无需再批。")
    if grant.refused_at is not None:
        raise UnableToGrantRole("这项授权已经退回了。确实需要，请重新提出。")
    return grant


def _same_person(one: int, other: int) -> bool:
    return one == other or holder_of(account_id=one) == holder_of(account_id=other)


def _clash(grant: Grant) -> str:
    """The role that stands in the way: officers' roles stand alone (the database holds to it as well)."""
    person, roles = holder_of(account_id=grant.account_id), role_definitions()
    others = Grant.objects.filter(approved_by__isnull=False).exclude(id=grant.id).exclude(role=grant.role)
    if not grant.apart:
        others = others.filter(apart=True)
    for other in others.order_by("id"):
        overlap = (other.valid_to is None or other.valid_to > grant.valid_from) and (
            grant.valid_to is None or grant.valid_to > other.valid_from
        )
        if overlap and holder_of(account_id=other.account_id) == person:
            return roles[other.role].label if other.role in roles else other.role
    return ""


def _record(actor: Viewer, at: datetime, action: str, grant: Grant) -> None:
    detail = {"clearance": ProtectionLevel(grant.clearance).label} if grant.clearance else {}
    audit.record(actor=actor, at=at, action=action, object_type="access.grant", object_id=str(grant.id), detail=detail)
