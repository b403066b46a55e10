import hashlib
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from shapely.geometry.base import BaseGeometry

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.foundation.events import operations as events
from minsheng.records.places.boundaries import CheckedBoundaries, Present, UnableToReadBoundaries, check_boundaries
from minsheng.records.places.events import BoundariesApplied, BoundariesUndone
from minsheng.records.places.geometry import area_m2, read_shape
from minsheng.records.places.models import BoundaryImport, DivisionShape
from minsheng.records.places.queries.boundaries import shapes_in_force
from minsheng.records.places.queries.divisions import divisions_of_kind
from minsheng.records.places.types import BoundaryProblem, BoundaryRow, DivisionKind, DivisionRef, ImportStatus

CAPABILITY = "places.edit"
LEVELS = (DivisionKind.COUNTY, DivisionKind.STREET, DivisionKind.COMMUNITY, DivisionKind.GRID)


class UnableToApplyBoundaries(ValueError):
    """The file cannot come into force now: says why and what to do. The boundaries in force did not change."""


class UnableToUndoBoundaries(ValueError):
    """The file cannot be taken back: says what depends on it."""


def stage_boundaries(
    *,
    actor: Viewer,
    at: datetime,
    filename: str,
    content: bytes,
    level: DivisionKind,
    effective_date: date,
    source: str,
) -> int:
    """This function will check a GeoJSON file and keep it for preview; nothing comes into force. Returns its id.

    `source` names the document or office that the lines come from. Raises UnableToReadBoundaries with every problem
    and its remedy; then nothing is stored. Capability: places.edit.
    """
    require(viewer=actor, capability=CAPABILITY)
    if level not in LEVELS:
        raise UnableToReadBoundaries(
            [BoundaryProblem(None, f"不能导入{level.label}的边界。", "请选区县、街道、社区或网格。")]
        )
    if not source.strip():
        raise UnableToReadBoundaries([BoundaryProblem(None, "没有写边界的来源。", "请写明提供单位和文号。")])
    digest = hashlib.sha256(content).hexdigest()
    same = BoundaryImport.objects.filter(
        content_hash=digest, level=level.value, effective_date=effective_date, status=ImportStatus.APPLIED.value
    ).first()
    if same:
        raise UnableToReadBoundaries(
            [BoundaryProblem(None, f"这份文件已经启用过（第 {same.id} 号），内容一个字也没有变。", "不用再传。")]
        )
    present = _present(level, effective_date)
    checked = check_boundaries(
        content=content,
        level=level,
        divisions=_divisions(level, effective_date),
        present=present,
        outline=_outline(effective_date) if level is not DivisionKind.COUNTY else None,
    )
    with transaction.atomic():
        row = BoundaryImport.objects.create(
            filename=filename[:200],
            content_hash=digest,
            level=level.value,
            effective_date=effective_date,
            source=source.strip()[:200],
            features=checked.features(),
            report=_report(checked, present),
            uploaded_by_id=actor.account_id,
            uploaded_by_name=actor.name,
            uploaded_at=at,
        )
        _record(actor, at, "places.boundaries_staged", row, shapes=len(checked.shapes))
    return int(row.id)


def apply_boundaries(*, actor: Viewer, at: datetime, import_id: int) -> int:
    """This function will put the shapes of a staged file into force from its day, all or none; returns how many.

    The shape in force before ends on that day; one that began on the same day is withdrawn. Both can be undone.
    """
    require(viewer=actor, capability=CAPABILITY)
    with transaction.atomic():
        row = _locked(import_id)
        if row is None or row.status != ImportStatus.STAGED.value:
            raise UnableToApplyBoundaries(
                f"这份文件现在是“{ImportStatus(row.status).label if row else '不存在'}”，不能启用。请重新上传。"
            )
        level, day = DivisionKind(row.level), row.effective_date
        present = {
            shape.code: shape
            for shape in shapes_in_force(level=level, on=day).select_for_update(no_key=True)
            if shape.code in row.features
        }
        if {code: shape.id for code, shape in present.items()} != row.report["base"]:
            raise UnableToApplyBoundaries("上传以后，别人改过现行边界，预览已经不准。没有启用，请重新上传再看一遍。")
        later = DivisionShape.objects.filter(
            level=level.value, code__in=list(row.features), withdrawn_at__isnull=True, valid_from__gt=day
        ).first()
        if later:
            raise UnableToApplyBoundaries(
                f"{later.code} 从 {later.valid_from:%Y-%m-%d} 起已有更晚的边界。没有启用，请把生效日改到那天以后。"
            )
        effects = []
        for shape in present.values():
            withdrawn = shape.valid_from == day
            held_to = shape.valid_to.isoformat() if shape.valid_to else None
            effects.append({"shape_id": shape.id, "withdrawn": withdrawn, "valid_to": held_to})
            shape.withdrawn_at, shape.valid_to = (at, shape.valid_to) if withdrawn else (None, day)
            shape.changed_at = at
            shape.save(update_fields=["withdrawn_at", "valid_to", "changed_at"])
        DivisionShape.objects.bulk_create(
            [
                DivisionShape(
                    code=code,
                    level=level.value,
                    geometry=geometry,
                    area_m2=area_m2(read_shape(geometry)),
                    is_schematic=False,
                    source=row.source,
                    valid_from=day,
                    brought_by=row,
                    changed_at=at,
                )
                for code, geometry in row.features.items()
            ]
        )
        row.effects = effects
        _decide(row, actor, at, ImportStatus.APPLIED)
        _record(actor, at, "places.boundaries_applied", row, shapes=len(row.features))
        events.publish(BoundariesApplied(import_id=row.id), at=at)
    return len(row.features)


