from django.db import models
from django.db.models import F, Q

from minsheng.work.eligibility.publishing.types import Effect, Status


class Publication(models.Model):
    """New dated figures on their way into the law. Once published, the database lets nobody change the row.

    `law_version` chains the published ones in the order of `sequence`; both are empty before.
    """

    title = models.CharField(max_length=80)
    reason = models.CharField(max_length=400)
    in_force_date = models.DateField()
    backdating_basis = models.CharField(max_length=400, blank=True)
    status = models.CharField(max_length=12)
    author = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    takes_back = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    examples = models.JSONField(default=dict)
    trial = models.JSONField(default=dict)
    trial_run_id = models.UUIDField(null=True)
    tried_at = models.DateTimeField(null=True)
    tried_on_version = models.CharField(max_length=64, blank=True)
    examples_note = models.CharField(max_length=400, blank=True)
    submitted_at = models.DateTimeField(null=True)
    returned_by = models.ForeignKey("accounts.Account", models.PROTECT, null=True, related_name="+")
    returned_at = models.DateTimeField(null=True)
    return_reason = models.CharField(max_length=400, blank=True)
    signed_by = models.ForeignKey("accounts.Account", models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)
    signed_date = models.DateField(null=True)
    sequence = models.IntegerField(null=True, unique=True)
    law_version = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "publishing_publication"
        indexes = [models.Index(fields=["status", "-drafted_at"], name="publishing_by_status")]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=[s.value for s in Status]), name="publishing_status"),
            models.CheckConstraint(condition=~Q(signed_by=F("author")), name="publishing_four_eyes"),
            models.CheckConstraint(
                condition=~Q(status=Status.PUBLISHED.value)
                | (
                    Q(signed_by__isnull=False, signed_at__isnull=False, signed_date__isnull=False)
                    & Q(sequence__isnull=False, tried_at__isnull=False)
                    & ~Q(law_version="")
                ),
                name="publishing_signed_and_tried",
            ),
            models.CheckConstraint(
                condition=Q(signed_date__isnull=True)
                | Q(in_force_date__gte=F("signed_date"))
                | ~Q(backdating_basis=""),
                name="publishing_never_back_dated",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.RETURNED.value) | ~Q(return_reason=""),
                name="publishing_returned_with_reason",
            ),
        ]


class Version(models.Model):
    """One figure or table of a publication: the whole new value with its source. Money is fen."""

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="versions")
    name = models.CharField(max_length=120)
    value = models.BigIntegerField(null=True)
    edges = models.JSONField(default=list)
    values = models.JSONField(default=list)
    basis = models.CharField(max_length=400)
    doubt = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "publishing_version"
        constraints = [
            models.UniqueConstraint(fields=["publication", "name"], name="publishing_version_once"),
            models.CheckConstraint(condition=~Q(basis=""), name="publishing_version_cited"),
        ]


class TrialLine(models.Model):
    """Somebody for whom a drafted publication changes something, as the last trial found it; fen per month."""

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="+")
    effect = models.CharField(max_length=10)
    scheme = models.CharField(max_length=60)
    area_id = models.IntegerField()
    household_id = models.BigIntegerField()
    person_id = models.BigIntegerField(null=True)
    subject_name = models.CharField(max_length=60)
    before_fen = models.BigIntegerField(null=True)
    after_fen = models.BigIntegerField(null=True)
    difference_fen = models.BigIntegerField(null=True)

    class Meta:
        db_table = "publishing_trial_line"
        indexes = [
            models.Index(fields=["publication", "effect", "-difference_fen", "id"], name="publishing_trial_list")
        ]
        constraints = [
            models.CheckConstraint(condition=Q(effect__in=[e.value for e in Effect]), name="publishing_trial_effect")
        ]


class LawHead(models.Model):
    """The one row that every process reads to know which law is published: the last link of the chain."""

    id = models.SmallIntegerField(primary_key=True)
    sequence = models.IntegerField()
    law_version = models.CharField(max_length=64)

    class Meta:
        db_table = "publishing_law_head"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="publishing_law_head_once")]


class Budget(models.Model):
    """What one scheme may cost in one year, as a document says; a later row of the same scheme and year holds.

    `spent_fen` covers the months before `spent_until`; both empty while nobody has said.
    """

    scheme = models.CharField(max_length=60)
    year = models.IntegerField()
    amount_fen = models.BigIntegerField()
    spent_fen = models.BigIntegerField(null=True)
    spent_until = models.DateField(null=True)
    source = models.CharField(max_length=200)
    entered_by = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        db_table = "publishing_budget"
        indexes = [models.Index(fields=["scheme", "year", "-id"], name="publishing_budget_last")]
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gte=0), name="publishing_budget_amount"),
            models.CheckConstraint(condition=~Q(source=""), name="publishing_budget_source"),
            models.CheckConstraint(
                condition=Q(spent_fen__isnull=True, spent_until__isnull=True)
                | Q(spent_fen__gte=0, spent_until__isnull=False),
                name="publishing_budget_spent",
            ),
        ]
