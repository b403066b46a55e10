"""Loads a folder of policies into a checked, immutable Rulebook. Everything wrong is reported at once."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import MappingProxyType

from rulebook.book import SHARED, Input, Number, Rulebook, RuleVersion, Scheme, Variable
from rulebook.cases import read_examples, read_ordinary
from rulebook.decision_tables import DecisionTable
from rulebook.declaring import NO_AMOUNT, Draft, RawVariable, read_inputs, read_scheme
from rulebook.expressions import Refusal, Scope, read_expression
from rulebook.facts import Fact, UnableToReadFact, believe
from rulebook.known_keys import INPUTS, SCHEME, STACKING, refuse_unknown_keys
from rulebook.law import TRIAL
from rulebook.naming import Declared
from rulebook.problems import Problems, meant
from rulebook.ranges import OutOfRange, Ranges
from rulebook.stacking import StackingRule, read_stacking
from rulebook.table_reading import TableReader
from rulebook.tree import Constant, If, InForce, Node, VarRef, walk
from rulebook.units import ABOUT, BOOL, Base, Entity
from rulebook.yaml_reading import read_yaml

WRITTEN = {  # how a fact of an example is written, by its type
    "bool": "写 true 或 false；不知道写 null",
    "code": "写其中一个：{codes}；不知道写 null",
    "date": "写成 1951-05-06；不知道写 null",
    "int": "写整数；不知道写 null",
    "money": '写成 "1,234.00元"；不知道写 null',
}


def load_rulebook(path: Path, reworded: Mapping[str, str] | None = None) -> Rulebook:
    """This function will load `inputs.yaml`, every `<scheme>/scheme.yaml` and `stacking.yaml` below `path`.

    `reworded` (scheme.variable → rule) puts another wording in place of all dated ones, for a trial; it is checked
    like any other, and worked examples, which prove the law as it stands, are still read but not re-worked.

    Raises RulebookErrors with every problem found: syntax, types, units, entities, undefined names, cycles,
    figures without date or citation, gaps in tables, possible division by zero or overflow.
    """
    problems = Problems()
    vocabulary = read_yaml(path / "inputs.yaml", "inputs.yaml", problems)
    refuse_unknown_keys(vocabulary, INPUTS, problems)
    inputs = read_inputs(vocabulary, problems)
    drafts: list[Draft] = []
    for folder in sorted(item.parent.name for item in path.glob("*/scheme.yaml")):
        name = f"{folder}/scheme.yaml"
        raw = read_yaml(path / folder / "scheme.yaml", name, problems)
        refuse_unknown_keys(raw, SCHEME, problems)
        draft = read_scheme(raw, folder, name, inputs, problems)
        if draft is not None:
            drafts.append(draft)
    if not any(draft.scheme.code == SHARED for draft in drafts):
        problems.add(f"{SHARED}/scheme.yaml", 1, "没有公用的文件夹", "谁算家庭成员写在那里",
                     "写 policies/household/scheme.yaml，里面要有 `membership:`")  # fmt: skip
    problems.raise_if_any()
    drafts = _reworded(drafts, reworded or {}, problems)
    ordered, ranges = check_rules(drafts, inputs, problems)
    ordinary = read_ordinary(path, problems)
    schemes = {
        code: replace(scheme, examples=read_examples(path, code, ordinary, problems))
        for code, scheme in finished(drafts, ordered).items()
    }
    meeting = read_yaml(path / "stacking.yaml", "stacking.yaml", problems)
    refuse_unknown_keys(meeting, STACKING, problems)
    stacking = read_stacking(meeting, schemes, problems)
    _check_examples(schemes, inputs, problems)
    problems.raise_if_any()
    return bind(drafts, inputs, ordered, ranges, schemes, stacking)


def check_rules(
    drafts: list[Draft], inputs: dict[tuple[Entity, str], Input], problems: Problems
) -> tuple[list[Variable], Ranges]:
    """This function will read all rules, put them in order and bound every whole number in them."""
    numbers = {name: number for draft in drafts for name, number in draft.scheme.numbers.items()}
    variables = _read_rules(drafts, inputs, numbers, problems)
    problems.raise_if_any()
    ordered = _in_order(variables, problems)
    ranges = Ranges(inputs, numbers, {k: v for d in drafts for k, v in d.scheme.tables.items()})
    for variable in ordered:
        sound = []
        for rule in variable.rules:
            try:
                ranges.span(rule.tree)
                sound.append(rule.tree)
            except OutOfRange as fault:
                problems.add(variable.file, rule.line, f"{variable.name}: {fault.what}", fault.why, fault.remedy)
        if sound:
            ranges.rule(variable.name, tuple(sound))
    return ordered, ranges


def bind(
    drafts: list[Draft], inputs: dict[tuple[Entity, str], Input], ordered: list[Variable], ranges: Ranges,
    schemes: dict[str, Scheme], stacking: tuple[StackingRule, ...],
) -> Rulebook:  # fmt: skip
    """This function will put checked parts together as an immutable book."""
    outcomes = sorted((s for s in schemes.values() if s.has_outcome), key=lambda s: (s.order, s.code))
    shared = next(draft for draft in drafts if draft.scheme.code == SHARED)
    return Rulebook(
        inputs=MappingProxyType({item.name: item for item in inputs.values()}),
        shared=schemes[SHARED],
        schemes=MappingProxyType({scheme.code: scheme for scheme in outcomes}),
        assessments=MappingProxyType({c: s for c, s in schemes.items() if not s.has_outcome and c != SHARED}),
        numbers=MappingProxyType(dict(ranges.numbers)),
        tables=MappingProxyType(dict(ranges.tables)),
        variables=MappingProxyType({variable.name: variable for variable in ordered}),
        spans=MappingProxyType(ranges.spans),
        counted=f"{SHARED}.{shared.membership['counted']}",
        heads=f"{SHARED}.{shared.membership['heads']}",
        stacking=stacking,
    )


def _reworded(drafts: list[Draft], reworded: Mapping[str, str], problems: Problems) -> list[Draft]:
    for name in sorted(set(reworded) - {raw.name for draft in drafts for raw in draft.variables}):
        problems.add("(试算)", 1, f"没有叫 {name!r} 的规则", "试算只能改已有的规则",
                     "写成“政策代号.规则名”，和政策文件里一样")  # fmt: skip
    return [
        replace(draft, variables=tuple(
            replace(raw, rules=(replace(raw.rules[0], text=reworded[raw.name], doubt=TRIAL, basis=TRIAL),),
                    tables=())
            if raw.name in reworded else raw
            for raw in draft.variables
        ))
        for draft in drafts
    ]  # fmt: skip


def _read_rules(
    drafts: list[Draft], inputs: dict[tuple[Entity, str], Input], numbers: dict[str, Number], problems: Problems
) -> dict[str, Variable]:
    """Reads all rules; the figures of decision tables are added to `numbers`."""
    declared = Declared(inputs=inputs)
    for draft in drafts:
        declared.schemes.add(draft.scheme.code)
        declared.numbers.update({name: number.unit for name, number in draft.scheme.numbers.items()})
        declared.tables.update({name: (table.key, table.unit) for name, table in draft.scheme.tables.items()})
        declared.variables.update({raw.name: (raw.entity, raw.kind) for raw in draft.variables})
        declared.code_labels.update({raw.name: raw.code_labels for raw in draft.variables})
    begin = next(draft.scheme.in_force_from for draft in drafts if draft.scheme.code == SHARED)
    return {
        raw.name: variable
        for draft in drafts
        for raw in draft.variables
        if (variable := _read_variable(draft, raw, declared, begin, numbers, problems)) is not None
    }


def _read_variable(
    draft: Draft, raw: RawVariable, declared: Declared, begin: date, numbers: dict[str, Number], problems: Problems
) -> Variable | None:
    scheme = draft.scheme

    def find(where: ast.AST, path: tuple[str, ...], scope: Scope) -> Node:
        return declared.find(scheme.code, where, path, scope)

    def table(where: ast.AST, path: tuple[str, ...]) -> tuple[str, object, object]:
        return declared.table_of(scheme.code, where, path)

    scope = Scope(raw.entity, find, table)  # type: ignore[arg-type]
    rules: list[RuleVersion] = []
    for place, written in enumerate(raw.rules):
        decision: DecisionTable | None = None
        try:
            if raw.tables:
                reader = TableReader(raw.tables[place], draft.file, scope, declared.labels_of, problems)
                if (read := reader.read()) is None:
                    continue
                decision, tree = read
                numbers.update(reader.numbers)
            else:
                tree = read_expression(written.text, scope, raw.kind)
        except Refusal as fault:
            line = written.line + fault.line - 1
            problems.add(draft.file, line, f"{raw.name}: {fault.what}", fault.why, fault.remedy)
            continue
        if scheme.in_force_from > begin and raw.name in (scheme.entitled, scheme.amount):
            nothing = Constant(raw.kind, False if raw.kind.base is Base.BOOL else 0)
            tree = If(raw.kind, InForce(BOOL, scheme.code), tree, nothing)
        rules.append(replace(written, tree=tree, table=decision))
    if len(rules) < len(raw.rules):
        return None
    return Variable(raw.name, raw.label, raw.entity, raw.kind, tuple(rules), draft.file, raw.line, raw.code_labels)


def _in_order(variables: dict[str, Variable], problems: Problems) -> list[Variable]:
    reads = {
        name: sorted({node.name for rule in v.rules for node in walk(rule.tree) if isinstance(node, VarRef)})
        for name, v in variables.items()
    }
    ordered: list[Variable] = []
    state: dict[str, int] = {}

    def visit(name: str, trail: tuple[str, ...]) -> None:
        if state.get(name) == 2:
            return
        if state.get(name) == 1:
            circle = " → ".join((*trail[trail.index(name) :], name))
            variable = variables[name]
            problems.add(variable.file, variable.line, f"规则绕成了圈：{circle}",
                         "要先知道自己才能算自己，算不出来", "去掉其中一处引用")  # fmt: skip
            return
        state[name] = 1
        for other in reads[name]:
            visit(other, (*trail, name))
        state[name] = 2
        ordered.append(variables[name])

    for name in variables:
        visit(name, ())
    problems.raise_if_any()
    return ordered


def finished(drafts: list[Draft], ordered: list[Variable]) -> dict[str, Scheme]:
    """This function will give each scheme its variables; the amount of a status is none of them."""
    made = {}
    for draft in drafts:
        code = draft.scheme.code
        own = {v.name: v for v in ordered if v.name.startswith(f"{code}.") and v.name != f"{code}.{NO_AMOUNT}"}
        made[code] = replace(draft.scheme, variables=MappingProxyType(own))
    return made


def _readable(made: Input, value: Fact, as_of: date) -> bool:
    try:
        believe(made, value, as_of)
    except UnableToReadFact:
        return False
    return made.type != "code" or value in made.codes


def _check_examples(schemes: dict[str, Scheme], inputs: dict[tuple[Entity, str], Input], problems: Problems) -> None:
    """Every name that an example uses must exist, or it would prove nothing."""
    for scheme in schemes.values():
        for example in scheme.examples:
            used = [(Entity.HOUSEHOLD, *fact) for fact in example.household.facts.items()]
            used += [(Entity.PERSON, *fact) for person in example.household.members for fact in person.facts.items()]
            for entity, name, value in used:
                if (entity, name) not in inputs:
                    problems.add(example.file, example.line, f"没有{ABOUT[entity]}事实 {name!r}",
                                 "规则里用不到的事实，写了不起作用",
                                 meant(name, [known for of, known in inputs if of is entity],
                                       "能用的事实见 policies/inputs.yaml"))  # fmt: skip
                elif not _readable(inputs[(entity, name)], value, example.as_of):
                    made = inputs[(entity, name)]
                    problems.add(example.file, example.line, f"{name}（{made.label}）写的是 {value!r}",
                                 "读不懂的事实等于没有写",
                                 WRITTEN[made.type].format(codes=", ".join(made.codes)))  # fmt: skip
            for wanted in example.expect:
                target = schemes.get(wanted.scheme)
                if target is None or (target.beneficiary is Entity.PERSON) is (wanted.person is None):
                    problems.add(
                        example.file,
                        example.line,
                        f"没有政策 {wanted.scheme}，或者发给个人和发给一户弄反了",
                        "发给个人的，结果写在人名下面；发给一户的，直接写结果",
                        "写成 政策代号: {人: {status: …}}，或 政策代号: {status: …}",
                    )
