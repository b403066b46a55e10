"""Who speaks for a household in an application: somebody who lives, of age, the head before all others."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

FULL_AGE = 18  # 民法典第十七条、第十八条
_FIRST = ("head", "spouse")


def applicant_of(members: Iterable[Mapping[str, Any]], *, on: date) -> int | None:
    """This function will choose the applicant among members with their facts; None when nobody of them lives.

    The head, then the head's spouse, then the eldest adult, then the eldest child, for whom a guardian signs.
    """
    living = [one for one in members if one.get("dead") is not True]
    chosen = min(living, key=lambda one: _rank(one, on), default=None)
    return int(str(chosen["person_id"])) if chosen is not None else None


def _rank(one: Mapping[str, Any], on: date) -> tuple[bool, int, date, int]:
    born, relation = one.get("birth_date"), one.get("relation")
    child = born is not None and _years(born, on) < FULL_AGE
    place = _FIRST.index(relation) if relation in _FIRST else len(_FIRST)
    return child, place, born or date.max, int(str(one["person_id"]))


def _years(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
