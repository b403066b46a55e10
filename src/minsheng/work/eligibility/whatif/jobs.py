from datetime import datetime

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.jobs.declaring import job
from minsheng.work.eligibility.whatif.operations import take_snapshot


@job("eligibility.snapshot", idempotent=True, cron="40 5 * * *")
def snapshot(*, actor: Viewer, at: datetime) -> None:
    """This job will take a fresh snapshot, each morning and when somebody asks."""
    take_snapshot(actor=actor, at=at, as_of=at.date())
