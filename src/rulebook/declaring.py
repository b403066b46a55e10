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
from rulebook.units import ABOUT, BOOL, NONE, WORDS, Base, Entity, Kind, Period, UnableToReadUnit, Unit
from rulebook.yaml_reading import Mapped, listed, named, whole

MONEY_MAX = 100_000_000_000  # 10 亿元 in fen: a greater fact is not believed
INT_MAX = {"grade": 4, "item": 6, "year": 120}
PAID = ("month", "once", "year")
NO_AMOUNT = "no_amount"  # the variable that stands for the amount of a status
STARTS = "每条规定、每个数都从某一天起才有效"
TOP = "照着 docs/写一项政策.md 第 2 节写"


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
        given = named(raw, entity.value, problems)
        for name, item in given.items():
            if not isinstance(item, Mapped):
                problems.add(raw.file, given.line_of(name), f"事实 {name} 没有写明细",
                             "不写就只能猜它是什么类型", "写成 {type: …, label: …, question: …}")  # fmt: skip
                continue
            kind = str(item.get("type"))
            line = item.line
            if name in names:
                problems.add(item.file, line, f"事实 {name} 既写在个人下面，又写在家庭下面",
                             "一个名字只能指一件事", "给其中一个换个名字")  # fmt: skip
            names[name] = entity
            bases = {"bool": Base.BOOL, "int": Base.INT, "money": Base.INT, "code": Base.CODE, "date": Base.DATE}
            if kind not in bases:
                problems.add(item.file, line, f"{name} 的类型是 {kind}", f"可以写：{', '.join(bases)}", "改成其中一个")
                continue
            for key in ("label", "question"):
                if not item.get(key):
                    problems.add(item.file, line, f"{name} 没有写 `{key}`",
                                 "工作人员要叫得出它的名字，也要知道怎么问", f"加一行 `{key}:`")  # fmt: skip
            unit = _unit(item, problems, "unit") if kind in ("int", "money") else NONE
            codes = tuple(map(str, listed(item, "codes", problems)))
            labels = {code: code for code in codes} | named(item, "code_labels", problems)
            high = {"money": MONEY_MAX, "date": AGE_MAX, "bool": 1}.get(kind, INT_MAX.get(str(item.get("unit")), 1000))
            made[(entity, name)] = Input(
                name=name, entity=entity, type=kind, unit=str(item.get("unit", "")), label=str(item.get("label", name)),
                question=str(item.get("question", "")), codes=codes,
                code_labels=MappingProxyType(labels), kind=Kind(bases[kind], unit, codes),
                low=whole(item, "min", problems) if "min" in item else 0,
                high=whole(item, "max", problems) if "max" in item else high,
                fixed=item.get("fixed") is True,
            )  # fmt: skip
    return made


