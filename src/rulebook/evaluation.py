"""One household under the law of a day: values, outcomes, what is missing. The oracle for the other lowerings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from rulebook.book import Scheme
from rulebook.facts import Fact, Household, Unknown, Value
from rulebook.law import Law
from rulebook.missing import MissingDatum, missing_data
from rulebook.program import Program, Run, exact, program_of
from rulebook.ranges import div_round
from rulebook.stacking import OutcomeRow, Payable, Status, apply_stacking
from rulebook.units import Base, Entity, Period

if TYPE_CHECKING:
    from rulebook.explanation import Explanation


class UnableToFindInRulebook(LookupError):
    """A scheme, variable or person is not known here. Says which names there are."""


@dataclass(frozen=True)
class Outcome:
    """The answer of one scheme. `amount_fen` per `period`, 0 when not entitled, None while it cannot be said.

    A status (`period` is Period.STATUS) has the amount 0 also when entitled.
    """

    scheme: str
    person: str | None
    status: Status
    amount_fen: int | None
    missing: tuple[MissingDatum, ...]
    period: Period

    @property
    def one_datum_missing(self) -> MissingDatum | None:
        """This property will be the single datum that decides the status, whatever its value; None if there is none."""
        alone = (datum for datum in self.missing if datum.decides_alone)
        return next(alone, None) if self.status == "unknown" else None


def evaluate(law: Law, household: Household, as_of: date) -> Evaluation:
    """This function will evaluate a household; nothing is computed until asked for.

    `as_of` is the day for ages; the law's own day chose the wording. Raises UnableToReadFact for a wrong type.
    """
    return Evaluation(law, household, as_of)


class Evaluation:
    """Values by name, outcomes by scheme, explanations on demand. Values are remembered."""

    def __init__(self, law: Law, household: Household, as_of: date) -> None:
        self.law, self.household, self.as_of = law, household, as_of
        self.keys = {person.key: place for place, person in enumerate(household.members)}
        self.program: Program = program_of(law)
        self.run = Run(law, household.facts, [person.facts for person in household.members], as_of)

    def value(self, name: str, person: str | None = None) -> int | bool | str | Unknown:
        """This function will return the value of scheme.variable; for a person's variable give the person's key."""
        variable = self.law.book.variables.get(name)
        if variable is None:
            known = ", ".join(sorted(self.law.book.variables))
            raise UnableToFindInRulebook(f"there is no variable {name!r}; variables: {known}")
        raw = self.raw(name, self.place(variable.entity, person))
        return plain(raw, variable.kind.base)

    def raw(self, name: str, place: int) -> Value:
        """This function will return the bounds of a variable for the member at `place` (−1: the household)."""
        made: Value = self.program.rules[name](self.run, place)
        return made

    def place(self, entity: Entity, person: str | None) -> int:
        """This function will find a person's place; raises UnableToFindInRulebook for an unknown or lacking key."""
        if entity is Entity.HOUSEHOLD:
            return -1
        if person not in self.keys:
            raise UnableToFindInRulebook(f"person={person!r} is not in this household; keys: {', '.join(self.keys)}")
        return self.keys[person]

    def scheme(self, code: str) -> Scheme:
        """This function will return a scheme by code; raises UnableToFindInRulebook."""
        if code not in self.law.book.schemes:
            known = ", ".join(self.law.book.schemes)
            raise UnableToFindInRulebook(f"there is no scheme {code!r}; schemes: {known}")
        return self.law.book.schemes[code]

    def status(self, code: str, person: str | None = None) -> tuple[Status, int | None]:
        """This function will return status and amount in fen per period, without looking for what is missing."""
        scheme = self.scheme(code)
        place = self.place(scheme.beneficiary, person)
        entitled = self.raw(scheme.entitled, place)
        if entitled == (0, 0):
            return "not_entitled", 0
        amount = exact(self.raw(scheme.amount, place))
        if entitled == (1, 1):
            return "entitled", amount
        return "unknown", None

    def outcome(self, scheme_code: str, person: str | None = None) -> Outcome:
        """This function will return the outcome of a scheme, with the data that could settle it if it is open."""
        status, amount = self.status(scheme_code, person)
        scheme = self.scheme(scheme_code)
        target = scheme.entitled if status == "unknown" else scheme.amount
        missing: tuple[MissingDatum, ...] = ()
        if amount is None:
            missing = missing_data(self, target, self.place(scheme.beneficiary, person))
        return Outcome(scheme_code, person, status, amount, missing, scheme.period)

    def outcomes(self) -> tuple[OutcomeRow, ...]:
        """This function will return the rows of all schemes that are entitled or unknown, as stacking reads them."""
        rows = []
        for scheme in self.law.book.schemes.values():
            persons = [None] if scheme.beneficiary is Entity.HOUSEHOLD else list(self.keys)
            for person in persons:
                status, amount = self.status(scheme.code, person)
                if status != "not_entitled":
                    rows.append(self._row(scheme.code, person, status, amount))
        return tuple(rows)

    def _row(self, code: str, person: str | None, status: Status, amount: int | None) -> OutcomeRow:
        if person is not None:
            counted = self.value(self.law.book.counted, person)
            return OutcomeRow(code, person, status, amount, amount, counted if isinstance(counted, bool) else None)
        heads = self.value(self.law.book.heads)
        share = div_round(amount, heads) if amount is not None and isinstance(heads, int) else None
        return OutcomeRow(code, None, status, amount, share)

    def payable(self) -> tuple[Payable, ...]:
        """This function will return what is paid after stacking, for all schemes that are entitled or unknown."""
        return apply_stacking(self.law, self.outcomes())

    def explain(self, scheme_code: str, person: str | None = None) -> Explanation:
        """This function will build the explanation of one outcome: a tree of frozen dataclasses."""
        from rulebook.explanation import explain

        return explain(self, self.scheme(scheme_code), person)

    def settled(self, person: int, name: str, fact: Fact) -> Evaluation:
        """This function will evaluate the same household with one fact given (person −1: a household fact)."""
        if person < 0:
            changed = replace(self.household, facts={**self.household.facts, name: fact})
        else:
            members = list(self.household.members)
            members[person] = replace(members[person], facts={**members[person].facts, name: fact})
            changed = replace(self.household, members=tuple(members))
        return Evaluation(self.law, changed, self.as_of)


def plain(raw: Value, base: Base) -> int | bool | str | Unknown:
    """This function will turn bounds into a plain value or Unknown."""
    if isinstance(raw, tuple):
        number = exact(raw)
        if number is None:
            return Unknown(*raw)
        return bool(number) if base is Base.BOOL else number
    return raw if isinstance(raw, str) and raw else Unknown()
