"""Reading the catalogue and a project's steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import Exists, Prefetch, Q

from accounts.models import User
from accounts.selectors import prefecture_of
from approvals import rules
from approvals.models import (
    HandlingSetting,
    Material,
    Step,
    StepLimit,
    StepQuerySet,
    StepType,
    StepTypeQuerySet,
)
from deadlines.models import Pause, PauseKind
from deadlines.rules import LineKind, Unit
from deadlines.selectors import pause_kinds
from projects.models import Project


def catalogue(on: date) -> StepTypeQuerySet:
    """The version of each step type in force on a day, with its limits. Two queries."""
    return StepType.objects.in_force(on).prefetch_related("limits")


def versions(code: str) -> list[StepType]:
    """Every version of a step type, newest first, with limits. Two queries."""
    return list(StepType.objects.filter(code=code).prefetch_related("limits").order_by("-effective_from"))


def limits_of(step_type: StepType, *, round_number: int = 1) -> list[rules.Limit]:
    """The limits of one round as the rules read them. Uses prefetched rows where there are any."""
    return rules.limits_of_round(
        (
            rules.Limit(
                id=row.pk,
                is_committed=row.line == StepLimit.LineName.COMMITTED,
                kind=LineKind(row.kind),
                value=row.value,
                basis=row.basis,
                round=row.round,
                unit=Unit(row.unit or Unit.WORKING_DAY),
                goes_with=row.goes_with,
            )
            for row in step_type.limits.all()
        ),
        round_number,
    )


def step_limits(step: Step) -> list[rules.Limit]:
    """The limits that a step's own round runs under."""
    return limits_of(step.step_type, round_number=step.round)


def validities(step: Step) -> list[rules.Limit]:
    """How long the paper of a step is good, as it was handled; several are alternatives."""
    handled_under = step.deadline.statutory_basis if step.deadline is not None else ""
    return rules.validity_limits(step_limits(step), handled_under=handled_under)


def committed_limit(step_type: StepType, *, round_number: int = 1) -> StepLimit | None:
    """What the office promises for this step in a round; None where it promises nothing."""
    found = limits_of(step_type, round_number=round_number)
    wanted = {limit.id for limit in found if limit.is_committed}
    return next((row for row in step_type.limits.all() if row.pk in wanted), None)


def promise_of(step: Step) -> StepLimit | None:
    """What the office promised for this step in its own round."""
    return committed_limit(step.step_type, round_number=step.round)


def excludable_kinds(step: Step, *, on: date) -> list[PauseKind]:
    """The reasons that may stop a step's clock: the law's, and what its own promise excludes."""
    committed = promise_of(step)
    excluded = committed.excluded if committed else []
    return [kind for kind in pause_kinds(on) if kind.stops_statutory or kind.label in excluded]


def handling_setting(on: date) -> HandlingSetting:
    """The procedure's own periods in force on a day; the defaults before the first row. One query."""
    rows = HandlingSetting.objects.filter(effective_from__lte=on).order_by("-effective_from")
    return rows.first() or HandlingSetting(effective_from=on)


def receipt_of(step: Step) -> rules.Receipt | None:
    """What came in and what was said about it; None for a step accepted without a receipt."""
    window = step.notice_deadline
    if step.received_on is None or window is None or window.due_on is None:
        return None
    return rules.Receipt(step.received_on, window.due_on, step.notified_on)


def step_list(*, actor: User) -> StepQuerySet:
    """Steps the actor may see, with project, type, holder and clock loaded. One query."""
    return Step.objects.visible_to(actor).select_related(
        "project__organisation", "step_type", "holder_organisation", "holder", "deadline", "notice_deadline"
    )


def project_steps(*, actor: User, project_id: int) -> list[Step]:
    """Every step of a project in the order of the catalogue, with all that its dossier shows.

    Six queries, however many steps (tests/desk/test_dossier.py).
    """
    rows = step_page_rows(actor=actor).filter(project_id=project_id)
    return list(rows.order_by("step_type__position", "round"))


