"""What was prepared to be taken away, and, for hours, the file itself. Who took it stands in the audit trail."""

from django.db import models
from django.db.models import F, Q

from minsheng.foundation.exports.types import ExportState


class Export(models.Model):
    """One prepared list: whose, what for, how many rows, until when; kept after its file is gone, so it can be traced.

    `marks` are keyed digests of the rows in the order in which they were written: they tell whether a row that leaked
    was in this list and where, and without the installation's key they tell nothing.
    """

    code = models.CharField(max_length=12, primary_key=True)
    area_id = models.IntegerField()
    account_id = models.BigIntegerField()
    account_name = models.CharField(max_length=40)
    sheet = models.CharField(max_length=60)
    stem = models.CharField(max_length=30)
    about = models.CharField(max_length=300)
    purpose = models.CharField(max_length=60)
    row_count = models.IntegerField()
    names_people = models.BooleanField()
    needs_second = models.BooleanField()
    digest = models.BinaryField()
    marks = models.BinaryField()
    made_at = models.DateTimeField()
    until = models.DateTimeField()
    state = models.CharField(max_length=10)
    decided_by = models.BigIntegerField(null=True)
    decided_by_name = models.CharField(max_length=40, blank=True)
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=200, blank=True)
    cleared_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "exports_export"
        indexes = [models.Index(fields=["account_id", "-made_at"], name="exports_export_mine")]
        constraints = [
            models.CheckConstraint(condition=Q(code__regex="^[0-9a-f]{12}$"), name="exports_export_code"),
            models.CheckConstraint(condition=Q(state__in=[s.value for s in ExportState]), name="exports_export_state"),
            models.CheckConstraint(condition=~Q(purpose=""), name="exports_export_purpose"),
            models.CheckConstraint(condition=Q(until__gt=F("made_at")), name="exports_export_span"),
            models.CheckConstraint(
                condition=Q(needs_second=False) | ~Q(state="ready") | Q(decided_by__isnull=False),
                name="exports_export_second",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True, decided_at__isnull=True)
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="exports_export_decided",
            ),
        ]


class File(models.Model):
    """The file, sealed, for its one taker, while its time runs; the database shows it to nobody else."""

    export = models.OneToOneField(Export, models.CASCADE, primary_key=True, related_name="file")
    account_id = models.BigIntegerField()
    sealed = models.BinaryField()

    class Meta:
        db_table = "exports_file"
