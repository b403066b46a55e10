"""The jobs of the entrance: forget what was kept too long, stop sleeping accounts, ask after openings."""

import logging
from datetime import datetime, timedelta

from minsheng.foundation.access import operations as access
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.entrance import operations
from minsheng.foundation.entrance.rules import KEPT_FORM_HOURS
from minsheng.foundation.jobs.declaring import job

log = logging.getLogger("minsheng.entrance")


@job("entrance.forget_kept_forms", idempotent=True, cron="41 * * * *")
def forget_kept_forms(*, actor: Viewer, at: datetime) -> None:
    """This job will forget forms that nobody came back for within a day."""
    operations.drop_kept(account_id=0, before=at - timedelta(hours=KEPT_FORM_HOURS))


@job("entrance.disable_dormant", idempotent=True, cron="23 2 * * *")
def disable_dormant(*, actor: Viewer, at: datetime) -> None:
    """This job will stop the accounts of people who have not signed in for ninety days."""
    operations.disable_dormant(actor=actor, at=at)


@job("entrance.ask_for_reviews", idempotent=True, cron="*/15 * * * *")
def ask_for_reviews(*, actor: Viewer, at: datetime) -> None:
    """This job will raise an alarm for each emergency opening that no second person has reviewed within a day."""
    for number in access.alarm_unreviewed(actor=actor, at=at):
        log.error("break-glass %s was not reviewed within 24 hours", number)
