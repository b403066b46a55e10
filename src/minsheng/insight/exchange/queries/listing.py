"""What the bureau sees of its partners: who they are, what they may, how much they asked; never what about whom."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Sum

from minsheng.foundation.access.context import BUSINESS_ZONE
from minsheng.foundation.access.queries import areas_down_to, areas_of_grants
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.insight.exchange.models import Message, Outbound, Partner
from minsheng.insight.exchange.signing import own_key, public_part
from minsheng.insight.exchange.types import (
    Action,
    Attribute,
    EventCode,
    MessageRow,
    OutboundRow,
    OutboundState,
    PartnerRow,
    QueryType,
    Status,
)

LATEST = 50


def own_public_keys() -> list[dict[str, Any]]:
    """This function will return the public keys that partners check our signatures with."""
    return [public_part(own_key())]


def areas_to_agree_on() -> list[tuple[str, str]]:
    """This function will return the districts and streets that an agreement may be about; a community is too small."""
    return [(area.code, area.name) for area in areas_down_to(depth=1)]


def partner_rows(*, viewer: Viewer, at: datetime) -> list[PartnerRow]:
    """This function will list every partner with its terms and how much it asked so far."""
    require(viewer=viewer, capability="exchange.view")
    counted: dict[int, Any] = {
        row["partner_id"]: row
        for row in Message.objects.values("partner_id").annotate(
            asked=Count("id"), given=Sum("people"), last=Max("received_at")
        )
    }
    partners = list(Partner.objects.order_by("title", "id"))
    areas = areas_of_grants(grant_ids={grant for one in partners for grant in one.grant_ids})
    return [_row(one, counted.get(one.pk), areas, viewer, at) for one in partners]


def partner_page(
    *, viewer: Viewer, at: datetime, partner_id: int
) -> tuple[PartnerRow, list[MessageRow], list[OutboundRow]] | None:
    """This function will return one partner with its latest messages either way, or None."""
    row = next((one for one in partner_rows(viewer=viewer, at=at) if one.partner_id == partner_id), None)
    if row is None:
        return None
    messages = [
        MessageRow(
            one.received_at,
            Action(one.action).label + ("" if one.sync else "（异步）"),
            Status(one.status).label,
            one.people,
            "、".join(sorted({item["status_reason_code"] for item in one.items if item.get("status_reason_code")})),
            one.transaction_id,
        )
        for one in Message.objects.filter(partner_id=partner_id).order_by("-id")[:LATEST]
    ]
    posted = [
        OutboundRow(one.made_at, one.kind, OutboundState(one.state).label, one.attempts, one.last_error)
        for one in Outbound.objects.filter(partner_id=partner_id).order_by("-id")[:LATEST]
    ]
    return row, messages, posted


def _row(
    one: Partner, counted: dict[str, Any] | None, areas: dict[int, str], viewer: Viewer, at: datetime
) -> PartnerRow:
    return PartnerRow(
        one.pk,
        one.sender_id,
        one.title,
        one.purpose,
        one.legal_basis,
        tuple(areas.get(grant, "") for grant in one.grant_ids),
        tuple(Attribute(a).label for a in one.attributes),
        tuple(QueryType(q).label for q in one.query_types),
        tuple(EventCode(e).label for e in one.events),
        one.callback_url,
        one.valid_from,
        one.valid_to,
        _standing(one, at),
        counted["asked"] if counted else 0,
        (counted["given"] or 0) if counted else 0,
        counted["last"] if counted else None,
        one.proposed_by == viewer.account_id,
        one.approved_at is None and one.ended_at is None,
        one.ended_at is not None,
        one.smallest_answer,
    )


def _standing(one: Partner, at: datetime) -> str:
    day = at.astimezone(BUSINESS_ZONE).date()
    if one.ended_at is not None:
        return "已停用"
    if one.approved_at is None:
        return "等待第二人批准"
    if day < one.valid_from:
        return "还没到开始日"
    return "生效中" if day < one.valid_to else "约定已到期"
