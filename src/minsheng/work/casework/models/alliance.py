from django.db import models
from django.db.models import F, Q


class AllianceMember(models.Model):
    """One member of the alliance of help (助联体): who helps with what, where, in which days, and who answers.

    Organisations only; no resident stands here, so that whoever writes a referral may read all of it.
    """

    area_id = models.IntegerField()
    name = models.CharField(max_length=80)
    nature = models.CharField(max_length=16)
    partner = models.CharField(max_length=30)
    duty = models.CharField(max_length=200)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    recorded_by = models.BigIntegerField()
    recorded_at = models.DateTimeField()
    ended_words = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "casework_alliance_member"
        indexes = [models.Index(fields=["partner", "area_id"], name="casework_alliance_kind")]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="casework_alliance_span"
            ),
            models.CheckConstraint(condition=~Q(name="") & ~Q(duty=""), name="casework_alliance_named"),
            models.UniqueConstraint(
                fields=["name", "partner", "area_id"],
                name="casework_alliance_once",
                condition=Q(valid_to__isnull=True),
            ),
        ]
