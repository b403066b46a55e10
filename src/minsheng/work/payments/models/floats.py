from django.db import models
from django.db.models import F, Q

from minsheng.work.payments.types import SampleResult


class Float(models.Model):
    """The 备用金 of the district or of a street: one for each area."""

    area_id = models.IntegerField(unique=True)
    name = models.CharField(max_length=60)
    level = models.CharField(max_length=8)
    opened_at = models.DateTimeField()

    class Meta:
        db_table = "payments_float"
        constraints = [
            models.CheckConstraint(condition=Q(level__in=["district", "street"]), name="payments_float_level")
        ]


class FloatReconciliation(models.Model):
    """The monthly count of a float: what the ledger says against what was counted, by somebody who did not spend."""

    float = models.ForeignKey(Float, models.PROTECT, related_name="reconciliations")
    area_id = models.IntegerField()
    month = models.DateField()
    book_fen = models.BigIntegerField()
    counted_fen = models.BigIntegerField()
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    account_id = models.BigIntegerField()

    class Meta:
        db_table = "payments_float_reconciliation"
        constraints = [
            models.UniqueConstraint(fields=["float", "month"], name="payments_float_counted_once"),
            models.CheckConstraint(condition=Q(counted_fen__gte=0), name="payments_float_counted"),
            models.CheckConstraint(
                condition=Q(book_fen=F("counted_fen")) | ~Q(note=""), name="payments_float_difference_explained"
            ),
        ]


class Sample(models.Model):
    """A drawn set of recipients to be asked whether the money came; the seed lets anybody draw it again."""

    run = models.OneToOneField("payments.Run", models.PROTECT, related_name="sample")
    area_id = models.IntegerField()
    seed = models.CharField(max_length=40)
    population = models.IntegerField()
    size = models.IntegerField()
    confidence_percent = models.SmallIntegerField()
    margin_permille = models.SmallIntegerField()
    drawn_at = models.DateTimeField()
    drawn_by = models.BigIntegerField()

    class Meta:
        db_table = "payments_sample"


class SampleLine(models.Model):
    """One recipient of a sample and what they said."""

    sample = models.ForeignKey(Sample, models.PROTECT, related_name="lines")
    area_id = models.IntegerField()
    line_id = models.BigIntegerField()
    result = models.CharField(max_length=12, blank=True)
    note = models.CharField(max_length=200, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "payments_sample_line"
        constraints = [
            models.UniqueConstraint(fields=["sample", "line_id"], name="payments_sample_line_once"),
            models.CheckConstraint(
                condition=Q(result__in=["", *[r.value for r in SampleResult]]), name="payments_sample_line_result"
            ),
        ]
