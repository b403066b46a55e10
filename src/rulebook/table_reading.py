"""Reads decision tables and lowers them to conditions; a gap, an overlap or an idle row does not load."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from rulebook.book import Number, NumberVersion
from rulebook.decision_tables import ANY, THEN, Cell, Column, DecisionTable, Row
from rulebook.expressions import Refusal, Scope, read_expression
from rulebook.problems import Problems, meant
from rulebook.tree import Compare, Constant, If, InCodes, Node, NumRef
from rulebook.units import BOOL, Base, Kind, Unit, read_money
from rulebook.yaml_reading import Mapped

LEAVES_MAX = 5_000  # combinations of one table
GAPS_TOLD = 5


@dataclass(frozen=True)
class Written:
    """A table as it stands in the file, with what its variable says of it."""

    raw: Mapped
    columns: Mapped
    variable: str
    label: str
    kind: Kind
    code_labels: Mapping[str, str]
    from_date: date
    basis: str
    doubt: str | None

    @classmethod
    def of(
        cls, text: str, variable: str, label: str, kind: Kind, code_labels: Mapping[str, str], from_date: date,
        basis: str, doubt: str | None,
    ) -> Written:  # fmt: skip
        """This function will make a table again of its canonical text."""
        made = json.loads(text)
        raw = Mapped({"rows": [Mapped(row) for row in made["rows"]], "hit": made["hit"]})
        return cls(raw, Mapped(dict(made["columns"])), variable, label, kind, code_labels, from_date, basis, doubt)


class TableReader:
    """Reads one version of a table; everything wrong goes to `problems`, and `read` then returns None."""

    def __init__(
        self, written: Written, file: str, scope: Scope, labels: Callable[[Node], Mapping[str, str]], problems: Problems
    ) -> None:
        self.written, self.file, self.scope, self.labels, self.problems = written, file, scope, labels, problems
        self.numbers: dict[str, Number] = {}
        self.broken = False

    def problem(self, line: int, what: str, why: str, remedy: str) -> None:
        self.broken = True
        self.problems.add(self.file, line, f"{self.written.variable}: {what}", why, remedy)

    def read(self) -> tuple[DecisionTable, Node] | None:
        """This function will read, check and lower the table."""
        raw = self.written.raw
        rows = raw.get("rows")
        hit = raw.get("hit", "unique")
        if hit not in ("unique", "first"):
            self.problem(raw.line_of("hit"), f"hit 写的是 {hit!r}", "它说明两行都对得上时怎么办",
                         "不写（只能有一行对得上），或者写 hit: first（上面的算）")  # fmt: skip
        if not isinstance(rows, list) or not rows or not all(isinstance(row, Mapped) for row in rows):
            self.problem(raw.line_of("rows"), "表里没有行", "它什么也决定不了",
                         "写成 rows: [{列名: 条件, …, then: 结果}, …]")  # fmt: skip
            return None
        columns = self._columns(rows)
        if self.broken:
            return None
        made = [self._row(place, row, columns) for place, row in enumerate(rows)]
        table = DecisionTable(tuple(columns), tuple(row for row in made if row is not None), hit == "first")
        if self.broken:
            return None
        tree = _Lowering(self, table).tree()
        return None if self.broken else (table, tree)

    # -- columns --------------------------------------------------------------------------------------------------
    def _columns(self, rows: list[Mapped]) -> list[Column]:
        given = self.written.columns
        if not given:
            self.problem(self.written.raw.line, "表里没有列", "每一行要有可看的条件",
                         "写成 columns: {列名: 算式, …}")  # fmt: skip
        made = []
        for place, (label, text) in enumerate(given.items(), start=1):
            try:
                node = read_expression(str(text), self.scope, None)
            except Refusal as fault:
                self.problem(given.line_of(label) + fault.line - 1, f"“{label}”这一列：{fault.what}", fault.why,
                             fault.remedy)  # fmt: skip
                continue
            if all(row.get(label) in ANY for row in rows):
                self.problem(given.line_of(label), f"没有一行用到“{label}”这一列", "它什么也决定不了",
                             "去掉这一列，或者在里面写条件")  # fmt: skip
            made.append(self._column(place, label, node, rows))
        return made

    def _column(self, place: int, label: str, node: Node, rows: list[Mapped]) -> Column:
        base = node.kind.base
        if base is Base.BOOL:
            return Column(label, node, ("是", "否"), ())
        if base is Base.CODE:
            known = self.labels(node)
            return Column(label, node, tuple(known.get(code, code) for code in node.kind.codes), ())
        if base is Base.DATE:
            self.problem(self.written.columns.line_of(label), f"“{label}”这一列是日期", "日期不能分档",
                         "写成 age(…)（几岁）或 months(…)（几个月）")  # fmt: skip
            return Column(label, node, (), ())
        edges = sorted({edge for row in rows for band in self._bands(label, row) for edge in band if edge is not None})
        unit = node.kind.unit or Unit()
        names = [
            self._number(f"c{place}e{rank}", f"{self.written.label}：{label}的第 {rank} 个界限", unit, edge)
            for rank, edge in enumerate(edges, start=1)
        ]
        return Column(label, node, (), tuple(names))

    def _number(self, ending: str, label: str, unit: Unit, value: int) -> str:
        of = self.written
        name = f"{of.variable}__{of.from_date:%Y%m%d}{ending}"
        version = NumberVersion(of.from_date, value, of.basis, of.doubt)
        self.numbers[name] = Number(name, label, unit, (version,), of.variable)
        return name

    # -- cells ----------------------------------------------------------------------------------------------------
    def _bands(self, label: str, row: Mapped) -> list[tuple[int | None, int | None]]:
        """The half-open bands of a number's cell; a whole number n is the band [n, n + 1)."""
        given = row.get(label)
        made: list[tuple[int | None, int | None]] = []
        for item in given if isinstance(given, list) else [given]:
            if item in ANY or item is None:
                continue
            low, dots, high = str(item).partition("..")
            ends = [_whole(low), _whole(high)]
            if not dots:
                ends = [ends[0], None if ends[0] is None else ends[0] + 1]
            wrong = isinstance(item, bool) or (low and ends[0] is None) or (dots and high and ends[1] is None)
            if wrong or (ends[0] is None and ends[1] is None):
                self.problem(row.line_of(label), f"“{label}”里的 {item!r} 不是数，也不是一段",
                             "80..90 是 80 起（含），不满 90",
                             "写 80..90、..80、90..、一个数、几个数，或者 -（不限）")  # fmt: skip
            elif ends[0] is not None and ends[1] is not None and ends[0] >= ends[1]:
                self.problem(row.line_of(label), f"“{label}”里的 {item!r} 是空的",
                             "止的数不大于起的数", "小的写在前面")  # fmt: skip
            else:
                made.append((ends[0], ends[1]))
        return made

    def _row(self, place: int, row: Mapped, columns: list[Column]) -> Row | None:
        labels = [column.label for column in columns]
        for key in row:
            if key not in (*labels, THEN):
                self.problem(row.line_of(key), f"第 {place + 1} 行写了 {key!r}，没有这一列",
                             f"有这些列：{', '.join(labels)}；结果写在 `{THEN}` 后面",
                             _nearest(key, [*labels, THEN]))  # fmt: skip
        for key in (*labels, THEN):
            if key not in row:
                self.problem(row.line, f"第 {place + 1} 行没有写 {key}",
                             "是不限还是忘了写，只能猜",
                             f"写上 `{key}: …`" + ("" if key == THEN else "；不限就写 -"))  # fmt: skip
        if self.broken:
            return None
        cells = tuple(self._cell(column, row) for column in columns)
        return Row(cells, self._then(place, row), self._text(row[THEN]), row.line)

    def _cell(self, column: Column, row: Mapped) -> Cell:
        given = row[column.label]
        if given in ANY:
            return None
        base = column.node.kind.base
        if base is Base.INT:
            values = [self.numbers[name].versions[0].value for name in column.edges]
            return frozenset(
                place for low, high in self._bands(column.label, row) for place in column.segments
                if (low is None or (place > 0 and values[place - 1] >= low))
                and (high is None or (place < len(values) and values[place] <= high))
            )  # fmt: skip
        if base is Base.BOOL:
            if not isinstance(given, bool):
                self.problem(row.line_of(column.label), f"“{column.label}”里的 {given!r} 不是 yes 或 no",
                             "这一列是条件", "写 yes、no，或者 -（不限）")  # fmt: skip
            return frozenset({0 if given else 1})
        codes = column.node.kind.codes
        wanted = list(map(str, given)) if isinstance(given, list) else [str(given)]
        for code in wanted:
            if code not in codes:
                self.problem(row.line_of(column.label), f"“{column.label}”没有代码 {code!r}",
                             f"可以写：{', '.join(codes)}", _nearest(code, codes))  # fmt: skip
        return frozenset(place for place, code in enumerate(codes) if code in wanted)

    def _text(self, given: object) -> str:
        if isinstance(given, bool):
            return "是" if given else "否"
        return self.written.code_labels.get(str(given), str(given))

    def _then(self, place: int, row: Mapped) -> Node:
        kind, given = self.written.kind, row[THEN]
        if kind.base is Base.BOOL and isinstance(given, bool):
            return Constant(BOOL, given)
        if kind.base is Base.CODE and given in kind.codes:
            return Constant(Kind(Base.CODE, None, (given,)), given)
        if kind.base is Base.INT and not isinstance(given, bool) and (value := _whole(str(given))) is not None:
            label = f"{self.written.label}：表的第 {place + 1} 行"
            return NumRef(kind, self._number(f"r{place + 1}", label, kind.unit or Unit(), value))
        if kind.base is not Base.CODE and isinstance(given, str):
            try:
                return read_expression(given, self.scope, kind)
            except Refusal as fault:
                self.problem(row.line_of(THEN), f"第 {place + 1} 行：{fault.what}", fault.why, fault.remedy)
                return Constant(kind, 0)
        allowed = "yes 或 no" if kind.base is Base.BOOL else ", ".join(kind.codes) or "整数"
        self.problem(row.line_of(THEN), f"第 {place + 1} 行的结果是 {given!r}，这一项应当是{kind}",
                     "每一行的结果都要是同一类", f"写 {allowed}")  # fmt: skip
        return Constant(kind, 0)


