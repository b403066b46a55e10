"""Figures of projects: values equal to the row number, and unit costs far from the others."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from statistics import median

from minsheng.insight.cockpit.plan.audit.findings import Finding, Severity
from minsheng.insight.cockpit.plan.statements import Plan, Project
from minsheng.insight.cockpit.plan.wording import plain

FAR = Decimal("3.5")  # usual limit for a robust z (Iglewicz and Hoaglin)
UNUSUAL = Decimal("2.5")  # the moderate limit for median ± MAD (Leys and others); a hint only
_CONSISTENT = Decimal("1.4826")  # makes the MAD agree with the standard deviation of normal values
_LEAST_SPREAD = Decimal("0.2")  # sound costs differ by a fifth; where five lie closer, the sixth is no outlier yet
_FEWEST = 5


def robust_z(values: Sequence[Decimal]) -> list[Decimal]:
    """This function will return (x - median) / spread of the natural logarithms; spread is 1.4826 MAD, at least 0.2."""
    return [_z_against(value, values) for value in values]


def check(plan: Plan) -> Iterator[Finding]:
    """This function will yield findings about projects, list by list."""
    for table, rows in groupby(plan.projects, key=lambda project: project.table):
        yield from _in_one_list(table, list(rows))


def _in_one_list(table: str, projects: list[Project]) -> Iterator[Finding]:
    numbered = [p for p in projects if p.number is not None and p.number in (p.area, p.investment)]
    sound = [p for p in projects if p not in numbered and _cost(p) is not None]
    costs = {p.place: cost for p in projects if (cost := _cost(p)) is not None}
    middle = median([costs[p.place] for p in sound]) if sound else None
    for project in numbered:
        column = "总投资" if project.investment == project.number else "面积"
        cost = costs.get(project.place)
        is_enough = cost is not None and len(sound) >= _FEWEST
        z = _z_against(cost, [costs[p.place] for p in sound]) if cost is not None and is_enough else None
        # One equal number may be chance; together with a unit cost that is impossible beside the others it is not.
        is_far = z is not None and abs(z) > FAR
        detail = (
            f"每平方米 {cost:.1f} 元，其余项目中位数 {middle:.0f} 元" if cost is not None and middle is not None else ""
        )
        yield Finding(
            "projects.row_number",
            f"“{project.name}”的{column}等于序号 {project.number}，多半是序号串进了空格。",
            (project.place,),
            f"{column} {project.number} = 序号 {project.number}"
            + (f"；{detail}，稳健 z = {z:.1f}。" if z is not None else "。"),
            Severity.ERROR if is_far else Severity.DOUBT,
            f"请按“没有填”处理，补上真实的{column}，不要当作 {project.number} 使用。",
        )
    if len(sound) < _FEWEST:
        return
    for project, z in zip(sound, robust_z([costs[p.place] for p in sound]), strict=True):
        if abs(z) <= UNUSUAL:
            continue
        cost = costs[project.place]
        yield Finding(
            "projects.unit_cost",
            f"“{project.name}”每平方米造价{'偏高' if z > 0 else '偏低'}。",
            (project.place,),
            f"{plain(project.investment or Decimal(0))} 万元 ÷ {plain(project.area or Decimal(0))} 平方米"
            f" = {cost:.0f} 元/平方米，中位数 {middle:.0f} 元，对数稳健 z = {z:.1f}。",
            Severity.ERROR if abs(z) > FAR else Severity.HINT,
            "请核对面积、投资和单位；确实如此的，请说明原因（地下建筑、装修、拆迁等）。",
        )


def _cost(project: Project) -> Decimal | None:
    """Yuan per square metre; investment is printed in 万元."""
    if not project.area or not project.investment or project.area <= 0 or project.investment <= 0:
        return None
    return project.investment * 10_000 / project.area


def _z_against(value: Decimal, others: Sequence[Decimal]) -> Decimal:
    logs = [other.ln() for other in others]
    middle = median(logs)
    spread = max(median(abs(log - middle) for log in logs) * _CONSISTENT, _LEAST_SPREAD)
    return (value.ln() - middle) / spread
