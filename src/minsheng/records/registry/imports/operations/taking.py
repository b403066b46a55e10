from datetime import datetime
from uuid import uuid4

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.files.workbooks import Column, ExportMark, write_xlsx
from minsheng.records.registry.imports.batches import record
from minsheng.records.registry.imports.content import open_content
from minsheng.records.registry.imports.models import Batch, Row
from minsheng.records.registry.imports.operations.staging import CAPABILITY
from minsheng.records.registry.imports.rules import fact_headings, person_headings
from minsheng.records.registry.imports.types import ImportKind, RowOutcome


def take_errors(*, actor: Viewer, at: datetime, batch_id: int) -> bytes | None:
    """This function will write the rows with errors as a workbook: what was sent, and beside it what to correct.

    It can be corrected and sent again as it is. None when the table is not there. The export is audited and marked.
    """
    require(viewer=actor, capability=CAPABILITY)
    with acting_as(viewer=actor, at=at):
        batch = Batch.objects.filter(id=batch_id).first()
        if batch is None:
            return None
        rows = list(Row.objects.filter(batch=batch, outcome=RowOutcome.ERROR.value).order_by("number"))
        headings = [text or f"第 {place} 列" for place, text in enumerate(batch.headings, start=1)]
        columns = [Column("原来的行号", "integer", 10), Column("要改什么", width=60), *map(Column, headings)]
        lines = []
        for row in rows:
            content = open_content(row.id, row.sealed)
            problems = "；".join(error.sentence.rstrip("。") for error in content.told_errors())
            cells = [*content.raw, *[""] * len(headings)][: len(headings)]
            lines.append([row.number, problems, *cells])
        mark = _mark(actor, at, f"改正导入第 {batch.id} 号的错误行")
        record(actor, at, "imports.errors_exported", batch, {"export_id": mark.export_id, "rows": len(lines)})
        return write_xlsx(columns=columns, rows=lines, mark=mark, sheet="要改的行")


def take_template(*, actor: Viewer, at: datetime, kind: ImportKind) -> bytes:
    """This function will write an empty table with the headings that are understood; required ones stand first."""
    require(viewer=actor, capability=CAPABILITY)
    headings = fact_headings() if kind is ImportKind.FACTS else person_headings()
    columns = [Column(heading.label) for heading in sorted(headings, key=lambda h: not h.required)]
    return write_xlsx(columns=columns, rows=[], mark=_mark(actor, at, f"{kind.label}导入模板"), sheet="数据")


def _mark(actor: Viewer, at: datetime, purpose: str) -> ExportMark:
    return ExportMark(export_id=uuid4().hex[:12], taken_by=actor.name, taken_at=at, purpose=purpose)
