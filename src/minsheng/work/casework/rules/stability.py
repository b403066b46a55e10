"""Whether income is unsteady although somebody could work: then a family is reviewed twice a year (57号 Art 31)."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

# 57号 names income that is not stable and capacity to work, and defines neither: 演示参数, own reading.
WORKING_AGE = range(16, 60)
UNSTEADY = frozenset({"unemployed", "self_employed"})
MENTAL_KINDS = frozenset({"intellectual", "mental"})


def income_is_unsteady(members: Iterable[Mapping[str, Any]], *, on: date) -> bool:
    """This function will say whether one of these counted members could work and has no steady work; facts as JSON."""
    return any(_could_work(one, on) and one.get("employment_status") in UNSTEADY for one in members)


def _could_work(one: Mapping[str, Any], on: date) -> bool:
    born = one.get("birth_date")
    if one.get("dead") is True or born is None:
        return False
    day = date.fromisoformat(born) if isinstance(born, str) else born
    years = on.year - day.year - ((on.month, on.day) < (day.month, day.day))
    grade = one.get("disability_grade") or 0
    severe = 1 <= grade <= 2 or (grade == 3 and one.get("disability_kind") in MENTAL_KINDS)
    away = one.get("full_time_student") is True or one.get("severe_illness") is True
    return years in WORKING_AGE and not severe and not away
