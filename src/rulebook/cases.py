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
from rulebook.units import Entity, read_money
from rulebook.yaml_reading import Mapped, listed, named, read_yaml

FINDINGS = ("entitled_not_receiving", "receiving_not_entitled", "one_datum_missing", "none")
STATUSES = {"entitled": "符合", "not_entitled": "不符合", "unknown": "说不准"}


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
            problems.add(name, 1, "这个文件不是一个故事", "它由“名称: 内容”几行组成", "从 `title: …` 写起")
    problems.raise_if_any()
    return tuple(made)


def read_ordinary(folder: Path, problems: Problems) -> Mapped:
    """This function will read the ordinary facts that all examples start from; without the file nothing is assumed."""
    name = "household/ordinary.yaml"
    path = folder / "household" / "ordinary.yaml"
    raw = read_yaml(path, name, problems) if path.exists() else None
    return raw if isinstance(raw, Mapped) else Mapped()


def read_examples(folder: Path, scheme: str, ordinary: Mapped, problems: Problems) -> tuple[Example, ...]:
    """This function will read `<scheme>/examples/*.yaml`: each file a list of examples, or one.

    A folder may have an `ordinary.yaml` of its own, which adds to the facts that all examples start from.
    """
    made = []
    if scheme != SHARED and (folder / scheme / "ordinary.yaml").exists():
        own = read_yaml(folder / scheme / "ordinary.yaml", f"{scheme}/ordinary.yaml", problems)
        ordinary = Mapped({e: Mapped(named(ordinary, e, problems) | named(own, e, problems)) for e in Entity})
    for file in sorted((folder / scheme / "examples").glob("*.yaml")):
        name = f"{scheme}/examples/{file.name}"
        examples = read_yaml(file, name, problems)
        refuse_unknown_keys(examples, EXAMPLE, problems)
        for raw in examples if isinstance(examples, list) else [] if examples is None else [examples]:
            if isinstance(raw, Mapped):
                made.append(Example(scheme=scheme, **_case(raw, scheme, name, ordinary, problems)))
            else:
                problems.add(name, 1, f"{raw!r} 不是一个例子", "它由“名称: 内容”几行组成", "从 `- title: …` 写起")
    return tuple(made)


def _case(raw: Mapped, scheme: str, file: str, ordinary: Mapped, problems: Problems) -> dict[str, Any]:
    for key in ("title", "as_of", "people", "expect", "working"):
        if not raw.get(key):
            problems.add(file, raw.line, f"缺 `{key}`", "例子要写全，人才看得懂", f"加一行 `{key}:`")
    day = raw.get("as_of")
    if not isinstance(day, date):
        problems.add(file, raw.line_of("as_of"), f"as_of 写的是 {day!r}", "这里要写一个日期", "写成 as_of: 2020-12-01")
        day = date.max  # whatever is born by then; the fault is noted, and nothing of this day is returned
    facts = named(ordinary, "household", problems) | named(raw, "household", problems)
    given = named(raw, "people", problems)
    usual = named(ordinary, "person", problems)
    people = [Person(str(key), _facts(usual | named(given, key, problems))) for key in given]
    expect = tuple(_expected(named(raw, "expect", problems), {p.key for p in people}, file, raw, problems))
    return {
        "title": str(raw.get("title", "")), "file": file, "line": raw.line, "as_of": day, "expect": expect,
        "household": Household(_facts(facts), tuple(people)), "working": str(raw.get("working", "")).strip(),
    }  # fmt: skip


def _story(raw: Mapped, key: str, file: str, ordinary: Mapped, problems: Problems) -> Story:
    case = _case(raw, "", file, ordinary, problems)
    receives: dict[tuple[str, str | None], int] = {}
    paid = named(raw, "receives", problems)
    for scheme, given in paid.items():
        for person in given if isinstance(given, dict) else [None]:
            row, name = (paid, scheme) if person is None else (given, person)
            fen = _fen(row, name, file, raw.line_of("receives"), problems)
            if fen is not None:
                receives[(scheme, person)] = fen
    findings = tuple(
        StoryFinding(str(row.get("finding")), str(row.get("scheme")), row.get("person"))
        if isinstance(row, Mapped)
        else StoryFinding(str(row), "", None)  # no finding has such a name, which is told below
        for row in listed(raw, "findings", problems)
    )
    finding = str(raw.get("finding", "none"))
    for name in (finding, *(row.finding for row in findings)):
        if name not in FINDINGS:
            problems.add(
                file,
                raw.line_of("finding"),
                f"没有叫 {name!r} 的发现",
                f"可以写：{', '.join(FINDINGS)}",
                "改成其中一个",
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
            row = row if isinstance(row, Mapped) else Mapped({"status": row})
            known = str(row.get("status")) in STATUSES or ("values" in row and "status" not in row)
            if not known or (person is not None and person not in keys):
                problems.add(
                    file,
                    example.line_of("expect"),
                    f"{scheme} 的结果写成了 {row.get('status')!r}（{person or '全家'}）",
                    f"结果可以写：{', '.join(STATUSES)}；人可以写：{', '.join(sorted(keys))}",
                    "改成其中一个",
                )
                continue
            missing = None if row.get("missing") is None else listed(row, "missing", problems)
            line = example.line_of("expect")
            amount, payable = (_fen(row, key, file, line, problems) for key in ("amount", "payable"))
            yield Expected(
                scheme, person, row.get("status", ""), amount, payable,
                tuple(sorted(map(str, missing))) if missing is not None else None,
                {name: _fact(value) for name, value in named(row, "values", problems).items()},
            )  # fmt: skip


def _fen(row: dict[str, Any], key: str, file: str, line: int, problems: Problems) -> int | None:
    """The money expected or received; an amount that cannot be read would check nothing, so it is refused."""
    fen = _fact(row.get(key))
    if fen is None or type(fen) is int:
        return fen
    problems.add(file, line, f"{key} 写的是 {row[key]!r}，不是金额", "读不懂的金额等于没有核对",
                 '写成 "30.00元"（带引号，两位小数）；按分写就写整数 3000')  # fmt: skip
    return None
