"""Subscriptions: news of one kind about whomever a filter says, for as long as the agreement holds."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.sealing import operations as sealing
from minsheng.insight.exchange import envelopes
from minsheng.insight.exchange.models import Partner, Subscription
from minsheng.insight.exchange.queries.households import choose, known_words
from minsheng.insight.exchange.queries.standing import terms_of
from minsheng.insight.exchange.rules.asking import UnableToAsk, read_question
from minsheng.insight.exchange.rules.events import event_named
from minsheng.insight.exchange.rules.records import REG_TYPE
from minsheng.insight.exchange.sealed_columns import FILTER, FILTER_DIGEST
from minsheng.insight.exchange.types import Entity, Status, SubscribeReason, UnsubscribeReason
from minsheng.records.registry.days import business_day


def subscriber(*, partner: Partner, viewer: Viewer, at: datetime) -> Callable[[Any], dict[str, Any]]:
    """This function will return what makes one subscription and answers it; UnableToAsk says why not."""
    terms, known = terms_of(partner), known_words(viewer=viewer, at=at)

    def one_more(one: envelopes.SubscribeItem) -> dict[str, Any]:
        wanted = one.subscribe_criteria
        event = event_named(wanted.reg_event_type)
        if event is None or event not in terms.events:
            raise UnableToAsk("没有约定可以订阅这种事件。", reason=SubscribeReason.TYPES)
        entity = Entity.MEMBER if wanted.notify_record_type.rpartition(":")[2] == "Member" else Entity.GROUP
        try:
            asked = read_question(
                query_type=wanted.filter_type, query=wanted.filter, terms=terms, known=known, on=business_day(at)
            )
        except UnableToAsk as refusal:
            raise UnableToAsk(str(refusal), reason=SubscribeReason.DETAILS) from refusal
        if asked.id_number is not None and not choose(viewer=viewer, at=at, asked=asked, entity=Entity.MEMBER).ids:
            raise UnableToAsk("没有这个人，或者不在约定的辖区内。", reason=SubscribeReason.PERSON)
        starts, ends = at, None
        if wanted.frequency is not None:
            starts, ends = wanted.frequency.start_time, wanted.frequency.end_time
            if ends <= at or ends <= starts:
                raise UnableToAsk("结束时间要在现在和开始时间以后。", reason=SubscribeReason.DETAILS)
        text = json.dumps(wanted.filter, sort_keys=True, ensure_ascii=False)
        digest = _digest(partner, text)
        held = Subscription.objects.filter(
            partner=partner, event=event, entity=entity, filter_digest=digest, ended_at__isnull=True
        )
        if held.exists():
            raise UnableToAsk("同样的订阅已经有了。", reason=SubscribeReason.ALREADY)
        code = uuid4().hex
        Subscription.objects.create(
            partner=partner,
            code=code,
            event=event,
            entity=entity,
            filter_type=wanted.filter_type,
            filter_sealed=sealing.seal(context=FILTER, row_id=code, value=text),
            filter_digest=digest,
            starts_at=starts,
            ends_at=ends,
            made_at=at,
        )
        return {
            "subscriptions": [
                {
                    "version": "1.0.0",
                    "code": code,
                    "status": "subscribe",
                    "timestamp": envelopes.iso(at),
                    "reg_type": REG_TYPE,
                    "reg_event_type": wanted.reg_event_type,
                    "filter_type": wanted.filter_type,
                    "notify_record_type": wanted.notify_record_type,
                }
            ]
        }

    return one_more


def unsubscribe(*, partner: Partner, at: datetime, codes: list[str]) -> dict[str, Any]:
    """This function will end subscriptions by code: all of them, or none and the reason."""
    said: dict[str, Any] = {"timestamp": envelopes.iso(at)}
    held = {one.code: one for one in Subscription.objects.filter(partner=partner, code__in=codes)}
    if not codes or set(codes) - set(held):
        return said | {
            "status": Status.REJECTED.value,
            "status_reason_code": UnsubscribeReason.CODE.value,
            "status_reason_message": "有订阅号不认识，没有退订任何一个。",
        }
    if any(one.ended_at is not None for one in held.values()):
        return said | {
            "status": Status.REJECTED.value,
            "status_reason_code": UnsubscribeReason.ALREADY.value,
            "status_reason_message": "有订阅已经退订过，没有再退订任何一个。",
        }
    Subscription.objects.filter(pk__in=[one.pk for one in held.values()]).update(ended_at=at)
    return said | {
        "status": Status.SUCCEEDED.value,
        "subscription_status": [{"code": code, "status": "unsubscribe"} for code in codes],
    }


def _digest(partner: Partner, text: str) -> str:
    """Keyed, because a filter may be one id number: a plain digest of it could be tried out."""
    return sealing.blind_index(context=FILTER_DIGEST, value=f"{partner.pk}|{text}").hex()
