"""Problems and tasks: which there are, whose they are, what is not done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, Max, OuterRef, Q

from accounts.models import Organisation, Post, PostQuerySet, User
from accounts.posts import post_list
from duties.models import (
    CoHolder,
    DutyLetter,
    DutyLetterQuerySet,
    DutySetting,
    Finding,
    Inspection,
    InspectionQuerySet,
    Problem,
    ProblemKind,
    ProblemMove,
    ProblemQuerySet,
    Progress,
    ProgressQuerySet,
    SupervisionLetter,
    SupervisionLetterQuerySet,
    Task,
    TaskBook,
    TaskBookQuerySet,
    TaskQuerySet,
    Visit,
    VisitQuerySet,
)
from projects.models import Link, Project

# Above a unit stands the prefecture or the province: those hold nobody's tasks for their parts.
_ABOVE = (Organisation.Kind.PROVINCE, Organisation.Kind.PREFECTURE)


def task_list(*, actor: User) -> TaskQuerySet:
    """The tasks the actor may read, with what a list shows. Two queries."""
    return Task.objects.visible_to(actor).listed()


def tasks_about(project: Project, *, actor: User) -> TaskQuerySet:
    """The tasks on a project that the actor may open, with what a list shows: one's own, and for a
    county also those that the bureau and departments hold on its project, which it may not act on.
    Not those of another county that shares the project. Three queries.
    """
    if actor.reporting_unit is None:
        return task_list(actor=actor).filter(project=project)
    others = Organisation.objects.all().reporting_units().exclude(pk=actor.reporting_unit.pk)
    elsewhere = Q(pk__in=[])
    for path in others.values_list("path", flat=True):
        elsewhere |= Q(holder__path__startswith=path)
    own = Task.objects.visible_to(actor).filter(project=project).values("pk")
    return Task.objects.filter(Q(pk__in=own) | ~elsewhere, project=project).listed()


def tasks_of_sources(kind: str, pks: Iterable[int], *, actor: User) -> list[Task]:
    """The tasks that these sources ordered, withdrawn ones left out, oldest first. Two queries.

    Args:
        kind: as `Source.kind`.
    """
    found = task_list(actor=actor).filter(source_kind=kind, source_id__in=set(pks))
    return list(found.exclude(state=Task.State.WITHDRAWN).order_by("pk"))


def problem_list(*, actor: User) -> ProblemQuerySet:
    """The problems the actor may read, with what a list shows. One query."""
    return Problem.objects.visible_to(actor).listed()


def open_problems(actor: User, project: Project | None = None) -> ProblemQuerySet:
    """Problems not resolved yet, oldest first; with a project, that project's."""
    rows = Problem.objects.visible_to(actor)
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


def letter_list(*, actor: User) -> SupervisionLetterQuerySet:
    """The letters the actor sent or got, with what a list shows, and how many tasks each names. One query."""
    rows = SupervisionLetter.objects.visible_to(actor).annotate(tasks=Count("items"))
    return rows.select_related("addressee", "issued_for", "sent_by", "replied_by", "deadline", "paper")


def tasks_of_letter(letter: SupervisionLetter, *, actor: User) -> list[Task]:
    """What a letter urges. Two queries."""
    return list(task_list(actor=actor).filter(letters__letter=letter).order_by("pk"))


def urgeable(*, actor: User) -> TaskQuerySet:
    """What the actor may urge: issued by its unit (the dispatch office: by the bureau), not reported."""
    rows = Task.objects.visible_to(actor).filter(state__in=Task.WITH_HOLDER, deadline__isnull=False)
    return rows.select_related("holder", "deadline").order_by("due_on", "pk")


def visit_list(*, actor: User) -> VisitQuerySet:
    """Visits the actor may read, newest first. One query."""
    rows = Visit.objects.visible_to(actor)
    return rows.select_related("leader__organisation", "organisation", "project", "entered_by")


@dataclass(frozen=True, slots=True)
class LeaderVisits:
    """A leader's visits of a year. `lamp`: red when short of the minimum near or past the year's end.

    `post` says who holds it (`holder_name`).
    """

    post: Post
    done: int
    minimum: int
    last_on: date | None
    lamp: str


def visits_of_leaders(*, actor: User, year: int, today: date) -> list[LeaderVisits]:
    """Each leader's post the actor sees, with its visits of a year, those who lack some first. Three queries.

    Source: S1-06 包联领导年底前至少上门服务一次.
    """
    setting = setting_on(min(today, date(year, 12, 31)))
    warned = date(year, 12, 31) - timedelta(days=setting.visit_warning_days)
    posts = post_list(actor=actor, on=today).filter(duty=Post.Duty.LEADER, is_active=True)
    visits = Visit.objects.filter(visited_on__year=year, kind=Visit.Kind.SERVICE).order_by()
    counted = visits.values("leader").annotate(done=Count("pk"), last_on=Max("visited_on"))
    of_leader: dict[int, tuple[int, date | None]] = {
        row["leader"]: (row["done"], row["last_on"]) for row in counted
    }
    found = []
    for post in posts.order_by("organisation__path", "pk"):
        done, last_on = of_leader.get(post.pk, (0, None))
        lacks = "red" if today >= warned else "amber"
        lamp = "done" if done >= setting.visits_a_year else lacks
        found.append(LeaderVisits(post, done, setting.visits_a_year, last_on, lamp))
    return sorted(found, key=lambda row: row.done >= row.minimum)


