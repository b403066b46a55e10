from django.db import models
from django.db.models import F, Q

from minsheng.work.payments.types import FloatUse, SampleResult


class Float(models.Model):
    """The 备用金 of the district or of a street: one for each area. What is in it, the ledger says."""

    area_id = models.IntegerField(unique=True)
    name = models.CharField(max_length=60)
    level = models.CharField(max_length=8)
    opened_at = models.DateTimeField()

    class Meta:
        db_table = "payments_float"
        constraints = [
            models.CheckConstraint(condition=Q(level__in=["district", "street"]), name="payments_float_level")
        ]


class FloatCeiling(models.Model):
    """How much a float may hold and one household may get, from a day on, and by which paper; never changed."""

    float = models.ForeignKey(Float, models.PROTECT, related_name="ceilings")
    area_id = models.IntegerField()
    valid_from = models.DateField()
    ceiling_fen = models.BigIntegerField()
    case_fen = models.BigIntegerField()
    basis = models.CharField(max_length=100)
    set_at = models.DateTimeField()
    set_by = models.BigIntegerField()

    class Meta:
        db_table = "payments_float_ceiling"
        constraints = [
            models.UniqueConstraint(fields=["float", "valid_from"], name="payments_float_ceiling_once"),
            models.CheckConstraint(
                condition=Q(case_fen__gt=0, case_fen__lte=F("ceiling_fen")), name="payments_float_ceiling_sense"
            ),
        ]


class FloatDraw(models.Model):
    """Relief paid once out of a float: a decision asks for it, somebody else hands it over."""

    float = models.ForeignKey(Float, models.PROTECT, related_name="draws")
    area_id = models.IntegerField()
    household_id = models.BigIntegerField()
    person_id = models.BigIntegerField(null=True)
    use = models.CharField(max_length=12)
    scheme = models.CharField(max_length=60)
    amount_fen = models.BigIntegerField()
    decision_ref = models.CharField(max_length=64, unique=True)
    decision_sha256 = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    asked_by = models.BigIntegerField()
    paid_at = models.DateTimeField(null=True)
    paid_by = models.BigIntegerField(null=True)
    receipt = models.CharField(max_length=40, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "payments_float_draw"
        indexes = [models.Index(fields=["float", "asked_at"], name="payments_float_draw_float")]
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="payments_float_draw_amount"),
            models.CheckConstraint(condition=Q(use__in=[u.value for u in FloatUse]), name="payments_float_draw_use"),
            models.CheckConstraint(
                condition=Q(decision_sha256__regex="^[0-9a-f]{64}$"), name="payments_float_draw_digest"
            ),
            models.CheckConstraint(
                condition=Q(paid_by__isnull=True) | ~Q(paid_by=F("asked_by")), name="payments_float_draw_four_eyes"
            ),
            models.CheckConstraint(
                condition=Q(paid_at__isnull=True) | Q(withdrawn_at__isnull=True), name="payments_float_draw_one_end"
            ),
        ]


class FloatReconciliation(models.Model):
    """The monthly count of a float: what the ledger says against what was counted, by two who did not spend."""

    float = models.ForeignKey(Float, models.PROTECT, related_name="reconciliations")
    area_id = models.IntegerField()
    month = models.DateField()
    book_fen = models.BigIntegerField()
    counted_fen = models.BigIntegerField()
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    account_id = models.BigIntegerField()
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "payments_float_reconciliation"
        constraints = [
            models.UniqueConstraint(fields=["float", "month"], name="payments_float_counted_once"),
            models.CheckConstraint(condition=Q(counted_fen__gte=0), name="payments_float_counted"),
            models.CheckConstraint(
                condition=Q(book_fen=F("counted_fen")) | ~Q(note=""), name="payments_float_difference_explained"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("account_id")),
                name="payments_float_count_four_eyes",
            ),
        ]


class Sample(models.Model):
    """A drawn set of recipients to be asked whether the money came; the seed lets anybody draw it again."""

    run = models.OneToOneField("payments.Run", models.PROTECT, related_name="sample")
    area_id = models.IntegerField()
    seed = models.CharField(max_length=64)
    population = models.IntegerField()
    size = models.IntegerField()
    confidence_percent = models.SmallIntegerField()
    margin_permille = models.SmallIntegerField()
    drawn_at = models.DateTimeField()
    drawn_by = models.BigIntegerField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.BigIntegerField(null=True)
    wrong = models.IntegerField(null=True)
    most_wrong = models.IntegerField(null=True)

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
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "payments_sample_line"
        constraints = [
            models.UniqueConstraint(fields=["sample", "line_id"], name="payments_sample_line_once"),
            models.CheckConstraint(
                condition=Q(result__in=["", *[r.value for r in SampleResult]]), name="payments_sample_line_result"
            ),
        ]
