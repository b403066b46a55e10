from django.db import models
from django.db.models import F, Q

from minsheng.work.payments.types import Cause, FollowUpKind, RecalculationState


class FollowUp(models.Model):
    """Work that a line leaves behind (held, returned, unknown) or a grant (it needs a payee), with what came of it."""

    area_id = models.IntegerField()
    line_id = models.BigIntegerField(null=True)
    grant_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=200, blank=True, db_default="")
    kind = models.CharField(max_length=10)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.BigIntegerField(null=True)
    result = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "payments_follow_up"
        constraints = [
            models.UniqueConstraint(
                fields=["line_id", "kind"], name="payments_follow_up_once_open", condition=Q(closed_at__isnull=True)
            ),
            models.UniqueConstraint(
                fields=["grant_id", "kind"],
                name="payments_follow_up_grant_once_open",
                condition=Q(closed_at__isnull=True, grant_id__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(line_id__isnull=False, grant_id__isnull=True)
                | Q(line_id__isnull=True, grant_id__isnull=False),
                name="payments_follow_up_of_one",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[k.value for k in FollowUpKind]), name="payments_follow_up_kind"
            ),
        ]


class Recalculation(models.Model):
    """What was due against what was paid from a month on, after news; positive: too much was paid."""

    area_id = models.IntegerField()
    grant_id = models.BigIntegerField()
    household_id = models.BigIntegerField()
    cause = models.CharField(max_length=10)
    effective_month = models.DateField()
    until_month = models.DateField()
    months = models.JSONField()
    over_fen = models.BigIntegerField()
    state = models.CharField(max_length=10)
    found_at = models.DateTimeField()
    found_by = models.BigIntegerField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)
    decision_ref = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "payments_recalculation"
        indexes = [models.Index(fields=["household_id"], name="payments_recalc_household")]
        constraints = [
            models.UniqueConstraint(
                fields=["grant_id"], name="payments_recalc_one_open", condition=Q(state="proposed")
            ),
            models.CheckConstraint(condition=Q(cause__in=[c.value for c in Cause]), name="payments_recalc_cause"),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in RecalculationState]), name="payments_recalc_state"
            ),
            models.CheckConstraint(condition=~Q(over_fen=0), name="payments_recalc_not_nothing"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("found_by")), name="payments_recalc_four_eyes"
            ),
        ]


class Recovery(models.Model):
    """How an over-payment comes back: by instalments from the household's running grant, or by repayment."""

    area_id = models.IntegerField()
    recalculation = models.OneToOneField(Recalculation, models.PROTECT, related_name="recovery")
    grant_id = models.BigIntegerField(null=True)
    total_fen = models.BigIntegerField()
    recovered_fen = models.BigIntegerField(default=0)
    instalment_fen = models.BigIntegerField()
    from_month = models.DateField()
    hardship_note = models.CharField(max_length=200, blank=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "payments_recovery"
        constraints = [
            models.CheckConstraint(
                condition=Q(recovered_fen__gte=0, recovered_fen__lte=F("total_fen"), total_fen__gt=0),
                name="payments_recovery_within",
            ),
            models.UniqueConstraint(
                fields=["grant_id"],
                name="payments_recovery_one_running",
                condition=Q(closed_at__isnull=True, grant_id__isnull=False),
            ),
        ]
