"""The answer to a message, item by item: each search, each subscription, each question about an earlier request."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.foundation.sealing import operations as sealing
from minsheng.insight.exchange import envelopes
from minsheng.insight.exchange.models import Message, Partner
from minsheng.insight.exchange.operations.posting import post
from minsheng.insight.exchange.operations.subscribing import subscriber, unsubscribe
from minsheng.insight.exchange.queries.households import choose, known_words, write_records
from minsheng.insight.exchange.queries.standing import is_in_force, partner_viewer, terms_of
from minsheng.insight.exchange.rules.asking import MOST_FOUND, UnableToAsk, read_page, read_question, read_sort
from minsheng.insight.exchange.rules.records import REG_TYPE
from minsheng.insight.exchange.sealed_columns import REQUEST
from minsheng.insight.exchange.types import Action, Entity, SearchReason, Status
from minsheng.records.registry.days import business_day

_READERS: dict[Action, Any] = {
    Action.SEARCH: envelopes.Search,
    Action.SUBSCRIBE: envelopes.Subscribe,
    Action.UNSUBSCRIBE: envelopes.Unsubscribe,
    Action.TXN_STATUS: envelopes.TxnStatus,
}
_STALE = timedelta(days=1)  # how old the time of one request in a batch may be
Item = dict[str, Any]


def answer_message(*, at: datetime, message_id: int) -> None:
    """This function will answer a message that was acknowledged and put the answer in the post; once.

    It acts as the partner, not as whoever runs jobs: so an agreement that ended meanwhile answers nothing.
    """
    row = Message.objects.select_for_update(no_key=True).select_related("partner").get(pk=message_id)
    if row.request_sealed is None:
        return
    partner = row.partner
    if not is_in_force(partner_id=partner.pk, at=at):
        row.status, row.request_sealed, row.answered_at = Status.REJECTED, None, at
        row.save()
        return
    text = sealing.open_sealed(context=REQUEST, row_id=row.correlation_id, sealed=row.request_sealed)
    message = _READERS[Action(row.action)].model_validate_json(text)
    viewer = partner_viewer(partner=partner, at=at)
    row.request_sealed = None
    with acting_as(viewer=viewer, at=at):
        body = answer_now(row=row, partner=partner, viewer=viewer, at=at, message=message)
        action = Action(row.action)
        post(partner=partner, at=at, kind=action.answered_by, path=action.callback, body=body)


def answer_now(
    *, row: Message, partner: Partner, viewer: Viewer, at: datetime, message: envelopes.Message
) -> dict[str, Any]:
    """This function will do what the message asks and return header and message of the answer, not yet signed."""
    items: Sequence[Item]
    said: dict[str, Any] | None
    ids = {"transaction_id": message.transaction_id, "correlation_id": row.correlation_id}
    reason, words = "", ""
    if isinstance(message, envelopes.Search):
        items = _each(message.search_request, at, _searcher(row, partner, viewer, at), SearchReason)
        said = ids | {"search_response": items}
    elif isinstance(message, envelopes.Subscribe):
        items = _each(message.subscribe_request, at, subscriber(partner=partner, viewer=viewer, at=at), SearchReason)
        said = ids | {"subscribe_response": items}
    elif isinstance(message, envelopes.Unsubscribe):
        said = ids | unsubscribe(partner=partner, at=at, codes=message.subscription_codes)
        items = [{"reference_id": "", "status": said["status"], "status_reason_code": said.get("status_reason_code")}]
    else:
        found = _earlier(partner, row, message, at)
        items = [{"reference_id": message.txnstatus_request.reference_id, "status": "succ" if found else "rjct"}]
        said = ids | {"txnstatus_response": found} if found else None
        if not found:
            words = "没有找到这笔业务，或者它不属于发送方。"
    row.items = [
        {key: one[key] for key in ("reference_id", "status", "status_reason_code") if one.get(key)} for one in items
    ]
    done = any(one["status"] == Status.SUCCEEDED for one in items) or not items
    row.status, row.answered_at = Status.SUCCEEDED if done else Status.REJECTED, at
    row.save()
    audit.record(
        actor=viewer,
        at=at,
        action=f"exchange.{Action(row.action).name.lower()}",
        object_type="exchange.partner",
        object_id=str(partner.pk),
        purpose=partner.purpose,
        detail={"message": row.pk, "items": len(items), "people": row.people},
    )
    header = {
        "version": "1.0.0",
        "message_id": uuid4().hex,
        "message_ts": envelopes.iso(at),
        "action": Action(row.action).answered_by,
        "status": row.status.value if isinstance(row.status, Status) else row.status,
        **({"status_reason_code": reason} if reason else {}),
        **({"status_reason_message": words} if words else {}),
        "sender_id": settings.EXCHANGE_ID,
        "receiver_id": partner.sender_id,
        "total_count": len(items),
        "completed_count": len(items),
        "is_msg_encrypted": False,
    }
    return {"header": header} | ({"message": said} if said is not None else {})


def _each(requests: Sequence[Any], at: datetime, act: Callable[[Any], Item], reasons: Any) -> list[Item]:
    """This function will answer the requests of a batch; one that is refused does not touch the others."""
    items: list[Item] = []
    seen: set[str] = set()
    for one in requests:
        item: Item = {"reference_id": one.reference_id, "timestamp": envelopes.iso(at)}
        try:
            if one.reference_id in seen:
                raise UnableToAsk("这个 reference_id 在同一条消息里出现了两次。", reason=SearchReason.DUPLICATE)
            if abs(one.timestamp - at) > _STALE:
                raise UnableToAsk("timestamp 与今天相差太远。", reason=SearchReason.TIMESTAMP)
            seen.add(one.reference_id)
            item |= {"status": Status.SUCCEEDED.value} | act(one)
        except UnableToAsk as refusal:
            item |= {
                "status": Status.REJECTED.value,
                "status_reason_code": str(refusal.reason),
                "status_reason_message": str(refusal),
            }
        items.append(item | {"locale": one.locale})
    return items


def _searcher(row: Message, partner: Partner, viewer: Viewer, at: datetime) -> Callable[[Any], Item]:
    terms, known, on = terms_of(partner), known_words(viewer=viewer, at=at), business_day(at)

    def search(one: envelopes.SearchItem) -> Item:
        asked_for = one.search_criteria
        size, number = read_page(
            (asked_for.pagination.page_size, asked_for.pagination.page_number) if asked_for.pagination else None
        )
        sort = read_sort([(s.attribute_name, s.sort_order) for s in asked_for.sort], terms=terms)
        asked = read_question(query_type=asked_for.query_type, query=asked_for.query, terms=terms, known=known, on=on)
        entity = Entity(asked_for.response_entity)
        chosen = choose(viewer=viewer, at=at, asked=asked, entity=entity, sort=sort)
        total = len(chosen.ids)
        if total > MOST_FOUND:
            raise UnableToAsk(f"超过 {MOST_FOUND} 条。请把条件写得更窄。", reason=SearchReason.TOO_MANY)
        if asked.id_number is None and total < terms.smallest_answer:
            # Nobody and one too few are told alike, or counting would find single people.
            raise UnableToAsk(
                f"符合条件的不足 {terms.smallest_answer} 条，按约定不提供。", reason=SearchReason.CRITERIA
            )
        page = type(chosen)(entity, chosen.ids[(number - 1) * size : number * size])
        detail = {"message": row.pk, "query": asked_for.query_type}
        records, people = write_records(partner=partner, viewer=viewer, at=at, terms=terms, chosen=page, detail=detail)
        row.people += len(people)
        return {
            "data": {
                "version": "1.0.0",
                "reg_type": REG_TYPE,
                "reg_record_type": f"spdci:{entity}",
                "reg_records": records,
            },
            "pagination": {"page_size": size, "page_number": number, "total_count": total},
        }

    return search


def _earlier(partner: Partner, asking: Message, question: envelopes.TxnStatus, at: datetime) -> dict[str, Any] | None:
    """What became of earlier messages of this partner; the standard has one form for searches and subscriptions."""
    asked = question.txnstatus_request
    rows = Message.objects.filter(partner=partner, action=asked.txn_type).exclude(pk=asking.pk).order_by("-id")
    if asked.attribute_type == "reference_id_list":
        wanted = asked.attribute_value if isinstance(asked.attribute_value, list) else [asked.attribute_value]
        rows = rows.filter(items__contains=[{"reference_id": wanted[0]}]) if wanted else rows.none()
    elif isinstance(asked.attribute_value, str):
        wanted = []
        rows = rows.filter(**{asked.attribute_type: asked.attribute_value})
    else:
        return None
    found = rows.first()
    if found is None:
        return None
    items = [one for one in found.items if not wanted or one["reference_id"] in wanted]
    return {
        "txn_type": asked.txn_type,
        "txn_status": {
            "transaction_id": found.transaction_id,
            "correlation_id": found.correlation_id,
            "search_response": [
                {"timestamp": envelopes.iso(found.answered_at or found.received_at), **one} for one in items
            ]
            or [{"reference_id": asked.reference_id, "timestamp": envelopes.iso(at), "status": found.status}],
        },
    }
