"""Who answers for what and where nobody does: gaps, links, contacts, task forces."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import actor_of, login_required
from accounts.models import Organisation, Post
from accounts.posts import name_contact, post_list
from accounts.rights import Right, allowed, require
from core import clock
from core.errors import DomainError
from papers import services as papers
from papers.models import Paper
from papers.selectors import papers_of
from projects.models import Link, Project, TaskForce, TaskForceMember
from projects.people_filters import ContactFilterSet
from projects.people_forms import (
    EndLinkForm,
    HolderForm,
    LinkForm,
    MemberForm,
    TaskBookForm,
    TaskForceForm,
)
from projects.selectors import people as reading
from projects.selectors.matrix import areas_without_leader
from projects.selectors.ordering import proposed_leader
from projects.selectors.people import GAPS
from projects.services import people
from projects.services.people import Target
from ui.filling import FormPage, back_to, fill_in
from ui.htmx import render_page
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb, Kpi, Tab

GAP_ORDER = ("organisation__code", "number")


# --- gaps ------------------------------------------------------------------------------------------


@login_required
@require_GET
def gaps(request: HttpRequest) -> HttpResponse:
    """What projects lack, each count with its rows."""
    actor, today = actor_of(request), clock.today()
    terms = reading.terms_on(today)
    counts = reading.gap_counts(actor=actor, terms=terms)
    gap = GAPS.get(request.GET.get("gap", "")) or next(iter(GAPS.values()))
    rows = reading.gap_projects(actor=actor, gap=gap, terms=terms)
    page = keyset_page(rows, order=GAP_ORDER, cursor=request.GET.get("cursor"))
    persons = reading.links_of([project.pk for project in page], on=today)
    context = {
        "gap": gap,
        "page": page,
        "rows": [(project, persons.get(project.pk, ())) for project in page],
        "total": capped_count(rows),
        "tabs": [
            Tab(row.label, f"?gap={slug}", counts[slug], is_active=row is gap) for slug, row in GAPS.items()
        ],
        "units": _unit_gaps(request),
        "act": _gap_action(request, gap),
    }
    return render_page(request, "projects/gaps.html", context, partial="list")


def _gap_action(request: HttpRequest, gap: reading.Gap) -> str:
    """The words of what fills the gap, where the reader may."""
    actor = actor_of(request)
    if gap.slug == "class":
        return "确定类别" if allowed(actor, Right.RANK_PROJECTS) else ""
    if gap.slug == "plan":
        return "纳入方案" if allowed(actor, Right.EDIT_PLAN) else ""
    if not gap.kind or not allowed(actor, Right.ASSIGN_LINKS):
        return ""
    return "指定" if Link.Kind(gap.kind) in kinds_of(request) else ""


def kinds_of(request: HttpRequest) -> Iterable[Link.Kind]:
    """The kinds of links the reader names."""
    actor = actor_of(request)
    if not allowed(actor, Right.ASSIGN_LINKS):
        return ()
    return people.COUNTY_KINDS if actor.role == actor.Role.COUNTY else tuple(Link.Kind)


def _unit_gaps(request: HttpRequest) -> list[Kpi]:
    actor, today = actor_of(request), clock.today()
    missing = reading.missing_contacts(actor=actor, on=today)
    page = reverse("projects:contacts")
    found = [
        Kpi(f"缺{Post.Duty(duty).label}", missing[duty], "个单位", "", f"{page}?missing={duty}")
        for duty in Post.ONE_EACH
    ]
    areas = len(list(areas_without_leader(actor=actor)))
    return [*found, Kpi("缺包联领导", areas, "个地区", "", reverse("projects:matrix"))]


# --- links -----------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def assign(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Name who answers for a project; the form opens with what the rules propose."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.ASSIGN_LINKS)
    project = _project(request, pk)
    if kind not in Link.Kind.values:
        raise Http404
    wanted = Link.Kind(kind)
    people.refuse_foreign_kind(actor, wanted)
    target, note = _proposal(request, project, wanted)
    initial: dict[str, object] = {"from_on": today}
    for name in ("post", "organisation", "task_force"):
        if getattr(target, name) is not None:
            initial[name] = getattr(target, name).pk
    posts = reading.posts_for(wanted, project, on=today) if wanted.value in Link.POST_KINDS else None
    forces = TaskForce.objects.visible_to(actor).standing()
    form = LinkForm(request.POST or None, initial=initial, kind=wanted, posts=posts, forces=forces)

    def act() -> str:
        chosen = form.target()
        done = people.assign_link(
            actor=actor,
            project_id=pk,
            kind=wanted,
            target=chosen,
            from_on=form.cleaned_data["from_on"],
            basis=note if chosen == target else "",
            reason=form.cleaned_data["reason"],
            today=today,
        )
        return f"“{project.name}”的{wanted.label}：{done.target}。"

    back = back_to(request, f"{project.get_absolute_url()}?tab=people")
    title = f"指定{wanted.label}"
    crumbs = [
        Crumb("责任缺口", reverse("projects:gaps")),
        Crumb(project.name, project.get_absolute_url()),
        Crumb(title),
    ]
    page = FormPage(title, back, crumbs, project.name, notes=(note,) if note else ())
    return fill_in(request, form, page, act)


def _proposal(request: HttpRequest, project: Project, kind: Link.Kind) -> tuple[Target, str]:
    """Whom the rules propose and why."""
    today = clock.today()
    if kind is Link.Kind.LEAD_LEADER:
        found = proposed_leader(project, today=today)
        return Target(post=found.post), found.reason
    if kind is Link.Kind.TASK_FORCE:
        forces = list(reading.task_forces(actor=actor_of(request), on=today).standing())
        force = reading.proposed_force(project, forces)
        return Target(task_force=force), f"按项目情形建议：{force}" if force else ""
    if kind is Link.Kind.LEAD_OFFICE:
        above = project.organisation.parent_id
        bureau = Organisation.objects.filter(parent=above, kind=Organisation.Kind.BUREAU).first()
        return Target(organisation=bureau), f"领办项目由{bureau}主办" if bureau else ""
    return Target(), ""


@login_required
@require_http_methods(["GET", "POST"])
def end_link(request: HttpRequest, pk: int) -> HttpResponse:
    actor, today = actor_of(request), clock.today()
    require(actor, Right.ASSIGN_LINKS)
    rows = Link.objects.visible_to(actor).select_related("project", "post__organisation", "organisation")
    link = get_object_or_404(rows.select_related("task_force"), pk=pk)
    people.refuse_foreign_kind(actor, Link.Kind(link.kind))
    form = EndLinkForm(request.POST or None, initial={"ended_on": today})

    def act() -> str:
        people.end_link(actor=actor, link_id=pk, today=today, **form.cleaned_data)
        return f"已解除“{link.project.name}”的{link.get_kind_display()}。"

    back = f"{link.project.get_absolute_url()}?tab=people"
    title = f"解除{link.get_kind_display()}"
    crumbs = [Crumb(link.project.name, back), Crumb(title)]
    page = FormPage(title, back, crumbs, f"{link.project.name}：{link.target}", button="解除")
    return fill_in(request, form, page, act)


def _project(request: HttpRequest, pk: int) -> Project:
    rows = Project.objects.visible_to(actor_of(request)).exclude(status__in=Project.HISTORY)
    return get_object_or_404(rows.select_related("organisation", "standing"), pk=pk)


# --- contacts --------------------------------------------------------------------------------------


@login_required
@require_GET
def contacts(request: HttpRequest) -> HttpResponse:
    actor, today = actor_of(request), clock.today()
    rows = reading.contact_list(actor=actor, on=today)
    filterset = ContactFilterSet(request.GET, queryset=rows, request=request)
    context = {
        "filterset": filterset,
        "page": keyset_page(filterset.qs, order=("path",), cursor=request.GET.get("cursor")),
        "total": capped_count(filterset.qs),
        "may_name": allowed(actor, Right.MANAGE_POSTS),
    }
    return render_page(request, "projects/contacts.html", context, partial="list")


@login_required
@require_http_methods(["GET", "POST"])
def contact(request: HttpRequest, code: str, duty: str) -> HttpResponse:
    """Name a unit's head, deputy in charge or liaison."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.MANAGE_POSTS)
    unit = get_object_or_404(reading.contact_list(actor=actor, on=today), code=code)
    if duty not in Post.ONE_EACH:
        raise Http404
    wanted = Post.Duty(duty)
    form = HolderForm(request.POST or None, initial={"starts_on": today}, actor=actor)

    def act() -> str:
        name_contact(
            actor=actor,
            organisation=unit,
            duty=wanted,
            holder=form.holder(),
            starts_on=form.cleaned_data["starts_on"],
        )
        return f"{unit.short_name}的{wanted.label}：{form.holder().label}。"

    title = f"{unit.short_name}{wanted.label}"
    back = back_to(request, reverse("projects:contacts"))
    page = FormPage(title, back, [Crumb("联络员名录", reverse("projects:contacts")), Crumb(title)])
    return fill_in(request, form, page, act)


