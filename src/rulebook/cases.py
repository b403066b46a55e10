"""Worked examples and named stories: sentences that an officer can read, each a test of every lowering."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from rulebook.book import SHARED
from rulebook.facts import Fact, Household, Person
from rulebook.known_keys import EXAMPLE, STORY, refuse_unknown_keys
from rulebook.problems import Problems
from rulebook.units import read_money
from rulebook.yaml_reading import Mapped, read_yaml

FINDINGS = ("entitled_not_receiving", "receiving_not_entitled", "one_datum_missing", "none")
STATUSES = ("entitled", "not_entitled", "unknown")


@dataclass(frozen=True)
class Expected:
    """What must come out for one scheme and person: status, and where given amount before and after stacking (fen).

    Of an assessment, which has no status, `values` are expected: variable → value, None for one that is not known.
    """

    scheme: str
    person: str | None
    status: str
    amount_fen: int | None = None
    payable_fen: int | None = None
    missing: tuple[str, ...] | None = None  # input names, sorted
    values: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True)
class Example:
    """One household on one day with the answer worked out by hand."""

    scheme: str
    title: str
    file: str
    line: int
    as_of: date
    household: Household
    expect: tuple[Expected, ...]
    working: str


@dataclass(frozen=True)
class StoryFinding:
    """What the platform should notice about one scheme and person."""

    finding: str
    scheme: str
    person: str | None


@dataclass(frozen=True)
class Story(Example):
    """A named household of the invented lane 青云里. `receives`: (scheme, person or None) → fen per month now."""

    key: str = ""
    address: str = ""
    receives: Mapping[tuple[str, str | None], int] = field(default_factory=dict)
    finding: str = "none"
    findings: tuple[StoryFinding, ...] = ()


def load_stories(path: Path) -> tuple[Story, ...]:
    """This function will load every `*.yaml` of policies/stories (or of `<path>/stories`), sorted by file name.

    Facts not written come from `<policies>/household/ordinary.yaml`. Raises RulebookErrors with every problem.
    """
    folder = path if path.name == "stories" else path / "stories"
    problems = Problems()
    ordinary = read_ordinary(folder.parent, problems)
    made = []
    for file in sorted(folder.glob("*.yaml")):
        name = f"stories/{file.name}"
        raw = read_yaml(file, name, problems)
        refuse_unknown_keys(raw, STORY, problems)
        if isinstance(raw, Mapped):
            made.append(_story(raw, file.stem, name, ordinary, problems))
        else:
            problems.add(name, 1, "the file is not a story", "a story is a mapping", "write `title: …` and the rest")
    problems.raise_if_any()
    return tuple(made)


def read_ordinary(folder: Path, problems: Problems) -> Mapped:
    """This function will read the ordinary facts that all examples start from; without the file nothing is assumed."""
    name = "household/ordinary.yaml"
    path = folder / "household" / "ordinary.yaml"
    raw = read_yaml(path, name, problems) if path.exists() else None
    return raw if isinstance(raw, Mapped) else Mapped()


def read_examples(folder: Path, scheme: str, ordinary: Mapped, problems: Problems) -> tuple[Example, ...]:
    """This function will read `<scheme>/examples/*.yaml`: each file a list of examples.

    A folder may have an `ordinary.yaml` of its own, which adds to the facts that all examples start from.
    """
    made = []
    if scheme != SHARED and (folder / scheme / "ordinary.yaml").exists():
        own = read_yaml(folder / scheme / "ordinary.yaml", f"{scheme}/ordinary.yaml", problems) or {}
        ordinary = Mapped({e: {**ordinary.get(e, {}), **(own.get(e) or {})} for e in ("household", "person")})
    for file in sorted((folder / scheme / "examples").glob("*.yaml")):
        name = f"{scheme}/examples/{file.name}"
        examples = read_yaml(file, name, problems) or []
        refuse_unknown_keys(examples, EXAMPLE, problems)
        for raw in examples:
            if isinstance(raw, Mapped):
                made.append(Example(scheme=scheme, **_case(raw, scheme, name, ordinary, problems)))
            else:
                problems.add(name, 1, f"{raw!r} is not an example", "an example is a mapping", "write `- title: …`")
    return tuple(made)


def _case(raw: Mapped, scheme: str, file: str, ordinary: Mapped, problems: Problems) -> dict[str, Any]:
    for key in ("title", "as_of", "people", "expect", "working"):
        if not raw.get(key):
            problems.add(file, raw.line, f"`{key}` is missing", "an example is a whole sentence", f"add `{key}:`")
    day = raw.get("as_of")
    if not isinstance(day, date):
        problems.add(file, raw.line_of("as_of"), f"as_of is {day!r}", "it is a day", "write as_of: 2020-12-01")
        day = date(2020, 12, 1)
    facts = {**ordinary.get("household", {}), **(raw.get("household") or {})}
    people = [
        Person(str(key), _facts({**ordinary.get("person", {}), **(given or {})}))
        for key, given in (raw.get("people") or {}).items()
    ]
    expect = tuple(_expected(raw.get("expect") or {}, {p.key for p in people}, file, raw, problems))
    return {
        "title": str(raw.get("title", "")), "file": file, "line": raw.line, "as_of": day, "expect": expect,
        "household": Household(_facts(facts), tuple(people)), "working": str(raw.get("working", "")).strip(),
    }  # fmt: skip


def _story(raw: Mapped, key: str, file: str, ordinary: Mapped, problems: Problems) -> Story:
    case = _case(raw, "", file, ordinary, problems)
    receives: dict[tuple[str, str | None], int] = {}
    for scheme, given in (raw.get("receives") or {}).items():
        for person, fen in given.items() if isinstance(given, dict) else [(None, given)]:
            paid = _fact(fen)
            receives[(scheme, person)] = paid if isinstance(paid, int) else 0
    findings = tuple(
        StoryFinding(str(row.get("finding")), str(row.get("scheme")), row.get("person"))
        for row in raw.get("findings") or []
    )
    finding = str(raw.get("finding", "none"))
    for name in (finding, *(row.finding for row in findings)):
        if name not in FINDINGS:
            problems.add(
                file,
                raw.line_of("finding"),
                f"the finding {name!r} is unknown",
                f"known: {', '.join(FINDINGS)}",
                "correct it",
            )
    return Story(
        scheme="", **case, key=key, address=str(raw.get("address", "")), receives=receives, finding=finding,
        findings=findings,
    )  # fmt: skip


def _facts(given: Mapping[str, Any]) -> dict[str, Fact]:
    return {name: _fact(value) for name, value in given.items() if value is not None}


def _fact(value: Any) -> Fact:
    """Money may be written as 18,000.00元; it becomes fen exactly."""
    if isinstance(value, str) and (fen := read_money(value)) is not None:
        return fen
    fact: Fact = value
    return fact


def _expected(
    raw: Mapping[str, Any], keys: set[str], file: str, example: Mapped, problems: Problems
) -> Iterator[Expected]:
    for scheme, given in raw.items():
        personal = isinstance(given, dict) and not {"status", "amount", "values"} & set(given)
        for person, row in given.items() if personal else [(None, given)]:
            row = row if isinstance(row, dict) else {"status": row}
            known = row.get("status") in STATUSES or ("values" in row and "status" not in row)
            if not known or (person is not None and person not in keys):
                problems.add(
                    file,
                    example.line_of("expect"),
                    f"{scheme} expects {row.get('status')!r} for {person}",
                    f"statuses: {', '.join(STATUSES)}; persons: {', '.join(sorted(keys))}",
                    "correct it",
                )
                continue
            missing = row.get("missing")
            amount, payable = _fact(row.get("amount")), _fact(row.get("payable"))
            yield Expected(
                scheme, person, row.get("status", ""), amount if isinstance(amount, int) else None,
                payable if isinstance(payable, int) else None,
                tuple(sorted(missing)) if missing is not None else None,
                {name: _fact(value) for name, value in (row.get("values") or {}).items()},
            )  # fmt: skip
