"""Whom a result is about, read from the facts of the run: the person, or the head of the household."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from minsheng.work.eligibility.population import Case
from minsheng.work.eligibility.types import Key


class People:
    """What a list says of its subjects: the person, or the head of the household."""

    def __init__(self, cases: Iterable[Case], month: date) -> None:
        self.month = month
        self.persons: dict[int, Mapping[str, Any]] = {}
        self.heads: dict[int, Mapping[str, Any]] = {}
        for case in cases:
            for member in case.members:
                self.persons[member["person_id"]] = member
                if case.household_id not in self.heads or member.get("relation") == "head":
                    self.heads[case.household_id] = member

    def subject(self, key: Key) -> Mapping[str, Any]:
        """This method will return the facts of whom the key is about; empty when nobody is left of a household."""
        found = self.persons.get(key[2]) if key[2] is not None else self.heads.get(key[1])
        return found or {}

    def reason(self, key: Key) -> str:
        """This method will say why a recipient is not entitled: deceased, moved away, or the conditions fail."""
        subject = self.subject(key)
        if not subject:
            return "not_in_register"
        if subject.get("dead"):
            return "deceased"
        if subject.get("hukou_local") is False and subject.get("resident") is False:
            return "moved_away"
        return "conditions"

    def age(self, key: Key) -> int | None:
        """This method will return the subject's age in full years on the first of the month, or None."""
        born: date | None = self.subject(key).get("birth_date")
        if born is None:
            return None
        return self.month.year - born.year - ((self.month.month, self.month.day) < (born.month, born.day))