def undo_boundaries(*, actor: Viewer, at: datetime, import_id: int) -> None:
    """This function will take an applied file back: its shapes are withdrawn, those before return as they were."""
    require(viewer=actor, capability=CAPABILITY)
    with transaction.atomic():
        row = _locked(import_id)
        if row is None or row.status != ImportStatus.APPLIED.value:
            raise UnableToUndoBoundaries("这份文件没有启用，没有什么可以撤回。")
        mine = list(DivisionShape.objects.select_for_update(no_key=True).filter(brought_by=row).order_by("id"))
        touched = [shape for shape in mine if shape.valid_to is not None or shape.withdrawn_at is not None]
        if touched:
            later = (
                BoundaryImport.objects.filter(status=ImportStatus.APPLIED.value, id__gt=row.id).order_by("id").first()
            )
            which = f"第 {later.id} 号文件" if later else "后来的改动"
            raise UnableToUndoBoundaries(f"{which}是在这份边界上改的。请先撤回{which}。")
        for shape in mine:
            shape.withdrawn_at = shape.changed_at = at
            shape.save(update_fields=["withdrawn_at", "changed_at"])
        for effect in row.effects:
            before = DivisionShape.objects.select_for_update(no_key=True).get(id=effect["shape_id"])
            if effect["withdrawn"]:
                before.withdrawn_at = None
            else:
                before.valid_to = date.fromisoformat(effect["valid_to"]) if effect["valid_to"] else None
            before.changed_at = at
            before.save(update_fields=["withdrawn_at", "valid_to", "changed_at"])
        _decide(row, actor, at, ImportStatus.UNDONE)
        _record(actor, at, "places.boundaries_undone", row, shapes=len(mine))
        events.publish(BoundariesUndone(import_id=row.id), at=at)


def discard_boundaries(*, actor: Viewer, at: datetime, import_id: int) -> None:
    """This function will put a staged file aside for good."""
    require(viewer=actor, capability=CAPABILITY)
    with transaction.atomic():
        row = _locked(import_id)
        if row is None or row.status != ImportStatus.STAGED.value:
            raise UnableToApplyBoundaries("这份文件不在待确认的状态，不能放弃。")
        _decide(row, actor, at, ImportStatus.DISCARDED)
        _record(actor, at, "places.boundaries_discarded", row)


def _locked(import_id: int) -> BoundaryImport | None:
    found: BoundaryImport | None = BoundaryImport.objects.select_for_update(no_key=True).filter(id=import_id).first()
    return found


def _divisions(level: DivisionKind, on: date) -> dict[str, DivisionRef]:
    within = settings.DISTRICT_CODE if level is not DivisionKind.COUNTY else settings.DISTRICT_CODE[:4]
    return {d.code: d for d in divisions_of_kind(kind=level, on=on, within=within)}


def _present(level: DivisionKind, on: date) -> dict[str, Present]:
    return {
        shape.code: Present(shape.id, read_shape(shape.geometry), shape.is_schematic)
        for shape in shapes_in_force(level=level, on=on)
    }


def _outline(on: date) -> BaseGeometry | None:
    rows = [s for s in shapes_in_force(level=DivisionKind.COUNTY, on=on) if s.code == settings.DISTRICT_CODE]
    return read_shape(rows[0].geometry) if rows else None


def _report(checked: CheckedBoundaries, present: dict[str, Present]) -> dict[str, object]:
    def line(row: BoundaryRow) -> dict[str, object]:
        return {
            "code": row.code,
            "name": row.name,
            "area_before": row.area_before,
            "area_after": row.area_after,
            "schematic_before": row.schematic_before,
        }

    return {
        "rows": [line(row) for row in checked.rows],
        "warnings": list(checked.warnings),
        # Which shapes the preview was compared with: applying refuses when they are no longer in force.
        "base": {code: held.shape_id for code, held in present.items() if code in checked.shapes},
    }


def _decide(row: BoundaryImport, actor: Viewer, at: datetime, status: ImportStatus) -> None:
    row.status, row.decided_by_name, row.decided_at = status.value, actor.name, at
    row.save(update_fields=["status", "effects", "decided_by_name", "decided_at"])


def _record(actor: Viewer, at: datetime, action: str, row: BoundaryImport, **counts: int) -> None:
    audit.record(
        actor=actor,
        at=at,
        action=action,
        object_type="places.boundary_import",
        object_id=str(row.id),
        detail={"level": row.level, "effective_date": row.effective_date.isoformat(), **counts},
    )
