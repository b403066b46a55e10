"""Runs examples and stories through the interpreter and says where they differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rulebook.book import Rulebook
from rulebook.cases import STATUSES, Example, Expected
from rulebook.evaluation import Evaluation, evaluate
from rulebook.facts import Unknown
from rulebook.units import say_money


@dataclass(frozen=True)
class ExampleResult:
    """One example: passed, or what came out instead, as sentences."""

    scheme: str
    title: str
    file: str
    line: int
    passed: bool
    differences: tuple[str, ...]

    def __str__(self) -> str:
        return "\n    ".join((f"{self.file}:{self.line}: {self.title}", *self.differences))


def check_examples(book: Rulebook) -> list[ExampleResult]:
    """This function will run every example of every scheme and assessment; nothing is raised for a difference."""
    folders = (*book.schemes.values(), *book.assessments.values())
    return [check_example(book, example) for folder in folders for example in folder.examples]


def check_example(book: Rulebook, example: Example) -> ExampleResult:
    """This function will run one example or story under the law of its day."""
    ev = evaluate(book.law_on(example.as_of), example.household, example.as_of)
    found = tuple(_differences(ev, example.expect))
    return ExampleResult(example.scheme, example.title, example.file, example.line, not found, found)


def _differences(ev: Evaluation, expect: Iterable[Expected]) -> Iterable[str]:
    payable = {(row.scheme, row.person): row for row in ev.payable()}
    for wanted in expect:
        yield from _other_values(ev, wanted)
        if not wanted.status:
            continue
        outcome = ev.outcome(wanted.scheme, wanted.person)
        who = f"{wanted.scheme}" + (f" {wanted.person}" if wanted.person else "")
        if outcome.status != wanted.status:
            asked = "".join(f"；还缺：{datum.question}" for datum in outcome.missing)
            yield f"{who}：例子写的是{_told(wanted.status)}，算出来是{_told(outcome.status)}{asked}"
        if wanted.amount_fen is not None and outcome.amount_fen != wanted.amount_fen:
            yield f"{who}：例子写的是 {say_money(wanted.amount_fen)} 元，算出来是 {_money(outcome.amount_fen)}"
        if wanted.payable_fen is not None:
            row = payable.get((wanted.scheme, wanted.person))
            paid = row.payable_fen if row else 0
            if paid != wanted.payable_fen:
                yield f"{who}：例子写的实发是 {say_money(wanted.payable_fen)} 元，算出来是 {_money(paid)}"
        names = tuple(sorted({datum.input for datum in outcome.missing}))
        if wanted.missing is not None and names != wanted.missing:
            yield f"{who}：例子写的缺项是 {_listed(wanted.missing)}，算出来是 {_listed(names)}"


def _other_values(ev: Evaluation, wanted: Expected) -> Iterable[str]:
    for name, value in wanted.values.items():
        found = ev.value(f"{wanted.scheme}.{name}", wanted.person)
        if (None if isinstance(found, Unknown) else found) != value:
            yield f"{wanted.scheme}.{name} {wanted.person or ''}：例子写的是 {_value(value)}，算出来是 {_value(found)}"


def _told(status: str) -> str:
    """The word that the example has to write, and what it means."""
    return f"{STATUSES[status]}（{status}）"


def _listed(names: Iterable[str]) -> str:
    return "、".join(names) or "没有"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "是（yes）" if value else "否（no）"
    return "不知道" if value is None or isinstance(value, Unknown) else str(value)


def _money(fen: int | None) -> str:
    return "不知道" if fen is None else f"{say_money(fen)} 元"
