"""Who wants to hear of what: filled by the rooms' `AppConfig.ready`, read by delivery."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from minsheng.foundation.events.types import name_of


class Handler(Protocol):
    """A subscriber's function: one operation, safe to repeat. `actor` is whom the delivery acts as."""

    def __call__(self, happened: Any, /, *, actor: Any, at: datetime) -> None: ...


class UnableToSubscribe(ValueError):
    """Two different handlers ask for the same subscriber name; deliveries are remembered by that name."""


@dataclass(frozen=True)
class Subscription:
    """One handler of one event, under the name by which its deliveries are remembered."""

    name: str
    event_name: str
    handler: Handler


_SUBSCRIPTIONS: dict[str, Subscription] = {}


def subscribe(event_type: type[Any], handler: Handler, *, name: str) -> None:
    """This function will register a handler; `name` ("payments.stop_on_death") must never change or be reused.

    A changed name makes every waiting event be delivered to the handler again.
    """
    subscription = Subscription(name, name_of(event_type), handler)
    known = _SUBSCRIPTIONS.setdefault(name, subscription)
    if known != subscription:
        raise UnableToSubscribe(f"the subscriber name {name} is taken by another handler of {known.event_name}")


def subscribers_of(event_name: str) -> list[Subscription]:
    """This function will return the subscriptions of an event, in order of their names."""
    return sorted(
        (subscription for subscription in _SUBSCRIPTIONS.values() if subscription.event_name == event_name),
        key=lambda subscription: subscription.name,
    )
