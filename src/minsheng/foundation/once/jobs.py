from datetime import datetime

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.jobs.declaring import job
from minsheng.foundation.once import operations
from minsheng.foundation.once.rules import KEPT


@job("once.forget", idempotent=True, cron="43 * * * *")
def forget(*, actor: Viewer, at: datetime) -> None:
    """This job will delete keys and answers that are older than seven days."""
    operations.forget(before=at - KEPT)
