"""The projects of the plan with how they stand: stage, money, unit cost, delay; a spoilt figure is missing with why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from minsheng.foundation.access.queries import areas_inside
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts import queries as accounts
from minsheng.foundation.accounts.types import Viewer
from minsheng.insight.cockpit.models import ProjectReport, Statement
from minsheng.insight.cockpit.queries.plans import plan_in_force
from minsheng.insight.cockpit.rules.projects import Delay, area_of_project, delay_of, unit_cost, years_of_stages
from minsheng.insight.cockpit.rules.wording import number
from minsheng.insight.cockpit.types import ReadAs, Stage, StatementKind
from minsheng.records.registry.days import business_day

TEN_THOUSAND_YUAN = 1_000_000  # fen


@dataclass(frozen=True)
class ReportLine:
    """One report on a project."""

    on: date
    stage: Stage
    planned_end: date | None
    expected_end: date | None
    spent_fen: int | None
    note: str
    delay_reason: str
    by: str


@dataclass(frozen=True)
class ProjectLine:
    """One project as it stands. Money in fen; `missing`: why the plan's figure is not used."""

    id: int
    number: int | None
    name: str
    owner: str
    area_m2: Decimal | None
    investment_fen: int | None
    investment_source: str
    missing: str
    unit_cost_yuan: Decimal | None
    stage: Stage | None
    planned_end: date | None
    expected_end: date | None
    spent_fen: int | None
    delay: Delay
    line: int
    reports: tuple[ReportLine, ...]
    in_reach: bool
    street_code: str
    stages_printed: str

    @property
    def spent_percent(self) -> int | None:
        """How much of the investment is spent, in percent; None without both."""
        if self.spent_fen is None or not self.investment_fen:
            return None
        return self.spent_fen * 100 // self.investment_fen

    @property
    def delay_reason(self) -> str:
        """Why it is late, as its owner last said; "" when it is not late or nobody has said."""
        said = next((report.delay_reason for report in self.reports if report.delay_reason), "")
        return said if self.delay.is_late else ""

    @property
    def area_words(self) -> str:
        """The floor area as one reads it."""
        return "—" if self.area_m2 is None else number(self.area_m2)

    @property
    def unit_cost_words(self) -> str:
        """The unit cost as one reads it."""
        return "—" if self.unit_cost_yuan is None else number(self.unit_cost_yuan)

    @property
    def over_fen(self) -> int:
        """By how much more was spent than is planned."""
        return max(0, (self.spent_fen or 0) - self.investment_fen) if self.investment_fen else 0


@dataclass(frozen=True)
class Projects:
    """All projects of the plan in force, the late ones first, with sums over what is known."""

    lines: tuple[ProjectLine, ...]
    plan_title: str

    @property
    def late(self) -> int:
        """How many are late."""
        return sum(line.delay.is_late for line in self.lines)

    @property
    def missing(self) -> int:
        """How many have no investment that can be used."""
        return sum(line.investment_fen is None for line in self.lines)

    @property
    def investment_fen(self) -> int:
        """The sum of the investments that are known."""
        return sum(line.investment_fen or 0 for line in self.lines)

    @property
    def area_m2(self) -> Decimal:
        """The sum of the floor areas that are known."""
        return sum((line.area_m2 or Decimal(0) for line in self.lines), Decimal(0))

    @property
    def area_words(self) -> str:
        """The sum of the floor areas as one reads it."""
        return number(self.area_m2)

    @property
    def spent_fen(self) -> int:
        """The sum of what was spent, of those in reach that say so."""
        return sum(line.spent_fen or 0 for line in self.lines)


def projects(*, viewer: Viewer, at: datetime) -> Projects:
    """This function will return the projects of the plan in force with their last reports in the viewer's areas."""
    require(viewer=viewer, capability="cockpit.view")
    plan = plan_in_force()
    if plan is None:
        return Projects((), "")
    rows = list(
        Statement.objects.filter(plan_id=plan.pk, kind=StatementKind.PROJECT.value)
        .exclude(read_as=ReadAs.SET_ASIDE.value)
        .order_by("number")
    )
    return Projects(_lines(viewer, at, rows), plan.title)


def project(*, viewer: Viewer, at: datetime, project_id: int) -> ProjectLine | None:
    """This function will return one project with all of its reports in the viewer's areas; None for no such project."""
    require(viewer=viewer, capability="cockpit.view")
    rows = list(Statement.objects.filter(pk=project_id, kind=StatementKind.PROJECT.value))
    return _lines(viewer, at, rows)[0] if rows else None


def _lines(viewer: Viewer, at: datetime, rows: list[Statement]) -> tuple[ProjectLine, ...]:
    today, areas = business_day(at), areas_inside(viewer=viewer)
    told: dict[int, list[ProjectReport]] = {}
    for report in ProjectReport.objects.filter(statement__in=rows).order_by("-id"):
        told.setdefault(report.statement_id, []).append(report)
    names = accounts.display_names(account_ids={r.reported_by for reports in told.values() for r in reports})
    lines = []
    for row in rows:
        owner = str(row.detail.get("owner") or "")
        area = area_of_project(owner=owner, areas=areas)
        lines.append(_line(row, owner, told.get(row.pk, []), names, today, area.code if area else ""))
    return tuple(sorted(lines, key=lambda line: (not line.delay.is_late, -line.delay.days, line.line)))


def _line(
    row: Statement, owner: str, reports: list[ProjectReport], names: Mapping[int, str], today: date, street: str
) -> ProjectLine:
    detail = row.detail
    area = None if detail.get("area") is None else Decimal(detail["area"])
    mended = next((r.investment_fen for r in reports if r.investment_fen is not None), None)
    printed = detail.get("investment")
    investment = mended if mended is not None else None
    source = "负责人补报" if mended is not None else ""
    if investment is None and printed is not None:
        investment, source = int(Decimal(printed) * TEN_THOUSAND_YUAN), f"规划第 {row.line} 行"
    spoilt = detail.get("spoilt")
    missing = ""
    if investment is None:
        missing = f"{spoilt['what']}{spoilt['evidence']}" if spoilt else "规划里没有写。"
    stage = Stage(reports[0].stage) if reports else None
    planned = next((r.planned_end for r in reports if r.planned_end), None)
    expected = next((r.expected_end for r in reports if r.expected_end), None)
    return ProjectLine(
        row.pk,
        detail.get("number"),
        row.label,
        owner,
        area,
        investment,
        source,
        missing,
        unit_cost(area=area, investment_fen=investment),
        stage,
        planned,
        expected,
        next((r.spent_fen for r in reports if r.spent_fen is not None), None),
        delay_of(
            stage=stage,
            planned=planned,
            expected=expected,
            done_on=reports[0].on_date if stage and stage.is_done else None,
            today=today,
        ),
        row.line,
        tuple(
            ReportLine(
                r.on_date, Stage(r.stage), r.planned_end, r.expected_end, r.spent_fen, r.note,
                r.delay_reason, names.get(r.reported_by, ""),
            )
            for r in reports
        ),
        bool(street),
        street,
        years_of_stages(detail.get("stages") or {}),
    )  # fmt: skip


def street_names(*, viewer: Viewer) -> dict[str, str]:
    """This function will return the streets of the viewer, by code."""
    return {area.code: area.name for area in areas_inside(viewer=viewer) if area.depth == 1}
