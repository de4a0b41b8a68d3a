"""A project gets its steps."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from accounts.models import Organisation, User
from accounts.rights import Right, require
from approvals import rules, selectors
from approvals.errors import TrackNotSet
from approvals.models import Decision, Step, StepType
from approvals.services.steps import locked_step, log, refresh_papers, refuse_unless
from audit.services import record
from projects.models import LandUse, Project


@transaction.atomic
def open_track(*, project: Project, actor: User, today: date) -> list[Step]:
    """Give an adopted project the steps of its track, each held by whom the catalogue names.

    What the track leaves out stands as not involved with its reason. A01 (入库) is done by the
    adoption itself and opens as such. Safe to repeat: steps that are there are left alone.

    Returns: the project's steps in the order of the catalogue.

    Raises:
        TrackNotSet: the project is not adopted or has no track.
        PermissionDenied: the actor's role does not screen lists.
    """
    require(actor, Right.SCREEN_LIST)
    if project.status != Project.Status.ADOPTED or not project.track:
        raise TrackNotSet(
            f"“{project.name}”还没有采纳或没有选定审批轨道，不能生成报批步骤；请先完成审核。",
            project=project.pk,
        )
    present = set(Step.objects.filter(project=project).values_list("code", flat=True))
    wanted = [kind for kind in selectors.catalogue(today) if kind.code not in present]
    holders = _holders(project, wanted)
    has_conversion = conversion_of(project)
    Step.objects.bulk_create(
        (_new_step(project, kind, holders[kind.code], has_conversion) for kind in wanted),
        ignore_conflicts=True,
    )
    steps = selectors.steps_with_papers(project.pk)
    if wanted:
        _list_project(steps, actor=actor, today=today)
        record(
            actor=actor,
            verb="step.opened",
            subject=project,
            facts={"track": project.track, "steps": len(wanted)},
            project_id=project.pk,
            scope_path=project.organisation.path,
        )
    return steps


def conversion_of(project: Project) -> bool | None:
    """Whether the project converts farm or unused land; None when its areas are not stated."""
    land = LandUse.objects.filter(project=project).first()
    areas = (land.new_construction_m2, land.agri_m2, land.unused_m2) if land else ()
    stated = [area for area in areas if area is not None]
    return any(area > 0 for area in stated) if stated else None


def _new_step(project: Project, kind: StepType, holder: Organisation, has_conversion: bool | None) -> Step:
    involvement = kind.tracks.get(project.track, rules.Involvement.APPLIES)
    start = rules.opening(involvement=involvement, has_conversion=has_conversion)
    is_set_aside = start.status is rules.Status.NOT_INVOLVED
    return Step(
        project=project,
        step_type=kind,
        code=kind.code,
        status=start.status.value,
        holder_organisation=holder,
        closing_reason=start.reason if is_set_aside else "",
    )


def _holders(project: Project, kinds: list[StepType]) -> dict[str, Organisation]:
    """Who holds each step: the catalogue's pattern filled in; the reporting unit where it names nobody."""
    places = selectors.holder_codes(project)
    codes = {kind.code: kind.holder_kind.format(**places) for kind in kinds}
    found = {row.code: row for row in Organisation.objects.filter(code__in=set(codes.values()))}
    return {code: found.get(wanted, project.organisation) for code, wanted in codes.items()}


def _list_project(steps: list[Step], *, actor: User, today: date) -> None:
    for step in steps:
        if step.code == rules.LISTING_CODE and step.status == Step.Status.NOT_STARTED:
            step.status = Step.Status.DONE
            step.accepted_on = step.closed_on = today
            step.save(update_fields=["status", "accepted_on", "closed_on", "updated_at"])
            Decision.objects.create(
                step=step, decided_on=today, result=rules.LISTING_RESULT, decided_by=actor
            )


@transaction.atomic
def reopen(*, step_id: int, actor: User, today: date, reason: str = "") -> Step:
    """Take up a step again: one that was set aside as it is, an ended one as a new round.

    A new round runs under the catalogue's version of today; the old round stays as it ended.

    Returns: the step to work on.

    Raises:
        WrongStatus: the step is still under way, or a newer round exists.
        PermissionDenied, Step.DoesNotExist: see locked_step.
    """
    step = locked_step(step_id, actor=actor)
    refuse_unless(step, rules.Verb.REOPEN)
    newer = Step.objects.filter(project_id=step.project_id, code=step.code, round__gt=step.round)
    if newer.exists():
        refuse_unless(newer.latest("round"), rules.Verb.REOPEN)
        step = newer.latest("round")
    if step.status == Step.Status.NOT_INVOLVED:
        step.status = Step.Status.NOT_STARTED
        step.closing_reason = step.merged_into = ""
        # What came in before it was set aside is taken in anew.
        step.received_on = step.notified_on = step.notice_deadline = None
        step.notice_items = []
        step.save(
            update_fields=[
                "status",
                "closing_reason",
                "merged_into",
                "received_on",
                "notified_on",
                "notice_deadline",
                "notice_items",
                "updated_at",
            ]
        )
    else:
        kind = StepType.objects.in_force(today).filter(code=step.code).first() or step.step_type
        step = Step.objects.create(
            project=step.project,
            step_type=kind,
            code=step.code,
            round=step.round + 1,
            holder_organisation=step.holder_organisation,
            holder=step.holder,
        )
    refresh_papers(step.project_id, today=today)
    log(step, actor=actor, verb="step.reopened", facts={"round": step.round, "reason": reason})
    return step
