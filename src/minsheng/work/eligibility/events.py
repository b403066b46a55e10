"""What happened in eligibility, with ids and days only."""

from dataclasses import dataclass
from datetime import date, datetime

from minsheng.foundation.events.types import event


@event("eligibility.DistrictEvaluated")
@dataclass(frozen=True)
class DistrictEvaluated:
    """Everybody was evaluated for a month, so that lists and counts of that month are complete."""

    run_id: int
    month: date
    at: datetime
