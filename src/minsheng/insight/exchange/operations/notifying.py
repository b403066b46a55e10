"""Telling partners what happened, each only what it subscribed to and may see."""

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.conf import settings

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.sealing import operations as sealing
from minsheng.insight.exchange import envelopes
from minsheng.insight.exchange.models import Partner, Subscription
from minsheng.insight.exchange.operations.posting import post
from minsheng.insight.exchange.queries.households import Chosen, choose, known_words, write_records
from minsheng.insight.exchange.queries.standing import is_in_force, partner_viewer, subscriptions_to, terms_of
from minsheng.insight.exchange.rules.asking import UnableToAsk, read_question
from minsheng.insight.exchange.rules.events import IN_THE_STANDARD
from minsheng.insight.exchange.rules.records import REG_TYPE
from minsheng.insight.exchange.sealed_columns import FILTER
from minsheng.insight.exchange.types import Entity, EventCode
from minsheng.records.registry.days import business_day

NOTIFY_PATH = "registry/notify"


def notify_of(
    *, actor: Viewer, at: datetime, event: EventCode, household_id: int | None, person_ids: Collection[int]
) -> int:
    """This function will put a notice in the post for each subscription that the event answers; returns how many.

    The filter is asked again as the partner, for these people only: who moved out of the partner's areas, or is no
    longer what the filter says, is not told of.
    """
    require(viewer=actor, capability="exchange.notify")
    told = 0
    for one in subscriptions_to(event=event, at=at).select_related("partner").order_by("id"):
        partner = one.partner
        if not partner.callback_url or not is_in_force(partner_id=partner.pk, at=at):
            continue
        if event not in terms_of(partner).events:
            continue
        viewer = partner_viewer(partner=partner, at=at)
        with acting_as(viewer=viewer, at=at):
            told += _tell(one, partner, viewer, at, household_id, person_ids)
    return told


def _tell(
    one: Subscription,
    partner: Partner,
    viewer: Viewer,
    at: datetime,
    household_id: int | None,
    person_ids: Collection[int],
) -> int:
    terms = terms_of(partner)
    try:
        asked = read_question(
            query_type=one.filter_type,
            query=json.loads(sealing.open_sealed(context=FILTER, row_id=one.code, sealed=one.filter_sealed)),
            terms=terms,
            known=known_words(viewer=viewer, at=at),
            on=business_day(at),
        )
    except UnableToAsk:
        return 0  # the agreement was narrowed since
    people = [
        number
        for person in sorted(person_ids)
        for number in choose(viewer=viewer, at=at, asked=asked, entity=Entity.MEMBER, only_person=person).ids
    ]
    if not people:
        return 0
    if Entity(one.entity) is Entity.MEMBER:
        chosen = Chosen(Entity.MEMBER, tuple(people))
    elif household_id is not None:
        chosen = Chosen(Entity.GROUP, (household_id,))
    else:
        return 0
    detail = {"subscription": one.pk, "event": one.event}
    records, _ = write_records(partner=partner, viewer=viewer, at=at, terms=terms, chosen=chosen, detail=detail)
    for record in records:
        post(partner=partner, at=at, kind="notify", path=NOTIFY_PATH, body=_notice(one, partner, at, record))
    return len(records)


def _notice(one: Subscription, partner: Partner, at: datetime, record: dict[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {
        "version": "1.0.0",
        "reg_type": REG_TYPE,
        "reg_record_type": f"spdci:{one.entity}",
        "reg_records": record | {"reg_event": one.event, "subscription_code": one.code},
    }
    if one.event in IN_THE_STANDARD:
        data["reg_event_type"] = one.event
    header = {
        "version": "1.0.0",
        "message_id": uuid4().hex,
        "message_ts": envelopes.iso(at),
        "action": "notify",
        "status": "succ",
        "sender_id": settings.EXCHANGE_ID,
        "receiver_id": partner.sender_id,
        "total_count": 1,
        "completed_count": 1,
        "is_msg_encrypted": False,
    }
    notice = {"reference_id": uuid4().hex, "timestamp": envelopes.iso(at), "data": data, "locale": "zho"}
    return {"header": header, "message": {"transaction_id": uuid4().hex, "notify_event": [notice]}}
