from datetime import date
from functools import lru_cache
from typing import Any

import shapely
from django.conf import settings
from django.db.models import Max, Q, QuerySet, Sum

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.records.places.geometry import map_json, read_shape
from minsheng.records.places.models import BoundaryImport, Division, DivisionShape
from minsheng.records.places.queries.divisions import _in_force
from minsheng.records.places.types import BoundaryImportView, BoundaryRow, DivisionKind, ImportStatus

_LEVELS = {
    "district": DivisionKind.COUNTY,
    "county": DivisionKind.COUNTY,
    "street": DivisionKind.STREET,
    "community": DivisionKind.COMMUNITY,
    "grid": DivisionKind.GRID,
}


class UnableToDrawLevel(ValueError):
    """There are no shapes of this level: says which there are."""


def shapes_in_force(*, level: DivisionKind, on: date) -> "QuerySet[DivisionShape]":
    """This function will return the shapes of one level valid on a day, by code."""
    rows = DivisionShape.objects.filter(_in_force(on), level=level.value, withdrawn_at__isnull=True)
    found: QuerySet[DivisionShape] = rows.order_by("code")
    return found


def geometry_geojson(*, level: str, on: date) -> str:
    """This function will return a GeoJSON FeatureCollection of at most 60 KB for a map; empty where nothing is drawn.

    `level`: district (this district alone), county (with its neighbours), street, community, grid. Properties: code
    (12 digits), name, schematic (true: label it 示意).
    """
    if level not in _LEVELS:
        raise UnableToDrawLevel(f"没有“{level}”这一级的图。可以画：{'、'.join(_LEVELS)}。")
    return _drawn(level, on, _state())


def _state() -> tuple[str, ...]:
    """What differs whenever a shape is added, closed or withdrawn, so that a drawn map may be kept."""
    in_force = Q(withdrawn_at__isnull=True)
    state = DivisionShape.objects.aggregate(
        last=Max("changed_at"), held=Sum("id", filter=in_force), open=Sum("id", filter=in_force & Q(valid_to=None))
    )
    return str(state["last"]), str(state["held"]), str(state["open"])


@lru_cache(maxsize=32)
def _drawn(level: str, on: date, state: tuple[str, ...]) -> str:
    rows = list(shapes_in_force(level=_LEVELS[level], on=on))
    if level == "district":
        rows = [row for row in rows if row.code == settings.DISTRICT_CODE]
    names = dict(Division.objects.filter(_in_force(on), code__in=[r.code for r in rows]).values_list("code", "name"))
    return map_json(
        [
            (
                {"code": row.code, "name": names.get(row.code, ""), "schematic": row.is_schematic},
                read_shape(row.geometry),
            )
            for row in rows
        ]
    )


def street_at(*, lon: float, lat: float, on: date) -> str | None:
    """This function will return the code of the street that contains a WGS84 point; None outside of the district.

    While streets are drawn as a sketch (示意) this is a guess near their borders.
    """
    tree, codes = _street_tree(on, _state())
    found = tree.query(shapely.Point(lon, lat), predicate="intersects")
    return codes[min(found)] if len(found) else None


@lru_cache(maxsize=8)
def _street_tree(on: date, state: tuple[str, ...]) -> tuple[shapely.STRtree, list[str]]:
    rows = list(shapes_in_force(level=DivisionKind.STREET, on=on))
    return shapely.STRtree([read_shape(row.geometry) for row in rows]), [row.code for row in rows]


def boundary_imports(*, viewer: Viewer, limit: int = 50) -> list[BoundaryImportView]:
    """This function will return the boundary files, newest first. Capability: places.edit."""
    require(viewer=viewer, capability="places.edit")
    return [_view(row) for row in BoundaryImport.objects.order_by("-id").defer("features")[:limit]]


def boundary_import(*, viewer: Viewer, import_id: int) -> BoundaryImportView | None:
    """This function will return one boundary file with its check, or None. Capability: places.edit."""
    require(viewer=viewer, capability="places.edit")
    row = BoundaryImport.objects.filter(id=import_id).defer("features").first()
    return _view(row) if row else None


def boundary_import_geojson(*, viewer: Viewer, import_id: int) -> str | None:
    """This function will return the staged shapes of a file as GeoJSON for its preview. Capability: places.edit."""
    require(viewer=viewer, capability="places.edit")
    row = BoundaryImport.objects.filter(id=import_id).first()
    if row is None:
        return None
    names = {line["code"]: line["name"] for line in row.report["rows"]}
    shapes: list[tuple[dict[str, Any], Any]] = [
        ({"code": code, "name": names[code]}, read_shape(geometry)) for code, geometry in sorted(row.features.items())
    ]
    return map_json(shapes)


def _view(row: BoundaryImport) -> BoundaryImportView:
    return BoundaryImportView(
        id=row.id,
        filename=row.filename,
        level=DivisionKind(row.level),
        effective_date=row.effective_date,
        source=row.source,
        status=ImportStatus(row.status),
        uploaded_by=row.uploaded_by_name,
        uploaded_at=row.uploaded_at,
        decided_by=row.decided_by_name,
        decided_at=row.decided_at,
        rows=tuple(BoundaryRow(**line) for line in row.report["rows"]),
        warnings=tuple(row.report["warnings"]),
    )
