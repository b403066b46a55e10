"""Keyset paging: next and previous by the last row seen, so page 4,000 costs as much as page 1 and no row is skipped.

Tokens are sealed (`sealing.tokens`, under a key derived from SECRET_KEY): sort keys may be names or days of birth,
and an address with a token lands in logs and histories.
"""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.conf import settings
from django.core.exceptions import BadRequest, FieldDoesNotExist
from django.db.models import F, Model, OrderBy, Q, QuerySet

from minsheng.foundation.sealing.tokens import open_token, seal_token

LARGEST_PAGE = 200
DEFAULT_PAGE = 50

Row = TypeVar("Row", bound=Model)


class UnableToPage(BadRequest):
    """The page token was changed, belongs to another list, or was made under an older key."""

    def __init__(self) -> None:
        super().__init__("翻页标记已经失效，可能是列表的排序变了。请从第一页重新看，筛选条件不会丢。")


@dataclass(frozen=True)
class KeysetPage(Generic[Row]):
    """Rows of one page with the tokens of its neighbours; None where there is no neighbour."""

    rows: Sequence[Row]
    next_token: str | None
    previous_token: str | None


def keyset_page(
    rows: QuerySet[Row], *, order: Sequence[str], token: str | None = None, size: int = DEFAULT_PAGE
) -> KeysetPage[Row]:
    """This function will return one page of `rows` ordered by `order`, e.g. ("-due_date", "id").

    The last field of `order` must be unique, or rows with equal keys could be skipped; it is checked for the primary
    key. Empty values sort last in both directions. `size` is capped at 200. Raises UnableToPage for a foreign token.
    """
    fields = [name.lstrip("-") for name in order]
    if fields[-1] not in ("id", "pk", rows.model._meta.pk.name):
        raise ValueError(f"keyset order {tuple(order)} must end with the primary key, or rows would be skipped")
    size = max(1, min(size, LARGEST_PAGE))
    forward, values = True, None
    if token:
        forward, values = _open(token, order=order, label=rows.model._meta.label)
    if values is not None:
        rows = rows.filter(_beyond(rows.model, order, values, forward))
    ordered = rows.order_by(*[_ordering(rows.model, name, forward) for name in order])
    found = list(ordered[: size + 1])
    more, found = len(found) > size, found[:size]
    if not forward:
        found.reverse()
    if not found:
        return KeysetPage([], None, None)

    def seal(row: Row, ahead: bool) -> str:
        return _seal([_value(row, f) for f in fields], forward=ahead, order=order, label=rows.model._meta.label)

    has_next = more if forward else True
    has_previous = (values is not None) if forward else more
    return KeysetPage(
        found, seal(found[-1], True) if has_next else None, seal(found[0], False) if has_previous else None
    )


def _ordering(model: type[Model], name: str, forward: bool) -> OrderBy:
    column = F(name.lstrip("-"))
    # Only a column that may be empty says where empties go: DESC NULLS LAST cannot use an ordinary index.
    nulls: dict[str, Any] = {}
    if _may_be_empty(model, name.lstrip("-")):
        nulls = {"nulls_last": True} if forward else {"nulls_first": True}
    return column.asc(**nulls) if _rises(name, forward) else column.desc(**nulls)


def _rises(name: str, forward: bool) -> bool:
    return name.startswith("-") is not forward


def _may_be_empty(model: type[Model], path: str) -> bool:
    current: type[Model] | None = model
    for part in path.split("__"):
        try:
            field = current._meta.get_field(part) if part != "pk" and current else None
        except FieldDoesNotExist:
            return True  # an annotation: nothing is known of it
        if field is None:
            return False
        if getattr(field, "null", False):
            return True
        current = field.related_model if isinstance(field.related_model, type) else None
    return False


def _value(row: Model, path: str) -> Any:
    value: Any = row
    for part in path.split("__"):
        value = getattr(value, part) if value is not None else None
    return value


def _beyond(model: type[Model], order: Sequence[str], values: Sequence[Any], forward: bool) -> Q:
    """Rows strictly after (or before) the key, column by column: a>x OR (a=x AND (b>y OR …)), empty values last."""
    condition, equal = Q(), Q()
    for name, value in zip(order, values, strict=True):
        field = name.lstrip("-")
        rising, empty = _rises(name, forward), _may_be_empty(model, field)
        if past := _past(field, value, rising=rising, forward=forward, empty=empty):
            condition |= equal & past
        equal &= Q(**{f"{field}__isnull": True}) if value is None else Q(**{field: value})
    first, value = order[0].lstrip("-"), values[0]
    if value is None or (forward and _may_be_empty(model, first)):
        return condition
    # A bound on the leading column alone lets PostgreSQL start its index scan at the right place.
    return Q(**{f"{first}__{'gte' if _rises(order[0], forward) else 'lte'}": value}) & condition


def _past(field: str, value: Any, *, rising: bool, forward: bool, empty: bool) -> Q | None:
    if value is None:
        return None if forward else Q(**{f"{field}__isnull": False})
    strictly = Q(**{f"{field}__{'gt' if rising else 'lt'}": value})
    return strictly | Q(**{f"{field}__isnull": True}) if forward and empty else strictly


def _seal(values: list[Any], *, forward: bool, order: Sequence[str], label: str) -> str:
    text = json.dumps([forward, [_pack(v) for v in values]], ensure_ascii=False, separators=(",", ":"))
    sealed = seal_token(secret=settings.SECRET_KEY, bound_to=_bound(order, label), text=text)
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def _open(token: str, *, order: Sequence[str], label: str) -> tuple[bool, list[Any]]:
    try:
        sealed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        text = open_token(secret=settings.SECRET_KEY, bound_to=_bound(order, label), token=sealed)
    except ValueError as problem:
        raise UnableToPage from problem
    forward, values = json.loads(text)
    return forward, [_unpack(v) for v in values]


def _bound(order: Sequence[str], label: str) -> str:
    return f"paging|{label}|{','.join(order)}"


_READERS: dict[str, Callable[[str], Any]] = {
    "t": datetime.fromisoformat,
    "d": date.fromisoformat,
    "u": UUID,
    "n": Decimal,
}


def _pack(value: Any) -> Any:
    match value:
        case datetime():
            return {"t": value.isoformat()}
        case date():
            return {"d": value.isoformat()}
        case UUID():
            return {"u": value.hex}
        case Decimal():
            return {"n": str(value)}
        case None | bool() | int() | str():
            return value
    raise TypeError(f"keyset paging cannot order by a {type(value).__name__}")


def _unpack(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    [(kind, text)] = value.items()
    return _READERS[kind](text)
