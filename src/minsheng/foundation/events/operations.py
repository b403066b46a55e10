"""Publishing and delivering. Published in the transaction of the act, so there is no event without its fact.

Delivery is at least once; `events_delivery` makes a repetition do nothing. One event that fails does not hold up
the next: it is tried again with growing pauses, and set aside after `MOST_ATTEMPTS`, visible to the system officer.
"""

import logging
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from minsheng.foundation.events.models import EventDelivery, OutboxEvent
from minsheng.foundation.events.subscriptions import Subscription, subscribe, subscribers_of
from minsheng.foundation.events.types import DeliveryReport, UnableToPublish, event_from, name_of, payload_of

__all__ = ["deliver_pending", "forget_delivered", "publish", "publish_all", "retry_parked", "subscribe", "wake_with"]

MOST_ATTEMPTS = 8
_LONGEST_PAUSE = timedelta(hours=1)
_ERROR_CHARACTERS = 1000
_INSERT_ROWS = 2000
logger = logging.getLogger(__name__)
_wakers: list[Callable[[], None]] = []


def publish(happened: Any, /, *, at: datetime, area_id: int | None = None) -> UUID:
    """This function will store one event in the current transaction and return its id.

    Raises UnableToPublish outside of a transaction, or for an event that carries more than ids, codes and dates.
    """
    return publish_all([happened], at=at, area_id=area_id)[0]


def publish_all(happened: Iterable[Any], /, *, at: datetime, area_id: int | None = None) -> list[UUID]:
    """This function will store many events in order, as `publish` does for one."""
    if not connection.in_atomic_block:
        raise UnableToPublish("an event is published inside the transaction of the act that made it true")
    rows = [
        OutboxEvent(
            name=name_of(type(one)),
            payload=payload_of(one),
            occurred_at=at,
            next_attempt_at=at,
            area_id=area_id,
        )
        for one in happened
    ]
    OutboxEvent.objects.bulk_create(rows, batch_size=_INSERT_ROWS)
    if rows and not any(hook[1] is _wake for hook in connection.run_on_commit):
        transaction.on_commit(_wake, robust=True)
    return [row.event_id for row in rows]


def wake_with(waker: Callable[[], None], /) -> None:
    """This function will register what to call after a commit that published; a lost call only means delay."""
    if waker not in _wakers:
        _wakers.append(waker)


def deliver_pending(
    *,
    actor: Any,
    at: datetime,
    limit: int = 200,
    scope: Callable[[], AbstractContextManager[Any]] = nullcontext,
) -> DeliveryReport:
    """This function will hand up to `limit` waiting events to their subscribers, oldest first.

    Each event has its own transaction, opened inside `scope` (who acts, for row-level security), and each subscriber
    its own savepoint. An event that another process is delivering is passed over.
    """
    waiting = OutboxEvent.objects.filter(
        delivered_at__isnull=True, parked_at__isnull=True, next_attempt_at__lte=at
    ).order_by("sequence")
    delivered = failed = parked = 0
    for sequence in list(waiting.values_list("sequence", flat=True)[:limit]):
        with transaction.atomic(), scope():
            row = waiting.filter(sequence=sequence).select_for_update(no_key=True, skip_locked=True).first()
            if row is None:
                continue
            errors = _deliver(row, actor=actor, at=at)
            row.attempts += 1
            row.last_error = "\n".join(errors)[:_ERROR_CHARACTERS]
            if not errors:
                row.delivered_at = at
                delivered += 1
            elif row.attempts >= MOST_ATTEMPTS:
                row.parked_at = at
                parked += 1
            else:
                row.next_attempt_at = at + min(timedelta(seconds=5 * 2**row.attempts), _LONGEST_PAUSE)
                failed += 1
            row.save(update_fields=["attempts", "last_error", "delivered_at", "parked_at", "next_attempt_at"])
    return DeliveryReport(delivered, failed, parked)


def retry_parked(*, event_id: UUID, at: datetime) -> bool:
    """This function will let an event that was set aside be tried again; False if it is not set aside."""
    with transaction.atomic():
        changed = OutboxEvent.objects.filter(event_id=event_id, parked_at__isnull=False).update(
            parked_at=None, attempts=0, next_attempt_at=at
        )
    return bool(changed)


def forget_delivered(*, before: datetime, limit: int = 10_000) -> int:
    """This function will delete delivered events older than `before` (a limit keeps the transaction short)."""
    with transaction.atomic():
        old = OutboxEvent.objects.filter(delivered_at__lt=before).order_by("sequence")
        _, deleted = OutboxEvent.objects.filter(
            sequence__in=list(old.values_list("sequence", flat=True)[:limit])
        ).delete()
    return int(deleted.get("events.OutboxEvent", 0))


def _deliver(row: OutboxEvent, *, actor: Any, at: datetime) -> list[str]:
    try:
        happened = event_from(row.name, row.payload)
    except LookupError as error:
        return [str(error)]
    done = set(EventDelivery.objects.filter(event=row).values_list("subscriber", flat=True))
    errors = []
    for subscription in subscribers_of(row.name):
        if subscription.name in done:
            continue
        try:
            _hand_over(row, happened, subscription, actor=actor, at=at)
        except Exception as error:
            logger.exception("event %s %s failed in %s", row.name, row.event_id, subscription.name)
            errors.append(f"{subscription.name}: {type(error).__name__}: {error}")
    return errors


def _hand_over(row: OutboxEvent, happened: Any, subscription: Subscription, *, actor: Any, at: datetime) -> None:
    with transaction.atomic():
        EventDelivery.objects.create(event=row, subscriber=subscription.name, delivered_at=at)
        subscription.handler(happened, actor=actor, at=at)


def _wake() -> None:
    for waker in _wakers:
        waker()
