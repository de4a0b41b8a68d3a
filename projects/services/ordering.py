"""A person decides a project's class and place; the rules only propose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.rights import Right, require
from audit.services import record
from projects.models import (
    Bracket,
    BracketSet,
    CriteriaSet,
    Criterion,
    Project,
    QueueJump,
    ScopeFlag,
    Standing,
)
from projects.refusals import (
    ClassProposalChanged,
    ClassUnknown,
    NotInQueue,
    ProjectNotEditable,
    ReasonMissing,
    RuleSetInvalid,
    RuleSetTaken,
)
from projects.selectors.ordering import proposed_classes
from projects.services.locking import lock_projects

RuleSet = TypeVar("RuleSet", CriteriaSet, BracketSet)


@transaction.atomic
def confirm_class(*, actor: User, project_id: int, priority_class: str, reason: str, today: date) -> Project:
    """Settle a project's class with its reason: the criterion's, or the person's own.

    Raises:
        ClassUnknown, ReasonMissing.
        ProjectNotEditable: it was merged or removed.
        Project.DoesNotExist: unknown or not visible to `actor`.

    Source: S3-03.
    """
    require(actor, Right.RANK_PROJECTS)
    if priority_class not in Project.PriorityClass.values:
        raise ClassUnknown("须选定项目类别：急需、重点、一般或预备。", value=priority_class)
    if not reason.strip():
        raise ReasonMissing("确定类别须写明理由；采用系统建议的，填写建议的理由即可。")
    project = lock_project(actor, project_id)
    before = project.priority_class
    standing = _standing(project)
    standing.class_reason = reason.strip()
    standing.class_confirmed_on, standing.class_confirmed_by = today, actor
    standing.save(update_fields=["class_reason", "class_confirmed_on", "class_confirmed_by"])
    project.priority_class = priority_class
    project.save(update_fields=["priority_class", "updated_at"])
    facts: dict[str, object] = {"from": before, "to": priority_class, "reason": standing.class_reason}
    _log(actor, "project.classed", project, facts, today)
    return project


@transaction.atomic
def confirm_proposals(*, actor: User, shown: Mapping[int, str], today: date) -> list[Project]:
    """Settle the class that the criteria propose for each project, with the criterion as its reason.

    All or none. Locks the projects in pk order.

    Args:
        shown: project → the class that the person saw proposed.

    Raises:
        ClassProposalChanged: criteria or facts changed since; nothing is settled unseen.
        ProjectNotEditable, Project.DoesNotExist.
    """
    require(actor, Right.RANK_PROJECTS)
    ids = [project.pk for project in lock_projects(actor, list(shown))]
    projects = Project.objects.filter(pk__in=ids).select_related("standing").order_by("pk")
    proposals = proposed_classes(projects, today=today)
    for project in projects:
        proposal = proposals[project.pk]
        if not proposal.priority_class or proposal.priority_class != shown[project.pk]:
            raise ClassProposalChanged(
                f"“{project.name}”的类别建议刚刚有变化，页面已更新；请核对后重新确认。", project_id=project.pk
            )
    return [
        confirm_class(
            actor=actor,
            project_id=pk,
            priority_class=proposals[pk].priority_class,
            reason=proposals[pk].reason,
            today=today,
        )
        for pk in ids
    ]


@transaction.atomic
def flag_project(*, actor: User, project_id: int, flags: Sequence[str], today: date) -> Standing:
    """State why a project concerns the whole (S2-22, S4-10); the list replaces what was stated.

    Raises:
        ClassUnknown: a flag that does not exist.
        ProjectNotEditable, Project.DoesNotExist.
    """
    require(actor, Right.RANK_PROJECTS)
    unknown = sorted(set(flags) - set(ScopeFlag.values))
    if unknown:
        raise ClassUnknown("没有这种情形，请从列出的情形中选择。", value=unknown[0])
    project = lock_project(actor, project_id)
    standing = _standing(project)
    wanted = [flag for flag in ScopeFlag.values if flag in flags]
    if standing.scope_flags != wanted:
        facts: dict[str, object] = {"from": standing.scope_flags, "to": wanted}
        standing.scope_flags = wanted
        standing.save(update_fields=["scope_flags"])
        _log(actor, "project.flagged", project, facts, today)
    return standing


@transaction.atomic
def jump_queue(*, actor: User, project_id: int, to_class: str, reason: str, today: date) -> QueueJump:
    """Move a project to the head of a class; a jump before it ends. The reason stays with who and when.

    Raises:
        ClassUnknown, ReasonMissing.
        NotInQueue: it is not on the year's list.
    """
    require(actor, Right.RANK_PROJECTS)
    if to_class not in Project.PriorityClass.values:
        raise ClassUnknown("须选定排到哪一类最前。", value=to_class)
    if not reason.strip():
        raise ReasonMissing("调整顺序须写明理由，补充后再调整。")
    project = lock_project(actor, project_id)
    if project.status != Project.Status.ADOPTED:
        raise NotInQueue(
            f"“{project.name}”{project.get_status_display()}，还不在排序之列；采纳后再调整。",
            status=project.status,
        )
    _end_jumps(project, actor, today)
    jump = QueueJump.objects.create(
        project=project, to_class=to_class, reason=reason.strip(), jumped_on=today, entered_by=actor
    )
    _log(actor, "project.jumped", project, {"to": to_class, "reason": jump.reason}, today)
    return jump


@transaction.atomic
def end_jump(*, actor: User, project_id: int, today: date) -> None:
    """Let a project fall back into its own place.

    Raises:
        NotInQueue: it was not moved.
    """
    require(actor, Right.RANK_PROJECTS)
    project = lock_project(actor, project_id)
    if not _end_jumps(project, actor, today):
        raise NotInQueue(f"“{project.name}”没有调整过顺序，无需恢复。")
    _log(actor, "project.jump_ended", project, {}, today)


def _end_jumps(project: Project, actor: User, today: date) -> int:
    rows = QueueJump.objects.filter(project=project, ended_on__isnull=True)
    ended = 0
    for row in rows.select_for_update():
        row.ended_on, row.ended_by = max(today, row.jumped_on), actor
        row.save(update_fields=["ended_on", "ended_by"])
        ended += 1
    return ended


# --- the rules ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NewCriterion:
    """A criterion as typed; positions follow the order of the list."""

    priority_class: str
    list_categories: Sequence[str] = ()
    scope_flags: Sequence[str] = ()
    starts_within_months: int | None = None
    investment_from_yuan: Decimal | None = None


@dataclass(frozen=True, slots=True)
class KeyTerms:
    """Which projects count as key, must be led, and need a liaison in the town."""

    key_classes: Sequence[str] = ()
    key_categories: Sequence[str] = ()
    lead_flags: Sequence[str] = ()
    liaison_categories: Sequence[str] = ()


@transaction.atomic
def revise_criteria(
    *, actor: User, effective_from: date, note: str, criteria: Sequence[NewCriterion], terms: KeyTerms
) -> CriteriaSet:
    """Put a new set of criteria in force from a day on; what was decided before stays decided.

    Raises:
        RuleSetInvalid: no criterion.
        RuleSetTaken: another set begins on that day.
    """
    require(actor, Right.EDIT_CRITERIA)
    if not criteria:
        raise RuleSetInvalid("至少要有一条分类条件。")
    made = _begin(
        CriteriaSet(
            effective_from=effective_from,
            note=note.strip(),
            key_classes=list(terms.key_classes),
            key_categories=list(terms.key_categories),
            lead_flags=list(terms.lead_flags),
            liaison_categories=list(terms.liaison_categories),
            entered_by=actor,
        )
    )
    Criterion.objects.bulk_create(
        Criterion(
            criteria_set=made,
            position=position,
            priority_class=row.priority_class,
            list_categories=list(row.list_categories),
            scope_flags=list(row.scope_flags),
            starts_within_months=row.starts_within_months,
            investment_from_yuan=row.investment_from_yuan,
        )
        for position, row in enumerate(criteria, start=1)
    )
    facts: dict[str, object] = {"effective_from": effective_from.isoformat(), "criteria": len(criteria)}
    record(actor=actor, verb="criteria.revised", subject=made, facts=facts)
    return made


@dataclass(frozen=True, slots=True)
class NewBracket:
    from_yuan: Decimal
    leader_title: str = ""
    note: str = ""


@transaction.atomic
def revise_brackets(
    *,
    actor: User,
    effective_from: date,
    boundary: BracketSet.Boundary,
    note: str,
    brackets: Sequence[NewBracket],
) -> BracketSet:
    """Put new brackets in force from a day on.

    Raises:
        RuleSetInvalid: no bracket, or two with the same limit.
        RuleSetTaken: another set begins on that day.

    Source: S3-06.
    """
    require(actor, Right.EDIT_CRITERIA)
    limits = [row.from_yuan for row in brackets]
    if not limits:
        raise RuleSetInvalid("至少要有一档。")
    if len(set(limits)) != len(limits):
        raise RuleSetInvalid("有两档的分界数相同，请改正后再保存。")
    made = _begin(
        BracketSet(effective_from=effective_from, boundary=boundary, note=note.strip(), entered_by=actor)
    )
    Bracket.objects.bulk_create(
        Bracket(bracket_set=made, from_yuan=row.from_yuan, leader_title=row.leader_title, note=row.note)
        for row in brackets
    )
    facts: dict[str, object] = {
        "effective_from": effective_from.isoformat(),
        "boundary": boundary.value,
        "brackets": [[str(row.from_yuan), row.leader_title] for row in brackets],
    }
    record(actor=actor, verb="brackets.revised", subject=made, facts=facts)
    return made


def _begin(made: RuleSet) -> RuleSet:
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise RuleSetTaken(
            f"{made.effective_from} 起已有一套标准；请换一个生效日期。",
            effective_from=made.effective_from.isoformat(),
        ) from error
    return made


# --- rows ---------------------------------------------------------------------------------------


def lock_project(actor: User, project_id: int) -> Project:
    """A project of the actor's scope under a row lock.

    Raises:
        ProjectNotEditable: it was merged or removed.
    """
    rows = Project.objects.visible_to(actor).select_related("organisation")
    project = rows.select_for_update(of=("self",)).get(pk=project_id)
    if project.status in Project.HISTORY:
        raise ProjectNotEditable(f"该项目{project.get_status_display()}，不能再修改。", status=project.status)
    return project


def _standing(project: Project) -> Standing:
    Standing.objects.get_or_create(project=project)
    return Standing.objects.select_for_update().get(project=project)


def _log(actor: User, verb: str, project: Project, facts: dict[str, object], today: date) -> None:
    record(
        actor=actor,
        verb=verb,
        subject=project,
        facts=facts,
        project_id=project.pk,
        scope_path=project.organisation.path,
        occurred_on=today,
    )
