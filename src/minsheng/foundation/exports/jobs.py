"""What the clock asks of exports: each quarter of an hour, files whose time has run out go."""

from datetime import datetime

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.exports import operations
from minsheng.foundation.jobs.declaring import job


@job("exports.clear", idempotent=True, cron="*/15 * * * *")
def clear(*, actor: Viewer, at: datetime) -> None:
    """This job will delete the files of lists that were refused or whose time has run out."""
    operations.clear_away(actor=actor, at=at)
