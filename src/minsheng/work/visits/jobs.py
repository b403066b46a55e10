"""What visits does by the clock: scores that change today, then the plan."""

from datetime import datetime

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.jobs.declaring import job
from minsheng.work.visits import operations


@job("visits.score_and_plan", idempotent=True, cron="40 16 * * *")
def score_and_plan(*, actor: Viewer, at: datetime) -> None:
    """This job will score whom the calendar concerns and plan what is due, each night at 00:40 in Shanghai."""
    operations.rescore_due(actor=actor, at=at)
    operations.plan_visits(actor=actor, at=at)
