"""Tables of the rights of a person; every row is of one person, so every table is under row-level security."""

from django.db import models
from django.db.models import Q

from minsheng.records.privacy.types import AskedBy, ConsentCategory, RequestKind, RequestState


class Request(models.Model):
    """What a person asked of the office about their data, and what was answered, with the ground of a refusal."""

    area_id = models.IntegerField()
    person_id = models.BigIntegerField()
    kind = models.CharField(max_length=12)
    asked_by = models.CharField(max_length=14)
    identity_check = models.CharField(max_length=100)
    words = models.CharField(max_length=1000)
    received_at = models.DateTimeField()
    received_by = models.BigIntegerField()
    due_date = models.DateField()
    state = models.CharField(max_length=10, default=RequestState.OPEN.value)
    ground = models.CharField(max_length=20, blank=True)
    answer = models.CharField(max_length=1000, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.BigIntegerField(null=True)
    answered_by_name = models.CharField(max_length=40, blank=True)

    class Meta:
        db_table = "privacy_request"
        indexes = [
            models.Index(fields=["person_id"], name="privacy_request_person"),
            models.Index(fields=["due_date", "id"], name="privacy_request_due", condition=Q(state="open")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[k.value for k in RequestKind]), name="privacy_request_kind"),
            models.CheckConstraint(condition=Q(asked_by__in=[a.value for a in AskedBy]), name="privacy_request_by"),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in RequestState]), name="privacy_request_state"
            ),
            models.CheckConstraint(
                condition=Q(state="open", answered_at__isnull=True)
                | (~Q(state="open") & Q(answered_at__isnull=False) & ~Q(answer="")),
                name="privacy_request_answered",
            ),
            models.CheckConstraint(
                condition=(Q(state="refused") & ~Q(ground="")) | (~Q(state="refused") & Q(ground="")),
                name="privacy_request_ground",
            ),
        ]


class Consent(models.Model):
    """One consent to one activity; withdrawn as easily as given, and kept as having been given."""

    area_id = models.IntegerField()
    person_id = models.BigIntegerField()
    activity = models.CharField(max_length=20)
    category = models.CharField(max_length=10)
    text = models.CharField(max_length=300)
    version = models.CharField(max_length=10)
    given_by_person_id = models.BigIntegerField()
    given_how = models.CharField(max_length=40)
    given_at = models.DateTimeField()
    recorded_by = models.BigIntegerField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "privacy_consent"
        constraints = [
            models.CheckConstraint(
                condition=Q(category__in=[c.value for c in ConsentCategory]), name="privacy_consent_category"
            ),
            models.CheckConstraint(
                condition=~Q(category="guardian") | ~Q(given_by_person_id=models.F("person_id")),
                name="privacy_consent_guardian_is_another",
            ),
            models.UniqueConstraint(
                fields=["person_id", "activity"],
                name="privacy_consent_one_running",
                condition=Q(withdrawn_at__isnull=True),
            ),
        ]


class Hold(models.Model):
    """A legal hold: what concerns this person is kept, whatever its term, until two people have lifted it."""

    area_id = models.IntegerField()
    person_id = models.BigIntegerField()
    basis = models.CharField(max_length=200)
    set_at = models.DateTimeField()
    set_by = models.BigIntegerField()
    end_asked_at = models.DateTimeField(null=True)
    end_asked_by = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.BigIntegerField(null=True)
    ended_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "privacy_hold"
        constraints = [
            models.CheckConstraint(condition=~Q(basis=""), name="privacy_hold_basis"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True)
                | Q(end_asked_by__isnull=False, ended_by__isnull=False) & ~Q(ended_reason=""),
                name="privacy_hold_ended_by_two",
            ),
            models.UniqueConstraint(
                fields=["person_id", "basis"], name="privacy_hold_once", condition=Q(ended_at__isnull=True)
            ),
        ]
