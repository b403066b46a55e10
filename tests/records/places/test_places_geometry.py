"""Shapes: the sketch of the streets, and boundary files that are checked, applied and taken back."""

import json
from collections.abc import Callable
from datetime import date, datetime
from importlib.resources import files
from typing import Any

import numpy as np
import pytest
import shapely
from shapely.geometry import shape

from minsheng.foundation.accounts.types import Viewer
from minsheng.records.places import operations, queries
from minsheng.records.places.geometry import area_m2, street_cells
from minsheng.records.places.models import BoundaryImport, DivisionShape
from minsheng.records.places.types import DivisionKind, ImportStatus

MERGER = date(2021, 4, 9)
TODAY = date(2026, 11, 3)
DAY = date(2026, 12, 1)
POINTS = {"330102012000": (120.19259, 30.25283), "330102001000": (120.1584, 30.24137)}


def outline() -> Any:
    text = files("minsheng.records.places").joinpath("data/shangcheng_district_wgs84.geojson").read_text("utf-8")
    return shape(json.loads(text)["features"][0]["geometry"])


def test_area_agrees_with_the_published_one() -> None:
    assert area_m2(outline()) / 1e6 == pytest.approx(120.42, rel=0.01)


def test_cells_tile_the_outline() -> None:
    cells = street_cells(outline=outline(), points=POINTS)
    assert sum(map(area_m2, cells.values())) == pytest.approx(area_m2(outline()), rel=1e-4)
    assert all(cells[code].contains(shapely.Point(point)) for code, point in POINTS.items())


def test_maps_are_small_and_labelled(officer: Viewer) -> None:
    for level, number in (("street", 14), ("county", 13), ("district", 1)):
        text = queries.geometry_geojson(level=level, on=TODAY)
        features = json.loads(text)["features"]
        assert len(features) == number
        assert len(text.encode()) <= 60_000
        assert all(shape(f["geometry"]).is_valid for f in features)
        assert {f["properties"]["schematic"] for f in features} == {level == "street"}
    assert json.loads(queries.geometry_geojson(level="street", on=date(2020, 1, 1)))["features"] == []


def test_simplified_streets_keep_their_common_borders(officer: Viewer) -> None:
    features = json.loads(queries.geometry_geojson(level="street", on=TODAY))["features"]
    shapes = [shape(f["geometry"]) for f in features]
    union = shapely.union_all(shapes)
    assert sum(map(area_m2, shapes)) == pytest.approx(area_m2(union), rel=1e-3)


def test_a_point_finds_its_street(officer: Viewer) -> None:
    for code, (lon, lat) in POINTS.items():
        assert queries.street_at(lon=lon, lat=lat, on=TODAY) == code
    assert queries.street_at(lon=120.0, lat=30.0, on=TODAY) is None
    assert queries.street_at(lon=POINTS["330102012000"][0], lat=30.25283, on=date(2020, 1, 1)) is None


# ---- boundary files ------------------------------------------------------------------------------------------


def street_features(change: Callable[[str, Any], Any] = lambda code, geometry: geometry) -> dict[str, Any]:
    """The present street sketch as a file, each shape passed through `change`; None leaves it out."""
    features = []
    for row in DivisionShape.objects.filter(level="street", withdrawn_at__isnull=True, valid_to__isnull=True):
        geometry = change(row.code, shape(row.geometry))
        if geometry is not None:
            features.append(
                {
                    "type": "Feature",
                    "properties": {"code": row.code[:9]},
                    "geometry": json.loads(shapely.to_geojson(geometry)),
                }
            )
    return {"type": "FeatureCollection", "features": features}


def stage(officer: Viewer, at: datetime, document: Any, day: date = DAY) -> int:
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    return operations.stage_boundaries(
        actor=officer,
        at=at,
        filename="街道.geojson",
        content=content,
        level=DivisionKind.STREET,
        effective_date=day,
        source="区勘界办",
    )


def in_force() -> list[tuple[Any, ...]]:
    return sorted(
        DivisionShape.objects.filter(withdrawn_at__isnull=True).values_list("code", "valid_from", "valid_to", "area_m2")
    )


@pytest.mark.parametrize("day", [DAY, MERGER])
def test_apply_and_undo_leave_no_trace(officer: Viewer, at: datetime, day: date) -> None:
    before, map_before = in_force(), queries.geometry_geojson(level="street", on=DAY)
    number = stage(officer, at, street_features(), day)
    assert in_force() == before, "staging changes nothing"
    assert operations.apply_boundaries(actor=officer, at=at, import_id=number) == 14
    drawn = json.loads(queries.geometry_geojson(level="street", on=DAY))
    assert {f["properties"]["schematic"] for f in drawn["features"]} == {False}
    if day == DAY:
        earlier = json.loads(queries.geometry_geojson(level="street", on=TODAY))
        assert {f["properties"]["schematic"] for f in earlier["features"]} == {True}
    operations.undo_boundaries(actor=officer, at=at, import_id=number)
    assert in_force() == before
    assert queries.geometry_geojson(level="street", on=DAY) == map_before
    with pytest.raises(operations.UnableToUndoBoundaries):
        operations.undo_boundaries(actor=officer, at=at, import_id=number)


def test_the_same_file_twice_is_recognised(officer: Viewer, at: datetime) -> None:
    document = street_features()
    operations.apply_boundaries(actor=officer, at=at, import_id=stage(officer, at, document))
    with pytest.raises(operations.UnableToReadBoundaries, match="已经启用过"):
        stage(officer, at, document)


