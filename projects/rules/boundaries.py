"""A site's boundary as it is drawn: read from a file, checked, measured, outlined. Values only.

Taken are polygons in CGCS2000: degrees (EPSG 4490) or 3-degree Gauss-Krüger (EPSG 4513 to 4533 with
the zone in the easting, 4534 to 4554 by central meridian). Source: S4-05, ux.md 4.
"""

from __future__ import annotations

import io
import json
import math
import struct
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePath
from typing import Any, Final

import pyproj
import shapefile
from pyproj.exceptions import ProjError
from shapely import force_2d, get_num_coordinates, transform
from shapely.errors import ShapelyError
from shapely.geometry import MultiPolygon, Polygon, mapping, shape
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient
from shapely.ops import unary_union
from shapely.validation import explain_validity

from core.units import round_half_up
from projects.land_refusals import BoundaryRefused

DEGREES: Final = 4490
ZONES: Final = range(4513, 4555)
MOST_POINTS: Final = 200_000
_POLYGON_SHAPES: Final = (shapefile.POLYGON, shapefile.POLYGONZ, shapefile.POLYGONM)
# Parts that share less than this of their area touch by rounding only.
_OVERLAP: Final = 1e-6
_ELLIPSOID: Final = pyproj.Geod(a=6378137.0, rf=298.257222101)
_FAILURES: Final = (
    shapefile.ShapefileException,
    ShapelyError,
    struct.error,
    zipfile.BadZipFile,
    *(ValueError, TypeError, KeyError, IndexError, EOFError, AttributeError, OverflowError, RecursionError),
)


@dataclass(frozen=True, slots=True)
class Extent:
    """A rectangle in degrees of CGCS2000."""

    west: Decimal
    south: Decimal
    east: Decimal
    north: Decimal

    def __str__(self) -> str:
        return f"东经 {self.west:.2f}°—{self.east:.2f}°，北纬 {self.south:.2f}°—{self.north:.2f}°"


@dataclass(frozen=True, slots=True)
class Boundary:
    """A boundary as it was read.

    Attributes:
        epsg: of the file.
        geometry: a GeoJSON MultiPolygon in degrees of CGCS2000, longitude first.
        area_m2: on the ellipsoid, whole square metres.
        parts, points: how many polygons and corners.
        extent: what it spans.
    """

    epsg: int
    geometry: Mapping[str, Any]
    area_m2: int
    parts: int
    points: int
    extent: Extent


def reference_label(epsg: int) -> str:
    """How the office calls a coordinate system."""
    if epsg == DEGREES:
        return "CGCS2000 经纬度（EPSG 4490）"
    if epsg < 4534:
        return f"CGCS2000 三度带 {epsg - 4488} 带（EPSG {epsg}）"
    return f"CGCS2000 三度带 中央经线 {75 + 3 * (epsg - 4534)}°（EPSG {epsg}）"


def references() -> list[int]:
    return [DEGREES, *ZONES]


def read_boundary(name: str, content: bytes, *, stated_epsg: int | None = None) -> Boundary:
    """The boundary in a zipped shapefile or a GeoJSON file.

    Args:
        stated_epsg: what the office says where the file says nothing; must not contradict it.

    Raises:
        BoundaryRefused: not readable, not CGCS2000, not polygons, crossing itself, parts that
            overlap, or without area.
    """
    try:
        if PurePath(name).suffix.lower() == ".zip":
            shapes, found = _read_shapefile(content)
        else:
            shapes, found = _read_geojson(content)
        parts = [part for each in shapes for part in _polygons(each)]
    except _FAILURES as failure:
        raise BoundaryRefused("图形文件读不出来，请用制图软件重新导出 SHP 或 GeoJSON 后再上传。") from failure
    epsg = _agreed(found, stated_epsg)
    _check(parts)
    return _measured(parts, epsg)


def _read_shapefile(content: bytes) -> tuple[list[BaseGeometry], int | None]:
    with zipfile.ZipFile(io.BytesIO(content)) as container:
        names = {PurePath(name).suffix.lower(): name for name in container.namelist()}
        if sum(name.lower().endswith(".shp") for name in container.namelist()) != 1:
            raise BoundaryRefused("压缩包里有几个图层，请只留红线图层后再上传。")
        body = container.read(names[".shp"])
        projection = container.read(names[".prj"]).decode("utf-8", "replace") if ".prj" in names else ""
    with shapefile.Reader(shp=io.BytesIO(body)) as reader:
        if reader.shapeType not in _POLYGON_SHAPES:
            raise BoundaryRefused("图层不是面，请转换成面图层后再上传。")
        shapes = [shape(each.__geo_interface__) for each in reader.shapes() if each.points]
    return shapes, _identified(projection) if projection.strip() else None


