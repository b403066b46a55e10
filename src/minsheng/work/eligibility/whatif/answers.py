"""What a trial answers; amounts in fen per month unless a scheme says otherwise."""

from dataclasses import dataclass
from datetime import date, datetime

from minsheng.work.eligibility.whatif.figures import Figure, Trial
from rulebook import Period
from rulebook.ceiling import Ceiling
from rulebook.comparing import Band, Coverage, Measures, Tally


@dataclass(frozen=True)
class Basis:
    """Which facts were used: their month, when they were taken, and how many runs have changed findings since.

    Not `quick`: the rules are still being compiled, so that this trial took longer than the next ones will.
    """

    as_of: date
    taken_at: datetime
    persons: int
    households: int
    newer: int
    quick: bool


@dataclass(frozen=True)
class SchemeLine:
    """One scheme under both laws; `hidden` where so few are concerned that a person could be guessed."""

    code: str
    title: str
    period: Period
    before: Tally
    after: Tally
    hidden: bool

    @property
    def more_fen(self) -> int:
        return self.after.fen - self.before.fen


@dataclass(frozen=True)
class PlaceLine:
    """One street or community."""

    code: str
    name: str
    hidden: bool
    households: int
    before_fen: int
    after_fen: int
    gain: int
    lose: int

    @property
    def more_fen(self) -> int:
        return self.after_fen - self.before_fen


@dataclass(frozen=True)
class WhatIf:
    """The whole answer of one trial, within the viewer's areas."""

    trial: Trial
    figures: tuple[Figure, ...]
    basis: Basis
    before_fen: int
    after_fen: int
    gain: int
    lose: int
    undetermined: int
    unknown: int
    schemes: tuple[SchemeLine, ...]
    streets: tuple[PlaceLine, ...]
    communities: tuple[PlaceLine, ...]
    bands: tuple[Band, ...]
    before: Coverage
    after: Coverage
    measures: Measures

    @property
    def more_fen(self) -> int:
        return self.after_fen - self.before_fen


@dataclass(frozen=True)
class MonthLine:
    """What one month costs under both laws, in fen."""

    day: date
    before_fen: int
    after_fen: int


@dataclass(frozen=True)
class MovedLine:
    """One household that gains or loses."""

    household_id: int
    name: str
    place: str
    was_fen: int
    will_fen: int


@dataclass(frozen=True)
class MovedPage:
    """Some of the households that gain or lose, the greatest change first; `shown` of `total` from `offset`."""

    rows: tuple[MovedLine, ...]
    total: int
    offset: int
    size: int


@dataclass(frozen=True)
class CeilingAnswer:
    """How far one figure may go within a monthly budget."""

    figure: Figure
    budget_fen: int
    ceiling: Ceiling
