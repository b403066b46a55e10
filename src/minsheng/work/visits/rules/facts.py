"""Which facts of the registry tell that something happened, and what. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

from minsheng.work.visits.types import SignalKind

Told = tuple[SignalKind, int | None]
_MILDEST = 4  # grades of disability run from 1 (most severe) to 4


def _when(kind: SignalKind, *values: object) -> Callable[[Any], Told | None]:
    return lambda value: (kind, None) if value in values else None


def _amount(kind: SignalKind) -> Callable[[Any], Told | None]:
    return lambda value: (kind, value) if isinstance(value, int) and value > 0 else None


def _grade(value: Any) -> Told | None:
    """A grade counts from the mildest up, so that a higher value is worse."""
    if isinstance(value, int) and 1 <= value <= _MILDEST:
        return SignalKind.DISABILITY_CERTIFIED, _MILDEST + 1 - value
    return None


_READERS: Mapping[str, Callable[[Any], Told | None]] = {
    "employment_status": _when(SignalKind.JOB_LOST, "unemployed"),
    "severe_illness": _when(SignalKind.SEVERE_ILLNESS, True),
    "disability_grade": _grade,
    "needs_long_term_care": _when(SignalKind.CARE_NEEDED, True),
    "marital_status": _when(SignalKind.WIDOWED, "widowed"),
    "emergency_kind": _when(SignalKind.EMERGENCY, "accident", "sudden_illness", "other"),
    "medical_spending": _amount(SignalKind.MEDICAL_BILL),
    "education_spending": _amount(SignalKind.EDUCATION_BILL),
}
READ = frozenset(_READERS)


def signal_of_fact(attribute: str, value: Any) -> Told | None:
    """This function will return what happened when a fact takes a value, with how much; None when nothing did."""
    return _READERS[attribute](value)
