"""The queue of projects, with what the criteria and brackets propose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, DecimalField, Exists, F, IntegerField, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce

from accounts.models import Organisation, Post, User
from projects.models import (
    AreaLink,
    BracketSet,
    CriteriaSet,
    Link,
    Project,
    ProjectQuerySet,
    QueueJump,
    ScopeFlag,
    Standing,
)
from projects.rules.brackets import Boundary, InvestmentBracket, propose_title, span_words
from projects.rules.ordering import (
    CLASS_ORDER,
    UNCLASSED,
    ClassCriterion,
    ClassFacts,
    ClassProposal,
    ClassWords,
    criterion_words,
    propose_class,
)
from projects.selectors.list_kinds import list_names

QUEUE_ORDER = ("queue_rank", "queue_head", "queue_jump", "-queue_money")
NUMBERED = 5_000
_MONEY = DecimalField(max_digits=18, decimal_places=2)

_FLAGS = {code: str(label) for code, label in ScopeFlag.choices}


def class_words() -> ClassWords:
    """What kinds of list and flags are called. One query."""
    return ClassWords(categories=list_names(), flags=_FLAGS)


def queue(*, actor: User) -> ProjectQuerySet:
    """The adopted projects that the actor may see, ready to be ordered by `QUEUE_ORDER`. One query.

    The order of projects.rules.ordering.in_order in SQL: class (or the class jumped to), who jumped
    first, then investment, most first, then the older project.
    """
    jumps = QueueJump.objects.filter(project=OuterRef("pk"), ended_on__isnull=True)
    ranks = [When(queue_class=code, then=Value(rank)) for rank, code in enumerate(CLASS_ORDER)]
    jumped = {"queue_jump_id__isnull": False}
    return (
        Project.objects.visible_to(actor)
        .adopted()
        .select_related("organisation", "land", "standing__class_confirmed_by")
        .annotate(
            queue_jump_id=Subquery(jumps.values("pk")[:1]),
            queue_class=Coalesce(Subquery(jumps.values("to_class")[:1]), F("priority_class")),
            queue_rank=Case(*ranks, default=Value(UNCLASSED), output_field=IntegerField()),
            queue_head=Case(When(**jumped, then=Value(0)), default=Value(1), output_field=IntegerField()),
            queue_jump=Coalesce(F("queue_jump_id"), Value(0)),
            queue_money=Case(
                When(**jumped, then=Value(0, output_field=_MONEY)),
                default=Coalesce(F("investment_yuan"), Value(-1, output_field=_MONEY)),
                output_field=_MONEY,
            ),
        )
    )


def led_projects(*, actor: User) -> ProjectQuerySet:
    """The projects of the queue that a leader leads: what is dispatched first (S2-24). One query."""
    led = Link.objects.active().filter(project=OuterRef("pk"), kind=Link.Kind.LEAD_LEADER)
    return queue(actor=actor).filter(Exists(led))


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A project in the queue. `place` counts from 1 in the whole queue the reader sees."""

    project: Project
    place: int | None
    standing: Standing | None
    jump: QueueJump | None
    proposal: ClassProposal
    lead: Link | None

    @property
    def differs(self) -> bool:
        """Whether the criteria propose another class than the one that stands."""
        return bool(
            self.proposal.priority_class and self.proposal.priority_class != self.project.priority_class
        )

    @property
    def proposed_words(self) -> str:
        code = self.proposal.priority_class
        return str(Project.PriorityClass(code).label) if code else ""


def queue_rows(projects: Iterable[Project], *, actor: User, today: date) -> list[QueueRow]:
    """Each project with its place, proposal, jump and leader. Seven queries, however many projects."""
    rows = list(projects)
    ids = [project.pk for project in rows]
    order = queue(actor=actor).order_by(*QUEUE_ORDER, "pk").values_list("pk", flat=True)
    places = {pk: place for place, pk in enumerate(order[:NUMBERED], start=1)}
    jumps = QueueJump.objects.filter(project__in=ids, ended_on__isnull=True).select_related("entered_by")
    by_jump = {row.project_id: row for row in jumps}
    leads = Link.objects.active().filter(project__in=ids, kind=Link.Kind.LEAD_LEADER)
    by_lead = {row.project_id: row for row in leads.select_related("post__organisation")}
    proposals = proposed_classes(rows, today=today)
    return [
        QueueRow(
            project=project,
            place=places.get(project.pk),
            standing=getattr(project, "standing", None),
            jump=by_jump.get(project.pk),
            proposal=proposals[project.pk],
            lead=by_lead.get(project.pk),
        )
        for project in rows
    ]


