"""One visit with everything that the visitor needs at the door. `operations.open_visit` records the look."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts import queries as accounts
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.sealing.operations import open_sealed
from minsheng.records.registry.days import business_day
from minsheng.records.registry.queries.whereabouts import doors_of
from minsheng.work.visits.models import Attempt, Refusal, Visit
from minsheng.work.visits.operations.visiting import UnableToFindVisit
from minsheng.work.visits.queries.lists import VisitLine, line_of
from minsheng.work.visits.rules.transitions import capability_of, status_after
from minsheng.work.visits.sealed_columns import NOTE
from minsheng.work.visits.types import RESULTS, VisitAct, VisitStatus, Way


@dataclass(frozen=True)
class AttemptLine:
    """One time that somebody went or called."""

    day_date: date
    way: Way
    result: VisitAct
    note: str
    by: str


@dataclass(frozen=True)
class VisitFile:
    """A visit for its page: whom, why, what to ask, what came of it so far, and what may be done next."""

    line: VisitLine
    household_id: int
    person_id: int | None
    head_id: int | None
    reasons: tuple[dict[str, Any], ...]
    questions: tuple[str, ...]
    attempts: tuple[AttemptLine, ...]
    assigned_name: str
    result: VisitAct | None
    outcome: str
    case_id: int | None
    refusal_until: date | None
    may_record: bool
    may_take_up: bool
    may_hand_over: bool
    scheme: str
    scheme_person_id: int | None


def visit_file(*, viewer: Viewer, at: datetime, visit_id: int) -> VisitFile:
    """This function will return one visit with its attempts opened; UnableToFindVisit for a stranger."""
    require(viewer=viewer, capability="visits.view")
    row = Visit.objects.filter(pk=visit_id).first()
    if row is None:
        raise UnableToFindVisit
    today = business_day(at)
    door = doors_of(household_ids=[row.household_id], on=today).get(row.household_id)
    refusal = Refusal.objects.filter(visit_id=visit_id).first()
    status = VisitStatus(row.status)
    names = accounts.display_names(account_ids={row.assigned_to}) if row.assigned_to else {}
    with_scheme: dict[str, Any] = next((r for r in row.reasons if r.get("scheme")), {})
    questions = dict.fromkeys(str(r["question"]) for r in row.reasons if r.get("question"))
    return VisitFile(
        line=line_of(row, door.address if door else "", today),
        household_id=row.household_id,
        person_id=row.person_id,
        head_id=row.person_id or (door.head_id if door else None),
        reasons=tuple(row.reasons),
        questions=tuple(questions),
        attempts=tuple(_attempt(one) for one in Attempt.objects.filter(visit_id=visit_id).order_by("number")),
        assigned_name=names.get(row.assigned_to or 0, ""),
        result=VisitAct(row.result) if row.result else None,
        outcome=row.outcome,
        case_id=row.case_id,
        refusal_until=refusal.until_date if refusal else None,
        may_record=any(
            status_after(status, act) is not None and viewer.can(capability_of(act, status)) for act in RESULTS
        ),
        may_take_up=status_after(status, VisitAct.TAKE_UP) is not None and viewer.can("visits.work"),
        may_hand_over=status_after(status, VisitAct.HAND_OVER) is not None
        and viewer.can(capability_of(VisitAct.HAND_OVER, status)),
        scheme=str(with_scheme.get("scheme", "")),
        scheme_person_id=with_scheme.get("person_id"),
    )


def _attempt(one: Attempt) -> AttemptLine:
    note = open_sealed(context=NOTE, row_id=one.pk, sealed=one.note_sealed) if one.note_sealed else ""
    return AttemptLine(one.day_date, Way(one.way), VisitAct(one.result), note, one.account_name)
