from django.db import models
from django.db.models import F, Q

from minsheng.work.payments.types import FileState, LineKind, LineState, RunAct, RunState, Severity


class Run(models.Model):
    """One batch of payments of one district for one month; a late grant gets a further batch, not a second payment."""

    area_id = models.IntegerField()
    month = models.DateField()
    number = models.SmallIntegerField()
    state = models.CharField(max_length=10)
    round = models.SmallIntegerField(default=1)
    compiled_at = models.DateTimeField()
    locked_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    lines_locked = models.IntegerField(null=True)
    total_locked_fen = models.BigIntegerField(null=True)
    signatures_needed = models.SmallIntegerField(null=True)
    returned_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "payments_run"
        constraints = [
            models.UniqueConstraint(fields=["area_id", "month", "number"], name="payments_run_once"),
            models.UniqueConstraint(
                fields=["area_id", "month"],
                name="payments_run_one_in_work",
                condition=~Q(state__in=[RunState.RELEASED.value, RunState.SETTLED.value]),
            ),
            models.CheckConstraint(condition=Q(state__in=[s.value for s in RunState]), name="payments_run_state"),
            models.CheckConstraint(condition=Q(month__day=1), name="payments_run_month"),
            models.CheckConstraint(
                condition=Q(state=RunState.COMPILED.value) | Q(total_locked_fen__isnull=False),
                name="payments_run_locked_total",
            ),
        ]


class Duty(models.Model):
    """Who did what in one round of a run. One human being, not one account, does at most one thing: a constraint.

    The database fills `holder` from the account (a trigger), so that no program can name somebody else.
    """

    run = models.ForeignKey(Run, models.PROTECT, related_name="duties")
    round = models.SmallIntegerField()
    act = models.CharField(max_length=8)
    account_id = models.BigIntegerField()
    account_name = models.CharField(max_length=40)
    holder = models.CharField(max_length=60)
    at = models.DateTimeField()
    total_fen = models.BigIntegerField()
    lines = models.IntegerField()

    class Meta:
        db_table = "payments_duty"
        constraints = [
            models.UniqueConstraint(fields=["run", "round", "holder"], name="payments_duty_one_each"),
            models.UniqueConstraint(
                fields=["run", "round", "act"], name="payments_duty_once", condition=~Q(act=RunAct.SIGN.value)
            ),
            models.CheckConstraint(
                condition=Q(act__in=[a.value for a in (RunAct.COMPILE, RunAct.SIGN, RunAct.RELEASE, RunAct.SETTLE)]),
                name="payments_duty_act",
            ),
        ]


class Line(models.Model):
    """One amount for one beneficiary, scheme and month. `amount_fen` is what is due, less `deducted_fen` given back.

    No index names `state`, which changes twice for every line of every run; each would be written anew by it. What the
    indexes ask is `live`, whether the line still counts, which changes only for the few that are held or given back.
    """

    # Looked up once a statement, by a trigger, and not once a line (migration 0011); a run is never deleted.
    run = models.ForeignKey(Run, models.PROTECT, related_name="lines", db_index=False, db_constraint=False)
    area_id = models.IntegerField()
    grant_id = models.BigIntegerField()
    amount_row_id = models.BigIntegerField()
    account_row_id = models.BigIntegerField(null=True)
    scheme = models.CharField(max_length=60)
    household_id = models.BigIntegerField()
    person_id = models.BigIntegerField(null=True)
    month = models.DateField()
    kind = models.CharField(max_length=8)
    amount_fen = models.BigIntegerField()
    deducted_fen = models.BigIntegerField(default=0)
    recovery_id = models.BigIntegerField(null=True)
    recalculation_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=8)
    live = models.GeneratedField(
        expression=~Q(state__in=[LineState.HELD.value, LineState.RETURNED.value]),  # type: ignore[arg-type]
        output_field=models.BooleanField(),
        db_persist=True,
    )
    bank_code = models.CharField(max_length=20, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "payments_line"
        indexes = [
            models.Index(fields=["run", "id"], name="payments_line_run"),
            models.Index(fields=["grant_id", "month"], name="payments_line_grant"),
            models.Index(fields=["household_id", "month"], name="payments_line_household"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["grant_id", "month", "recalculation_id"],
                name="payments_line_once_live",
                condition=Q(live=True),
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                fields=["scheme", "household_id", "person_id", "month"],
                name="payments_line_never_twice",
                condition=Q(kind=LineKind.REGULAR.value, live=True),
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                fields=["amount_row_id"],
                name="payments_line_part_once",
                condition=Q(kind=LineKind.ONCE.value, live=True),
            ),
            models.CheckConstraint(
                condition=Q(amount_fen__gt=0, deducted_fen__gte=0, deducted_fen__lte=F("amount_fen")),
                name="payments_line_amount",
            ),
            models.CheckConstraint(condition=Q(state__in=[s.value for s in LineState]), name="payments_line_state"),
            models.CheckConstraint(condition=Q(kind__in=[k.value for k in LineKind]), name="payments_line_kind"),
        ]


class Finding(models.Model):
    """What a check says of one line; a review is settled by an officer with a reason before the run is locked."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="findings")
    area_id = models.IntegerField()
    line_id = models.BigIntegerField(null=True)
    check_code = models.CharField(max_length=30)
    severity = models.CharField(max_length=6)
    detail = models.CharField(max_length=200, blank=True)
    passed = models.BooleanField(null=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.BigIntegerField(null=True)
    settled_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "payments_finding"
        indexes = [models.Index(fields=["line_id"], name="payments_finding_line")]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "line_id", "check_code"], name="payments_finding_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(severity__in=[s.value for s in Severity]), name="payments_finding_severity"
            ),
        ]


class BankFile(models.Model):
    """The one file of a run: sealed content, and the hash by which the bank and we know it."""

    run = models.OneToOneField(Run, models.PROTECT, related_name="bank_file")
    area_id = models.IntegerField()
    name = models.CharField(max_length=60, unique=True)
    sha256 = models.CharField(max_length=64, unique=True)
    lines = models.IntegerField()
    total_fen = models.BigIntegerField()
    content_sealed = models.BinaryField()
    state = models.CharField(max_length=8)
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "payments_bank_file"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=[s.value for s in FileState]), name="payments_file_state")
        ]


class Once(models.Model):
    """An act that moves money, by the key its form was drawn with: a second sending gets the first one's answer."""

    key = models.UUIDField(unique=True)
    account_id = models.BigIntegerField()
    path = models.CharField(max_length=200)
    body_sha256 = models.CharField(max_length=64)
    location = models.CharField(max_length=200, blank=True)
    message = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "payments_once"
