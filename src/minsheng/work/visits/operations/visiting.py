"""Going there and saying what came of it: open, record, take up, hand over."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from minsheng.foundation.access import operations as access
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.queries import areas_inside, get_viewer
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts import queries as accounts
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.foundation.events.operations import publish
from minsheng.foundation.sealing.operations import seal
from minsheng.records.registry import operations as registry
from minsheng.records.registry.days import business_day
from minsheng.work.visits.events import HelpNeeded, VisitClosed, VisitEscalated
from minsheng.work.visits.models import Attempt, Refusal, Signal, Visit
from minsheng.work.visits.operations.scoring import store_scores
from minsheng.work.visits.rules.transitions import capability_of, due_after, met, status_after
from minsheng.work.visits.sealed_columns import NOTE
from minsheng.work.visits.types import RESULTS, SignalKind, VisitAct, VisitStatus, Way
from minsheng.work.visits.weights import weights_on

NOTE_LENGTH = 500
LONGEST_REFUSAL_DAYS = 366


class UnableToFindVisit(LookupError):
    """There is no such visit in the viewer's areas; a stranger's exists as little as none."""

    def __init__(self) -> None:
        super().__init__("没有这次走访，或者不在您负责的区域。请从走访名单重新打开。")


class UnableToVisit(ValueError):
    """The act cannot be done now: says why and what to do next."""


def open_visit(*, viewer: Viewer, at: datetime, visit_id: int) -> str:
    """This function will open a visit with its household and return the purpose.

    A visit that is still to be made is itself the purpose, for whoever makes visits; it is stated and recorded. Anybody
    else, and a visit that is closed, needs a purpose stated first (PurposeNeeded).
    """
    with acting_as(viewer=viewer, at=at):
        require(viewer=viewer, capability="visits.view")
        row = Visit.objects.filter(pk=visit_id).first()
        if row is None:
            raise UnableToFindVisit
        about = f"visits.visit:{visit_id}"
        try:
            return registry.look_at_household(actor=viewer, at=at, household_id=row.household_id, about=about)
        except registry.PurposeNeeded as needed:
            if row.status == VisitStatus.CLOSED.value or not viewer.can("visits.work"):
                raise
            access.state_purpose(
                actor=viewer,
                at=at,
                subject=f"registry.person:{needed.person_id}",
                code="visit",
                note=f"走访任务 {visit_id}",
            )
            return registry.look_at_household(actor=viewer, at=at, household_id=row.household_id, about=about)
        except registry.UnableToFind as stranger:
            raise UnableToFindVisit from stranger


def record_result(
    *, actor: Viewer, at: datetime, visit_id: int, result: VisitAct, way: Way, note: str = ""
) -> VisitStatus:
    """This function will record what came of a visit or call, and return where it stands now.

    Met and fine, moved, or refused ends it; needs help leads to whoever takes it up; nobody met leads to a second
    attempt, and after that to the street. The note is sealed.
    """
    if result not in RESULTS:
        raise UnableToVisit("请选一个结果：见到了、要帮、没见到、搬走了，还是不愿意见。")
    text = note.strip()
    if len(text) > NOTE_LENGTH:
        raise UnableToVisit(f"说明请写在 {NOTE_LENGTH} 字以内。")
    if result is VisitAct.NEEDS_HELP and not text:
        raise UnableToVisit("选了“要帮”，请写明要帮什么，接办的人要看。")
    with _acting_on(actor, at, visit_id, result) as (row, following):
        today = business_day(at)
        weights = weights_on(today)
        row.attempts += 1
        attempt_id = _next_id("visits_attempt_id_seq")
        Attempt.objects.create(
            id=attempt_id,
            area_id=row.area_id,
            visit=row,
            number=row.attempts,
            day_date=today,
            way=way.value,
            result=result.value,
            note_sealed=seal(context=NOTE, row_id=attempt_id, value=text) if text else None,
            account_id=actor.account_id,
            account_name=actor.name,
            at=at,
        )
        row.status, row.result = following.value, result.value
        if met(result):
            row.met_date = today
        due = due_after(result, following, today=today, weights=weights)
        if due is not None:
            row.due_date = due
        if following is VisitStatus.CLOSED:
            row.closed_at = at
        row.save()
        if result is VisitAct.REFUSED:
            Refusal.objects.create(
                area_id=row.area_id,
                household_id=row.household_id,
                visit=row,
                from_date=today,
                until_date=today + timedelta(days=weights.refusal_days),
                noted_by=actor.account_id,
                noted_at=at,
            )
        if result is VisitAct.NOT_MET:
            _note_missed(row, actor, at, today)
        _journal(row, result, actor, at, {"attempt": row.attempts, "way": way.value})
        _tell(row, following, result, at)
        if result in (VisitAct.NOT_MET, VisitAct.FINE):
            store_scores(actor=actor, at=at, on=today, household_ids={row.household_id})
        return following


def take_up(*, actor: Viewer, at: datetime, visit_id: int, outcome: str) -> None:
    """This function will close a visit that needed help, with what was done: referred, helped on the spot, …"""
    text = outcome.strip()
    if not text:
        raise UnableToVisit("请写明怎么帮的、转给了谁。")
    if len(text) > 200:
        raise UnableToVisit("请写在 200 字以内。")
    with _acting_on(actor, at, visit_id, VisitAct.TAKE_UP) as (row, following):
        _close_help(row, following, actor, at, outcome=text)


def take_up_by_case(*, actor: Viewer, at: datetime, household_id: int, case_id: int) -> bool:
    """This function will close the visit of a household that needed help because a case was opened; False if none."""
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="visits.score")
        rows = Visit.objects.select_for_update(no_key=True)
        row = rows.filter(household_id=household_id, status=VisitStatus.REFERRED.value).first()
        if row is None:
            return False
        row.case_id = case_id
        _close_help(row, VisitStatus.CLOSED, actor, at, outcome=f"已立案，编号 {case_id}")
        return True


def set_refusal_end(*, actor: Viewer, at: datetime, visit_id: int, until_date: date) -> None:
    """This function will set until when a household that refused is left alone, as it wishes; at most a year."""
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="visits.work")
        today = business_day(at)
        row = Refusal.objects.select_for_update(no_key=True).filter(visit_id=visit_id).first()
        if row is None:
            raise UnableToVisit("这次走访没有记过“不愿意见”。")
        if not today < until_date <= row.from_date + timedelta(days=LONGEST_REFUSAL_DAYS):
            raise UnableToVisit("截止日期要在明天以后，最长一年。到期后会再安排一次。")
        row.until_date = until_date
        row.save(update_fields=["until_date"])
        audit.record(
            actor=actor,
            at=at,
            action="visits.refusal_end_set",
            object_type="visits.visit",
            object_id=str(visit_id),
            area_id=row.area_id,
            detail={"household": row.household_id, "until": until_date.isoformat()},
        )


def hand_over(*, actor: Viewer, at: datetime, visit_ids: Collection[int], username: str, note: str = "") -> int:
    """This function will give visits to somebody else, and return how many; all or none.

    Raises UnableToVisit when the other account makes no visits in the area of one of them.
    """
    if not visit_ids:
        raise UnableToVisit("没有选中走访。请先在名单里选。")
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability=capability_of(VisitAct.HAND_OVER, VisitStatus.PLANNED))
        number = accounts.account_id(username=username.strip())
        if number is None:
            raise UnableToVisit(f"没有登录名“{username.strip()}”。请核对接手人的登录名。")
        name = accounts.display_names(account_ids={number})[number]
        other = get_viewer(account_id=number, name=name, username=username.strip(), at=at)
        inside = {area.id for area in areas_inside(viewer=other)}
        rows = list(
            Visit.objects.select_for_update(no_key=True).filter(pk__in=list(visit_ids)).order_by("due_date", "id")
        )
        if len(rows) != len(set(visit_ids)):
            raise UnableToFindVisit
        if not other.can("visits.work") or any(row.area_id not in inside for row in rows):
            raise UnableToVisit(f"{name}不负责这里的走访。请选管这个社区的人，或请安全管理员先授权。")
        for row in rows:
            if status_after(VisitStatus(row.status), VisitAct.HAND_OVER) is None:
                raise UnableToVisit("已办结的走访不用移交。")
            before, row.assigned_to = row.assigned_to, number
            row.save(update_fields=["assigned_to"])
            _journal(row, VisitAct.HAND_OVER, actor, at, {"from": before, "to": number, "note": note.strip()[:200]})
        return len(rows)


@contextmanager
def _acting_on(actor: Viewer, at: datetime, visit_id: int, act: VisitAct) -> Iterator[tuple[Visit, VisitStatus]]:
    """Access, lock, table: the visit and the status that follows."""
    require(viewer=actor, capability="visits.view")
    with acting_as(viewer=actor, at=at):
        row = Visit.objects.select_for_update(no_key=True).filter(pk=visit_id).first()
        if row is None:
            raise UnableToFindVisit
        status = VisitStatus(row.status)
        require(viewer=actor, capability=capability_of(act, status))
        following = status_after(status, act)
        if following is None:
            raise UnableToVisit(f"这次走访现在是“{status.label}”，不能记“{act.label}”。请回名单看下一步。")
        yield row, following


def _note_missed(row: Visit, actor: Viewer, at: datetime, today: date) -> None:
    """Nobody met is itself something that happened; the score reads how often in a row."""
    Signal.objects.update_or_create(
        household_id=row.household_id,
        person_id=None,
        kind=SignalKind.VISIT_MISSED.value,
        happened_date=today,
        source="visit",
        withdrawn_at=None,
        defaults={
            "area_id": row.area_id,
            "value": row.attempts,
            "recorded_at": at,
            "recorded_by": actor.account_id,
        },
    )


def _close_help(row: Visit, following: VisitStatus, actor: Viewer, at: datetime, *, outcome: str) -> None:
    row.status, row.outcome, row.closed_at = following.value, outcome, at
    row.save()
    _journal(row, VisitAct.TAKE_UP, actor, at, {"case": row.case_id})
    publish(VisitClosed(row.pk, row.household_id, row.result, at), at=at, area_id=row.area_id)


def _tell(row: Visit, following: VisitStatus, result: VisitAct, at: datetime) -> None:
    if result is VisitAct.NEEDS_HELP:
        scheme = next((str(r["scheme"]) for r in row.reasons if r.get("scheme")), "")
        publish(HelpNeeded(row.pk, row.household_id, row.person_id, scheme, at), at=at, area_id=row.area_id)
    elif following is VisitStatus.ESCALATED:
        publish(VisitEscalated(row.pk, row.household_id, row.due_date, at), at=at, area_id=row.area_id)
    elif following is VisitStatus.CLOSED:
        publish(VisitClosed(row.pk, row.household_id, row.result, at), at=at, area_id=row.area_id)


def _journal(row: Visit, act: VisitAct, actor: Viewer, at: datetime, detail: dict[str, Any]) -> None:
    audit.record(
        actor=actor,
        at=at,
        action=f"visits.{act.value}",
        object_type="visits.visit",
        object_id=str(row.pk),
        area_id=row.area_id,
        detail={"household": row.household_id, "status": row.status, **detail},
    )


def _next_id(sequence: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s::regclass)", [sequence])
        return int(cursor.fetchone()[0])
