"""Who answers for what, and where nobody does: gap lists, contacts, task forces, liaison calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.models import Organisation, OrganisationQuerySet, Post, Tenure, User
from accounts.posts import holders_on
from projects.models import (
    CriteriaSet,
    LiaisonCall,
    LiaisonCallQuerySet,
    LiaisonReply,
    LiaisonReplyQuerySet,
    Link,
    PlanItem,
    Project,
    ProjectQuerySet,
    TaskForce,
    TaskForceMember,
    TaskForceQuerySet,
    list_name,
)

CONTACT_KINDS = (
    Organisation.Kind.COUNTY,
    Organisation.Kind.PARK,
    Organisation.Kind.TOWN,
    Organisation.Kind.DEPARTMENT,
)


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that a project lacks. `kind`: the link that fills it, "" where none does.

    `asks` says in words of which projects it is asked.
    """

    slug: str
    label: str
    asks: str
    kind: str
    lacks: Callable[[Terms], Q]


@dataclass(frozen=True, slots=True)
class Terms:
    """What the criteria in force say about who needs whom, as conditions on projects."""

    key: Q
    led: Q
    liaison: Q
    year: int
    on: date


def terms_on(on: date) -> Terms:
    """The terms of the criteria in force. Two queries."""
    found = CriteriaSet.objects.in_force(on)
    nobody = Q(pk__in=[])
    if found is None:
        return Terms(nobody, nobody, nobody, on.year, on)
    led = nobody
    for flag in found.lead_flags:
        led |= Q(standing__scope_flags__contains=[flag])
    return Terms(
        key=Q(priority_class__in=found.key_classes) | Q(list_category__in=found.key_categories),
        led=led,
        liaison=Q(list_category__in=found.liaison_categories),
        year=on.year,
        on=on,
    )


def _no_link(kind: Link.Kind) -> Q:
    return Q(~Exists(Link.objects.active().filter(project=OuterRef("pk"), kind=kind)))


def _no_plan(terms: Terms) -> Q:
    items = PlanItem.objects.filter(project=OuterRef("pk"), year=terms.year)
    return Q(~Exists(items.exclude(state=PlanItem.State.STRUCK)))


def _vacant(terms: Terms) -> Q:
    held = Tenure.objects.on(terms.on).filter(post=OuterRef("post"))
    links = Link.objects.active().filter(project=OuterRef("pk"), post__isnull=False)
    return Q(Exists(links.filter(~Exists(held))))


GAPS: Mapping[str, Gap] = {
    gap.slug: gap
    for gap in (
        Gap(
            "leader",
            "缺领办领导",
            "重点项目，和须领办的项目",
            Link.Kind.LEAD_LEADER,
            lambda terms: (terms.key | terms.led) & _no_link(Link.Kind.LEAD_LEADER),
        ),
        Gap(
            "force",
            "缺专班",
            "重点项目",
            Link.Kind.TASK_FORCE,
            lambda terms: terms.key & _no_link(Link.Kind.TASK_FORCE),
        ),
        Gap(
            "plan",
            "未纳入方案",
            "重点项目，和须领办的项目",
            "",
            lambda terms: (terms.key | terms.led) & _no_plan(terms),
        ),
        Gap(
            "office",
            "缺主办部门",
            "须领办的项目",
            Link.Kind.LEAD_OFFICE,
            lambda terms: terms.led & _no_link(Link.Kind.LEAD_OFFICE),
        ),
        Gap(
            "county",
            "缺县局联系领导",
            "重点项目",
            Link.Kind.COUNTY_LEADER,
            lambda terms: terms.key & _no_link(Link.Kind.COUNTY_LEADER),
        ),
        Gap(
            "liaison",
            "缺镇街联络员",
            "省、州重点等须配联络员的项目",
            Link.Kind.TOWN_LIAISON,
            lambda terms: terms.liaison & _no_link(Link.Kind.TOWN_LIAISON),
        ),
        Gap("vacant", "责任岗位空缺", "已指定岗位的项目", "", _vacant),
        Gap(
            "class",
            "类别未确认",
            "全部在册项目",
            "",
            lambda terms: Q(standing__class_confirmed_on__isnull=True),
        ),
    )
}


