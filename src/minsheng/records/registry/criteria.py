"""What a question about many people may ask: tests on a few columns, joined by and, or, not. Pure.

The columns are those that stand on the person's own row and are thus answered by the database for a whole district;
facts that are resolved from several sources are not among them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Column(StrEnum):
    """What may be tested."""

    PERSON = "id"
    HOUSEHOLD = "household"
    SEX = "sex"
    BIRTH_DATE = "birth_date"
    REGISTERED = "created_at__date"
    AREA = "area_id"


class Operator(StrEnum):
    """How it is compared; a missing value satisfies nothing, nor does its negation."""

    GT = "gt"
    LT = "lt"
    GE = "ge"
    LE = "le"
    EQ = "eq"
    IN = "in"


class Sorting(StrEnum):
    """By what an answer may be sorted."""

    BIRTH_DATE = "birth_date"
    REGISTERED = "created_at"


@dataclass(frozen=True)
class Test:
    """One comparison; for IN the value is a tuple."""

    __test__ = False  # pytest: no test case

    column: Column
    operator: Operator
    value: str | int | date | tuple[int, ...] | tuple[str, ...]


@dataclass(frozen=True)
class Every:
    """All of these hold; of none it is true."""

    parts: tuple["Criterion", ...]


@dataclass(frozen=True)
class Either:
    """At least one of these holds; of none it is false."""

    parts: tuple["Criterion", ...]


@dataclass(frozen=True)
class Neither:
    """This does not hold, and is known not to."""

    part: "Criterion"


Criterion = Test | Every | Either | Neither


def tests_of(criterion: Criterion) -> Iterator[Test]:
    """This function will yield every comparison of a criterion."""
    if isinstance(criterion, Test):
        yield criterion
        return
    inner: Iterable[Criterion] = (criterion.part,) if isinstance(criterion, Neither) else criterion.parts
    for part in inner:
        yield from tests_of(part)
