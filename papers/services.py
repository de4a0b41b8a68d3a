"""Handing papers in, and taking back what should not have been. Nothing is ever overwritten."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import Organisation, User
from accounts.rights import Right, allowed, require
from audit.services import record
from papers.errors import (
    NotOwnPaper,
    PaperHandedInAlready,
    PaperInFuture,
    PaperNotCurrent,
    WithdrawalNeedsReason,
)
from papers.handing_out import tell
from papers.inspection import check_not_classified, clean_name, inspect
from papers.models import Paper, PaperContent, PaperWithdrawal
from papers.sharing import projects_shared_with


@dataclass(frozen=True, slots=True)
class PaperOwner:
    """What a paper hangs on, as plain values.

    Attributes:
        kind, pk, label: the row, by `_meta.label_lower`, id and words.
        project_id: the project in whose dossier the paper shows; None for none.
        organisation: the county or unit whose subtree may read it.
        department: the department outside the bureau that handed in or was asked, else None.
    """

    kind: str
    pk: int
    label: str
    project_id: int | None
    organisation: Organisation
    department: Organisation | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came in."""

    name: str
    content: bytes


def owner_of(paper: Paper) -> PaperOwner:
    """What an existing paper hangs on, for its next version."""
    return PaperOwner(
        kind=paper.subject_kind,
        pk=paper.subject_id,
        label=paper.subject_label,
        project_id=paper.project_id,
        organisation=paper.scope_organisation,
        department=paper.department,
    )


@transaction.atomic
def attach(
    *,
    actor: User,
    owner: PaperOwner,
    upload: Upload,
    kind: str,
    title: str,
    today: date,
    occurred_on: date | None = None,
    replaces: Paper | None = None,
) -> Paper:
    """Keep a file as a paper of `owner`, or as the next version of `replaces`.

    The caller has found the owner's row among those visible to the actor; whether the actor may
    hand in papers for its organisation is checked here. Not safe to repeat: the same bytes on
    the same owner are refused.

    Args:
        kind: a value of `Paper.Kind`.
        title: how the office calls it; empty takes the file's name.
        occurred_on: the paper's own day; None means today.
        replaces: the current version, which stays readable as history.

    Raises:
        PaperRefused: the file is not one of the formats, is damaged, locked, or runs something.
        PaperInFuture: dated after today.
        PaperHandedInAlready: these bytes hang on this owner already.
        PaperNotCurrent: `replaces` has a successor, was withdrawn, or belongs to another owner.
    """
    require(actor, Right.ATTACH_PAPER)
    _refuse_outsider(actor, owner)
    by = _HandedIn(actor=actor)
    return _keep(
        by, owner, upload, kind=kind, title=title, today=today, occurred_on=occurred_on, replaces=replaces
    )


@transaction.atomic
def attach_without_account(
    *, handed_in_by: str, owner: PaperOwner, upload: Upload, kind: str, title: str, today: date
) -> Paper:
    """As `attach`, for one without an account whose right the caller has proved (a signed link).

    Args:
        handed_in_by: who it is, in words; the paper and the log say it.

    Raises:
        PaperRefused, PaperHandedInAlready: as in `attach`.
    """
    by = _HandedIn(words=handed_in_by.strip()[:200])
    return _keep(by, owner, upload, kind=kind, title=title, today=today, occurred_on=None, replaces=None)


@dataclass(frozen=True, slots=True)
class _HandedIn:
    """By an account, or by somebody named in words."""

    actor: User | None = None
    words: str = ""


def _keep(
    by: _HandedIn,
    owner: PaperOwner,
    upload: Upload,
    *,
    kind: str,
    title: str,
    today: date,
    occurred_on: date | None,
    replaces: Paper | None,
) -> Paper:
    name = clean_name(upload.name)
    title = title.strip()[:200] or name.rpartition(".")[0] or name
    check_not_classified(name, title)
    found = inspect(name, upload.content, most_bytes=settings.PAPER_MAX_BYTES)
    day = occurred_on or today
    if day > today:
        raise PaperInFuture(f"成文日期 {day} 晚于今天，请核对后改正。", occurred_on=day)
    if replaces is not None:
        _check_replaceable(replaces, owner)
    digest = hashlib.sha256(upload.content).hexdigest()
    _check_new(owner, digest)
    paper = Paper.objects.create(
        subject_kind=owner.kind,
        subject_id=owner.pk,
        subject_label=owner.label[:300],
        project_id=owner.project_id,
        scope_organisation=owner.organisation,
        department=owner.department,
        kind=kind,
        title=title,
        filename=name,
        media_type=found.media_type,
        size=len(upload.content),
        sha256=digest,
        version=replaces.version + 1 if replaces else 1,
        original_id=replaces.chain if replaces else None,
        replaces=replaces,
        occurred_on=day,
        uploaded_by=by.actor,
        handed_in_by=by.words,
    )
    PaperContent.objects.create(paper=paper, content=upload.content)
    facts: dict[str, object] = {"handed_in_by": by.words} if by.words else {}
    verb = "paper.replaced" if replaces else "paper.attached"
    _record(paper, by.actor, verb, file=name, version=paper.version, **facts)
    return paper


