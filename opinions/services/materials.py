"""Papers of a round: what departments are shown, and what they hand in with their answer."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from accounts.models import User
from accounts.rights import Right, require
from audit.services import record
from opinions.models import Request, Round
from opinions.services.locking import lock_round, require_asker
from papers.models import Paper, PaperContent
from papers.services import PaperOwner, Upload, attach

ROUND, REQUEST = "opinions.round", "opinions.request"


@transaction.atomic
def add_material(*, round_id: int, upload: Upload, title: str, actor: User, today: date) -> Paper:
    """A paper that every asked department may read; refusals as in papers.services.attach."""
    require(actor, Right.ASK_OPINIONS)
    round_ = lock_round(round_id, actor=actor)
    require_asker(actor, round_)
    project = round_.project
    return attach(
        actor=actor,
        owner=PaperOwner(ROUND, round_.pk, str(round_), project.pk, project.organisation),
        upload=upload,
        kind=Paper.Kind.EVIDENCE,
        title=title,
        today=today,
    )


def attach_to_answer(request: Request, upload: Upload, *, actor: User, today: date) -> Paper:
    """The signed opinion itself, readable by the office and by its own department alone."""
    project = request.round.project
    return attach(
        actor=actor,
        owner=PaperOwner(
            REQUEST, request.pk, str(request), project.pk, project.organisation, request.organisation
        ),
        upload=upload,
        kind=Paper.Kind.OPINION,
        title=f"{request.organisation.short_name}意见",
        today=today,
    )


def materials_of(round_: Round) -> list[Paper]:
    """The papers of a round the caller was shown, or was asked in. One query."""
    return list(Paper.objects.current().about(ROUND, round_.pk).order_by("pk"))


@transaction.atomic
def open_material(*, request: Request, paper: Paper, actor: User) -> bytes:
    """The bytes of a round's paper, for a department that the round asked; logged each time.

    The caller found `request` among those visible to the actor.

    Raises:
        PaperContent.DoesNotExist: withdrawn, or not of this round.
    """
    stored = PaperContent.objects.get(
        paper=paper,
        paper__subject_kind=ROUND,
        paper__subject_id=request.round_id,
        paper__withdrawal__isnull=True,
    )
    record(
        actor=actor,
        verb="file.downloaded",
        subject=paper,
        facts={"file": paper.filename, "version": paper.version, "sha256": paper.sha256},
        scope_path=paper.scope_organisation.path,
    )
    return bytes(stored.content)
