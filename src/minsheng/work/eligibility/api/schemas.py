"""What goes in and comes out of `rules/`. Money is whole fen; null is unknown, never zero."""

from datetime import date
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field, StrictBool, StrictInt, StrictStr

CODE = r"^[a-z][a-z0-9_]{0,59}$"
MOST_PEOPLE = 30
Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
Code = Annotated[str, Field(pattern=CODE)]
# Strict: a text is no number and true is no 1. Dates are texts, 2026-11-03.
FactValue = StrictBool | StrictInt | StrictStr | None
Facts = dict[Code, FactValue]


class Strict(Schema):
    """An input that knows every one of its fields."""

    model_config = ConfigDict(extra="forbid")


class PersonIn(Strict):
    """One person: a key of your own choice (no name, no number) and what is known."""

    key: Key
    facts: Facts = Field(default_factory=dict)


class HouseholdIn(Strict):
    """One household, as it is known on a day. A fact that is left out or null is unknown."""

    as_of: date
    household: Facts = Field(default_factory=dict)
    people: list[PersonIn] = Field(default_factory=list, max_length=MOST_PEOPLE)


class CalculateIn(HouseholdIn):
    """A household, and which schemes are asked for (none named: all)."""

    schemes: list[Code] = Field(default_factory=list, max_length=60)


class ExplainIn(HouseholdIn):
    """A household and the one outcome to explain; `person` names a key where the scheme is a person's."""

    scheme: Code
    person: Key | None = None


class MissingOut(Schema):
    """One datum that is missing. `decides_alone`: whatever the answer is, the outcome is then known."""

    person: str | None
    fact: str
    question: str
    decides_alone: bool


class ReductionOut(Schema):
    """Why less is paid: another benefit, how many fen per period (null: cannot be said yet), and the rule in words."""

    against: str
    fen: int | None
    text: str


class OutcomeOut(Schema):
    """The answer of one scheme for one beneficiary. Amounts in fen per `period`, before and after stacking."""

    scheme: str
    person: str | None
    status: Literal["entitled", "not_entitled", "unknown"]
    period: Literal["month", "once", "year", "status"]
    amount_fen: int | None
    payable_fen: int | None
    reductions: list[ReductionOut]
    missing: list[MissingOut]


class CalculateOut(Schema):
    """All answers, and the law that gave them: equal digests decide alike."""

    as_of: date
    law_digest: str
    outcomes: list[OutcomeOut]


class ExplainOut(Schema):
    """The working of one outcome; `working` follows the schema that it names itself (rulebook.explanation/…)."""

    as_of: date
    law_digest: str
    working: dict[str, Any]


class SchemeOut(Schema):
    """One scheme as it stands on a day."""

    code: str
    title: str
    summary: str
    beneficiary: Literal["household", "person"]
    period: Literal["month", "once", "year", "status"]
    basis: str
    in_force_from: date
    doubts: int


class NumberOut(Schema):
    """One figure of the law as it stands on a day; `doubt` is set where it is a 演示参数."""

    name: str
    label: str
    unit: str
    value: int
    from_date: date
    basis: str
    doubt: str | None


class VariableOut(Schema):
    """One rule with the wording in force."""

    name: str
    label: str
    entity: Literal["household", "person"]
    text: str
    basis: str
    doubt: str | None
    from_date: date


class SchemeDetailOut(SchemeOut):
    """One scheme with its figures, rules and the facts that it may ask for."""

    as_of: date
    law_digest: str
    numbers: list[NumberOut]
    rules: list[VariableOut]
    facts: list[str]


class SchemesOut(Schema):
    """All schemes in the order of the law's chapters; there are some dozens, so this list has no pages."""

    as_of: date
    law_digest: str
    items: list[SchemeOut]


class NumbersOut(Schema):
    """One page of figures in the order of their names."""

    as_of: date
    law_digest: str
    items: list[NumberOut]
    next: str | None


class DayQuery(Schema):
    """The day whose law is wanted."""

    as_of: date


class NumbersQuery(DayQuery):
    """The day, a scheme (or `household` for what is shared), how many, and after which name."""

    scheme: Code | None = None
    limit: int = Field(50, ge=1, le=200)
    after: str | None = Field(None, pattern=r"^[a-z0-9_.]{1,130}$")


class ProblemError(Schema):
    """One field that is wrong."""

    pointer: str
    code: str
    message: str


class Problem(Schema):
    """RFC 9457."""

    type: str
    title: str
    status: int
    instance: str
    detail: str | None = None
    errors: list[ProblemError] | None = None
