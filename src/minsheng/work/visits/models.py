"""Tables of visits. Every one that tells of a household is under row-level security by `area_id`."""

from django.db import models
from django.db.models import F, Q

from minsheng.work.visits.types import RESULTS, Origin, SignalKind, VisitStatus, Way

_TO_DO = ~Q(status=VisitStatus.CLOSED.value)


class Signal(models.Model):
    """Something that happened to a household, as a source says; never changed, only withdrawn."""

    area_id = models.IntegerField()
    household_id = models.BigIntegerField()
    person_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=24)
    happened_date = models.DateField()
    source = models.CharField(max_length=20)
    value = models.BigIntegerField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.BigIntegerField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "visits_signal"
        indexes = [models.Index(fields=["household_id", "happened_date"], name="visits_signal_household")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[k.value for k in SignalKind]), name="visits_signal_kind"),
            models.CheckConstraint(condition=Q(value__isnull=True) | Q(value__gte=0), name="visits_signal_value"),
            models.UniqueConstraint(
                fields=["household_id", "person_id", "kind", "happened_date", "source"],
                name="visits_signal_once",
                condition=Q(withdrawn_at__isnull=True),
                nulls_distinct=False,
            ),
        ]


class HouseholdWarning(models.Model):
    """The score of a household with its reasons, for a half-open span of days; only who has a star has a row."""

    area_id = models.IntegerField()
    household_id = models.BigIntegerField()
    subject_name = models.CharField(max_length=60)
    points = models.SmallIntegerField()
    could_be = models.SmallIntegerField()
    across = models.SmallIntegerField(default=0)
    star = models.SmallIntegerField()
    raised = models.BooleanField()
    labels = models.JSONField(default=list)
    groups = models.JSONField(default=list)
    reasons = models.JSONField(default=list)
    unknown = models.JSONField(default=list)
    star_since = models.DateField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    next_change_date = models.DateField(null=True)
    weights_digest = models.CharField(max_length=64)
    computed_at = models.DateTimeField()

    class Meta:
        db_table = "visits_warning"
        indexes = [
            models.Index(
                fields=["area_id", "-points", "id"], name="visits_warning_open", condition=Q(valid_to__isnull=True)
            ),
            models.Index(
                fields=["next_change_date"],
                name="visits_warning_change",
                condition=Q(valid_to__isnull=True, next_change_date__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="visits_warning_span"
            ),
            models.CheckConstraint(condition=Q(star__gte=1, star__lte=5), name="visits_warning_star"),
            models.CheckConstraint(condition=Q(could_be__gte=F("points")), name="visits_warning_could_be"),
            models.UniqueConstraint(
                fields=["household_id"], name="visits_warning_one_open", condition=Q(valid_to__isnull=True)
            ),
        ]


class StarRhythm(models.Model):
    """How often a star is visited in one street or the district, from a day on; no person stands in it."""

    area_id = models.IntegerField()
    star = models.SmallIntegerField()
    first_days = models.SmallIntegerField()
    every_days = models.SmallIntegerField()
    valid_from = models.DateField()
    basis = models.CharField(max_length=200)
    set_by = models.BigIntegerField()
    set_at = models.DateTimeField()

    class Meta:
        db_table = "visits_rhythm"
        constraints = [
            models.CheckConstraint(
                condition=Q(star__gte=1, star__lte=5, first_days__gte=1, every_days__gte=F("first_days")),
                name="visits_rhythm_days",
            ),
            models.UniqueConstraint(fields=["area_id", "star", "valid_from"], name="visits_rhythm_once"),
        ]


class Visit(models.Model):
    """One visit or call that is to be made; one household has at most one that is not closed."""

    area_id = models.IntegerField()
    household_id = models.BigIntegerField()
    person_id = models.BigIntegerField(null=True)
    subject_name = models.CharField(max_length=60)
    origin = models.CharField(max_length=8)
    way = models.CharField(max_length=5)
    star = models.SmallIntegerField()
    reasons = models.JSONField(default=list)
    status = models.CharField(max_length=9)
    due_date = models.DateField()
    first_due_date = models.DateField()
    attempts = models.SmallIntegerField(default=0)
    assigned_to = models.BigIntegerField(null=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=10, blank=True)
    met_date = models.DateField(null=True)
    case_id = models.BigIntegerField(null=True)
    outcome = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "visits_visit"
        indexes = [
            models.Index(fields=["area_id", "due_date", "id"], name="visits_visit_open", condition=_TO_DO),
            models.Index(fields=["household_id", "-id"], name="visits_visit_household"),
            models.Index(fields=["person_id"], name="visits_visit_person", condition=Q(person_id__isnull=False)),
            models.Index(fields=["area_id", "met_date"], name="visits_visit_met", condition=Q(met_date__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=[s.value for s in VisitStatus]), name="visits_visit_status"),
            models.CheckConstraint(condition=Q(origin__in=[o.value for o in Origin]), name="visits_visit_origin"),
            models.CheckConstraint(condition=Q(way__in=[w.value for w in Way]), name="visits_visit_way"),
            # Closed means: with a result and an instant; what needed help also with who took it up.
            models.CheckConstraint(
                condition=Q(status=VisitStatus.CLOSED.value, closed_at__isnull=False) & ~Q(result="")
                | ~Q(status=VisitStatus.CLOSED.value) & Q(closed_at__isnull=True),
                name="visits_visit_closed_with_result",
            ),
            models.CheckConstraint(
                condition=~Q(status=VisitStatus.CLOSED.value, result="needs_help")
                | Q(case_id__isnull=False)
                | ~Q(outcome=""),
                name="visits_visit_help_taken_up",
            ),
            models.UniqueConstraint(fields=["household_id"], name="visits_visit_one_open", condition=_TO_DO),
        ]


class Attempt(models.Model):
    """One time that somebody went or called, and what came of it; the note is sealed. Never changed."""

    area_id = models.IntegerField()
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="+")
    number = models.SmallIntegerField()
    day_date = models.DateField()
    way = models.CharField(max_length=5)
    result = models.CharField(max_length=10)
    note_sealed = models.BinaryField(null=True)
    account_id = models.BigIntegerField()
    account_name = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        db_table = "visits_attempt"
        constraints = [
            models.UniqueConstraint(fields=["visit", "number"], name="visits_attempt_once"),
            models.CheckConstraint(condition=Q(result__in=[r.value for r in RESULTS]), name="visits_attempt_result"),
        ]


class Refusal(models.Model):
    """A household does not want to be visited, until a day; until then no visit is planned for it."""

    area_id = models.IntegerField()
    household_id = models.BigIntegerField()
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="+")
    from_date = models.DateField()
    until_date = models.DateField()
    noted_by = models.BigIntegerField()
    noted_at = models.DateTimeField()

    class Meta:
        db_table = "visits_refusal"
        indexes = [models.Index(fields=["household_id", "-until_date"], name="visits_refusal_household")]
        constraints = [
            models.CheckConstraint(condition=Q(until_date__gt=F("from_date")), name="visits_refusal_span"),
        ]
