"""Going without a step under a document's authority, and the dated rules that allow it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from accounts.rights import Right, require
from approvals import rules
from approvals.errors import SkipNotAllowed
from approvals.models import SkipRule, SkipRuleQuerySet, Step, StepSkip, StepType
from approvals.services.decisions import mark_not_involved, set_aside
from approvals.services.records import log_setting
from approvals.services.steps import locked_step, refuse_unless
from core.dated import SettingOutOfOrder, end_row

_LONGEST = 300


def set_step_aside(
    *, step_id: int, actor: User, today: date, reason: str = "", rule_id: int | None = None
) -> Step:
    """Set a step aside: under a rule where one is named, else because it is not involved."""
    if rule_id is None:
        return mark_not_involved(step_id=step_id, reason=reason, actor=actor, today=today)
    return skip_step(step_id=step_id, rule_id=rule_id, reason=reason, actor=actor, today=today)


def rules_for(step: Step, *, on: date) -> SkipRuleQuerySet:
    """The rules under which a step may be gone without on a day. Reads `project`. One query."""
    return SkipRule.objects.in_force(on).for_step(step.code, step.project.track)


@transaction.atomic
def skip_step(*, step_id: int, rule_id: int, actor: User, today: date, reason: str = "") -> Step:
    """Go without a step under a rule, which the step then names; it satisfies what comes after.

    A step that is merged into another does so once that one is decided. It needs that one on the
    project, not set aside and not over: what it asks is asked there.

    Raises:
        SkipNotAllowed: the rule is not in force today, is about another step or track, or the step
            to merge into is missing, set aside or over.
        WrongStatus: the step is under way or over.
        StepCarriesOthers: other steps were merged into it, and the rule merges it into none.
        PermissionDenied, Step.DoesNotExist: see locked_step.
    """
    _lock_both(step_id, rule_id, actor=actor)
    step = locked_step(step_id, actor=actor)
    refuse_unless(step, rules.Verb.NOT_INVOLVED)
    rule = rules_for(step, on=today).filter(pk=rule_id).first()
    if rule is None:
        raise SkipNotAllowed(
            f"“{step.step_type.short}”没有这条现行的简化规定，请重新选择依据，或按不涉及写明原因。",
            rule=rule_id,
        )
    word = _word(step, rule)
    said = f"{word}，依据{rule.source}"
    if reason.strip():
        said = f"{said}。{reason.strip()}"
    set_aside(step, said[:_LONGEST], actor=actor, today=today, merged_into=rule.into_code)
    StepSkip.objects.create(step=step, rule=rule, reason=reason.strip(), skipped_on=today, skipped_by=actor)
    return step


def _lock_both(step_id: int, rule_id: int, *, actor: User) -> None:
    """Lock the step and what it would be merged into, in the order of their keys.

    Of two rules that merge the same two steps in opposite directions, used at once, one then waits
    for the other; each locking its own step first, they would wait for each other. One query.
    """
    step = Step.objects.visible_to(actor).filter(pk=step_id)
    into = SkipRule.objects.filter(pk=rule_id, kind=SkipRule.Kind.MERGE).values("into_code")
    both = Q(pk__in=step.values("pk")) | Q(project_id__in=step.values("project_id"), code__in=into)
    list(Step.objects.select_for_update().filter(both).order_by("pk").values_list("pk"))


def _word(step: Step, rule: SkipRule) -> str:
    if rule.kind == SkipRule.Kind.SKIP:
        return "免于办理"
    rounds = Step.objects.filter(project_id=step.project_id, code=rule.into_code).select_related("step_type")
    # Locked above: nobody sets it aside meanwhile. Again, for a round that was opened since.
    into = rounds.select_for_update(of=("self",)).order_by("-round").first()
    if into is None or into.status not in (Step.Status.NOT_STARTED, *rules.RUNNING):
        name = f"“{into.step_type.short}”{into.get_status_display()}" if into else "没有该步骤"
        raise SkipNotAllowed(
            f"并入的步骤须待办或在办，本项目{name}；请先启用该步骤，或另选依据。", into=rule.into_code
        )
    return f"并入“{into.step_type.short}”办理"


@dataclass(frozen=True, slots=True)
class SkipRuleValues:
    """What a rule says; see `SkipRule`."""

    kind: str
    code: str
    condition: str
    authority: str
    document: str
    clause: str
    effective_from: date
    into_code: str = ""
    track: str = ""
    effective_to: date | None = None


@transaction.atomic
def add_skip_rule(*, actor: User, values: SkipRuleValues) -> SkipRule:
    """A rule from a day on.

    Raises:
        SettingOutOfOrder: it ends before it begins, names an unknown step, or merges a step into
            none or into itself.
        PermissionDenied: the role edits no periods.
    """
    require(actor, Right.EDIT_PERIODS)
    if values.effective_to is not None and values.effective_to <= values.effective_from:
        raise SettingOutOfOrder("失效日期须在生效日期之后，请核对后改正。")
    is_merge = values.kind == SkipRule.Kind.MERGE
    into = values.into_code if is_merge else ""
    if is_merge and into in ("", values.code):
        raise SettingOutOfOrder("合并办理须写明并入的另一个步骤，请选择。")
    known = set(StepType.objects.in_force(values.effective_from).values_list("code", flat=True))
    unknown = sorted({values.code, into} - {""} - known)
    if unknown:
        raise SettingOutOfOrder(f"步骤 {'、'.join(unknown)} 在生效日不在步骤目录里，请核对。", codes=unknown)
    row = SkipRule.objects.create(
        kind=values.kind,
        code=values.code,
        into_code=into,
        track=values.track,
        condition=values.condition.strip(),
        authority=values.authority.strip(),
        document=values.document.strip(),
        clause=values.clause.strip(),
        effective_from=values.effective_from,
        effective_to=values.effective_to,
    )
    _log(row, actor)
    return row


@transaction.atomic
def end_skip_rule(*, actor: User, rule_id: int, effective_to: date) -> SkipRule:
    """Let a rule apply up to, not including, a day; what was skipped under it stays.

    Raises:
        SettingOutOfOrder: see `core.dated.end_row`.
        PermissionDenied, SkipRule.DoesNotExist.
    """
    require(actor, Right.EDIT_PERIODS)
    row = SkipRule.objects.select_for_update().get(pk=rule_id)
    end_row(row, on=effective_to)
    _log(row, actor)
    return row


def _log(row: SkipRule, actor: User) -> None:
    period: dict[str, object] = {"effective_from": row.effective_from, "effective_to": row.effective_to}
    log_setting(row, f"简化办理规则：{row.code} {row}", actor=actor, facts=period)
