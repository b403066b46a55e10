"""What an event is: a fact in the past tense, a frozen dataclass of ids, codes and dates, nothing personal."""

import dataclasses
import re
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

E = TypeVar("E")
_NAME = re.compile(r"^[a-z_]+\.[A-Z][A-Za-z0-9]+$")
_LONGEST_CODE = 64
_ID_NUMBER = re.compile(r"\d{17}[\dXx]")
_REGISTERED: dict[str, type[Any]] = {}
_NAMES: dict[type[Any], str] = {}


class UnableToDeclareEvent(TypeError):
    """The class is no event: not frozen, badly named, or with fields that are not ids, codes or dates."""


class UnableToPublish(ValueError):
    """The event cannot be published: no transaction is open, or a field holds more than an id or a code."""


class UnableToReadEvent(LookupError):
    """A stored event has a name or a shape that this version of the program does not know."""


def event(name: str) -> Callable[[type[E]], type[E]]:
    """This decorator will register a frozen dataclass as the event `name` ("registry.PersonDied").

    The name is the version: an event that needs another shape gets another name ("registry.PersonDied2"), and the old
    class stays until the last stored one is delivered.
    """

    def register(declared: type[E]) -> type[E]:
        if not _NAME.match(name):
            raise UnableToDeclareEvent(f"{name!r}: an event is named room.PastTense")
        if not dataclasses.is_dataclass(declared) or not declared.__dataclass_params__.frozen:  # type: ignore[attr-defined]
            raise UnableToDeclareEvent(f"{name}: an event is a frozen dataclass")
        known = _REGISTERED.get(name)
        if known is not None and (known.__module__, known.__qualname__) != (declared.__module__, declared.__qualname__):
            raise UnableToDeclareEvent(f"{name} is declared twice: {known.__module__} and {declared.__module__}")
        for field_name, hint in typing.get_type_hints(declared).items():
            if not _is_plain(hint):
                raise UnableToDeclareEvent(f"{name}.{field_name}: {hint} is neither an id, a code, nor a date")
        _REGISTERED[name] = declared
        _NAMES[declared] = name
        return declared

    return register


def name_of(event_type: type[Any]) -> str:
    """This function will return the name under which an event class is stored."""
    try:
        return _NAMES[event_type]
    except KeyError:
        raise UnableToDeclareEvent(f"{event_type.__qualname__} is not declared with @event(…)") from None


def payload_of(published: Any) -> dict[str, Any]:
    """This function will return an event's fields as JSON, refusing text that could be personal."""
    return {
        field.name: _to_json(f"{name_of(type(published))}.{field.name}", getattr(published, field.name))
        for field in dataclasses.fields(published)
    }


def event_from(name: str, payload: dict[str, Any]) -> Any:
    """This function will rebuild an event from its stored name and fields."""
    event_type = _REGISTERED.get(name)
    if event_type is None:
        raise UnableToReadEvent(f"no class is declared for the event {name}")
    hints = typing.get_type_hints(event_type)
    try:
        return event_type(**{key: _from_json(hints[key], value) for key, value in payload.items()})
    except (KeyError, TypeError, ValueError) as error:
        raise UnableToReadEvent(f"the stored event {name} does not fit its class: {error}") from error


def _is_plain(hint: Any) -> bool:
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return all(part is types.NoneType or _is_plain(part) for part in typing.get_args(hint))
    if origin is tuple:
        parts = typing.get_args(hint)
        return len(parts) == 2 and parts[1] is Ellipsis and _is_plain(parts[0])
    return hint in (int, str, bool, UUID, date, datetime) or (isinstance(hint, type) and issubclass(hint, StrEnum))


def _to_json(where: str, value: Any) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise UnableToPublish(f"{where}: an instant needs its time zone")
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        if len(value) > _LONGEST_CODE or not value.isascii() or _ID_NUMBER.search(value):
            raise UnableToPublish(f"{where}: an event carries ids and codes, no names, texts or id numbers")
        return str(value)
    if isinstance(value, tuple):
        return [_to_json(where, part) for part in value]
    raise UnableToPublish(f"{where}: {type(value).__name__} is neither an id, a code, nor a date")


def _from_json(hint: Any, value: Any) -> Any:
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        if value is None:
            return None
        [hint] = [part for part in typing.get_args(hint) if part is not types.NoneType]
        origin = typing.get_origin(hint)
    if origin is tuple:
        return tuple(_from_json(typing.get_args(hint)[0], part) for part in value)
    if hint in (date, datetime):
        return hint.fromisoformat(value)
    return hint(value)


@dataclass(frozen=True)
class DeliveryReport:
    """What one round of delivery did: events that are done, events that will be tried again, events given up."""

    delivered: int
    failed: int
    parked: int


@dataclass(frozen=True)
class StuckEvent:
    """An event that a subscriber keeps refusing, for the page of the system officer."""

    event_id: UUID
    name: str
    occurred_at: datetime
    attempts: int
    last_error: str
    parked: bool
