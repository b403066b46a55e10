"""News that concerns cases. Safe to repeat."""

from datetime import datetime

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.calendars.types import YearEntered
from minsheng.foundation.events.operations import subscribe
from minsheng.work.casework.events import CaseMoved, GrantDecided
from minsheng.work.casework.operations.opening import recount
from minsheng.work.casework.operations.urgent import note_relief
from minsheng.work.casework.queries.lists import household_of, ids_in_flight, matter_of
from minsheng.work.casework.types import Act
from minsheng.work.eligibility.missed.operations import note_what_was_said
from minsheng.work.eligibility.missed.types import WhyNot
from minsheng.work.visits.operations import take_up_by_case


def listen() -> None:
    """This function will subscribe to the calendar, and to its own news that a visit waits for."""
    subscribe(YearEntered, year_entered, name="casework.year_entered")
    subscribe(CaseMoved, case_moved, name="casework.close_visit")
    subscribe(CaseMoved, finding_in_hand, name="casework.mark_finding")
    subscribe(GrantDecided, grant_decided, name="casework.note_relief")


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


def finding_in_hand(happened: CaseMoved, /, *, actor: Viewer, at: datetime) -> None:
    """This function will say at the finding that it is being handled, or that the applicant did not want it."""
    why = {Act.OPEN: WhyNot.IN_PROGRESS, Act.WITHDRAW: WhyNot.REFUSED}.get(Act(happened.act))
    found = matter_of(case_id=happened.case_id) if why is not None else None
    if why is None or found is None:
        return
    words = f"编号 {found.number}，正在办理" if why is WhyNot.IN_PROGRESS else f"编号 {found.number}，本人撤回了申请"
    note_what_was_said(
        actor=actor,
        at=at,
        scheme=found.scheme,
        household_id=found.household_id,
        person_id=found.person_id,
        why=why,
        note=words,
    )


def grant_decided(happened: GrantDecided, /, *, actor: Viewer, at: datetime) -> None:
    """This function will write relief that was given into the registry, where the rules read what was given before."""
    if not happened.monthly:
        note_relief(actor=actor, at=at, decision_id=happened.decision_id)
