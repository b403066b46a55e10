from django.db import models
from django.db.models import Q

from minsheng.work.casework.models.alliance import AllianceMember
from minsheng.work.casework.models.cases import Case
from minsheng.work.casework.models.deciding import Decision
from minsheng.work.casework.models.joint import JointApplication


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
    """A need handed to a department or a social force (1+8+X, 助联体), open until somebody says what became of it.

    It belongs to one case, or to a joint application as a whole. `due_date` is when an answer is expected; `member`
    is who of the alliance took it, where somebody was chosen.
    """

    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="referrals")
    joint = models.ForeignKey(JointApplication, models.PROTECT, null=True, related_name="referrals")
    area_id = models.IntegerField()
    partner = models.CharField(max_length=30)
    member = models.ForeignKey(AllianceMember, models.PROTECT, null=True, related_name="referrals")
    need = models.CharField(max_length=600)
    referred_by = models.BigIntegerField()
    referred_at = models.DateTimeField()
    due_date = models.DateField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.BigIntegerField(null=True)
    outcome = models.CharField(max_length=12, blank=True)
    answer = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "casework_referral"
        indexes = [models.Index(fields=["due_date", "id"], name="casework_referral_due", condition=Q(answered_at=None))]
        constraints = [
            models.CheckConstraint(
                condition=Q(case__isnull=True) ^ Q(joint__isnull=True), name="casework_referral_of_one"
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answer="", outcome="")
                | (Q(answered_at__isnull=False) & ~Q(answer="") & ~Q(outcome="")),
                name="casework_referral_answered",
            ),
            models.UniqueConstraint(
                fields=["joint", "partner"], name="casework_referral_once", condition=Q(joint__isnull=False)
            ),
        ]


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
