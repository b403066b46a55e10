from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from minsheng.work.casework.models.cases import Case
from minsheng.work.casework.models.choices import one_of
from minsheng.work.casework.models.joint import JointApplication
from minsheng.work.casework.types import CheckState


class Authorisation(models.Model):
    """Who allows which sources to be asked, for what, from when to when (57号 Art 9; 救助法 Art 41).

    One that was signed for a joint application stands in the file of its first part and holds for all in `covers`.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="authorisations")
    joint = models.ForeignKey(JointApplication, models.PROTECT, null=True, related_name="+")
    covers = ArrayField(models.BigIntegerField(), default=list, blank=True)
    area_id = models.IntegerField()
    sources = ArrayField(models.CharField(max_length=30))
    person_ids = ArrayField(models.BigIntegerField())
    purpose = models.CharField(max_length=300)
    signed_how = models.CharField(max_length=20)
    valid_from = models.DateField()
    valid_to = models.DateField()
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    recorded_by = models.BigIntegerField()

    class Meta:
        db_table = "casework_authorisation"
        constraints = [
            models.CheckConstraint(condition=Q(valid_to__gt=F("valid_from")), name="casework_authorisation_span"),
            models.CheckConstraint(condition=~Q(sources=[]), name="casework_authorisation_scope"),
        ]


class Investigation(models.Model):
    """What two investigators found. The second signs with an account of their own."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="investigations")
    area_id = models.IntegerField()
    round = models.SmallIntegerField()
    method = models.CharField(max_length=20)
    visited_date = models.DateField()
    place = models.CharField(max_length=120, blank=True)
    interviewee = models.CharField(max_length=60)
    observations = models.CharField(max_length=2000)
    family_signed = models.BooleanField()
    by_county = models.BooleanField(default=False)
    first_id = models.BigIntegerField()
    first_name = models.CharField(max_length=40)
    second_id = models.BigIntegerField(null=True)
    second_name = models.CharField(max_length=40, blank=True)
    signed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "casework_investigation"
        constraints = [
            models.CheckConstraint(
                condition=Q(second_id__isnull=True) | ~Q(second_id=F("first_id")), name="casework_investigation_two"
            ),
            models.CheckConstraint(
                condition=Q(second_id__isnull=True, signed_at__isnull=True)
                | Q(second_id__isnull=False, signed_at__isnull=False),
                name="casework_investigation_signed",
            ),
        ]


class Check(models.Model):
    """One question to one source about one subject, under one authorisation.

    What was asked for a joint application stands in the file of the part that asked and serves all in `covers`.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="checks")
    joint = models.ForeignKey(JointApplication, models.PROTECT, null=True, related_name="+")
    covers = ArrayField(models.BigIntegerField(), default=list, blank=True)
    area_id = models.IntegerField()
    authorisation = models.ForeignKey(Authorisation, models.PROTECT, related_name="+")
    source = models.CharField(max_length=30)
    subject_kind = models.CharField(max_length=10)
    subject_id = models.BigIntegerField()
    purpose = models.CharField(max_length=300)
    state = models.CharField(max_length=14)
    attempt = models.SmallIntegerField(default=1)
    requested_at = models.DateTimeField()
    due_date = models.DateField()
    queried_at = models.DateTimeField(null=True)
    answers = models.JSONField(default=dict)
    declared = models.JSONField(default=dict)
    reliability = models.SmallIntegerField(null=True)
    note = models.CharField(max_length=300, blank=True)
    statement_id = models.BigIntegerField(null=True)
    objection = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "casework_check"
        constraints = [
            models.CheckConstraint(condition=one_of("state", CheckState), name="casework_check_state"),
            models.UniqueConstraint(
                fields=["case", "source", "subject_kind", "subject_id", "attempt"], name="casework_check_once"
            ),
        ]


class Account(models.Model):
    """Where the money is to go once it is granted. The number is sealed; pages show its last four digits."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="account")
    area_id = models.IntegerField()
    holder_name = models.CharField(max_length=60)
    bank = models.CharField(max_length=60)
    number_sealed = models.BinaryField()
    basis = models.CharField(max_length=200, blank=True)
    entered_by = models.BigIntegerField()
    entered_at = models.DateTimeField()

    class Meta:
        db_table = "casework_account"


def standing_for(case: Case) -> Q:
    """This function will choose the authorisations, or the checks, that hold for a case: its own and the joint ones."""
    own = Q(case=case)
    return own if case.joint_id is None else own | Q(joint_id=case.joint_id, covers__contains=[case.pk])
