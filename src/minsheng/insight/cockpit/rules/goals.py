"""What a plan's statements say of one indicator: the target, the earlier values, and what does not fit together."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from minsheng.insight.cockpit.types import Check, Goal, Indicator, Point, ReadAs, StatementKind

# Words for counting that say the same; a plan uses them as its sentence asks.
_PIECES = frozenset({"个", "家", "所", "处", "项", "人", "名", "户", "人次", "张"})
_UNSAID = frozenset({"", "数"})


@dataclass(frozen=True)
class Written:
    """A statement as the rules read it."""

    id: int
    kind: StatementKind
    line: int
    quote: str
    label: str
    unit: str
    per: str
    bound: str
    values: tuple[Mapping[str, Any], ...]
    read_as: ReadAs


@dataclass(frozen=True)
class Tracked:
    """An indicator with what the plan says of it. `others` are statements on it that do not set the target."""

    indicator: Indicator
    goal: Goal | None
    facts: tuple[Point, ...]
    others: tuple[Written, ...]
    notes: tuple[str, ...]

    @property
    def start(self) -> Point | None:
        """The last earlier value: from where the way to the target begins."""
        return self.facts[-1] if self.facts else None


def tracked(
    indicator: Indicator,
    written: Iterable[Written],
    *,
    past: Collection[str] = (),
    first_year: int | None,
    last_year: int | None,
) -> Tracked:
    """This function will gather what a plan says of an indicator; a figure in another unit is shown, never used.

    `written`: the statements whose names were linked to the indicator; those named in `past` promise nothing.
    """
    rows = [row for row in written if row.read_as is not ReadAs.SET_ASIDE]
    notes: list[str] = []
    goal, others = _goal(indicator, [row for row in rows if row.label not in past], last_year, notes)
    facts = _facts(indicator, rows, first_year, notes)
    return Tracked(indicator, goal, facts, tuple(others), tuple(dict.fromkeys(notes)))


def _goal(
    indicator: Indicator, rows: list[Written], last_year: int | None, notes: list[str]
) -> tuple[Goal | None, list[Written]]:
    goal, others = None, []
    tables = [row for row in rows if row.kind is StatementKind.INDICATOR]
    sentences = [row for row in rows if row.kind is StatementKind.TARGET]
    for row in (*tables, *sentences):
        value = next((v for v in row.values if v["role"] == "target"), None)
        if value is None:
            continue
        if goal is not None or row.per or value["value"] is None or not _same_unit(indicator, row, notes):
            others.append(row)
            continue
        until = value["year"] or last_year
        if value["year"] is None and until:
            notes.append(f"第 {row.line} 行没有写期限，按规划期末 {until} 年。")
        deadline = date(until, 12, 31) if until else None
        goal = Goal(Decimal(value["value"]), row.unit, deadline, row.bound, row.id, row.line, row.quote)
    for row in others:
        value = next(v for v in row.values if v["role"] == "target")
        if row.per:
            notes.append(f"第 {row.line} 行另写“{row.quote}”，与目标不是一个算法，要分开看。")
        elif goal and value["value"] is not None and Decimal(value["value"]) != goal.value:
            notes.append(f"第 {row.line} 行写 {value['value']}，与第 {goal.line} 行的目标不同。")
    return goal, others


def _facts(indicator: Indicator, rows: list[Written], first_year: int | None, notes: list[str]) -> tuple[Point, ...]:
    found: dict[date, Point] = {}
    for row in rows:
        if row.kind is StatementKind.TARGET:
            continue
        values = [v for v in row.values if v["role"] != "target" and v["value"] is not None]
        if not values or not _same_unit(indicator, row, notes):
            continue
        for value in values:
            year = value["year"] or (first_year - 1 if first_year else None)
            if year is None:
                continue
            if value["year"] is None:
                notes.append(f"第 {row.line} 行没有写年份，按规划期前一年 {year} 年末。")
            times = indicator.monthly_times if row.per in ("每月", "月") else 1
            point = Point(date(year, 12, 31), Decimal(value["value"]) * times, Check.PRINTED, f"规划第 {row.line} 行")
            known = found.setdefault(point.on, point)
            if known.value != point.value:
                notes.append(f"{year} 年第 {row.line} 行写 {point.value}，与{known.source}的 {known.value} 不同。")
    return tuple(found[day] for day in sorted(found))


def units_agree(first: str, second: str) -> bool:
    """This function will say whether two units count the same: equal, or two words for pieces."""
    return first == second or {first, second} <= _PIECES


def _same_unit(indicator: Indicator, row: Written, notes: list[str]) -> bool:
    if units_agree(row.unit, indicator.unit):
        return True
    if row.unit in _UNSAID:
        notes.append(f"第 {row.line} 行没有写清单位，按“{indicator.unit}”理解。")
        return True
    notes.append(f"第 {row.line} 行的单位是“{row.unit}”，与“{indicator.unit}”不同，这个数没有用。")
    return False
