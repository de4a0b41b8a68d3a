"""The split of a project's land among the counties it lies in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.models import Organisation, User
from accounts.rights import Right, require
from audit.services import record
from projects.land_refusals import ShareOutsidePrefecture, SharesDisagree
from projects.models import LandShare, LandUse, Project
from projects.rules.land_shares import Share, levelled, split_refusals
from projects.selectors.lists import units_of_prefecture
from projects.services.editing import EnteredArea, check_still_editable, figures_of


@dataclass(frozen=True, slots=True)
class EnteredShare:
    """One county's part as it was typed; classes left out are not stated."""

    unit_code: str
    areas: Mapping[str, EnteredArea]


@transaction.atomic
def split_land(
    *, actor: User, project_id: int, seen_at: datetime, shares: Sequence[EnteredShare], today: date
) -> list[LandShare]:
    """Replace the split of a project by `shares`; none at all makes it a project of one county again.

    Each county with a share then sees the project (once adopted) and has its row in the ledger.
    What rounding from 亩 leaves over goes to the largest share, so that sums are exact.
    Safe to repeat.

    Raises:
        SharesDisagree: the parts do not add up, or a county stands twice; facts name the fields.
        ShareOutsidePrefecture: a unit outside the project's prefecture, or the project's own missing.
        ProjectChangedMeanwhile, ProjectNotEditable: as in `edit_project`.
    """
    require(actor, Right.EDIT_PROJECT)
    project = (
        Project.objects.visible_to(actor)
        .select_related("organisation")
        .select_for_update(of=("self",))
        .get(pk=project_id)
    )
    check_still_editable(project, seen_at)
    units = _units(project, shares)
    whole = figures_of(LandUse.objects.select_for_update().filter(project=project).first())
    parts = [
        Share(units[share.unit_code].short_name, {key: area.m2 for key, area in share.areas.items()})
        for share in shares
    ]
    problems = split_refusals(whole, parts)
    if problems:
        raise SharesDisagree(
            "；".join(f"{problem.message}，{problem.suggestion}" for problem in problems) + "。",
            fields=[problem.key for problem in problems],
        )
    rows = [
        LandShare(
            project=project,
            organisation=units[entered.unit_code],
            entered={key: area.typed for key, area in entered.areas.items()},
            **{key: part.area(key) for key in LandShare.AREA_FIELDS},
        )
        for entered, part in zip(shares, levelled(whole, parts), strict=True)
    ]
    before = _words(LandShare.objects.filter(project=project).select_related("organisation"))
    LandShare.objects.filter(project=project).delete()
    LandShare.objects.bulk_create(rows)
    project.save(update_fields=["updated_at"])
    record(
        actor=actor,
        verb="project.split",
        subject=project,
        facts={"changes": {"分县面积": [before, _words(rows)]}},
        project_id=project.pk,
        scope_path=project.organisation.path,
        occurred_on=today,
    )
    return rows


def _words(rows: object) -> str:
    return "；".join(f"{row.organisation.short_name} {row.total_m2} ㎡" for row in rows)  # type: ignore[attr-defined]


def _units(project: Project, shares: Sequence[EnteredShare]) -> dict[str, Organisation]:
    """The counties and parks named, all of the project's prefecture, its own among them."""
    codes = {share.unit_code for share in shares}
    found = {unit.code: unit for unit in units_of_prefecture(project.organisation) if unit.code in codes}
    if codes - found.keys():
        raise ShareOutsidePrefecture(
            "有的单位不是本州的县市或园区，请重新选择。", units=sorted(codes - found.keys())
        )
    if shares and project.organisation.code not in codes:
        raise ShareOutsidePrefecture(
            f"牵头的{project.organisation.short_name}没有列入，请补上；如牵头县市有变，请联系州局更正。",
            units=[project.organisation.code],
        )
    return found
