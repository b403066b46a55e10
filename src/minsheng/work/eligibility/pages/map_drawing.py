"""Polygons as an SVG that needs no script, no tiles and no network: an old phone draws it, a screen reader reads it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shapely.geometry import shape

WIDTH = 900.0
SHADES = 4


@dataclass(frozen=True)
class Shape:
    """One area ready to draw: path data, label position, shade 0 (none or too few to show) to 4 (most)."""

    code: str
    name: str
    path: str
    label_x: float
    label_y: float
    shade: int
    shown: str
    url: str


@dataclass(frozen=True)
class Drawing:
    """A map of shapes inside a view box."""

    width: int
    height: int
    shapes: Sequence[Shape]


def draw(features: Sequence[dict[str, Any]], *, counts: dict[str, int | None], urls: dict[str, str]) -> Drawing:
    """This function will project GeoJSON polygons (WGS84 degrees) onto a plane 900 wide and shade them by count.

    Equirectangular at the mid latitude: a district is small enough. A count of None is too small to be shown.
    """
    points = [point for feature in features for ring in _rings(feature) for point in ring]
    if not points:
        return Drawing(int(WIDTH), 100, ())
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    squeeze = math.cos(math.radians((south + north) / 2))
    scale = WIDTH / ((east - west) * squeeze)
    most = max((count or 0 for count in counts.values()), default=0)

    def place(point: Sequence[float]) -> tuple[float, float]:
        return (point[0] - west) * squeeze * scale, (north - point[1]) * scale

    shapes = []
    for feature in features:
        code, name = feature["properties"]["code"], feature["properties"]["name"]
        rings = [[place(point) for point in ring] for ring in _rings(feature)]
        path = "".join("M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in ring) + "Z" for ring in rings)
        # Inside the area also where it is bent: the mean of its corners may lie outside.
        label_x, label_y = place(shape(feature["geometry"]).representative_point().coords[0])
        count = counts.get(code, 0)
        shade = math.ceil(SHADES * count / most) if count and most else 0
        shapes.append(
            Shape(
                code,
                name,
                path,
                label_x,
                label_y,
                shade,
                "少于 5" if count is None else f"{count:,}",
                urls[code],
            )
        )
    return Drawing(int(WIDTH), round((north - south) * scale), tuple(shapes))


def _rings(feature: dict[str, Any]) -> list[list[Sequence[float]]]:
    geometry = feature["geometry"]
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return [ring for polygon in polygons for ring in polygon]
