"""From an uploaded workbook to projects: stage, confirm whole or the good rows, discard.

Nothing of the list is stored before the confirm; the confirm computes the preview again behind
its locks, so that what is written is what holds at that moment.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import PurePath

import pghistory
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from accounts.models import Organisation, User
from accounts.rights import RIGHTS, Right, require
from audit.services import Act, record_all
from core.bulk import copy_in, insert_remembered, maker, update_remembered
from core.collecting import collection_paused
from core.json_text import json_text
from notifications.models import Message
from notifications.services import tell
from officefiles.reading import check_upload
from projects.models import (
    CollectionWindow,
    ImportDraft,
    LandUse,
    ListDownload,
    Project,
    Submission,
    SubmissionRow,
)
from projects.refusals import DraftGone, NothingToImport, PreviewOutdated, RowsHaveErrors, WindowNotOpen
from projects.rules.facts import LandAreas, Verdict
from projects.rules.list_reading import ListReading
from projects.search_text import search_text
from projects.selectors import previews
from projects.selectors.baselines import download_of
from projects.selectors.previews import Preview, PreviewRow
from projects.selectors.windows import window_for, windows_for
from projects.services import duplicates, windows
from projects.services.snapshots import snapshot

DRAFT_LIFE = timedelta(days=7)
AT_ONCE = 2_000
ROW_COLUMNS = ("submission_id", "row", "name", "verdict", "problems", "project_id", "before", "after")
LONGEST_FILENAME = 200
BATCH = 500
FACTS = (
    *("name", "code", "owner_unit", "industry", "list_category", "priority_class", "track", "level"),
    *("investment_yuan", "planned_start", "planned_finish", "remark"),
)
_SCREENERS = [role for role, rights in RIGHTS.items() if {Right.SCREEN_LIST, Right.SUBMIT_LIST} <= rights]


@transaction.atomic
def stage_upload(
    *,
    actor: User,
    filename: str,
    content: bytes,
    today: date,
    now: datetime,
    window_id: int | None = None,
) -> ImportDraft:
    """Keep an uploaded list until its owner confirms or discards it; the list itself is untouched.

    A file that cannot be read, or holds no list, is refused and not kept. The owner's drafts
    older than a week are dropped.

    Args:
        window_id: the open window the owner chose; None falls into the one that closes first.

    Raises:
        WorkbookRefused: see officefiles.errors and projects.errors.
        NoReportingOrganisation: the account belongs to no unit.
        WindowNotOpen: the unit owes nothing in that window, or it is not open.
    """
    require(actor, Right.SUBMIT_LIST)
    organisation = previews.reporting_organisation(actor)
    window = _chosen_window(organisation, window_id, today)
    reading = previews.read_submission(
        content=content, filename=filename, organisation=organisation, today=today
    )
    download = download_of(mark=reading.mark, actor=actor)
    return _keep(actor, organisation, filename, content, now, window=window, download=download)


def _chosen_window(organisation: Organisation, window_id: int | None, today: date) -> CollectionWindow | None:
    if window_id is None:
        return None
    found = windows_for(organisation=organisation, today=today)
    window = next((window for window in found if window.pk == window_id), None)
    if window is None:
        raise WindowNotOpen("所选批次没有开放，或不要求本单位报送；请重新选择批次。", window=window_id)
    return window


def is_large(content: bytes) -> bool:
    """Whether a file is looked through in the background (`stage_large`) instead of at once."""
    return len(content) > settings.IMPORT_AT_ONCE_KB * 1024


@transaction.atomic
def stage_large(
    *,
    actor: User,
    filename: str,
    content: bytes,
    now: datetime,
    today: date,
    window_id: int | None = None,
) -> ImportDraft:
    """Keep a large file unread; `large_uploads.request_preview` has it looked through.

    Raises:
        WorkbookRefused: too large, or plainly no workbook. What is in it shows in the background.
        NoReportingOrganisation: the account belongs to no unit.
    """
    require(actor, Right.SUBMIT_LIST)
    organisation = previews.reporting_organisation(actor)
    window = _chosen_window(organisation, window_id, today)
    check_upload(content, filename=filename)
    return _keep(actor, organisation, filename, content, now, window=window, is_large=True)


def _keep(
    actor: User,
    organisation: Organisation,
    filename: str,
    content: bytes,
    now: datetime,
    *,
    window: CollectionWindow | None,
    download: ListDownload | None = None,
    is_large: bool = False,
) -> ImportDraft:
    ImportDraft.objects.filter(owner=actor, created_at__lt=now - DRAFT_LIFE).delete()
    return ImportDraft.objects.create(
        owner=actor,
        organisation=organisation,
        filename=_short(PurePath(filename).name),
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        window=window,
        download=download,
        is_large=is_large,
    )


def _short(filename: str) -> str:
    """The name with its extension, within the column."""
    path = PurePath(filename)
    return path.stem[: LONGEST_FILENAME - len(path.suffix)] + path.suffix


@transaction.atomic
def discard(*, actor: User, draft_id: int) -> None:
    """Forget an uploaded file. Doing it again changes nothing."""
    require(actor, Right.SUBMIT_LIST)
    ImportDraft.objects.visible_to(actor).filter(pk=draft_id).delete()


def confirm_whole(*, actor: User, draft_id: int, today: date, seen: str = "") -> Submission:
    """Import every row of the draft, or none.

    Args:
        seen: `Preview.fingerprint` of what the person read; empty for callers that show nothing.

    Raises:
        RowsHaveErrors: a row is wrong or in conflict.
        NothingToImport: all rows are as stored.
        PreviewOutdated: what would happen is no longer what was shown.
        DraftGone: confirmed or discarded meanwhile.
    """
    return _confirm(actor, draft_id, today, seen, check=_refuse_errors)


def confirm_good_rows(*, actor: User, draft_id: int, today: date, seen: str = "") -> Submission:
    """Import the rows without error or conflict; the others are kept in the record as not imported.

    Refusals as `confirm_whole`, but for RowsHaveErrors.
    """
    return _confirm(actor, draft_id, today, seen, check=lambda preview: None)


def confirm_read(
    *, actor: User, draft_id: int, today: date, seen: str, reading: ListReading, good_only: bool
) -> Submission:
    """As the two above, for a file that was read beforehand: a large one, in the background."""
    check = (lambda preview: None) if good_only else _refuse_errors
    return _confirm(actor, draft_id, today, seen, check=check, reading=reading)


def _refuse_errors(preview: Preview) -> None:
    if preview.blocked:
        raise RowsHaveErrors(
            f"有 {preview.blocked} 行存在错误或冲突，不能整批导入；请改正后重新上传，或选择只导入无误的行。",
            rows=[row.row for row in preview.rows if row.verdict in (Verdict.ERROR, Verdict.CONFLICT)],
        )


def _confirm(
    actor: User,
    draft_id: int,
    today: date,
    seen: str,
    *,
    check: Callable[[Preview], None],
    reading: ListReading | None = None,
) -> Submission:
    require(actor, Right.SUBMIT_LIST)
    try:
        return _confirm_locked(actor, draft_id, today, seen, check, reading)
    except IntegrityError as clash:
        if "project_code_once" not in str(clash):
            raise
        # Another unit's import took one of the codes between our look and our write.
        raise PreviewOutdated("清单刚刚有变化，预检结果已更新；请核对后重新确认。") from clash


@transaction.atomic
def _confirm_locked(
    actor: User,
    draft_id: int,
    today: date,
    seen: str,
    check: Callable[[Preview], None],
    reading: ListReading | None,
) -> Submission:
    """Locks the draft, the units of its rows, the projects it would change; each in pk order."""
    drafts = ImportDraft.objects.visible_to(actor).select_related("organisation", "window")
    draft = drafts.select_for_update(of=("self",)).filter(pk=draft_id).first()
    if draft is None:
        raise DraftGone("这份文件已经确认或放弃，不能再次导入；请到报送记录中查看。")
    reading = reading or previews.read_draft(draft, today=today)
    units = _lock_units({row.facts.unit_code for row in reading.rows})
    plan = previews.compare_with_stored(draft=draft, reading=reading, actor=actor)
    if _lock_projects(plan):
        plan = previews.compare_with_stored(draft=draft, reading=reading, actor=actor)
    _check_seen(plan, seen)
    check(plan)
    if not plan.importable:
        raise NothingToImport(
            "没有可以导入的行：无误的行都与在册内容一致，无需再次导入。", summary=plan.summary
        )
    window = _window_of(draft, today)
    submission = _Writer(
        draft=draft, preview=plan, units=units, window=window, actor=actor, today=today
    ).write()
    draft.delete()
    return submission


def _window_of(draft: ImportDraft, today: date) -> CollectionWindow | None:
    """The window the owner chose, if it still takes lists in; without a choice the first that does."""
    if draft.window is None:
        return window_for(organisation=draft.organisation, today=today)
    if not draft.window.is_open:
        raise WindowNotOpen(
            f"“{draft.window}”{draft.window.get_state_display()}，不再接收报送；请重新上传并选择其他批次。",
            state=draft.window.state,
        )
    return draft.window


def _lock_units(codes: set[str]) -> dict[str, Organisation]:
    """One import at a time for each unit, so that two cannot both add the same project.

    FOR NO KEY UPDATE: rows that point to the unit may be written meanwhile.
    """
    units = Organisation.objects.filter(code__in=codes).order_by("pk").select_for_update(no_key=True)
    return {unit.code: unit for unit in units}


def _lock_projects(plan: Preview) -> bool:
    """Lock the stored projects that would change; whether there are any."""
    ids = [row.project.pk for row in plan.rows if row.writes and row.project is not None]
    locked = Project.objects.filter(pk__in=ids).order_by("pk").select_for_update()
    return bool(ids) and bool(locked.values_list("pk", flat=True))


def _check_seen(preview: Preview, seen: str) -> None:
    if seen and preview.fingerprint != seen:
        raise PreviewOutdated("清单刚刚有变化，预检结果已更新；请核对后重新确认。", summary=preview.summary)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Writer:
    """Writes one confirmed preview. Used once, behind the locks."""

    draft: ImportDraft
    preview: Preview
    units: dict[str, Organisation]
    window: CollectionWindow | None
    actor: User
    today: date

    def write(self) -> Submission:
        submission = self._submission()
        with pghistory.context(submission=submission.pk, filename=submission.filename):
            self._write_rows(submission)
        windows.note_submission(submission=submission, window=self.window, actor=self.actor, today=self.today)
        duplicates.look_after(submission=submission, actor=self.actor, today=self.today)
        return submission

    def _write_rows(self, submission: Submission) -> None:
        """In portions, so that a long list takes no more memory than a short one."""
        self._record_whole(submission)
        for start in range(0, len(self.preview.rows), AT_ONCE):
            with collection_paused():
                self._write_portion(submission, self.preview.rows[start : start + AT_ONCE])
        if submission.synced:
            submission.save(update_fields=["synced"])

    def _write_portion(self, submission: Submission, rows: Sequence[PreviewRow]) -> None:
        before = {row.row: snapshot(row.project) for row in rows if row.writes and row.project}
        projects = {row.row: row.project for row in rows if row.project is not None}
        projects.update(self._create([row for row in rows if row.verdict is Verdict.NEW]))
        self._update([row for row in rows if row.verdict is Verdict.CHANGED])
        lines = (self._row(submission, row, projects.get(row.row), before) for row in rows)
        copy_in(SubmissionRow, ROW_COLUMNS, lines)
        self._remember(submission, rows, projects)
        acts = [_act(submission, row, projects[row.row]) for row in rows if row.writes]
        record_all(actor=self.actor, acts=acts, occurred_on=self.today)

    def _remember(
        self, submission: Submission, rows: Sequence[PreviewRow], projects: dict[int, Project]
    ) -> None:
        """What is settled with this file becomes the base of the same workbook's next upload."""
        if self.preview.round_trip is None:
            return
        for row in rows:
            project = projects.get(row.row)
            if project is None or row.verdict in (Verdict.ERROR, Verdict.CONFLICT):
                continue
            if row.settled:
                submission.synced[str(project.pk)] = row.settled

    def _submission(self) -> Submission:
        return Submission.objects.create(
            organisation=self.draft.organisation,
            window=self.window,
            year=self.today.year,
            filename=self.draft.filename,
            content=self.draft.content,
            sha256=self.draft.sha256,
            summary=self.preview.summary,
            download=self.draft.download,
            submitted_by=self.actor,
        )

    def _create(self, rows: list[PreviewRow]) -> dict[int, Project]:
        make_project, make_land = maker(Project), maker(LandUse)
        projects = {row.row: self._new_project(row, make_project) for row in rows}
        insert_remembered(Project, list(projects.values()))
        insert_remembered(LandUse, [_land(projects[row.row], row.facts.land, make_land) for row in rows])
        return projects

    def _update(self, rows: list[PreviewRow]) -> None:
        """Write what the rows state differently; what they leave blank stays."""
        changed = [(row.project, row) for row in rows if row.project is not None]
        if not changed:
            return
        LandUse.objects.bulk_create(
            [LandUse(project=project) for project, _ in changed if not hasattr(project, "land")]
        )
        fields = {name for project, row in changed for name in _apply(project, row, self.window)}
        update_remembered(Project, [project for project, _ in changed], fields, touched="updated_at")
        areas = {name for project, row in changed for name in _apply_land(project.land, row)}
        if areas:
            update_remembered(LandUse, [project.land for project, _ in changed], {*areas, "entered"})

    def _new_project(self, row: PreviewRow, make: Callable[..., Project]) -> Project:
        facts = row.facts
        unit, reporter = self.units[facts.unit_code], self.draft.organisation
        return make(
            related={"organisation": unit, "submitted_by": reporter},
            name=facts.name,
            code=facts.code,
            organisation_id=unit.pk,
            submitted_by_id=reporter.pk,
            status=windows.entry_status(window=self.window, organisation=unit),
            window_id=None if self.window is None else self.window.pk,
            owner_unit=facts.owner_unit,
            industry=facts.industry,
            list_category=facts.list_category,
            priority_class=facts.priority_class,
            track=facts.track,
            level=facts.level,
            investment_yuan=facts.investment_yuan,
            planned_start=facts.planned_start,
            planned_start_on=facts.planned_start_on,
            planned_finish=facts.planned_finish,
            planned_finish_on=facts.planned_finish_on,
            remark=facts.remark,
            reported_facts=facts.reported_facts(),
            search_text=search_text(name=facts.name, code=facts.code, owner_unit=facts.owner_unit),
        )

    def _row(
        self,
        submission: Submission,
        row: PreviewRow,
        project: Project | None,
        before: dict[int, dict[str, object]],
    ) -> tuple[object, ...]:
        """A line of the report, in the order of `ROW_COLUMNS`."""
        after = snapshot(project) if row.writes and project is not None else {}
        return (
            submission.pk,
            row.row,
            row.name,
            row.verdict.value,
            json_text([*(problem.as_dict() for problem in row.problems), *_taken(row)]),
            None if project is None else project.pk,
            json_text(before.get(row.row, {})),
            json_text(after),
        )

    def _record_whole(self, submission: Submission) -> None:
        whole = Act(
            verb="submission.confirmed",
            subject=submission,
            facts={"filename": submission.filename, **self.preview.summary},
            scope_path=submission.organisation.path,
        )
        record_all(actor=self.actor, acts=[whole], occurred_on=self.today)
        tell(
            recipients=User.objects.filter(role__in=_SCREENERS, is_active=True),
            kind=Message.Kind.NOTICE,
            key=f"submission-{submission.pk}",
            title=f"{submission.organisation.short_name}报送清单，{self.preview.importable} 个项目待审核",
            body=f"文件：{submission.filename}。请审核后采纳或退回。",
            url="/screening/",
        )


