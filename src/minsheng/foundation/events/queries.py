from datetime import datetime

from minsheng.foundation.events.models import OutboxEvent
from minsheng.foundation.events.types import StuckEvent


def stuck_events(*, limit: int = 100) -> list[StuckEvent]:
    """This function will return events that failed at least once and are not delivered, newest first."""
    rows = OutboxEvent.objects.filter(delivered_at__isnull=True, attempts__gt=0).order_by("-sequence")[:limit]
    return [
        StuckEvent(row.event_id, row.name, row.occurred_at, row.attempts, row.last_error, row.parked_at is not None)
        for row in rows
    ]


def oldest_waiting_at() -> datetime | None:
    """This function will return since when the oldest undelivered event waits, or None: the health of delivery."""
    waiting = OutboxEvent.objects.filter(delivered_at__isnull=True, parked_at__isnull=True)
    oldest: datetime | None = waiting.order_by("sequence").values_list("occurred_at", flat=True).first()
    return oldest
