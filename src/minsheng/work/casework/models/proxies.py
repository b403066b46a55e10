from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from minsheng.work.casework.models.cases import Case
from minsheng.work.casework.models.choices import one_of
from minsheng.work.casework.types import ProxyBasis, ProxyScope


class Proxy(models.Model):
    """Who acts for the applicant of a case (代办、委托): an identified person, on a basis, within a scope, for a time.

    A person of the registry, a member of staff, or somebody else whose identity document was seen: exactly one of them.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="proxies")
    area_id = models.IntegerField()
    person_id = models.BigIntegerField(null=True)
    account_id = models.BigIntegerField(null=True)
    id_sealed = models.BinaryField(null=True)
    name = models.CharField(max_length=60)
    relation = models.CharField(max_length=60)
    basis = models.CharField(max_length=12)
    paper = models.CharField(max_length=200)
    scope = ArrayField(models.CharField(max_length=12))
    valid_from = models.DateField()
    valid_to = models.DateField()
    recorded_by = models.BigIntegerField()
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.BigIntegerField(null=True)
    ended_words = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "casework_proxy"
        constraints = [
            models.CheckConstraint(condition=one_of("basis", ProxyBasis), name="casework_proxy_basis"),
            models.CheckConstraint(condition=Q(valid_to__gt=F("valid_from")), name="casework_proxy_span"),
            models.CheckConstraint(condition=~Q(scope=[]), name="casework_proxy_scope"),
            models.CheckConstraint(
                condition=Q(person_id__isnull=False, account_id__isnull=True, id_sealed__isnull=True)
                | Q(person_id__isnull=True, account_id__isnull=False, id_sealed__isnull=True)
                | Q(person_id__isnull=True, account_id__isnull=True, id_sealed__isnull=False),
                name="casework_proxy_one_identity",
            ),
            models.UniqueConstraint(fields=["case"], name="casework_proxy_one", condition=Q(ended_at__isnull=True)),
        ]

    @property
    def basis_label(self) -> str:
        """This property will be the basis in words."""
        return ProxyBasis(self.basis).label

    @property
    def scope_labels(self) -> str:
        """This property will be what the proxy may do, in words."""
        return "、".join(ProxyScope(code).label for code in self.scope)
