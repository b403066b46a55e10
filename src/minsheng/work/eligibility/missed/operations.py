"""What may be done about who is missed; each act is one transaction with its audit row."""

from datetime import date, datetime

from django.db import transaction

from minsheng.foundation.access.context import BUSINESS_ZONE, acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.work.eligibility.missed.counting import count_cells
from minsheng.work.eligibility.missed.models import Reason, Snapshot
from minsheng.work.eligibility.missed.queries import MissedFilter, MissedLine, missed_lines
from minsheng.work.eligibility.missed.report_table import cells
from minsheng.work.eligibility.missed.rules import note_refusal
from minsheng.work.eligibility.missed.types import CellLine, WhyNot
from minsheng.work.eligibility.models import Finding
from minsheng.work.eligibility.operations.evaluation import offers
from minsheng.work.eligibility.rules import EXPORT_PURPOSES
from minsheng.work.eligibility.types import FindingKind

EXPORT_LIMIT = 5_000


class UnableToNoteReason(ValueError):
    """The reason cannot be recorded: says why and what to do."""


class UnableToExportMissed(ValueError):
    """The list cannot be taken out: says why and what to do."""


def note_reason(*, actor: Viewer, at: datetime, finding_id: int, why: str, note: str, noted_date: date) -> None:
    """This function will record why somebody entitled does not receive; earlier reasons stay readable.

    The person stays in every count and list: a reason explains, it settles nothing.
    """
    require(viewer=actor, capability="eligibility.note_reason")
    refused = note_refusal(why=why, note=note, noted_date=noted_date, today=at.astimezone(BUSINESS_ZONE).date())
    if refused:
        raise UnableToNoteReason(refused)
    with transaction.atomic():
        found = Finding.objects.select_for_update(no_key=True).filter(id=finding_id).first()
        if found is None or found.kind != FindingKind.ENTITLED_NOT_RECEIVING.value:
            raise UnableToNoteReason("没有这条应享未享，或不在您负责的区域。")
        if found.closed_at is not None:
            raise UnableToNoteReason("这一条已经关闭（已领到或不再符合），不用再记原因。")
        row = Reason.objects.create(
            scheme=found.scheme,
            area_id=found.area_id,
            household_id=found.household_id,
            person_id=found.person_id,
            why=why,
            note=note.strip(),
            noted_date=noted_date,
            noted_by_id=actor.account_id,
            noted_at=at,
        )
        audit.record(
            actor=actor,
            at=at,
            action="missed.reason_noted",
            object_type="eligibility.finding",
            object_id=str(finding_id),
            area_id=found.area_id,
            detail={"reason": row.pk, "why": why},
        )


def note_what_was_said(
    *,
    actor: Viewer,
    at: datetime,
    scheme: str,
    household_id: int,
    person_id: int | None,
    why: WhyNot,
    note: str,
) -> bool:
    """This function will record why somebody does not receive as it comes from elsewhere (a reply, a case).

    Returns False where no finding is open, or the same was noted last already; safe to repeat.
    """
    require(viewer=actor, capability="eligibility.note_reason")
    kind = FindingKind.ENTITLED_NOT_RECEIVING.value
    whose = {"scheme": scheme, "household_id": household_id, "person_id": person_id}
    with acting_as(viewer=actor, at=at):
        found = Finding.objects.filter(kind=kind, closed_at__isnull=True, **whose).first()
        last = Reason.objects.filter(**whose).order_by("-id").first()
        if found is None or (last is not None and (last.why, last.note) == (why.value, note)):
            return False
        day = at.astimezone(BUSINESS_ZONE).date()
        note_reason(actor=actor, at=at, finding_id=found.pk, why=why.value, note=note, noted_date=day)
    return True


def keep_month(*, actor: Viewer, at: datetime, month: date) -> int:
    """This function will keep the report of a month, one row per scheme and community; the same month is replaced."""
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    with acting_as(viewer=actor, at=at):
        counted = count_cells(first=month, following=following, offers=offers())
        Snapshot.objects.filter(month=month).delete()
        Snapshot.objects.bulk_create(
            Snapshot(
                month=month,
                scheme=scheme,
                area_id=area,
                entitled=cell.entitled,
                receiving=cell.receiving,
                missed=cell.missed,
                one_datum=cell.one_datum,
                missed_fen=cell.missed_fen,
                reasons=dict(cell.reasons),
                taken_at=at,
            )
            for (scheme, area), cell in sorted(counted.items())
        )
        audit.record(
            actor=actor,
            at=at,
            action="missed.report_kept",
            object_type="missed.report",
            object_id=month.isoformat(),
            detail={"cells": len(counted)},
        )
    return len(counted)


def export_missed(*, actor: Viewer, at: datetime, chosen: MissedFilter, purpose: str) -> tuple[MissedLine, ...]:
    """This function will return the rows of an export and record who took how many, and for which purpose."""
    require(viewer=actor, capability="eligibility.export")
    if purpose not in EXPORT_PURPOSES:
        raise UnableToExportMissed("请先选择导出的用途，再导出。")
    rows = missed_lines(viewer=actor, chosen=chosen, limit=EXPORT_LIMIT + 1)
    if len(rows) > EXPORT_LIMIT:
        raise UnableToExportMissed(f"这份名单超过 {EXPORT_LIMIT:,} 条，请按政策或社区缩小范围。")
    if not rows:
        raise UnableToExportMissed("这份名单是空的，没有可以导出的内容。")
    audit.record(
        actor=actor,
        at=at,
        action="missed.list_exported",
        object_type="eligibility.findings",
        object_id="missed",
        purpose=purpose,
        detail={"filter": chosen.query(), "rows": len(rows)},
    )
    return rows


def export_report(
    *, actor: Viewer, at: datetime, chosen: MissedFilter, on_date: date, purpose: str
) -> tuple[CellLine, ...]:
    """This function will return the report by scheme and community for a workbook, and record who took it, and why."""
    require(viewer=actor, capability="eligibility.export")
    if purpose not in EXPORT_PURPOSES:
        raise UnableToExportMissed("请先选择导出的用途，再导出。")
    rows = cells(viewer=actor, chosen=chosen, on_date=on_date)
    if not rows:
        raise UnableToExportMissed("这份报告是空的，没有可以导出的内容。")
    audit.record(
        actor=actor,
        at=at,
        action="missed.report_exported",
        object_type="missed.report",
        object_id=on_date.isoformat(),
        purpose=purpose,
        detail={"filter": chosen.query(), "rows": len(rows)},
    )
    return rows
