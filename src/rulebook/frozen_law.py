"""The part of a law that one decision rests on, as plain JSON; and back again, without any policy file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any

from rulebook.book import (
    SHARED,
    Citation,
    Input,
    Number,
    NumberVersion,
    RuleVersion,
    Scheme,
    Table,
    TableVersion,
    Variable,
)
from rulebook.declaring import Draft, RawVariable
from rulebook.dependencies import dependencies_of
from rulebook.law import Law
from rulebook.loading import bind, check_rules, finished
from rulebook.problems import Problems
from rulebook.stacking import StackingRule
from rulebook.table_reading import Written
from rulebook.tree import Constant
from rulebook.units import BOOL, Base, Entity, Kind, Period, Unit

Json = dict[str, Any]


def freeze_law(law: Law, code: str) -> Json:
    """This function will write the law of the day as far as a scheme's payable amount can rest on it.

    `stacked`: the schemes whose payable amounts can be said from it. The others only lend it their rules.
    """
    book, needed = law.book, dependencies_of(law)
    stacked = needed.reads[code].schemes
    schemes = set(stacked)
    while True:
        variables = set[str]().union(*(needed.own[name].variables for name in schemes))
        owners = {name.split(".")[0] for name in variables} & set(book.schemes)
        if owners <= schemes:
            break
        schemes |= owners
    reads = [needed.own[name] for name in schemes]
    numbers, tables, inputs = (
        sorted(set[str]().union(*(getattr(read, part) for read in reads))) for part in ("numbers", "tables", "inputs")
    )
    return {
        "digest": law.digest,
        "day": law.day.isoformat(),
        "membership": {"counted": book.counted, "heads": book.heads},
        "inputs": {name: _input(book.inputs[name]) for name in inputs},
        "stacked": sorted(stacked),
        "schemes": {name: _scheme(book.schemes[name], law) for name in sorted(schemes)},
        "shared_from": book.shared.in_force_from.isoformat(),
        "numbers": {name: _number(book.numbers[name], law.numbers[name]) for name in numbers},
        "tables": {name: _table(book.tables[name], law.tables[name]) for name in tables},
        "rules": {name: _rule(book.variables[name], law) for name in sorted(variables)},
        "stacking": [
            _stacking(rule) for rule in book.stacking
            if rule.holds_on(law.day) and stacked & {rule.first, *rule.others}
        ],
    }  # fmt: skip


def _input(made: Input) -> Json:
    return {"entity": made.entity.value, "type": made.type, "unit": made.unit, "label": made.label,
            "question": made.question, "codes": list(made.codes), "code_labels": dict(made.code_labels),
            "low": made.low, "high": made.high, "fixed": made.fixed}  # fmt: skip


def _scheme(made: Scheme, law: Law) -> Json:
    return {"title": made.title, "beneficiary": made.beneficiary.value, "from": made.in_force_from.isoformat(),
            "basis": made.basis_on(law.day), "entitled": made.entitled, "amount": made.amount,
            "period": made.period.value, "order": made.order}  # fmt: skip


def _dated(version: NumberVersion | TableVersion | RuleVersion) -> Json:
    return {"from": version.from_date.isoformat(), "basis": version.basis, "doubt": version.doubt}


def _number(made: Number, version: NumberVersion) -> Json:
    return {**_dated(version), "label": made.label, "unit": str(made.unit), "value": version.value, "table": made.table}


def _table(made: Table, version: TableVersion) -> Json:
    return {**_dated(version), "label": made.label, "unit": str(made.unit), "key": _kind(made.key),
            "codes": list(made.codes), "edges": list(version.edges), "values": list(version.values)}  # fmt: skip


def _rule(made: Variable, law: Law) -> Json:
    rule = made.rules[law.wording[made.name]]
    return {**_dated(rule), "label": made.label, "entity": made.entity.value, "kind": _kind(made.kind),
            "code_labels": dict(made.code_labels), "text": rule.text, "written": rule.table is not None}  # fmt: skip


def _kind(kind: Kind) -> Json:
    return {"base": kind.base.value, "unit": None if kind.unit is None else str(kind.unit), "codes": list(kind.codes)}


def _stacking(rule: StackingRule) -> Json:
    return {"kind": rule.kind, "first": rule.first, "others": list(rule.others), "prefer": rule.prefer,
            "from": rule.from_date.isoformat(), "to": rule.to_date.isoformat() if rule.to_date else None,
            "basis": rule.basis, "doubt": rule.doubt, "conflict": rule.conflict}  # fmt: skip


# -- and back ---------------------------------------------------------------------------------------------------------
def thaw_law(frozen: Mapping[str, Any]) -> Law:
    """This function will make a law of what was frozen; raises RulebookErrors when a rule in it cannot be read."""
    problems = Problems()
    inputs = {(Entity(made["entity"]), name): _input_of(name, made) for name, made in frozen["inputs"].items()}
    drafts = [_draft(code, frozen) for code in (SHARED, *frozen["schemes"])]
    ordered, ranges = check_rules(drafts, inputs, problems)
    problems.raise_if_any()
    book = bind(drafts, inputs, ordered, ranges, finished(drafts, ordered), tuple(map(_rule_of, frozen["stacking"])))
    law = book.law_on(_day(frozen["day"]))
    figures = {name: _version(made) for name, made in frozen["numbers"].items()}
    return replace(law, numbers=MappingProxyType({**law.numbers, **figures}), digest=frozen["digest"])


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _kind_of(made: Json) -> Kind:
    unit = None if made["unit"] is None else Unit.parse(made["unit"])
    return Kind(Base(made["base"]), unit, tuple(made["codes"]))


def _input_of(name: str, made: Json) -> Input:
    base = {"bool": Base.BOOL, "date": Base.DATE, "code": Base.CODE}.get(made["type"], Base.INT)
    unit = Unit.parse(made["unit"] or "1") if base is Base.INT else Unit()
    codes = tuple(made["codes"])
    return Input(name, Entity(made["entity"]), made["type"], made["unit"], made["label"], made["question"], codes,
                 MappingProxyType(dict(made["code_labels"])), Kind(base, unit, codes), made["low"],
                 made["high"], made["fixed"])  # fmt: skip


def _version(made: Json) -> NumberVersion:
    return NumberVersion(_day(made["from"]), made["value"], made["basis"], made["doubt"])


def _draft(code: str, frozen: Mapping[str, Any]) -> Draft:
    """One scheme as the loader would have read it, with the one version of everything that was in force."""
    shared = code == SHARED
    made = {} if shared else frozen["schemes"][code]
    begin = _day(frozen["shared_from"] if shared else made["from"])

    def own(part: str) -> dict[str, Json]:
        return {name: item for name, item in frozen[part].items() if name.split(".")[0] == code}

    numbers = {
        name: Number(name, item["label"], Unit.parse(item["unit"]), (_version(item),))
        for name, item in own("numbers").items()
        if not item["table"]
    }
    scheme = Scheme(
        code=code, title=made.get("title", code), summary="", basis=(Citation(begin, made.get("basis", "")),),
        beneficiary=Entity(made.get("beneficiary", "household")), in_force_from=begin,
        numbers=MappingProxyType(numbers),
        tables=MappingProxyType({name: _table_of(name, item) for name, item in own("tables").items()}),
        variables=MappingProxyType({}), entitled=made.get("entitled", ""), amount=made.get("amount", ""),
        period=Period(made.get("period", "month")), doubts=(), order=made.get("order", 0), folder=code,
    )  # fmt: skip
    variables = tuple(_variable(name, item) for name, item in own("rules").items())
    membership = {part: name.split(".")[1] for part, name in frozen["membership"].items()} if shared else {}
    return Draft(scheme, variables, f"{code} (frozen)", membership)


def _table_of(name: str, made: Json) -> Table:
    version = TableVersion(_day(made["from"]), tuple(made["edges"]), tuple(made["values"]), made["basis"],
                           made["doubt"])  # fmt: skip
    return Table(name, made["label"], _kind_of(made["key"]), Unit.parse(made["unit"]), tuple(made["codes"]), (version,))


def _variable(name: str, made: Json) -> RawVariable:
    day, kind, labels = _day(made["from"]), _kind_of(made["kind"]), MappingProxyType(dict(made["code_labels"]))
    rule = RuleVersion(day, made["text"], Constant(BOOL, False), made["basis"], made["doubt"], 1)
    tables: tuple[Written, ...] = ()
    if made["written"]:
        tables = (Written.of(made["text"], name, made["label"], kind, labels, day, made["basis"], made["doubt"]),)
    return RawVariable(name, made["label"], Entity(made["entity"]), kind, (rule,), 1, labels, tables)


def _rule_of(made: Json) -> StackingRule:
    return StackingRule(made["kind"], made["first"], tuple(made["others"]), made["prefer"], _day(made["from"]),
                        _day(made["to"]) if made["to"] else None, made["basis"], made["doubt"],
                        made["conflict"])  # fmt: skip
