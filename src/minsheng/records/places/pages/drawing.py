"""GeoJSON as a still picture (SVG paths), so that a map needs no script; the table below holds the same facts."""

import json
import math
from dataclasses import dataclass
from typing import Any

from minsheng.records.places.geometry import read_shape

WIDTH = 640.0


@dataclass(frozen=True)
class DrawnShape:
    """One path with its label at its middle; numbers are text, because a template would write them by locale."""

    code: str
    name: str
    path: str
    x: str
    y: str


@dataclass(frozen=True)
class Drawing:
    """The picture in SVG units."""

    view_box: str
    shapes: tuple[DrawnShape, ...]


def draw(geojson: str, *, only: frozenset[str] | None = None) -> Drawing | None:
    """This function will draw the features (or `only` those codes); None when there is nothing to draw."""
    features = [f for f in json.loads(geojson)["features"] if only is None or f["properties"]["code"] in only]
    points = [point for feature in features for ring in _rings(feature["geometry"]) for point in ring]
    if not points:
        return None
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    # A degree of longitude is shorter than one of latitude by the cosine: the district keeps its true proportions.
    squeeze = math.cos(math.radians((south + north) / 2))
    scale = WIDTH / max((east - west) * squeeze, (north - south) * 0.8, 1e-9)

    def place(point: list[float]) -> tuple[float, float]:
        return round((point[0] - west) * squeeze * scale, 1), round((north - point[1]) * scale, 1)

    shapes = []
    for feature in features:
        rings = _rings(feature["geometry"])
        path = "".join("M" + "L".join(f"{x} {y}" for x, y in map(place, ring)) + "Z" for ring in rings)
        inside = read_shape(feature["geometry"]).representative_point()
        middle = place([inside.x, inside.y])
        shapes.append(
            DrawnShape(
                feature["properties"]["code"],
                feature["properties"].get("name", ""),
                path,
                f"{middle[0]:.1f}",
                f"{middle[1]:.1f}",
            )
        )
    width, height = (east - west) * squeeze * scale, (north - south) * scale
    return Drawing(f"-4 -4 {width + 8:.0f} {height + 8:.0f}", tuple(shapes))


def _rings(geometry: dict[str, Any]) -> list[list[list[float]]]:
    coordinates = geometry["coordinates"]
    polygons = [coordinates] if geometry["type"] == "Polygon" else coordinates
    return [ring for polygon in polygons for ring in polygon]
