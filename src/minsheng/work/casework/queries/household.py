"""The cases of one household as its own people see them: where each stands, the legal date, and the letters."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from minsheng.foundation.access.context import BUSINESS_ZONE
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.calendars.queries import work_calendar
from minsheng.foundation.calendars.types import WorkCalendar
from minsheng.work.casework.models import Case, Document, Proxy
from minsheng.work.casework.procedures import edition_of
from minsheng.work.casework.queries.facts import acts_by_case
from minsheng.work.casework.rules.clock import TOTAL, clock_of
from minsheng.work.casework.rules.wording import LETTERS
from minsheng.work.casework.types import Done, Edition, Status
from minsheng.work.eligibility import queries as eligibility


@dataclass(frozen=True)
class OwnCase:
    """One application; `due_date` is the legal date of the next step, `answer_date` that of the whole, where known."""

    id: int
    number: str
    title: str
    scheme: str
    person_id: int | None
    subject: str
    status: Status
    edition: Edition
    opened_at: datetime
    step: str
    owner: str
    due_date: date | None
    answer_date: date | None
    letters: tuple[tuple[int, str, datetime], ...]
    joint_id: int | None = None
    proxy: Proxy | None = None


def cases_of_household(*, viewer: Viewer, at: datetime, household_id: int) -> list[OwnCase]:
    """This function will list the household's cases, the newest first, each with its letters; none of a stranger's."""
    return own_cases(viewer=viewer, at=at, rows=Q(household_id=household_id))


def own_cases(*, viewer: Viewer, at: datetime, rows: Q) -> list[OwnCase]:
    """This function will list the chosen cases that the viewer sees, the newest first, each with its letters."""
    require(viewer=viewer, capability="casework.view")
    today = at.astimezone(BUSINESS_ZONE).date()
    cases = list(Case.objects.filter(rows).order_by("-id")[:50])
    letters: dict[int, list[tuple[int, str, datetime]]] = {}
    found = Document.objects.filter(case__in=cases).order_by("-id").values_list("case_id", "id", "kind", "issued_at")
    for case_id, number, kind, issued_at in found:
        if kind != "notice":
            letters.setdefault(case_id, []).append((number, LETTERS[kind].title, issued_at))
    acts, calendar = acts_by_case([case.pk for case in cases]), work_calendar()
    proxies = {row.case_id: row for row in Proxy.objects.filter(case__in=cases, ended_at__isnull=True)}
    return [
        _own(case, today, calendar, acts.get(case.pk, ()), tuple(letters.get(case.pk, ())), proxies.get(case.pk))
        for case in cases
    ]


def _own(
    case: Case,
    today: date,
    calendar: WorkCalendar,
    acts: tuple[Done, ...],
    letters: tuple[tuple[int, str, datetime], ...],
    proxy: Proxy | None,
) -> OwnCase:
    edition = edition_of(case.procedure, case.edition)
    known = eligibility.scheme_ref(code=case.scheme)  # what is asked for, not the procedure that several share
    clock = clock_of(
        edition=edition,
        acts=acts,
        delegated=case.delegated,
        extended=bool(case.extended_ground),
        calendar=calendar,
        today=today,
    )
    following = None if Status(case.status).ended else clock.next
    total = next((line for line in clock.lines if line.code == TOTAL), None)
    return OwnCase(
        id=case.pk,
        number=case.number,
        title=known.title if known is not None else edition.title,
        scheme=case.scheme,
        person_id=case.person_id,
        subject=case.subject_name if case.person_id else f"{case.subject_name}一家",
        status=Status(case.status),
        edition=edition,
        opened_at=case.opened_at,
        step=following.label if following else "",
        owner=following.owner if following else "",
        due_date=following.due_date if following else None,
        answer_date=total.due_date if total and total.done_date is None else None,
        letters=letters,
        joint_id=case.joint_id,
        proxy=proxy,
    )