def _identified(written: str) -> int:
    try:
        found = pyproj.CRS.from_user_input(written)
    except ProjError as failure:
        raise BoundaryRefused("坐标系说明读不出来，请重新导出后再上传。") from failure
    epsg = found.to_epsg()
    if epsg == 4326:
        raise BoundaryRefused("坐标系是 WGS 84，请转换为 CGCS2000 后再上传。", reference=found.name)
    if epsg not in references():
        raise BoundaryRefused(
            f"坐标系是 {found.name}，不是 CGCS2000 经纬度或三度带，请转换后再上传。", reference=found.name
        )
    return int(epsg)


def _read_geojson(content: bytes) -> tuple[list[BaseGeometry], int | None]:
    said = json.loads(content.decode("utf-8-sig"))
    kind = said["type"]
    features: Sequence[Any] = said["features"] if kind == "FeatureCollection" else [said]
    geometries = [each["geometry"] if each["type"] == "Feature" else each for each in features]
    reference = said.get("crs")
    epsg = _identified(str(reference["properties"]["name"])) if reference else None
    return [shape(each) for each in geometries if each], epsg


def _polygons(found: BaseGeometry) -> Iterator[Polygon]:
    if isinstance(found, Polygon):
        yield force_2d(found)
    elif isinstance(found, MultiPolygon):
        yield from (force_2d(part) for part in found.geoms)
    else:
        raise BoundaryRefused("图形不是面，请转换成面后再上传。")


def _agreed(found: int | None, stated: int | None) -> int:
    if found is None and stated is None:
        raise BoundaryRefused("文件没有写明坐标系，请选择坐标系后再上传。")
    if found is not None and stated is not None and found != stated:
        raise BoundaryRefused(
            f"文件写明{reference_label(found)}，与所选的{reference_label(stated)}不同，请核对后再上传。",
            found=found,
            stated=stated,
        )
    return found or stated or DEGREES


def _check(parts: Sequence[Polygon]) -> None:
    if not parts or all(part.is_empty for part in parts):
        raise BoundaryRefused("文件里没有图形，请核对后再上传。")
    points = sum(int(get_num_coordinates(part)) for part in parts)
    if points > MOST_POINTS:
        raise BoundaryRefused(f"折点有 {points} 个，超过 {MOST_POINTS} 个，请抽稀后再上传。", points=points)
    for place, part in enumerate(parts, start=1):
        if not part.is_valid or part.area <= 0:
            where = explain_validity(part)
            raise BoundaryRefused(
                f"第 {place} 个地块图形不合规（{_in_words(where)}），请修正后再上传。",
                part=place,
                problem=where,
            )
    together, summed = unary_union(parts).area, sum(part.area for part in parts)
    if summed - together > _OVERLAP * summed:
        raise BoundaryRefused("几个地块相互重叠，面积会重复计算，请修正后再上传。")


def _in_words(problem: str) -> str:
    words = {
        "Self-intersection": "边界自相交",
        "Ring Self-intersection": "边界自相交",
        "Hole lies outside shell": "内环在外环之外",
        "Nested shells": "地块相互套叠",
        "Invalid Coordinate": "坐标不是数字",
        "Too few points in geometry component": "折点太少",
    }
    name, _, place = problem.partition("[")
    where = "，位置 " + "，".join(_figure(each) for each in place.rstrip("]").split()[:2]) if place else ""
    return words.get(name.strip(), "图形自身有冲突") + where


def _figure(written: str) -> str:
    """Degrees with six decimals, metres with one."""
    value = float(written)
    return f"{value:.6f}" if abs(value) <= 360 else f"{value:.1f}"


