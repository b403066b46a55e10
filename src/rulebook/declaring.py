"""Turns the YAML of one scheme into numbers, tables and variables. Rules are read later, when all names are known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from rulebook.book import (
    SHARED,
    Citation,
    Doubt,
    Input,
    Number,
    NumberVersion,
    RuleVersion,
    Scheme,
    Table,
    TableVersion,
)
from rulebook.problems import Problems, meant
from rulebook.ranges import AGE_MAX
from rulebook.table_reading import Written, canonical
from rulebook.tree import Constant
from rulebook.units import BOOL, NONE, WORDS, Base, Entity, Kind, Period, UnableToReadUnit, Unit
from rulebook.yaml_reading import Mapped

MONEY_MAX = 100_000_000_000  # 10 亿元 in fen: a greater fact is not believed
INT_MAX = {"grade": 4, "item": 6, "year": 120}
PAID = ("month", "once", "year")
NO_AMOUNT = "no_amount"  # the variable that stands for the amount of a status
TOP = "read docs/reference/rulebook.md"


@dataclass(frozen=True)
class RawVariable:
    """A declared variable whose rules are still text."""

    name: str
    label: str
    entity: Entity
    kind: Kind
    rules: tuple[RuleVersion, ...]
    line: int
    code_labels: Mapping[str, str] = field(default_factory=dict)
    tables: tuple[Written, ...] = ()  # by rule, where the rules are decision tables


@dataclass(frozen=True)
class Draft:
    scheme: Scheme
    variables: tuple[RawVariable, ...]
    file: str
    membership: Mapping[str, str] = field(default_factory=dict)


def read_inputs(raw: Any, problems: Problems) -> dict[tuple[Entity, str], Input]:
    """This function will read the vocabulary of facts: entity → name → type, unit, label, question, codes."""
    made: dict[tuple[Entity, str], Input] = {}
    names: dict[str, Entity] = {}
    for entity in Entity:
        for name, item in _mapping(raw, entity.value).items():
            if not isinstance(item, Mapped):
                problems.add(raw.file, _mapping(raw, entity.value).line_of(name), f"the input {name} is not a mapping",
                             "its type would be guessed", "write {type: …, label: …, question: …}")  # fmt: skip
                continue
            kind = str(item.get("type"))
            line = item.line
            if name in names:
                problems.add(item.file, line, f"the input {name} is declared for two entities",
                             "its name is its identity everywhere", "rename one of them")  # fmt: skip
            names[name] = entity
            bases = {"bool": Base.BOOL, "int": Base.INT, "money": Base.INT, "code": Base.CODE, "date": Base.DATE}
            if kind not in bases:
                problems.add(item.file, line, f"{name} has the type {kind}", f"known: {', '.join(bases)}", "correct it")
                continue
            for key in ("label", "question"):
                if not item.get(key):
                    problems.add(item.file, line, f"{name} has no `{key}`",
                                 "an officer must be able to name it and ask for it", f"add `{key}:`")  # fmt: skip
            unit = _unit(item, problems, "unit") if kind in ("int", "money") else NONE
            codes = tuple(map(str, item.get("codes", ())))
            high = MONEY_MAX if kind == "money" else INT_MAX.get(str(item.get("unit")), 1000)
            made[(entity, name)] = Input(
                name=name, entity=entity, type=kind, unit=str(item.get("unit", "")), label=str(item.get("label", name)),
                question=str(item.get("question", "")), codes=codes,
                code_labels=MappingProxyType({**{code: code for code in codes}, **(item.get("code_labels") or {})}),
                kind=Kind(bases[kind], unit, codes), low=int(item.get("min", 0)),
                high=int(item.get("max", AGE_MAX if kind == "date" else 1 if kind == "bool" else high)),
                fixed=item.get("fixed") is True,
            )  # fmt: skip
    return made


def read_scheme(
    raw: Any, folder: str, file: str, inputs: Mapping[tuple[Entity, str], Input], problems: Problems
) -> Draft | None:
    """This function will read one scheme.yaml; returns None when it cannot even be named."""
    if not isinstance(raw, Mapped):
        if raw is not None:
            problems.add(file, 1, "the file is not a mapping", "a scheme is written as `key: value`", TOP)
        return None
    code = str(raw.get("code", ""))
    if code != folder:
        problems.add(file, raw.line_of("code"), f"the code {code!r} is not the folder's name {folder!r}",
                     "one scheme, one folder, one name", f"write code: {folder}")  # fmt: skip
    last = (
        ["membership"] if code == SHARED else ["beneficiary"] if raw.get("assessment") else ["outcome", "beneficiary"]
    )
    needed = ["title", "summary", "from", "basis", *last]
    for key in needed:
        if not raw.get(key):
            problems.add(file, raw.line, f"`{key}` is missing", "a scheme without it cannot be shown or run", TOP)
    begin = _day(raw, "from", problems) or date(2016, 1, 1)
    basis = tuple(
        Citation(day, str(item.get("text", ""))) for day, item in _dated(raw, "basis", begin, problems, text="text")
    )
    reader = _SchemeReader(code, file, begin, inputs, problems)
    numbers = [n for name, item in _mapping(raw, "numbers").items() if (n := reader.number(name, item))]
    tables = [t for name, item in _mapping(raw, "tables").items() if (t := reader.table(name, item))]
    beneficiary = Entity.PERSON if raw.get("beneficiary") == "person" else Entity.HOUSEHOLD
    variables = [
        v for name, item in _mapping(raw, "variables").items() if (v := reader.variable(name, item, beneficiary))
    ]
    _distinct(raw, [*numbers, *tables, *variables], file, problems)
    outcome = _mapping(raw, "outcome")
    period = _period(raw, outcome, problems)
    if period is Period.STATUS:
        variables.append(_no_amount(code, beneficiary, begin, raw))
    for key, base in (("entitled", Base.BOOL), ("amount", Base.INT)) if outcome else ():
        target = next((v for v in variables if v.name == f"{code}.{outcome.get(key, NO_AMOUNT)}"), None)
        if target is None or target.kind.base is not base or target.entity is not beneficiary:
            problems.add(
                file,
                raw.line_of("outcome"),
                f"outcome.{key} is not a {beneficiary} variable of type {base}",
                "the outcome is what everybody reads",
                f"name such a variable of this file as {key}",
            )
        elif key == "amount" and period is not Period.STATUS and target.kind.unit not in period.units(beneficiary):
            allowed = " or ".join(map(str, period.units(beneficiary)))
            problems.add(
                file,
                raw.line_of("outcome"),
                f"the amount {target.name} is {target.kind.unit}, but the period of the benefit is {period}",
                f"with the period {period} an amount is {allowed}; any other would be shown and added up wrongly",
                f"change `unit:` of {outcome.get(key)} to {allowed}, or write `period: {'|'.join(PAID)}` as it is paid",
            )
    scheme = Scheme(
        code=code, title=str(raw.get("title", code)), summary=str(raw.get("summary", "")).strip(), basis=basis,
        beneficiary=beneficiary, in_force_from=begin, numbers=MappingProxyType({n.name: n for n in numbers}),
        tables=MappingProxyType({t.name: t for t in tables}), variables=MappingProxyType({}),
        entitled=f"{code}.{outcome['entitled']}" if outcome.get("entitled") else "",
        amount=f"{code}.{outcome.get('amount', NO_AMOUNT)}" if outcome else "", period=period,
        doubts=tuple(_doubts(raw, begin, numbers, tables, variables)), order=int(raw.get("order", 100)), folder=folder,
    )  # fmt: skip
    return Draft(scheme, tuple(variables), file, dict(_mapping(raw, "membership")))


def _period(raw: Mapped, outcome: Mapped, problems: Problems) -> Period:
    """How often a benefit is paid; without an amount the outcome is a status."""
    if not outcome:
        return Period.MONTH
    paid = "amount" in outcome
    if str(outcome.get("period", "month")) not in set(Period):
        problems.add(raw.file, outcome.line_of("period"), f"the period {outcome['period']!r} is unknown",
                     "it says how often the amount is paid", f"write period: {'|'.join(PAID)}")  # fmt: skip
        return Period.MONTH
    period = Period(str(outcome.get("period", "month" if paid else "status")))
    if paid is (period is Period.STATUS):
        problems.add(
            raw.file,
            raw.line_of("outcome"),
            f"outcome names {'an' if paid else 'no'} amount and the period {period}",
            "a status carries no money, and money without an amount cannot be paid",
            "leave out `amount` for a status, or give both `amount` and `period: month|once|year`",
        )
        return Period.STATUS
    return period


def _no_amount(code: str, beneficiary: Entity, begin: date, raw: Mapped) -> RawVariable:
    """The amount of a status, so that every engine finds one: 0 fen."""
    rule = RuleVersion(begin, "0", Constant(BOOL, False), "", None, raw.line_of("outcome"))
    return RawVariable(
        f"{code}.{NO_AMOUNT}", "不发钱", beneficiary, Kind(Base.INT, Unit.parse("fen")), (rule,), rule.line
    )


class _SchemeReader:
    def __init__(
        self, code: str, file: str, begin: date, inputs: Mapping[tuple[Entity, str], Input], problems: Problems
    ) -> None:
        self.code, self.file, self.begin, self.inputs, self.problems = code, file, begin, inputs, problems

    def cited(self, name: str, line: int, basis: object) -> None:
        if not str(basis or "").strip():
            self.problems.add(
                self.file,
                line,
                f"{name} has no citation",
                "a rule or figure without a source cannot be defended",
                "add `basis:` with the article",
            )

    def number(self, name: str, item: Any) -> Number | None:
        if not isinstance(item, Mapped):
            self.problems.add(self.file, 1, f"the number {name} has no dates", "figures of the law change",
                              "write label, unit and versions: [{from, value, basis}]")  # fmt: skip
            return None
        versions = []
        for day, row in _dated(item, "versions", self.begin, self.problems):
            value = row.get("value")
            self.cited(f"{name} from {day}", row.line, row.get("basis"))
            if isinstance(value, bool) or not isinstance(value, int):
                self.problems.add(self.file, row.line, f"{name} has the value {value!r}", "figures are whole numbers",
                                  "write money in fen (1,102.00 元 is 110200) and rates in percent")  # fmt: skip
                value = 0
            versions.append(NumberVersion(day, value, str(row.get("basis", "")), _doubt(row)))
        unit = _unit(item, self.problems, "unit")
        return Number(f"{self.code}.{name}", str(item.get("label", name)), unit, tuple(versions)) if versions else None

    def table(self, name: str, item: Any) -> Table | None:
        by = str(item.get("by", ""))
        found = next((made for (_, key), made in self.inputs.items() if key == by and made.codes), None)
        codes = found.codes if found else tuple(map(str, item.get("codes", ())))
        versions = []
        for day, row in _dated(item, "versions", self.begin, self.problems):
            self.cited(f"{name} from {day}", row.line, row.get("basis"))
            edges, values = self._by_code(name, row, codes) if codes else self._by_band(name, row)
            versions.append(TableVersion(day, edges, values, str(row.get("basis", "")), _doubt(row)))
        if not versions or not all(version.values for version in versions):
            return None
        key = Kind(Base.CODE, None, codes) if codes else Kind(Base.INT, _unit(item, self.problems, "by"))
        unit = _unit(item, self.problems, "unit")
        return Table(f"{self.code}.{name}", str(item.get("label", name)), key, unit, codes, tuple(versions))

    def _by_code(self, name: str, row: Mapped, codes: tuple[str, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        given = _mapping(row, "rows")
        lacking, strange = [c for c in codes if c not in given], [c for c in given if c not in codes]
        if lacking or strange:
            self.problems.add(self.file, row.line_of("rows"),
                              f"the table {name} lacks rows for {lacking} or has unknown rows {strange}",
                              "every code needs exactly one row", "add or correct the rows")  # fmt: skip
            return (), ()
        return (), tuple(int(given[code]) for code in codes)

    def _by_band(self, name: str, row: Mapped) -> tuple[tuple[int, ...], tuple[int, ...]]:
        edges: list[int] = []
        values: list[int] = []
        bands = row.get("bands") or []
        for place, band in enumerate(bands):
            before = bands[place - 1].get("to") if place else 0
            if band.get("from") != before or (place < len(bands) - 1 and (band.get("to") or 0) <= band.get("from", 0)):
                self.problems.add(self.file, band.line, f"the bands of {name} have a gap or an overlap at {before}",
                                  "each value must fall into exactly one band; bands are half-open [from, to)",
                                  f"begin this band with from: {before} and end it above its beginning")  # fmt: skip
            edges.append(int(band.get("from", 0)))
            values.append(int(band.get("value", 0)))
        if not bands or bands[-1].get("to") is not None:
            self.problems.add(self.file, row.line, f"the bands of {name} end", "a value beyond would have no row",
                              "leave out `to` in the last band")  # fmt: skip
        return tuple(edges), tuple(values)

    def variable(self, name: str, item: Any, default: Entity) -> RawVariable | None:
        if not isinstance(item, Mapped) or ("is" in item) is ("table" in item):
            self.problems.add(self.file, getattr(item, "line", 1),
                              f"the variable {name} has not exactly one of `is:` and `table:`", "its value is not said",
                              "add `is:` with an expression or a list of {from, rule}, or `table:`")  # fmt: skip
            return None
        entity = Entity(item["entity"]) if item.get("entity") in list(Entity) else default
        codes = tuple(map(str, item.get("codes", ())))
        kind = BOOL if item.get("type") == "bool" else Kind(Base.CODE, None, codes) if codes else None
        if kind is None:
            if "unit" not in item:
                self.problems.add(self.file, item.line, f"{name} has neither `type: bool`, `codes:` nor `unit:`",
                                  "its meaning would be guessed", "declare one of them")  # fmt: skip
            kind = Kind(Base.INT, _unit(item, self.problems, "unit"))
        rules: list[RuleVersion] = []
        nothing = Constant(BOOL, False)
        tables: list[Written] = []
        labels = MappingProxyType({code: code for code in codes} | dict(_mapping(item, "code_labels")))
        if "table" in item:
            label = str(item.get("label", name))
            columns = _mapping(item, "none")
            for day, row in _dated(item, "table", self.begin, self.problems):
                given = str(row.get("basis") or item.get("basis") or "")
                self.cited(f"{name} from {day}", row.line, given)
                columns = _mapping(row, "columns") or columns
                doubt = _doubt(row) or _doubt(item)
                tables.append(Written(row, columns, f"{self.code}.{name}", label, kind, labels, day, given, doubt))
                rules.append(RuleVersion(day, canonical(row, columns), nothing, given, doubt, row.line))
        elif isinstance(item["is"], list):
            for day, row in _dated(item, "is", self.begin, self.problems):
                basis = row.get("basis") or item.get("basis")
                self.cited(f"{name} from {day}", row.line, basis)
                rules.append(RuleVersion(day, str(row.get("rule", "")), nothing, str(basis or ""),
                                         _doubt(row) or _doubt(item), row.line_of("rule")))  # fmt: skip
        else:
            self.cited(name, item.line, item.get("basis"))
            rules.append(RuleVersion(self.begin, str(item["is"]), nothing, str(item.get("basis", "")), _doubt(item),
                                     item.line_of("is")))  # fmt: skip
        if not rules:
            return None
        return RawVariable(f"{self.code}.{name}", str(item.get("label", name)), entity, kind, tuple(rules), item.line,
                           labels, tuple(tables))  # fmt: skip


def _mapping(raw: Any, key: str) -> Mapped:
    value = raw.get(key) if isinstance(raw, Mapped) else None
    if isinstance(value, Mapped):
        return value
    empty = Mapped()
    empty.lines = {}
    return empty


def _doubt(row: Mapped) -> str | None:
    text = str(row.get("doubt") or "").strip()
    return text or None


def _unit(item: Mapped, problems: Problems, key: str) -> Unit:
    try:
        return Unit.parse(str(item.get(key, "1")))
    except UnableToReadUnit as fault:
        remedy = meant(fault.word, (*WORDS, "household"), "write a unit of these words, for example fen/person/month")
        problems.add(item.file, item.line_of(key), f"the unit {item.get(key)!r} is not known", str(fault), remedy)
        return NONE


def _day(item: Mapped, key: str, problems: Problems) -> date | None:
    value = item.get(key)
    if isinstance(value, date):
        return value
    problems.add(item.file, item.line_of(key), f"`{key}` is {value!r}, not a date", "each rule holds from a day on",
                 f"write {key}: 2021-07-01")  # fmt: skip
    return None


def _dated(
    item: Mapped, key: str, begin: date, problems: Problems, text: str | None = None
) -> Iterator[tuple[date, Mapped]]:
    """Yields the dated rows of a list in order; refuses missing dates, disorder and a late beginning."""
    rows = item.get(key)
    if isinstance(rows, str) and text is not None:
        only = Mapped({text: rows})
        only.file, only.line, only.lines = item.file, item.line_of(key), {}
        yield begin, only
        return
    if not isinstance(rows, list) or not rows:
        problems.add(item.file, item.line_of(key), f"`{key}` has no dated rows", "what holds when must be written",
                     f"write {key}: [{{from: 2021-07-01, …}}]")  # fmt: skip
        return
    before: date | None = None
    for row in rows:
        day = _day(row, "from", problems) if isinstance(row, Mapped) else None
        if day is None:
            if not isinstance(row, Mapped):
                problems.add(item.file, item.line_of(key), f"a row of `{key}` has no date", "see above", "add `from:`")
            continue
        if before is None and day > begin:
            problems.add(item.file, row.line, f"the first row of `{key}` begins {day}, the scheme {begin}",
                         "in between nothing would be defined", f"add a row from {begin}")  # fmt: skip
        if before is not None and day <= before:
            problems.add(item.file, row.line, f"the date {day} follows {before}", "rows must go forward in time",
                         "sort the rows by `from`, each day once")  # fmt: skip
        before = day
        yield day, row


def _distinct(raw: Mapped, items: list[Any], file: str, problems: Problems) -> None:
    seen: set[str] = set()
    for item in items:
        if item.name in seen:
            problems.add(file, getattr(item, "line", raw.line), f"the name {item.name} is used twice",
                         "a reader could not tell which is meant", "rename one of them")  # fmt: skip
        seen.add(item.name)


def _doubts(
    raw: Mapped, begin: date, numbers: list[Number], tables: list[Table], variables: list[RawVariable]
) -> Iterator[Doubt]:
    if _doubt(raw):
        yield Doubt(str(raw.get("code")), str(raw.get("title")), begin, _doubt(raw) or "")
    for number in numbers:
        for figure in number.versions:
            if figure.doubt:
                yield Doubt(number.name, number.label, figure.from_date, figure.doubt)
    for table in tables:
        for rows in table.versions:
            if rows.doubt:
                yield Doubt(table.name, table.label, rows.from_date, rows.doubt)
    for variable in variables:
        for rule in variable.rules:
            if rule.doubt:
                yield Doubt(variable.name, variable.label, rule.from_date, rule.doubt)
