"""What a publication sets going: the evaluation of everybody under the schemes it concerns. Safe to repeat."""

from datetime import datetime

from minsheng.foundation.access.context import BUSINESS_ZONE
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.events.operations import subscribe
from minsheng.foundation.jobs.declaring import enqueue
from minsheng.work.eligibility.publishing.events import PolicyPublished
from minsheng.work.eligibility.publishing.rules import first_month_in_force


def listen() -> None:
    """This function will subscribe to publications."""
    subscribe(PolicyPublished, evaluate_when_in_force, name="eligibility.policy_published")


def evaluate_when_in_force(happened: PolicyPublished, /, *, actor: Viewer, at: datetime) -> None:
    """This function will queue the evaluation when this month already follows the new figures.

    A later month is taken up by the job of the first night of that month, which sees that the law has changed.
    """
    from minsheng.work.eligibility.publishing.jobs import evaluate_publication

    if first_month_in_force(happened.in_force_date) <= at.astimezone(BUSINESS_ZONE).date():
        enqueue(evaluate_publication, lock="eligibility.evaluate", publication_id=happened.publication_id)
