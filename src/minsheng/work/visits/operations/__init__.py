"""Acts of visits: access, lock, rule, write, audit, event, in one transaction each."""

from minsheng.work.visits.operations.planning import plan_visits
from minsheng.work.visits.operations.scoring import rescore_district, rescore_due, rescore_households
from minsheng.work.visits.operations.settings import UnableToSetRhythm, set_rhythm
from minsheng.work.visits.operations.signals import (
    UnableToNoteSignal,
    load_signals,
    note_facts,
    record_signals,
    withdraw_signal,
)
from minsheng.work.visits.operations.visiting import (
    UnableToFindVisit,
    UnableToVisit,
    hand_over,
    open_visit,
    record_result,
    set_refusal_end,
    take_up,
    take_up_by_case,
)

__all__ = [
    "UnableToFindVisit",
    "UnableToNoteSignal",
    "UnableToSetRhythm",
    "UnableToVisit",
    "hand_over",
    "load_signals",
    "note_facts",
    "open_visit",
    "plan_visits",
    "record_result",
    "record_signals",
    "rescore_district",
    "rescore_due",
    "rescore_households",
    "set_refusal_end",
    "set_rhythm",
    "take_up",
    "take_up_by_case",
    "withdraw_signal",
]