# --- task forces -----------------------------------------------------------------------------------


@login_required
@require_GET
def task_forces(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    rows = reading.task_forces(actor=actor, on=clock.today())
    context = {"forces": list(rows), "may_edit": allowed(actor, Right.EDIT_CRITERIA)}
    return render(request, "projects/task_forces.html", context)


@login_required
@require_GET
def task_force(request: HttpRequest, pk: int) -> HttpResponse:
    """One task force: its office, members, papers and projects."""
    actor, today = actor_of(request), clock.today()
    group = get_object_or_404(reading.task_forces(actor=actor, on=today), pk=pk)
    members = reading.members_of(group, on=today)
    links = Link.objects.visible_to(actor).active().filter(task_force=group)
    context = {
        "force": group,
        "members": members,
        "projects": links.select_related("project__organisation").order_by("project__number")[:200],
        "books": papers_of(actor=actor, subject_kind=group._meta.label_lower, subject_id=group.pk),
        "may_edit": allowed(actor, Right.EDIT_CRITERIA),
        "may_attach": allowed(actor, Right.ATTACH_PAPER),
        "today": today,
        "crumbs": [Crumb("工作专班", reverse("projects:task-forces")), Crumb(group.name)],
    }
    return render(request, "projects/task_force.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def task_force_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    actor = actor_of(request)
    require(actor, Right.EDIT_CRITERIA)
    names = ("name", "duty", "scope_flags", "classes", "established_on", "dissolved_on")
    initial: dict[str, object] = {"established_on": clock.today(), "host": actor.organisation_id}
    group: TaskForce | None = None
    if pk is not None:
        group = get_object_or_404(TaskForce.objects.visible_to(actor), pk=pk)
        initial = {name: getattr(group, name) for name in names} | {"host": group.host_id}
    form = TaskForceForm(request.POST or None, initial=initial)

    def act() -> str:
        done = people.save_task_force(actor=actor, facts=form.facts(), task_force_id=pk)
        return f"{done}已保存。"

    title = f"修改{group}" if group else "设立专班"
    back = reverse("projects:task-force", args=[pk]) if pk else reverse("projects:task-forces")
    crumbs = [Crumb("工作专班", reverse("projects:task-forces")), Crumb(title)]
    return fill_in(request, form, FormPage(title, back, crumbs), act)


@login_required
@require_http_methods(["GET", "POST"])
def member_add(request: HttpRequest, pk: int) -> HttpResponse:
    actor, today = actor_of(request), clock.today()
    require(actor, Right.EDIT_CRITERIA)
    group = get_object_or_404(TaskForce.objects.visible_to(actor), pk=pk)
    posts = post_list(actor=actor, on=today).filter(is_active=True).order_by("organisation__path", "title")
    form = MemberForm(request.POST or None, initial={"from_on": group.established_on}, posts=posts)

    def act() -> str:
        said = form.cleaned_data
        done = people.join_task_force(
            actor=actor,
            task_force_id=pk,
            post=said["post"],
            role=TaskForceMember.Role(said["role"]),
            from_on=said["from_on"],
        )
        return f"已增加{done.get_role_display()}：{done.post}。"

    back = reverse("projects:task-force", args=[pk])
    crumbs = [Crumb("工作专班", reverse("projects:task-forces")), Crumb(group.name, back), Crumb("增加成员")]
    return fill_in(request, form, FormPage("增加成员", back, crumbs, group.name), act)


@login_required
@require_POST
def member_leave(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    require(actor, Right.EDIT_CRITERIA)
    rows = TaskForceMember.objects.visible_to(actor).select_related("post__organisation")
    member = get_object_or_404(rows, pk=pk)
    try:
        people.leave_task_force(actor=actor, member_id=pk, to_on=clock.today())
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"{member.post}已退出专班。")
    return redirect("projects:task-force", pk=member.task_force_id)


@login_required
@require_http_methods(["GET", "POST"])
def task_book(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand in the task book (S0-04)."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.EDIT_CRITERIA)
    group = get_object_or_404(TaskForce.objects.visible_to(actor).select_related("host"), pk=pk)
    form = TaskBookForm(request.POST or None, request.FILES or None, initial={"occurred_on": today})

    def act() -> str:
        file = form.cleaned_data["file"]
        owner = papers.PaperOwner(group._meta.label_lower, group.pk, group.name, None, group.host)
        paper = papers.attach(
            actor=actor,
            owner=owner,
            upload=papers.Upload(file.name, file.read()),
            kind=Paper.Kind.PLAN,
            title=form.cleaned_data["title"],
            today=today,
            occurred_on=form.cleaned_data["occurred_on"],
        )
        return f"已上传《{paper.title}》。"

    back = reverse("projects:task-force", args=[pk])
    crumbs = [
        Crumb("工作专班", reverse("projects:task-forces")),
        Crumb(group.name, back),
        Crumb("上传任务书"),
    ]
    return fill_in(request, form, FormPage("上传任务书", back, crumbs, group.name, button="上传"), act)