def gap_projects(*, actor: User, gap: Gap, terms: Terms) -> ProjectQuerySet:
    """The adopted projects that lack it, most urgent class and largest investment first. One query."""
    return (
        Project.objects.visible_to(actor)
        .adopted()
        .filter(gap.lacks(terms))
        .select_related("organisation", "land", "standing")
        .annotate(list_name=list_name())
    )


def gap_counts(*, actor: User, terms: Terms, project_id: int | None = None) -> dict[str, int]:
    """How many adopted projects lack what, by slug; or whether the one does. One query."""
    counts = {gap.slug: Count("pk", filter=gap.lacks(terms), distinct=True) for gap in GAPS.values()}
    rows = Project.objects.visible_to(actor).adopted()
    if project_id is not None:
        rows = rows.filter(pk=project_id)
    found: dict[str, int] = rows.aggregate(**counts)
    return found


@dataclass(frozen=True, slots=True)
class Person:
    """A link with who holds its post on the day; `holder` None for other links and vacant posts."""

    link: Link
    holder: Tenure | None

    @property
    def is_vacant(self) -> bool:
        return self.link.post_id is not None and self.holder is None


def links_of(project_ids: Iterable[int], *, on: date) -> dict[int, list[Person]]:
    """The active links of projects, in the order of their kinds, with holders. Two queries."""
    rows = list(
        Link.objects.active()
        .filter(project__in=list(project_ids))
        .select_related("post__organisation", "organisation", "task_force__host", "entered_by")
    )
    holding = holders_on([row.post_id for row in rows if row.post_id], on=on)
    found: dict[int, list[Person]] = {}
    order = [kind.value for kind in Link.Kind]
    for row in sorted(rows, key=lambda row: order.index(row.kind)):
        found.setdefault(row.project_id, []).append(Person(row, holding.get(row.post_id or 0)))
    return found


def past_links(*, project_id: int) -> QuerySet[Link]:
    """Who answered for a project before, the last first. One query."""
    rows = Link.objects.filter(project=project_id, to_on__isnull=False)
    return rows.select_related("post__organisation", "organisation", "task_force").order_by("-to_on", "-pk")


def posts_for(kind: Link.Kind, project: Project, *, on: date) -> QuerySet[Post]:
    """The posts that may answer for a project by a kind of link, with holders of the day."""
    county = project.organisation
    rows = Post.objects.filter(is_active=True).select_related("organisation").held(on)
    if kind == Link.Kind.LEAD_LEADER:
        prefecture = county.path.removesuffix(f"{county.code}/")
        rows = rows.filter(duty=Post.Duty.LEADER, organisation__path__startswith=prefecture)
        inside = Organisation.objects.filter(kind__in=Organisation.REPORTING_KINDS)
        below = inside.filter(path__startswith=prefecture).values_list("path", flat=True)
        for path in below:
            rows = rows.exclude(organisation__path__startswith=path)
        return rows.order_by("organisation__path", "title")
    duties = [Post.Duty.LEADER, Post.Duty.HEAD, Post.Duty.DEPUTY]
    if kind == Link.Kind.TOWN_LIAISON:
        duties = [Post.Duty.LIAISON, Post.Duty.OFFICER, Post.Duty.DEPUTY]
    rows = rows.filter(duty__in=duties, organisation__path__startswith=county.path)
    return rows.order_by("organisation__path", "title")


# --- contacts ------------------------------------------------------------------------------------


def contact_list(*, actor: User, on: date) -> OrganisationQuerySet:
    """Units with who is first responsible, deputy in charge and liaison on the day. One query.

    Annotates head, deputy and liaison ("" where nobody is) and their phones.

    Source: S2-26, S2-30.
    """
    scope = actor.scope
    if scope is None:
        return Organisation.objects.none()
    units = Organisation.objects.filter(path__startswith=scope.path, kind__in=CONTACT_KINDS, is_active=True)
    columns: dict[str, Coalesce | Exists] = {}
    for duty in Post.ONE_EACH:
        rows = Tenure.objects.on(on).filter(post__organisation=OuterRef("pk"), post__duty=duty)
        rows = rows.filter(post__is_active=True)
        name = Coalesce("person_name", Value(""))
        columns[duty.lower()] = Coalesce(Subquery(rows.values(name=name)[:1]), Value(""))
        columns[f"{duty.lower()}_account"] = Coalesce(Subquery(rows.values("user__title")[:1]), Value(""))
        columns[f"{duty.lower()}_phone"] = Coalesce(Subquery(rows.values("phone")[:1]), Value(""))
        columns[f"{duty.lower()}_held"] = Exists(rows)
    return units.annotate(**columns)