def step_page_rows(*, actor: User) -> StepQuerySet:
    """Steps with all that a page about one of them shows. Six queries."""
    return (
        step_list(actor=actor)
        .select_related("decision__validity", "promise_exception")
        .prefetch_related("step_type__limits", "deadline__extensions")
        .prefetch_related(Prefetch("materials", queryset=Material.objects.select_related("deadline")))
        .prefetch_related(
            Prefetch("deadline__pauses", queryset=Pause.objects.select_related("kind", "end_deadline"))
        )
    )


def latest_rounds(steps: Iterable[Step]) -> dict[str, Step]:
    """The last round of each step of one project, by code."""
    latest: dict[str, Step] = {}
    for step in steps:
        known = latest.get(step.code)
        if known is None or step.round > known.round:
            latest[step.code] = step
    return latest


def states_of(steps: Iterable[Step], *, track: str) -> dict[str, rules.StepState]:
    """A project's steps as the order of steps reads them, by code. Needs step_type and decision."""
    return {code: state_of(step, track=track) for code, step in latest_rounds(steps).items()}


def state_of(step: Step, *, track: str) -> rules.StepState:
    """One step as the order of steps reads it."""
    decision = getattr(step, "decision", None)
    validity = decision.validity if decision else None
    return rules.StepState(
        code=step.code,
        short=step.step_type.short,
        position=step.step_type.position,
        status=step.status,
        involvement=step.step_type.tracks.get(track, rules.Involvement.APPLIES),
        accepted_on=step.accepted_on,
        valid_until=validity.due_on if validity else None,
        merged_into=step.merged_into,
        after=named_before(step.step_type),
    )


def named_before(step_type: StepType) -> tuple[str, ...]:
    """The codes that the catalogue names before a step, alternatives included."""
    entries = rules.read_predecessors(step_type.predecessors)
    return tuple(code for entry in entries for code in entry.any_of)


def unmet_before(step: Step, states: Mapping[str, rules.StepState], *, on: date) -> list[rules.Unmet]:
    """What should be done before `step` and is not, on a day. No query.

    Args:
        states: the project's steps by code, as `states_of` or `states_before` reads them.
    """
    return rules.unmet_predecessors(
        state_of(step, track=step.project.track),
        rules.read_predecessors(step.step_type.predecessors),
        states,
        on=on,
    )


def states_before(step: Step) -> dict[str, rules.StepState]:
    """The project's steps that can stand in `step`'s way, by code. One query.

    All of them where one was merged into another: that one may be any.
    """
    named = named_before(step.step_type)
    own = Step.objects.filter(project_id=step.project_id)
    rows = (
        own.filter(
            Q(code__in={*named, rules.ASSEMBLY_CODE})
            | Exists(own.filter(code__in=named).exclude(merged_into=""))
        )
        .select_related("step_type", "decision__validity")
        .defer("step_type__materials", "step_type__outputs", "step_type__fields", "decision__facts")
    )
    return states_of(rows, track=step.project.track)


def steps_with_papers(project_id: int) -> list[Step]:
    """A project's steps with what `states_of` reads. One query; the caller answers for the scope."""
    return list(
        Step.objects.filter(project_id=project_id)
        .select_related("step_type", "decision__validity", "project")
        # Read with every acceptance and decision, and the checklists are most of a row's weight.
        .defer(
            "step_type__materials",
            "step_type__outputs",
            "step_type__fields",
            "step_type__note",
            "decision__facts",
            "project__reported_facts",
            "project__search_text",
            "project__remark",
        )
        .order_by("step_type__position", "round")
    )


def holder_codes(project: Project) -> dict[str, str]:
    """What the catalogue's holder patterns stand for in this project's place."""
    prefecture = prefecture_of(project.organisation)
    return {"unit": project.organisation.code, "prefecture": prefecture.code}
