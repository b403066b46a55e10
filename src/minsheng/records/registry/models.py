"""Tables of the registry. Every one that holds a person is under row-level security by `area_id`.

Texts that are searched by their beginning carry the C collation, so that a plain btree answers `>=` and `<`.
"""

from enum import StrEnum

from django.db import models
from django.db.models import F, Q

from minsheng.records.registry.types import (
    HouseholdKind,
    IdKind,
    LabellingState,
    LabelReason,
    MembershipKind,
    OrganisationKind,
    RelationKind,
    Sex,
    SubjectKind,
    ThingKind,
)


def _one_of(column: str, codes: type[StrEnum], name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(**{f"{column}__in": [str(c) for c in codes]}), name=name)


def _span(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name=name)


class Dwelling(models.Model):
    """One home: a door that can be knocked at."""

    area = models.ForeignKey("access.Area", models.PROTECT, related_name="+", db_index=False)
    estate = models.CharField(max_length=60, db_collation="C")
    building = models.CharField(max_length=20)
    unit = models.CharField(max_length=20, blank=True)
    room = models.CharField(max_length=20, blank=True)
    address = models.CharField(max_length=200)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    grid_no = models.CharField(max_length=40, blank=True)

    class Meta:
        db_table = "registry_dwelling"
        indexes = [
            models.Index(fields=["estate", "building", "unit", "room"], name="registry_dwelling_door"),
            models.Index(fields=["area", "estate", "building"], name="registry_dwelling_area"),
        ]


class Household(models.Model):
    """People who live or are registered together."""

    area = models.ForeignKey("access.Area", models.PROTECT, related_name="+", db_index=False)
    dwelling = models.ForeignKey(Dwelling, models.PROTECT, null=True, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, default=HouseholdKind.FAMILY)

    class Meta:
        db_table = "registry_household"
        indexes = [
            models.Index(fields=["dwelling"], name="registry_household_dwelling"),
            models.Index(fields=["area", "id"], name="registry_household_area"),
        ]
        constraints = [_one_of("kind", HouseholdKind, "registry_household_kind")]


class Person(models.Model):
    """One human being; numbers are sealed and found by blind indexes. `source` says who vouches for this row."""

    area = models.ForeignKey("access.Area", models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=60, db_collation="C")
    name_pinyin = models.CharField(max_length=120, db_collation="C")
    name_initials = models.CharField(max_length=30, db_collation="C")
    given_name = models.CharField(max_length=60, db_collation="C")
    sex = models.CharField(max_length=6, null=True)
    birth_date = models.DateField(null=True)
    id_kind = models.CharField(max_length=18)
    id_sealed = models.BinaryField(null=True)
    id_index = models.BinaryField(null=True)
    phone_sealed = models.BinaryField(null=True)
    phone_index = models.BinaryField(null=True)
    phone_tail = models.SmallIntegerField(null=True)
    source = models.CharField(max_length=20)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField()
    # The security label in force (ProtectionLevel): written by the trigger of registry_labelling, by nobody else.
    protection_level = models.SmallIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "registry_person"
        # Those that begin with the text serve a whole district, in order and without a look at the table (so the area
        # is in them for row-level security); those that begin with the area serve a street or a community.
        indexes = [
            models.Index(fields=["name", "id"], name="registry_person_name", include=["area"]),
            models.Index(fields=["area", "name", "id"], name="registry_person_area_name"),
            models.Index(fields=["given_name", "id"], name="registry_person_given", include=["area", "name"]),
            models.Index(fields=["area", "given_name", "id"], name="registry_person_area_given"),
            models.Index(fields=["name_pinyin", "id"], name="registry_person_pinyin", include=["area"]),
            models.Index(fields=["area", "name_pinyin", "id"], name="registry_person_area_pinyin"),
            models.Index(
                fields=["name_initials", "id"], name="registry_person_initials", include=["area", "name_pinyin"]
            ),
            models.Index(fields=["area", "name_initials", "id"], name="registry_person_area_initials"),
            models.Index(fields=["phone_index"], name="registry_person_phone", condition=Q(phone_index__isnull=False)),
            models.Index(fields=["phone_tail"], name="registry_person_tail", condition=Q(phone_tail__isnull=False)),
            # The unique constraint serves those that stand; these are the few that were merged away.
            models.Index(fields=["id_index"], name="registry_person_merged_id", condition=Q(merged_into__isnull=False)),
            models.Index(fields=["merged_into"], name="registry_person_merged", condition=Q(merged_into__isnull=False)),
            # The few who are labelled, for every statement of everybody.
            models.Index(
                fields=["protection_level", "id"], name="registry_person_labelled", condition=Q(protection_level__gt=0)
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["id_index"], name="registry_person_id_once", condition=Q(merged_into__isnull=True)
            ),
            _one_of("id_kind", IdKind, "registry_person_id_kind"),
            models.CheckConstraint(
                condition=Q(sex__isnull=True) | Q(sex__in=[str(s) for s in Sex]), name="registry_person_sex"
            ),
            models.CheckConstraint(
                condition=Q(id_sealed__isnull=True, id_index__isnull=True)
                | Q(id_sealed__isnull=False, id_index__isnull=False),
                name="registry_person_id_both",
            ),
            models.CheckConstraint(
                condition=~Q(id_kind=IdKind.NONE.value) | Q(id_index__isnull=True), name="registry_person_no_id"
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")), name="registry_person_not_self"
            ),
            models.CheckConstraint(
                condition=Q(protection_level__gte=0, protection_level__lte=2), name="registry_person_protection_level"
            ),
        ]


