"""Pictures of the cockpit as SVG: streets shaded by a figure, and the funnel; tables below hold the same numbers."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from minsheng.insight.cockpit.rules.funnel import NARROW, WIDE, Against, Compared, limits
from minsheng.records.places import queries as places
from minsheng.records.places.pages.drawing import Drawing, draw

SHADES = 4


@dataclass(frozen=True)
class ShadedStreet:
    """One street of the map; `shade` 0 (nothing, or not told) to 4 (most)."""

    code: str
    name: str
    path: str
    x: str
    y: str
    shade: int
    words: str


@dataclass(frozen=True)
class StreetMap:
    """A map of streets with a figure on each."""

    view_box: str
    streets: tuple[ShadedStreet, ...]


def street_map(*, on: date, values: Mapping[str, float | None], words: Mapping[str, str]) -> StreetMap | None:
    """This function will draw the streets, shaded by value between the least and the most; None without shapes."""
    drawn = _drawn(places.geometry_geojson(level="street", on=on), frozenset(words))
    if drawn is None:
        return None
    known = [value for value in values.values() if value is not None]
    least, most = min(known, default=0.0), max(known, default=0.0)

    def shade(code: str) -> int:
        value = values.get(code)
        if value is None or most == least == 0:
            return 0
        return 1 + min(SHADES - 1, int((value - least) / (most - least) * SHADES)) if most > least else 2

    shapes = (
        ShadedStreet(s.code, s.name.removesuffix("街道"), s.path, s.x, s.y, shade(s.code), words.get(s.code, ""))
        for s in drawn.shapes
    )
    return StreetMap(drawn.view_box, tuple(shapes))


@lru_cache(maxsize=8)
def _drawn(geojson: str, only: frozenset[str]) -> Drawing | None:
    """The shapes change when a boundary does; projecting them costs more than all else on the page."""
    return draw(geojson, only=only)


WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 640, 340, 56, 40, 14, 14
STEPS = 40


@dataclass(frozen=True)
class FunnelPoint:
    """One street in the funnel."""

    x: str
    y: str
    name: str
    title: str
    against: str
    labelled: bool


@dataclass(frozen=True)
class Tick:
    """A number on an axis."""

    at: str
    words: str


@dataclass(frozen=True)
class Funnel:
    """The funnel: the line of all, the two pairs of limits, the points, the axes."""

    width: int
    height: int
    rate_y: str
    narrow: str
    wide: str
    points: tuple[FunnelPoint, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]


def funnel(
    *, compared: Sequence[Compared], rate: float, is_share: bool, scale: int, unit: str, names: Mapping[str, str]
) -> Funnel | None:
    """This function will draw streets by size (across, on a root scale) and value (up) inside of their limits."""
    rows = [row for row in compared if row.value is not None]
    if not rows:
        return None
    largest = max(row.size for row in rows)
    smallest = max(1.0, min(row.size for row in rows) / 2)
    sizes = [smallest + (largest * 1.05 - smallest) * (step / STEPS) ** 2 for step in range(STEPS + 1)]
    curves = {tail: _envelope(sizes, rate, tail, is_share) for tail in (NARROW, WIDE)}
    highest = max([*(row.value or 0 for row in rows), *(high for _, high in curves[NARROW]), rate]) * 1.08 or 1.0
    if is_share:
        highest = min(highest, 1.04)

    def across(size: float) -> float:
        begun = math.sqrt(smallest)
        return LEFT + (math.sqrt(size) - begun) / (math.sqrt(largest * 1.05) - begun) * (WIDTH - LEFT - RIGHT)

    def up(value: float) -> float:
        return HEIGHT - BOTTOM - min(value, highest) / highest * (HEIGHT - BOTTOM - TOP)

    def band(tail: float) -> str:
        pairs = list(zip(sizes, curves[tail], strict=True))
        there = [f"{across(size):.1f} {up(high):.1f}" for size, (_, high) in pairs]
        back = [f"{across(size):.1f} {up(low):.1f}" for size, (low, _) in reversed(pairs)]
        return "M" + "L".join([*there, *back]) + "Z"

    points = tuple(
        FunnelPoint(
            f"{across(row.size):.1f}",
            f"{up(row.value or 0):.1f}",
            names.get(row.key, row.key).removesuffix("街道").removesuffix("社区"),
            f"{names.get(row.key, row.key)}：{(row.value or 0) * scale:,.2f}{unit}，规模 {row.size:,.0f}，"
            f"{row.against.label}",
            row.against.value,
            row.against in (Against.WORSE, Against.BETTER),
        )
        for row in rows
    )
    ticks = tuple(
        Tick(f"{across(size):.1f}", f"{size:,.0f}") for size in (smallest, largest / 4, largest) if size >= smallest
    )
    step = 0.25 if is_share else highest / 4
    heights = tuple(
        Tick(f"{up(step * part):.1f}", f"{step * part * scale:,.4g}") for part in range(5) if step * part <= highest
    )
    return Funnel(WIDTH, HEIGHT, f"{up(rate):.1f}", band(NARROW), band(WIDE), points, ticks, heights)


def _envelope(sizes: Sequence[float], rate: float, tail: float, is_share: bool) -> list[tuple[float, float]]:
    """The limits at each size, drawn as the widest of this and all larger sizes: whole counts make them jump."""
    pairs = [limits(size=size, rate=rate, tail=tail / 2, is_share=is_share) for size in sizes]
    low, high = pairs[-1]
    widest = []
    for one_low, one_high in reversed(pairs):
        low, high = min(low, one_low), max(high, one_high)
        widest.append((low, high))
    return widest[::-1]
