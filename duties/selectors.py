"""Problems and tasks: which there are, whose they are, what is not done."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, Prefetch, Q

from accounts.models import Organisation, User
from duties.models import (
    CoHolder,
    DutySetting,
    Problem,
    ProblemKind,
    ProblemMove,
    ProblemQuerySet,
    Progress,
    Task,
    TaskQuerySet,
)
from projects.models import Project

# Above a unit stands the prefecture or the province: those hold nobody's tasks for their parts.
_ABOVE = (Organisation.Kind.PROVINCE, Organisation.Kind.PREFECTURE)


def task_list(*, actor: User) -> TaskQuerySet:
    """The tasks the actor may read, with what a list shows. Two queries."""
    shared = CoHolder.objects.select_related("organisation")
    return (
        Task.objects.visible_to(actor)
        .select_related("holder", "issued_for", "issued_by", "person", "project", "problem", "deadline")
        .prefetch_related(Prefetch("co_holders", queryset=shared))
    )


def tasks_of_sources(kind: str, pks: Iterable[int], *, actor: User | None = None) -> list[Task]:
    """The tasks that these sources ordered, withdrawn ones left out, oldest first. Two queries.

    Args:
        kind: as `Source.kind`.
        actor: None reads all of them: for a service that decides whether its source is over.
    """
    rows = Task.objects.all() if actor is None else Task.objects.visible_to(actor)
    found = rows.filter(source_kind=kind, source_id__in=set(pks)).exclude(state=Task.State.WITHDRAWN)
    return list(
        found.select_related("holder", "person", "project", "deadline")
        .prefetch_related(Prefetch("co_holders", queryset=CoHolder.objects.select_related("organisation")))
        .order_by("pk")
    )


def unfinished_tasks(
    *, actor: User | None = None, source_kind: str = "", project: Project | None = None
) -> TaskQuerySet:
    """Tasks neither verified nor withdrawn, the first due first.

    Args:
        actor: None reads all of them, for services.
        source_kind: of one kind of source alone; empty is every.
    """
    rows = (Task.objects.all() if actor is None else Task.objects.visible_to(actor)).unfinished()
    if source_kind:
        rows = rows.filter(source_kind=source_kind)
    if project is not None:
        rows = rows.filter(project=project)
    return rows.select_related("holder", "project", "deadline").order_by("due_on", "pk")


def problem_list(*, actor: User) -> ProblemQuerySet:
    """The problems the actor may read, with what a list shows. One query."""
    return Problem.objects.visible_to(actor).select_related(
        "kind", "project", "area", "raised_by", "raiser", "office", "deadline"
    )


def open_problems(actor: User | None, project: Project | None = None) -> ProblemQuerySet:
    """Problems not resolved yet, oldest first; with a project, that project's. None: all, for services."""
    rows = Problem.objects.all() if actor is None else Problem.objects.visible_to(actor)
    if project is not None:
        rows = rows.filter(project=project)
    return rows.open().select_related("kind", "project", "area", "raised_by", "office").order_by("pk")


def holds(actor: User, unit: Organisation) -> bool:
    """Whether the actor acts for `unit`: a county's or department's people for all of theirs, the
    bureau's for their own office and for the bureau. No query beyond the actor's scope.
    """
    own, scope = actor.organisation, actor.scope
    if own is None or scope is None:
        return False
    side = scope.path if scope.is_department or actor.reporting_unit is not None else own.path
    return unit.path.startswith(side) or (unit.kind not in _ABOVE and own.path.startswith(unit.path))


def takes_part(actor: User, task: Task) -> bool:
    """Whether the actor acts for the holder or one of the co-holders. One query at most."""
    return holds(actor, task.holder) or any(holds(actor, row.organisation) for row in task.co_holders.all())


def issues(actor: User, task: Task) -> bool:
    """Whether the actor acts for the unit that issued the task; the dispatch office for its bureau."""
    if holds(actor, task.issued_for):
        return True
    scope = actor.scope
    return (
        actor.role == User.Role.DISPATCH
        and scope is not None
        and not scope.is_department
        and task.issued_for.path.startswith(scope.path)
    )


def handles(actor: User, problem: Problem) -> bool:
    """Whether the problem is the actor's to move: the office that has it, and the dispatch office."""
    return actor.role == User.Role.DISPATCH or holds(actor, problem.office)


def task_tab(tab: str, *, actor: User, today: date) -> Q:
    """The tasks of one tab of the list: `mine` what the actor's unit must do or helps with and has not
    finished, `issued` what it issued and nobody verified, `late` what is past its day and not reported.
    """
    unfinished = ~Q(state__in=Task.FINISHED)
    if tab == "open":
        return unfinished
    if tab == "done":
        return Q(state__in=Task.FINISHED)
    if tab == "late":
        return Q(state__in=Task.WITH_HOLDER) & (
            Q(deadline__due_on__lt=today) | Q(deadline__isnull=True, due_on__lt=today)
        )
    own, scope = actor.organisation, actor.scope
    if tab == "all" or own is None or scope is None:
        return Q()
    path = scope.path if scope.is_department or actor.reporting_unit is not None else own.path
    if tab == "issued":
        return unfinished & Q(issued_for__path__startswith=path)
    shared = CoHolder.objects.filter(task=OuterRef("pk"), organisation__path__startswith=path)
    above = [code for code in own.ancestor_codes if code != own.code]
    of_bureau = Q(holder__code__in=above) & ~Q(holder__kind__in=_ABOVE)
    return unfinished & (Q(holder__path__startswith=path) | Q(Exists(shared.order_by())) | of_bureau)


def holders(*, actor: User) -> list[Organisation]:
    """The units that hold tasks the actor may read. One query."""
    held = Task.objects.visible_to(actor).filter(holder=OuterRef("pk"))
    return list(Organisation.objects.filter(Exists(held.order_by())).order_by("path"))


def progress_of(task: Task, *, actor: User) -> list[Progress]:
    """The record of a task, oldest first. One query."""
    rows = Progress.objects.visible_to(actor).filter(task=task)
    return list(rows.select_related("entered_by", "organisation", "paper").order_by("pk"))


def parts_of(task: Task, *, actor: User) -> list[Task]:
    """The tasks below a task, in their order. Two queries."""
    return list(task_list(actor=actor).filter(parent=task).order_by("pk"))


def moves_of(problem: Problem, *, actor: User) -> list[ProblemMove]:
    """The record of a problem, oldest first. One query."""
    rows = ProblemMove.objects.visible_to(actor).filter(problem=problem)
    return list(rows.select_related("entered_by", "from_office", "to_office").order_by("pk"))


def kinds_in_force(on: date) -> list[ProblemKind]:
    """The versions of the kinds of problems that apply on a day. One query."""
    rows = ProblemKind.objects.filter(
        Q(effective_to__isnull=True) | Q(effective_to__gt=on), effective_from__lte=on
    )
    newest = rows.order_by("code", "-effective_from").distinct("code").select_related("office")
    return sorted(newest, key=lambda kind: kind.pk)


def setting_on(on: date) -> DutySetting:
    """The numbers in force on a day; a database without a row gets the model's own."""
    found = DutySetting.objects.filter(effective_from__lte=on).order_by("-effective_from").first()
    return found or DutySetting(effective_from=on)
