from datetime import date, datetime
from io import BytesIO
from uuid import UUID, uuid4

from minsheng.foundation.access.context import BUSINESS_ZONE, acting_as
from minsheng.foundation.access.queries import role_definitions
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.foundation.files.limits import UnableToReadTable
from minsheng.foundation.files.workbooks import read_table
from minsheng.foundation.sealing.operations import current_keyring
from minsheng.records.registry.imports.comparing import begin, fingerprint_of_file, fingerprint_of_rows
from minsheng.records.registry.imports.comparing_facts import compare_facts
from minsheng.records.registry.imports.comparing_persons import compare_persons
from minsheng.records.registry.imports.content import Judged, RowContent, seal_contents
from minsheng.records.registry.imports.models import Batch, Row
from minsheng.records.registry.imports.rules import (
    ParsedTable,
    UnableToReadHeadings,
    fact_headings,
    parse_table,
    person_headings,
)
from minsheng.records.registry.imports.types import ImportKind, ImportStatus
from minsheng.records.registry.vocabulary import SOURCES

CAPABILITY = "registry.import"
# What one request checks and applies in one transaction; see the README for the measured rate.
MOST_ROWS = {ImportKind.PERSONS: 2_000, ImportKind.FACTS: 5_000}


class UnableToStageTable(ValueError):
    """The table was not taken in: says why and what to do. Nothing was stored; `known_batch_id` if it is an old one."""

    def __init__(self, message: str, *, known_batch_id: int | None = None) -> None:
        self.known_batch_id = known_batch_id
        super().__init__(message)


def stage_table(
    *,
    actor: Viewer,
    at: datetime,
    kind: ImportKind,
    filename: str,
    content: bytes,
    source: str,
    purpose: str,
    valid_from: date,
) -> int:
    """This function will read, check and compare a table and keep it for preview; returns its id.

    At most 5,000 rows of facts or 2,000 of persons. Nothing of the registry changes. `source` says who vouches for
    the rows, `valid_from` from when facts hold where a row does not say so itself, `purpose` why they are brought
    in (kept and audited). The same file, or the same rows in another order, sent again after they were applied is
    refused with the number of the first; while it still waits, its number is returned. Raises UnableToStageTable.
    Capability: registry.import.
    """
    require(viewer=actor, capability=CAPABILITY)
    if source not in SOURCES:
        raise UnableToStageTable(f"没有“{source}”这个来源。请从来源表中选择。")
    if not purpose.strip():
        raise UnableToStageTable("请写明为什么导入、依据什么，日后查得到。")
    if valid_from > at.astimezone(BUSINESS_ZONE).date():
        raise UnableToStageTable("生效日期在今天以后。请核对日期。")
    table = _read(kind, filename, content)
    file_hash, rows_hash = fingerprint_of_file(content), fingerprint_of_rows(table.rows)
    with acting_as(viewer=actor, at=at):
        if (waiting := _known(kind, source, valid_from, file_hash, rows_hash)) is not None:
            return waiting
        asked = begin(table.rows, today=at.astimezone(BUSINESS_ZONE).date())
        judged = (
            compare_facts(asked=asked, source=source, valid_from=valid_from, at=at)
            if kind is ImportKind.FACTS
            else compare_persons(asked=asked, viewer=actor, at=at)
        )
        batch = Batch.objects.create(
            area_id=_own_area(actor),
            kind=kind.value,
            filename=filename[:200],
            content_hash=file_hash,
            rows_hash=rows_hash,
            source=source,
            purpose=purpose.strip()[:200],
            valid_from=valid_from,
            headings=list(table.raw_headings),
            warnings=[f"“{name}”这一列不认识，没有读。" for name in table.ignored],
            uploaded_by_id=actor.account_id,
            uploaded_by_name=actor.name,
            uploaded_at=at,
        )
        _keep(batch, judged)
        audit.record(
            actor=actor,
            at=at,
            action="imports.table_staged",
            object_type="imports.batch",
            object_id=str(batch.id),
            area_id=batch.area_id,
            purpose="",
            detail={"kind": kind.value, "source": source, "rows": len(judged)},
        )
    return int(batch.id)


def _read(kind: ImportKind, filename: str, content: bytes) -> ParsedTable:
    headings = fact_headings() if kind is ImportKind.FACTS else person_headings()
    try:
        rows = ((row.number, row.cells) for row in read_table(BytesIO(content), filename))
        return parse_table(rows, headings=headings, most_rows=MOST_ROWS[kind])
    except (UnableToReadTable, UnableToReadHeadings) as problem:
        raise UnableToStageTable(f"文件没有收下。{problem}") from problem


def _known(kind: ImportKind, source: str, valid_from: date, file_hash: str, rows_hash: str) -> int | None:
    same = Batch.objects.filter(kind=kind.value, source=source, valid_from=valid_from, rows_hash=rows_hash)
    applied = same.filter(status=ImportStatus.APPLIED.value).order_by("-id").first()
    if applied is not None:
        how = "内容一个字也没有变" if applied.content_hash == file_hash else "行的内容都一样，只是顺序或写法不同"
        raise UnableToStageTable(
            f"这份表已经导入过（第 {applied.id} 号，{applied.uploaded_by_name}），{how}，没有改动任何资料。不用再传。",
            known_batch_id=int(applied.id),
        )
    staged = same.filter(status=ImportStatus.STAGED.value, content_hash=file_hash).order_by("-id").first()
    return int(staged.id) if staged is not None else None


def _own_area(actor: Viewer) -> int:
    roles = role_definitions()
    held = next((g.area_id for g in actor.grants if g.role in roles and roles[g.role].sees_records), None)
    if held is None:
        raise UnableToStageTable("您的岗位没有辖区，不能导入人员和情况。请联系安全管理员。")
    return held


def _keep(batch: Batch, judged: list[Judged]) -> None:
    contents: dict[UUID, RowContent] = {uuid4(): one.content for one in judged}
    sealed = seal_contents(contents, keyring=current_keyring())
    Row.objects.bulk_create(
        [
            Row(
                id=row_id,
                batch=batch,
                area_id=batch.area_id,
                number=one.number,
                outcome=one.outcome.value,
                person_id=one.person_id,
                sealed=value,
            )
            for row_id, one, value in zip(contents, judged, sealed, strict=True)
        ],
        batch_size=1_000,
    )
