"""Which act a run, a line or a bank file allows, how many must sign, and who may not."""

from collections.abc import Iterable, Mapping
from datetime import date

from minsheng.work.payments.figures import figure
from minsheng.work.payments.types import FileState, LineState, Outcome, RunAct, RunState

TRANSITIONS: Mapping[tuple[RunState, RunAct], RunState] = {
    (RunState.COMPILED, RunAct.COMPILE): RunState.COMPILED,
    (RunState.COMPILED, RunAct.LOCK): RunState.LOCKED,
    (RunState.LOCKED, RunAct.SIGN): RunState.LOCKED,  # SIGNED with the last signature, see `after_signature`
    (RunState.LOCKED, RunAct.RETURN): RunState.COMPILED,
    (RunState.SIGNED, RunAct.RETURN): RunState.COMPILED,
    (RunState.SIGNED, RunAct.RELEASE): RunState.RELEASED,
    (RunState.RELEASED, RunAct.RECEIVE): RunState.RELEASED,
    (RunState.RELEASED, RunAct.SETTLE): RunState.SETTLED,
}
# What a line may become; the database holds the same table as a trigger (migration 0002).
LINE_MOVES: Mapping[LineState, frozenset[LineState]] = {
    LineState.PLANNED: frozenset({LineState.HELD, LineState.SENT}),
    LineState.HELD: frozenset({LineState.PLANNED}),
    LineState.SENT: frozenset({LineState.PAID, LineState.RETURNED, LineState.UNKNOWN}),
    LineState.UNKNOWN: frozenset({LineState.PAID, LineState.RETURNED}),
    LineState.PAID: frozenset(),
    LineState.RETURNED: frozenset(),
}
FILE_MOVES: Mapping[FileState, frozenset[FileState]] = {
    FileState.MADE: frozenset({FileState.SENDING}),
    FileState.SENDING: frozenset({FileState.SENT, FileState.UNKNOWN}),
    FileState.UNKNOWN: frozenset({FileState.SENT}),  # by the bank's own word; never back to `made`
    FileState.SENT: frozenset(),
}
AFTER_RECEIPT: Mapping[Outcome, LineState] = {
    Outcome.PAID: LineState.PAID,
    Outcome.RETURNED: LineState.RETURNED,
    Outcome.UNKNOWN: LineState.UNKNOWN,
}
# One person does at most one of these in one round of a run; the database holds it as a unique constraint.
DUTIES = (RunAct.COMPILE, RunAct.SIGN, RunAct.RELEASE, RunAct.SETTLE)


def state_after(state: RunState, act: RunAct) -> RunState | None:
    """This function will return the state that follows, or None where the act is not allowed."""
    return TRANSITIONS.get((state, act))


def signatures_needed(*, total_fen: int, on: date) -> int:
    """This function will return how many different people must sign a run of this total (amount bands)."""
    return 2 if total_fen >= figure("second_signature_from_fen", on) else 1


def after_signature(*, signed: int, needed: int) -> RunState:
    """This function will return the state of a run that now has `signed` signatures."""
    return RunState.SIGNED if signed >= needed else RunState.LOCKED


def duty_done(*, holder: str, done: Iterable[tuple[str, RunAct]]) -> RunAct | None:
    """This function will name the duty that this person has in this round already, or None."""
    return next((act for who, act in done if who == holder), None)
