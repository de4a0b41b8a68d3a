"""A bringing-in is taken back: what came with it goes, as if it had not been."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import Model, QuerySet

from accounts.models import User
from approvals.models import Decision, Step
from audit.services import record
from deadlines.models import Deadline, Pause
from onboarding.errors import WorkedOn, WrongState
from onboarding.models import BroughtRow
from projects.models import (
    AnnualList,
    AnnualListChange,
    BringingIn,
    DocumentNumber,
    LandUse,
    Project,
    ProjectClock,
)

# What comes with the projects themselves; anything else that leans on them is somebody's work.
OWN: tuple[type[Model], ...] = (
    *(Project, LandUse, ProjectClock, DocumentNumber, AnnualListChange),
    *(Step, Decision, Deadline, Pause),
)
_by_products: list[type[Model]] = []


def goes_with_deadlines(model: type[Model]) -> None:
    """Name a table whose rows the schedule writes about deadlines (`deadline`), to go with them.

    For apps above: called in AppConfig.ready. Without it such rows count as work and keep the ledger.
    """
    _by_products.append(model)


def take_back(*, actor: User, bringing: BringingIn, today: date, now: datetime) -> BringingIn:
    """Remove everything that came with a locked bringing-in. The caller has checked the right.

    The ledger, its rows and the log stay. The year's numbers are handed out again if none was given
    since.

    Raises:
        WrongState: not taken, undone, or signed off.
        WorkedOn: a project or step was changed since, or something was entered about it.
    """
    if bringing.state != BringingIn.State.TAKEN:
        raise WrongState(
            f"“{bringing.filename}”{bringing.get_state_display()}，不能撤销。", state=bringing.state
        )
    projects = Project.objects.filter(brought_in=bringing)
    AnnualList.objects.select_for_update().filter(projects__in=projects).order_by("pk").first()
    list(projects.order_by("pk").select_for_update(of=("self",)).values_list("pk"))
    _refuse_worked_on(bringing)
    _remove(bringing)
    bringing.state = BringingIn.State.UNDONE
    bringing.undone_by, bringing.undone_at = actor, now
    bringing.save(update_fields=["state", "undone_by", "undone_at"])
    record(
        actor=actor,
        verb="bringing.undone",
        subject=bringing,
        facts={"filename": bringing.filename, "projects": bringing.summary.get("projects")},
        scope_path=bringing.organisation.path,
        occurred_on=today,
    )
    return bringing


def _brought(bringing: BringingIn) -> dict[type[Model], QuerySet[Any]]:
    projects = Project.objects.filter(brought_in=bringing).order_by()
    ids = projects.values("pk")
    steps = Step.objects.filter(project__in=ids).order_by()
    return {Project: projects, Step: steps, Deadline: Deadline.objects.filter(project_id__in=ids).order_by()}


def _refuse_worked_on(bringing: BringingIn) -> None:
    found = sorted(set(_work(bringing)))
    if found:
        raise WorkedOn(
            f"导入后已有办理：{'、'.join(found[:6])}。不能整批撤销；请先撤回这些办理，或逐个项目改正。",
            found=found,
        )


def _work(bringing: BringingIn) -> Iterator[str]:
    """What was done with the projects since, in words. A fixed number of queries."""
    for model, rows in _brought(bringing).items():
        yield from _changed(model, rows)
        for relation in model._meta.related_objects:
            other = relation.related_model
            if other in OWN or other in _by_products or hasattr(other, "pgh_tracked_model"):
                continue
            leaning = other._default_manager.filter(**{f"{relation.field.name}__in": rows.values("pk")})
            if leaning.exclude(**_own_row(other, bringing)).exists():
                yield str(other._meta.verbose_name)
    yield from _changed(LandUse, LandUse.objects.filter(project__brought_in=bringing).order_by())
    if Project.objects.filter(merged_into__brought_in=bringing).exists():
        yield "项目合并"
    pauses = Pause.objects.filter(deadline__in=_brought(bringing)[Deadline].values("pk")).count()
    if pauses != bringing.summary.get("pauses"):
        yield "暂停"


def _own_row(model: type[Model], bringing: BringingIn) -> dict[str, object]:
    return {"bringing": bringing} if model is BroughtRow else {"pk": None}


def _changed(model: type[Model], rows: QuerySet[Any]) -> Iterator[str]:
    """Whether the history knows an update. Deadlines are computed anew by the schedule."""
    if model is Deadline:
        return
    events = next(r.related_model for r in model._meta.related_objects if r.field.name == "pgh_obj")
    if events._default_manager.filter(pgh_obj__in=rows.values("pk"), pgh_label="update").exists():
        yield f"修改{model._meta.verbose_name}"


def _remove(bringing: BringingIn) -> None:
    """By plain statements, from the leaves inward: two thousand projects have ninety thousand steps."""
    brought = _brought(bringing)
    projects, steps, deadlines = (brought[model].values("pk") for model in (Project, Step, Deadline))
    for model in _by_products:
        _wipe(model._default_manager.filter(deadline__in=deadlines))
    _wipe(Pause.objects.filter(deadline__in=deadlines))
    _wipe(Decision.objects.filter(step__in=steps))
    lists = list(AnnualList.objects.filter(projects__in=projects).distinct())
    _wipe(Step.objects.filter(project__in=projects))
    _wipe(Deadline.objects.filter(project_id__in=projects))
    BroughtRow.objects.filter(bringing=bringing).update(project=None)
    for model in (DocumentNumber, ProjectClock, LandUse, AnnualListChange):
        _wipe(model._default_manager.filter(project__in=projects))
    _wipe(Project.objects.filter(brought_in=bringing))
    for row in lists:
        if row.last_number == bringing.summary.get("last_number"):
            row.last_number = int(bringing.summary["first_number"]) - 1
            row.save(update_fields=["last_number"])


def _wipe(rows: QuerySet[Any]) -> None:
    """Without reading the rows: what leans on them is gone, or the database refuses."""
    rows.order_by()._raw_delete(rows.db)
