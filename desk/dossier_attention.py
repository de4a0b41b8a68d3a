"""Who looks after a project: last verified, last changed, followed or not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from accounts.models import User
from accounts.rights import Right, allowed
from projects.models import Project, Verification
from projects.rules.staleness import Freshness
from projects.selectors.comments import is_following
from projects.selectors.verification import freshness_of, thresholds, verifications_of


@dataclass(frozen=True, slots=True)
class Attention:
    """What the head of the dossier says about attention; `freshness` None where nobody need look."""

    freshness: Freshness | None
    last: Verification | None
    is_following: bool
    may_verify: bool
    is_verified_today: bool


def read_attention(project: Project, *, actor: User, today: date) -> Attention:
    """Of a project that came through `with_verification`. Three queries."""
    is_tracked = project.status == Project.Status.ADOPTED
    newest = verifications_of(actor=actor, project_id=project.pk, most=10)
    own_today = any(
        row.is_unchanged and row.verified_by_id == actor.pk and row.verified_on == today for row in newest
    )
    return Attention(
        freshness=freshness_of(project, today=today, limits=thresholds(on=today)) if is_tracked else None,
        last=newest[0] if newest else None,
        is_following=is_following(actor=actor, project_id=project.pk),
        may_verify=is_tracked and allowed(actor, Right.VERIFY_PROJECT),
        is_verified_today=own_today,
    )
