"""What a header must say before anybody looks at the message. Pure."""

from datetime import datetime, timedelta

from minsheng.insight.exchange.envelopes import Header
from minsheng.insight.exchange.types import VERSION, Action, ErrorCode, HeaderReason

# How far the clocks of two offices may differ, and how long a message may be on its way.
FRESH_FOR = timedelta(minutes=5)
MOST_REQUESTS = 20


def refusal_of_address(header: Header, *, our_id: str, callback_url: str) -> tuple[ErrorCode, str] | None:
    """This function will say why a message is not for us, or its answer not for where it says; None when it is."""
    if header.receiver_id not in (None, our_id):
        return ErrorCode.RECEIVER, f"这里是 {our_id}，消息是写给别处的。"
    if header.sender_uri not in (None, callback_url):
        return ErrorCode.SENDER_URI, "回信只寄到登记的地址。sender_uri 与登记的不同，请先变更登记。"
    if header.is_msg_encrypted:
        return ErrorCode.ENCRYPTION, "没有约定加密的消息。传输已由 TLS 加密，请发送明文消息。"
    return None


def refusal_of_header(
    header: Header, *, action: Action, at: datetime, requests: int
) -> tuple[HeaderReason, str] | None:
    """This function will say which of the standard's reasons speaks against a header; None when none does."""
    if header.version != VERSION:
        return HeaderReason.VERSION, f"只支持 {VERSION} 版。"
    if header.action != action:
        return HeaderReason.ACTION, f"这个地址只收 {action} 消息。"
    if abs(header.message_ts - at) > FRESH_FOR:
        return HeaderReason.TIMESTAMP, f"消息时间与收到时间相差超过 {FRESH_FOR.seconds // 60} 分钟。"
    if header.total_count != requests:
        return HeaderReason.TOTAL, "total_count 与消息里的请求数不同。"
    if requests > MOST_REQUESTS:
        return HeaderReason.TOO_MANY, f"一条消息最多 {MOST_REQUESTS} 个请求。"
    return None