def _measured(parts: Sequence[Polygon], epsg: int) -> Boundary:
    if epsg == DEGREES:
        turned = list(parts)
    else:
        ways = pyproj.Transformer.from_crs(epsg, DEGREES, always_xy=True)
        # The stubs know interleaved corners only.
        turned = [transform(part, ways.transform, interleaved=False) for part in parts]  # type: ignore[arg-type]
    whole = MultiPolygon([orient(part) for part in turned])
    if not all(math.isfinite(value) for value in whole.bounds):
        raise BoundaryRefused("坐标不在所写的坐标系范围内，请核对坐标系后再上传。", epsg=epsg)
    area, _ = _ELLIPSOID.geometry_area_perimeter(whole)
    west, south, east, north = (Decimal(str(round(value, 9))) for value in whole.bounds)
    return Boundary(
        epsg=epsg,
        geometry=_rounded(whole),
        area_m2=int(round_half_up(Decimal(str(abs(area))), 0)),
        parts=len(parts),
        points=int(get_num_coordinates(whole)),
        extent=Extent(west, south, east, north),
    )


def _rounded(whole: MultiPolygon) -> dict[str, Any]:
    """GeoJSON with nine decimals, a tenth of a millimetre."""
    plain = mapping(whole)
    polygons = [
        [[[round(x, 9), round(y, 9)] for x, y in ring] for ring in polygon]
        for polygon in plain["coordinates"]
    ]
    return {"type": "MultiPolygon", "coordinates": polygons}


@dataclass(frozen=True, slots=True)
class BoundaryReading:
    """What is odd about a boundary. `problems` want a word of explanation; none: all in order."""

    difference_percent: Decimal | None
    problems: Sequence[str]


def judge(
    boundary: Boundary, *, stated_m2: int | None, tolerance_percent: Decimal, plausible: Extent
) -> BoundaryReading:
    """Compare a boundary with the area the project states and with where its land can lie.

    A difference of exactly the tolerance passes. Without a stated area nothing is compared.

    Raises:
        BoundaryRefused: the whole of it lies elsewhere.
    """
    mine = boundary.extent
    apart = (
        mine.east < plausible.west
        or mine.west > plausible.east
        or mine.north < plausible.south
        or mine.south > plausible.north
    )
    if apart:
        raise BoundaryRefused(
            f"图形在{mine}，不在本州范围（{plausible}），请核对坐标系和坐标次序。", extent=str(mine)
        )
    problems = []
    inside = (
        mine.west >= plausible.west
        and mine.east <= plausible.east
        and mine.south >= plausible.south
        and mine.north <= plausible.north
    )
    if not inside:
        problems.append(f"图形有一部分在本州范围（{plausible}）之外")
    difference = None
    if stated_m2:
        difference = Decimal(100 * (boundary.area_m2 - stated_m2)) / stated_m2
        if abs(difference) > tolerance_percent:
            problems.append(
                f"图形面积 {boundary.area_m2} 平方米，填报面积 {stated_m2} 平方米，"
                f"相差 {round_half_up(difference, 2)}%，超过 {tolerance_percent.normalize():f}%"
            )
    return BoundaryReading(None if difference is None else round_half_up(difference, 2), tuple(problems))


@dataclass(frozen=True, slots=True)
class Outline:
    """A boundary as a path of SVG in a box, and what it spans in metres."""

    path: str
    width: int
    height: int
    across_m: int
    up_m: int


def outline(geometry: Mapping[str, Any], *, side: int = 240, margin: int = 8) -> Outline:
    """The drawing of a boundary, north up, in a box whose longer side is `side` pixels."""
    whole = shape(dict(geometry))
    west, south, east, north = whole.bounds
    narrow = math.cos(math.radians((south + north) / 2))
    across, up = max((east - west) * narrow, 1e-9), max(north - south, 1e-9)
    scale = (side - 2 * margin) / max(across, up)
    rings = [ring for polygon in geometry["coordinates"] for ring in polygon]
    path = " ".join(
        "M"
        + " L".join(
            f"{margin + (x - west) * narrow * scale:.1f} {margin + (north - y) * scale:.1f}"
            for x, y in ring[:-1]
        )
        + " Z"
        for ring in rings
    )
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    _, _, across_m = _ELLIPSOID.inv(west, middle_y, east, middle_y)
    _, _, up_m = _ELLIPSOID.inv(middle_x, south, middle_x, north)
    return Outline(
        path=path,
        width=round(across * scale) + 2 * margin,
        height=round(up * scale) + 2 * margin,
        across_m=round(across_m),
        up_m=round(up_m),
    )
