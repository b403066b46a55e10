"""A plan, read and audited, as the statements that the cockpit keeps: each with its place, its values, its doubt."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from minsheng.insight.cockpit.plan.audit import Finding, Severity
from minsheng.insight.cockpit.plan.statements import Cell, Indicator, Place, Plan, Project, Quantity, Target
from minsheng.insight.cockpit.types import StatementKind

# A figure that a rule of these names calls an error is not used: it is missing, and the finding says why.
_SPOILS = ("projects.row_number",)
_ALL_OF_IT = ("全覆盖", "全部", "全面", "均达")


@dataclass(frozen=True)
class Stated:
    """One statement. `values`: {year, role, value (decimal as text or None), printed}; `detail` belongs to its kind."""

    kind: StatementKind
    place: Place
    label: str
    unit: str = ""
    per: str = ""
    bound: str = ""
    values: tuple[Mapping[str, Any], ...] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)


def stated(plan: Plan, findings: Iterable[Finding]) -> list[Stated]:
    """This function will list what a plan says, in the order of the source, with what spoils a figure beside it."""
    spoilt = {
        finding.line: finding for finding in findings if finding.rule in _SPOILS and finding.severity is Severity.ERROR
    }
    found = [_indicator(row) for row in plan.indicators]
    found += [_target(target) for target in plan.targets]
    found += [_fact(quantity) for quantity in plan.quantities if plan.paragraphs[quantity.paragraph].is_past]
    found += [_project(project, spoilt.get(project.place.line)) for project in plan.projects]
    found += [
        Stated(StatementKind.DOCUMENT, document.place, document.title, detail={"number": document.number})
        for document in plan.documents
    ]
    found += [Stated(StatementKind.UNREAD, item.place, item.reason) for item in plan.unread]
    return sorted(found, key=lambda one: (one.place.line, list(StatementKind).index(one.kind)))


def _value(cell: Cell) -> Mapping[str, Any]:
    return {
        "year": cell.year,
        "role": cell.role,
        "value": None if cell.value is None else str(cell.value),
        "printed": cell.printed,
    }


def _indicator(row: Indicator) -> Stated:
    detail = {"table": row.table, "growth": row.growth_printed, "attribute": row.attribute}
    return Stated(
        StatementKind.INDICATOR,
        row.place,
        row.name,
        row.unit or "",
        values=tuple(_value(cell) for cell in row.cells),
        detail=detail,
    )


def _target(target: Target) -> Stated:
    quantity = target.quantity
    if quantity is None:
        # 全覆盖, 全部到位: the whole of whatever the definition counts against; the plan prints no figure.
        whole = any(word in target.wording for word in _ALL_OF_IT)
        values = ({"year": target.deadline, "role": "target", "value": "100" if whole else None, "printed": ""},)
        return Stated(
            StatementKind.TARGET, target.place, target.label, "%" if whole else "", values=values,
            detail={"wording": target.wording, "in_words": True},
        )  # fmt: skip
    values = (
        {"year": target.deadline, "role": "target", "value": str(quantity.value), "printed": quantity.place.quote},
    )
    return Stated(
        StatementKind.TARGET, target.place, target.label, quantity.unit, quantity.per, quantity.bound, values,
        {"wording": target.wording},
    )  # fmt: skip


def _fact(quantity: Quantity) -> Stated:
    values = ({"year": quantity.year, "role": "actual", "value": str(quantity.value), "printed": quantity.place.quote},)
    return Stated(
        StatementKind.FACT, quantity.place, quantity.label, quantity.unit, quantity.per, quantity.bound, values
    )


def _project(project: Project, spoilt: Finding | None) -> Stated:
    detail: dict[str, Any] = {
        "number": project.number,
        "owner": project.owner,
        "area": None if project.area is None else str(project.area),
        "investment": None if project.investment is None or spoilt else str(project.investment),
        "investment_printed": "" if project.investment is None else str(project.investment),
        "stages": dict(project.stages),
    }
    if spoilt:
        detail["spoilt"] = {"what": spoilt.what, "evidence": spoilt.evidence, "rule": spoilt.rule}
    return Stated(StatementKind.PROJECT, project.place, project.name, detail=detail)
