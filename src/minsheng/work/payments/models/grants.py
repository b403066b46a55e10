from django.db import models
from django.db.models import F, Q

from minsheng.work.payments.types import PayeeRole


class Grant(models.Model):
    """What a decision gives a beneficiary under one scheme; amounts by month stand in `Amount`."""

    area_id = models.IntegerField()
    scheme = models.CharField(max_length=60)
    household_id = models.BigIntegerField()
    person_id = models.BigIntegerField(null=True)
    payee_person_id = models.BigIntegerField()
    once = models.BooleanField(default=False)
    decision_ref = models.CharField(max_length=64, unique=True)
    decision_sha256 = models.CharField(max_length=64)
    first_month = models.DateField()
    end_month = models.DateField(null=True)
    end_reason = models.CharField(max_length=20, blank=True)
    end_decision_ref = models.CharField(max_length=64, blank=True)
    held_reason = models.CharField(max_length=200, blank=True)
    opened_at = models.DateTimeField()
    opened_by = models.BigIntegerField()

    class Meta:
        db_table = "payments_grant"
        indexes = [
            models.Index(fields=["household_id"], name="payments_grant_household"),
            models.Index(fields=["person_id"], name="payments_grant_person", condition=Q(person_id__isnull=False)),
            models.Index(fields=["payee_person_id"], name="payments_grant_payee"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(end_month__isnull=True) | Q(end_month__gte=F("first_month")), name="payments_grant_span"
            ),
            models.CheckConstraint(
                condition=Q(first_month__day=1) & (Q(end_month__isnull=True) | Q(end_month__day=1)),
                name="payments_grant_months",
            ),
            models.CheckConstraint(condition=Q(decision_sha256__regex="^[0-9a-f]{64}$"), name="payments_grant_digest"),
            models.UniqueConstraint(
                fields=["scheme", "household_id", "person_id"],
                name="payments_grant_one_open",
                condition=Q(end_month__isnull=True),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(once=False) | Q(end_month__isnull=False), name="payments_grant_once_ends"
            ),
        ]


class Amount(models.Model):
    """Integer fen per month for a half-open span of months, by one decision; sealed against change in the database."""

    area_id = models.IntegerField()
    grant = models.ForeignKey(Grant, models.PROTECT, related_name="amounts")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    amount_fen = models.BigIntegerField()
    decision_ref = models.CharField(max_length=64)
    decision_sha256 = models.CharField(max_length=64)
    seal = models.BinaryField()

    class Meta:
        db_table = "payments_amount"
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="payments_amount_positive"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="payments_amount_span"
            ),
            models.CheckConstraint(condition=Q(decision_sha256__regex="^[0-9a-f]{64}$"), name="payments_amount_digest"),
            models.UniqueConstraint(fields=["decision_ref"], name="payments_amount_decision"),
        ]


class PayeeAccount(models.Model):
    """Where the money goes; used only once somebody else than who entered it has approved it.

    With a `payee_person_id` it is also who takes the money from then on, and in what capacity.
    """

    area_id = models.IntegerField()
    grant = models.ForeignKey(Grant, models.PROTECT, related_name="accounts")
    holder_name = models.CharField(max_length=60)
    bank = models.CharField(max_length=60)
    number_sealed = models.BinaryField()
    number_index = models.BinaryField()
    basis = models.CharField(max_length=100)
    payee_person_id = models.BigIntegerField(null=True)
    payee_role = models.CharField(max_length=8, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.BigIntegerField()
    approved_at = models.DateTimeField(null=True)
    approved_by = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    mac = models.BinaryField(null=True)

    class Meta:
        db_table = "payments_account"
        indexes = [models.Index(fields=["number_index"], name="payments_account_number")]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("entered_by")),
                name="payments_account_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(payee_person_id__isnull=True, payee_role="")
                | Q(payee_person_id__isnull=False, payee_role__in=[r.value for r in PayeeRole]),
                name="payments_account_payee_role",
            ),
            models.UniqueConstraint(
                fields=["grant"],
                name="payments_account_one_in_use",
                condition=Q(approved_at__isnull=False, ended_at__isnull=True),
            ),
        ]
