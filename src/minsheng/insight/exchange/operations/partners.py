"""Partners: proposed by one security officer, approved by another; the database shows them what grants say."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from minsheng.foundation.access import operations as access
from minsheng.foundation.access.context import BUSINESS_ZONE
from minsheng.foundation.access.queries import area_by_code
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts import operations as accounts
from minsheng.foundation.accounts.rules import AccountKind
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.insight.exchange.models import Partner, PartnerKey
from minsheng.insight.exchange.signing import UnableToUseKey, read_public_key
from minsheng.insight.exchange.types import Attribute, EventCode, QueryType

ROLE = "exchange_partner"


class UnableToRegisterPartner(ValueError):
    """The partner cannot be registered, approved or ended: says why and what to do."""


class UnableToFindPartner(UnableToRegisterPartner):
    """There is no partner of this number."""


@dataclass(frozen=True)
class NewPartner:
    """An agreement as it is registered; `jwk` is the public key under its `kid`."""

    sender_id: str
    title: str
    purpose: str
    legal_basis: str
    areas: tuple[str, ...]
    attributes: tuple[str, ...]
    query_types: tuple[str, ...]
    events: tuple[str, ...]
    callback_url: str
    valid_from: date
    valid_to: date
    jwk: Mapping[str, Any]
    smallest_answer: int = 5
    per_minute: int = 60


def propose_partner(*, actor: Viewer, at: datetime, new: NewPartner) -> int:
    """This function will register an agreement with its key; nothing is answered until another officer approves it."""
    require(viewer=actor, capability="access.grant")
    _check(new)
    with transaction.atomic():
        if Partner.objects.filter(sender_id=new.sender_id).exists():
            raise UnableToRegisterPartner(f"{new.sender_id} 已经登记过。要换密钥请用“加密钥”，要改约定请先停用再登记。")
        account_id = accounts.open_account(
            username=f"exchange:{new.sender_id}"[:40], display_name=new.title, at=at, kind=AccountKind.SYSTEM
        )
        grants = []
        for code in new.areas:
            area = area_by_code(code=code)
            if area is None:
                raise UnableToRegisterPartner(f"没有 {code} 这个区划。请写 12 位代码。")
            grants.append(
                access.propose_grant(
                    actor=actor,
                    at=at,
                    account_id=account_id,
                    role=ROLE,
                    area_id=area.id,
                    valid_from=new.valid_from,
                    reason=f"数据共享：{new.purpose}",
                )
            )
        partner = Partner.objects.create(
            sender_id=new.sender_id,
            title=new.title,
            account_id=account_id,
            purpose=new.purpose,
            legal_basis=new.legal_basis,
            attributes=sorted(new.attributes),
            query_types=sorted(new.query_types),
            events=sorted(new.events),
            smallest_answer=new.smallest_answer,
            per_minute=new.per_minute,
            callback_url=new.callback_url.rstrip("/"),
            valid_from=new.valid_from,
            valid_to=new.valid_to,
            grant_ids=grants,
            proposed_by=actor.account_id,
            proposed_at=at,
        )
        PartnerKey.objects.create(
            partner=partner, kid=str(new.jwk["kid"]), jwk=dict(new.jwk), valid_from=partner.proposed_at
        )
        _record(actor, at, "exchange.partner_proposed", partner)
    return int(partner.pk)


def approve_partner(*, actor: Viewer, at: datetime, partner_id: int) -> None:
    """This function will put an agreement into force, and the grants over its areas with it; not by who proposed it."""
    require(viewer=actor, capability="access.grant")
    with transaction.atomic():
        partner = _locked(partner_id)
        if partner.approved_at is not None:
            raise UnableToRegisterPartner(f"“{partner.title}”已经批准过了，无需再批。")
        if actor.account_id == partner.proposed_by:
            raise UnableToRegisterPartner("提出人不能自己批准。请由另一名安全管理员批准。")
        for grant_id in partner.grant_ids:
            access.approve_grant(actor=actor, at=at, grant_id=grant_id)
            access.end_grant(actor=actor, at=at, grant_id=grant_id, valid_to=partner.valid_to)
        partner.approved_by, partner.approved_at = actor.account_id, at
        partner.save(update_fields=["approved_by", "approved_at"])
        _record(actor, at, "exchange.partner_approved", partner)


def end_partner(*, actor: Viewer, at: datetime, partner_id: int) -> None:
    """This function will end an agreement at once: no message is taken and nothing is sent from now on."""
    require(viewer=actor, capability="access.grant")
    with transaction.atomic():
        partner = _locked(partner_id)
        if partner.ended_at is not None:
            raise UnableToRegisterPartner(f"“{partner.title}”已经停用。")
        partner.ended_at = at
        partner.save(update_fields=["ended_at"])
        today = at.astimezone(BUSINESS_ZONE).date()
        for grant_id in partner.grant_ids if partner.approved_at and today > partner.valid_from else ():
            access.end_grant(actor=actor, at=at, grant_id=grant_id, valid_to=today)
        _record(actor, at, "exchange.partner_ended", partner)


def add_key(*, actor: Viewer, at: datetime, partner_id: int, jwk: Mapping[str, Any], ends_others: bool) -> None:
    """This function will register another public key; with `ends_others` the older ones are refused from now on."""
    require(viewer=actor, capability="access.grant")
    with transaction.atomic():
        partner = _locked(partner_id)
        _check_key(jwk)
        if PartnerKey.objects.filter(partner=partner, kid=str(jwk["kid"])).exists():
            raise UnableToRegisterPartner("这个密钥编号已经用过。请换一个 kid。")
        if ends_others:
            PartnerKey.objects.filter(partner=partner, valid_to__isnull=True).update(valid_to=at)
        PartnerKey.objects.create(partner=partner, kid=str(jwk["kid"]), jwk=dict(jwk), valid_from=at)
        _record(actor, at, "exchange.key_added", partner)


def _check(new: NewPartner) -> None:
    for given, known, word in (
        (new.attributes, Attribute, "项目"),
        (new.query_types, QueryType, "查询方式"),
        (new.events, EventCode, "事件"),
    ):
        if unknown := set(given) - {code.value for code in known}:
            raise UnableToRegisterPartner(f"没有这样的{word}：{'、'.join(sorted(unknown))}。")
    if not new.areas or not new.purpose.strip() or not new.legal_basis.strip() or not new.sender_id.strip():
        raise UnableToRegisterPartner("编号、用途、法律依据和辖区都要写。")
    if len(new.purpose) > 30 or len(new.sender_id) > 31 or len(new.title) > 40 or len(new.legal_basis) > 200:
        raise UnableToRegisterPartner("用途最多 30 字，编号 31 字，名称 40 字，法律依据 200 字。")
    if new.valid_to <= new.valid_from:
        raise UnableToRegisterPartner("约定的结束日要晚于开始日。")
    _check_address(new.callback_url)
    _check_key(new.jwk)


def _check_key(jwk: Mapping[str, Any]) -> None:
    if not isinstance(jwk.get("kid"), str) or not 0 < len(jwk["kid"]) <= 99:
        raise UnableToRegisterPartner("公钥（JWK）里要有 kid，最多 99 字。")
    try:
        read_public_key(jwk)
    except UnableToUseKey as refusal:
        raise UnableToRegisterPartner(str(refusal)) from refusal


def _check_address(url: str) -> None:
    """Who registers an address is an officer, not a message; still, no address may lead into our own house."""
    if not url:
        return
    parts = urlsplit(url)
    try:
        local = ipaddress.ip_address(parts.hostname or "").is_loopback
        numeric = True
    except ValueError:
        local, numeric = (parts.hostname or "") == "localhost", False
    allowed = settings.EXCHANGE_LOOPBACK and local and parts.scheme in ("http", "https")
    if not allowed and (parts.scheme != "https" or not parts.hostname or numeric or local or parts.username):
        raise UnableToRegisterPartner("回信地址要写成 https://域名/…，不能写 IP 地址，也不能带用户名。")
    if parts.query or parts.fragment:
        raise UnableToRegisterPartner("回信地址里不要有 ? 或 #。")


def _locked(partner_id: int) -> Partner:
    partner = Partner.objects.select_for_update(no_key=True).filter(pk=partner_id).first()
    if partner is None:
        raise UnableToFindPartner("没有找到这个单位。请在列表里核对。")
    return partner


def _record(actor: Viewer, at: datetime, action: str, partner: Partner) -> None:
    audit.record(
        actor=actor,
        at=at,
        action=action,
        object_type="exchange.partner",
        object_id=str(partner.pk),
        detail={"sender_id": partner.sender_id},
    )
