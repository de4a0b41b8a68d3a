"""Taking over a responsibility matrix: preview first, then all of it or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from accounts.models import Organisation, Post, User
from accounts.posts import Holder, create_post, install, refuse_elsewhere
from accounts.rights import Right, require
from audit.services import record
from officefiles.reading import read_workbook
from projects.models import AreaLink, MatrixDraft
from projects.refusals import LinkOutOfOrder, LinkTargetWrong, MatrixHasErrors
from projects.rules.matrix import MatrixVerdict, judge, read_matrix
from projects.selectors.matrix import matrix_names


@dataclass(frozen=True, slots=True)
class MatrixFile:
    """An uploaded sheet, whose leaders it names, and from when it holds."""

    filename: str
    content: bytes
    leaders_of: Organisation
    effective_on: date
    most_areas: int = 2


@dataclass(frozen=True, slots=True)
class MatrixPreview:
    sheet: str
    verdicts: list[MatrixVerdict]
    # Areas whose present leader began after the day of the sheet: a sheet cannot end them earlier.
    begun_later: list[str]

    @property
    def errors(self) -> int:
        return sum(1 for row in self.verdicts if row.has_errors)

    @property
    def sound(self) -> int:
        """Rows that could be taken over. They are only if all can (`confirm_matrix`)."""
        return len(self.verdicts) - self.errors - len(self.begun_later)

    @property
    def new_leaders(self) -> list[str]:
        names = [row.row.leader.text for row in self.verdicts if row.leader_id is None]
        return list(dict.fromkeys(name for name in names if name))

    @property
    def to_check(self) -> int:
        return sum(1 for row in self.verdicts if row.row.to_check)


@transaction.atomic
def stage_matrix(*, actor: User, file: MatrixFile) -> MatrixDraft:
    """Keep an uploaded sheet for its preview; nothing of it is stored before the confirm.

    Raises:
        WorkbookRefused: the file cannot be read or holds no such table.
        PostElsewhere: the leaders' organisation lies outside the actor's scope.
    """
    require(actor, Right.EDIT_CRITERIA)
    refuse_elsewhere(actor, file.leaders_of)
    read_matrix(read_workbook(file.content, filename=file.filename), most_areas=file.most_areas)
    return MatrixDraft.objects.create(
        owner=actor,
        leaders_of=file.leaders_of,
        most_areas=file.most_areas,
        effective_on=file.effective_on,
        filename=file.filename,
        content=file.content,
    )


def preview_matrix(*, actor: User, draft: MatrixDraft) -> MatrixPreview:
    """The sheet against what is known here, by cell. Writes nothing. Six queries."""
    workbook = read_workbook(bytes(draft.content), filename=draft.filename)
    sheet = read_matrix(workbook, most_areas=draft.most_areas)
    names = matrix_names(actor=actor, leaders_of=draft.leaders_of, on=draft.effective_on)
    verdicts = judge(sheet, names)
    return MatrixPreview(sheet.sheet, verdicts, _begun_later(verdicts, on=draft.effective_on))


def _begun_later(verdicts: list[MatrixVerdict], *, on: date) -> list[str]:
    """What `_close` would refuse, in words."""
    later = {link.area_id: link for link in AreaLink.objects.active().filter(from_on__gt=on)}
    found = []
    for row in verdicts:
        link = None if row.has_errors else later.get(row.area_id or 0)
        wanted = (row.leader_id, row.office_id, row.row.office.text)
        if link is not None and (link.leader_post_id, link.office_id, link.office_name) != wanted:
            found.append(f"{row.row.area.text}的包联自 {link.from_on} 起")
    return found


@transaction.atomic
def confirm_matrix(*, actor: User, draft_id: int, today: date) -> list[AreaLink]:
    """Take the previewed sheet over: each area's leader and office from the day on.

    Areas that the sheet does not name keep theirs. An area with the same leader and office keeps
    its link: the same sheet twice changes nothing.

    Raises:
        MatrixHasErrors: a cell is wrong.
        LinkOutOfOrder: an area's present leader began later.
        MatrixDraft.DoesNotExist: confirmed or given up before.
    """
    require(actor, Right.EDIT_CRITERIA)
    drafts = MatrixDraft.objects.visible_to(actor).select_related("leaders_of")
    draft = drafts.select_for_update(of=("self",)).get(pk=draft_id)
    preview = preview_matrix(actor=actor, draft=draft)
    if preview.errors:
        raise MatrixHasErrors(f"还有 {preview.errors} 行有错误，改正后重新上传。", rows=preview.errors)
    posts = _leaders(actor, draft, preview)
    made = [
        link
        for verdict in preview.verdicts
        if (link := _take_over(actor, draft, preview.sheet, verdict, posts)) is not None
    ]
    record(
        actor=actor,
        verb="area_link.imported",
        subject=draft.leaders_of,
        facts={"file": draft.filename, "areas": len(preview.verdicts), "changed": len(made)},
        scope_path=draft.leaders_of.path,
        occurred_on=today,
    )
    draft.delete()
    return made


def _leaders(actor: User, draft: MatrixDraft, preview: MatrixPreview) -> dict[str, int]:
    """The post of each leader's name; posts that lack are made, to be checked."""
    posts = {row.row.leader.text: row.leader_id for row in preview.verdicts if row.leader_id is not None}
    for name in preview.new_leaders:
        post = create_post(
            actor=actor,
            organisation=draft.leaders_of,
            title=f"包联领导（{name}）",
            duty=Post.Duty.LEADER,
            needs_check="随包联清单新建，职务待核",
        )
        install(actor=actor, post_id=post.pk, holder=Holder(name=name), starts_on=draft.effective_on)
        posts[name] = post.pk
    return posts


