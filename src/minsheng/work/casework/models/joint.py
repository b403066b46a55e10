from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class JointApplication(models.Model):
    """One application of one household for several things at once (救助“一件事”): what is needed, said once.

    Its parts are cases, each under its own procedure and decided by itself; `partners` are told when it is handed in,
    and of the alliance those `members` that were chosen.
    """

    area_id = models.IntegerField()
    household_id = models.BigIntegerField()
    applicant_id = models.BigIntegerField()
    subject_name = models.CharField(max_length=60)
    needs = ArrayField(models.CharField(max_length=30))
    partners = ArrayField(models.CharField(max_length=30), default=list)
    members = ArrayField(models.BigIntegerField(), default=list, blank=True)
    reason = models.CharField(max_length=500)
    contact_time = models.CharField(max_length=100, blank=True)
    opened_by = models.BigIntegerField()
    opened_at = models.DateTimeField()
    handed_in_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "casework_joint"
        indexes = [
            models.Index(fields=["household_id"], name="casework_joint_household"),
            models.Index(fields=["applicant_id"], name="casework_joint_applicant"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(needs=[]), name="casework_joint_needs"),
            models.CheckConstraint(condition=~Q(reason=""), name="casework_joint_reason"),
        ]

    @property
    def number(self) -> str:
        """This property will be the number that the family is told: year, L for 联办, running number."""
        return f"{self.opened_at.year}L{self.pk:05d}"
