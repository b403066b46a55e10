"""The yearly report to the district government, as a document and as a table; every copy is on record."""

import uuid
from datetime import datetime
from pathlib import Path

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.foundation.files.documents import render_pdf
from minsheng.foundation.files.workbooks import Column, ExportMark, write_xlsx
from minsheng.foundation.pages.wording import day, yuan
from minsheng.insight.cockpit.queries.overview import Card, Overview, overview
from minsheng.insight.cockpit.queries.projects import Projects, projects

_TEMPLATE = Path(__file__).parents[1] / "documents" / "yearly_report.typ"
PURPOSE = "向区政府报告民政工作"
COLUMNS = (
    Column("章", width=12),
    Column("指标", width=34),
    Column("现在", width=14),
    Column("单位", width=8),
    Column("截至", kind="date", width=12),
    Column("目标", width=16),
    Column("目标年份", width=10),
    Column("进度", width=14),
    Column("来源", width=28),
    Column("核对", width=24),
    Column("负责", width=24),
    Column("口径", width=60),
    Column("疑问", width=60),
)


class UnableToReportYear(ValueError):
    """There is nothing to report from: says what is missing."""


def take_report(*, actor: Viewer, at: datetime, kind: str) -> tuple[bytes, str]:
    """This function will return the yearly report of the actor's area (`pdf` or `xlsx`) with its file name."""
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="cockpit.report")
        view = overview(viewer=actor, at=at)
        if view is None or view.plan is None:
            raise UnableToReportYear("还没有规划在用，报告没有可对照的。请先导入规划。")
        built = projects(viewer=actor, at=at)
        number = str(uuid.uuid4())
        content = _document(view, built, at, number) if kind == "pdf" else _table(view, actor, at, number)
        audit.record(
            actor=actor,
            at=at,
            action="cockpit.report_taken",
            object_type="cockpit.report",
            object_id=number,
            area_id=view.top.id,
            purpose="report",
            detail={"kind": kind, "indicators": len(view.cards)},
        )
    return content, f"{view.top.name}民政工作报告-{at:%Y%m%d}.{kind}"


def _document(view: Overview, built: Projects, at: datetime, number: str) -> bytes:
    assert view.plan is not None, "checked by take_report"
    late = [
        f"{card.indicator.label}：现在 {card.words}，目标 {_goal(card)}，{card.standing.label}。"
        f"负责：{card.indicator.owner}。"
        for card in view.late
    ]
    watch = [
        f"{card.indicator.label}：{card.words}（{day(card.as_of)}，{card.source}）。"
        for card in view.watch.values()
        if card.as_of
    ]
    doubts = [
        f"{card.indicator.label}：{words}"
        for card in view.cards
        for words in (*([card.indicator.doubt] if card.indicator.doubt else []), *card.notes)
    ]
    data = {
        "title": f"{view.top.name}民政事业发展规划执行情况报告",
        "issuer": f"{view.top.name}民政局",
        "number": f"{at.year} 年",
        "date": day(at),
        "verification": f"编号 {number}，由平台按当天留下的数生成。",
        "opening": (
            f"对照《{view.plan.title}》（{view.plan.first_year}—{view.plan.last_year} 年），"
            f"有目标的指标 {view.with_goal} 项，已达到 {view.reached} 项，落后或者到期没有达到 {len(view.late)} 项，"
            f"还没有数据 {view.untold} 项。没有数据的不当作零，也不当作达到。"
        ),
        "watch": watch,
        "chapters": [
            {
                "label": chapter.chapter.label,
                "rows": [_row(card) for card in chapter.cards],
            }
            for chapter in view.chapters
        ],
        "late": late,
        "projects": [
            [
                line.name,
                line.owner,
                f"{yuan(line.investment_fen)}" if line.investment_fen is not None else "缺失",
                line.stage.label if line.stage else "没有报",
                f"{line.delay.words}。{line.delay_reason}" if line.delay_reason else line.delay.words,
            ]
            for line in built.lines
        ],
        "missing": [f"{line.name}：{line.missing}" for line in built.lines if line.missing],
        "doubts": doubts,
    }
    return render_pdf(_TEMPLATE, data, written_at=at)


def _goal(card: Card) -> str:
    year = f"（{card.goal_until.year} 年）" if card.goal_until else ""
    return f"{card.goal_words}{year}" if card.goal_words else "没有定数"


def _row(card: Card) -> list[str]:
    return [
        card.indicator.label,
        card.words,
        _goal(card),
        card.standing.label,
        f"{card.as_of:%Y-%m-%d}" if card.as_of else "—",
        f"{card.source}；{card.check}" if card.check else card.source,
    ]


def _table(view: Overview, actor: Viewer, at: datetime, number: str) -> bytes:
    rows = [
        (
            chapter.chapter.label,
            card.indicator.label,
            card.words,
            card.indicator.unit,
            card.as_of,
            card.goal_words or "没有定数",
            str(card.goal_until.year) if card.goal_until else "",
            card.standing.label,
            card.source,
            card.check,
            card.indicator.owner,
            card.indicator.means,
            "；".join([card.indicator.doubt, *card.notes]).strip("；"),
        )
        for chapter in view.chapters
        for card in chapter.cards
    ]
    mark = ExportMark(number, actor.name, at, PURPOSE)
    return write_xlsx(columns=COLUMNS, rows=rows, mark=mark, sheet="指标")