def missing_contacts(*, actor: User, on: date) -> dict[str, int]:
    """How many units lack each of the three. One query."""
    counts = {duty: Count("pk", filter=Q(**{f"{duty.lower()}_held": False})) for duty in Post.ONE_EACH}
    found: dict[str, int] = contact_list(actor=actor, on=on).aggregate(**counts)
    return found


# --- task forces ---------------------------------------------------------------------------------


def task_forces(*, actor: User, on: date) -> TaskForceQuerySet:
    """Task forces with their host, members of the day and number of projects. Two queries."""
    members = TaskForceMember.objects.on(on).select_related("post__organisation")
    projects = Count("links", filter=Q(links__to_on__isnull=True), distinct=True)
    return (
        TaskForce.objects.visible_to(actor)
        .select_related("host")
        .annotate(projects=projects)
        .prefetch_related(Prefetch("members", queryset=members, to_attr="present"))
        .order_by("name")
    )


def proposed_force(project: Project, forces: Sequence[TaskForce]) -> TaskForce | None:
    """The standing task force for a project's flags, else for its class (S4-10). No query.

    Reads `standing`; `forces` are those that are not dissolved.
    """
    standing = getattr(project, "standing", None)
    flags = set(standing.scope_flags if standing else ())
    by_flag = next((force for force in forces if flags & set(force.scope_flags)), None)
    return by_flag or next((force for force in forces if project.priority_class in force.classes), None)


# --- liaison calls -------------------------------------------------------------------------------


def liaison_calls(*, actor: User) -> LiaisonCallQuerySet:
    """Notices that asked for liaisons, with how many answered and owe. One query."""
    answered = Count("replies", filter=Q(replies__replied_on__isnull=False))
    return (
        LiaisonCall.objects.visible_to(actor)
        .select_related("issued_by", "entered_by")
        .annotate(asked=Count("replies"), answered=answered, owed=Count("replies") - answered)
    )


def liaison_replies(*, actor: User, on: date) -> LiaisonReplyQuerySet:
    """What units owe or gave, with the liaison's name and phone of the day. One query."""
    now = Tenure.objects.on(on).filter(post=OuterRef("post"))
    return (
        LiaisonReply.objects.visible_to(actor)
        .select_related("organisation", "call", "deadline", "post")
        .annotate(
            liaison_name=Coalesce(
                Subquery(now.values(name=Coalesce("person_name", "user__title"))[:1]), Value("")
            ),
            liaison_phone=Coalesce(Subquery(now.values("phone")[:1]), Value("")),
        )
        .order_by("organisation__path")
    )


def units_to_ask(*, actor: User) -> OrganisationQuerySet:
    """Whom a call may be addressed to: counties, parks and the prefecture's own offices (S1-19)."""
    scope = actor.scope
    if scope is None:
        return Organisation.objects.none()
    kinds = (*Organisation.REPORTING_KINDS, Organisation.Kind.OFFICE)
    return Organisation.objects.filter(path__startswith=scope.path, kind__in=kinds, is_active=True)


@dataclass(frozen=True, slots=True)
class Member:
    """A member with who holds the post on the day."""

    row: TaskForceMember
    holder: Tenure | None


def members_of(force: TaskForce, *, on: date) -> list[Member]:
    """The members of the day, head first. Reads `present` of `task_forces`. One query."""
    rows: list[TaskForceMember] = force.present  # type: ignore[attr-defined]  # prefetched
    holding = holders_on([row.post_id for row in rows], on=on)
    order = TaskForceMember.ORDER
    found = sorted(rows, key=lambda row: (order.index(row.role), row.pk))
    return [Member(row, holding.get(row.post_id)) for row in found]
