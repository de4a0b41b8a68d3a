"""组卷检查: a set of papers is checked before it goes out, and what was promised comes in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from accounts.models import User
from accounts.rights import Right, require
from approvals import rules
from approvals.errors import CheckPromiseOpen, DayOutOfOrder, NothingChecked, WrongStatus
from approvals.models import SetCheck, SetCheckItem, Step
from approvals.services.steps import log, owner_of
from deadlines import services as clock
from deadlines.models import Deadline
from deadlines.rules import Line, Unit
from deadlines.selectors import working_calendar
from deadlines.services import LineSpec

BASIS = "组卷检查承诺补齐"


@dataclass(frozen=True, slots=True)
class CheckedPaper:
    """What the check found of one paper. promised_by, promised_on: who brings it, and by when."""

    name: str
    state: str
    version: str = ""
    remark: str = ""
    promised_by: str = ""
    promised_on: date | None = None


@transaction.atomic
def check_set(
    *,
    step_id: int,
    checked_on: date,
    papers: Sequence[CheckedPaper],
    actor: User,
    today: date,
    note: str = "",
) -> SetCheck:
    """Record a run through the checklist of a step before its set goes out.

    The applicant's side and the holder's may both check. Papers promised for the same day share a
    deadline of the step. A new run takes the place of the one before: what that had promised and
    did not bring falls away and is stated anew.

    Raises:
        WrongStatus: the step is over.
        NothingChecked: no paper, or a paper twice.
        DayOutOfOrder: in the future, before the run before, or a promise not after the check.
        PermissionDenied, Step.DoesNotExist: the role runs no steps, or the step is not visible.
    """
    step = _locked(step_id, actor=actor)
    if step.status not in rules.UNFINISHED:
        raise WrongStatus(
            f"“{step.step_type.short}”现在是“{step.get_status_display()}”，不再组卷检查。",
            step=step.code,
            status=step.status,
        )
    before = step.set_checks.order_by("-number").first()
    _refuse_odd_days(before, checked_on, papers, today=today)
    _close_promises(step, on=checked_on, today=today)
    run = SetCheck.objects.create(
        step=step,
        number=before.number + 1 if before else 1,
        checked_on=checked_on,
        result=rules.set_result(paper.state for paper in papers).value,
        note=note.strip(),
        checked_by=actor,
    )
    deadlines = _promises(step, papers, checked_on=checked_on, today=today)
    SetCheckItem.objects.bulk_create(
        SetCheckItem(
            check_run=run,
            name=paper.name.strip()[:200],
            state=paper.state,
            version=paper.version.strip(),
            remark=paper.remark.strip(),
            promised_by=paper.promised_by.strip() if _is_promised(paper) else "",
            promised_on=paper.promised_on if _is_promised(paper) else None,
            deadline=deadlines.get(paper.promised_on) if _is_promised(paper) else None,
        )
        for paper in papers
    )
    log(
        step,
        actor=actor,
        verb="step.set_checked",
        facts={
            "number": run.number,
            "result": run.get_result_display(),
            "missing": [paper.name for paper in papers if paper.state == SetCheckItem.State.MISSING],
            "promised": [paper.name for paper in papers if _is_promised(paper)],
        },
        occurred_on=checked_on,
    )
    return run


def _locked(step_id: int, *, actor: User) -> Step:
    require(actor, Right.RUN_STEPS)
    return (
        Step.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("project__organisation", "step_type", "holder_organisation", "holder")
        .get(pk=step_id)
    )


def _is_promised(paper: CheckedPaper) -> bool:
    return paper.state == SetCheckItem.State.PROMISED


def _refuse_odd_days(
    before: SetCheck | None, checked_on: date, papers: Sequence[CheckedPaper], *, today: date
) -> None:
    names = [paper.name.strip() for paper in papers]
    if not names or not all(names) or len(set(names)) < len(names):
        raise NothingChecked("组卷检查至少列一件材料，每件列一次；请核对清单。", names=names)
    if checked_on > today or (before is not None and checked_on < before.checked_on):
        raise DayOutOfOrder(
            f"检查日期 {checked_on} 晚于今天或早于上次检查；请核对日期。", day=checked_on, today=today
        )
    for paper in papers:
        if not _is_promised(paper):
            continue
        if not paper.promised_by.strip() or paper.promised_on is None or paper.promised_on <= checked_on:
            raise DayOutOfOrder(
                f"“{paper.name}”承诺补齐，须写明谁承诺、哪天补齐，且晚于检查日期 {checked_on}。",
                paper=paper.name,
                promised_on=paper.promised_on,
            )


def _promises(
    step: Step, papers: Sequence[CheckedPaper], *, checked_on: date, today: date
) -> dict[date | None, Deadline]:
    days: dict[date, list[str]] = {}
    for paper in papers:
        if _is_promised(paper) and paper.promised_on is not None:
            days.setdefault(paper.promised_on, []).append(paper.name)
    return {day: _open(step, checked_on, day, today=today) for day in sorted(days)}


def _open(step: Step, checked_on: date, promised_on: date, *, today: date) -> Deadline:
    calendar = working_calendar()
    if calendar.is_working(promised_on):
        line = Line(limit=calendar.count(checked_on, promised_on))
    else:
        line = Line(limit=(promised_on - checked_on).days, unit=Unit.CALENDAR_DAY)
    return clock.open_deadline(
        owner=owner_of(step),
        role=Deadline.Role.MISSING_PAPERS,
        started_on=checked_on,
        committed=LineSpec(line, BASIS),
        statutory=None,
        today=today,
    )


def _close_promises(step: Step, *, on: date, today: date) -> None:
    rows = Deadline.objects.open().filter(
        pk__in=SetCheckItem.objects.filter(check_run__step=step, deadline__isnull=False).values("deadline_id")
    )
    for deadline in rows.order_by("pk"):
        clock.cancel(deadline_id=deadline.pk, stopped_on=max(on, deadline.started_on), today=today)


def end_check_promises(step: Step, *, on: date, today: date) -> None:
    """The set went out and was accepted: what is still owed is stated there anew."""
    _close_promises(step, on=on, today=today)


@transaction.atomic
def settle_paper(*, item_id: int, settled_on: date, actor: User, today: date) -> SetCheckItem:
    """A promised paper came; with the last one of its day the promise is kept.

    Raises:
        CheckPromiseOpen: not promised, or settled before.
        DayOutOfOrder: in the future, or before the check.
        PermissionDenied, Step.DoesNotExist: see check_set.
    """
    item = SetCheckItem.objects.select_related("check_run", "deadline").get(pk=item_id)
    step = _locked(item.check_run.step_id, actor=actor)
    if item.state != SetCheckItem.State.PROMISED or item.settled_on is not None:
        raise CheckPromiseOpen(f"“{item.name}”没有待补的承诺；请刷新后再看。", item=item.pk)
    if settled_on > today or settled_on < item.check_run.checked_on:
        raise DayOutOfOrder(
            f"补齐日期 {settled_on} 晚于今天或早于检查日期；请核对日期。", day=settled_on, today=today
        )
    item.settled_on = settled_on
    item.save(update_fields=["settled_on"])
    deadline = item.deadline
    others = SetCheckItem.objects.filter(deadline=deadline, settled_on__isnull=True)
    if deadline is not None and deadline.is_open and not others.exists():
        clock.stop(deadline_id=deadline.pk, stopped_on=settled_on, today=today)
    log(
        step,
        actor=actor,
        verb="step.paper_settled",
        facts={"paper": item.name, "number": item.check_run.number},
        occurred_on=settled_on,
    )
    return item
