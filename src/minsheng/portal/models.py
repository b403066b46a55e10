"""Tables of the residents' pages. Every one holds a household, so every one is under row-level security."""

from django.db import models
from django.db.models import F, Q

from minsheng.portal.types import Channel, ConcernKind, IdentityCheck


class Code(models.Model):
    """A code from the counter: its hash, whose it is, who gave it out after checking what."""

    area_id = models.IntegerField()
    household_id = models.BigIntegerField()
    person_id = models.BigIntegerField()
    selector = models.CharField(max_length=4)
    secret_hash = models.CharField(max_length=64)
    identity_check = models.CharField(max_length=20)
    issued_by = models.BigIntegerField()
    issued_by_name = models.CharField(max_length=40)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries_left = models.SmallIntegerField()
    used = models.SmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "portal_code"
        indexes = [models.Index(fields=["person_id"], name="portal_code_person")]
        constraints = [
            models.UniqueConstraint(fields=["selector"], name="portal_code_one", condition=Q(ended_at__isnull=True)),
            models.CheckConstraint(condition=Q(expires_at__gt=F("issued_at")), name="portal_code_span"),
            models.CheckConstraint(condition=Q(tries_left__gte=0), name="portal_code_tries"),
            models.CheckConstraint(condition=Q(secret_hash__regex="^[0-9a-f]{64}$"), name="portal_code_hashed"),
            models.CheckConstraint(
                condition=Q(identity_check__in=[c.value for c in IdentityCheck]), name="portal_code_identity"
            ),
        ]


class Session(models.Model):
    """One sitting of one resident. The database asks this table what the sitting may see."""

    area_id = models.IntegerField()
    household_id = models.BigIntegerField()
    person_id = models.BigIntegerField()
    code = models.ForeignKey(Code, models.PROTECT, null=True, related_name="sessions")
    channel = models.CharField(max_length=20)
    token_hash = models.CharField(max_length=64, unique=True)
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "portal_session"
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("started_at")), name="portal_session_span"),
            models.CheckConstraint(condition=Q(channel__in=[c.value for c in Channel]), name="portal_session_channel"),
        ]


class Reply(models.Model):
    """What a resident said to an offer that needs no application (免申即享): yes, or not now, with the day."""

    area_id = models.IntegerField()
    household_id = models.BigIntegerField()
    person_id = models.BigIntegerField(null=True)
    scheme = models.CharField(max_length=60)
    amount_fen = models.BigIntegerField(null=True)
    accepted = models.BooleanField()
    said_by = models.BigIntegerField()
    said_at = models.DateTimeField()
    until_date = models.DateField(null=True)
    taken_up_at = models.DateTimeField(null=True)
    taken_up_by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "portal_reply"
        indexes = [models.Index(fields=["household_id"], name="portal_reply_household")]
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted=True, until_date__isnull=True) | Q(accepted=False, until_date__isnull=False),
                name="portal_reply_until",
            ),
        ]


class Concern(models.Model):
    """Something that a resident says is wrong, or complains of; open until somebody of the office answers it."""

    area_id = models.IntegerField()
    household_id = models.BigIntegerField()
    person_id = models.BigIntegerField()
    kind = models.CharField(max_length=12)
    about = models.CharField(max_length=60, blank=True)
    words = models.CharField(max_length=1000)
    said_at = models.DateTimeField()
    due_date = models.DateField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.BigIntegerField(null=True)
    answered_by_name = models.CharField(max_length=40, blank=True)
    answer = models.CharField(max_length=1000, blank=True)

    class Meta:
        db_table = "portal_concern"
        indexes = [
            models.Index(fields=["household_id"], name="portal_concern_household"),
            models.Index(fields=["due_date", "id"], name="portal_concern_due", condition=Q(answered_at__isnull=True)),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[k.value for k in ConcernKind]), name="portal_concern_kind"),
            models.CheckConstraint(condition=~Q(words=""), name="portal_concern_words"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answer="") | (Q(answered_at__isnull=False) & ~Q(answer="")),
                name="portal_concern_answered",
            ),
        ]


class HappinessCode(models.Model):
    """One 幸福码 as it was drawn: the picture holds its key alone; opened once by staff, then used up."""

    area_id = models.IntegerField()
    household_id = models.BigIntegerField()
    person_id = models.BigIntegerField()
    key = models.CharField(max_length=32, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    opened_by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "portal_happiness_code"
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="portal_happiness_code_span"),
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True, opened_by__isnull=True)
                | Q(opened_at__isnull=False, opened_by__isnull=False),
                name="portal_happiness_code_opened",
            ),
        ]
