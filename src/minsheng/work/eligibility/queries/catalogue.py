from dataclasses import dataclass
from datetime import date

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.work.eligibility.law import book, code_names, law_on
from minsheng.work.eligibility.publishing.queries import PublishedBy, sources_of
from rulebook import Number, Scheme
from rulebook.tree import NumRef, VarRef
from rulebook.units import say


@dataclass(frozen=True)
class SchemeLine:
    """One scheme in the catalogue."""

    code: str
    title: str
    summary: str
    beneficiary: str
    basis: str
    doubts: int
    examples: int


@dataclass(frozen=True)
class NumberVersionLine:
    """One dated version of one figure of the law; `published` is None for one that stands in the files."""

    from_date: date
    value: int
    shown: str
    basis: str
    doubt: str | None
    in_force: bool
    published: PublishedBy | None


@dataclass(frozen=True)
class NumberLine:
    """One figure of the law with all its versions; `shown` writes the value with its unit."""

    name: str
    label: str
    versions: tuple[NumberVersionLine, ...]


@dataclass(frozen=True)
class RuleLine:
    """One rule of a scheme as text, with the wording in force on the chosen day."""

    name: str
    label: str
    text: str
    basis: str
    doubt: str | None
    from_date: date
    versions: int


@dataclass(frozen=True)
class TableLine:
    """One table of the law as it stands on the chosen day: headings, and rows of as many cells, the result last."""

    label: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    from_date: date
    versions: int
    basis: str
    doubt: str | None
    published: PublishedBy | None


@dataclass(frozen=True)
class SchemePage:
    """Everything that the policy page shows of one scheme on one day."""

    line: SchemeLine
    on_date: date
    in_force_from: date
    numbers: tuple[NumberLine, ...]
    tables: tuple[TableLine, ...]
    rules: tuple[RuleLine, ...]
    doubts: tuple[str, ...]
    law_digest: str


Sources = dict[tuple[str, date], PublishedBy]
BENEFICIARY = {"household": "按户", "person": "按人"}


def schemes(*, viewer: Viewer, on_date: date) -> list[SchemeLine]:
    """This function will list the schemes in the order of the law's chapters."""
    require(viewer=viewer, capability="eligibility.view_schemes")
    return [_line(scheme, on_date) for scheme in sorted(book().schemes.values(), key=lambda s: (s.order, s.code))]


def scheme_page(*, viewer: Viewer, code: str, on_date: date) -> SchemePage | None:
    """This function will describe one scheme as it stands on a day, or None when there is no such scheme."""
    require(viewer=viewer, capability="eligibility.view_schemes")
    scheme = book().schemes.get(code)
    if scheme is None:
        return None
    sources = sources_of()
    rules = []
    for variable in scheme.variables.values():
        wording = variable.rules[variable.on(on_date)]
        if wording.table is not None:
            continue  # shown as a table
        rules.append(
            RuleLine(
                variable.name.split(".")[-1],
                variable.label,
                wording.text,
                wording.basis,
                wording.doubt,
                wording.from_date,
                len(variable.rules),
            )
        )
    return SchemePage(
        line=_line(scheme, on_date),
        on_date=on_date,
        in_force_from=scheme.in_force_from,
        numbers=tuple(_numbers(scheme, on_date, sources)),
        tables=tuple(_tables(scheme, on_date, sources)),
        rules=tuple(rules),
        doubts=tuple(dict.fromkeys(f"{d.label}：{d.text}" for d in scheme.doubts)),
        law_digest=law_on(on_date).digest,
    )


def _line(scheme: Scheme, on_date: date) -> SchemeLine:
    return SchemeLine(
        scheme.code,
        scheme.title,
        scheme.summary,
        BENEFICIARY[scheme.beneficiary],
        scheme.basis_on(on_date),
        len({d.text for d in scheme.doubts}),
        len(scheme.examples),
    )


def _numbers(scheme: Scheme, on_date: date, sources: Sources) -> list[NumberLine]:
    lines = []
    for number in (*scheme.numbers.values(), *_shared_numbers(scheme, on_date)):
        current = number.on(on_date)
        versions = tuple(
            NumberVersionLine(
                v.from_date,
                v.value,
                say(v.value, number.unit),
                v.basis,
                v.doubt,
                v is current,
                sources.get((number.name, v.from_date)),
            )
            for v in number.versions
        )
        lines.append(NumberLine(number.name, number.label, versions))
    return lines


def _tables(scheme: Scheme, on_date: date, sources: Sources) -> list[TableLine]:
    lines = []
    for table in scheme.tables.values():
        version = table.on(on_date)
        if version.edges:
            bounds = zip(version.edges, (*version.edges[1:], None), strict=True)
            unit = table.key.unit
            labels = [f"{say(low, unit)}起" + (f"、不满 {say(high, unit)}" if high else "") for low, high in bounds]
        else:
            labels = code_names(table.codes)
        rows = tuple((label, say(value, table.unit)) for label, value in zip(labels, version.values, strict=False))
        lines.append(
            TableLine(table.label, ("档", "数值"), rows, version.from_date, len(table.versions), version.basis,
                      version.doubt, sources.get((table.name, version.from_date)))
        )  # fmt: skip
    for variable in scheme.variables.values():
        wording = variable.rules[variable.on(on_date)]
        if wording.table is not None:
            headings, told = wording.table.told(law_on(on_date))
            lines.append(
                TableLine(variable.label, headings, told, wording.from_date, len(variable.rules), wording.basis,
                          wording.doubt, sources.get((variable.name, wording.from_date)))
            )  # fmt: skip
    return lines


def _shared_numbers(scheme: Scheme, on_date: date) -> list[Number]:
    """The figures of the shared folder that this scheme's rules read, directly or through other variables."""
    variables, shared = book().variables, book().shared.numbers.values()
    waiting = [variable.name for variable in scheme.variables.values()]
    seen: set[str] = set()
    read: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        nodes = [variables[name].rules[variables[name].on(on_date)].tree]
        while nodes:
            node = nodes.pop()
            nodes.extend(node.parts())
            if isinstance(node, NumRef):
                read.add(node.name)
            elif isinstance(node, VarRef):
                waiting.append(node.name)
    return [number for number in shared if number.name in read]
