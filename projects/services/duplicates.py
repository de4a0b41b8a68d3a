"""Looking for projects that were handed in twice, and remembering what people said to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from accounts.models import Organisation, User
from accounts.rights import Right, allowed, require
from audit.services import record
from core.dated import SettingOutOfOrder
from jobs.models import Job
from jobs.registry import Outcome, Write
from jobs.services import enqueue
from projects.models import DuplicatePair, DuplicateSetting, Project, Submission
from projects.refusals import PairSettled, ReasonMissing
from projects.selectors.duplicates import Found, alike_pairs

if TYPE_CHECKING:
    from jobs.progress import Progress

KIND = "projects.find_duplicates"
LABEL = "查找重复项目"
BATCH = 500


def look_after(*, submission: Submission, actor: User, today: date) -> Job:
    """Have the projects of a submission compared with the list; the caller's view wakes the workers."""
    return enqueue(
        kind=KIND,
        key=f"duplicates:submission:{submission.pk}",
        title=f"{submission.filename} 查重",
        payload={"submission": submission.pk, "today": today.isoformat()},
        actor=actor,
        organisation=submission.organisation,
        now=submission.submitted_at,
    )


def look_everywhere(*, organisation: Organisation, actor: User | None, today: date, now: datetime) -> Job:
    """Have everything that waits in `organisation` compared anew; one job at a time for a unit."""
    return enqueue(
        kind=KIND,
        key=f"duplicates:{organisation.code}:{now:%Y%m%d%H%M}",
        title=f"{organisation.short_name}待审核项目查重",
        payload={"organisation": organisation.path, "today": today.isoformat()},
        actor=actor,
        organisation=organisation,
        now=now,
    )


def find_duplicates(job: Job, progress: Progress) -> Write:
    """The handler of `KIND`: compares all at once, so that no name is read twice; writes at the end."""
    today = date.fromisoformat(str(job.payload["today"]))
    ids = _asked_for(job.payload)
    found = alike_pairs(
        project_ids=ids, on=today, note=lambda words: progress.report(done=0, total=len(ids), note=words)
    )

    def write() -> Outcome:
        number = propose(found=found, today=today)
        return Outcome(
            url="/duplicates/",
            facts={"projects": len(ids), "pairs": number},
            told=_told(job, number),
        )

    return write


def _told(job: Job, number: int) -> str:
    """Who may judge hears of what was found; that nothing was, only who asked for the look."""
    if job.requested_by is None or not may_judge(job.requested_by):
        return ""
    if number:
        return f"发现 {number} 对疑似重复，请在“疑似重复”中逐项对照。"
    return "" if "submission" in job.payload else "没有发现新的疑似重复。"


def _asked_for(payload: dict[str, Any]) -> list[int]:
    rows = Project.objects.filter(status__in=Project.UNANSWERED)
    if "submission" in payload:
        rows = rows.filter(submission_rows__submission=payload["submission"])
    else:
        rows = rows.filter(organisation__path__startswith=payload["organisation"])
    return sorted(set(rows.values_list("pk", flat=True)))


@transaction.atomic
def propose(*, found: Sequence[Found], today: date) -> int:
    """Store what was found; a pair that a person has settled stays settled. Safe to repeat."""
    pairs = [
        DuplicatePair(
            first_id=pair.first,
            second_id=pair.second,
            alike=pair.alike,
            reasons=[reason.words for reason in pair.reasons],
            found_on=today,
        )
        for pair in found
    ]
    known = set(
        DuplicatePair.objects.filter(
            first__in={pair.first_id for pair in pairs}, second__in={pair.second_id for pair in pairs}
        ).values_list("first_id", "second_id")
    )
    fresh = [pair for pair in pairs if (pair.first_id, pair.second_id) not in known]
    DuplicatePair.objects.bulk_create(fresh, batch_size=BATCH, ignore_conflicts=True)
    return len(fresh)


@transaction.atomic
def dismiss(*, actor: User, pair_id: int, reason: str, today: date, now: datetime) -> DuplicatePair:
    """Say that the two are not one project; they are not proposed again.

    Raises:
        PairSettled: settled before.
        ReasonMissing: nothing says why.
        DuplicatePair.DoesNotExist: not visible to the actor.
    """
    require_judge(actor)
    pairs = DuplicatePair.objects.visible_to(actor).select_related("first__organisation", "second")
    pair = pairs.select_for_update(of=("self",)).get(pk=pair_id)
    if pair.state != DuplicatePair.State.PROPOSED:
        raise PairSettled(f"这一对已判定：{pair.get_state_display()}。刷新页面查看。", state=pair.state)
    if not reason.strip():
        raise ReasonMissing("判定不是同一项目须写明理由，今后不再提示。")
    settle([pair], DuplicatePair.State.DISTINCT, actor=actor, reason=reason.strip(), now=now)
    record(
        actor=actor,
        verb="project.duplicate_dismissed",
        subject=pair.first,
        facts={"other": pair.second_id, "other_name": pair.second.name, "reason": reason.strip()},
        project_id=pair.first_id,
        scope_path=pair.first.organisation.path,
        occurred_on=today,
    )
    return pair


def settle(
    pairs: Sequence[DuplicatePair], state: DuplicatePair.State, *, actor: User, reason: str, now: datetime
) -> None:
    for pair in pairs:
        pair.state, pair.decided_by, pair.decided_at, pair.decision_reason = state, actor, now, reason[:300]
        pair.save(update_fields=["state", "decided_by", "decided_at", "decision_reason"])


def require_judge(actor: User) -> None:
    """The bureau, or the county for what it gathers."""
    require(actor, _judging(actor))


def may_judge(actor: User) -> bool:
    return allowed(actor, _judging(actor))


def _judging(actor: User) -> Right:
    return Right.GATHER_LIST if actor.reporting_unit is not None else Right.SCREEN_LIST


@transaction.atomic
def change_thresholds(
    *, actor: User, effective_from: date, name_percent: int, owner_name_percent: int, note: str, today: date
) -> DuplicateSetting:
    """Other thresholds from a day on; pairs that were found before stay.

    Raises:
        SettingOutOfOrder: the day is past, or already has a row.
    """
    require(actor, Right.EDIT_CRITERIA)
    if effective_from < today:
        raise SettingOutOfOrder("生效日期不能早于今天。", effective_from=effective_from)
    if DuplicateSetting.objects.filter(effective_from=effective_from).exists():
        raise SettingOutOfOrder(f"{effective_from} 已有一条设置，请另选日期。", effective_from=effective_from)
    setting = DuplicateSetting.objects.create(
        effective_from=effective_from,
        name_percent=name_percent,
        owner_name_percent=owner_name_percent,
        note=note,
    )
    record(
        actor=actor,
        verb="duplicate.setting_changed",
        subject=setting,
        facts={"name_percent": name_percent, "owner_name_percent": owner_name_percent, "note": note},
    )
    return setting
