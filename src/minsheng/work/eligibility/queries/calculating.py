"""One household that is typed in, not looked up: nothing of it is stored, and nobody is searched for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.work.eligibility.law import law_on
from rulebook import (
    Evaluation,
    Household,
    Law,
    MissingDatum,
    Payable,
    Person,
    UnableToReadFact,
    UnableToResolveLaw,
    evaluate,
)
from rulebook.units import Entity

CAPABILITY = "eligibility.view_schemes"


class UnableToCalculate(ValueError):
    """Something that was given cannot be read. `pointer` is the place, the message says what to give instead."""

    def __init__(self, pointer: str, message: str) -> None:
        self.pointer = pointer
        super().__init__(message)


class UnableToFindLaw(LookupError):
    """The rulebook has no law on this day, or no such scheme or person."""


@dataclass(frozen=True)
class Given:
    """A household as typed: facts by name; people as (key, facts)."""

    as_of: date
    household: Mapping[str, Any]
    people: Sequence[tuple[str, Mapping[str, Any]]]


@dataclass(frozen=True)
class Answer:
    """One outcome with what is missing for it and what stacking takes away."""

    scheme: str
    person: str | None
    payable: Payable
    missing: tuple[MissingDatum, ...]


def calculate(*, viewer: Viewer, given: Given, schemes: Sequence[str] = ()) -> tuple[Law, tuple[Answer, ...]]:
    """This function will answer for a typed household: every scheme (or those named), each person, on a day.

    Raises UnableToCalculate for a fact that cannot be read, UnableToFindLaw for a day or scheme that is not there.
    """
    require(viewer=viewer, capability=CAPABILITY)
    law = law_of(given.as_of)
    for code in schemes:
        _known(law, code)
    evaluation = _evaluated(law, given)
    payable = {(row.scheme, row.person): row for row in evaluation.payable()}
    answers = []
    for code in schemes or law.book.schemes:
        scheme = law.book.schemes[code]
        people: Iterable[str | None] = [None] if scheme.beneficiary is Entity.HOUSEHOLD else evaluation.keys
        for person in people:
            outcome = evaluation.outcome(code, person)
            none = Payable(code, person, "not_entitled", 0, 0, period=scheme.period)
            answers.append(Answer(code, person, payable.get((code, person), none), outcome.missing))
    return law, tuple(answers)


def explain_typed(*, viewer: Viewer, given: Given, scheme: str, person: str | None) -> tuple[Law, dict[str, Any]]:
    """This function will give the working of one outcome of a typed household as JSON values."""
    require(viewer=viewer, capability=CAPABILITY)
    law = law_of(given.as_of)
    if (_known(law, scheme).beneficiary is Entity.PERSON) is (person is None):
        whom = "要写明 person" if person is None else "按户享受，不要写 person"
        raise UnableToCalculate("/person", f"“{law.book.schemes[scheme].title}”{whom}。")
    evaluation = _evaluated(law, given)
    if person is not None and person not in evaluation.keys:
        raise UnableToCalculate("/person", "people 里没有这个 key。")
    return law, evaluation.explain(scheme, person).to_json()


def law_of(day: date) -> Law:
    """This function will return the law of a day, or say that there is none."""
    try:
        return law_on(day)
    except UnableToResolveLaw as refusal:
        raise UnableToFindLaw("这一天没有规定可查：政策表从 2016 年 1 月 1 日开始。") from refusal


def _known(law: Law, code: str) -> Any:
    if code not in law.book.schemes:
        raise UnableToFindLaw("没有这项政策。可用的政策见 GET /api/v1/rules/schemes。")
    return law.book.schemes[code]


def _evaluated(law: Law, given: Given) -> Evaluation:
    keys = [key for key, _ in given.people]
    if len(set(keys)) < len(keys):
        raise UnableToCalculate("/people", "每个人的 key 不能重复。")
    people = [
        Person(key, _facts(law, Entity.PERSON, facts, f"/people/{place}/facts"))
        for place, (key, facts) in enumerate(given.people)
    ]
    household = Household(_facts(law, Entity.HOUSEHOLD, given.household, "/household"), people)
    try:
        evaluation = evaluate(law, household, given.as_of)
        evaluation.payable()
        return evaluation
    except UnableToReadFact as refusal:  # what `_facts` did not foresee
        raise UnableToCalculate("/people", "有一项情况的类型不对，请对照接口说明。") from refusal


def _facts(law: Law, entity: Entity, facts: Mapping[str, Any], where: str) -> dict[str, Any]:
    return {name: _fact(law, entity, name, value, f"{where}/{name}") for name, value in facts.items()}


def _fact(law: Law, entity: Entity, name: str, value: Any, pointer: str) -> Any:
    known = law.book.inputs.get(name)
    if known is None or known.entity is not entity:
        raise UnableToCalculate(pointer, "没有这一项情况。可用的名称见接口说明。")
    if value is None:
        return None
    match known.type:
        case "bool" if isinstance(value, bool):
            return value
        case "code" if value in known.codes:
            return value
        case "date" if isinstance(value, str):
            return _day(value, pointer)
        case "int" | "money" if type(value) is int and known.low <= value <= known.high:
            return value
    wanted = {
        "bool": "true 或 false", "code": "、".join(known.codes), "date": "日期，如 1958-03-04",
        "int": f"{known.low} 到 {known.high} 之间的整数", "money": f"{known.low} 到 {known.high} 之间的整数，单位是分",
    }  # fmt: skip
    raise UnableToCalculate(pointer, f"“{known.label}”要填{wanted[known.type]}；不知道就填 null 或不写。")


def _day(text: str, pointer: str) -> date:
    try:
        if len(text) != len("2026-11-03"):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise UnableToCalculate(pointer, "日期要写成 2026-11-03。") from None
