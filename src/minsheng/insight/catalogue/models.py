"""Tables of the catalogue: counts, never persons. What is described is not stored: it is read from the code."""

from django.db import models
from django.db.models import Q

from minsheng.insight.catalogue.types import Dimension, IssueState


class Measurement(models.Model):
    """How good one field or dataset was on one day."""

    day_date = models.DateField("哪一天量的")
    dataset = models.CharField("数据集", max_length=60)
    field = models.CharField("字段", max_length=120, blank=True, help_text="空的表示整个数据集")
    dimension = models.CharField("哪一面", max_length=12)
    looked_at = models.BigIntegerField("看了多少")
    failing = models.BigIntegerField("不合格多少")

    class Meta:
        db_table = "catalogue_measurement"
        constraints = [
            models.UniqueConstraint(
                fields=["day_date", "dataset", "field", "dimension"], name="catalogue_measurement_once"
            ),
            models.CheckConstraint(
                condition=Q(failing__gte=0, failing__lte=models.F("looked_at")), name="catalogue_measurement_share"
            ),
            models.CheckConstraint(
                condition=Q(dimension__in=[d.value for d in Dimension]), name="catalogue_measurement_dimension"
            ),
        ]
        indexes = [models.Index(fields=["dataset", "-day_date"], name="catalogue_measurement_trend")]


class Issue(models.Model):
    """Something that is worse than expected, sent to whoever answers for it; closed only by a better measurement."""

    dataset = models.CharField("数据集", max_length=60)
    field = models.CharField("字段", max_length=120, blank=True)
    dimension = models.CharField("哪一面", max_length=12)
    state = models.CharField("状态", max_length=8, default=IssueState.OPEN)
    opened_day = models.DateField("发现日期")
    permille = models.IntegerField("最近一次量到的好的比例", help_text="千分数")
    least_permille = models.IntegerField("应当达到的比例", help_text="千分数")
    why = models.CharField("为什么要求这么高", max_length=200)
    handler_id = models.BigIntegerField("经办人", null=True)
    handler_name = models.CharField("经办人姓名", max_length=40, blank=True)
    answer = models.CharField("答复", max_length=400, blank=True)
    changed_at = models.DateTimeField("最近变动时间")

    class Meta:
        db_table = "catalogue_issue"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=[s.value for s in IssueState]), name="catalogue_issue_state"),
            models.UniqueConstraint(
                fields=["dataset", "field", "dimension"],
                name="catalogue_issue_once_open",
                condition=~Q(state=IssueState.CLOSED.value),
            ),
        ]
