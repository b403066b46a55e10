from typing import Any

from django.db import models
from django.db.models import Q

from minsheng.foundation.calendars.types import DayKind


class CalendarYear(models.Model):
    """A year whose holidays are announced and entered; a year without a row cannot be counted through."""

    year = models.SmallIntegerField(primary_key=True)
    revision = models.SmallIntegerField()
    source = models.CharField(max_length=200)
    entered_by = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    objects: Any = models.Manager()

    class Meta:
        db_table = "calendars_year"


class CalendarDay(models.Model):
    """One day that differs from its weekday, and the year of the notice that says so (maybe the next year)."""

    date = models.DateField(primary_key=True)
    notice = models.ForeignKey(CalendarYear, models.PROTECT, related_name="days")
    kind = models.CharField(max_length=16)
    name = models.CharField(max_length=40)

    objects: Any = models.Manager()

    class Meta:
        db_table = "calendars_day"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[kind.value for kind in DayKind]), name="calendars_day_kind"),
            models.CheckConstraint(
                condition=~Q(kind=DayKind.MAKEUP_WORKDAY.value) | Q(date__iso_week_day__gte=6),
                name="calendars_day_makeup_on_weekend",
            ),
        ]


class CalendarRevision(models.Model):
    """Every version of a year as it was entered, never changed: decisions of the past can be counted as they were."""

    notice = models.ForeignKey(CalendarYear, models.PROTECT, related_name="revisions")
    number = models.SmallIntegerField()
    days = models.JSONField()
    source = models.CharField(max_length=200)
    entered_by = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    objects: Any = models.Manager()

    class Meta:
        db_table = "calendars_revision"
        constraints = [models.UniqueConstraint(fields=["notice", "number"], name="calendars_revision_number")]