def proposed_classes(projects: Iterable[Project], *, today: date) -> dict[int, ClassProposal]:
    """The class each project would get by the criteria in force, with the reason. Three queries.

    Reads `standing`, which the caller has selected with the projects.
    """
    criteria, words = criteria_of(CriteriaSet.objects.in_force(today)), class_words()
    return {
        project.pk: propose_class(_facts(project), criteria, today=today, words=words) for project in projects
    }


def _facts(project: Project) -> ClassFacts:
    standing: Standing | None = getattr(project, "standing", None)
    return ClassFacts(
        list_category=project.list_category,
        flags=frozenset(standing.scope_flags if standing else ()),
        planned_start_on=project.planned_start_on,
        investment_yuan=project.investment_yuan,
    )


def criteria_of(found: CriteriaSet | None) -> list[ClassCriterion]:
    """A stored set as the rules read it; prefetch `criteria`."""
    if found is None:
        return []
    return [
        ClassCriterion(
            position=row.position,
            priority_class=row.priority_class,
            list_categories=frozenset(row.list_categories),
            flags=frozenset(row.scope_flags),
            starts_within_months=row.starts_within_months,
            investment_from_yuan=row.investment_from_yuan,
        )
        for row in found.criteria.all()
    ]


def brackets_of(found: BracketSet | None) -> list[InvestmentBracket]:
    """A stored set as the rules read it, largest first; prefetch `brackets`."""
    if found is None:
        return []
    rows = [InvestmentBracket(row.from_yuan, row.leader_title, row.note) for row in found.brackets.all()]
    return sorted(rows, key=lambda row: -row.from_yuan)


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One line of a set, in words."""

    label: str
    says: str
    note: str = ""


def criteria_lines(found: CriteriaSet, words: ClassWords) -> list[RuleLine]:
    return [
        RuleLine(str(Project.PriorityClass(row.priority_class).label), criterion_words(row, words))
        for row in criteria_of(found)
    ]


def bracket_lines(found: BracketSet) -> list[RuleLine]:
    rows = brackets_of(found)
    return [
        RuleLine(
            span_words(rows, place, Boundary(found.boundary)),
            row.leader_title or "未规定，由主办部门商定",
            row.note,
        )
        for place, row in enumerate(rows)
    ]


# --- the leader --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LeaderProposal:
    """Which post answers for a project by the brackets, and why.

    post: None where the rule names nobody, or several and the area's own leader is none of them.
    candidates: whom one may choose from.
    """

    post: Post | None
    candidates: Sequence[Post]
    reason: str


def proposed_leader(project: Project, *, today: date) -> LeaderProposal:
    """The leader by investment; of several with the title, the one who answers for the area.

    At most five queries. Source: S3-05, S3-06.
    """
    found = BracketSet.objects.in_force(today)
    boundary = Boundary(found.boundary if found else BracketSet.Boundary.HIGHER)
    proposal = propose_title(project.investment_yuan, brackets_of(found), boundary=boundary)
    leaders = list(prefecture_leaders(project.organisation, on=today))
    title, why = proposal.leader_title, proposal.reason
    if not title:
        return LeaderProposal(None, leaders, why)
    named = [post for post in leaders if post.title.startswith(title)]
    if len(named) == 1:
        return LeaderProposal(named[0], leaders, f"{why}，{title}负责")
    area = AreaLink.objects.active().filter(area=project.organisation_id).first()
    chosen = next((post for post in named if area and post.pk == area.leader_post_id), None)
    if chosen is not None:
        where = project.organisation.short_name
        return LeaderProposal(chosen, leaders, f"{why}，{title}负责；包联{where}的是{chosen.title}")
    few = f"共 {len(named)} 位，请选定一位" if named else "没有登记这一岗位"
    return LeaderProposal(None, named or leaders, f"{why}，{title}负责（{few}）")


def prefecture_leaders(organisation: Organisation, *, on: date) -> Iterable[Post]:
    """The leaders' posts of the bureaus and governments above a county, with their holders."""
    above = [code for code in organisation.ancestor_codes if code != organisation.code]
    return (
        Post.objects.filter(duty=Post.Duty.LEADER, is_active=True)
        .filter(organisation__in=_seats(above))
        .select_related("organisation")
        .held(on)
        .order_by("organisation__path", "title")
    )


def _seats(codes: Sequence[str]) -> Iterable[int]:
    """The organisations with these codes, and the bureaus directly below them."""
    here = Organisation.objects.filter(code__in=codes)
    bureaus = Organisation.objects.filter(parent__code__in=codes, kind=Organisation.Kind.BUREAU)
    return (here | bureaus).values_list("pk", flat=True)
