"""The jobs of the house itself: deliver events, settle dead jobs, clear away what is done."""

from datetime import datetime, timedelta

from asgiref.sync import async_to_sync
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.manager import JobManager

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.events import operations as events
from minsheng.foundation.jobs import operations
from minsheng.foundation.jobs.declaring import Step, enqueue, job

DELIVERED_EVENTS_KEPT = timedelta(days=30)
FINISHED_JOBS_KEPT_HOURS = 24
_ROUND_EVENTS = 200


@job("jobs.deliver_events", idempotent=True, in_steps=True, cron="* * * * *")
def deliver_events(*, step: Step) -> None:
    """This job will hand waiting events to their subscribers until none is left that can be delivered now."""
    while True:
        with step() as turn:
            actor, at = turn.actor, turn.at
        report = events.deliver_pending(
            actor=actor,
            at=at,
            limit=_ROUND_EVENTS,
            scope=lambda: acting_as(viewer=actor, at=at),  # noqa: B023
        )
        if not report.delivered:
            return


@job("jobs.reap_stalled", idempotent=True, cron="* * * * *")
def reap_stalled(*, actor: Viewer, at: datetime) -> None:
    """This job will settle jobs whose worker died."""
    operations.reap_stalled(at=at)


@job("jobs.clear_away", idempotent=True, cron="17 * * * *")
def clear_away(*, actor: Viewer, at: datetime) -> None:
    """This job will delete delivered events, finished runs and succeeded jobs that nobody asks about any more."""
    events.forget_delivered(before=at - DELIVERED_EVENTS_KEPT)
    operations.forget_finished(at=at)
    async_to_sync(JobManager(DjangoConnector(alias="default")).delete_old_jobs)(nb_hours=FINISHED_JOBS_KEPT_HOURS)


def wake_delivery() -> None:
    """This function will queue a delivery unless one is waiting; called after each commit that published."""
    enqueue(deliver_events, once="jobs.deliver_events")