def read_scheme(
    raw: Any, folder: str, file: str, inputs: Mapping[tuple[Entity, str], Input], problems: Problems
) -> Draft | None:
    """This function will read one scheme.yaml; returns None when it cannot even be named."""
    if not isinstance(raw, Mapped):
        if raw is not None:
            problems.add(file, 1, "这个文件不是“名称: 内容”的写法", "一项政策由“名称: 内容”几行组成", TOP)
        return None
    code = str(raw.get("code", ""))
    if code != folder:
        problems.add(file, raw.line_of("code"), f"代号 {code!r} 和文件夹名 {folder!r} 不一样",
                     "一项政策一个文件夹，同一个名字", f"写成 code: {folder}")  # fmt: skip
    last = (
        ["membership"] if code == SHARED else ["beneficiary"] if raw.get("assessment") else ["outcome", "beneficiary"]
    )
    needed = ["title", "summary", "from", "basis", *last]
    for key in needed:
        if not raw.get(key) or (key in ("outcome", "membership") and not isinstance(raw[key], Mapped)):
            problems.add(file, raw.line_of(key), f"缺 `{key}`", "没有它，这项政策不能显示，也不能计算", TOP)
    begin = _day(raw, "from", problems) or date.max  # without a day of its own, nothing in it begins too late
    basis = tuple(
        Citation(day, str(item.get("text", ""))) for day, item in _dated(raw, "basis", begin, problems, text="text")
    )
    reader = _SchemeReader(code, file, begin, inputs, problems)
    figures, bands = named(raw, "numbers", problems), named(raw, "tables", problems)
    numbers = [n for name, item in figures.items() if (n := reader.number(name, item, figures.line_of(name)))]
    tables = [t for name, item in bands.items() if (t := reader.table(name, item, bands.line_of(name)))]
    beneficiary = Entity.PERSON if raw.get("beneficiary") == "person" else Entity.HOUSEHOLD
    rules = named(raw, "variables", problems)
    variables = [
        v for name, item in rules.items() if (v := reader.variable(name, item, rules.line_of(name), beneficiary))
    ]
    _distinct(raw, [*numbers, *tables, *variables], file, problems)
    outcome = named(raw, "outcome", problems)
    period = _period(raw, outcome, problems)
    if period is Period.STATUS:
        variables.append(_no_amount(code, beneficiary, begin, raw))
    for key, base in (("entitled", Base.BOOL), ("amount", Base.INT)) if outcome else ():
        target = next((v for v in variables if v.name == f"{code}.{outcome.get(key, NO_AMOUNT)}"), None)
        if target is None or target.kind.base is not base or target.entity is not beneficiary:
            sort = f"关于{ABOUT[beneficiary]}的一条{'条件' if base is Base.BOOL else '金额'}"
            problems.add(file, raw.line_of("outcome"), f"outcome 的 {key} 不是{sort}", "发给谁、发多少，全看这一行",
                         f"{key}: 后面写 variables 里这样一条的名字")  # fmt: skip
        elif key == "amount" and period is not Period.STATUS and target.kind.unit not in period.units(beneficiary):
            allowed = " 或 ".join(map(str, period.units(beneficiary)))
            problems.add(
                file,
                raw.line_of("outcome"),
                f"金额 {target.name} 的单位是 {target.kind.unit}，发放周期却是 {period}（{period.spoken}）",
                f"{period.spoken}发的，金额的单位应当是 {allowed}；写别的，显示和合计都会错",
                f"把 {outcome.get(key)} 的 `unit:` 改成 {allowed}；或者按实际写 `period: {'|'.join(PAID)}`",
            )
    scheme = Scheme(
        code=code, title=str(raw.get("title", code)), summary=str(raw.get("summary", "")).strip(), basis=basis,
        beneficiary=beneficiary, in_force_from=begin, numbers=MappingProxyType({n.name: n for n in numbers}),
        tables=MappingProxyType({t.name: t for t in tables}), variables=MappingProxyType({}),
        entitled=f"{code}.{outcome['entitled']}" if outcome.get("entitled") else "",
        amount=f"{code}.{outcome.get('amount', NO_AMOUNT)}" if outcome else "", period=period,
        doubts=tuple(_doubts(raw, begin, numbers, tables, variables)), order=_order(raw, problems), folder=folder,
    )  # fmt: skip
    return Draft(scheme, tuple(variables), file, dict(named(raw, "membership", problems)))


def _order(raw: Mapped, problems: Problems) -> int:
    """Where the scheme stands on pages."""
    order = raw.get("order", 100)
    if isinstance(order, int):
        return order
    problems.add(
        raw.file, raw.line_of("order"), f"order 写的是 {order!r}", "它是页面上的排位", "写一个整数，例如 order: 900"
    )
    return 100


