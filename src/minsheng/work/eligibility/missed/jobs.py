"""The report is kept on the last evenings of a month too, with the reasons that workers found out in it."""

from datetime import datetime

from minsheng.foundation.access.context import BUSINESS_ZONE
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.jobs.declaring import job
from minsheng.work.eligibility.missed.operations import keep_month


@job("eligibility.keep_missed_report", idempotent=True, cron="30 14 * * *")
def keep_missed_report(*, actor: Viewer, at: datetime) -> None:
    """This job will write the report of the running month anew, each evening (22:30 in Shanghai)."""
    keep_month(actor=actor, at=at, month=at.astimezone(BUSINESS_ZONE).date().replace(day=1))
