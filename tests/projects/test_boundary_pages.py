"""The boundary of a site on its page, with versions, and the register of who was given it."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import Error, transaction
from django.urls import reverse

from accounts.models import Organisation
from projects.models import BoundarySetting, MapShare, SiteBoundary
from tests.factories import ProjectFactory
from tests.projects.boundary_files import FIELD, FIELD_M2, geojson, zipped

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def _office_day():
    with time_machine.travel("2026-11-20T10:00:00+08:00", tick=False):
        yield


def post(client, project, verb, **data):
    return client.post(reverse(f"projects:site-{verb}", args=[project.pk]), {"sent": "1", **data})


def file(content, name="红线.zip"):
    return SimpleUploadedFile(name, content)


def test_a_boundary_is_checked_kept_in_versions_drawn_and_its_sharing_registered(client, officer, stranger):
    project = ProjectFactory(name="都匀装备制造项目", land={"total_m2": 60_000})
    client.force_login(officer)
    early = post(client, project, "boundary", file=file(zipped(FIELD)))
    post(client, project, "begin", place="绿茵湖街道")

    unexplained = post(client, project, "boundary", file=file(zipped(FIELD)))
    stored = post(client, project, "boundary", file=file(zipped(FIELD)), note="按实地测量")
    BoundarySetting.objects.create(
        effective_from=TODAY, tolerance_percent=Decimal(12), west=106, south=25, east=108, north=27
    )
    again = post(client, project, "boundary", file=file(geojson(FIELD), "红线.geojson"))

    assert (early.status_code, unexplained.status_code) == (422, 422)
    assert "相差 10.68%，超过 2%" in unexplained.content.decode()
    assert (stored.status_code, again.status_code) == (302, 302)
    second, first = SiteBoundary.objects.order_by("-version")
    assert (first.version, first.epsg, first.area_m2, first.stated_m2) == (1, 4524, FIELD_M2, 60_000)
    assert (second.version, second.note, second.setting.tolerance_percent) == (2, "", Decimal(12))
    page = client.get(f"{project.get_absolute_url()}?tab=siting").content.decode()
    assert "东西约 300 米" in page
    assert "面积相符" in page
    assert second.paper.get_absolute_url() in page
    assert first.paper.get_absolute_url() in page

    forestry = Organisation.objects.get(code="522700-LYJ")
    given = {"receiver": forestry.pk, "format": "SHP", "shared_on": TODAY}
    without = post(client, project, "share", **given)
    future = post(client, project, "share", **given | {"shared_on": "2026-11-21"}, purpose="林地核查")
    done = post(client, project, "share", **given, purpose="林地核查")
    layer = post(client, project, "share", **given, layer="eco-redline", purpose="合规性分析")
    client.get(second.paper.get_absolute_url())

    assert [answer.status_code for answer in (without, future, done, layer)] == [422, 422, 302, 302]
    downloaded, of_layer, of_boundary = MapShare.objects.order_by("-id")
    assert of_boundary.boundary == second
    assert of_layer.layer.code == "eco-redline"
    assert (downloaded.way, downloaded.format) == ("DOWNLOADED", "GEOJSON")
    assert downloaded.receiver == officer.organisation
    assert downloaded.boundary == second
    listed = client.get(reverse("projects:map-shares"), {"what": "boundary", "q": "林"})
    assert len(list(listed.context["page"])) == 1
    sheet = client.get(reverse("projects:map-shares-export"))
    rows = list(openpyxl.load_workbook(io.BytesIO(sheet.content)).active.values)
    assert sum("都匀装备制造项目" in row for row in rows) == 3
    api = client.get(reverse("map-share-list"), {"way": "DOWNLOADED"}).json()
    assert [row["thing"] for row in api["results"]] == ["选址红线 第 2 版"]
    state = client.get(reverse("siting-detail", args=[project.pk])).json()
    assert [row["version"] for row in state["boundaries"]] == [2, 1]

    client.force_login(stranger)
    assert client.get(reverse("map-share-detail", args=[of_layer.pk])).status_code == 404
    for row, change in ((first, {"note": "改"}), (of_layer, {"purpose": "改"})):
        with pytest.raises(Error, match="Cannot update"), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(**change)
    with pytest.raises(Error, match="map_share_gives_one_thing"), transaction.atomic():
        MapShare.objects.create(
            project=project,
            receiver=forestry,
            format="SHP",
            purpose="无",
            shared_on=TODAY,
            entered_by=officer,
        )
