from django.db import models
from django.db.models import F, Q

from minsheng.work.eligibility.missed.types import WhyNot


class Reason(models.Model):
    """Why somebody entitled does not receive, as a worker found out on a day. Never changed; the last one holds.

    It belongs to the beneficiary and the scheme, not to one finding, so that it is still there when the finding
    closes and comes back. It takes nobody out of any count.
    """

    scheme = models.CharField(max_length=60)
    area_id = models.IntegerField()
    household_id = models.BigIntegerField()
    person_id = models.BigIntegerField(null=True)
    why = models.CharField(max_length=12)
    note = models.CharField(max_length=300, blank=True)
    noted_date = models.DateField()
    noted_by = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()

    class Meta:
        db_table = "missed_reason"
        indexes = [models.Index(fields=["household_id", "scheme", "-id"], name="missed_reason_last")]
        constraints = [
            models.CheckConstraint(condition=Q(why__in=[why.value for why in WhyNot]), name="missed_reason_why"),
            models.CheckConstraint(
                condition=~Q(why=WhyNot.OTHER.value) | ~Q(note=""), name="missed_reason_other_says_what"
            ),
        ]


class Snapshot(models.Model):
    """The report of one community and scheme as it stood in a month, kept so that a trend can be seen."""

    month = models.DateField()
    scheme = models.CharField(max_length=60)
    area_id = models.IntegerField()
    entitled = models.IntegerField()
    receiving = models.IntegerField()
    missed = models.IntegerField()
    one_datum = models.IntegerField()
    missed_fen = models.BigIntegerField()
    reasons = models.JSONField(default=dict)
    taken_at = models.DateTimeField()

    class Meta:
        db_table = "missed_snapshot"
        constraints = [
            models.UniqueConstraint(fields=["month", "scheme", "area_id"], name="missed_snapshot_once_a_month"),
            models.CheckConstraint(condition=Q(entitled=F("receiving") + F("missed")), name="missed_snapshot_adds_up"),
        ]