class Labelling(models.Model):
    """One change of a person's security label: raised by one at once, lowered once a second person agrees."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    level_before = models.SmallIntegerField()
    level_after = models.SmallIntegerField()
    reason = models.CharField(max_length=20)
    note = models.CharField(max_length=200)
    state = models.CharField(max_length=8)
    labelled_at = models.DateTimeField()
    labelled_by = models.BigIntegerField()
    labelled_by_name = models.CharField(max_length=40)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)
    decided_by_name = models.CharField(max_length=40, blank=True, default="")
    answer = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        db_table = "registry_labelling"
        indexes = [models.Index(fields=["person", "id"], name="registry_labelling_person")]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], name="registry_labelling_one_open", condition=Q(state=LabellingState.PROPOSED.value)
            ),
            models.CheckConstraint(
                condition=Q(level_before__gte=0, level_before__lte=2, level_after__gte=0, level_after__lte=2)
                & ~Q(level_before=F("level_after")),
                name="registry_labelling_levels",
            ),
            _one_of("state", LabellingState, "registry_labelling_state"),
            _one_of("reason", LabelReason, "registry_labelling_reason"),
            models.CheckConstraint(
                condition=Q(
                    level_after__gt=F("level_before"), state=LabellingState.IN_FORCE.value, decided_by__isnull=True
                )
                | Q(level_after__lt=F("level_before"), state=LabellingState.PROPOSED.value, decided_by__isnull=True)
                | Q(level_after__lt=F("level_before"), decided_by__isnull=False)
                & ~Q(state=LabellingState.PROPOSED.value),
                name="registry_labelling_two_lower",
            ),
        ]


class Membership(models.Model):
    """A person in a household for a half-open span of days, with the relation to its head."""

    area = models.ForeignKey("access.Area", models.PROTECT, related_name="+", db_index=False)
    household = models.ForeignKey(Household, models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=9)
    relation = models.CharField(max_length=14, null=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        db_table = "registry_membership"
        indexes = [
            models.Index(fields=["household"], name="registry_membership_household"),
            models.Index(fields=["person"], name="registry_membership_person"),
        ]
        constraints = [
            _span("registry_membership_span"),
            _one_of("kind", MembershipKind, "registry_membership_kind"),
            models.UniqueConstraint(
                fields=["person", "kind"], name="registry_membership_one_open", condition=Q(valid_to__isnull=True)
            ),
        ]


class Relation(models.Model):
    """What somebody is to a person: another person of the registry, or an outsider by name."""

    area = models.ForeignKey("access.Area", models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    relative = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    kind = models.CharField(max_length=12)
    name = models.CharField(max_length=60, blank=True)
    alive = models.BooleanField(null=True)

    class Meta:
        db_table = "registry_relation"
        indexes = [
            models.Index(fields=["person"], name="registry_relation_person"),
            models.Index(fields=["relative"], name="registry_relation_relative"),
        ]
        constraints = [
            _one_of("kind", RelationKind, "registry_relation_kind"),
            models.CheckConstraint(
                condition=Q(relative__isnull=False) | ~Q(name=""), name="registry_relation_somebody"
            ),
            models.CheckConstraint(
                condition=Q(relative__isnull=True) | ~Q(relative=F("person")), name="registry_relation_not_self"
            ),
        ]


class Statement(models.Model):
    """What one source said about one subject; never changed, only retracted."""

    area = models.ForeignKey("access.Area", models.PROTECT, related_name="+", db_index=False)
    subject_kind = models.CharField(max_length=9)
    subject_id = models.BigIntegerField()
    source = models.CharField(max_length=20)
    values = models.JSONField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    retracted_at = models.DateTimeField(null=True)
    confidence = models.SmallIntegerField()

    class Meta:
        db_table = "registry_statement"
        indexes = [models.Index(fields=["subject_id", "subject_kind"], name="registry_statement_subject")]
        constraints = [
            _span("registry_statement_span"),
            _one_of("subject_kind", SubjectKind, "registry_statement_subject_kind"),
            models.CheckConstraint(
                condition=Q(confidence__gte=0, confidence__lte=100), name="registry_statement_confidence"
            ),
        ]


class Coverage(models.Model):
    """A register that is complete for an attribute as of a day: absence from it means `absent_value`."""

    source = models.CharField(max_length=20)
    attribute = models.CharField(max_length=40)
    complete_as_of = models.DateField()
    absent_value = models.JSONField()
    good_for_days = models.IntegerField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "registry_coverage"
        constraints = [
            models.UniqueConstraint(fields=["source", "attribute", "complete_as_of"], name="registry_coverage_once")
        ]


class Merge(models.Model):
    """Two records found to be one person; taken back, the row stays with its day of return."""

    area = models.ForeignKey("access.Area", models.PROTECT, related_name="+", db_index=False)
    kept = models.ForeignKey(Person, models.PROTECT, related_name="+")
    merged = models.ForeignKey(Person, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    merged_at = models.DateTimeField()
    merged_by = models.BigIntegerField()
    unmerged_at = models.DateTimeField(null=True)
    unmerged_by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "registry_merge"
        constraints = [
            models.UniqueConstraint(
                fields=["merged"], name="registry_merge_one_open", condition=Q(unmerged_at__isnull=True)
            )
        ]


class Organisation(models.Model):
    """An organisation by its unified social credit code (GB 32100-2015)."""

    area = models.ForeignKey("access.Area", models.PROTECT, related_name="+")
    credit_code = models.CharField(max_length=18, unique=True)
    name = models.CharField(max_length=100, db_collation="C")
    kind = models.CharField(max_length=20)
    founded_date = models.DateField(null=True)
    places = models.IntegerField(null=True)

    class Meta:
        db_table = "registry_organisation"
        constraints = [_one_of("kind", OrganisationKind, "registry_organisation_kind")]


class Thing(models.Model):
    """A facility, a piece of equipment, or a happening at a place; its facts are statements."""

    area = models.ForeignKey("access.Area", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=100)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    happened_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "registry_thing"
        constraints = [_one_of("kind", ThingKind, "registry_thing_kind")]


class LoadProgress(models.Model):
    """How far a bulk load came: one row per table that is whole; a restart goes on behind it."""

    load = models.CharField(max_length=64)
    table = models.CharField(max_length=40)
    rows = models.BigIntegerField()
    finished_at = models.DateTimeField()

    class Meta:
        db_table = "registry_load_progress"
        constraints = [models.UniqueConstraint(fields=["load", "table"], name="registry_load_progress_once")]
