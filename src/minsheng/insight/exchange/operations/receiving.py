"""Taking a message: who wrote it is proved first, then whether it is new, fresh, and within the terms.

Everything that is refused before the signature holds is refused alike for known and unknown senders, and leaves only a
line in the log; everything after it leaves a row and an audit entry.
"""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from pydantic import ValidationError

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.foundation.jobs.declaring import enqueue
from minsheng.foundation.sealing import operations as sealing
from minsheng.insight.exchange import envelopes
from minsheng.insight.exchange.models import Message, Partner
from minsheng.insight.exchange.operations.answering import answer_now
from minsheng.insight.exchange.queries.standing import keys_in_force, partner_in_force, partner_viewer
from minsheng.insight.exchange.rules.headers import refusal_of_address, refusal_of_header
from minsheng.insight.exchange.sealed_columns import REQUEST
from minsheng.insight.exchange.signing import UnableToVerify, signed, verified
from minsheng.insight.exchange.types import VERSION, Action, Answer, ErrorCode, HeaderReason, Status

MESSAGES: dict[Action, Any] = {
    Action.SEARCH: envelopes.Search,
    Action.SUBSCRIBE: envelopes.Subscribe,
    Action.UNSUBSCRIBE: envelopes.Unsubscribe,
    Action.TXN_STATUS: envelopes.TxnStatus,
}
_MINUTE = timedelta(minutes=1)


def receive(*, at: datetime, raw: bytes, action: Action, sync: bool, request_id: str = "") -> Answer:
    """This function will take one message and return what goes back: an acknowledgement, or the answer itself.

    It opens the partner's scope itself: before that nothing of the registry can be seen at all.
    """
    try:
        body = envelopes.read_json(raw)
    except envelopes.UnableToReadMessage as refusal:
        return not_taken(at=at, action=action, sync=sync, code=ErrorCode.BAD, words=str(refusal))
    header = body.get("header")
    sender = header.get("sender_id") if isinstance(header, dict) else None
    if not isinstance(sender, str):
        return not_taken(at=at, action=action, sync=sync, code=ErrorCode.BAD, words="没有 header.sender_id。")
    signature = body.get("signature")
    if not isinstance(signature, str) or not signature:
        return _unauthorized(ErrorCode.NO_SIGNATURE, "消息没有签名。")
    partner = partner_in_force(sender_id=sender, at=at)
    if partner is None:
        return _unauthorized(ErrorCode.SENDER, "发送方没有登记，或者约定不在有效期内。")
    try:
        said = verified(signature=signature, key_of=lambda kid: keys_in_force(partner=partner, at=at).get(kid))
    except UnableToVerify as refusal:
        return _unauthorized(ErrorCode.SIGNATURE, str(refusal))
    if said.get("header") != header or said.get("message") != body.get("message"):
        return _unauthorized(ErrorCode.SIGNATURE, "签名里的内容与消息不同。")
    viewer = partner_viewer(partner=partner, at=at, request_id=request_id)
    with acting_as(viewer=viewer, at=at):
        # One message of a partner after the other: so neither a repetition nor the limit can be raced past.
        Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
        return _take(partner, viewer, at, said, action, sync)


