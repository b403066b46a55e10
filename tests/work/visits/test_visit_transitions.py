"""Every (status, act) pair of a visit: allowed exactly as this second table says."""

from datetime import date

import pytest

from minsheng.work.visits.rules.transitions import TRANSITIONS, capability_of, due_after, status_after
from minsheng.work.visits.types import RESULTS, VisitAct, VisitStatus
from minsheng.work.visits.weights import weights_on

DAY = date(2026, 11, 3)
TO_DO = {
    "fine": "closed",
    "needs_help": "referred",
    "moved": "closed",
    "refused": "closed",
    "settle": "closed",
}
# Written by hand beside the rules, per status: what may be done and where it leads.
EXPECTED: dict[str, dict[str, str]] = {
    "planned": {**TO_DO, "not_met": "retry", "hand_over": "planned"},
    "retry": {**TO_DO, "not_met": "escalated", "hand_over": "retry"},
    "escalated": {**TO_DO, "not_met": "escalated", "hand_over": "escalated"},
    "referred": {"take_up": "closed", "hand_over": "referred"},
    "closed": {},
}


@pytest.mark.parametrize("status", list(VisitStatus))
@pytest.mark.parametrize("act", list(VisitAct))
def test_every_pair(status: VisitStatus, act: VisitAct) -> None:
    assert status_after(status, act) == EXPECTED[status.value].get(act.value)


def test_a_promise_of_help_has_one_way_out() -> None:
    ways = [pair for pair in TRANSITIONS if pair[0] is VisitStatus.REFERRED and TRANSITIONS[pair] is not pair[0]]
    assert ways == [(VisitStatus.REFERRED, VisitAct.TAKE_UP)]


def test_whatever_is_not_closed_has_a_next_day() -> None:
    """No result leaves a visit open without a day by which the next step is due."""
    weights = weights_on(DAY)
    for (status, act), following in TRANSITIONS.items():
        if act in RESULTS:
            due = due_after(act, following, today=DAY, weights=weights)
            assert (due is None) == (following is VisitStatus.CLOSED), (status, act)
            assert due is None or due > DAY


def test_what_was_brought_to_the_street_is_recorded_by_the_street() -> None:
    assert {capability_of(act, VisitStatus.ESCALATED) for act in RESULTS} == {"visits.oversee"}
    assert {capability_of(act, VisitStatus.PLANNED) for act in RESULTS} == {"visits.work"}
