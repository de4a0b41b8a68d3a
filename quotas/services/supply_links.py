"""Linking a project's lost farmland with the consolidation that makes up for it (S3-14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.rights import Right, require
from audit.services import record
from projects.models import Project
from quotas.errors import LinkRefused
from quotas.models import Consolidation, SupplyLink
from quotas.selectors.supply import linked_amounts
from quotas.words import shown

# The column of a link, its instrument: what the consolidation brings stands in a column of the same name.
DIMENSIONS = (("area_m2", "farmland_area"), ("paddy_m2", "farmland_paddy"), ("grain_kg", "farmland_grain"))


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """How much of a consolidation stands for a project (m², kg), where it lies, by which document."""

    area_m2: int = 0
    paddy_m2: int = 0
    grain_kg: int = 0
    plots: str = ""
    document_no: str = ""


@transaction.atomic
def link_supply(
    *, actor: User, consolidation_id: int, project_id: int, facts: LinkFacts, linked_on: date, today: date
) -> SupplyLink:
    """Set so much of a consolidation aside for a project. No quota moves: that is the hook-up's.

    The prefecture's office alone links (市级统管), across counties too. The consolidation is locked,
    so that two links cannot take the same land.

    Raises:
        Consolidation.DoesNotExist, Project.DoesNotExist: not visible to the actor.
        LinkRefused: more than is left of it, stopped, linked with the project before, dated ahead.
    """
    require(actor, Right.KEEP_QUOTA)
    row = Consolidation.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=consolidation_id)
    project = Project.objects.visible_to(actor).select_related("organisation").get(pk=project_id)
    if linked_on > today:
        raise LinkRefused(f"挂钩日期 {linked_on} 晚于今天。请填写实际日期。", linked_on=linked_on)
    if row.stage == Consolidation.Stage.STOPPED:
        raise LinkRefused("该整治项目已终止，不能挂钩。请另选整治项目。", stage=row.stage)
    _check_left(row, facts)
    try:
        with transaction.atomic():
            link = SupplyLink.objects.create(
                consolidation=row,
                project=project,
                county=project.organisation,
                area_m2=facts.area_m2,
                paddy_m2=facts.paddy_m2,
                grain_kg=facts.grain_kg,
                plots=facts.plots.strip(),
                document_no=facts.document_no.strip(),
                linked_on=linked_on,
                linked_by=actor,
            )
    except IntegrityError as error:
        if "quota_link_once" not in str(error):
            raise
        raise LinkRefused("该项目已与这个整治项目挂钩。请先解除原挂钩再重新登记。") from error
    amounts = {name: getattr(facts, name) for name, _ in DIMENSIONS}
    _record(link, "quota.supply_linked", actor, amounts, linked_on)
    return link


def _check_left(row: Consolidation, facts: LinkFacts) -> None:
    if not (facts.area_m2 or facts.grain_kg) or facts.paddy_m2 > facts.area_m2:
        raise LinkRefused("请填写挂钩数量，水田不大于耕地。", area_m2=facts.area_m2, paddy_m2=facts.paddy_m2)
    linked = linked_amounts([row.pk]).get(row.pk, {})
    for name, instrument in DIMENSIONS:
        left = getattr(row, name) - linked.get(name, 0)
        if getattr(facts, name) > left:
            raise LinkRefused(
                f"“{row.name}”尚可挂钩 {shown(instrument, left)}，不够 "
                f"{shown(instrument, getattr(facts, name))}。请减少数量或另选整治项目。",
                dimension=name,
                left=left,
            )


@transaction.atomic
def release_link(*, actor: User, link_id: int, reason: str, today: date) -> SupplyLink:
    """Take a link back: what it stood for may serve another project.

    Raises:
        SupplyLink.DoesNotExist: not visible to the actor.
        LinkRefused: taken back before, or no reason is given.
    """
    require(actor, Right.KEEP_QUOTA)
    if not reason.strip():
        raise LinkRefused("解除挂钩须写明理由。请填写后再解除。")
    rows = SupplyLink.objects.visible_to(actor).select_related("county")
    link = rows.select_for_update(of=("self",)).get(pk=link_id)
    if link.released_on is not None:
        raise LinkRefused(f"该挂钩已于 {link.released_on} 解除。请刷新页面查看。")
    link.released_on, link.release_reason = today, reason.strip()
    link.save(update_fields=["released_on", "release_reason"])
    _record(link, "quota.supply_unlinked", actor, {"reason": link.release_reason}, today)
    return link


def _record(link: SupplyLink, verb: str, actor: User, facts: dict[str, object], on: date) -> None:
    record(
        actor=actor,
        verb=verb,
        subject=link,
        facts={"consolidation": link.consolidation.name, **facts},
        project_id=link.project_id,
        scope_path=link.county.path,
        occurred_on=on,
    )
