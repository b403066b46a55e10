"""Shapes of the district, pure: areas, Voronoi cells of streets, simplified GeoJSON. WGS84 longitude and latitude."""

import json
import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import shapely
from shapely import MultiPoint, MultiPolygon, Point, Polygon
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

LARGEST_MAP_BYTES = 60_000
_SEMI_MAJOR_M, _ECCENTRICITY_2 = 6_378_137.0, 0.006_694_379_990_14


@lru_cache(maxsize=64)
def metres_per_degree(latitude: float) -> tuple[float, float]:
    """This function will return metres per degree of longitude and of latitude on the WGS84 ellipsoid."""
    sine = math.sin(math.radians(latitude))
    width = math.sqrt(1 - _ECCENTRICITY_2 * sine * sine)
    east = _SEMI_MAJOR_M / width * math.cos(math.radians(latitude))
    north = _SEMI_MAJOR_M * (1 - _ECCENTRICITY_2) / width**3
    return math.radians(east), math.radians(north)


def area_m2(geometry: BaseGeometry) -> int:
    """This function will return the area in whole square metres; the scale is that of the shape's middle latitude."""
    if geometry.is_empty:
        return 0
    east, north = metres_per_degree(round((geometry.bounds[1] + geometry.bounds[3]) / 2, 3))
    return round(geometry.area * east * north)


def street_cells(*, outline: BaseGeometry, points: Mapping[str, tuple[float, float]]) -> dict[str, BaseGeometry]:
    """This function will give each street the part of the outline that lies nearest to its point (a sketch, 示意)."""
    east, north = metres_per_degree(round(outline.centroid.y, 3))
    stretch = east / north  # a degree of longitude is shorter: without this the cells would lean

    def scaled(geometry: BaseGeometry, factor: float) -> BaseGeometry:
        return shapely.transform(geometry, lambda xy: xy * [factor, 1.0])

    seeds = {code: Point(lon * stretch, lat) for code, (lon, lat) in points.items()}
    flat = scaled(outline, stretch)
    cells = shapely.voronoi_polygons(MultiPoint(list(seeds.values())), extend_to=flat.envelope)
    found: dict[str, BaseGeometry] = {}
    for cell in cells.geoms:
        code = next(code for code, seed in seeds.items() if cell.contains(seed))
        found[code] = polygons_only(scaled(flat.intersection(cell), 1 / stretch))
    return found


def polygons_only(geometry: BaseGeometry) -> BaseGeometry:
    """This function will drop the points and lines that an intersection leaves behind."""
    if isinstance(geometry, Polygon | MultiPolygon):
        return geometry
    parts = [g for g in getattr(geometry, "geoms", []) if isinstance(g, Polygon | MultiPolygon)]
    return shapely.union_all(parts) if parts else Polygon()


def read_shape(geometry: dict[str, Any]) -> BaseGeometry:
    """This function will build a shape from GeoJSON that was checked before it was stored."""
    return shape(geometry)


def written(geometry: BaseGeometry, *, digits: int = 6) -> dict[str, Any]:
    """This function will write GeoJSON coordinates with so many digits (six: a tenth of a metre)."""
    return {"type": mapping(geometry)["type"], "coordinates": _rounded(mapping(geometry)["coordinates"], digits)}


def _rounded(part: Any, digits: int) -> Any:
    return round(part, digits) if isinstance(part, float | int) else [_rounded(inner, digits) for inner in part]


def map_json(shapes: Sequence[tuple[dict[str, Any], BaseGeometry]], *, most_bytes: int = LARGEST_MAP_BYTES) -> str:
    """This function will write a FeatureCollection of at most `most_bytes`, neighbours keeping their common borders."""
    if not shapes:
        return json.dumps({"type": "FeatureCollection", "features": []})
    geometries = [geometry for _, geometry in shapes]
    tolerance = 0.0
    while True:
        # Simplifying shape by shape would tear the borders apart; as a coverage they move together.
        drawn = list(shapely.coverage_simplify(geometries, tolerance)) if tolerance else geometries
        text = json.dumps(
            {
                "type": "FeatureCollection",
                "features": [
                    {"type": "Feature", "properties": properties, "geometry": written(geometry, digits=5)}
                    for (properties, _), geometry in zip(shapes, drawn, strict=True)
                ],
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )
        if len(text.encode()) <= most_bytes or tolerance > 0.05:
            return text
        tolerance = tolerance * 1.6 or 0.0001
