"""Which act is possible in which status of a visit and where it leads. Not in the table, not possible."""

from collections.abc import Mapping
from datetime import date, timedelta

from minsheng.work.visits.types import MET, RESULTS, VisitAct, VisitStatus, Weights

S, A = VisitStatus, VisitAct
_TO_DO = (S.PLANNED, S.RETRY, S.ESCALATED)
TRANSITIONS: Mapping[tuple[VisitStatus, VisitAct], VisitStatus] = {
    **{(status, act): S.CLOSED for status in _TO_DO for act in (A.FINE, A.MOVED, A.REFUSED, A.SETTLE)},
    **{(status, A.NEEDS_HELP): S.REFERRED for status in _TO_DO},
    # The first time nobody is met leads to a second attempt, the second to the street, which does not let go.
    (S.PLANNED, A.NOT_MET): S.RETRY,
    (S.RETRY, A.NOT_MET): S.ESCALATED,
    (S.ESCALATED, A.NOT_MET): S.ESCALATED,
    # Help that was promised ends when somebody has taken it up, never by itself.
    (S.REFERRED, A.TAKE_UP): S.CLOSED,
    **{(status, A.HAND_OVER): status for status in (*_TO_DO, S.REFERRED)},
}


def status_after(status: VisitStatus, act: VisitAct) -> VisitStatus | None:
    """This function will return the status that follows, or None where the act is not possible."""
    return TRANSITIONS.get((status, act))


def due_after(act: VisitAct, status: VisitStatus, *, today: date, weights: Weights) -> date | None:
    """This function will return the day by which the next step must be done; None when there is none."""
    days = {
        S.RETRY: weights.retry_days,
        S.ESCALATED: weights.escalation_days,
        S.REFERRED: weights.refer_days,
    }.get(status)
    return None if days is None or act not in RESULTS else today + timedelta(days=days)


def capability_of(act: VisitAct, status: VisitStatus) -> str:
    """This function will return the capability that an act needs: what was brought to the street is the street's."""
    if status is S.ESCALATED and act in RESULTS:
        return "visits.oversee"
    return {A.HAND_OVER: "visits.hand_over", A.SETTLE: "visits.score"}.get(act, "visits.work")


def met(result: str) -> bool:
    """This function will say whether somebody was met: what the monthly rate counts."""
    return result in MET
