"""What residents did on their own pages, in the past tense and with ids only."""

from dataclasses import dataclass
from datetime import datetime

from minsheng.foundation.events.types import event


@event("portal.OfferAnswered")
@dataclass(frozen=True)
class OfferAnswered:
    """A household said yes or no to something that it could receive; the words are in the reply."""

    reply_id: int
    accepted: bool
    at: datetime
