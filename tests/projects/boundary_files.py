"""Boundaries as counties hand them in: a zipped shapefile, a GeoJSON file."""

from __future__ import annotations

import io
import json
import zipfile

import pyproj
import shapefile

# About 300 m by 222 m, in Duyun: 6.6406 hectares.
FIELD = [(107.52, 26.26), (107.52, 26.262), (107.523, 26.262), (107.523, 26.26), (107.52, 26.26)]
FIELD_M2 = 66_406
HOLE = [(107.521, 26.2605), (107.522, 26.2605), (107.522, 26.261), (107.521, 26.261), (107.521, 26.2605)]
BOW = [(107.52, 26.26), (107.523, 26.262), (107.52, 26.262), (107.523, 26.26), (107.52, 26.26)]


def geojson(*rings, kind="Polygon", epsg=4490):
    """One feature a ring; `epsg` None says nothing of the reference."""
    told = {"crs": {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{epsg}"}}} if epsg else {}
    shapes = [[list(ring)] if kind == "Polygon" else list(ring) for ring in rings]
    features = [
        {"type": "Feature", "properties": {}, "geometry": {"type": kind, "coordinates": shape}}
        for shape in shapes
    ]
    return json.dumps({"type": "FeatureCollection", **told, "features": features}).encode()


def zipped(*rings, epsg=4524, names=("红线",), with_reference=True, kind=shapefile.POLYGON):
    """Rings of degrees as one polygon of a shapefile in the zone `epsg`."""
    turn = pyproj.Transformer.from_crs(4490, epsg, always_xy=True).transform
    parts = {suffix: io.BytesIO() for suffix in ("shp", "shx", "dbf")}
    with shapefile.Writer(**parts, shapeType=kind) as writer:
        writer.field("NAME", "C")
        add = writer.poly if kind == shapefile.POLYGON else writer.line
        add([[turn(*point) for point in ring] for ring in rings])
        writer.record("红线")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as container:
        for name in names:
            for suffix, part in parts.items():
                container.writestr(f"{name}.{suffix}", part.getvalue())
            if with_reference:
                container.writestr(f"{name}.prj", pyproj.CRS.from_epsg(epsg).to_wkt("WKT1_ESRI"))
    return out.getvalue()
