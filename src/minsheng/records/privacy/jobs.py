"""What the clock asks of privacy: each night, what is past its term goes."""

from datetime import datetime

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.jobs.declaring import job
from minsheng.records.privacy import retention


@job("privacy.purge", idempotent=True, cron="27 18 * * *")
def purge_nightly(*, actor: Viewer, at: datetime) -> None:
    """This job will clear away what is past its term and not held, at 02:27 in Shanghai."""
    retention.purge(actor=actor, at=at)
