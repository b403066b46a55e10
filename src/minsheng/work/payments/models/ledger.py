from django.db import models
from django.db.models import Q

from minsheng.work.payments.types import Ledger


class Posting(models.Model):
    """One transaction of the ledger; its entries sum to zero when the database transaction ends, or it fails."""

    kind = models.CharField(max_length=20)
    reference = models.CharField(max_length=80, unique=True)
    run_id = models.BigIntegerField(null=True)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    account_id = models.BigIntegerField()
    note = models.CharField(max_length=100, blank=True)

    class Meta:
        db_table = "payments_posting"
        indexes = [models.Index(fields=["run_id"], name="payments_posting_run", condition=Q(run_id__isnull=False))]


class Entry(models.Model):
    """One side of a posting, in signed integer fen; never changed, never deleted: a correction is another posting."""

    # Looked up once a statement, through payments_balance_due, and not once an entry (migration 0011).
    posting = models.ForeignKey(Posting, models.PROTECT, related_name="entries", db_constraint=False)
    ledger = models.CharField(max_length=11)
    fund = models.CharField(max_length=20)
    scheme = models.CharField(max_length=60)
    area_id = models.IntegerField()
    line_id = models.BigIntegerField(null=True)
    subject = models.CharField(max_length=40, blank=True)
    amount_fen = models.BigIntegerField()

    class Meta:
        db_table = "payments_entry"
        indexes = [
            models.Index(fields=["line_id"], name="payments_entry_line", condition=Q(line_id__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(amount_fen=0), name="payments_entry_not_nothing"),
            models.CheckConstraint(condition=Q(ledger__in=[x.value for x in Ledger]), name="payments_entry_ledger"),
        ]