def _refuse_outsider(actor: User, owner: PaperOwner) -> None:
    scope = actor.scope
    seen = owner.department if scope is not None and scope.is_department else owner.organisation
    is_own = scope is not None and seen is not None and seen.path.startswith(scope.path)
    if not is_own and owner.project_id not in projects_shared_with(actor):
        raise PermissionDenied(f"您不能为“{owner.label}”上传附件。如确需办理，请联系系统管理员。")


def _check_replaceable(replaced: Paper, owner: PaperOwner) -> None:
    """Lock the version to be replaced, so that two successors meet here and not in the constraint."""
    locked = Paper.objects.select_for_update().filter(pk=replaced.pk)
    is_same = (replaced.subject_kind, replaced.subject_id) == (owner.kind, owner.pk)
    if not is_same or not locked.exists() or not Paper.objects.current().filter(pk=replaced.pk).exists():
        raise PaperNotCurrent(
            f"“{replaced.title}”第 {replaced.version} 版已不是现行版本，请刷新页面后对最新版本操作。",
            paper=replaced.pk,
        )


def _check_new(owner: PaperOwner, digest: str) -> None:
    same = Paper.objects.current().about(owner.kind, owner.pk).filter(sha256=digest).first()
    if same is not None:
        raise PaperHandedInAlready(
            f"同一文件已作为“{same.title}”上传，内容完全相同，不需要重复上传。", paper=same.pk
        )


@transaction.atomic
def withdraw(*, actor: User, paper: Paper, reason: str) -> PaperWithdrawal:
    """Take a current paper back: it stays listed with the reason, and nobody can open it any more.

    Raises:
        NotOwnPaper: handed in by another unit, and the actor may not correct projects.
        PaperNotCurrent: replaced or withdrawn meanwhile.
        WithdrawalNeedsReason: no reason given.
    """
    require(actor, Right.ATTACH_PAPER)
    if paper.uploaded_by_id != actor.pk and not allowed(actor, Right.EDIT_PROJECT):
        raise NotOwnPaper(f"“{paper.title}”由{paper.uploader}上传，请由上传人或州局撤回。", paper=paper.pk)
    if not reason.strip():
        raise WithdrawalNeedsReason("没有写明撤回理由，请填写后再撤回。")
    Paper.objects.select_for_update().get(pk=paper.pk)
    if not Paper.objects.current().filter(pk=paper.pk).exists():
        raise PaperNotCurrent(f"“{paper.title}”已被撤回或已有新版本，请刷新页面后再操作。", paper=paper.pk)
    done = PaperWithdrawal.objects.create(paper=paper, reason=reason.strip()[:300], withdrawn_by=actor)
    _record(paper, actor, "paper.withdrawn", reason=done.reason, file=paper.filename)
    return done


@transaction.atomic
def download(*, actor: User, paper: Paper, today: date) -> bytes:
    """The bytes of a paper that the caller found among those visible to the actor; logged each time,
    and told to the apps that keep a record of what leaves the house.

    Raises:
        PaperContent.DoesNotExist: the paper was withdrawn.
    """
    stored = PaperContent.objects.visible_to(actor).get(paper=paper, paper__withdrawal__isnull=True)
    record(
        actor=actor,
        verb="file.downloaded",
        subject=paper,
        facts={"file": paper.filename, "version": paper.version, "sha256": paper.sha256},
        scope_path=paper.scope_organisation.path,
    )
    tell(actor, paper, today)
    return bytes(stored.content)


def _record(paper: Paper, actor: User | None, verb: str, **facts: object) -> None:
    record(
        actor=actor,
        verb=verb,
        subject=paper,
        facts={
            "paper_kind": paper.get_kind_display(),
            "subject": paper.subject_label,
            "dated_on": paper.occurred_on,
            **facts,
        },
        project_id=paper.project_id,
        scope_path=paper.scope_organisation.path,
    )
