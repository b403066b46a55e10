"""A household's facts, and what of them is believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from rulebook.book import Input

Fact = int | bool | str | date | None
Span = tuple[int, int]
Value = Span | str | date | None  # numbers and conditions: (low, high); codes: text, "" unknown; dates: date or None

EARLIEST_YEARS = 150  # a birth date more than 150 years before the as-of date is not believed


class UnableToReadFact(TypeError):
    """A fact has a type that its input does not have. Says which person's, what was given and what is needed."""


@dataclass(frozen=True)
class Person:
    """A person of the household: key unique within it, facts by input name; a missing key or None is unknown.

    `name` is only for the words of an explanation; without one the key stands there.
    """

    key: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
    name: str = ""


@dataclass(frozen=True)
class Household:
    """Facts of the household and its persons; a missing key or None is unknown."""

    facts: Mapping[str, Fact] = field(default_factory=dict)
    members: tuple[Person, ...] | list[Person] = ()


@dataclass(frozen=True)
class Unknown:
    """A value that cannot be determined, with its bounds. Never zero, never false: it refuses to be a condition."""

    low: int | None = None
    high: int | None = None

    def __bool__(self) -> bool:
        raise TypeError("an unknown value is neither true nor false; ask `isinstance(value, Unknown)` first")


def believe(made: Input, raw: Fact, as_of: date) -> Value:
    """This function will turn a fact into a value; outside its declared bounds it counts as unknown.

    Raises UnableToReadFact when the type is wrong (a float for money, a text for a count …).
    """
    if made.type == "code":
        if raw is not None and not isinstance(raw, str):
            raise _wrong(made, raw, "one of its codes")
        return raw if raw in made.codes else ""
    if made.type == "date":
        if raw is not None and (not isinstance(raw, date) or type(raw) is not date):
            raise _wrong(made, raw, "a date")
        return raw if isinstance(raw, date) and as_of.year - EARLIEST_YEARS <= raw.year and raw <= as_of else None
    if made.type == "bool":
        if raw is not None and not isinstance(raw, bool):
            raise _wrong(made, raw, "true or false")
        return (0, 1) if raw is None else (int(raw), int(raw))
    if raw is not None and (isinstance(raw, bool) or not isinstance(raw, int)):
        raise _wrong(made, raw, "a whole number" + (" of fen" if made.type == "money" else ""))
    if raw is None or not made.low <= raw <= made.high:
        return (made.low, made.high)
    return (raw, raw)


def _wrong(made: Input, raw: object, needed: str) -> UnableToReadFact:
    return UnableToReadFact(
        f"the fact {made.name} ({made.label}) is {raw!r} of type {type(raw).__name__}; it must be {needed}. "
        "Convert it where it is imported; leave it out if it is not known."
    )


def full_years(born: date, as_of: date) -> int:
    """This function will count full years; a person born on 29 February completes a year on 1 March."""
    return as_of.year - born.year - ((as_of.month, as_of.day) < (born.month, born.day))


def full_months(born: date, as_of: date) -> int:
    """This function will count full months from one day to another."""
    return (as_of.year - born.year) * 12 + as_of.month - born.month - (as_of.day < born.day)
