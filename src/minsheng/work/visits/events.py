"""What happened in visits, with ids and days only."""

from dataclasses import dataclass
from datetime import date, datetime

from minsheng.foundation.events.types import event


@event("visits.HelpNeeded")
@dataclass(frozen=True)
class HelpNeeded:
    """Somebody was met and needs help; whoever opens cases may take it up. Nothing is granted by it."""

    visit_id: int
    household_id: int
    person_id: int | None
    scheme: str
    at: datetime


@event("visits.VisitEscalated")
@dataclass(frozen=True)
class VisitEscalated:
    """Nobody was met twice; the street has to find out by a day."""

    visit_id: int
    household_id: int
    due_date: date
    at: datetime


@event("visits.VisitClosed")
@dataclass(frozen=True)
class VisitClosed:
    """A visit came to its end with a result."""

    visit_id: int
    household_id: int
    result: str
    at: datetime
