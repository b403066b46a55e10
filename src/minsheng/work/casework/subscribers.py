"""News that concerns cases. Safe to repeat."""

from datetime import datetime

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.calendars.types import YearEntered
from minsheng.foundation.events.operations import subscribe
from minsheng.work.casework.operations.opening import recount
from minsheng.work.casework.queries.lists import ids_in_flight


def listen() -> None:
    """This function will subscribe to the calendar."""
    subscribe(YearEntered, year_entered, name="casework.year_entered")


def year_entered(happened: YearEntered, /, *, actor: Viewer, at: datetime) -> None:
    """This function will reckon every running limit again, because days can now be counted that could not before."""
    recount(actor=actor, at=at, case_ids=ids_in_flight())
