"""Papers of a round: what departments are shown, and what they hand in with their answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.conf import settings
from django.db import transaction

from accounts.models import User
from accounts.rights import Right, require
from audit.services import record
from opinions.errors import TooManyPapers
from opinions.models import Request, Round
from opinions.services.locking import lock_round, require_asker
from papers.models import Paper, PaperContent
from papers.services import PaperOwner, Upload, attach, attach_without_account

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
    return attach(
        actor=actor,
        owner=_owner(request),
        upload=upload,
        kind=Paper.Kind.OPINION,
        title=f"{request.organisation.short_name}意见",
        today=today,
    )


def attach_by_link(request: Request, uploads: Sequence[Upload], *, signer: str, today: date) -> list[Paper]:
    """What the holder of a signed link hands in with the answer; the caller holds the request's lock.

    Raises:
        TooManyPapers: more than the setting allows came through links of this request.
        PaperRefused, PaperHandedInAlready: as in papers.services.attach.
    """
    owner, most = _owner(request), settings.OPINION_LINK_PAPERS
    before = Paper.objects.about(owner.kind, owner.pk).exclude(handed_in_by="").count() if uploads else 0
    if before + len(uploads) > most:
        raise TooManyPapers(
            f"通过链接最多上传 {most} 个文件，已有 {before} 个；请合并后上传，或交经办单位登记。", most=most
        )
    unit = request.organisation
    return [
        attach_without_account(
            handed_in_by=f"{unit.name} {signer}",
            owner=owner,
            upload=upload,
            kind=Paper.Kind.OPINION,
            title="" if len(uploads) > 1 else f"{unit.short_name}意见",
            today=today,
        )
        for upload in uploads
    ]


def _owner(request: Request) -> PaperOwner:
    project = request.round.project
    return PaperOwner(
        REQUEST, request.pk, str(request), project.pk, project.organisation, request.organisation
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
