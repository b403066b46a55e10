"""What eligibility does by the clock."""

from datetime import datetime

from minsheng.foundation.access.context import BUSINESS_ZONE
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.jobs.declaring import job
from minsheng.work.eligibility.operations.turning import turn_month


@job("eligibility.evaluate_what_changes_today", idempotent=True, cron="5 16 * * *")
def evaluate_what_changes_today(*, actor: Viewer, at: datetime) -> None:
    """This job will evaluate whom a birthday, a new month or a new figure concerns, each night at 00:05 in Shanghai."""
    turn_month(actor=actor, at=at, as_of=at.astimezone(BUSINESS_ZONE).date())
