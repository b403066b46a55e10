"""What happened in payments, in the past tense and with ids only."""

from dataclasses import dataclass
from datetime import date, datetime

from minsheng.foundation.events.types import event


@event("payments.GrantOpened")
@dataclass(frozen=True)
class GrantOpened:
    """A decision became money: an amount is due from a month on."""

    grant_id: int
    household_id: int
    first_month: date
    at: datetime


@event("payments.GrantEnded")
@dataclass(frozen=True)
class GrantEnded:
    """Nothing is due from `end_month` on."""

    grant_id: int
    household_id: int
    end_month: date
    at: datetime


@event("payments.PayeeNeeded")
@dataclass(frozen=True)
class PayeeNeeded:
    """Who took the money died, left or was taken away while others are still entitled: somebody else must take it."""

    grant_id: int
    household_id: int
    at: datetime


@event("payments.PayeeChanged")
@dataclass(frozen=True)
class PayeeChanged:
    """Another person takes the money of a grant from the next run on."""

    grant_id: int
    household_id: int
    payee_person_id: int
    at: datetime


@event("payments.RunReleased")
@dataclass(frozen=True)
class RunReleased:
    """The bank file of a run was made, once."""

    run_id: int
    month: date
    at: datetime


@event("payments.PaymentReturned")
@dataclass(frozen=True)
class PaymentReturned:
    """The bank gave an amount back; somebody must ask for the right account."""

    line_id: int
    household_id: int
    at: datetime


@event("payments.DifferenceFound")
@dataclass(frozen=True)
class DifferenceFound:
    """What was paid and what was due differ; an officer must confirm."""

    recalculation_id: int
    household_id: int
    at: datetime
