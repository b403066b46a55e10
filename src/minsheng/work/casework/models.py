from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from minsheng.work.casework.types import ENDED, Act, CheckState, Origin, Outcome, Status


def _one_of(field: str, codes: type[Status] | type[Origin] | type[CheckState] | type[Outcome]) -> Q:
    return Q(**{f"{field}__in": [code.value for code in codes]})


class Delegation(models.Model):
    """From a day on, the street confirms instead of the bureau (社会救助法 Art 44); one row per change."""

    procedure = models.CharField(max_length=60)
    valid_from = models.DateField()
    to_street = models.BooleanField()
    basis = models.CharField(max_length=200)
    set_by = models.BigIntegerField()
    set_at = models.DateTimeField()

    class Meta:
        db_table = "casework_delegation"
        constraints = [
            models.UniqueConstraint(fields=["procedure", "valid_from"], name="casework_delegation_once_a_day")
        ]


class Case(models.Model):
    """One matter of one household or person under one procedure, from the first draft to the last review."""

    area_id = models.IntegerField()
    household_id = models.BigIntegerField()
    person_id = models.BigIntegerField(null=True)
    applicant_id = models.BigIntegerField()
    subject_name = models.CharField(max_length=60)
    procedure = models.CharField(max_length=60)
    edition = models.CharField(max_length=30)
    scheme = models.CharField(max_length=60)
    delegated = models.BooleanField(default=False)
    status = models.CharField(max_length=20)
    suspended_from = models.CharField(max_length=20, blank=True)
    round = models.SmallIntegerField(default=1)
    relative_flag = models.CharField(max_length=200, blank=True)
    extended_ground = models.CharField(max_length=40, blank=True)
    origin = models.CharField(max_length=12)
    finding_id = models.BigIntegerField(null=True)
    opened_at = models.DateTimeField()
    handler_id = models.BigIntegerField()
    answers = models.JSONField(default=dict)
    due_date = models.DateField(null=True)
    due_limit = models.CharField(max_length=30, blank=True)
    required = ArrayField(models.CharField(max_length=30), default=list)
    grant_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "casework_case"
        indexes = [
            models.Index(fields=["due_date", "id"], name="casework_case_due"),
            models.Index(fields=["household_id"], name="casework_case_household"),
            models.Index(fields=["handler_id", "status"], name="casework_case_handler"),
        ]
        constraints = [
            models.CheckConstraint(condition=_one_of("status", Status), name="casework_case_status"),
            models.CheckConstraint(condition=_one_of("origin", Origin), name="casework_case_origin"),
            models.CheckConstraint(
                condition=~Q(status=Status.SUSPENDED.value) | ~Q(suspended_from=""), name="casework_case_suspended_from"
            ),
            models.UniqueConstraint(
                fields=["procedure", "scheme", "household_id", "person_id"],
                name="casework_case_once_open",
                condition=~Q(status__in=sorted(status.value for status in ENDED)),
                nulls_distinct=False,
            ),
        ]

    @property
    def number(self) -> str:
        """This property will be the number that letters carry: year and running number."""
        return f"{self.opened_at.year}{self.pk:06d}"


class CaseAct(models.Model):
    """One act done to a case. Append-only: the clock, separate duties and the file itself are read from here."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="acts")
    area_id = models.IntegerField()
    act = models.CharField(max_length=30)
    status_before = models.CharField(max_length=20)
    status_after = models.CharField(max_length=20)
    round = models.SmallIntegerField()
    account_id = models.BigIntegerField()
    account_name = models.CharField(max_length=40)
    role = models.CharField(max_length=40)
    at = models.DateTimeField()
    day_date = models.DateField()
    note = models.CharField(max_length=1000, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        db_table = "casework_act"
        indexes = [models.Index(fields=["case", "id"], name="casework_act_case")]

    @property
    def act_label(self) -> str:
        """This property will be the act in words."""
        return Act(self.act).label


class Authorisation(models.Model):
    """Who allows which sources to be asked, for what, from when to when (57号 Art 9; 救助法 Art 41)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="authorisations")
    area_id = models.IntegerField()
    sources = ArrayField(models.CharField(max_length=30))
    person_ids = ArrayField(models.BigIntegerField())
    purpose = models.CharField(max_length=60)
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
    """One question to one source about one subject, under one authorisation."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="checks")
    area_id = models.IntegerField()
    authorisation = models.ForeignKey(Authorisation, models.PROTECT, related_name="+")
    source = models.CharField(max_length=30)
    subject_kind = models.CharField(max_length=10)
    subject_id = models.BigIntegerField()
    purpose = models.CharField(max_length=60)
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
            models.CheckConstraint(condition=_one_of("state", CheckState), name="casework_check_state"),
            models.UniqueConstraint(
                fields=["case", "source", "subject_kind", "subject_id", "attempt"], name="casework_check_once"
            ),
        ]


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

    class Meta:
        db_table = "casework_decision"
        constraints = [
            models.CheckConstraint(condition=_one_of("outcome", Outcome), name="casework_decision_outcome"),
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


class Delay(models.Model):
    """A limit that passed: since when it is known, and the reason that somebody named."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="delays")
    area_id = models.IntegerField()
    limit_code = models.CharField(max_length=30)
    due_date = models.DateField()
    noticed_at = models.DateTimeField()
    reason = models.CharField(max_length=300, blank=True)
    named_by = models.BigIntegerField(null=True)
    named_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "casework_delay"
        constraints = [
            models.UniqueConstraint(fields=["case", "limit_code", "due_date"], name="casework_delay_once"),
            models.CheckConstraint(
                condition=Q(reason="", named_by__isnull=True) | (~Q(reason="") & Q(named_by__isnull=False)),
                name="casework_delay_named",
            ),
        ]


class Referral(models.Model):
    """A need handed to a department or a social force (1+8+X, 助联体), open until somebody says what became of it."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="referrals")
    area_id = models.IntegerField()
    partner = models.CharField(max_length=30)
    need = models.CharField(max_length=500)
    referred_by = models.BigIntegerField()
    referred_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "casework_referral"


class Appeal(models.Model):
    """A reconsideration or a lawsuit against one decision (57号 Art 37), and its result."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="appeals")
    area_id = models.IntegerField()
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    authority = models.CharField(max_length=100)
    grounds = models.CharField(max_length=1000)
    lodged_date = models.DateField()
    result = models.CharField(max_length=20, blank=True)
    result_words = models.CharField(max_length=1000, blank=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "casework_appeal"
