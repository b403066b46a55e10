from django.db import models
from django.db.models import F, Q

from minsheng.work.eligibility.types import FindingKind, Status


class Run(models.Model):
    """One evaluation for one month under one state of the law, of the whole district or of a few households."""

    as_of = models.DateField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    law_digest = models.CharField(max_length=64)
    persons = models.IntegerField(default=0)
    households = models.IntegerField(default=0)
    schemes = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    whole = models.BooleanField(default=True)

    class Meta:
        db_table = "eligibility_run"


class Result(models.Model):
    """What the rules say of one beneficiary under one scheme, for a half-open span of months.

    Only entitled and unknown results are rows; a beneficiary of an evaluated month without a row is not entitled.
    `amount_fen` is before, `payable_fen` after stacking, both per period of the scheme; None while a datum is
    missing for it.
    """

    scheme = models.CharField(max_length=60)
    area_id = models.IntegerField()
    household_id = models.BigIntegerField()
    person_id = models.BigIntegerField(null=True)
    status = models.CharField(max_length=12)
    amount_fen = models.BigIntegerField(null=True)
    payable_fen = models.BigIntegerField(null=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    law_digest = models.CharField(max_length=64)
    facts_digest = models.CharField(max_length=64)
    scheme_digest = models.CharField(max_length=64, default="")
    run = models.ForeignKey(Run, models.PROTECT, related_name="+")

    class Meta:
        db_table = "eligibility_result"
        indexes = [
            models.Index(fields=["household_id", "scheme"], name="eligibility_result_household"),
            models.Index(fields=["scheme", "area_id"], name="eligibility_result_scheme"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="eligibility_result_span"
            ),
            models.CheckConstraint(
                condition=Q(status=Status.ENTITLED.value) | Q(status=Status.UNKNOWN.value, amount_fen__isnull=True),
                name="eligibility_result_amount",
            ),
            models.UniqueConstraint(
                fields=["scheme", "household_id", "person_id", "valid_from"],
                name="eligibility_result_once",
                nulls_distinct=False,
            ),
        ]


class FrozenLaw(models.Model):
    """The law that results of one scheme rest on, as canonical JSON; one row per digest, never changed."""

    digest = models.CharField(max_length=64, primary_key=True)
    scheme = models.CharField(max_length=60)
    content = models.TextField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        db_table = "eligibility_frozen_law"


class Receipt(models.Model):
    """What a beneficiary receives now, as another department's payment export says; the source of 应享未享."""

    scheme = models.CharField(max_length=60)
    area_id = models.IntegerField()
    household_id = models.BigIntegerField()
    person_id = models.BigIntegerField(null=True)
    amount_fen = models.BigIntegerField()
    since_date = models.DateField()
    until_date = models.DateField(null=True)
    source = models.CharField(max_length=40)

    class Meta:
        db_table = "eligibility_receipt"
        indexes = [models.Index(fields=["household_id"], name="eligibility_receipt_household")]
        constraints = [models.CheckConstraint(condition=Q(amount_fen__gte=0), name="eligibility_receipt_amount")]


class Finding(models.Model):
    """Somebody whom the rules and the payments disagree about; open until closed by a later run or by a case."""

    kind = models.CharField(max_length=30)
    scheme = models.CharField(max_length=60)
    area_id = models.IntegerField()
    household_id = models.BigIntegerField()
    person_id = models.BigIntegerField(null=True)
    subject_name = models.CharField(max_length=60)
    age_band = models.CharField(max_length=6)
    amount_fen = models.BigIntegerField(null=True)
    receiving_fen = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=40, blank=True)
    missing = models.JSONField(default=list)
    found_at = models.DateTimeField()
    as_of = models.DateField()
    closed_at = models.DateTimeField(null=True)
    run = models.ForeignKey(Run, models.PROTECT, related_name="+")

    class Meta:
        db_table = "eligibility_finding"
        indexes = [
            models.Index(
                fields=["kind", "area_id", "-amount_fen", "id"],
                name="eligibility_finding_open",
                condition=Q(closed_at__isnull=True),
            ),
            models.Index(fields=["household_id"], name="eligibility_finding_household"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[k.value for k in FindingKind]), name="eligibility_finding_kind"
            ),
            models.UniqueConstraint(
                fields=["kind", "scheme", "household_id", "person_id"],
                name="eligibility_finding_once_open",
                condition=Q(closed_at__isnull=True),
                nulls_distinct=False,
            ),
        ]


class SavedView(models.Model):
    """A list with its filters, kept under a name by the account that uses it."""

    account_id = models.BigIntegerField()
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=400)
    saved_at = models.DateTimeField()

    class Meta:
        db_table = "eligibility_saved_view"
        constraints = [models.UniqueConstraint(fields=["account_id", "name"], name="eligibility_saved_view_name")]
