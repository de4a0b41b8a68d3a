"""Boundaries of sites, and the register of who was given which layer of the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import User
from projects.models import BoundarySetting, MapShare, MapShareQuerySet, Project, SiteBoundary, Siting
from projects.rules.boundaries import Outline, outline

SHOWN_SHARES = 10


@dataclass(frozen=True, slots=True)
class BoundaryCard:
    """What the tab 选址 says of boundaries: the newest drawn, all versions, the latest sharings."""

    newest: SiteBoundary | None
    drawing: Outline | None
    versions: Sequence[SiteBoundary]
    shares: Sequence[MapShare]

    @property
    def lamp(self) -> str:
        """Amber where a difference was explained, green where there was none."""
        return "amber" if self.newest is not None and self.newest.note else "green"


def boundary_card(*, actor: User, project: Project, siting: Siting | None) -> BoundaryCard:
    """Boundaries of the newest attempt at a site, newest first, and the project's last ten sharings.

    Two queries, one more for the drawing where there is one.
    """
    versions = list(
        SiteBoundary.objects.filter(siting=siting)
        .select_related("paper", "setting", "entered_by")
        .defer("geometry")
        if siting
        else ()
    )
    newest = versions[0] if versions else None
    shares = share_list(actor=actor).filter(project=project).order_by("-id")
    return BoundaryCard(
        newest=newest,
        drawing=outline(newest.geometry) if newest else None,
        versions=versions,
        shares=list(shares[:SHOWN_SHARES]),
    )


def share_list(*, actor: User) -> MapShareQuerySet:
    """The sharings an actor may see, with what a list shows. One query."""
    rows = MapShare.objects.visible_to(actor).select_related(
        "project__organisation", "boundary__siting", "layer", "receiver", "entered_by", "paper"
    )
    return rows.defer("boundary__geometry")


def boundary_setting_list(*, actor: User) -> list[BoundarySetting]:
    """All versions of how boundaries are compared, newest first. One query. Public."""
    return list(BoundarySetting.objects.all()) if actor.is_active else []
