"""Words of the exchange: what a partner may know and ask, what a message may answer. SPDCI Social Registry 1.0.0."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

VERSION = "1.0.0"


class Attribute(StrEnum):
    """What a partner may be allowed to know of people; everything else is left out or masked."""

    NAME = "name"
    IDENTIFIER = "identifier"
    SEX = "sex"
    BIRTH_DATE = "birth_date"
    DEATH_DATE = "death_date"
    PHONE = "phone"
    ADDRESS = "address"
    RELATIONSHIP = "relationship"
    MARITAL_STATUS = "marital_status"
    EMPLOYMENT_STATUS = "employment_status"
    EDUCATION_LEVEL = "education_level"
    DISABILITY = "disability"
    PROGRAMME = "programme"
    BENEFIT_AMOUNT = "benefit_amount"
    REGISTRATION_DATE = "registration_date"
    MINORS = "minors"  # people under 18 at all (未成年人保护法 Art 72, 103)

    @property
    def label(self) -> str:
        return _LABELS[self.value]


_LABELS = {
    "name": "姓名全名",
    "identifier": "公民身份号码",
    "sex": "性别",
    "birth_date": "出生日期",
    "death_date": "去世日期",
    "phone": "电话",
    "address": "详细住址",
    "relationship": "与户主关系",
    "marital_status": "婚姻状况",
    "employment_status": "就业状态",
    "education_level": "文化程度",
    "disability": "残疾类别和等级",
    "programme": "享受的项目",
    "benefit_amount": "待遇金额",
    "registration_date": "登记日期",
    "minors": "未成年人",
}


class QueryType(StrEnum):
    """How a partner may ask."""

    IDTYPE_VALUE = "idtype-value"
    PREDICATE = "predicate"
    EXPRESSION = "expression"

    @property
    def label(self) -> str:
        return {"idtype-value": "按证件号", "predicate": "按条件列表", "expression": "按条件式"}[self.value]


class Entity(StrEnum):
    """What an answer consists of: households, or single people."""

    GROUP = "Group"
    MEMBER = "Member"


class EventCode(StrEnum):
    """What a partner may ask to be told of."""

    REGISTER = "REGISTER"
    BIRTH = "LiveBirth"
    DEATH = "Death"
    NEW_MEMBER = "NewHouseHoldMember"
    ENROLMENT = "Enrolment"
    EXIT = "Exit"

    @property
    def label(self) -> str:
        return {
            "REGISTER": "新登记",
            "LiveBirth": "出生",
            "Death": "去世",
            "NewHouseHoldMember": "家庭成员变动",
            "Enrolment": "开始享受",
            "Exit": "停止享受",
        }[self.value]


class Action(StrEnum):
    """What a message asks for; the last part of its address says the same."""

    SEARCH = "search"
    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
    TXN_STATUS = "txn-status"

    @property
    def answered_by(self) -> str:
        """This property will name the action of the answer."""
        return {
            "search": "on-search",
            "subscribe": "on-subscribe",
            "unsubscribe": "on-unsubscribe",
            "txn-status": "txn-on-status",
        }[self.value]

    @property
    def callback(self) -> str:
        """This property will return the address of the answer below the partner's registered one."""
        return {
            "search": "registry/on-search",
            "subscribe": "registry/on-subscribe",
            "unsubscribe": "registry/on-unsubscribe",
            "txn-status": "registry/txn/on-status",
        }[self.value]

    @property
    def label(self) -> str:
        return {"search": "查询", "subscribe": "订阅", "unsubscribe": "退订", "txn-status": "问进度"}[self.value]


class Status(StrEnum):
    """Where a request stands, in the words of the standard."""

    RECEIVED = "rcvd"
    PENDING = "pdng"
    SUCCEEDED = "succ"
    REJECTED = "rjct"

    @property
    def label(self) -> str:
        return {"rcvd": "已收到", "pdng": "处理中", "succ": "已答复", "rjct": "已拒绝"}[self.value]


