"""What happened in publishing, with ids and days only."""

from dataclasses import dataclass
from datetime import date, datetime

from minsheng.foundation.events.types import event


@event("publishing.PolicyPublished")
@dataclass(frozen=True)
class PolicyPublished:
    """A second person signed new dated figures; they hold from `in_force_date` on."""

    publication_id: int
    in_force_date: date
    at: datetime
