"""What a rulebook is made of. All immutable; made by `loading`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol, TypeVar

from rulebook.tree import Node
from rulebook.units import Entity, Kind, Period, Unit

if TYPE_CHECKING:
    from rulebook.amending import NewVersion
    from rulebook.cases import Example
    from rulebook.decision_tables import DecisionTable
    from rulebook.law import Law
    from rulebook.sql import Stage
    from rulebook.stacking import StackingRule

Dated = TypeVar("Dated", bound="_HasDate")

SHARED = "household"  # the folder of variables that every scheme may read by bare name


class _HasDate(Protocol):
    @property
    def from_date(self) -> date: ...


@dataclass(frozen=True)
class Input:
    """A fact that rules may read. `low`/`high` bound what is believed: a value outside counts as unknown."""

    name: str
    entity: Entity
    type: str  # bool | int | money | date | code
    unit: str
    label: str
    question: str
    codes: tuple[str, ...]
    code_labels: Mapping[str, str]
    kind: Kind
    low: int
    high: int
    fixed: bool = False  # nothing can change it (a death): no explanation suggests that it should be otherwise


@dataclass(frozen=True)
class Citation:
    """A legal basis that holds from a day on."""

    from_date: date
    text: str


@dataclass(frozen=True)
class NumberVersion:
    """A figure of the law as it stands from a day on. `doubt` is set when it is a 演示参数."""

    from_date: date
    value: int
    basis: str
    doubt: str | None


@dataclass(frozen=True)
class Number:
    """A figure of the law. `table`: the variable in whose decision table it stands as an edge or a result, if any."""

    name: str  # scheme.number
    label: str
    unit: Unit
    versions: tuple[NumberVersion, ...]
    table: str = ""

    def on(self, day: date) -> NumberVersion:
        """This function will return the version in force on a day (before the first: the first)."""
        return _latest(self.versions, day)


@dataclass(frozen=True)
class TableVersion:
    """Rows of a table from a day on. Bands: `edges[i] ≤ key < edges[i+1]`; codes: `edges` is empty."""

    from_date: date
    edges: tuple[int, ...]
    values: tuple[int, ...]
    basis: str
    doubt: str | None


@dataclass(frozen=True)
class Table:
    name: str
    label: str
    key: Kind
    unit: Unit
    codes: tuple[str, ...]
    versions: tuple[TableVersion, ...]

    def on(self, day: date) -> TableVersion:
        """This function will return the version in force on a day (before the first: the first)."""
        return _latest(self.versions, day)


@dataclass(frozen=True)
class RuleVersion:
    """One wording of a rule from a day on: an expression, or a decision table lowered to `tree`."""

    from_date: date
    text: str
    tree: Node
    basis: str
    doubt: str | None
    line: int
    table: DecisionTable | None = None


@dataclass(frozen=True)
class Variable:
    name: str  # scheme.variable
    label: str
    entity: Entity
    kind: Kind
    rules: tuple[RuleVersion, ...]
    file: str
    line: int
    code_labels: Mapping[str, str] = field(default_factory=dict)

    def on(self, day: date) -> int:
        """This function will return the index of the wording in force on a day."""
        return self.rules.index(_latest(self.rules, day))


@dataclass(frozen=True)
class Doubt:
    """Something that a rule rests on and that could not be verified; shown on the policy page."""

    about: str
    label: str
    from_date: date
    text: str


@dataclass(frozen=True)
class Scheme:
    code: str
    title: str
    summary: str
    beneficiary: Entity
    basis: tuple[Citation, ...]
    in_force_from: date
    numbers: Mapping[str, Number]
    tables: Mapping[str, Table]
    variables: Mapping[str, Variable]
    entitled: str  # scheme.variable
    amount: str
    period: Period
    doubts: tuple[Doubt, ...]
    order: int
    folder: str
    examples: tuple[Example, ...] = ()

    @property
    def has_outcome(self) -> bool:
        """This property will be False for the shared folder, which grants nothing."""
        return bool(self.entitled)

    def basis_on(self, day: date) -> str:
        """This function will return the citation in force on a day."""
        return _latest(self.basis, day).text


@dataclass(frozen=True, eq=False)
class Rulebook:
    """All schemes of a folder. `schemes` are those with an outcome; `shared` is read by all.

    `assessments` grant nothing: they work out a value of one person. A run over everybody leaves them out.
    """

    inputs: Mapping[str, Input]
    shared: Scheme
    schemes: Mapping[str, Scheme]
    assessments: Mapping[str, Scheme]
    numbers: Mapping[str, Number]
    tables: Mapping[str, Table]
    variables: Mapping[str, Variable]  # in an order in which each reads only earlier ones
    spans: Mapping[Node, tuple[int, int]]  # static bounds of every whole-number node
    counted: str  # person variable: is a counted member
    heads: str  # household variable: number of counted members, at least 1
    stacking: tuple[StackingRule, ...]

    def law_on(self, day: date) -> Law:
        """This function will resolve numbers and wordings in force on a day; raises UnableToResolveLaw before 2016."""
        return _law_on(self, day)

    def with_versions(self, versions: Iterable[NewVersion]) -> Rulebook:
        """This function will return a checked book with new dated figures and tables; raises UnableToAmend."""
        from rulebook.amending import amend

        return amend(self, versions)

    def sql(self, dialect: str = "duckdb", schemes: tuple[str, ...] | None = None) -> list[Stage]:
        """This function will write the rules as SQL, one statement per stage; the text holds no number of the law."""
        from rulebook.sql import build_stages

        return build_stages(self, dialect=dialect, schemes=schemes)


@lru_cache(maxsize=256)
def _law_on(book: Rulebook, day: date) -> Law:
    from rulebook.law import resolve_law

    return resolve_law(book, day)


def _latest(versions: tuple[Dated, ...], day: date) -> Dated:
    chosen = versions[0]
    for version in versions:
        if version.from_date <= day:
            chosen = version
    return chosen