class ErrorCode(StrEnum):
    """Why a message was not taken at all (schema `Error` of the standard)."""

    BAD = "err.request.bad"
    UNAUTHORIZED = "err.request.unauthorized"
    FORBIDDEN = "err.request.forbidden"
    TOO_MANY = "err.request.too_many_requests"
    VERSION = "err.version.not_supported"
    SENDER = "err.sender_id.invalid"
    SENDER_URI = "err.sender_uri.invalid"
    RECEIVER = "err.receiver_id.invalid"
    NO_SIGNATURE = "err.signature.missing"
    SIGNATURE = "err.signature.invalid"
    ENCRYPTION = "err.encryption.invalid"
    UNAVAILABLE = "err.service.unavailable"


class HeaderReason(StrEnum):
    """Why a message's header was refused (schema `MsgHeaderStatusReasonCode`)."""

    VERSION = "rjct.version.invalid"
    DUPLICATE = "rjct.message_id.duplicate"
    TIMESTAMP = "rjct.message_ts.invalid"
    ACTION = "rjct.action.invalid"
    TOTAL = "rjct.total_count.invalid"
    TOO_MANY = "rjct.total_count.limit_exceeded"


class SearchReason(StrEnum):
    """Why one search of a message was refused (schema `SearchStatusReasonCode`)."""

    DUPLICATE = "rjct.reference_id.duplicate"
    TIMESTAMP = "rjct.timestamp.invalid"
    CRITERIA = "rjct.search_criteria.invalid"
    FILTER = "rjct.filter.invalid"
    SORT = "rjct.sort.invalid"
    PAGINATION = "rjct.pagination.invalid"
    TOO_MANY = "rjct.search.too_many_records_found"


class SubscribeReason(StrEnum):
    """Why one subscription was refused (schema `SubscribeStatusReasonCode`)."""

    DUPLICATE = "rjct.reference_id.duplicate"
    TIMESTAMP = "rjct.timestamp.invalid"
    TYPES = "rjct.notify_types.invalid"
    DETAILS = "rjct.notify_details.invalid"
    PERSON = "rjct.person_id.invalid"
    ALREADY = "rjct.event.already_subscribed"


class UnsubscribeReason(StrEnum):
    """Why an unsubscription was refused (schema `UnSubscribeStatusReasonCode`)."""

    CODE = "rjct.subscription_code.invalid"
    ALREADY = "rjct.event.already_unsubscribed"


class OutboundState(StrEnum):
    """Where a message to a partner stands."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given_up"

    @property
    def label(self) -> str:
        return {"waiting": "等待送出", "sent": "已送达", "given_up": "多次送不到，已停"}[self.value]


@dataclass(frozen=True)
class Terms:
    """What the agreement with a partner allows; everything not named is not allowed."""

    attributes: frozenset[Attribute]
    query_types: frozenset[QueryType]
    events: frozenset[EventCode]
    smallest_answer: int
    purpose: str
    legal_basis: str


@dataclass(frozen=True)
class Answer:
    """What goes back over HTTP: a status and a body, signed where the partner is known."""

    status: int
    body: dict[str, Any]


@dataclass(frozen=True)
class PartnerRow:
    """One partner for the bureau's list."""

    partner_id: int
    sender_id: str
    title: str
    purpose: str
    legal_basis: str
    areas: tuple[str, ...]
    attributes: tuple[str, ...]
    query_types: tuple[str, ...]
    events: tuple[str, ...]
    callback_host: str
    valid_from: Any
    valid_to: Any
    standing: str
    asked: int
    given: int
    last_at: datetime | None
    own_proposal: bool
    waits: bool
    ended: bool
    smallest_answer: int


@dataclass(frozen=True)
class MessageRow:
    """One message of a partner for the bureau's list: never what was asked, only how much and what became of it."""

    received_at: datetime
    action: str
    status: str
    people: int
    reason: str
    transaction_id: str


@dataclass(frozen=True)
class OutboundRow:
    """One message to a partner for the bureau's list."""

    made_at: datetime
    kind: str
    state: str
    attempts: int
    last_error: str