def inspection_list(*, actor: User) -> InspectionQuerySet:
    """Inspections the actor may read, with the number of findings. One query."""
    rows = Inspection.objects.visible_to(actor).annotate(number_of_findings=Count("findings"))
    return rows.select_related("host", "leader__organisation", "deadline", "planned_by")


def findings_of(inspection: Inspection, *, actor: User) -> list[Finding]:
    """What a team found, oldest first. One query."""
    rows = Finding.objects.visible_to(actor).filter(inspection=inspection)
    return list(rows.select_related("organisation", "project", "entered_by").order_by("pk"))


def duty_letter_list(*, actor: User) -> DutyLetterQuerySet:
    """Letters of responsibility the actor may read. One query."""
    return DutyLetter.objects.visible_to(actor).select_related("party_a", "party_b", "paper", "entered_by")


def unsigned(*, actor: User, year: int) -> list[Organisation]:
    """Counties and parks the actor sees that have signed nothing with the prefecture in a year. One query."""
    scope = actor.scope
    if scope is None or scope.is_department:
        return []
    level = DutyLetter.Level.PREFECTURE_COUNTY
    signed = DutyLetter.objects.filter(year=year, level=level, party_b=OuterRef("pk"))
    units = Organisation.objects.all().reporting_units().filter(path__startswith=scope.path)
    return list(units.filter(~Exists(signed.order_by())))


def duty_letter_counts(*, actor: User, year: int) -> list[tuple[str, int]]:
    """How many letters of each level were signed in a year. One query."""
    rows = DutyLetter.objects.visible_to(actor).filter(year=year).order_by()
    found = dict(rows.values_list("level").annotate(number=Count("pk")))
    return [(level.label, found.get(level.value, 0)) for level in DutyLetter.Level]


def seat_of_actor(actor: User) -> Organisation:
    """The county, park or prefecture for which the actor signs. One query."""
    assert actor.organisation is not None, "who registers has a unit"
    kinds = (*Organisation.REPORTING_KINDS, Organisation.Kind.PREFECTURE)
    line = Organisation.objects.filter(code__in=actor.organisation.ancestor_codes, kind__in=kinds)
    return line.order_by("-path").first() or actor.organisation


def lead_leaders(project_ids: Iterable[int]) -> dict[int, str]:
    """The post of the leader who answers for each project (包联领导). One query."""
    rows = Link.objects.active().filter(project_id__in=set(project_ids), kind=Link.Kind.LEAD_LEADER)
    return {row.project_id: str(row.post) for row in rows.select_related("post__organisation") if row.post}


def liaisons(posts: PostQuerySet, *, on: date) -> dict[int, tuple[str, str]]:
    """Name and telephone of each unit's liaison among these posts. One query.

    A county's bureau also speaks for the county.
    """
    found: dict[int, tuple[str, str]] = {}
    held = posts.select_related("organisation").held(on)
    for post in held.filter(duty=Post.Duty.LIAISON, is_active=True):
        contact = (post.holder_name, post.holder_phone)  # type: ignore[attr-defined]  # annotated
        found[post.organisation_id] = contact
        if post.organisation.parent_id is not None:
            found.setdefault(post.organisation.parent_id, contact)
    return found


def progress_since(day: date, rows: ProgressQuerySet) -> dict[int, list[Progress]]:
    """What these rows say about tasks from a day on, by task. One query."""
    kinds = (Progress.Kind.PROGRESS, Progress.Kind.REPORTED)
    found: dict[int, list[Progress]] = {}
    for row in rows.filter(occurred_on__gte=day, kind__in=kinds).order_by("pk"):
        found.setdefault(row.task_id, []).append(row)
    return found


def book_list(*, actor: User) -> TaskBookQuerySet:
    """Books of tasks the actor may read; a preview only its owner's. One query."""
    shown = ~Q(state=TaskBook.State.PREVIEW) | Q(entered_by=actor)
    rows = TaskBook.objects.visible_to(actor).filter(shown).defer("rows", "problems")
    finished = Q(tasks__state__in=Task.FINISHED)
    return rows.select_related("organisation", "entered_by").annotate(
        number_of_tasks=Count("tasks"), number_finished=Count("tasks", filter=finished)
    )


def tree_of(book: TaskBook, *, actor: User) -> list[Task]:
    """The tasks of a book, each main item before its sub items. Two queries."""
    rows = task_list(actor=actor).filter(book=book)
    return sorted(rows, key=lambda task: [int(part) for part in task.book_number.split(".")])