def _land(project: Project, areas: LandAreas, make: Callable[..., LandUse]) -> LandUse:
    entered = {key: entered.as_dict() for key, entered in areas.entered.items()}
    land = make(entered=entered, **dict(areas.figures()))
    land.project = project
    return land


def _act(submission: Submission, row: PreviewRow, project: Project) -> Act:
    changes = {change.label: [change.before, change.after] for change in row.changes}
    return Act(
        verb="project.submitted" if row.verdict is Verdict.NEW else "project.updated",
        subject=project,
        facts={
            "submission": submission.pk,
            "filename": submission.filename,
            "row": row.row,
            "changes": changes,
        },
        project_id=project.pk,
        scope_path=project.organisation.path,
    )


def _taken(row: PreviewRow) -> list[dict[str, str]]:
    """What a person chose in the row, for the record."""
    return [
        {
            "cell": "",
            "field": cell.label,
            "value": cell.uploaded,
            "message": f"按选择{'采用文件' if cell.writes else '保留系统'}中的内容；系统中为“{cell.stored}”",
            "suggestion": "",
            "severity": "warning",
        }
        for cell in row.cells
        if cell.take
    ]


def _apply(project: Project, row: PreviewRow, window: CollectionWindow | None) -> set[str]:
    """Put the row's facts into the project; the fields that were touched."""
    facts, changed = row.facts, {change.field for change in row.changes}
    fields = {name for name in FACTS if name in changed}
    fields |= {f"{name}_on" for name in ("planned_start", "planned_finish") if name in changed}
    for name in fields:
        setattr(project, name, getattr(facts, name))
    reported = {name.removeprefix("reported.") for name in changed if name.startswith("reported.")}
    if reported:
        fields.add("reported_facts")
        stated = facts.reported_facts()
        kept = {key: fact for key, fact in project.reported_facts.items() if key not in reported}
        project.reported_facts = kept | {key: stated[key] for key in reported if key in stated}
    if project.status in (Project.Status.RETURNED, Project.Status.DROPPED):
        fields |= {"status", "screening_reason"}
        project.status = windows.entry_status(window=window, organisation=project.organisation)
        project.screening_reason = ""
    if window is not None and project.status in Project.UNANSWERED:
        fields.add("window")
        project.window = window
    if fields & {"name", "code", "owner_unit"}:
        fields.add("search_text")
        project.search_text = search_text(
            name=project.name, code=project.code, number=project.number, owner_unit=project.owner_unit
        )
    project.updated_at = Now()  # bulk_update does not run auto_now
    return {*fields, "updated_at"}


def _apply_land(land: LandUse, row: PreviewRow) -> set[str]:
    """Put the row's areas into the land; the fields that were touched."""
    areas = row.facts.land
    changed = {change.field for change in row.changes} & set(LandUse.FIGURE_FIELDS)
    entered = dict(land.entered)
    for name in changed:
        setattr(land, name, areas.get(name))
        entered.pop(name, None)
        if name in areas.entered:
            entered[name] = areas.entered[name].as_dict()
    land.entered = entered
    return changed