def test_a_preview_that_grew_old_is_not_applied(officer: Viewer, at: datetime) -> None:
    smaller = street_features(lambda code, g: g.buffer(-0.0005))
    first, second = stage(officer, at, street_features(), MERGER), stage(officer, at, smaller, MERGER)
    operations.apply_boundaries(actor=officer, at=at, import_id=second)
    before = in_force()
    with pytest.raises(operations.UnableToApplyBoundaries, match="重新上传"):
        operations.apply_boundaries(actor=officer, at=at, import_id=first)
    assert in_force() == before


def test_undo_waits_for_what_was_built_on_it(officer: Viewer, at: datetime) -> None:
    first = stage(officer, at, street_features(), MERGER)
    operations.apply_boundaries(actor=officer, at=at, import_id=first)
    second = stage(officer, at, street_features(lambda code, g: g.buffer(-0.0001)), DAY)
    operations.apply_boundaries(actor=officer, at=at, import_id=second)
    with pytest.raises(operations.UnableToUndoBoundaries, match=f"第 {second} 号"):
        operations.undo_boundaries(actor=officer, at=at, import_id=first)
    operations.undo_boundaries(actor=officer, at=at, import_id=second)
    operations.undo_boundaries(actor=officer, at=at, import_id=first)


def test_one_street_alone_warns_of_the_sketch_beside_it(officer: Viewer, at: datetime) -> None:
    grown = street_features(lambda code, g: g.buffer(0.002) if code == "330102012000" else None)
    view = queries.boundary_import(viewer=officer, import_id=stage(officer, at, grown))
    assert view is not None
    assert [row.name for row in view.rows] == ["采荷街道"]
    assert (view.rows[0].change_percent or 0) > 5
    assert any("示意边界" in w for w in view.warnings)
    assert any("保持原样" in w for w in view.warnings)


def test_web_map_coordinates_are_suspected(officer: Viewer, at: datetime) -> None:
    shifted = street_features(lambda code, g: shapely.transform(g, lambda xy: xy + np.array([0.0047, -0.0024])))
    view = queries.boundary_import(viewer=officer, import_id=stage(officer, at, shifted))
    assert view is not None
    assert any("GCJ-02" in w for w in view.warnings)
    clean = queries.boundary_import(viewer=officer, import_id=stage(officer, at, street_features()))
    assert clean is not None
    assert clean.warnings == ()


def bowtie(code: str, geometry: Any) -> Any:
    west, south, east, north = geometry.bounds
    return shapely.Polygon([(west, south), (east, north), (east, south), (west, north)])


def swapped(code: str, geometry: Any) -> Any:
    return shapely.transform(geometry, lambda xy: xy[:, ::-1])


BAD: dict[str, tuple[Callable[[], Any], str]] = {
    "not json": (lambda: b"\xff\xfe\x00", "不是 GeoJSON"),
    "bottomless nesting": (lambda: b"[" * 200_000, "不是 GeoJSON"),
    "too large": (lambda: b" " * (10 * 2**20 + 1), "最多 10 MB"),
    "empty": (lambda: {"type": "FeatureCollection", "features": []}, "没有图形"),
    "one feature": (lambda: {"type": "Feature"}, "FeatureCollection"),
    "projected crs": (lambda: street_features() | {"crs": {"properties": {"name": "EPSG:4549"}}}, "WGS84"),
    "metres": (lambda: street_features(lambda c, g: shapely.transform(g, lambda xy: xy * 100_000)), "投影坐标"),
    "swapped": (lambda: street_features(swapped), "写反了"),
    "crossing itself": (lambda: street_features(bowtie), "修复几何"),
    "overlap": (lambda: street_features(lambda c, g: g.buffer(0.001)), "重叠"),
    "points": (lambda: street_features(lambda c, g: g.centroid), "不是面"),
    "twice": (lambda: {"type": "FeatureCollection", "features": street_features()["features"] * 2}, "出现了两次"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_refused_whole(officer: Viewer, at: datetime, name: str) -> None:
    build, said = BAD[name]
    before = in_force()
    with pytest.raises(operations.UnableToReadBoundaries) as refused:
        stage(officer, at, build())
    assert any(said in problem.sentence for problem in refused.value.problems)
    assert in_force() == before
    assert not BoundaryImport.objects.exists()


@pytest.mark.parametrize(
    ("code", "said"), [("330104006", "不是本区"), ("", "没有区划代码"), ("采荷", "只有数字"), ("330106002", "不是本区")]
)
def test_codes_must_be_those_of_the_day(officer: Viewer, at: datetime, code: str, said: str) -> None:
    document = street_features()
    document["features"][0]["properties"]["code"] = code
    with pytest.raises(operations.UnableToReadBoundaries) as refused:
        stage(officer, at, document)
    [problem] = refused.value.problems
    assert (problem.feature, said in problem.what) == (1, True)


def test_a_discarded_file_stays_discarded(officer: Viewer, at: datetime) -> None:
    number = stage(officer, at, street_features())
    operations.discard_boundaries(actor=officer, at=at, import_id=number)
    with pytest.raises(operations.UnableToApplyBoundaries, match="已放弃"):
        operations.apply_boundaries(actor=officer, at=at, import_id=number)
    assert BoundaryImport.objects.get(id=number).status == ImportStatus.DISCARDED
