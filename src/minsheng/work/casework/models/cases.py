from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from minsheng.work.casework.models.choices import one_of
from minsheng.work.casework.models.joint import JointApplication
from minsheng.work.casework.types import ENDED, Act, Origin, Status


class Delegation(models.Model):
    """From a day on, the street confirms instead of the bureau (社会救助法 Art 44); one row per change."""

    procedure = models.CharField(max_length=60)
    valid_from = models.DateField()
    to_street = models.BooleanField()
    basis = models.CharField(max_length=200)
    set_by = models.BigIntegerField()
    set_at = models.DateTimeField()

    class Meta:
        db_table = "casework_delegation"
        constraints = [
            models.UniqueConstraint(fields=["procedure", "valid_from"], name="casework_delegation_once_a_day")
        ]


class Case(models.Model):
    """One matter of one household or person under one procedure, from the first draft to the last review."""

    area_id = models.IntegerField()
    household_id = models.BigIntegerField()
    person_id = models.BigIntegerField(null=True)
    applicant_id = models.BigIntegerField()
    subject_name = models.CharField(max_length=60)
    procedure = models.CharField(max_length=60)
    edition = models.CharField(max_length=30)
    scheme = models.CharField(max_length=60)
    delegated = models.BooleanField(default=False)
    status = models.CharField(max_length=20)
    suspended_from = models.CharField(max_length=20, blank=True)
    round = models.SmallIntegerField(default=1)
    relative_flag = models.CharField(max_length=200, blank=True)
    extended_ground = models.CharField(max_length=40, blank=True)
    origin = models.CharField(max_length=12)
    finding_id = models.BigIntegerField(null=True)
    opened_at = models.DateTimeField()
    handler_id = models.BigIntegerField()
    answers = models.JSONField(default=dict)
    due_date = models.DateField(null=True)
    due_limit = models.CharField(max_length=30, blank=True)
    required = ArrayField(models.CharField(max_length=30), default=list)
    income_unsteady = models.BooleanField(default=False)
    grant_id = models.BigIntegerField(null=True)
    joint = models.ForeignKey(JointApplication, models.PROTECT, null=True, related_name="parts")

    class Meta:
        db_table = "casework_case"
        indexes = [
            models.Index(fields=["due_date", "id"], name="casework_case_due"),
            models.Index(fields=["household_id"], name="casework_case_household"),
            models.Index(fields=["applicant_id"], name="casework_case_applicant"),
            models.Index(fields=["person_id"], name="casework_case_person", condition=Q(person_id__isnull=False)),
            models.Index(fields=["handler_id", "status"], name="casework_case_handler"),
        ]
        constraints = [
            models.CheckConstraint(condition=one_of("status", Status), name="casework_case_status"),
            models.CheckConstraint(condition=one_of("origin", Origin), name="casework_case_origin"),
            models.CheckConstraint(
                condition=~Q(status=Status.SUSPENDED.value) | ~Q(suspended_from=""), name="casework_case_suspended_from"
            ),
            models.UniqueConstraint(
                fields=["procedure", "scheme", "household_id", "person_id"],
                name="casework_case_once_open",
                condition=~Q(status__in=sorted(status.value for status in ENDED)),
                nulls_distinct=False,
            ),
        ]

    @property
    def number(self) -> str:
        """This property will be the number that letters carry: year and running number."""
        return f"{self.opened_at.year}{self.pk:06d}"


class CaseAct(models.Model):
    """One act done to a case. Append-only: the clock, separate duties and the file itself are read from here."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="acts")
    area_id = models.IntegerField()
    act = models.CharField(max_length=30)
    status_before = models.CharField(max_length=20)
    status_after = models.CharField(max_length=20)
    round = models.SmallIntegerField()
    account_id = models.BigIntegerField()
    account_name = models.CharField(max_length=40)
    role = models.CharField(max_length=40)
    at = models.DateTimeField()
    day_date = models.DateField()
    note = models.CharField(max_length=1000, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        db_table = "casework_act"
        indexes = [models.Index(fields=["case", "id"], name="casework_act_case")]

    @property
    def act_label(self) -> str:
        """This property will be the act in words."""
        return Act(self.act).label
