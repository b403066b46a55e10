"""News that concerns cases. Safe to repeat."""

from datetime import datetime

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.calendars.types import YearEntered
from minsheng.foundation.events.operations import subscribe
from minsheng.work.casework.events import CaseMoved
from minsheng.work.casework.operations.opening import recount
from minsheng.work.casework.queries.lists import household_of, ids_in_flight
from minsheng.work.casework.types import Act
from minsheng.work.visits.operations import take_up_by_case


def listen() -> None:
    """This function will subscribe to the calendar, and to its own news that a visit waits for."""
    subscribe(YearEntered, year_entered, name="casework.year_entered")
    subscribe(CaseMoved, case_moved, name="casework.close_visit")


def year_entered(happened: YearEntered, /, *, actor: Viewer, at: datetime) -> None:
    """This function will reckon every running limit again, because days can now be counted that could not before."""
    recount(actor=actor, at=at, case_ids=ids_in_flight())


def case_moved(happened: CaseMoved, /, *, actor: Viewer, at: datetime) -> None:
    """This function will close the visit that found out that help was needed, now that a case is open."""
    if happened.act != Act.OPEN:
        return
    household_id = household_of(case_id=happened.case_id)
    if household_id is not None:
        take_up_by_case(actor=actor, at=at, household_id=household_id, case_id=happened.case_id)
