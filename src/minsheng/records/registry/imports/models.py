import uuid
from enum import StrEnum
from typing import Any

from django.db import models
from django.db.models import Q

from minsheng.records.registry.imports.types import ImportKind, ImportStatus, RowDecision, RowOutcome


def _one_of(column: str, codes: type[StrEnum], name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(**{f"{column}__in": [str(c) for c in codes]}), name=name)


class Batch(models.Model):
    """One table from outside, belonging to the area of whoever sent it (row-level security).

    `content_hash` and `rows_hash` are keyed: the same file, and the same rows in another order, are recognised, and a
    stolen dump does not tell whose rows they were.
    """

    area = models.ForeignKey("access.Area", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)
    status = models.CharField(max_length=10, default=ImportStatus.STAGED.value)
    filename = models.CharField(max_length=200)
    content_hash = models.CharField(max_length=64)
    rows_hash = models.CharField(max_length=64)
    source = models.CharField(max_length=20)
    purpose = models.CharField(max_length=200)
    valid_from = models.DateField()
    headings = models.JSONField()
    warnings = models.JSONField()
    uploaded_by = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+")
    uploaded_by_name = models.CharField(max_length=40)
    uploaded_at = models.DateTimeField()
    decided_by_name = models.CharField(max_length=40, blank=True)
    decided_at = models.DateTimeField(null=True)

    objects: Any = models.Manager()

    class Meta:
        db_table = "imports_batch"
        constraints = [
            _one_of("kind", ImportKind, "imports_batch_kind"),
            _one_of("status", ImportStatus, "imports_batch_status"),
        ]
        indexes = [models.Index(fields=["rows_hash"], name="imports_batch_rows")]


class Row(models.Model):
    """One row: what it would do, and its content sealed. `effects` are the ids that applying it made, for undo."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="rows")
    area = models.ForeignKey("access.Area", models.PROTECT, related_name="+", db_index=False)
    number = models.IntegerField()
    outcome = models.CharField(max_length=10)
    decision = models.CharField(max_length=10, default=RowDecision.OPEN.value)
    person_id = models.BigIntegerField(null=True)
    sealed = models.BinaryField()
    effects = models.JSONField(default=dict)

    objects: Any = models.Manager()

    class Meta:
        db_table = "imports_row"
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="imports_row_once"),
            _one_of("outcome", RowOutcome, "imports_row_outcome"),
            _one_of("decision", RowDecision, "imports_row_decision"),
        ]
        indexes = [models.Index(fields=["batch", "outcome", "number"], name="imports_row_outcomes")]
