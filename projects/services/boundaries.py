"""Taking in the boundary of a site, and how boundaries are compared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import PurePath

from django.conf import settings
from django.db import transaction

from accounts.models import User
from accounts.rights import Right, require
from audit.services import record
from core.dated import SettingOutOfOrder
from papers.inspection import inspect
from papers.models import Paper
from papers.services import PaperOwner, Upload, attach
from projects.land_refusals import BoundaryRefused, BoundaryUnexplained, SiteNotOpen
from projects.models import BoundarySetting, LandUse, Project, SiteBoundary, Siting
from projects.rules.boundaries import BoundaryReading, Extent, judge, read_boundary
from projects.services.editing import require_editor
from projects.services.evidence import owner_of
from projects.services.siting import locked_project, log

FORMATS = (".zip", ".geojson")


@dataclass(frozen=True, slots=True)
class BoundaryUpload:
    """A boundary's file; `epsg` where the file does not say; `note` explains what is odd about it."""

    upload: Upload
    epsg: int | None = None
    note: str = ""


@transaction.atomic
def upload_boundary(*, actor: User, project_id: int, given: BoundaryUpload, today: date) -> SiteBoundary:
    """Take in the boundary of the newest attempt at a site as its next version; earlier ones stay.

    The area on the ellipsoid is compared with the area the project states now, within the tolerance
    of the setting in force. Not safe to repeat: the same bytes are refused.

    Raises:
        SiteNotOpen: no attempt, or its site was given up.
        BoundaryRefused: see `rules.boundaries.read_boundary` and `judge`.
        BoundaryUnexplained: beyond the tolerance or partly outside, without a word why.
        PaperRefused and others: see `papers.services.attach`.
    """
    project = locked_project(actor, project_id)
    require_editor(actor, project)
    siting = _siting(project)
    if PurePath(given.upload.name).suffix.lower() not in FORMATS:
        raise BoundaryRefused("红线须是 SHP 压缩包（.zip）或 GeoJSON（.geojson），请导出后再上传。")
    inspect(given.upload.name, given.upload.content, most_bytes=settings.PAPER_MAX_BYTES)
    boundary = read_boundary(given.upload.name, given.upload.content, stated_epsg=given.epsg)
    setting = boundary_setting(today)
    stated = LandUse.objects.filter(project=project).values_list("total_m2", flat=True).first()
    reading = judge(
        boundary, stated_m2=stated, tolerance_percent=setting.tolerance_percent, plausible=setting.extent
    )
    _check_explained(reading, given.note)
    newest = SiteBoundary.objects.filter(siting=siting).select_related("paper").order_by("-version").first()
    row = SiteBoundary.objects.create(
        siting=siting,
        version=newest.version + 1 if newest else 1,
        paper=_kept(actor, project, siting, given.upload, today),
        epsg=boundary.epsg,
        geometry=boundary.geometry,
        area_m2=boundary.area_m2,
        parts=boundary.parts,
        points=boundary.points,
        stated_m2=stated,
        difference_percent=reading.difference_percent,
        setting=setting,
        note=given.note.strip(),
        entered_on=today,
        entered_by=actor,
    )
    facts: dict[str, object] = {"round": siting.round, "version": row.version, "area_m2": row.area_m2}
    log(actor, project, "site.boundary", facts, today=today)
    return row


def _siting(project: Project) -> Siting:
    row = Siting.objects.select_for_update(of=("self",)).filter(project=project).order_by("-round").first()
    if row is None or row.outcome == Siting.Outcome.IMPOSSIBLE:
        raise SiteNotOpen("没有可上传红线的选址，请先登记选址位置。")
    return row


def _check_explained(reading: BoundaryReading, note: str) -> None:
    if reading.problems and not note.strip():
        raise BoundaryUnexplained(
            f"{'；'.join(reading.problems)}。请核对；确认无误的，在“说明”里写明原因后再上传。",
            problems=list(reading.problems),
        )


def _kept(actor: User, project: Project, siting: Siting, upload: Upload, today: date) -> Paper:
    """The file as a paper of the attempt; each version of the boundary is a paper of its own."""
    owner = owner_of(project)
    return attach(
        actor=actor,
        owner=PaperOwner(
            kind=Siting._meta.label_lower,
            pk=siting.pk,
            label=f"{project.name}：第 {siting.round} 轮选址",
            project_id=project.pk,
            organisation=owner.organisation,
            department=owner.department,
        ),
        upload=upload,
        kind=Paper.Kind.DRAWING,
        title="选址红线",
        today=today,
    )


def boundary_setting(on: date) -> BoundarySetting:
    """How boundaries are compared on a day. One query.

    Raises:
        BoundaryRefused: no setting is in force yet.
    """
    found = BoundarySetting.objects.filter(effective_from__lte=on).order_by("-effective_from").first()
    if found is None:
        raise BoundaryRefused("还没有红线核对口径，请系统管理员先在“选址规则”里登记。")
    return found


@dataclass(frozen=True, slots=True)
class BoundarySettingValues:
    """How far an area may be off, and where land can lie; see `BoundarySetting`."""

    tolerance_percent: Decimal
    extent: Extent
    note: str = ""


@transaction.atomic
def revise_boundary_setting(
    *, actor: User, values: BoundarySettingValues, effective_from: date
) -> BoundarySetting:
    """A new setting from a day on; boundaries taken in before keep the one they were compared by.

    Raises:
        SettingOutOfOrder: a setting begins on that day already, or the extent is upside down.
    """
    require(actor, Right.EDIT_CRITERIA)
    if BoundarySetting.objects.filter(effective_from=effective_from).exists():
        raise SettingOutOfOrder(f"{effective_from} 起的口径已经有了，请换一个生效日期。")
    extent = values.extent
    if extent.west >= extent.east or extent.south >= extent.north:
        raise SettingOutOfOrder("最西须小于最东，最南须小于最北，请核对后改正。")
    row = BoundarySetting.objects.create(
        effective_from=effective_from,
        tolerance_percent=values.tolerance_percent,
        west=extent.west,
        south=extent.south,
        east=extent.east,
        north=extent.north,
        note=values.note,
    )
    record(
        actor=actor,
        verb="siting_rule.revised",
        subject=row,
        facts={"effective_from": effective_from.isoformat(), "tolerance": str(values.tolerance_percent)},
        scope_path=actor.organisation.path if actor.organisation else "",
    )
    return row