def _take(partner: Partner, viewer: Viewer, at: datetime, said: dict[str, Any], action: Action, sync: bool) -> Answer:
    recent = Message.objects.filter(partner=partner, received_at__gt=at - _MINUTE).count()
    if recent >= partner.per_minute:
        return not_taken(
            at=at,
            action=action,
            sync=sync,
            code=ErrorCode.TOO_MANY,
            words=f"每分钟最多 {partner.per_minute} 条消息。",
            status=429,
        )
    try:
        header = envelopes.Header.model_validate_json(json.dumps(said["header"]))
        message = MESSAGES[action].model_validate_json(json.dumps(said.get("message")))
    except ValidationError as error:
        where = "、".join(sorted({".".join(map(str, one["loc"])) for one in error.errors()})[:5])
        return _refused(partner, viewer, at, action, sync, ErrorCode.BAD, f"与规范不符：{where}"[:500])
    wrong = refusal_of_address(header, our_id=settings.EXCHANGE_ID, callback_url=partner.callback_url)
    if wrong is not None:
        return _refused(partner, viewer, at, action, sync, *wrong)
    digest = hashlib.sha256(json.dumps(said["message"], sort_keys=True).encode()).hexdigest()
    known = _seen(partner, header, message, action, digest)
    if known is not None and not sync and known.digest == digest and known.action == action and not known.sync:
        return _acknowledged(at, known.correlation_id)  # said again because our first word got lost: nothing is redone
    requests = _number_of_requests(message)
    refusal = refusal_of_header(header, action=action, at=at, requests=requests)
    if refusal is None and known is not None and known.message_id == header.message_id:
        refusal = (HeaderReason.DUPLICATE, "这个 message_id 已经用过。")
    if refusal is None and not sync and not partner.callback_url:
        return _refused(partner, viewer, at, action, sync, ErrorCode.SENDER_URI, "没有登记回信地址，不能异步答复。")
    if refusal is not None:
        reason, words = refusal
        return _refused(partner, viewer, at, action, sync, ErrorCode.BAD, words, reason.value)
    row = Message(
        partner=partner,
        message_id=header.message_id,
        transaction_id=message.transaction_id,
        correlation_id=uuid4().hex,
        action=action,
        sync=sync,
        digest=digest,
        received_at=at,
        status=Status.RECEIVED,
    )
    if sync:
        row.save()
        return Answer(200, signed(answer_now(row=row, partner=partner, viewer=viewer, at=at, message=message)))
    row.request_sealed = sealing.seal(
        context=REQUEST, row_id=row.correlation_id, value=json.dumps(said["message"], ensure_ascii=False)
    )
    row.save()
    from minsheng.insight.exchange.jobs import answer  # jobs import operations, not the other way round

    enqueue(answer, lock=f"exchange:{partner.pk}", message_id=int(row.pk))
    return _acknowledged(at, row.correlation_id)


def _seen(
    partner: Partner, header: envelopes.Header, message: envelopes.Message, action: Action, digest: str
) -> Message | None:
    """The same message id, or, sent anew under another id, the same request of the same transaction."""
    by_id = Message.objects.filter(partner=partner, message_id=header.message_id).first()
    if by_id is not None:
        return by_id
    return Message.objects.filter(
        partner=partner, action=action, transaction_id=message.transaction_id, digest=digest, sync=False
    ).first()


def _number_of_requests(message: envelopes.Message) -> int:
    if isinstance(message, envelopes.Search):
        return len(message.search_request)
    if isinstance(message, envelopes.Subscribe):
        return len(message.subscribe_request)
    return len(message.subscription_codes) if isinstance(message, envelopes.Unsubscribe) else 1


def _acknowledged(at: datetime, correlation_id: str) -> Answer:
    said = {"ack_status": "ACK", "timestamp": envelopes.iso(at), "correlation_id": correlation_id}
    return Answer(200, signed({"message": said}))


def not_taken(
    *, at: datetime, action: Action, sync: bool, code: str, words: str, status: int = 400, reason: str = ""
) -> Answer:
    """This function will refuse a message in the form that its address has for answers, with one of the codes.

    Where an answer is expected at once it is a header that says rejected; where not, an acknowledgement that says so.
    """
    if sync:
        head = {
            "version": VERSION,
            "message_id": uuid4().hex,
            "message_ts": envelopes.iso(at),
            "action": action.answered_by,
            "status": Status.REJECTED.value,
            **({"status_reason_code": reason} if reason else {}),
            "status_reason_message": words if reason else f"{code}：{words}",
            "sender_id": settings.EXCHANGE_ID,
        }
        return Answer(status, {"header": head})
    said = {
        "ack_status": "ERR",
        "timestamp": envelopes.iso(at),
        "correlation_id": uuid4().hex,
        # The acknowledgement of the standard knows fewer codes than its header: that reason stands in the words.
        "error": {"code": code, "message": f"{reason}：{words}" if reason else words},
    }
    return Answer(status, {"message": said})


def _unauthorized(code: ErrorCode, words: str) -> Answer:
    return Answer(401, {"errors": [{"code": code.value, "message": words}]})


def _refused(
    partner: Partner,
    viewer: Viewer,
    at: datetime,
    action: Action,
    sync: bool,
    code: ErrorCode,
    words: str,
    reason: str = "",
) -> Answer:
    _record_refusal(partner, viewer, at, action, reason or code)
    answer = not_taken(at=at, action=action, sync=sync, code=code.value, words=words, reason=reason)
    return Answer(answer.status, signed(answer.body))


def _record_refusal(partner: Partner, viewer: Viewer, at: datetime, action: Action, code: str) -> None:
    audit.record(
        actor=viewer,
        at=at,
        action="exchange.message_refused",
        object_type="exchange.partner",
        object_id=str(partner.pk),
        detail={"action": action.value, "code": code},
    )
