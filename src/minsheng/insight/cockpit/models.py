"""Tables of the cockpit. What is told of an area stands under row-level security by `area_id`; a plan is public."""

import uuid

from django.db import models
from django.db.models import F, Q

from minsheng.foundation.files.attachments import MediaType
from minsheng.insight.cockpit.types import Check, OccasionKind, ReadAs, Stage, StatementKind


class PlanFile(models.Model):
    """One imported plan with all of its lines, so that every statement can be shown beside its source."""

    title = models.CharField(max_length=200)
    first_year = models.SmallIntegerField(null=True)
    last_year = models.SmallIntegerField(null=True)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, unique=True)
    source_note = models.CharField(max_length=300)
    lines = models.JSONField()
    imported_at = models.DateTimeField()
    imported_by = models.BigIntegerField()
    in_force_at = models.DateTimeField(null=True)
    in_force_by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "cockpit_plan"
        constraints = [
            models.CheckConstraint(condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="cockpit_plan_digest"),
        ]


class Statement(models.Model):
    """What the plan says in one place: as it was read, and as it counts after a person's correction."""

    plan = models.ForeignKey(PlanFile, models.PROTECT, related_name="+")
    number = models.IntegerField()
    kind = models.CharField(max_length=9)
    line = models.IntegerField()
    quote = models.CharField(max_length=600)
    section = models.CharField(max_length=300, blank=True)
    label = models.CharField(max_length=200)
    unit = models.CharField(max_length=20, blank=True)
    per = models.CharField(max_length=20, blank=True)
    bound = models.CharField(max_length=10, blank=True)
    values = models.JSONField(default=list)
    detail = models.JSONField(default=dict)
    read_as = models.CharField(max_length=9, default=ReadAs.READ.value)

    class Meta:
        db_table = "cockpit_statement"
        indexes = [models.Index(fields=["plan", "label"], name="cockpit_statement_label")]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="cockpit_statement_once"),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in StatementKind]), name="cockpit_statement_kind"
            ),
            models.CheckConstraint(
                condition=Q(read_as__in=[r.value for r in ReadAs]), name="cockpit_statement_read_as"
            ),
        ]


class Correction(models.Model):
    """What a person changed in a statement, why, and how it stood before. Append-only."""

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="+")
    before = models.JSONField()
    after = models.JSONField()
    reason = models.CharField(max_length=300)
    corrected_at = models.DateTimeField()
    corrected_by = models.BigIntegerField()

    class Meta:
        db_table = "cockpit_correction"
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="cockpit_correction_reason")]


class NameLink(models.Model):
    """Which indicator answers to a name of a plan, as a person said; the newest of a name holds. Append-only.

    `indicator` empty: none does. `as_goal` False: what stands under the name tells the past and promises nothing.
    """

    plan = models.ForeignKey(PlanFile, models.PROTECT, related_name="+")
    label = models.CharField(max_length=200)
    indicator = models.CharField(max_length=60, blank=True)
    as_goal = models.BooleanField(default=True)
    linked_at = models.DateTimeField()
    linked_by = models.BigIntegerField()

    class Meta:
        db_table = "cockpit_name_link"
        indexes = [models.Index(fields=["plan", "label", "-id"], name="cockpit_name_link_last")]
        constraints = [models.CheckConstraint(condition=~Q(label=""), name="cockpit_name_link_label")]