def _period(raw: Mapped, outcome: Mapped, problems: Problems) -> Period:
    """How often a benefit is paid; without an amount the outcome is a status."""
    if not outcome:
        return Period.MONTH
    paid = "amount" in outcome
    if str(outcome.get("period", "month")) not in set(Period):
        problems.add(raw.file, outcome.line_of("period"), f"不认识发放周期 {outcome['period']!r}",
                     "它说明这笔钱多久发一次", "写成 period: month（每月）、once（一次性）或 year（每年）")  # fmt: skip
        return Period.MONTH
    period = Period(str(outcome.get("period", "month" if paid else "status")))
    if paid is (period is Period.STATUS):
        said = f"outcome {'写了' if paid else '没有写'} amount，period 却是 {period}"
        problems.add(raw.file, raw.line_of("outcome"), said, "只认定身份的（status）不发钱；发钱的必须写金额",
                     "只认定身份就去掉 `amount`；发钱就写上 `amount` 和 `period: month|once|year`")  # fmt: skip
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
            self.problems.add(self.file, line, f"{name} 没有写依据", "没有依据的规定和数，向群众说不清",
                              "加上 `basis:`，写明哪份文件第几条")  # fmt: skip

    def number(self, name: str, item: Any, line: int) -> Number | None:
        if not isinstance(item, Mapped):
            self.problems.add(self.file, line, f"{name} 没有写日期", "标准会调整",
                              "写明 label、unit 和 versions: [{from: 日期, value: 数, basis: 依据}]")  # fmt: skip
            return None
        versions = []
        for day, row in _dated(item, "versions", self.begin, self.problems):
            self.cited(f"{name} 从 {day} 起的一行", row.line, row.get("basis"))
            value = whole(row, "value", self.problems)
            versions.append(NumberVersion(day, value, str(row.get("basis", "")), _doubt(row)))
        unit = _unit(item, self.problems, "unit")
        return Number(f"{self.code}.{name}", str(item.get("label", name)), unit, tuple(versions))

    def table(self, name: str, item: Any, line: int) -> Table | None:
        if not isinstance(item, Mapped):
            self.problems.add(self.file, line, f"表 {name} 没有写明细", "不写就不知道按什么查、查到多少",
                              "写明 label、by、unit 和 versions: [{from: 日期, basis: 依据, bands: …}]")  # fmt: skip
            return None
        by = str(item.get("by", ""))
        found = next((made for (_, key), made in self.inputs.items() if key == by and made.codes), None)
        codes = found.codes if found else tuple(map(str, listed(item, "codes", self.problems)))
        versions = []
        for day, row in _dated(item, "versions", self.begin, self.problems):
            self.cited(f"{name} 从 {day} 起的一行", row.line, row.get("basis"))
            edges, values = self._by_code(name, row, codes) if codes else self._by_band(name, row)
            versions.append(TableVersion(day, edges, values, str(row.get("basis", "")), _doubt(row)))
        key = Kind(Base.CODE, None, codes) if codes else Kind(Base.INT, _unit(item, self.problems, "by"))
        unit = _unit(item, self.problems, "unit")
        return Table(f"{self.code}.{name}", str(item.get("label", name)), key, unit, codes, tuple(versions))

    def _by_code(self, name: str, row: Mapped, codes: tuple[str, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        given = named(row, "rows", self.problems)
        lacking, strange = [c for c in codes if c not in given], [c for c in given if c not in codes]
        if lacking or strange:
            self.problems.add(self.file, row.line_of("rows"),
                              f"表 {name} 的行不对：缺 {'、'.join(lacking) or '无'}，多 {'、'.join(strange) or '无'}",
                              "每个代码要有且只有一行", "补上缺的，去掉或改正多的")  # fmt: skip
            return (), ()
        return (), tuple(whole(given, code, self.problems) for code in codes)

    def _by_band(self, name: str, row: Mapped) -> tuple[tuple[int, ...], tuple[int, ...]]:
        edges: list[int] = []
        values: list[int] = []
        bands = listed(row, "bands", self.problems)
        before: int | None = 0
        for band in bands:
            if not isinstance(band, Mapped):
                self.problems.add(self.file, row.line_of("bands"), f"{name} 有一档写的是 {band!r}", "每档要有起止和数",
                                  "写成 {from: 0, to: 10, value: 数}")  # fmt: skip
                return (), ()
            low, value = whole(band, "from", self.problems), whole(band, "value", self.problems)
            high = None if band.get("to") is None else whole(band, "to", self.problems)
            if low != before or (high is not None and high <= low):
                self.problems.add(self.file, band.line, f"{name} 的分档在 {before} 处断开或重叠",
                                  "每个值要落进且只落进一档；每档从 from 起（含），到 to 止（不含）",
                                  f"这一档从 from: {before} 写起，to 要比 from 大")  # fmt: skip
            edges.append(low)
            values.append(value)
            before = high
        if before is not None:
            self.problems.add(self.file, row.line, f"{name} 的最后一档有上限", "超过上限的人落不进任何一档",
                              "最后一档不写 `to`")  # fmt: skip
        return tuple(edges), tuple(values)

    def variable(self, name: str, item: Any, line: int, default: Entity) -> RawVariable | None:
        if not isinstance(item, Mapped) or ("is" in item) is ("table" in item):
            self.problems.add(self.file, getattr(item, "line", line),
                              f"{name} 要写 `is:` 或者 `table:`，只能写一个", "不写就不知道怎么算，写两个不知道听谁的",
                              "`is:` 写一个算式，或几行 {from: 日期, rule: 算式}；`table:` 写决策表")  # fmt: skip
            return None
        entity = Entity(item["entity"]) if item.get("entity") in list(Entity) else default
        codes = tuple(map(str, listed(item, "codes", self.problems)))
        kind = BOOL if item.get("type") == "bool" else Kind(Base.CODE, None, codes) if codes else None
        if kind is None:
            if "unit" not in item:
                self.problems.add(self.file, item.line, f"{name} 没有写 `type: bool`、`codes:` 或 `unit:`",
                                  "不写就只能猜它是什么",
                                  "写其中一个：是或否写 type: bool，几种情况写 codes，数和钱写 unit")  # fmt: skip
            kind = Kind(Base.INT, _unit(item, self.problems, "unit"))
        rules: list[RuleVersion] = []
        nothing = Constant(BOOL, False)
        tables: list[Written] = []
        labels = MappingProxyType({code: code for code in codes} | named(item, "code_labels", self.problems))
        if "table" in item:
            label = str(item.get("label", name))
            columns = Mapped()
            for day, row in _dated(item, "table", self.begin, self.problems):
                given = str(row.get("basis") or item.get("basis") or "")
                self.cited(f"{name} 从 {day} 起的一行", row.line, given)
                columns = named(row, "columns", self.problems) or columns
                doubt = _doubt(row) or _doubt(item)
                tables.append(Written(row, columns, f"{self.code}.{name}", label, kind, labels, day, given, doubt))
                rules.append(RuleVersion(day, canonical(row, columns), nothing, given, doubt, row.line))
        elif isinstance(item["is"], list):
            for day, row in _dated(item, "is", self.begin, self.problems):
                basis = row.get("basis") or item.get("basis")
                self.cited(f"{name} 从 {day} 起的一行", row.line, basis)
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


def _doubt(row: Mapped) -> str | None:
    text = str(row.get("doubt") or "").strip()
    return text or None


def _unit(item: Mapped, problems: Problems, key: str) -> Unit:
    try:
        return Unit.parse(str(item.get(key, "1")))
    except UnableToReadUnit as fault:
        remedy = meant(fault.word, (*WORDS, "household"), "用认识的词写单位，例如 fen/person/month（分/人/月）")
        problems.add(item.file, item.line_of(key), f"不认识单位 {item.get(key)!r}", str(fault), remedy)
        return NONE


def _day(item: Mapped, key: str, problems: Problems) -> date | None:
    value = item.get(key)
    if isinstance(value, date):
        return value
    what = f"缺 `{key}`" if value is None else f"`{key}` 写的是 {value!r}，不是日期"
    problems.add(item.file, item.line_of(key), what, STARTS, f"写成 {key}: 2021-07-01")
    return None


def _dated(
    item: Mapped, key: str, begin: date, problems: Problems, text: str | None = None
) -> Iterator[tuple[date, Mapped]]:
    """Yields the dated rows of a list in order; refuses missing dates, disorder and a late beginning."""
    rows = item.get(key)
    if isinstance(rows, str) and text is not None:
        only = Mapped({text: rows})
        only.file, only.line = item.file, item.line_of(key)
        yield begin, only
        return
    if not isinstance(rows, list) or not rows:
        problems.add(item.file, item.line_of(key), f"`{key}` 下面没有写明日期的行", "要写明从哪天起是多少",
                     f"写成 {key}: [{{from: 2021-07-01, …}}]")  # fmt: skip
        return
    before: date | None = None
    for row in rows:
        day = _day(row, "from", problems) if isinstance(row, Mapped) else None
        if day is None:
            if not isinstance(row, Mapped):
                problems.add(item.file, item.line_of(key), f"`{key}` 里有一行没有日期", STARTS, "加上 `from:`")
            continue
        if before is None and day > begin:
            problems.add(item.file, row.line, f"`{key}` 的第一行从 {day} 起，政策却从 {begin} 起",
                         "中间这一段没有规定可用", f"补一行 from: {begin}，或者把政策的 from 改成 {day}")  # fmt: skip
        if before is not None and day <= before:
            problems.add(item.file, row.line, f"{day} 写在 {before} 后面", "各行要按日期从早到晚",
                         "按 `from` 从早到晚排好，同一天只写一行")  # fmt: skip
        before = day
        yield day, row


def _distinct(raw: Mapped, items: list[Any], file: str, problems: Problems) -> None:
    seen: set[str] = set()
    for item in items:
        if item.name in seen:
            problems.add(file, getattr(item, "line", raw.line), f"名字 {item.name} 用了两次",
                         "读的人分不清指的是哪一个", "给其中一个换个名字")  # fmt: skip
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
