"""Tables of indicators and lists of projects, from raw rows; headings of columns say what stands under them."""

import re
from dataclasses import dataclass
from decimal import Decimal

from minsheng.insight.cockpit.plan.reading_structure import RawTable
from minsheng.insight.cockpit.plan.statements import Cell, Indicator, Place, Project, Table, Unread
from minsheng.insight.cockpit.plan.wording import bare, decimal_of

_UNIT = re.compile(r"[（(]([^（()）]{1,8})[)）]\s*$")
_YEAR = re.compile(r"((?:19|20)\d{2})\s*年?")
_EMPTY = {"", "-", "--", "—", "——", "/", "无", "－", "–"}
_UNITS_KNOWN = re.compile(
    r"^(?:%|％|‰|百分点|数|[万亿]?(?:个|人|人次|家|张|名|项|件|起|宗|批|位|户|所|处|座|条|次|元|岁|平方米|公顷|公里|小时|天|分钟|部|套|辆|例|床|对|平米|万元)"
    r"(?:/\S{1,4})?|\S{1,3}/\S{1,4})$"
)


@dataclass
class Tables:
    """All that the tables of a plan say."""

    tables: list[Table]
    indicators: list[Indicator]
    projects: list[Project]
    unread: list[Unread]


def read_tables(raw: list[RawTable], first_year: int | None = None) -> Tables:
    """This function will turn raw tables into indicators and projects; what it cannot read it lists with the reason.

    A column that names only a year is a target from `first_year` of the plan on, and a fact before it.
    """
    found = Tables([], [], [], [])
    for table in raw:
        above = " › ".join(table.section) or table.caption
        header_line, header = table.rows[0]
        place = Place(table.line, table.caption or " ".join(header), above)
        rows = tuple((tuple(cells), Place(line, _quote(cells), above)) for line, cells in table.rows[1:])
        kind = _kind(header)
        found.tables.append(Table(table.caption, tuple(header), rows, kind, place))
        if kind == "other" or not rows:
            reason = "表头里没有“指标”或“项目”一列" if rows else "表里只有一行"
            found.unread.append(Unread(reason, Place(header_line, _quote(header), above)))
            continue
        for cells, row_place in rows:
            if _is_total(cells):
                continue
            if kind == "indicators":
                _indicator(found, table.caption, header, list(cells), row_place, first_year)
            else:
                _project(found, table.caption, header, list(cells), row_place)
    return found


def _quote(cells: list[str] | tuple[str, ...]) -> str:
    return "｜".join(cells)


def _is_total(cells: tuple[str, ...]) -> bool:
    return any(bare(cell) in ("合计", "总计", "共计") for cell in cells[:3])


def _kind(header: list[str]) -> str:
    words = [bare(cell) for cell in header]
    if any("指标" in w and "属性" not in w for w in words) and any(_YEAR.search(w) or "值" in w for w in words):
        return "indicators"
    if any("项目" in w for w in words) and len(words) >= 3:
        return "projects"
    return "other"


def _column(header: list[str], *words: str) -> int | None:
    return next((n for n, cell in enumerate(header) if any(w in bare(cell) for w in words)), None)


def split_unit(name: str) -> tuple[str, str | None]:
    """This function will part “名称（单位）”; the bracket is a unit only when it reads like one."""
    met = _UNIT.search(name)
    if met is None or not _UNITS_KNOWN.match(met.group(1).strip()):
        return name.strip(), None
    return name[: met.start()].strip(), met.group(1).strip().replace("％", "%")


def _indicator(
    found: Tables, caption: str, header: list[str], cells: list[str], place: Place, first_year: int | None
) -> None:
    cells = cells + [""] * (len(header) - len(cells))
    at_number, at_growth, at_attribute = (
        _column(header, "序号"),
        _column(header, "增速", "增长率", "增幅", "年均"),
        _column(header, "属性"),
    )
    at_name = next(n for n, cell in enumerate(header) if "指标" in bare(cell) and "属性" not in bare(cell))
    at_unit = next((n for n, cell in enumerate(header) if bare(cell) in ("单位", "计量单位")), None)
    name, unit = split_unit(cells[at_name])
    if not name:
        found.unread.append(Unread("这一行没有指标名称", place))
        return
    if at_unit is not None:
        unit = cells[at_unit] or None
    figures = []
    for n, cell in enumerate(header):
        if n in (at_number, at_growth, at_attribute, at_name, at_unit):
            continue
        year = _YEAR.search(cell)
        if year is None and not re.search(r"值|目标|现状|基数|完成|实际", cell):
            continue
        value = _figure(found, cells[n], place)
        role = "target" if "目标" in cell else "actual" if re.search(r"实际|完成|现状|基", cell) else "value"
        if role == "value" and year is not None and first_year is not None:
            role = "target" if int(year.group(1)) >= first_year else "actual"
        figures.append(Cell(int(year.group(1)) if year else None, role, value, cells[n], bare(cell)))
    if not figures:
        found.unread.append(Unread("表头里没有年份或数值列", place))
        return
    printed = None if at_growth is None else cells[at_growth]
    growth = None if printed is None else _figure(found, printed.rstrip("%％"), place)
    number = cells[at_number] if at_number is not None else ""
    attribute = None if at_attribute is None else cells[at_attribute]
    found.indicators.append(
        Indicator(
            int(number) if number.isdecimal() else None,
            name,
            unit,
            tuple(figures),
            growth,
            printed,
            attribute,
            caption,
            place,
        )
    )


def _figure(found: Tables, printed: str, place: Place) -> Decimal | None:
    if printed in _EMPTY:
        return None
    value = decimal_of(printed.rstrip("%％‰"))
    if value is None:
        found.unread.append(Unread(f"“{printed}”不是数字", place))
    return value


def _project(found: Tables, caption: str, header: list[str], cells: list[str], place: Place) -> None:
    cells = cells + [""] * (len(header) - len(cells))
    at_name = _column(header, "项目名称", "项目")
    at_number, at_owner = _column(header, "序号"), _column(header, "责任单位", "实施单位", "建设单位", "单位")
    at_area, at_money = _column(header, "面积"), _column(header, "投资", "概算", "预算")
    if at_name is None or not cells[at_name]:
        found.unread.append(Unread("这一行没有项目名称", place))
        return
    known = {at_name, at_number, at_owner, at_area, at_money}
    number = cells[at_number] if at_number is not None else ""
    found.projects.append(
        Project(
            int(number) if number.isdecimal() else None,
            cells[at_owner] if at_owner is not None else None,
            cells[at_name],
            None if at_area is None else _figure(found, cells[at_area], place),
            None if at_money is None else _figure(found, cells[at_money], place),
            {bare(header[n]): cells[n] for n in range(len(header)) if n not in known and cells[n]},
            caption,
            place,
        )
    )
