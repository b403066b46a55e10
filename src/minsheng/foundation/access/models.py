from datetime import timedelta

from django.db import models
from django.db.models import F, Q


class Area(models.Model):
    """One node of the scope tree on which rights are held; `path` is the ids from the root, each ended by a slash."""

    id = models.IntegerField(primary_key=True)
    code = models.CharField(max_length=24, unique=True)
    name = models.CharField(max_length=60)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    path = models.CharField(max_length=120, unique=True)
    depth = models.SmallIntegerField()

    class Meta:
        db_table = "access_area"


class Grant(models.Model):
    """A role held by an account over an area for a half-open span of days; effective only once approved."""

    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="grants")
    role = models.CharField(max_length=40)
    sees_records = models.BooleanField()
    sees_audit = models.BooleanField()
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    reason = models.CharField(max_length=200)
    granted_by = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+")
    approved_by = models.ForeignKey("accounts.Account", models.PROTECT, null=True, related_name="+")
    # An officer's role, which its holder holds beside no other; a trigger compares persons, not accounts.
    apart = models.BooleanField(default=False)
    refused_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey("accounts.Account", models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    mac = models.BinaryField(null=True)
    # Up to which security label of a person this grant reaches (types.ProtectionLevel).
    clearance = models.SmallIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "access_grant"
        constraints = [
            models.CheckConstraint(condition=Q(clearance__gte=0, clearance__lte=2), name="access_grant_clearance"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="access_grant_span"
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("granted_by")), name="access_grant_four_eyes"
            ),
            models.CheckConstraint(condition=~Q(approved_by=F("account")), name="access_grant_not_own"),
        ]


class Purpose(models.Model):
    """Why an account opens one subject, asked once per subject and day."""

    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+")
    subject = models.CharField(max_length=60)
    day_date = models.DateField()
    code = models.CharField(max_length=30)
    note = models.CharField(max_length=200, blank=True)
    stated_at = models.DateTimeField()

    class Meta:
        db_table = "access_purpose"
        constraints = [
            models.UniqueConstraint(fields=["account", "subject", "day_date"], name="access_purpose_once_a_day")
        ]


class Duty(models.Model):
    """A bounded span, with a reason, in which an officer may use the powers of the role; nobody has them standing."""

    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    began_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_duty"
        indexes = [models.Index(fields=["account", "until"], name="access_duty_account")]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gt=F("began_at")) & Q(until__lte=F("began_at") + timedelta(hours=1)),
                name="access_duty_bounded",
            )
        ]


class BreakGlass(models.Model):
    """In an emergency somebody sees an area not theirs, for a bounded time; a second person looks at it afterwards."""

    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    opened_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey("accounts.Account", models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    justified = models.BooleanField(null=True)
    note = models.CharField(max_length=200, blank=True, default="")
    alarmed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_break_glass"
        indexes = [models.Index(fields=["account", "until"], name="access_break_glass_account")]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gt=F("opened_at")) & Q(until__lte=F("opened_at") + timedelta(hours=4)),
                name="access_break_glass_bounded",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("account")),
                name="access_break_glass_second_person",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True, justified__isnull=True)
                | Q(reviewed_by__isnull=False, justified__isnull=False),
                name="access_break_glass_verdict",
            ),
        ]