class _Lowering:
    """Splits column by column into a tree of conditions; finds gaps, overlaps and rows that nothing reaches."""

    def __init__(self, reader: TableReader, table: DecisionTable) -> None:
        self.reader, self.table = reader, table
        self.reached: set[int] = set()
        self.overlaps: set[tuple[int, int]] = set()
        self.gaps = 0
        self.nothing = Constant(reader.written.kind, 0)  # stands in a tree that does not load
        self.leaves = 0

    def tree(self) -> Node:
        made = self._split(0, list(range(len(self.table.rows))), [])
        if not self.reader.broken:
            for place in sorted(set(range(len(self.table.rows))) - self.reached):
                self.reader.problem(self.table.rows[place].line, f"第 {place + 1} 行永远轮不到",
                                    "上面几行已经全管了", "移到上面，或者去掉")  # fmt: skip
        return made

    def _split(self, depth: int, alive: list[int], path: list[Cell]) -> Node:
        if self.leaves >= LEAVES_MAX:
            return self.nothing
        if depth == len(self.table.columns) or not alive:
            return self._leaf(alive, path)
        column = self.table.columns[depth]
        survivors = {segment: tuple(self._surviving(alive, depth, segment)) for segment in column.segments}
        parts: list[tuple[Cell, tuple[int, ...]]] = []
        if column.edges:
            for rows, group in groupby(column.segments, lambda segment: survivors[segment]):
                parts.append((frozenset(group), rows))
        else:
            for rows in dict.fromkeys(survivors.values()):
                parts.append((frozenset(s for s in column.segments if survivors[s] == rows), rows))
        made = [(cell, self._split(depth + 1, list(rows), [*path, cell])) for cell, rows in parts]
        *earlier, (_, tree) = made
        for cell, then in reversed(earlier):
            tree = If(self.reader.written.kind, self._test(column, cell or frozenset()), then, tree)
        return tree

    def _surviving(self, alive: list[int], depth: int, segment: int) -> list[int]:
        kept = []
        for place in alive:
            cell = self.table.rows[place].cells[depth]
            if cell is None or segment in cell:
                kept.append(place)
                if self.table.first and all(later is None for later in self.table.rows[place].cells[depth + 1 :]):
                    break
        return kept

    def _test(self, column: Column, cell: frozenset[int]) -> Node:
        node = column.node
        if node.kind.base is Base.BOOL:
            return node
        if node.kind.base is Base.CODE:
            return InCodes(BOOL, node, tuple(node.kind.codes[place] for place in sorted(cell)))
        return Compare(BOOL, "<", node, NumRef(node.kind, column.edges[max(cell)]))

    def _leaf(self, alive: list[int], path: list[Cell]) -> Node:
        self.leaves += 1
        if self.leaves == LEAVES_MAX:
            self.reader.problem(self.reader.written.raw.line, f"这张表超过 {LEAVES_MAX:,} 种情况",
                                "没有人核对得过来", "拆成两张，一张用另一张的结果")  # fmt: skip
        if not alive:
            self.gaps += 1
        if self.gaps > GAPS_TOLD:
            return self.nothing
        if not alive:
            self.reader.problem(self.reader.written.raw.line_of("rows"), f"没有一行管：{self._words(path)}",
                                "这样的人家没有答案",
                                "补一行，或者把该管到它的那一行放宽")  # fmt: skip
            return self.nothing
        one, two = alive[0], alive[-1]
        self.reached.add(one)
        if one != two and not self.table.first and (one, two) not in self.overlaps:
            self.overlaps.add((one, two))
            what = f"第 {one + 1} 行和第 {two + 1} 行都对得上：{self._words(path)}"
            self.reader.problem(self.table.rows[two].line, what, "不知道听哪一行的",
                                "改成不重叠；或者写 hit: first，上面的算")  # fmt: skip
        return self.table.rows[one].then

    def _words(self, path: list[Cell]) -> str:
        def number(name: str) -> int:
            return self.reader.numbers[name].versions[0].value

        told = [
            f"{column.label} {column.words(cell, number)}"
            for column, cell in zip(self.table.columns, path, strict=False)
            if cell is not None and len(cell) < len(column.segments)
        ]
        return "；".join(told) or "任何情况"


def canonical(raw: Mapped, columns: Mapped) -> str:
    """This function will write a table as one line of JSON, for the law's digest."""
    made = {"columns": list(columns.items()), "rows": raw.get("rows"), "hit": raw.get("hit", "unique")}
    return json.dumps(made, ensure_ascii=False,
                      sort_keys=True, default=str)  # fmt: skip


def _whole(text: str) -> int | None:
    text = text.strip()
    if text.lstrip("-").isdecimal():
        return int(text)
    return read_money(text)


def _nearest(name: str, known: Sequence[str]) -> str:
    return meant(name, known, f"写其中一个：{', '.join(known)}", cutoff=0.5)
