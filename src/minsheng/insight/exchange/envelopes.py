"""The messages as the published description has them, read strictly: what does not fit is refused, never guessed."""

import json
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

DEEPEST = 40
Text = Annotated[str, Field(min_length=1, max_length=99)]


class UnableToReadMessage(ValueError):
    """The bytes are no message of this interface."""


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class Header(_Part):
    """Who writes, when, and what for."""

    version: str = "1.0.0"
    message_id: Text
    message_ts: AwareDatetime
    action: str
    sender_id: Text
    sender_uri: str | None = None
    receiver_id: str | None = None
    total_count: int
    is_msg_encrypted: bool = False


class Sort(_Part):
    """By what to sort."""

    attribute_name: str = ""
    sort_order: Literal["asc", "desc"] = "asc"


class Pagination(_Part):
    """Which page; counted from 1."""

    page_size: float
    page_number: float = 1


class Criteria(_Part):
    """One question."""

    version: str = "1.0.0"
    reg_type: str | None = None
    reg_record_type: str | None = None
    query_type: Literal["idtype-value", "expression", "predicate"]
    response_entity: Literal["Group", "Member"] = "Group"
    query: dict[str, Any] | list[Any]
    sort: list[Sort] = []
    pagination: Pagination | None = None
    consent: dict[str, Any] | None = None
    authorize: dict[str, Any] | None = None


class SearchItem(_Part):
    """One question of a batch, under the sender's own reference."""

    reference_id: str
    timestamp: AwareDatetime
    search_criteria: Criteria
    locale: Annotated[str, Field(pattern="^[a-z]{3,3}$")] = "zho"


class Search(_Part):
    """A batch of questions."""

    transaction_id: Annotated[str, Field(max_length=99)]
    search_request: list[SearchItem]


class Frequency(_Part):
    """From when to when news is wanted."""

    start_time: AwareDatetime
    end_time: AwareDatetime
    frequency: str


class SubscribeCriteria(_Part):
    """News of which kind about whom."""

    version: str = "1.0.0"
    reg_type: str | None = None
    reg_event_type: str
    filter_type: Literal["idtype-value", "expression", "predicate", "graphql"] = "idtype-value"
    filter: dict[str, Any] | list[Any]
    notify_record_type: str
    frequency: Frequency | None = None
    authorize: dict[str, Any] | None = None


class SubscribeItem(_Part):
    """One subscription of a batch."""

    reference_id: str
    timestamp: AwareDatetime
    subscribe_criteria: SubscribeCriteria
    locale: Annotated[str, Field(pattern="^[a-z]{3,3}$")] = "zho"


class Subscribe(_Part):
    """A batch of subscriptions."""

    transaction_id: Annotated[str, Field(max_length=99)]
    subscribe_request: list[SubscribeItem]


class Unsubscribe(_Part):
    """An end of subscriptions."""

    transaction_id: Annotated[str, Field(max_length=99)]
    timestamp: AwareDatetime
    subscription_codes: list[Annotated[str, Field(max_length=99)]]


class StatusQuestion(_Part):
    """Which request is asked about."""

    reference_id: str
    txn_type: Literal["search", "subscribe", "receipt"]
    attribute_type: Literal["transaction_id", "reference_id_list", "correlation_id"]
    attribute_value: str | list[str]
    locale: Annotated[str, Field(pattern="^[a-z]{3,3}$")] = "zho"


class TxnStatus(_Part):
    """A question about an earlier request."""

    transaction_id: Annotated[str, Field(max_length=99)]
    txnstatus_request: StatusQuestion


Message = Search | Subscribe | Unsubscribe | TxnStatus


def read_json(raw: bytes) -> dict[str, Any]:
    """This function will read one JSON object; a name that stands twice, NaN, and text no database holds are refused.

    Two names in one object are how a checked message differs from the one that is acted upon.
    """
    try:
        found = json.loads(raw.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
        _plain(found, 0)
    except (ValueError, RecursionError) as error:
        raise UnableToReadMessage("不是一个完整的 JSON 对象。") from error
    if not isinstance(found, dict):
        raise UnableToReadMessage("不是一个 JSON 对象。")
    return found


def iso(at: datetime) -> str:
    """This function will write an instant as the standard asks, with its time zone."""
    return at.isoformat(timespec="seconds")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_constant(word: str) -> Any:
    raise ValueError(word)


def _plain(value: Any, depth: int) -> None:
    if depth > DEEPEST:
        raise ValueError("too deep")
    if isinstance(value, str) and ("\x00" in value or any("\ud800" <= c <= "\udfff" for c in value)):
        raise ValueError("text that cannot be stored")
    if isinstance(value, dict):
        for name, part in value.items():
            _plain(name, depth + 1)
            _plain(part, depth + 1)
    elif isinstance(value, list):
        for part in value:
            _plain(part, depth + 1)
