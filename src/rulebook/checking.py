"""Runs examples and stories through the interpreter and says where they differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rulebook.book import Rulebook
from rulebook.cases import Example, Expected
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
            asked = "、".join(datum.question for datum in outcome.missing)
            yield f"{who}: expected {wanted.status}, is {outcome.status}" + (f" (missing: {asked})" if asked else "")
        if wanted.amount_fen is not None and outcome.amount_fen != wanted.amount_fen:
            yield f"{who}: expected {say_money(wanted.amount_fen)} 元, is {_money(outcome.amount_fen)}"
        if wanted.payable_fen is not None:
            row = payable.get((wanted.scheme, wanted.person))
            paid = row.payable_fen if row else 0
            if paid != wanted.payable_fen:
                yield f"{who}: expected {say_money(wanted.payable_fen)} 元 payable, is {_money(paid)}"
        names = tuple(sorted({datum.input for datum in outcome.missing}))
        if wanted.missing is not None and names != wanted.missing:
            yield f"{who}: expected missing {', '.join(wanted.missing)}, is {', '.join(names)}"


def _other_values(ev: Evaluation, wanted: Expected) -> Iterable[str]:
    for name, value in wanted.values.items():
        found = ev.value(f"{wanted.scheme}.{name}", wanted.person)
        if (None if isinstance(found, Unknown) else found) != value:
            yield f"{wanted.scheme}.{name} {wanted.person or ''}: expected {value}, is {found}"


def _money(fen: int | None) -> str:
    return "unknown" if fen is None else f"{say_money(fen)} 元"
