"""The one recipe of every act on a case: access, lock, table, requirements; then write, clock, audit, event."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from minsheng.foundation.access.context import BUSINESS_ZONE, acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.foundation.calendars.queries import work_calendar
from minsheng.foundation.calendars.types import WorkCalendar
from minsheng.foundation.events.operations import publish
from minsheng.work.casework.events import CaseMoved
from minsheng.work.casework.models import Case, CaseAct
from minsheng.work.casework.procedures import edition_of, edition_on
from minsheng.work.casework.queries.facts import acts_of, facts_of
from minsheng.work.casework.rules.clock import clock_of
from minsheng.work.casework.rules.requirements import refusals
from minsheng.work.casework.rules.transitions import OF_THE_CONFIRMER, capability_of, status_after
from minsheng.work.casework.types import Act, CaseFacts, Edition, Status


class UnableToFindCase(LookupError):
    """There is no such case in the viewer's areas; a stranger's exists as little as none."""

    def __init__(self) -> None:
        super().__init__("没有这件申请，或者不在您的管辖范围。请核对编号。")


class UnableToProceed(ValueError):
    """The act cannot be done now: every reason, each with what to do next."""

    def __init__(self, *reasons: str) -> None:
        self.reasons = reasons
        super().__init__("　".join(reasons))


@dataclass
class Work:
    """A case in the hands of one actor for one act; `done` ends the act."""

    case: Case
    edition: Edition
    facts: CaseFacts
    act: Act
    actor: Viewer
    at: datetime
    today: date

    def done(self, *, status: Status | None = None, note: str = "", detail: dict[str, Any] | None = None) -> None:
        """This function will write the act: journal, status, next due day, audit entry and event."""
        before = self.case.status
        following = status or status_after(Status(before), self.act)
        assert following is not None, "the table was asked before the act began"
        self.case.status = following.value
        journal(self.case, act=self.act, before=before, actor=self.actor, at=self.at, note=note, detail=detail)
        set_due(self.case, today=self.today, calendar=work_calendar())
        self.case.save()


def today_of(at: datetime) -> date:
    """This function will return the business day of an instant."""
    return at.astimezone(BUSINESS_ZONE).date()


@contextmanager
def acting_on(*, actor: Viewer, at: datetime, case_id: int, act: Act) -> Iterator[Work]:
    """This function will open an act on a case: who may, in which status, with which steps behind it.

    Raises UnableToAct, UnableToFindCase or UnableToProceed; everything inside happens whole or not at all.
    """
    if act not in OF_THE_CONFIRMER:
        require(viewer=actor, capability=capability_of(act, delegated=False))
    with acting_as(viewer=actor, at=at):
        case = Case.objects.select_for_update(no_key=True).filter(pk=case_id).first()
        if case is None:
            raise UnableToFindCase
        require(viewer=actor, capability=capability_of(act, delegated=case.delegated))
        facts = facts_of(case, today=today_of(at), person=actor.account_id, name=actor.name)
        edition = edition_for(case, act=act, today=today_of(at))
        if status_after(facts.status, act) is None:
            raise UnableToProceed(f"这一件现在是“{facts.status.label}”，不能做“{act.label}”。请看上方的步骤。")
        if why := refusals(act, facts=facts, edition=edition, actor=actor.account_id, today=today_of(at)):
            raise UnableToProceed(*why)
        yield Work(case, edition, facts, act, actor, at, today_of(at))


# Acts on a running benefit follow the law of their own day, whatever the case began under (the editions' `transition`).
_BY_THE_LAW_OF_THE_DAY = frozenset(
    {
        Act.PROPOSE_ADJUSTMENT,
        Act.HEAR,
        Act.DECIDE_ADJUSTMENT,
        Act.NOTIFY_ADJUSTMENT,
        Act.BEGIN_REVIEW,
        Act.RECORD_REVIEW,
    }
)


def edition_for(case: Case, *, act: Act, today: date) -> Edition:
    """This function will return the edition that an act falls under: the case's own, or the one of the day."""
    if act in _BY_THE_LAW_OF_THE_DAY:
        return edition_on(case.procedure, today) or edition_of(case.procedure, case.edition)
    return edition_of(case.procedure, case.edition)


def journal(
    case: Case,
    *,
    act: Act,
    before: str,
    actor: Viewer,
    at: datetime,
    note: str = "",
    detail: dict[str, Any] | None = None,
) -> None:
    """This function will write one act into the file, the audit trail and the news."""
    CaseAct.objects.create(
        case=case,
        area_id=case.area_id,
        act=act.value,
        status_before=before,
        status_after=case.status,
        round=case.round,
        account_id=actor.account_id,
        account_name=actor.name,
        role=actor.role_label,
        at=at,
        day_date=today_of(at),
        note=note.strip()[:1000],
        detail=detail or {},
    )
    audit.record(
        actor=actor,
        at=at,
        action=f"casework.{act.value}",
        object_type="casework.case",
        object_id=str(case.pk),
        area_id=case.area_id,
        detail={"status": case.status, "round": case.round},
    )
    publish(CaseMoved(case.pk, act.value, case.status, at), at=at, area_id=case.area_id)


def set_due(case: Case, *, today: date, calendar: WorkCalendar) -> None:
    """This function will put the next due day on the case, for the order of lists; the clock itself is not stored."""
    clock = clock_of(
        edition=edition_of(case.procedure, case.edition),
        acts=acts_of(case),
        delegated=case.delegated,
        extended=bool(case.extended_ground),
        unsteady=case.income_unsteady,
        calendar=calendar,
        today=today,
    )
    following = None if Status(case.status).ended or clock.paused_since else clock.next
    case.due_date = following.due_date if following else None
    case.due_limit = following.code if following else ""


def words(text: str, *, what: str, most: int = 1000) -> str:
    """This function will return a text that must be written, or say that it is missing."""
    found = text.strip()
    if not found:
        raise UnableToProceed(f"请写明{what}，用通俗的话，本人看得懂。")
    if len(found) > most:
        raise UnableToProceed(f"{what}太长了，请写在 {most} 个字以内。")
    return found
