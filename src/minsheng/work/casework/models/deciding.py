from django.db import models
from django.db.models import F, Q

from minsheng.work.casework.models.cases import Case
from minsheng.work.casework.models.choices import one_of
from minsheng.work.casework.types import Outcome


class Opinion(models.Model):
    """The street's preliminary opinion of one round, with the working it rests on."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="opinions")
    area_id = models.IntegerField()
    round = models.SmallIntegerField()
    scheme = models.CharField(max_length=60)
    favourable = models.BooleanField()
    amount_fen = models.BigIntegerField()
    household_size = models.SmallIntegerField()
    words = models.CharField(max_length=1000)
    frozen = models.JSONField()
    frozen_sha256 = models.CharField(max_length=64)
    given_by = models.BigIntegerField()
    given_at = models.DateTimeField()

    class Meta:
        db_table = "casework_opinion"
        constraints = [
            models.UniqueConstraint(fields=["case", "round"], name="casework_opinion_once_a_round"),
            models.CheckConstraint(condition=Q(amount_fen__gte=0), name="casework_opinion_amount"),
        ]


class Notice(models.Model):
    """A public notice: the three things that may be public, at an address that nobody can guess."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="notices")
    area_id = models.IntegerField()
    round = models.SmallIntegerField()
    token = models.CharField(max_length=43, unique=True)
    scheme_title = models.CharField(max_length=60)
    name = models.CharField(max_length=60)
    household_size = models.SmallIntegerField()
    amount_fen = models.BigIntegerField()
    monthly = models.BooleanField()
    place = models.CharField(max_length=120)
    office = models.CharField(max_length=60)
    starts_date = models.DateField()
    last_date = models.DateField()
    taken_down_date = models.DateField(null=True)

    class Meta:
        db_table = "casework_notice"
        constraints = [
            models.CheckConstraint(condition=Q(last_date__gt=F("starts_date")), name="casework_notice_span"),
            models.UniqueConstraint(fields=["case", "round"], name="casework_notice_once_a_round"),
        ]


class Objection(models.Model):
    """What somebody said against a notice; open until a new opinion answers it."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="objections")
    area_id = models.IntegerField()
    words = models.CharField(max_length=1000)
    contact_sealed = models.BinaryField(null=True)
    said_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=1000, blank=True)

    class Meta:
        db_table = "casework_objection"


class Decision(models.Model):
    """A decision with everything it rests on, frozen. Append-only; a trigger refuses an approval without its steps."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="decisions")
    area_id = models.IntegerField()
    outcome = models.CharField(max_length=14)
    scheme = models.CharField(max_length=60)
    amount_fen = models.BigIntegerField()
    monthly = models.BooleanField()
    start_date = models.DateField(null=True)
    end_date = models.DateField(null=True)
    reason = models.CharField(max_length=1000)
    basis = models.CharField(max_length=300)
    decided_by = models.BigIntegerField()
    decided_by_name = models.CharField(max_length=40)
    decided_at = models.DateTimeField()
    frozen = models.JSONField()
    frozen_sha256 = models.CharField(max_length=64)
    mac = models.BinaryField(null=True)

    class Meta:
        db_table = "casework_decision"
        constraints = [
            models.CheckConstraint(condition=one_of("outcome", Outcome), name="casework_decision_outcome"),
            models.CheckConstraint(condition=Q(amount_fen__gte=0), name="casework_decision_amount"),
            models.CheckConstraint(condition=~Q(reason=""), name="casework_decision_reason"),
        ]

    @property
    def outcome_label(self) -> str:
        """This property will be the outcome in words."""
        return Outcome(self.outcome).label


class Adjustment(models.Model):
    """A proposed change of a running benefit, what the person said to it, and what became of it."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="adjustments")
    area_id = models.IntegerField()
    outcome = models.CharField(max_length=14)
    amount_fen = models.BigIntegerField()
    reason = models.CharField(max_length=1000)
    hearing_required = models.BooleanField()
    exit_months = models.SmallIntegerField(default=0)
    proposed_by = models.BigIntegerField()
    proposed_at = models.DateTimeField()
    heard_at = models.DateTimeField(null=True)
    heard_words = models.CharField(max_length=1000, blank=True)
    decision = models.ForeignKey(Decision, models.PROTECT, null=True, related_name="+")
    dropped_at = models.DateTimeField(null=True)
    notified_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "casework_adjustment"
        constraints = [
            models.CheckConstraint(
                condition=Q(decision__isnull=True) | Q(hearing_required=False) | Q(heard_at__isnull=False),
                name="casework_adjustment_heard_first",
            ),
            models.UniqueConstraint(
                fields=["case"],
                name="casework_adjustment_one_open",
                condition=Q(dropped_at__isnull=True, notified_at__isnull=True),
            ),
        ]

    @property
    def outcome_label(self) -> str:
        """This property will be what is proposed in words."""
        return Outcome(self.outcome).label

    @property
    def open(self) -> bool:
        """This property will say whether it still waits for a decision or its delivery."""
        return self.dropped_at is None and self.notified_at is None


class Document(models.Model):
    """A letter as it went out: its data, its number, and the code by which anyone can verify it."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="documents")
    area_id = models.IntegerField()
    kind = models.CharField(max_length=30)
    code = models.CharField(max_length=24, unique=True)
    data = models.JSONField()
    sha256 = models.CharField(max_length=64)
    issued_by = models.BigIntegerField()
    issued_at = models.DateTimeField()

    class Meta:
        db_table = "casework_document"
