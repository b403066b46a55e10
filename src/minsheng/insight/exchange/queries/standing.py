"""Which partner a sender is, with which keys, and as whom the database knows them."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from minsheng.foundation.access.context import BUSINESS_ZONE
from minsheng.foundation.access.queries import get_viewer
from minsheng.foundation.accounts.types import Viewer
from minsheng.insight.exchange.models import Partner, PartnerKey, Subscription
from minsheng.insight.exchange.types import Attribute, EventCode, QueryType, Terms


def partner_in_force(*, sender_id: str, at: datetime) -> Partner | None:
    """This function will return the partner of this name if its agreement was approved and holds today."""
    found: Partner | None = _in_force(at).filter(sender_id=sender_id).first()
    return found


def partners_in_force(*, at: datetime) -> list[Partner]:
    """This function will return every partner whose agreement holds today."""
    return list(_in_force(at).order_by("id"))


def is_in_force(*, partner_id: int, at: datetime) -> bool:
    """This function will say whether an agreement holds today."""
    return bool(_in_force(at).filter(pk=partner_id).exists())


def _in_force(at: datetime) -> Any:
    day = at.astimezone(BUSINESS_ZONE).date()
    return Partner.objects.filter(
        approved_at__isnull=False, ended_at__isnull=True, valid_from__lte=day, valid_to__gt=day
    )


def keys_in_force(*, partner: Partner, at: datetime) -> dict[str, dict[str, Any]]:
    """This function will return the public keys that a partner may sign with now, by key id."""
    rows = PartnerKey.objects.filter(partner=partner, valid_from__lte=at)
    return dict(rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=at)).values_list("kid", "jwk"))


def partner_viewer(*, partner: Partner, at: datetime, request_id: str = "") -> Viewer:
    """This function will return the viewer that the database knows the partner as: the account with its grants."""
    return get_viewer(
        account_id=partner.account_id,
        name=partner.title,
        username=f"exchange:{partner.sender_id}",
        at=at,
        request_id=request_id,
    )


def subscriptions_to(*, event: EventCode, at: datetime) -> QuerySet[Subscription]:
    """This function will select the subscriptions that are open to an event."""
    begun = Subscription.objects.filter(event=event, ended_at__isnull=True, starts_at__lte=at)
    return begun.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))


def terms_of(partner: Partner) -> Terms:
    """This function will return what the agreement allows."""
    return Terms(
        frozenset(Attribute(one) for one in partner.attributes),
        frozenset(QueryType(one) for one in partner.query_types),
        frozenset(EventCode(one) for one in partner.events),
        partner.smallest_answer,
        partner.purpose,
        partner.legal_basis,
    )
