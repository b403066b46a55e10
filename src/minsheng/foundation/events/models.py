import uuid
from typing import Any

from django.db import models
from django.db.models import Q


class OutboxEvent(models.Model):
    """A fact written in the transaction that made it true; delivered later, at least once, in order of `sequence`."""

    sequence = models.BigAutoField(primary_key=True)
    event_id = models.UUIDField(default=uuid.uuid4, unique=True)
    name = models.CharField(max_length=80)
    payload = models.JSONField()
    occurred_at = models.DateTimeField()
    area_id = models.IntegerField(null=True)
    delivered_at = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    parked_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    objects: Any = models.Manager()

    class Meta:
        db_table = "events_outbox"
        constraints = [
            models.CheckConstraint(
                condition=Q(delivered_at__isnull=True) | Q(parked_at__isnull=True), name="events_outbox_one_end"
            )
        ]
        indexes = [
            models.Index(
                fields=["sequence"],
                condition=Q(delivered_at__isnull=True, parked_at__isnull=True),
                name="events_outbox_waiting",
            ),
            models.Index(fields=["delivered_at"], name="events_outbox_delivered"),
        ]


class EventDelivery(models.Model):
    """One subscriber is done with one event; written in the same savepoint as what the subscriber did."""

    event = models.ForeignKey(OutboxEvent, models.CASCADE, related_name="deliveries")
    subscriber = models.CharField(max_length=80)
    delivered_at = models.DateTimeField()

    objects: Any = models.Manager()

    class Meta:
        db_table = "events_delivery"
        constraints = [models.UniqueConstraint(fields=["event", "subscriber"], name="events_delivery_once")]
