import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q

from minsheng.foundation.jobs.types import RunState


class JobRun(models.Model):
    """A piece of long work as its owner sees it. `done` is written in the transaction of the rows it counts."""

    run_id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind = models.CharField(max_length=80)
    label = models.CharField(max_length=120)
    owner = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+")
    state = models.CharField(max_length=12)
    resumable = models.BooleanField()
    total = models.IntegerField(null=True)
    done = models.IntegerField(default=0)
    errors = models.IntegerField(default=0)
    message = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)  # of the present stretch of work
    worked_seconds = models.FloatField(default=0)  # in earlier stretches, before interruptions
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    job_id = models.BigIntegerField(null=True)

    objects: Any = models.Manager()

    class Meta:
        db_table = "jobs_run"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=[state.value for state in RunState]), name="jobs_run_state"),
            models.CheckConstraint(
                condition=Q(total__isnull=True) | Q(done__lte=F("total")), name="jobs_run_done_within_total"
            ),
            models.CheckConstraint(condition=Q(done__gte=0, errors__gte=0), name="jobs_run_counts"),
        ]
        indexes = [
            models.Index(fields=["owner", "-asked_at"], name="jobs_run_owner"),
            models.Index(fields=["job_id"], name="jobs_run_job", condition=Q(job_id__isnull=False)),
        ]
