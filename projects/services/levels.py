"""A person's word on what the rules propose, and the table of levels itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from accounts.models import Organisation, User
from accounts.rights import Right, require
from audit.services import record
from core.dated import SettingOutOfOrder, end_row
from projects.land_refusals import ReasonForDifference, RuleChangedMeanwhile
from projects.models import ApprovalRule, Confirmation, Project
from projects.refusals import ProjectNotEditable
from projects.selectors.land import LEVELS, TRACKS, proposed_level, proposed_track_for
from projects.selectors.stored_projects import land_areas


@transaction.atomic
def confirm_level(
    *, actor: User, project_id: int, level: str, reason: str, seen: str, today: date
) -> Confirmation:
    """Store who approves the project's land, on a person's word.

    Args:
        level: a value of `Project.ApprovalLevel`.
        reason: why, where it differs from what the table proposes.
        seen: the proposed level that the person read.

    Raises:
        RuleChangedMeanwhile: the areas or the table changed, the proposal is another one now.
        ReasonForDifference: another level than proposed, and no reason.
        ProjectNotEditable: merged or removed.
    """
    require(actor, Right.EDIT_PROJECT)
    project = _locked(actor, project_id)
    found = proposed_level(project, land_areas(getattr(project, "land", None)), today=today)
    if seen != found.level:
        raise RuleChangedMeanwhile(
            f"数据或规则刚有变化，现在的建议是“{found.label or '暂无建议'}”；请核对后重新确认。",
            proposed=found.level,
        )
    _check_reason(found.level, level, reason, "审批级次")
    proposal, facts = found.proposal, found.facts
    rule = (
        ApprovalRule.objects.filter(key=proposal.rule.key, version=proposal.rule.version)
        if proposal
        else None
    )
    row = Confirmation.objects.create(
        project=project,
        kind=Confirmation.Kind.LEVEL,
        proposed=found.level,
        proposal=proposal.reason[:300] if proposal else "",
        rule=rule.get() if rule is not None else None,
        facts={"pbf_m2": facts.pbf_m2, "arable_m2": facts.arable_m2, "other_m2": facts.other_m2,
               "track": facts.track, "assumptions": list(facts.assumptions)} if facts else {},
        chosen=level,
        reason=reason.strip() if level != found.level else "",
        confirmed_by=actor,
    )  # fmt: skip
    before, project.approval_level = project.approval_level, level
    project.save(update_fields=["approval_level", "updated_at"])
    _record(actor, project, row, before=LEVELS.get(before, ""), after=LEVELS.get(level, ""), today=today)
    return row


@transaction.atomic
def confirm_track(
    *, actor: User, project_id: int, track: str, reason: str, seen: str, today: date
) -> Confirmation:
    """Store the approval track on a person's word. Refusals as `confirm_level`.

    Steps that are there stay; whoever calls this for an adopted project opens the missing ones.
    """
    require(actor, Right.EDIT_PROJECT)
    project = _locked(actor, project_id)
    found = proposed_track_for(project, land_areas(getattr(project, "land", None)))
    if seen != found.track:
        raise RuleChangedMeanwhile(
            f"数据刚有变化，现在建议的轨道是“{TRACKS[found.track]}”；请核对后重新确认。", proposed=found.track
        )
    _check_reason(found.track, track, reason, "审批轨道")
    row = Confirmation.objects.create(
        project=project,
        kind=Confirmation.Kind.TRACK,
        proposed=found.track,
        proposal=found.reason[:300],
        chosen=track,
        reason=reason.strip() if track != found.track else "",
        confirmed_by=actor,
    )
    before, project.track = project.track, track
    project.save(update_fields=["track", "updated_at"])
    _record(actor, project, row, before=TRACKS.get(before, ""), after=TRACKS.get(track, ""), today=today)
    return row


def _locked(actor: User, project_id: int) -> Project:
    project = (
        Project.objects.visible_to(actor)
        .select_related("organisation", "land")
        .select_for_update(of=("self",))
        .get(pk=project_id)
    )
    if project.status in Project.HISTORY:
        raise ProjectNotEditable(
            f"该项目{project.get_status_display()}，不能再确认；请在合并后的项目上办理。",
            status=project.status,
        )
    return project


def _check_reason(proposed: str, chosen: str, reason: str, what: str) -> None:
    if proposed and chosen != proposed and not reason.strip():
        raise ReasonForDifference(
            f"{what}与规则建议不同，没有写明理由；请补充理由后再确认。", proposed=proposed
        )


def _record(
    actor: User, project: Project, row: Confirmation, *, before: object, after: object, today: date
) -> None:
    record(
        actor=actor,
        verb="project.confirmed",
        subject=project,
        facts={
            "changes": {str(Confirmation.Kind(row.kind).label): [str(before), str(after)]},
            "proposal": row.proposal,
            "reason": row.reason,
        },
        project_id=project.pk,
        scope_path=project.organisation.path,
        occurred_on=today,
    )


# --- the table -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RuleValues:
    """What a row of the table says; "" and None as in `ApprovalRule`."""

    position: int
    level: str
    clause: str
    track: str = ""
    region: Organisation | None = None
    figure: str = ""
    over_m2: int | None = None
    note: str = ""


@transaction.atomic
def revise_rule(*, actor: User, key: str, values: RuleValues, effective_from: date) -> ApprovalRule:
    """Put a new version of a row in force from a day on, or the first version of a new row.

    The version before ends on that day (exclusive); confirmations keep the one they leaned on.

    Raises:
        SettingOutOfOrder: the version in force begins on that day or later.
    """
    require(actor, Right.EDIT_CRITERIA)
    current = _end_current(key, effective_from)
    row = ApprovalRule.objects.create(
        key=key,
        version=_last_version(key) + 1,
        position=values.position,
        track=values.track,
        region=values.region,
        figure=values.figure,
        over_m2=values.over_m2 if values.figure else None,
        level=values.level,
        clause=values.clause,
        note=values.note,
        effective_from=effective_from,
    )
    _record_rule(actor, row, replaces=current)
    return row


@transaction.atomic
def end_rule(*, actor: User, key: str, effective_to: date) -> ApprovalRule:
    """Take a row out of the table from a day on. Refusals as `revise_rule`."""
    require(actor, Right.EDIT_CRITERIA)
    current = _end_current(key, effective_to)
    if current is None:
        raise SettingOutOfOrder("这一行已经停用，不用再停用。", key=key)
    _record_rule(actor, current, replaces=current)
    return current


def _end_current(key: str, on: date) -> ApprovalRule | None:
    current = ApprovalRule.objects.select_for_update().filter(key=key, effective_to__isnull=True).first()
    if current is not None:
        end_row(current, on=on)
    return current


def _last_version(key: str) -> int:
    versions = ApprovalRule.objects.filter(key=key).order_by("-version").values_list("version", flat=True)
    return versions.first() or 0


def _record_rule(actor: User, row: ApprovalRule, *, replaces: ApprovalRule | None) -> None:
    record(
        actor=actor,
        verb="approval_rule.revised",
        subject=row,
        facts={
            "key": row.key,
            "version": row.version,
            "replaces": replaces.version if replaces else None,
            "level": row.level,
            "clause": row.clause,
            "effective_from": row.effective_from.isoformat(),
            "effective_to": row.effective_to.isoformat() if row.effective_to else None,
        },
        scope_path=actor.organisation.path if actor.organisation else "",
    )
