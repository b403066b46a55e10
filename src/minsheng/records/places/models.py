from typing import Any

from django.db import models
from django.db.models import F, Q

from minsheng.records.places.types import ChangeKind, DivisionKind, ImportStatus


class Division(models.Model):
    """One version of a division: what a code meant during a half-open span of days.

    The parent is a code, not a row: 清波街道 stays one row although its district is a new one since April 2021.
    Two versions of one code never overlap (exclusion constraint in the migration). Public reference data, not scoped.
    """

    code = models.CharField(max_length=16)
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=12)
    parent_code = models.CharField(max_length=16, blank=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    area = models.ForeignKey("access.Area", models.PROTECT, null=True, related_name="+")
    search_text = models.CharField(max_length=300)
    source = models.CharField(max_length=120)
    note = models.CharField(max_length=200, blank=True)

    objects: Any = models.Manager()

    class Meta:
        db_table = "places_division"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[k.value for k in DivisionKind]), name="places_division_kind"),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[1-9][0-9]{11}([0-9]{4})?$"), name="places_division_code"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="places_division_span",
            ),
            models.UniqueConstraint(
                fields=["code", "valid_from"], name="places_division_version", nulls_distinct=False
            ),
        ]
        indexes = [
            models.Index(fields=["parent_code", "code"], name="places_division_parent"),
            models.Index(fields=["kind", "code"], name="places_division_by_kind"),
        ]


class DivisionChange(models.Model):
    """One division became, or gave a part to, another on a day; with the document that says so and what is in doubt."""

    effective_date = models.DateField()
    kind = models.CharField(max_length=8)
    before = models.ForeignKey(Division, models.PROTECT, related_name="+")
    after = models.ForeignKey(Division, models.PROTECT, related_name="+")
    basis = models.CharField(max_length=200)
    doubt = models.CharField(max_length=200, blank=True)

    objects: Any = models.Manager()

    class Meta:
        db_table = "places_change"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[k.value for k in ChangeKind]), name="places_change_kind"),
            models.CheckConstraint(condition=~Q(before=F("after")), name="places_change_between_two"),
            models.UniqueConstraint(fields=["before", "after"], name="places_change_once"),
        ]


class BoundaryImport(models.Model):
    """A GeoJSON file with the shapes of one level: checked, shown, applied or not. `effects` is what undo needs."""

    filename = models.CharField(max_length=200)
    content_hash = models.CharField(max_length=64)
    level = models.CharField(max_length=12)
    effective_date = models.DateField()
    source = models.CharField(max_length=200)
    status = models.CharField(max_length=10, default=ImportStatus.STAGED.value)
    features = models.JSONField()
    report = models.JSONField()
    effects = models.JSONField(default=list)
    uploaded_by = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+")
    uploaded_by_name = models.CharField(max_length=40)
    uploaded_at = models.DateTimeField()
    decided_by_name = models.CharField(max_length=40, blank=True)
    decided_at = models.DateTimeField(null=True)

    objects: Any = models.Manager()

    class Meta:
        db_table = "places_boundary_import"
        constraints = [
            models.CheckConstraint(condition=Q(status__in=[s.value for s in ImportStatus]), name="places_import_status")
        ]


class DivisionShape(models.Model):
    """The outline of a division during a half-open span of days, WGS84. `is_schematic`: drawn by us, labelled 示意."""

    code = models.CharField(max_length=16)
    level = models.CharField(max_length=12)
    geometry = models.JSONField()
    area_m2 = models.BigIntegerField()
    is_schematic = models.BooleanField()
    source = models.CharField(max_length=200)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    brought_by = models.ForeignKey(BoundaryImport, models.PROTECT, null=True, related_name="shapes")
    changed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    objects: Any = models.Manager()

    class Meta:
        db_table = "places_shape"
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="places_shape_span",
            ),
        ]
        indexes = [models.Index(fields=["level", "code"], name="places_shape_by_level")]
