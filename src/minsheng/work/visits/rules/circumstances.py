"""What lasts in a household, read from its facts: yes, no, or not known. Never a guess."""

from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from minsheng.work.visits.types import CircumstanceWeight, HouseholdState

OLD, GROWN, WORKING_AGE = 60, 18, range(18, 60)
Known = bool | None
INCOMES = ("wage_income", "business_income", "property_income", "transfer_income", "other_income")
_WORKING = frozenset({"employed", "self_employed"})
_IDLE = frozenset({"unemployed", "unable"})
_ABLE = "able"


def any_of(answers: Iterable[Known]) -> Known:
    """This function will be true if one is true, false if all are false, else not known."""
    found = list(answers)
    return True if True in found else (None if None in found else False)


def all_of(answers: Iterable[Known]) -> Known:
    """This function will be false if one is false, true if all are true, else not known."""
    found = list(answers)
    return False if False in found else (None if None in found else True)


def age_of(member: Mapping[str, Any], on: date) -> int | None:
    """This function will return full years on a day, or None."""
    born = member.get("birth_date")
    if not isinstance(born, date):
        return None
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def turning_days(on: date) -> list[date]:
    """This function will return the birth dates of those who come of an age today at which an answer turns."""
    last_leap_child = on.month == 3 and on.day == 1  # born on 29 February, of age on 1 March of a common year
    found = []
    for years in (GROWN, OLD):
        year = on.year - years
        if on.day <= _days_of(year, on.month):
            found.append(date(year, on.month, on.day))
        if last_leap_child and _days_of(year, 2) == 29 and _days_of(on.year, 2) == 28:
            found.append(date(year, 2, 29))
    return found


def _days_of(year: int, month: int) -> int:
    return monthrange(year, month)[1]


def living(state: HouseholdState) -> tuple[Mapping[str, Any], ...]:
    """This function will return the members who are not known to be dead or away."""
    return tuple(m for m in state.members if m.get("dead") is not True and m.get("resident") is not False)


def _aged(member: Mapping[str, Any], on: date, low: int, high: int = 200) -> Known:
    age = age_of(member, on)
    return None if age is None else low <= age < high


def _old_alone(state: HouseholdState, on: date, weight: CircumstanceWeight) -> Known:
    members = living(state)
    return _aged(members[0], on, OLD) if len(members) == 1 else False


def _old_only(state: HouseholdState, on: date, weight: CircumstanceWeight) -> Known:
    members = living(state)
    return all_of(_aged(m, on, OLD) for m in members) if len(members) > 1 else False


def _single_parent(state: HouseholdState, on: date, weight: CircumstanceWeight) -> Known:
    ages = [age_of(m, on) for m in living(state)]
    if None in ages:
        return None if len(ages) > 1 else False
    grown = sum(age is not None and age >= GROWN for age in ages)
    return grown == 1 and len(ages) > 1


def _gone(status: Any) -> Known:
    return None if status is None else status != _ABLE


def _child_unprotected(state: HouseholdState, on: date, weight: CircumstanceWeight) -> Known:
    return any_of(
        all_of((_aged(m, on, 0, GROWN), _gone(m.get("father_status")), _gone(m.get("mother_status"))))
        for m in living(state)
        if _aged(m, on, 0, GROWN) is not False
    )


def severely_disabled(member: Mapping[str, Any]) -> Known:
    """This function will say whether somebody has a disability of the first or second grade."""
    grade = member.get("disability_grade")
    if grade is not None:
        return grade in (1, 2)
    return False if member.get("disability_kind") == "none" else None


def _severe_disability(state: HouseholdState, on: date, weight: CircumstanceWeight) -> Known:
    return any_of(severely_disabled(m) for m in living(state))


def _severe_illness(state: HouseholdState, on: date, weight: CircumstanceWeight) -> Known:
    return any_of(m.get("severe_illness") for m in living(state))


def _needs_care(state: HouseholdState, on: date, weight: CircumstanceWeight) -> Known:
    return any_of(m.get("needs_long_term_care") for m in living(state))


def _earns(member: Mapping[str, Any]) -> Known:
    status = member.get("employment_status")
    return None if status is None else status in _WORKING


def _nobody_earns(state: HouseholdState, on: date, weight: CircumstanceWeight) -> Known:
    """Working-age people who could work, and none does; a household of students or the retired is none of it."""
    aged = [m for m in living(state) if _aged(m, on, WORKING_AGE.start, WORKING_AGE.stop)]
    idle = any_of(None if (s := m.get("employment_status")) is None else s in _IDLE for m in aged)
    return all_of((idle, *(not e if (e := _earns(m)) is not None else None for m in living(state))))


def _no_supporter(state: HouseholdState, on: date, weight: CircumstanceWeight) -> Known:
    found = []
    for member in living(state):
        support = member.get("capable_supporter")
        found.append(all_of((_aged(member, on, OLD), None if support is None else not support)))
    return any_of(found)


def _low_income(state: HouseholdState, on: date, weight: CircumstanceWeight) -> Known:
    """Below the line per head and month; a missing income keeps it open unless the known ones are above already."""
    assert weight.limit_fen is not None, "the file says the line"
    members = living(state)
    known = sum(int(m[name]) for m in members for name in INCOMES if m.get(name) is not None)
    missing = any(m.get(name) is None for m in members for name in INCOMES)
    if not members or known >= weight.limit_fen * 12 * len(members):
        return False
    return None if missing else True


Predicate = Callable[[HouseholdState, date, CircumstanceWeight], Known]
CIRCUMSTANCES: Mapping[str, Predicate] = {
    "old_alone": _old_alone,
    "old_only": _old_only,
    "single_parent": _single_parent,
    "child_unprotected": _child_unprotected,
    "severe_disability": _severe_disability,
    "severe_illness_now": _severe_illness,
    "needs_care": _needs_care,
    "nobody_earns": _nobody_earns,
    "no_supporter": _no_supporter,
    "low_income": _low_income,
}


def groups_of(state: HouseholdState, *, on: date, holding: frozenset[str]) -> tuple[str, ...]:
    """This function will return the groups that are visited by the calendar; `holding`: the circumstances that hold."""
    found: list[str] = [code for code in ("old_alone", "child_unprotected") if code in holding]
    frail = any(
        _aged(m, on, OLD) is True
        and (severely_disabled(m) is True or m.get("ability_level") in ("moderate", "severe", "complete"))
        for m in living(state)
    )
    if frail:
        found.append("elder_disabled")
    if state.assisted:
        found.append("assisted")
    return tuple(found)
