"""Boundaries of sites read, measured and judged, from values alone."""

from __future__ import annotations

from decimal import Decimal

import pytest
import shapefile

from projects.land_refusals import BoundaryRefused
from projects.rules.boundaries import Extent, judge, outline, read_boundary, reference_label
from tests.projects.boundary_files import BOW, FIELD, FIELD_M2, HOLE, geojson, zipped

HERE = Extent(Decimal(106), Decimal(25), Decimal(108), Decimal(27))


@pytest.mark.parametrize("epsg", [4490, 4524, 4545, 4523])
def test_a_field_has_the_same_area_in_every_zone(epsg):
    content = geojson(FIELD) if epsg == 4490 else zipped(FIELD, epsg=epsg)

    found = read_boundary("红线.geojson" if epsg == 4490 else "红线.ZIP", content)

    assert found.epsg == epsg
    assert abs(found.area_m2 - FIELD_M2) <= 1
    assert str(found.extent) == "东经 107.52°—107.52°，北纬 26.26°—26.26°"
    assert (found.parts, found.points) == (1, 5)


def test_holes_and_parts_are_counted_and_an_unsaid_reference_is_asked_for():
    holed = read_boundary("a.zip", zipped(FIELD, HOLE))
    apart = read_boundary("a.geojson", geojson(FIELD, [(x + 0.01, y) for x, y in FIELD]))

    assert holed.area_m2 < FIELD_M2 - 5_000
    assert apart.parts == 2
    assert apart.area_m2 == pytest.approx(2 * FIELD_M2, abs=2)
    with pytest.raises(BoundaryRefused, match="没有写明坐标系"):
        read_boundary("a.zip", zipped(FIELD, with_reference=False))
    assert read_boundary("a.zip", zipped(FIELD, with_reference=False), stated_epsg=4524).epsg == 4524
    assert reference_label(4524) == "CGCS2000 三度带 36 带（EPSG 4524）"
    assert reference_label(4545) == "CGCS2000 三度带 中央经线 108°（EPSG 4545）"


@pytest.mark.parametrize(
    ("name", "content", "stated", "says"),
    [
        ("a.zip", zipped(BOW), None, "边界自相交，位置"),
        ("a.geojson", geojson(FIELD, [(x + 0.001, y) for x, y in FIELD]), None, "相互重叠"),
        ("a.geojson", geojson(FIELD, kind="LineString"), None, "不是面"),
        ("a.zip", zipped(FIELD, kind=shapefile.POLYLINE), None, "不是面"),
        ("a.geojson", geojson(FIELD, epsg=4610), None, "不是 CGCS2000"),
        ("a.geojson", geojson(FIELD, epsg=4326), None, "WGS 84"),
        ("a.geojson", geojson(FIELD, epsg=4490), 4524, "与所选的"),
        ("a.geojson", geojson(epsg=4490), None, "没有图形"),
        ("a.geojson", b'{"type": "FeatureCollection"}', None, "读不出来"),
        ("a.zip", zipped(FIELD, names=("a", "b")), None, "几个图层"),
        ("a.zip", zipped(FIELD)[:200], None, "读不出来"),
    ],
)
def test_what_is_no_boundary_to_rely_on_is_refused_with_the_reason(name, content, stated, says):
    with pytest.raises(BoundaryRefused, match=says):
        read_boundary(name, content, stated_epsg=stated)


def test_the_area_is_compared_within_the_tolerance_and_the_place_with_the_prefecture():
    found = read_boundary("a.geojson", geojson(FIELD))

    def read(stated, tolerance="2", extent=HERE):
        return judge(found, stated_m2=stated, tolerance_percent=Decimal(tolerance), plausible=extent)

    assert read(None).problems == ()
    assert read(None).difference_percent is None
    assert read(FIELD_M2).problems == ()
    assert read(66_406 * 2, tolerance="50").problems == ()  # exactly the tolerance passes
    [problem] = read(60_000).problems
    assert "相差 10.68%，超过 2%" in problem
    [partly] = read(None, extent=Extent(Decimal("107.521"), Decimal(25), Decimal(108), Decimal(27))).problems
    assert "之外" in partly
    with pytest.raises(BoundaryRefused, match="坐标次序"):
        read(None, extent=Extent(Decimal(100), Decimal(25), Decimal(101), Decimal(27)))


def test_the_outline_keeps_the_shape_in_its_box():
    drawn = outline(read_boundary("a.geojson", geojson(FIELD)).geometry)

    assert (drawn.across_m, drawn.up_m) == (300, 222)
    assert drawn.width == 240
    assert drawn.height == pytest.approx(8 * 2 + 224 * 222 / 300, abs=2)
    assert drawn.path.startswith("M")
    assert drawn.path.endswith("Z")
