"""Checking a GeoJSON file of boundaries before anything of it is used. Pure: bytes and facts in, a report out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from minsheng.records.places.geometry import area_m2, polygons_only, read_shape, written
from minsheng.records.places.rules import UnableToReadCode, full_code
from minsheng.records.places.types import BoundaryProblem, BoundaryRow, DivisionKind, DivisionRef

LARGEST_FILE_BYTES = 10 * 2**20
MOST_FEATURES = 2_000
MOST_POINTS = 300_000
MOST_DEPTH = 12
OVERLAP_M2 = 1_000  # less is the drawing's own unevenness: told, but not refused
GAP_M2 = 10_000
_CHINA = (73.0, 3.0, 136.0, 54.0)
_WGS84 = ("crs84", "epsg::4326", "epsg:4326", "epsg::4490", "epsg:4490")  # CGCS2000 differs from WGS84 by centimetres
_CODE_KEYS = ("code", "adcode", "区划代码", "代码", "CODE")
# GCJ-02 lies about 430 m east and 260 m south of WGS84 here.
_GCJ_SHIFT = (-0.0047, 0.0024)


class UnableToReadBoundaries(ValueError):
    """The file cannot be used; `problems` say where, what and what to do. Nothing was stored."""

    def __init__(self, problems: list[BoundaryProblem]) -> None:
        self.problems = problems
        shown = "".join(problem.sentence for problem in problems[:5])
        super().__init__(f"文件没有收下，原来的边界没有变。{shown}")


@dataclass(frozen=True)
class Present:
    """A shape in force on the effective day."""

    shape_id: int
    geometry: BaseGeometry
    is_schematic: bool


@dataclass(frozen=True)
class CheckedBoundaries:
    """A file that may be applied: shapes by code, the preview lines, and what should be looked at first."""

    shapes: dict[str, BaseGeometry]
    rows: tuple[BoundaryRow, ...]
    warnings: tuple[str, ...]

    def features(self) -> dict[str, dict[str, Any]]:
        """The shapes as GeoJSON geometries."""
        return {code: written(geometry) for code, geometry in self.shapes.items()}


def check_boundaries(
    *,
    content: bytes,
    level: DivisionKind,
    divisions: Mapping[str, DivisionRef],
    present: Mapping[str, Present],
    outline: BaseGeometry | None,
) -> CheckedBoundaries:
    """This function will read and check a file against the divisions of one level that are valid on its day.

    `present` are the shapes in force, `outline` the district's. Raises UnableToReadBoundaries with every problem found.
    """
    problems: list[BoundaryProblem] = []
    shapes: dict[str, BaseGeometry] = {}
    for number, feature in enumerate(_features(content), start=1):
        try:
            code, geometry = _one(number, feature, level, divisions)
        except UnableToReadBoundaries as refusal:
            problems += refusal.problems
            continue
        if code in shapes:
            problems.append(BoundaryProblem(number, f"代码 {code} 出现了两次。", "请合并成一个图形。"))
        shapes[code] = geometry
    if problems:
        raise UnableToReadBoundaries(problems)
    warnings = _overlaps(shapes, present, divisions) + _gaps(shapes, present, divisions, outline)
    warnings += _datum(shapes, outline)
    rows = tuple(
        BoundaryRow(
            code=code,
            name=divisions[code].name,
            area_before=area_m2(present[code].geometry) if code in present else None,
            area_after=area_m2(geometry),
            schematic_before=code in present and present[code].is_schematic,
        )
        for code, geometry in sorted(shapes.items())
    )
    missing = [divisions[code].name for code in sorted(divisions) if code not in shapes]
    if missing:
        names = "、".join(missing[:8]) + ("等" if len(missing) > 8 else "")
        warnings.append(f"文件里没有{names}（{len(missing)} 个），它们的边界保持原样。")
    return CheckedBoundaries(shapes, rows, tuple(warnings))


def _refuse(feature: int | None, what: str, remedy: str) -> UnableToReadBoundaries:
    return UnableToReadBoundaries([BoundaryProblem(feature, what, remedy)])


def _features(content: bytes) -> list[Any]:
    if len(content) > LARGEST_FILE_BYTES:
        raise _refuse(None, f"文件有 {len(content) / 2**20:.1f} MB，最多 10 MB。", "请先简化边界线再传。")
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as problem:
        raise _refuse(None, "文件不是 GeoJSON。", "请在制图软件里选“导出为 GeoJSON”，编码选 UTF-8。") from problem
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        raise _refuse(None, "文件里没有 FeatureCollection。", "请导出整个图层，而不是单个图形。")
    crs = str(((document.get("crs") or {}).get("properties") or {}).get("name", "")) if document.get("crs") else ""
    if crs and not crs.lower().endswith(_WGS84):
        raise _refuse(None, f"坐标系是 {crs}。", "请转换成 WGS84 经纬度（EPSG:4326）或 CGCS2000（EPSG:4490）后再传。")
    features = document.get("features")
    if not isinstance(features, list) or not features:
        raise _refuse(None, "文件里没有图形。", "请确认导出的图层不是空的。")
    if len(features) > MOST_FEATURES:
        raise _refuse(None, f"有 {len(features):,} 个图形，最多 {MOST_FEATURES:,} 个。", "请分层级、分街道导出。")
    if (points := sum(_count_points(f, 0) for f in features)) > MOST_POINTS:
        raise _refuse(None, f"边界线有 {points:,} 个点，最多 {MOST_POINTS:,} 个。", "请先简化边界线再传。")
    return features


def _count_points(part: Any, depth: int) -> int:
    if depth > MOST_DEPTH:
        raise _refuse(None, "文件的嵌套太深，不像边界图。", "请重新导出。")
    if isinstance(part, dict):
        geometry = part.get("geometry")
        return _count_points(geometry if geometry is not None else part.get("coordinates"), depth + 1)
    if isinstance(part, list):
        if part and not isinstance(part[0], list | dict):
            return 1
        return sum(_count_points(inner, depth + 1) for inner in part)
    return 0


def _one(
    number: int, feature: Any, level: DivisionKind, divisions: Mapping[str, DivisionRef]
) -> tuple[str, BaseGeometry]:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    if not isinstance(properties, dict) or not isinstance(geometry, dict):
        raise _refuse(number, "缺少属性或图形。", "请检查这一行。")
    if geometry.get("type") not in ("Polygon", "MultiPolygon"):
        raise _refuse(number, f"是 {geometry.get('type')}，不是面。", "请只导出面图层。")
    written_code = next((str(properties[key]) for key in _CODE_KEYS if properties.get(key)), "")
    if not written_code:
        raise _refuse(
            number, "没有区划代码。", "请在属性里加一列 code，填 9 位或 12 位代码。名字会重复，不能代替代码。"
        )
    try:
        code = full_code(written_code)
    except UnableToReadCode as problem:
        raise _refuse(number, str(problem), "") from problem
    if code not in divisions:
        raise _refuse(
            number, f"代码 {written_code} 在生效日不是本区的{level.label}。", "请核对代码和生效日，合并前后的代码不同。"
        )
    try:
        drawn = read_shape(geometry)
    except (ShapelyError, ValueError, TypeError, IndexError, AttributeError) as problem:
        raise _refuse(number, "坐标写法不对，读不出图形。", "每个点要有经度和纬度两个数，首尾点要相同。") from problem
    if drawn.is_empty:
        raise _refuse(number, "图形是空的。", "请补画或删去这一行。")
    _in_range(number, drawn)
    if not drawn.is_valid:
        where = explain_validity(drawn)
        raise _refuse(
            number, f"边界线自己相交或没有闭合（{where}）。", "请在制图软件里用“修复几何”处理后再传，不会自动改您的线。"
        )
    return code, shapely.force_2d(drawn)


def _in_range(number: int, drawn: BaseGeometry) -> None:
    west, south, east, north = drawn.bounds
    if not all(abs(v) < 1e9 for v in (west, south, east, north)):
        raise _refuse(number, "坐标里有不是数字的值。", "请重新导出。")
    if _CHINA[0] <= west and east <= _CHINA[2] and _CHINA[1] <= south and north <= _CHINA[3]:
        return
    if max(abs(west), abs(east), abs(south), abs(north)) > 360:
        raise _refuse(number, "坐标是以米计的投影坐标。", "请转换成 WGS84 经纬度（EPSG:4326）后再传。")
    if _CHINA[1] <= west and east <= _CHINA[3] and _CHINA[0] <= south and north <= _CHINA[2]:
        raise _refuse(number, "经度和纬度写反了。", "GeoJSON 里经度在前、纬度在后，请重新导出。")
    raise _refuse(number, "坐标不在中国范围内。", "请检查坐标系。")


def _overlaps(
    shapes: Mapping[str, BaseGeometry], present: Mapping[str, Present], divisions: Mapping[str, DivisionRef]
) -> list[str]:
    """Overlaps inside the file, and with official neighbours that stay, are refused; with sketches only told."""
    problems, warnings = [], []
    codes = sorted(shapes)
    tree = shapely.STRtree([shapes[code] for code in codes])
    numbers = {code: number for number, code in enumerate(shapes, start=1)}
    for place, code in enumerate(codes):
        for other in tree.query(shapes[code], predicate="intersects"):
            if other <= place:
                continue
            shared = area_m2(polygons_only(shapes[code].intersection(shapes[codes[other]])))
            names = f"{divisions[code].name}和{divisions[codes[other]].name}重叠 {shared:,} 平方米。"
            if shared > OVERLAP_M2:
                problems.append(BoundaryProblem(numbers[code], names, "请改正共用的边界线。"))
            elif shared:
                warnings.append(names + "面积很小，可以启用。")
    for code in codes:
        for stays, held in present.items():
            if stays in shapes or stays not in divisions:
                continue
            shared = area_m2(polygons_only(shapes[code].intersection(held.geometry)))
            if shared <= OVERLAP_M2:
                continue
            names = f"{divisions[code].name}和文件里没有的{divisions[stays].name}重叠 {shared:,} 平方米。"
            if held.is_schematic:
                warnings.append(f"{names}那一条是示意边界，请一并换成正式边界。")
            else:
                problems.append(BoundaryProblem(numbers[code], names, "请把相邻的一并放进文件。"))
    if problems:
        raise UnableToReadBoundaries(problems)
    return warnings


def _gaps(
    shapes: Mapping[str, BaseGeometry],
    present: Mapping[str, Present],
    divisions: Mapping[str, DivisionRef],
    outline: BaseGeometry | None,
) -> list[str]:
    if outline is None:
        return []
    after = [held.geometry for code, held in present.items() if code in divisions and code not in shapes]
    union = shapely.union_all([*shapes.values(), *after])
    warnings = []
    if (gap := area_m2(polygons_only(outline.difference(union)))) > GAP_M2:
        warnings.append(f"有 {gap / 1e6:,.2f} 平方公里的区域不属于任何一个（空缺）。")
    if (beyond := area_m2(polygons_only(union.difference(outline)))) > GAP_M2:
        warnings.append(f"有 {beyond / 1e6:,.2f} 平方公里超出现有的区界。")
    return warnings


def _datum(shapes: Mapping[str, BaseGeometry], outline: BaseGeometry | None) -> list[str]:
    """A file in GCJ-02 (the coordinates of most Chinese web maps) fits the outline better once it is moved back."""
    if outline is None:
        return []
    union = shapely.union_all(list(shapes.values()))
    moved = shapely.transform(union, lambda xy: xy + list(_GCJ_SHIFT))
    outside = area_m2(polygons_only(union.difference(outline)))
    if outside > 100_000 and area_m2(polygons_only(moved.difference(outline))) < outside // 3:
        return ["整体向东南偏了约 500 米，很像火星坐标（GCJ-02）。请先转换成 WGS84，再启用。"]
    return []
