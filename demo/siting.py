"""The demo's boundaries: a site drawn in some counties, who was given it, a rule to skip a step by,
and promises of the prefecture's and a county's own."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import date, timedelta

from accounts.models import Organisation, User
from approvals.services.own_terms import OwnTermValues, add_own_term
from approvals.services.skips import SkipRuleValues, add_skip_rule
from papers.services import Upload
from projects.models import Project
from projects.services.boundaries import BoundaryUpload, upload_boundary
from projects.services.map_shares import Sharing, share_layer
from projects.services.siting import begin_siting

DRAWN = 3
# Metres in a degree of latitude, and of longitude at the equator, near enough for a field.
NORTH_M, EAST_M = 110_780, 111_390
WEST, SOUTH = 107.30, 26.05


def draw_boundaries(*, dispatcher: User, county: Mapping[str, User], today: date) -> None:
    """The first project with land of a few counties gets its boundary; forestry is given it."""
    forestry = Organisation.objects.get(code="522700-LYJ")
    day = today - timedelta(days=6)
    for place, project in enumerate(_projects(county)):
        actor = county[project.organisation.code]
        begin_siting(actor=actor, project_id=project.pk, place="集镇东侧地块", today=day)
        upload = Upload(f"{project.name}选址红线.geojson", _drawn(project.land.total_m2 or 0, place))
        given = BoundaryUpload(upload)
        upload_boundary(actor=actor, project_id=project.pk, given=given, today=day)
        for layer, purpose in (("", "使用林地审核"), ("eco-redline", "合规性分析")):
            sharing = Sharing(forestry.pk, layer, "GEOJSON" if not layer else "PICTURE", purpose, day)
            share_layer(actor=actor, project_id=project.pk, sharing=sharing, today=day)
    add_skip_rule(
        actor=dispatcher,
        values=SkipRuleValues(
            kind="SKIP",
            code="A02",
            condition="全部使用存量国有建设用地",
            authority="州自然资源局",
            document="关于简化用地保障办理环节的通知（示例）",
            clause="第二条",
            effective_from=date(today.year, 1, 1),
        ),
    )
    _promise(dispatcher, "Z02", 15, today)
    for code, days in (("Z02", 10), ("A14", 8)):
        _promise(next(iter(county.values())), code, days, today)


def _promise(actor: User, code: str, days: int, today: date) -> None:
    """A shorter time of the actor's own level, for steps accepted from today on."""
    basis = "“冲刺四季度”服务用地攻坚方案（示例）"
    add_own_term(actor=actor, values=OwnTermValues(code=code, days=days, basis=basis, effective_from=today))


def _projects(county: Mapping[str, User]) -> list[Project]:
    rows = Project.objects.adopted().filter(organisation__code__in=county, land__total_m2__gt=0)
    found: dict[str, Project] = {}
    for project in rows.filter(sitings=None).select_related("organisation", "land").order_by("pk"):
        found.setdefault(project.organisation.code, project)
    return list(found.values())[:DRAWN]


def _drawn(area_m2: int, place: int) -> bytes:
    """A field of that area with one corner cut off, each a little further east."""
    west, south = WEST + place / 10, SOUTH + place / 10
    side = math.sqrt(area_m2 / 0.875)
    step_x = side / (EAST_M * math.cos(math.radians(south)))
    step_y = side / NORTH_M
    corners = [(0, 0), (1, 0), (1, 0.5), (0.5, 1), (0, 1), (0, 0)]
    ring = [[round(west + x * step_x, 9), round(south + y * step_y, 9)] for x, y in corners]
    return json.dumps(
        {
            "type": "FeatureCollection",
            "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}},
            "features": [
                {
                    "type": "Feature",
                    "properties": {},
                    "geometry": {"type": "Polygon", "coordinates": [ring]},
                }
            ],
        }
    ).encode()
