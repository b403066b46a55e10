"""Which act a run's state allows, and what follows; no clock, no database."""

from datetime import timedelta
from enum import StrEnum

from minsheng.foundation.jobs.types import RunState

MOST_APART = timedelta(minutes=10)  # between the clock of this machine and the database's; 演示参数


class RunAct(StrEnum):
    """What can happen to a run."""

    BEGIN = "begin"
    ADVANCE = "advance"
    FINISH = "finish"
    FAIL = "fail"
    INTERRUPT = "interrupt"


TRANSITIONS: dict[tuple[RunState, RunAct], RunState] = {
    (RunState.WAITING, RunAct.BEGIN): RunState.RUNNING,
    (RunState.WAITING, RunAct.FAIL): RunState.FAILED,
    (RunState.RUNNING, RunAct.BEGIN): RunState.RUNNING,  # a retry whose predecessor died unnoticed
    (RunState.RUNNING, RunAct.ADVANCE): RunState.RUNNING,
    (RunState.RUNNING, RunAct.FINISH): RunState.FINISHED,
    (RunState.RUNNING, RunAct.FAIL): RunState.FAILED,
    (RunState.RUNNING, RunAct.INTERRUPT): RunState.INTERRUPTED,
    (RunState.INTERRUPTED, RunAct.BEGIN): RunState.RUNNING,
    (RunState.INTERRUPTED, RunAct.FAIL): RunState.FAILED,
    (RunState.FAILED, RunAct.BEGIN): RunState.RUNNING,  # idempotent jobs are tried again
}


def state_after(state: RunState, act: RunAct) -> RunState | None:
    """This function will return the state that follows, or None where the act is not allowed."""
    return TRANSITIONS.get((state, act))
