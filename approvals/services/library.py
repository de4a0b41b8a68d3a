"""The library is filled, renewed and taken from."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import transaction

from accounts.models import User
from accounts.rights import Right, require
from approvals.errors import LibraryTitleTaken, LibraryUnchanged, LibraryVersionOutOfOrder, StepCodeUnknown
from approvals.models import LibraryContent, LibraryDownload, LibraryItem, LibraryVersion, StepType
from audit.services import record
from papers.inspection import check_not_classified, clean_name, inspect
from papers.services import Upload


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """A version's words. trial_until: the last day of a trial period; None is no trial."""

    effective_from: date
    note: str = ""
    trial_until: date | None = None


@transaction.atomic
def add_item(
    *,
    kind: str,
    title: str,
    upload: Upload,
    facts: VersionFacts,
    actor: User,
    step_codes: Sequence[str] = (),
    material: str = "",
    issuer: str = "",
    doc_no: str = "",
) -> LibraryItem:
    """A new guide, template or rule with its first version.

    Raises:
        LibraryTitleTaken: one of that kind has this title.
        StepCodeUnknown: the catalogue has no such step.
        LibraryVersionOutOfOrder: the trial ends before it begins.
        PaperRefused: the file is not one of the formats, or does harm; see papers.inspection.
        PermissionDenied: the role does not keep the library.
    """
    require(actor, Right.EDIT_LIBRARY)
    named = title.strip()
    if LibraryItem.objects.filter(kind=kind, title=named, retired_on__isnull=True).exists():
        raise LibraryTitleTaken(f"已有同类的“{named}”；请在原资料上传新版本。", title=named)
    item = LibraryItem.objects.create(
        kind=kind,
        title=named,
        step_codes=_known(step_codes),
        material=material.strip(),
        issuer=issuer.strip(),
        doc_no=doc_no.strip(),
    )
    _store(item, number=1, upload=upload, facts=facts, actor=actor)
    return item


def _known(codes: Sequence[str]) -> list[str]:
    wanted = list(dict.fromkeys(code.strip().upper() for code in codes if code.strip()))
    known = set(StepType.objects.filter(code__in=wanted).values_list("code", flat=True))
    unknown = [code for code in wanted if code not in known]
    if unknown:
        raise StepCodeUnknown(f"步骤目录没有 {'、'.join(unknown)}；请核对代码。", codes=unknown)
    return wanted


@transaction.atomic
def add_version(*, item_id: int, upload: Upload, facts: VersionFacts, actor: User) -> LibraryVersion:
    """The next version; the one before ends where this begins.

    Raises:
        LibraryVersionOutOfOrder: not after the version before, or the item is retired.
        LibraryUnchanged: the same bytes as the version before.
        PaperRefused, PermissionDenied: see add_item.
    """
    require(actor, Right.EDIT_LIBRARY)
    item = LibraryItem.objects.select_for_update().get(pk=item_id)
    newest = item.versions.order_by("-number").first()
    assert newest is not None
    if item.retired_on is not None or facts.effective_from <= newest.effective_from:
        raise LibraryVersionOutOfOrder(
            f"“{item.title}”已停用或现行版本自 {newest.effective_from} 施行；新版本须晚于该日。",
            effective_from=facts.effective_from,
            newest=newest.effective_from,
        )
    if hashlib.sha256(upload.content).hexdigest() == newest.sha256:
        raise LibraryUnchanged("文件与现行版本完全相同，不需要重复上传。", version=newest.number)
    if newest.effective_to is None or newest.effective_to > facts.effective_from:
        newest.effective_to = facts.effective_from
        newest.save(update_fields=["effective_to"])
    return _store(item, number=newest.number + 1, upload=upload, facts=facts, actor=actor)


def _store(
    item: LibraryItem, *, number: int, upload: Upload, facts: VersionFacts, actor: User
) -> LibraryVersion:
    if facts.trial_until is not None and facts.trial_until < facts.effective_from:
        raise LibraryVersionOutOfOrder(
            f"试行截止 {facts.trial_until} 早于施行日期 {facts.effective_from}；请核对日期。",
            trial_until=facts.trial_until,
        )
    name = clean_name(upload.name)
    check_not_classified(name, item.title)
    found = inspect(name, upload.content, most_bytes=settings.PAPER_MAX_BYTES)
    version = LibraryVersion.objects.create(
        item=item,
        number=number,
        filename=name,
        media_type=found.media_type,
        size=len(upload.content),
        sha256=hashlib.sha256(upload.content).hexdigest(),
        effective_from=facts.effective_from,
        trial_until=facts.trial_until,
        note=facts.note.strip(),
        uploaded_by=actor,
    )
    LibraryContent.objects.create(version=version, content=upload.content)
    record(
        actor=actor,
        verb="library.version_added",
        subject=item,
        facts={"title": item.title, "version": number, "file": name, "effective_from": facts.effective_from},
    )
    return version


@transaction.atomic
def retire_item(*, item_id: int, reason: str, actor: User, today: date) -> LibraryItem:
    """Offer an item no more; its versions stay to be read.

    Raises:
        LibraryVersionOutOfOrder: retired before.
        PermissionDenied: the role does not keep the library.
    """
    require(actor, Right.EDIT_LIBRARY)
    item = LibraryItem.objects.select_for_update().get(pk=item_id)
    if item.retired_on is not None:
        raise LibraryVersionOutOfOrder(f"“{item.title}”已于 {item.retired_on} 停用。", item=item.pk)
    item.retired_on = today
    item.save(update_fields=["retired_on"])
    record(
        actor=actor,
        verb="library.retired",
        subject=item,
        facts={"title": item.title, "reason": reason.strip()},
    )
    return item


@transaction.atomic
def take(*, version_id: int, actor: User) -> tuple[LibraryVersion, bytes]:
    """The bytes of a version for anyone with an account; each time is one row of the count.

    Raises:
        LibraryVersion.DoesNotExist.
    """
    version = LibraryVersion.objects.select_related("stored", "item").get(pk=version_id)
    LibraryDownload.objects.create(version=version, user=actor, organisation=actor.organisation)
    return version, bytes(version.stored.content)
