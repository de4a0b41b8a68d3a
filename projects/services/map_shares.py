"""一张图共享: registering who was given which layer of the map, or a site's boundary."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import PurePath

from django.db import models, transaction

from accounts.models import Organisation, User
from papers.models import Paper
from projects.land_refusals import ShareIncomplete
from projects.models import MapShare, Project, SiteBoundary, SitingItem
from projects.services.editing import require_editor
from projects.services.evidence import NO_PROOF, Proof, paper_of
from projects.services.siting import check_day, locked_project, log

DOWNLOAD_PURPOSE = "在系统中下载"


@dataclass(frozen=True, slots=True)
class Sharing:
    """What was given to whom: `layer` is a code of the list of map layers, empty for the boundary."""

    receiver_id: int
    layer: str
    format: str
    purpose: str
    shared_on: date


@transaction.atomic
def share_layer(
    *, actor: User, project_id: int, sharing: Sharing, proof: Proof = NO_PROOF, today: date
) -> MapShare:
    """Register that a unit of the prefecture was given a map layer or the newest boundary of a project.

    Not safe to repeat: a second call is a second sharing.

    Raises:
        ShareIncomplete: no purpose, no such layer in force, no boundary, or a unit elsewhere.
        DayInFuture: shared after today.
    """
    project = locked_project(actor, project_id)
    require_editor(actor, project)
    check_day(sharing.shared_on, today, "共享日期")
    if not sharing.purpose.strip():
        raise ShareIncomplete("没有写明用途，请补充后再登记。")
    receiver = receivers_for(project).filter(pk=sharing.receiver_id).first()
    if receiver is None:
        raise ShareIncomplete("接收单位不在本州或已停用，请重新选择。", receiver=sharing.receiver_id)
    boundary, layer = _given(project, sharing.layer, today)
    paper = paper_of(actor=actor, project=project, proof=proof, title="一张图共享签收材料", today=today)
    row = MapShare.objects.create(
        project=project,
        boundary=boundary,
        layer=layer,
        receiver=receiver,
        format=sharing.format,
        purpose=sharing.purpose.strip(),
        shared_on=sharing.shared_on,
        paper=paper,
        entered_by=actor,
    )
    _log(actor, project, row, today)
    return row


def _given(project: Project, code: str, today: date) -> tuple[SiteBoundary | None, SitingItem | None]:
    if code:
        layer = SitingItem.objects.in_force(today).filter(kind=SitingItem.Kind.COMPLIANCE, code=code).first()
        if layer is None:
            raise ShareIncomplete("所选图层已停用，请重新选择。", layer=code)
        return None, layer
    rows = SiteBoundary.objects.filter(siting__project=project)
    boundary = rows.defer("geometry").order_by("-siting__round", "-version").first()
    if boundary is None:
        raise ShareIncomplete("该项目还没有选址红线，请先上传，或选择图层。")
    return boundary, None


def receivers_for(project: Project) -> models.QuerySet[Organisation]:
    """The departments, counties and parks of the project's prefecture, which can be given a layer."""
    prefecture = project.organisation.path.rsplit("/", 2)[0] + "/"
    kinds = (Organisation.Kind.DEPARTMENT, Organisation.Kind.COUNTY, Organisation.Kind.PARK)
    return Organisation.objects.filter(kind__in=kinds, path__startswith=prefecture, is_active=True)


def note_download(actor: User, paper: Paper, today: date) -> None:
    """A boundary's file that is downloaded was given to the downloader's unit. The log has the
    download itself; an archived year's files may still be taken out.
    """
    rows = SiteBoundary.objects.filter(paper=paper).select_related("siting__project__organisation")
    boundary = rows.defer("geometry").first()
    if boundary is None or actor.organisation is None:
        return
    is_zip = PurePath(paper.filename).suffix.lower() == ".zip"
    MapShare.objects.create(
        project=boundary.siting.project,
        boundary=boundary,
        receiver=actor.organisation,
        format=MapShare.Format.SHP if is_zip else MapShare.Format.GEOJSON,
        way=MapShare.Way.DOWNLOADED,
        purpose=DOWNLOAD_PURPOSE,
        shared_on=today,
        entered_by=actor,
    )


def _log(actor: User, project: Project, row: MapShare, today: date) -> None:
    facts: dict[str, object] = {
        "layer": row.thing,
        "receiver": row.receiver.name,
        "format": row.get_format_display(),
        "purpose": row.purpose,
    }
    log(actor, project, "map.shared", facts, today=today)
