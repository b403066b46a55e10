"""Acts on exports: prepare a list, approve or refuse it as the second person, take it, clear away what is over."""

import base64
from collections.abc import Iterable, Sequence
from datetime import datetime
from secrets import SystemRandom, token_hex

from django.db import connection

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.queries import role_definitions
from minsheng.foundation.access.types import UnableToAct, require
from minsheng.foundation.accounts.queries import holder_of
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.foundation.exports import rules
from minsheng.foundation.exports.marks import marks_of
from minsheng.foundation.exports.models import Export, File
from minsheng.foundation.exports.sealed_columns import CONTENT
from minsheng.foundation.exports.types import ExportState
from minsheng.foundation.files.workbooks import Column, ExportMark, write_xlsx
from minsheng.foundation.sealing.digests import sm3
from minsheng.foundation.sealing.operations import open_sealed, seal

VIEW, APPROVE = "exports.view", "exports.approve"


class UnableToExport(ValueError):
    """The list cannot be prepared, decided or taken so: says why and what to do."""


class UnableToFindExport(LookupError):
    """There is no such export in the viewer's areas."""


def prepare(
    *,
    actor: Viewer,
    at: datetime,
    sheet: str,
    stem: str,
    about: str,
    purpose: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[object]],
    names_people: bool,
    together: int = 2,
) -> str:
    """This function will write a list as a marked workbook, keep it sealed for its hours, and return its code.

    `rows` are what the room's own query let this actor see; the first three columns say whom a row is about. Where
    there are more rows about people than one person may take away, a second one must approve first.
    """
    require(viewer=actor, capability=VIEW)
    lines = list(rows)
    if names_people:
        lines = rules.in_own_order(lines, together=together, shuffle=SystemRandom().shuffle)
    if not lines:
        raise UnableToExport("这份名单是空的，没有可以导出的内容。")
    code, asks = token_hex(6), rules.needs_second(rows=len(lines), names_people=names_people)
    content = write_xlsx(columns=columns, rows=lines, mark=ExportMark(code, actor.name, at, purpose), sheet=sheet)
    marks = marks_of(tuple(rules.plain(cell) for cell in line[: rules.MARKED_CELLS]) for line in lines)
    area_id = _area_of(actor)
    with acting_as(viewer=actor, at=at):
        row = Export.objects.create(
            code=code,
            area_id=area_id,
            account_id=actor.account_id,
            account_name=actor.name,
            sheet=sheet,
            stem=stem,
            about=about[:300],
            purpose=purpose,
            row_count=len(lines),
            names_people=names_people,
            needs_second=asks,
            digest=sm3(content),
            marks=b"".join(marks),
            made_at=at,
            until=at + (rules.WAIT if asks else rules.LIFE),
            state=(ExportState.WAITING if asks else ExportState.READY).value,
        )
        text = base64.b64encode(content).decode()
        File.objects.create(
            export=row, account_id=actor.account_id, sealed=seal(context=CONTENT, row_id=code, value=text)
        )
        _record(actor, at, "exports.list_prepared", row, rows=len(lines), sm3=sm3(content).hex(), waits=asks)
    return code


def decide(*, actor: Viewer, at: datetime, code: str, approved: bool, note: str = "") -> None:
    """This function will let a large list go, or refuse it, as the second person; the database compares people too."""
    require(viewer=actor, capability=APPROVE)
    with acting_as(viewer=actor, at=at):
        row = Export.objects.select_for_update(no_key=True).filter(code=code).first()
        if row is None:
            raise UnableToFindExport("没有这份导出，或者不在您的辖区内。")
        if row.state != ExportState.WAITING.value or row.until <= at:
            raise UnableToExport("这份导出已经处理过，或者等了太久，已经作废。需要的话请本人重新导出。")
        if holder_of(account_id=row.account_id) == holder_of(account_id=actor.account_id):
            raise UnableToExport("自己要的名单，要请另一个人批准。")
        if not approved and not note.strip():
            raise UnableToExport("请写明为什么不批准，本人看得到。")
        row.state = (ExportState.READY if approved else ExportState.REFUSED).value
        row.decided_by, row.decided_by_name, row.decided_at = actor.account_id, actor.name, at
        row.note = note.strip()[:200]
        row.until = at + rules.LIFE if approved else row.until
        row.save(update_fields=["state", "decided_by", "decided_by_name", "decided_at", "note", "until"])
        _record(actor, at, "exports.list_approved" if approved else "exports.list_refused", row, rows=row.row_count)


def take(*, actor: Viewer, at: datetime, code: str) -> tuple[str, bytes]:
    """This function will hand the file to whoever prepared it, while its time runs; returns its name and content.

    Each taking is recorded. That nobody else and nothing older is handed over is the database's policy.
    """
    require(viewer=actor, capability=VIEW)
    with acting_as(viewer=actor, at=at):
        row = Export.objects.filter(code=code, account_id=actor.account_id).first()
        if row is None:
            raise UnableToFindExport("没有这份导出，或者不是您要的。")
        file = File.objects.filter(export_id=code).first()
        if file is None:
            raise UnableToExport("这份表格不能取了：还没有批准，或者已经过了期限。需要的话请重新导出。")
        content = base64.b64decode(open_sealed(context=CONTENT, row_id=code, sealed=file.sealed))
        if sm3(content) != bytes(row.digest):
            raise UnableToExport("文件和登记的校验码不一样，没有交出。请报安全管理员。")
        _record(actor, at, "exports.list_taken", row, rows=row.row_count)
    return f"{row.stem}-{code}.xlsx", content


def clear_away(*, actor: Viewer, at: datetime) -> int:
    """This function will delete the files that are over; what was prepared, and its marks, stay to be traced by."""
    with acting_as(viewer=actor, at=at):
        with connection.cursor() as cursor:
            cursor.execute("SELECT exports_forget()")
            gone = [code for (code,) in cursor.fetchall()]
        Export.objects.filter(code__in=gone).update(cleared_at=at)
        if gone:
            audit.record(
                actor=actor, at=at, action="exports.list_purged", object_type="exports.export",
                object_id=gone[0] if len(gone) == 1 else "several", detail={"codes": gone[:500]},
            )  # fmt: skip
    return len(gone)


def _area_of(actor: Viewer) -> int:
    """The area for which the actor may take lists away: the first grant that sees records and may."""
    roles = role_definitions()
    for grant in actor.grants:
        role = roles.get(grant.role)
        if role is not None and role.sees_records and VIEW in role.capabilities:
            return grant.area_id
    raise UnableToAct(viewer=actor, capability=VIEW)


def _record(actor: Viewer, at: datetime, action: str, row: Export, **detail: object) -> None:
    audit.record(
        actor=actor, at=at, action=action, object_type="exports.export", object_id=row.code, area_id=row.area_id,
        purpose=row.purpose, detail=detail,
    )  # fmt: skip
