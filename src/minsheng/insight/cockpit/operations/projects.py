"""How a project of the plan stands, as its owner reports it."""

from dataclasses import dataclass
from datetime import date, datetime

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.queries import areas_inside
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.insight.cockpit.models import ProjectReport, Statement
from minsheng.insight.cockpit.rules.projects import area_of_project, delay_of
from minsheng.insight.cockpit.types import Stage, StatementKind
from minsheng.records.registry.days import business_day


class UnableToReport(ValueError):
    """The report cannot be kept so: says why and what to do."""


@dataclass(frozen=True)
class NewReport:
    """Where a project stands; money in fen, None: not known. `investment_fen` mends a figure that the plan spoilt."""

    statement_id: int
    stage: Stage
    on_date: date
    planned_end: date | None
    expected_end: date | None
    spent_fen: int | None
    investment_fen: int | None
    note: str
    delay_reason: str = ""


def report_project(*, actor: Viewer, at: datetime, report: NewReport) -> int:
    """This function will keep a report on a project; the last one holds, the earlier ones stay. Returns its number."""
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="cockpit.report_project")
        project = Statement.objects.filter(pk=report.statement_id, kind=StatementKind.PROJECT.value).first()
        if project is None:
            raise UnableToReport("没有这个项目，也许链接旧了。请从项目清单里再选。")
        areas = areas_inside(viewer=actor)
        area = area_of_project(owner=str(project.detail.get("owner") or ""), areas=areas)
        if area is None:
            raise UnableToReport("这个项目不在负责的区域。")
        if report.on_date > business_day(at):
            raise UnableToReport("情况截止的日期不能晚于今天。")
        if not report.note.strip():
            raise UnableToReport("请写明现在的情况和依据，例如“主体已结顶，见监理月报 10 月”。")
        if report.stage.is_done and report.expected_end and report.expected_end > report.on_date:
            raise UnableToReport("已经完工的项目，完工日期不能在这次情况的日期之后。")
        if _is_late(report, today=business_day(at)) and not report.delay_reason.strip():
            raise UnableToReport(
                "比计划晚了（或者预计要晚），请写明原因和怎么补，例如“管线迁改晚了两个月，11 月起加开夜班”。"
            )
        row = ProjectReport.objects.create(
            statement=project,
            area_id=area.id,
            stage=report.stage.value,
            on_date=report.on_date,
            planned_end=report.planned_end,
            expected_end=report.expected_end,
            spent_fen=report.spent_fen,
            investment_fen=report.investment_fen,
            note=report.note.strip()[:300],
            delay_reason=report.delay_reason.strip()[:300],
            reported_at=at,
            reported_by=actor.account_id,
        )
        audit.record(
            actor=actor,
            at=at,
            action="cockpit.project_reported",
            object_type="cockpit.project",
            object_id=str(project.pk),
            area_id=area.id,
            detail={"stage": report.stage.value},
        )
    return int(row.pk)


def _is_late(report: NewReport, *, today: date) -> bool:
    """Whether the project is late with this report; a date that it leaves out is the one reported before."""
    dates: dict[str, date | None] = {"planned_end": report.planned_end, "expected_end": report.expected_end}
    for name, given in dates.items():
        if given is None:
            told = ProjectReport.objects.filter(statement_id=report.statement_id, **{f"{name}__isnull": False})
            dates[name] = told.order_by("-id").values_list(name, flat=True).first()
    return delay_of(
        stage=report.stage,
        planned=dates["planned_end"],
        expected=dates["expected_end"],
        done_on=report.on_date if report.stage.is_done else None,
        today=today,
    ).is_late
