"""After everybody was evaluated the report of the month is kept. Safe to repeat: the month is written anew."""

from datetime import datetime

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.events.operations import subscribe
from minsheng.work.eligibility.events import DistrictEvaluated
from minsheng.work.eligibility.missed.operations import keep_month


def listen() -> None:
    """This function will subscribe to the end of an evaluation."""
    subscribe(DistrictEvaluated, keep_report, name="eligibility.keep_missed_report")


def keep_report(happened: DistrictEvaluated, /, *, actor: Viewer, at: datetime) -> None:
    """This function will keep the report of the evaluated month."""
    keep_month(actor=actor, at=at, month=happened.month)
