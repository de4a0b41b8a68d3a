"""汇总: the county puts what came in for its area together and passes it on to the bureau."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from accounts.models import User
from accounts.rights import RIGHTS, Right, require
from accounts.selectors import prefecture_of
from audit.services import Act, record_all
from notifications.models import Message
from notifications.services import tell
from projects.models import CollectionWindow, Gathering, Project
from projects.refusals import NotGathering, ReasonMissing
from projects.services.answers import answer_all
from projects.services.locking import lock_projects
from projects.services.screening import turn_away
from projects.services.windows import note_gathering

_SCREENERS = [role for role, rights in RIGHTS.items() if {Right.SCREEN_LIST, Right.RUN_WINDOWS} <= rights]


@transaction.atomic
def pass_on(*, actor: User, project_ids: Sequence[int], today: date) -> list[Project]:
    """Pass projects on from their county to the bureau's screening, all or none; reporters are told.

    The county does it for its area, and that is its answer in the window. The bureau may do it
    where the window says so, or once the window is closed.

    Raises:
        NotGathering: one does not wait for its county, or the county has to gather first.
        Project.DoesNotExist: one is unknown or not visible.
    """
    is_county = actor.reporting_unit is not None
    require(actor, Right.GATHER_LIST if is_county else Right.SCREEN_LIST)
    projects = lock_projects(actor, project_ids)
    windows = CollectionWindow.objects.in_bulk({p.window_id for p in projects if p.window_id is not None})
    for project in projects:
        _check_waits(project)
        if not is_county:
            _check_bureau_may(project, windows.get(project.window_id or 0))
    for project in projects:
        project.status = Project.Status.SUBMITTED
        project.gathered_on, project.gathered_by = today, actor
        project.save(update_fields=["status", "gathered_on", "gathered_by", "updated_at"])
    entries = record_all(
        actor=actor,
        acts=[Act("project.gathered", p, project_id=p.pk, scope_path=p.organisation.path) for p in projects],
        occurred_on=today,
    )
    answer_all(
        (project, entry.pk, f"“{project.name}”已汇总上报", "县市已汇总，报州局审核。")
        for project, entry in zip(projects, entries, strict=True)
        if project.submitted_by_id != project.organisation_id
    )
    if is_county:
        _note(projects, windows, actor=actor, today=today)
    _tell_bureau(projects, first_entry=entries[0].pk if entries else 0)
    return projects


def _check_waits(project: Project) -> None:
    if project.status != Project.Status.REPORTED:
        raise NotGathering(
            f"“{project.name}”{project.get_status_display()}，不在待汇总之列；刷新页面查看最新情况。",
            project_id=project.pk,
            status=project.status,
        )


def _check_bureau_may(project: Project, window: CollectionWindow | None) -> None:
    if window is not None and window.gathering == Gathering.COUNTY and window.is_open:
        raise NotGathering(
            f"“{project.name}”所在批次须由县市先汇总；批次关闭后州局可以直接审核。", project_id=project.pk
        )


def _note(
    projects: Sequence[Project], windows: dict[int, CollectionWindow], *, actor: User, today: date
) -> None:
    unit = actor.reporting_unit
    assert unit is not None
    for pk in sorted({p.window_id for p in projects if p.window_id is not None}):
        note_gathering(window=windows[pk], organisation=unit, actor=actor, today=today)


def _tell_bureau(projects: Sequence[Project], *, first_entry: int) -> None:
    if not projects:
        return
    names = "、".join(sorted({project.organisation.short_name for project in projects}))
    bureau = prefecture_of(projects[0].organisation).path
    tell(
        recipients=User.objects.filter(
            role__in=_SCREENERS, is_active=True, organisation__path__startswith=bureau
        ),
        kind=Message.Kind.NOTICE,
        key=f"gathered-{first_entry}",
        title=f"{names}汇总上报 {len(projects)} 个项目",
        body="请审核后采纳、退回或合并。",
        url="/screening/",
    )


@transaction.atomic
def send_back(*, actor: User, project_id: int, reason: str, today: date) -> Project:
    """The county returns a row of its area to whoever handed it in, with the reason.

    Raises:
        NotGathering: it does not wait for its county.
        ReasonMissing: nothing says why.
    """
    require(actor, Right.GATHER_LIST)
    if not reason.strip():
        raise ReasonMissing("退回须写明理由，补充后再退回。")
    [project] = lock_projects(actor, [project_id])
    _check_waits(project)
    why = f"县市退回：{reason.strip()}"[:500]
    return turn_away(
        project,
        Project.Status.RETURNED,
        why=why,
        told=("已退回", f"{why}。修改后可重新报送。"),
        verb="project.returned",
        actor=actor,
        today=today,
    )