class KeptFile(models.Model):
    """A photo or a paper that somebody attached, cleaned and sealed. Append-only; what it belongs to points here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    area_id = models.IntegerField()
    name = models.CharField(max_length=100)
    media_type = models.CharField(max_length=20)
    size = models.IntegerField()
    width = models.IntegerField()
    height = models.IntegerField()
    sha256 = models.CharField(max_length=64)
    content_sealed = models.BinaryField()
    kept_at = models.DateTimeField()
    kept_by = models.BigIntegerField()

    class Meta:
        db_table = "cockpit_file"
        constraints = [
            models.CheckConstraint(condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="cockpit_file_digest"),
            models.CheckConstraint(condition=Q(size__gt=0), name="cockpit_file_size"),
            models.CheckConstraint(
                condition=Q(media_type__in=[kind.value for kind in MediaType]), name="cockpit_file_media_type"
            ),
        ]


class Figure(models.Model):
    """An indicator of one area on one day, as computed by night or as entered and confirmed.

    `small`: of so few people that it is hidden from whoever may not open a person's record.
    """

    indicator = models.CharField(max_length=60)
    area_id = models.IntegerField()
    as_of = models.DateField()
    numerator = models.DecimalField(max_digits=20, decimal_places=4)
    denominator = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    check_state = models.CharField(max_length=9)
    small = models.BooleanField(default=False)
    definition = models.CharField(max_length=64)
    computed_at = models.DateTimeField()
    entry_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "cockpit_figure"
        indexes = [models.Index(fields=["area_id", "indicator", "-as_of"], name="cockpit_figure_area")]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "area_id", "as_of"], name="cockpit_figure_once"),
            models.CheckConstraint(condition=Q(check_state__in=[c.value for c in Check]), name="cockpit_figure_check"),
            models.CheckConstraint(condition=Q(numerator__gte=0), name="cockpit_figure_numerator"),
            models.CheckConstraint(
                condition=Q(denominator__isnull=True) | Q(denominator__gte=0), name="cockpit_figure_denominator"
            ),
        ]


class Entry(models.Model):
    """What the owner of an indicator states, with the evidence; it counts once somebody else has confirmed it."""

    indicator = models.CharField(max_length=60)
    area_id = models.IntegerField()
    as_of = models.DateField()
    numerator = models.DecimalField(max_digits=20, decimal_places=4)
    denominator = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    evidence = models.CharField(max_length=300)
    document_number = models.CharField(max_length=100, blank=True)
    file = models.ForeignKey(KeptFile, models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField()
    entered_by = models.BigIntegerField()
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.BigIntegerField(null=True)
    sent_back_at = models.DateTimeField(null=True)
    sent_back_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "cockpit_entry"
        indexes = [models.Index(fields=["area_id", "indicator", "-as_of"], name="cockpit_entry_area")]
        constraints = [
            models.CheckConstraint(condition=~Q(evidence=""), name="cockpit_entry_evidence"),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("entered_by")),
                name="cockpit_entry_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False, sent_back_at__isnull=True),
                name="cockpit_entry_one_end",
            ),
            models.UniqueConstraint(
                fields=["indicator", "area_id", "as_of"],
                name="cockpit_entry_one_open",
                condition=Q(confirmed_at__isnull=True, sent_back_at__isnull=True),
            ),
        ]


class ProjectReport(models.Model):
    """How a project of the plan stands on a day, as its owner reports it. Append-only; the last one holds."""

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="+")
    area_id = models.IntegerField()
    stage = models.CharField(max_length=12)
    on_date = models.DateField()
    planned_end = models.DateField(null=True)
    expected_end = models.DateField(null=True)
    spent_fen = models.BigIntegerField(null=True)
    investment_fen = models.BigIntegerField(null=True)
    note = models.CharField(max_length=300)
    delay_reason = models.CharField(max_length=300, blank=True)
    reported_at = models.DateTimeField()
    reported_by = models.BigIntegerField()

    class Meta:
        db_table = "cockpit_project_report"
        indexes = [models.Index(fields=["statement", "-id"], name="cockpit_project_last")]
        constraints = [
            models.CheckConstraint(condition=Q(stage__in=[s.value for s in Stage]), name="cockpit_project_stage"),
            models.CheckConstraint(
                condition=Q(spent_fen__isnull=True) | Q(spent_fen__gte=0), name="cockpit_project_spent"
            ),
            models.CheckConstraint(
                condition=Q(investment_fen__isnull=True) | Q(investment_fen__gt=0), name="cockpit_project_investment"
            ),
            models.CheckConstraint(condition=~Q(note=""), name="cockpit_project_note"),
        ]


class ProjectPhoto(models.Model):
    """A photo of a project: when it was taken and what is to be seen, in words (also for who cannot see it)."""

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="+")
    area_id = models.IntegerField()
    file = models.ForeignKey(KeptFile, models.PROTECT, related_name="+")
    taken_on = models.DateField()
    words = models.CharField(max_length=200)
    added_at = models.DateTimeField()
    added_by = models.BigIntegerField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.BigIntegerField(null=True)
    withdrawn_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "cockpit_project_photo"
        indexes = [models.Index(fields=["statement", "-taken_on", "-id"], name="cockpit_project_photo_newest")]
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="cockpit_project_photo_words"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_reason="")),
                name="cockpit_project_photo_withdrawn",
            ),
        ]


class SelfCheck(models.Model):
    """自查自评 of one area on one indicator for a year: what it says of itself, and what the bureau says of that."""

    indicator = models.CharField(max_length=60)
    area_id = models.IntegerField()
    year = models.SmallIntegerField()
    grade = models.CharField(max_length=12)
    words = models.CharField(max_length=500)
    document_number = models.CharField(max_length=100, blank=True)
    file = models.ForeignKey(KeptFile, models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField()
    checked_by = models.BigIntegerField()
    inspected_grade = models.CharField(max_length=12, blank=True)
    inspected_words = models.CharField(max_length=500, blank=True)
    inspected_at = models.DateTimeField(null=True)
    inspected_by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "cockpit_self_check"
        constraints = [
            models.UniqueConstraint(fields=["indicator", "area_id", "year"], name="cockpit_self_check_once"),
            models.CheckConstraint(
                condition=Q(inspected_by__isnull=True) | ~Q(inspected_by=F("checked_by")),
                name="cockpit_self_check_four_eyes",
            ),
        ]


class Occasion(models.Model):
    """A hearing, a meeting or a decision of the leadership as it was held, or a term of office. Append-only.

    It is the whole district's and names no resident: everybody who sees the cockpit sees it.
    """

    kind = models.CharField(max_length=8)
    held_on = models.DateField()
    until = models.DateField(null=True)
    document_number = models.CharField(max_length=100)
    words = models.CharField(max_length=1000)
    recorded_at = models.DateTimeField()
    recorded_by = models.BigIntegerField()

    class Meta:
        db_table = "cockpit_occasion"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[k.value for k in OccasionKind]), name="cockpit_occasion_kind"),
            models.CheckConstraint(
                condition=(Q(kind="term") & Q(until__gt=F("held_on"))) | (~Q(kind="term") & Q(until__isnull=True)),
                name="cockpit_occasion_term",
            ),
            models.CheckConstraint(condition=~Q(document_number="") & ~Q(words=""), name="cockpit_occasion_words"),
        ]
