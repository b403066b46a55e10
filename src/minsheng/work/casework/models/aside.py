from django.db import models
from django.db.models import Q

from minsheng.work.casework.models.cases import Case
from minsheng.work.casework.models.deciding import Decision


class Delay(models.Model):
    """A limit that passed: since when it is known, and the reason that somebody named."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="delays")
    area_id = models.IntegerField()
    limit_code = models.CharField(max_length=30)
    due_date = models.DateField()
    noticed_at = models.DateTimeField()
    reason = models.CharField(max_length=300, blank=True)
    named_by = models.BigIntegerField(null=True)
    named_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "casework_delay"
        constraints = [
            models.UniqueConstraint(fields=["case", "limit_code", "due_date"], name="casework_delay_once"),
            models.CheckConstraint(
                condition=Q(reason="", named_by__isnull=True) | (~Q(reason="") & Q(named_by__isnull=False)),
                name="casework_delay_named",
            ),
        ]


class Referral(models.Model):
    """A need handed to a department or a social force (1+8+X, 助联体), open until somebody says what became of it."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="referrals")
    area_id = models.IntegerField()
    partner = models.CharField(max_length=30)
    need = models.CharField(max_length=500)
    referred_by = models.BigIntegerField()
    referred_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "casework_referral"


class Appeal(models.Model):
    """A reconsideration or a lawsuit against one decision (57号 Art 37), and its result."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="appeals")
    area_id = models.IntegerField()
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    authority = models.CharField(max_length=100)
    grounds = models.CharField(max_length=1000)
    lodged_date = models.DateField()
    result = models.CharField(max_length=20, blank=True)
    result_words = models.CharField(max_length=1000, blank=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "casework_appeal"
