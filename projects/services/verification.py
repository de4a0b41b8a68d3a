"""已核实无变化: somebody looked, and says so. Apart from changes, which say so by themselves."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction

from accounts.models import User
from accounts.rights import Right, require
from audit.services import record
from projects.models import Project, StalenessSetting, Verification
from projects.refusals import NoteIsEmpty, NotTracked, StalenessDisordered, StalenessInThePast

LONGEST_NOTE = 300


@transaction.atomic
def verify_unchanged(*, actor: User, project: Project, today: date) -> Verification:
    """Say that the project stands as the list has it. Safe to repeat: once a day and person.

    The caller has found the project among those visible to the actor. Moves no field of it.

    Raises:
        NotTracked: the project is not on the year's list.
    """
    require(actor, Right.VERIFY_PROJECT)
    _check_tracked(project)
    done, is_new = Verification.objects.get_or_create(
        project=project, verified_by=actor, verified_on=today, note="", defaults={"week": monday_of(today)}
    )
    if is_new:
        _record(project, actor, "project.verified", today, week=done.week)
    return done


@transaction.atomic
def note_progress(*, actor: User, project: Project, note: str, today: date) -> Verification:
    """Keep a short note of where the project stands today; as often as there is something to say.

    Raises:
        NotTracked: the project is not on the year's list.
        NoteIsEmpty: nothing written.
    """
    require(actor, Right.VERIFY_PROJECT)
    _check_tracked(project)
    text = " ".join(note.split())[:LONGEST_NOTE]
    if not text:
        raise NoteIsEmpty("没有填写进展，写一两句现状；没有变化的，点“已核实无变化”。")
    done = Verification.objects.create(
        project=project, verified_by=actor, verified_on=today, note=text, week=monday_of(today)
    )
    _record(project, actor, "project.noted", today, note=text)
    return done


def monday_of(day: date) -> date:
    """The Monday of the week that `day` lies in."""
    return day - timedelta(days=day.weekday())


def _check_tracked(project: Project) -> None:
    if project.status != Project.Status.ADOPTED:
        raise NotTracked(
            f"“{project.name}”{project.get_status_display()}，只有已采纳的项目需要核实。",
            status=project.status,
        )


def _record(project: Project, actor: User, verb: str, today: date, **facts: object) -> None:
    record(
        actor=actor,
        verb=verb,
        subject=project,
        facts=facts,
        project_id=project.pk,
        scope_path=project.organisation.path,
        occurred_on=today,
    )


@transaction.atomic
def set_staleness(
    *, actor: User, effective_from: date, amber_after_days: int, red_after_days: int, note: str, today: date
) -> StalenessSetting:
    """Put other thresholds in force from a day on; a row of the same day is replaced.

    Raises:
        StalenessInThePast: from a day before today, on which lists have been read already.
        StalenessDisordered: stale sooner than doubtful, or from the first day.
    """
    require(actor, Right.EDIT_STALENESS)
    if effective_from < today:
        raise StalenessInThePast("生效日期早于今天，请改为今天或以后。", effective_from=effective_from)
    if not 0 < amber_after_days < red_after_days:
        raise StalenessDisordered(
            "“情况不明”的天数须大于“久未核实”的天数，请核对。", amber=amber_after_days, red=red_after_days
        )
    row, _ = StalenessSetting.objects.update_or_create(
        effective_from=effective_from,
        defaults={"amber_after_days": amber_after_days, "red_after_days": red_after_days, "note": note[:300]},
    )
    record(
        actor=actor,
        verb="staleness.set",
        subject=row,
        facts={"amber_after_days": amber_after_days, "red_after_days": red_after_days, "note": note[:300]},
        occurred_on=effective_from,
    )
    return row
