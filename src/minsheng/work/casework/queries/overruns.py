"""Every limit of every case that was not kept, reckoned from the acts and not from what was noted at the time."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from minsheng.foundation.access.context import BUSINESS_ZONE
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.calendars.queries import work_calendar
from minsheng.work.casework.models import Case, CaseAct, Delay
from minsheng.work.casework.procedures import edition_of
from minsheng.work.casework.rules.clock import clock_of
from minsheng.work.casework.types import Act, Done, Status


@dataclass(frozen=True)
class Overrun:
    """One limit that passed: when it ended, when it was done after all, and the reason somebody named, or ""."""

    case_id: int
    limit: str
    due_date: date
    done_date: date | None
    reason: str


def overruns(*, viewer: Viewer, at: datetime) -> list[Overrun]:
    """This function will return every limit that passed in the viewer's areas, explained or not.

    A case that ended owes nothing from that day on; what had passed by then still counts.
    """
    require(viewer=viewer, capability="casework.view")
    today, calendar = at.astimezone(BUSINESS_ZONE).date(), work_calendar()
    acts: dict[int, list[Done]] = defaultdict(list)
    rows = CaseAct.objects.order_by("case_id", "id").values_list("case_id", "act", "account_id", "day_date", "round")
    for case_id, act, account, day, number in rows:
        acts[case_id].append(Done(Act(act), account, day, number))
    reasons = {
        (case_id, code): reason
        for case_id, code, reason in Delay.objects.exclude(reason="").values_list("case_id", "limit_code", "reason")
    }
    found = []
    for case in Case.objects.order_by("id"):
        done = acts[case.pk]
        until = done[-1].day if Status(case.status).ended and done else today
        clock = clock_of(
            edition=edition_of(case.procedure, case.edition),
            acts=done,
            delegated=case.delegated,
            extended=bool(case.extended_ground),
            unsteady=case.income_unsteady,
            calendar=calendar,
            today=until,
        )
        found += [
            Overrun(case.pk, line.code, line.due_date, line.done_date, reasons.get((case.pk, line.code), ""))
            for line in clock.lines
            if line.due_date is not None and line.due_date < (line.done_date or until)
        ]
    return found
