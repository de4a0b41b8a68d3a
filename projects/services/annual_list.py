"""Putting projects on the year's list, taking them off, and publishing what has collected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import transaction

from accounts.models import User
from accounts.rights import Right, require
from accounts.selectors import prefecture_of
from audit.services import record
from projects.models import (
    AnnualList,
    AnnualListChange,
    AnnualListEntry,
    AnnualListShare,
    AnnualListVersion,
    Project,
)
from projects.refusals import (
    ListDayOutOfOrder,
    NothingToPublish,
    ProjectNotListed,
    ReasonMissing,
)
from projects.selectors import annual as selectors
from projects.selectors.annual import Fresh
from projects.services.annual_plan import strike_items_of
from projects.services.answers import answer
from projects.services.pushing import withdraw_all

ADOPTED = "审核采纳"
BATCH = 500


def note_joined(
    *, actor: User, projects: Iterable[Project], annual_list: AnnualList, today: date, reason: str = ADOPTED
) -> None:
    """Remember that projects joined the list; part of adopting them, which has checked the right."""
    AnnualListChange.objects.bulk_create(
        [
            AnnualListChange(
                annual_list=annual_list,
                project=project,
                kind=AnnualListChange.Kind.JOINED,
                reason=reason,
                decided_on=today,
                decided_by=actor,
            )
            for project in projects
        ],
        batch_size=BATCH,
    )


@transaction.atomic
def remove_from_list(*, actor: User, project_id: int, reason: str, today: date) -> Project:
    """Take an adopted project off the year's list; it keeps its number, and the reason stays with it.

    Its open lines in the guarantee plan are struck. Its steps stand on a higher floor: pages call
    `desk.services.remove_and_close`, which ends those too.

    Raises:
        ReasonMissing: nothing says why.
        ProjectNotListed: it stands on no list.
        Project.DoesNotExist: unknown or not visible to `actor`.
    """
    require(actor, Right.SCREEN_LIST)
    said = _said(reason, "调出年度清单须写明理由，补充后再调出。")
    project = _locked(actor, project_id)
    if project.status != Project.Status.ADOPTED or project.annual_list is None:
        raise ProjectNotListed(
            f"“{project.name}”不在年度清单内，不需要调出；刷新页面查看最新情况。", status=project.status
        )
    project.status = Project.Status.DROPPED
    project.screening_reason = said
    project.save(update_fields=["status", "screening_reason", "updated_at"])
    _note(project, AnnualListChange.Kind.LEFT, said, actor=actor, today=today)
    withdraw_all(project=project, reason=f"项目调出年度清单：{said}", actor=actor, today=today)
    strike_items_of(project, actor=actor, reason=f"项目调出年度清单：{said}"[:500], today=today)
    _tell(project, "project.removed_from_list", "已调出年度清单", said, actor=actor, today=today)
    return project


@transaction.atomic
def reinstate(*, actor: User, project_id: int, reason: str, today: date) -> Project:
    """Put a project that was taken off back on its year's list, under its old number.

    Raises:
        ReasonMissing.
        ProjectNotListed: it was never on a list, or stands on it.
        Project.DoesNotExist: unknown or not visible to `actor`.
    """
    require(actor, Right.SCREEN_LIST)
    said = _said(reason, "恢复列入须写明理由，补充后再恢复。")
    project = _locked(actor, project_id)
    if project.status != Project.Status.DROPPED or project.annual_list is None or not project.number:
        raise ProjectNotListed(
            f"“{project.name}”没有从年度清单调出过，不能恢复；新项目请走清单审核。", status=project.status
        )
    project.status = Project.Status.ADOPTED
    project.screening_reason = ""
    project.save(update_fields=["status", "screening_reason", "updated_at"])
    _note(project, AnnualListChange.Kind.JOINED, said, actor=actor, today=today)
    _tell(project, "project.reinstated", "已恢复列入年度清单", said, actor=actor, today=today)
    return project


@transaction.atomic
def publish_version(
    *, actor: User, year: int, published_on: date, reason: str, doc_no: str = "", today: date
) -> AnnualListVersion:
    """Publish what has collected since the last version as the next one, for the actor's prefecture.

    Every adopted project of the year is compared with what the last version says of it: new ones
    begin an entry, gone ones end theirs, changed ones do both. Locks the year's list.

    Args:
        published_on: the day of the act; not after `today`, not before the last version's day.

    Raises:
        ReasonMissing: nothing says what the version is for.
        ListDayOutOfOrder: as above.
        NothingToPublish: nothing changed.
    """
    require(actor, Right.PUBLISH_LIST)
    said = _said(reason, "发布须写明说明，补充后再发布。")
    if actor.organisation is None:
        raise NothingToPublish("账号没有所属单位，不能发布清单；请联系系统管理员。")
    prefecture = prefecture_of(actor.organisation)
    AnnualList.objects.get_or_create(year=year)
    annual_list = AnnualList.objects.select_for_update().get(year=year)
    last = AnnualListVersion.objects.filter(annual_list=annual_list, prefecture=prefecture).first()
    _check_day(published_on, last, today)
    found = selectors.draft_difference(actor=actor, year=year)
    if found.is_empty:
        raise NothingToPublish(f"{year}年度清单自上一版以来没有变动，不需要发布。", year=year)
    version = AnnualListVersion.objects.create(
        annual_list=annual_list,
        prefecture=prefecture,
        number=last.number + 1 if last else 1,
        published_on=published_on,
        published_by=actor,
        reason=said,
        doc_no=doc_no.strip(),
    )
    _end_entries(version, left={r.row.key: r.reason for r in found.left})
    changed = {r.row.key for r in found.changed}
    _end_changed(version, changed)
    fresh = selectors.fresh_rows(year=year, prefecture=prefecture)
    joined = {r.row.key: r.reason for r in found.joined}
    _begin_entries(version, fresh, joined=joined, changed=changed)
    _settle_changes(version)
    record(
        actor=actor,
        verb="annual_list.published",
        subject=version,
        facts={
            "reason": said,
            "joined": len(found.joined),
            "left": len(found.left),
            "changed": len(found.changed),
        },
        scope_path=prefecture.path,
        occurred_on=published_on,
    )
    return version


def _check_day(published_on: date, last: AnnualListVersion | None, today: date) -> None:
    if published_on > today:
        raise ListDayOutOfOrder(
            f"发布日期 {published_on} 在今天（{today}）之后；请填实际发布的日期。", published_on=published_on
        )
    if last is not None and published_on < last.published_on:
        raise ListDayOutOfOrder(
            f"第{last.number}版于 {last.published_on} 发布，新版不能早于这一天；请核对发布日期。",
            last_on=last.published_on,
        )


def _end_entries(version: AnnualListVersion, *, left: dict[int, str]) -> None:
    entries = list(AnnualListEntry.objects.current().filter(project_id__in=left).order_by("pk"))
    for entry in entries:
        entry.left_in = version
        entry.closed_by = AnnualListEntry.Closing.LEFT
        entry.leave_reason = left[entry.project_id] or "不再列入"
    AnnualListEntry.objects.bulk_update(entries, ["left_in", "closed_by", "leave_reason"], batch_size=BATCH)


def _end_changed(version: AnnualListVersion, changed: set[int]) -> None:
    AnnualListEntry.objects.current().filter(project_id__in=changed).update(
        left_in=version, closed_by=AnnualListEntry.Closing.CHANGED
    )


def _begin_entries(
    version: AnnualListVersion, fresh: Sequence[Fresh], *, joined: dict[int, str], changed: set[int]
) -> None:
    begun = [row for row in fresh if row.project.pk in joined or row.project.pk in changed]
    entries = AnnualListEntry.objects.bulk_create(
        [
            AnnualListEntry(
                project=row.project,
                joined_in=version,
                opened_by=(
                    AnnualListEntry.Opening.JOINED
                    if row.project.pk in joined
                    else AnnualListEntry.Opening.CHANGED
                ),
                join_reason=(joined[row.project.pk] or ADOPTED) if row.project.pk in joined else "",
                **row.values(),
            )
            for row in begun
        ],
        batch_size=BATCH,
    )
    shares = []
    for entry, row in zip(entries, begun, strict=True):
        for share in row.shares:
            share.entry = entry
            shares.append(share)
    AnnualListShare.objects.bulk_create(shares, batch_size=BATCH)


def _settle_changes(version: AnnualListVersion) -> None:
    AnnualListChange.objects.unpublished().filter(
        annual_list=version.annual_list_id,
        project__organisation__path__startswith=version.prefecture.path,
    ).update(version=version)


def _said(reason: str, refusal: str) -> str:
    if not reason.strip():
        raise ReasonMissing(refusal)
    return reason.strip()


def _locked(actor: User, project_id: int) -> Project:
    return (
        Project.objects.visible_to(actor)
        .select_related("organisation", "submitted_by", "annual_list")
        .select_for_update(of=("self",))
        .get(pk=project_id)
    )


def _note(project: Project, kind: AnnualListChange.Kind, reason: str, *, actor: User, today: date) -> None:
    assert project.annual_list is not None
    AnnualListChange.objects.create(
        annual_list=project.annual_list,
        project=project,
        kind=kind,
        reason=reason,
        decided_on=today,
        decided_by=actor,
    )


def _tell(project: Project, verb: str, title: str, reason: str, *, actor: User, today: date) -> None:
    entry = record(
        actor=actor,
        verb=verb,
        subject=project,
        facts={"reason": reason, "number": project.number},
        project_id=project.pk,
        scope_path=project.organisation.path,
        occurred_on=today,
    )
    answer(
        project=project,
        entry_id=int(entry.pk),
        title=f"“{project.name}”{title}",
        body=f"理由：{reason}",
    )
