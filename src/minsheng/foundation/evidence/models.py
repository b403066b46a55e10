"""Tables of evidence, all append-only. They hold hashes and counts, no word about a person."""

from django.db import models
from django.db.models import Q

from minsheng.foundation.audit.rules import instant
from minsheng.foundation.evidence.types import CheckKind, RootLine


class Leaf(models.Model):
    """The place of one audit entry in the sealed order; positions have no gaps, whatever was rolled back."""

    position = models.BigIntegerField(primary_key=True)
    entry_id = models.UUIDField(unique=True)
    digest = models.BinaryField()

    class Meta:
        db_table = "evidence_leaf"


class Root(models.Model):
    """The root over the leaves `first` … `first + size - 1`, chained to the root before; size 0 is a heartbeat."""

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    first = models.BigIntegerField()
    size = models.IntegerField()
    digest = models.BinaryField()
    previous = models.CharField(max_length=64)
    settled_before = models.DecimalField(max_digits=20, decimal_places=0)
    """Every transaction below this number had ended when the root was made, and what it wrote is sealed."""

    class Meta:
        db_table = "evidence_root"
        constraints = [
            models.CheckConstraint(condition=Q(size__gte=0, first__gte=0, number__gte=1), name="evidence_root_sense")
        ]

    @property
    def line(self) -> RootLine:
        """This property will return the root as it is written outside."""
        return RootLine(
            self.number, instant(self.at), self.first, self.size, bytes(self.digest).hex(), str(self.previous)
        )


class Check(models.Model):
    """The record of one check: what was asked, what was gone through, what was found."""

    kind = models.CharField(max_length=10)
    at = models.DateTimeField()
    account_name = models.CharField(max_length=40)
    holds = models.BooleanField()
    summary = models.CharField(max_length=300)
    detail = models.JSONField(default=dict)

    class Meta:
        db_table = "evidence_check"
        indexes = [models.Index(fields=["kind", "-at"], name="evidence_check_kind")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[k.value for k in CheckKind]), name="evidence_check_kinds")
        ]
