"""What the catalogue does by night: measure, and send what is worse than expected to whoever answers for it."""

from datetime import datetime

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.jobs.declaring import job
from minsheng.insight.catalogue import operations


@job("catalogue.measure", idempotent=True, cron="30 18 * * *")
def measure(*, actor: Viewer, at: datetime) -> None:
    """This job will measure the quality of all data, each night at 02:30 in Shanghai."""
    operations.measure_quality(actor=actor, at=at)
