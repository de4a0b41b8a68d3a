"""Large workbooks are previewed and imported in the background: two kinds of job.

Both read the file before their transaction begins, and write in one: a preview is there whole, an
import happens whole.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from accounts.rights import Right, require
from jobs.models import Job
from jobs.progress import Progress
from jobs.registry import Outcome, Write
from jobs.services import enqueue
from projects.models import ImportDraft
from projects.refusals import DraftGone, PreviewNotReady
from projects.selectors.baselines import download_of
from projects.selectors.previews import compare_with_stored, read_draft
from projects.selectors.shown import PREVIEW_JOB, file_facts
from projects.services import importing
from projects.services.kept_rows import keep_rows
from projects.services.round_trip import lock_draft

IMPORT_JOB = "projects.import"
PREVIEW_LABEL, IMPORT_LABEL = "清单预检", "清单导入"


@transaction.atomic
def stage(
    *,
    actor: User,
    filename: str,
    content: bytes,
    today: date,
    now: datetime,
    window_id: int | None = None,
) -> ImportDraft:
    """Keep an uploaded list and look through it: at once, or in the background when it is large.

    For a large one (`draft.is_large`) the view wakes the workers. Raises as `importing.stage_upload`.
    """
    act = importing.stage_large if importing.is_large(content) else importing.stage_upload
    draft = act(actor=actor, filename=filename, content=content, today=today, now=now, window_id=window_id)
    if not draft.is_large:
        return draft
    request_preview(actor=actor, draft=draft, today=today, now=now)
    return draft


@transaction.atomic
def request_preview(*, actor: User, draft: ImportDraft, today: date, now: datetime) -> Job:
    """Look through the draft in the background. Afterwards the view wakes the workers."""
    earlier = Job.objects.filter(kind=PREVIEW_JOB, key__startswith=f"preview:{draft.pk}:").count()
    return enqueue(
        kind=PREVIEW_JOB,
        key=f"preview:{draft.pk}:{earlier + 1}",
        title=f"预检 {draft.filename}"[:200],
        payload={"draft": draft.pk, "today": today.isoformat()},
        actor=actor,
        organisation=draft.organisation,
        now=now,
    )


@transaction.atomic
def look_again(*, actor: User, draft_id: int, today: date, now: datetime) -> Job:
    """Compute the preview anew: the list has changed, or a heading was explained.

    Raises:
        DraftGone: confirmed or discarded meanwhile.
    """
    require(actor, Right.SUBMIT_LIST)
    draft = lock_draft(actor=actor, draft_id=draft_id)
    draft.preview = None
    draft.save(update_fields=["preview"])
    return request_preview(actor=actor, draft=draft, today=today, now=now)


@transaction.atomic
def request_import(
    *, actor: User, draft_id: int, good_only: bool, seen: str, today: date, now: datetime
) -> Job:
    """Import the draft in the background; asked twice for the same state it is one job.

    Raises:
        DraftGone: confirmed or discarded meanwhile.
        PreviewNotReady: nobody has read yet what would happen.
    """
    require(actor, Right.SUBMIT_LIST)
    draft = lock_draft(actor=actor, draft_id=draft_id)
    if draft.preview is None:
        raise PreviewNotReady("文件还在预检，请等预检完成、核对结果后再确认导入。")
    return enqueue(
        kind=IMPORT_JOB,
        key=f"import:{draft.pk}:{'good' if good_only else 'all'}:{seen}"[:200],
        title=f"导入 {draft.filename}"[:200],
        payload={
            "draft": draft.pk,
            "rows": "good" if good_only else "all",
            "seen": seen,
            "today": today.isoformat(),
        },
        actor=actor,
        organisation=draft.organisation,
        now=now,
    )


def make_preview(job: Job, progress: Progress) -> Write:
    """Handler of `projects.preview`."""
    draft, actor, today = _of(job)
    progress.report(0, 4, "读取工作簿")
    reading = read_draft(draft, today=today)
    draft.download = download_of(mark=reading.mark, actor=actor)
    total = len(reading.rows)
    progress.report(1, 4, f"已读取 {total:,} 行，逐行比对")
    preview = compare_with_stored(draft=draft, reading=reading, actor=actor)
    progress.report(2, 4, f"已比对 {total:,} 行，整理结果")
    facts = file_facts(preview, draft)
    progress.report(3, 4, f"写入 {total:,} 行预检结果")

    def write() -> Outcome:
        kept = lock_draft(actor=actor, draft_id=draft.pk)
        keep_rows(draft=kept, found=preview)
        kept.preview, kept.download = facts, draft.download
        kept.save(update_fields=["preview", "download"])
        return Outcome(url=f"/lists/drafts/{draft.pk}/", facts=dict(preview.summary))

    return write


def make_import(job: Job, progress: Progress) -> Write:
    """Handler of `projects.import`."""
    draft, actor, today = _of(job)
    progress.report(0, 3, "读取工作簿")
    reading = read_draft(draft, today=today)
    progress.report(1, 3, f"已读取 {len(reading.rows):,} 行，写入项目库")

    def write() -> Outcome:
        submission = importing.confirm_read(
            actor=actor,
            draft_id=draft.pk,
            today=today,
            seen=str(job.payload["seen"]),
            reading=reading,
            good_only=job.payload["rows"] == "good",
        )
        return Outcome(url=f"/lists/{submission.pk}/", facts=dict(submission.summary))

    return write


def _of(job: Job) -> tuple[ImportDraft, User, date]:
    """The draft a job is for, read with the rights of the person who asked."""
    actor = job.requested_by
    assert actor is not None  # only people upload
    require(actor, Right.SUBMIT_LIST)
    drafts = ImportDraft.objects.visible_to(actor).select_related("organisation")
    draft = drafts.filter(pk=job.payload["draft"]).first()
    if draft is None:
        raise DraftGone("这份文件已经确认或放弃，没有再处理；请到报送记录中查看。")
    return draft, actor, date.fromisoformat(str(job.payload["today"]))