def _take_over(
    actor: User, draft: MatrixDraft, sheet: str, verdict: MatrixVerdict, posts: dict[str, int]
) -> AreaLink | None:
    row = verdict.row
    present = AreaLink.objects.active().filter(area=verdict.area_id).select_for_update().first()
    wanted = (posts[row.leader.text], verdict.office_id, row.office.text)
    if present is not None:
        if (present.leader_post_id, present.office_id, present.office_name) == wanted:
            return None
        _close(present, draft.effective_on, row.area.text)
    return AreaLink.objects.create(
        leader_post_id=wanted[0],
        office_id=verdict.office_id,
        office_name=row.office.text,
        area_id=verdict.area_id or 0,
        from_on=draft.effective_on,
        needs_check=row.to_check,
        source=f"{draft.filename} {sheet} 第 {row.number} 行"[:200],
        entered_by=actor,
    )


def _close(link: AreaLink, on: date, area: str) -> None:
    if on < link.from_on:
        raise LinkOutOfOrder(
            f"{area}的包联自 {link.from_on} 起，新清单的日期不能早于这一天。",
            from_on=link.from_on.isoformat(),
        )
    link.to_on = on
    link.save(update_fields=["to_on"])


@dataclass(frozen=True, slots=True)
class AreaChange:
    """An area's leader and office as a person settles them."""

    leader: Post
    office: Organisation | None
    from_on: date


@transaction.atomic
def change_area_link(*, actor: User, link_id: int, change: AreaChange) -> AreaLink:
    """Name another leader or office for an area; what was to be checked counts as checked.

    Raises:
        LinkTargetWrong: the post is no leader's.
        LinkOutOfOrder: the present link ended, or begins later.
    """
    require(actor, Right.EDIT_CRITERIA)
    rows = AreaLink.objects.visible_to(actor).select_related("area", "leader_post__organisation")
    link = rows.select_for_update(of=("self",)).get(pk=link_id)
    if link.to_on is not None:
        raise LinkOutOfOrder("这项包联已经结束；请刷新页面，修改现行的一项。")
    if change.leader.duty != Post.Duty.LEADER:
        raise LinkTargetWrong(f"{change.leader}不是领导岗位。", post=change.leader.pk)
    refuse_elsewhere(actor, change.leader.organisation)
    before = str(link.leader_post)
    if (link.leader_post_id, link.office_id) == (
        change.leader.pk,
        change.office.pk if change.office else None,
    ):
        link.needs_check = ""
        link.save(update_fields=["needs_check"])
    else:
        _close(link, change.from_on, link.area.short_name)
        link = AreaLink.objects.create(
            leader_post=change.leader,
            office=change.office,
            office_name=change.office.short_name if change.office else "",
            area=link.area,
            from_on=change.from_on,
            source="页面修改",
            entered_by=actor,
        )
    facts: dict[str, object] = {"from": before, "to": str(change.leader), "area": link.area.short_name}
    record(actor=actor, verb="area_link.changed", subject=link, facts=facts, scope_path=link.area.path)
    return link
