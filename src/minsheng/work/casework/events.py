"""What happened to cases, in the past tense and with ids only."""

from dataclasses import dataclass
from datetime import date, datetime

from minsheng.foundation.events.types import event


@event("casework.CaseMoved")
@dataclass(frozen=True)
class CaseMoved:
    """An act was done to a case; `status` is where it stands now."""

    case_id: int
    act: str
    status: str
    at: datetime


@event("casework.GrantDecided")
@dataclass(frozen=True)
class GrantDecided:
    """A benefit was approved: so many fen (per month, or once) from a month on. The decision holds the working."""

    case_id: int
    decision_id: int
    scheme: str
    household_id: int
    person_id: int | None
    applicant_id: int
    area_id: int
    amount_fen: int
    monthly: bool
    start_date: date
    end_date: date | None
    at: datetime


@event("casework.GrantChanged")
@dataclass(frozen=True)
class GrantChanged:
    """A running benefit was raised, lowered or ended from a month on, after the person was heard."""

    case_id: int
    decision_id: int
    outcome: str
    amount_fen: int
    start_date: date
    end_date: date | None
    at: datetime


@event("casework.CheckAnswered")
@dataclass(frozen=True)
class CheckAnswered:
    """A source answered a question of the economic check."""

    case_id: int
    check_id: int
    state: str
    at: datetime


@event("casework.CaseOverdue")
@dataclass(frozen=True)
class CaseOverdue:
    """A limit passed without its act and without a named reason; it goes to whoever supervises."""

    case_id: int
    limit: str
    due_date: date
    at: datetime
