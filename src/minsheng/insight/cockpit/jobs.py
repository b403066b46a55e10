"""What the cockpit does by the clock: figures of the night, so that its pages need not count anybody."""

from datetime import datetime

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.jobs.declaring import job
from minsheng.insight.cockpit import operations


@job("cockpit.keep_figures", idempotent=True, cron="10 18 * * *")
def keep_figures(*, actor: Viewer, at: datetime) -> None:
    """This job will keep the figures of the day and recheck those of the last month, at 02:10 in Shanghai."""
    operations.keep_figures(actor=actor, at=at)
    operations.recheck_figures(actor=actor, at=at)
