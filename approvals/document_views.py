"""Pages of approvals and certificates, their batches, and the figures of the year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.rights import Right, allowed, require
from approvals import document_forms, rules
from approvals.document_export import document_workbook
from approvals.document_filters import BatchFilterSet, DocumentFilterSet
from approvals.document_selectors import (
    batch_list,
    batch_members,
    differences_of,
    document_list,
    year_figures,
)
from approvals.models import Batch, DocumentTerm, LandDocument
from approvals.services import batches, document_terms, documents
from approvals.services.records import may_record
from core import clock
from core.errors import DomainError
from projects.models import Project
from projects.selectors import reporting_units
from ui.downloads import download
from ui.filling import FormPage, fill_in, sent
from ui.forms import DateInput, OfficeForm
from ui.htmx import render_page, status_for
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb

NEWEST = ("-decided_on", "-id")
LIST_CRUMB = "批复与证书"


def project_at(actor: User, pk: int) -> Project:
    """A project the actor may see, or 404."""
    rows = Project.objects.visible_to(actor).select_related("organisation", "submitted_by", "land")
    return get_object_or_404(rows, pk=pk)


def recordable(actor: User, project: Project) -> Project:
    """The project, if it is the actor's side to record; else 403."""
    require(actor, Right.RUN_STEPS)
    if not may_record(actor, project):
        raise PermissionDenied(f"{project.name}由{project.organisation.short_name}登记。")
    return project


def tab_of(project: Project, tab: str) -> str:
    """The address of a tab of the project's dossier."""
    return f"{reverse('desk:dossier', args=[project.pk])}?tab={tab}"


@login_required
@require_safe
def document_index(request: HttpRequest) -> HttpResponse:
    """All documents with filters and their sums."""
    actor = actor_of(request)
    filterset = DocumentFilterSet(request.GET, queryset=document_list(actor=actor), request=request)
    rows = filterset.qs
    context = {
        "filterset": filterset,
        "page": keyset_page(rows, order=NEWEST, cursor=request.GET.get("cursor")),
        "total": capped_count(rows),
        "sums": filterset.sums,
    }
    return render_page(request, "approvals/documents.html", context, partial="list")


@login_required
@require_safe
def document_sheet(request: HttpRequest) -> HttpResponse:
    """The filtered list as a workbook."""
    actor, today = actor_of(request), clock.today()
    filterset = DocumentFilterSet(request.GET, queryset=document_list(actor=actor), request=request)
    unit = actor.organisation.name if actor.organisation else ""
    content = document_workbook(
        filterset.qs.order_by(*NEWEST),
        sums=filterset.sums,
        subtitle=f"{unit}　　导出日期：{today:%Y年%m月%d日}　　单位：公顷、㎡",
    )
    return download(content, f"批复与证书_{today:%Y%m%d}.xlsx")


@login_required
@require_safe
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """One document: numbers, days, areas applied for and approved, its clocks."""
    actor = actor_of(request)
    row = get_object_or_404(document_list(actor=actor), pk=pk)
    areas = list(row.areas.all())
    context = {
        "document": row,
        "parts": [(area, differences_of(area)) for area in areas],
        "may_record": row.revoked_on is None and all(may_record(actor, area.project) for area in areas),
        "may_restore": row.restoration is not None and row.restoration.is_open,
        "crumbs": [Crumb(LIST_CRUMB, reverse("approvals:documents")), Crumb(str(row))],
    }
    return render(request, "approvals/document.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def document_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a document of one project."""
    actor, today = actor_of(request), clock.today()
    project = recordable(actor, project_at(actor, pk))
    initial = {
        **document_forms.default_kind(request.GET.get("kind", ""), today=today),
        **document_forms.land_initial(project),
        "number": request.GET.get("number", ""),
        "decided_on": request.GET.get("decided_on", today),
    }
    form = _document_form(request, [project], initial, today=today)
    crumbs = [
        Crumb("项目库", reverse("projects:list")),
        Crumb(project.name, tab_of(project, "documents")),
        Crumb("登记批复"),
    ]
    return _fill_in_document(
        request, form, actor=actor, today=today, back=tab_of(project, "documents"), crumbs=crumbs
    )


@login_required
@require_http_methods(["GET", "POST"])
def batch_document_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the approval of a batch, for all of its projects at once."""
    actor, today = actor_of(request), clock.today()
    batch = get_object_or_404(Batch.objects.visible_to(actor).select_related("organisation"), pk=pk)
    require(actor, Right.RUN_STEPS)
    members = batch_members(batch)
    initial = {
        **document_forms.default_kind(request.GET.get("kind", batch.mode), today=today),
        **document_forms.members_initial(members),
    }
    form = _document_form(request, [row.project for row in members], initial, today=today)
    crumbs = [
        Crumb("用地批次", reverse("approvals:batches")),
        Crumb(str(batch), batch.get_absolute_url()),
        Crumb("登记批复"),
    ]
    return _fill_in_document(
        request,
        form,
        actor=actor,
        today=today,
        back=batch.get_absolute_url(),
        crumbs=crumbs,
        batch_id=batch.pk,
    )


@login_required
@require_http_methods(["GET", "POST"])
def document_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a document on record."""
    actor, today = actor_of(request), clock.today()
    row = _document_to_change(actor, pk)
    projects = [area.project for area in row.areas.all()]
    form = _document_form(request, projects, document_forms.document_initial(row), today=row.decided_on)
    del form.fields["file"]
    form.head.remove("file")
    crumbs = [
        Crumb(LIST_CRUMB, reverse("approvals:documents")),
        Crumb(str(row), row.get_absolute_url()),
        Crumb("更正"),
    ]

    def act() -> str:
        documents.change_document(
            actor=actor,
            document_id=row.pk,
            facts=form.facts(),
            areas=form.areas(document_forms.kept_areas(row)),
            today=today,
        )
        return "批复已更正。"

    if sent(request, form, act):
        return HttpResponseRedirect(row.get_absolute_url())
    return _render_document_form(
        request, form, title="更正批复（证书）", back=row.get_absolute_url(), crumbs=crumbs
    )


@login_required
@require_http_methods(["GET", "POST"])
def document_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke a document, or one that was entered by mistake."""
    actor, today = actor_of(request), clock.today()
    row = _document_to_change(actor, pk)
    form = document_forms.RevokeForm(request.POST or None, initial={"revoked_on": today})

    def act() -> str:
        documents.revoke_document(actor=actor, document_id=row.pk, today=today, **form.cleaned_data)
        return "批复已标为撤销。"

    return fill_in(request, form, _page_of(row, "撤销批复"), act)


@login_required
@require_http_methods(["GET", "POST"])
def document_restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that restored land was accepted."""
    actor, today = actor_of(request), clock.today()
    row = _document_to_change(actor, pk)
    form = document_forms.RestoreForm(request.POST or None, initial={"restored_on": today})

    def act() -> str:
        documents.restore_land(actor=actor, document_id=row.pk, today=today, **form.cleaned_data)
        return "复垦验收已登记，复垦期限已办结。"

    return fill_in(request, form, _page_of(row, "登记复垦验收"), act)


def _document_to_change(actor: User, pk: int) -> LandDocument:
    row = get_object_or_404(document_list(actor=actor), pk=pk)
    for area in row.areas.all():
        recordable(actor, area.project)
    return row


def _page_of(row: LandDocument, title: str) -> FormPage:
    crumbs = [
        Crumb(LIST_CRUMB, reverse("approvals:documents")),
        Crumb(str(row), row.get_absolute_url()),
        Crumb(title),
    ]
    return FormPage(title=title, subtitle=str(row), back=row.get_absolute_url(), crumbs=crumbs)


def _document_form(
    request: HttpRequest, projects: Sequence[Project], initial: dict[str, object], *, today: date
) -> document_forms.DocumentForm:
    return document_forms.DocumentForm(
        request.POST or None,
        request.FILES or None,
        projects=projects,
        terms=list(DocumentTerm.objects.in_force(today)),
        initial=initial,
    )


def _fill_in_document(
    request: HttpRequest,
    form: document_forms.DocumentForm,
    *,
    actor: User,
    today: date,
    back: str,
    crumbs: Sequence[Crumb],
    batch_id: int | None = None,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            row = documents.record_document(
                actor=actor,
                facts=form.facts(),
                areas=form.areas(),
                today=today,
                batch_id=batch_id,
                proof=document_forms.proof_of(form),
            )
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "批复已登记。")
            return HttpResponseRedirect(row.get_absolute_url())
    return _render_document_form(request, form, title="登记批复（证书）", back=back, crumbs=crumbs)


def _render_document_form(
    request: HttpRequest,
    form: document_forms.DocumentForm,
    *,
    title: str,
    back: str,
    crumbs: Sequence[Crumb],
) -> HttpResponse:
    context = {"form": form, "title": title, "back": back, "crumbs": crumbs}
    return render(request, "approvals/document_form.html", context, status=status_for(form))


@login_required
@require_safe
def batch_index(request: HttpRequest) -> HttpResponse:
    """The batches of the actor's counties."""
    actor = actor_of(request)
    filterset = BatchFilterSet(request.GET, queryset=batch_list(actor=actor), request=request)
    context = {
        "filterset": filterset,
        "page": keyset_page(
            filterset.qs, order=("-year", "-number", "-id"), cursor=request.GET.get("cursor")
        ),
        "total": capped_count(filterset.qs),
        "may_record": allowed(actor, Right.RUN_STEPS),
    }
    return render_page(request, "approvals/batches.html", context, partial="list")


@login_required
@require_safe
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """One batch: its projects and their parts, its approvals."""
    actor = actor_of(request)
    row = get_object_or_404(batch_list(actor=actor), pk=pk)
    members = batch_members(row)
    context = {
        "batch": row,
        "members": members,
        "documents": list(document_list(actor=actor).filter(batch=row).order_by(*NEWEST)),
        "may_record": allowed(actor, Right.RUN_STEPS),
        "crumbs": [Crumb("用地批次", reverse("approvals:batches")), Crumb(str(row))],
    }
    return render(request, "approvals/batch.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def batch_new(request: HttpRequest) -> HttpResponse:
    """Begin a batch."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.RUN_STEPS)
    form = document_forms.BatchForm(
        request.POST or None, units=list(reporting_units(actor=actor)), initial={"year": today.year}
    )
    crumbs = [Crumb("用地批次", reverse("approvals:batches")), Crumb("新建批次")]
    page = FormPage(title="新建批次", back=reverse("approvals:batches"), crumbs=crumbs)

    def act() -> str:
        row = batches.create_batch(
            actor=actor, organisation=form.organisation(), facts=form.facts(), today=today
        )
        return f"{row}已建立。"

    return fill_in(request, form, page, act)


@login_required
@require_http_methods(["GET", "POST"])
def batch_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter how far a batch has come."""
    actor, today = actor_of(request), clock.today()
    row = _batch_to_change(actor, pk)
    form = document_forms.BatchForm(
        request.POST or None, units=[row.organisation], initial=document_forms.batch_initial(row)
    )

    def act() -> str:
        batches.change_batch(actor=actor, batch_id=row.pk, facts=form.facts(), today=today)
        return "批次已保存。"

    return fill_in(request, form, _page_of_batch(row, "修改批次"), act)


@login_required
@require_http_methods(["GET", "POST"])
def batch_join(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a project's land into a batch, change its part, or take it out."""
    actor = actor_of(request)
    row = _batch_to_change(actor, pk)
    projects = Project.objects.visible_to(actor).filter(
        organisation__path__startswith=row.organisation.path,
        status=Project.Status.ADOPTED,
    )
    if row.mode not in rules.FOR_A_TIME:
        projects = projects.filter(track=Project.Track.BATCH)
    form = document_forms.JoinForm(request.POST or None, projects=list(projects.order_by("name")[:500]))

    def act() -> str:
        project_id, area_m2 = form.chosen()
        if not area_m2:
            batches.leave_batch(actor=actor, batch_id=row.pk, project_id=project_id)
            return "项目已退出本批次。"
        batches.join_batch(actor=actor, batch_id=row.pk, project_id=project_id, area_m2=area_m2)
        return "项目已列入本批次。"

    return fill_in(request, form, _page_of_batch(row, "增减项目"), act)


def _batch_to_change(actor: User, pk: int) -> Batch:
    row = get_object_or_404(Batch.objects.visible_to(actor).select_related("organisation"), pk=pk)
    require(actor, Right.RUN_STEPS)
    return row


def _page_of_batch(row: Batch, title: str) -> FormPage:
    crumbs = [
        Crumb("用地批次", reverse("approvals:batches")),
        Crumb(str(row), row.get_absolute_url()),
        Crumb(title),
    ]
    return FormPage(title=title, subtitle=str(row), back=row.get_absolute_url(), crumbs=crumbs)


class YearForm(OfficeForm):
    """Which year, read as of which day."""

    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100, required=False)
    as_of = forms.DateField(label="截至", required=False, widget=DateInput())


@login_required
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """获批建设用地, permits and floor area of a year; every figure opens its rows."""
    actor, today = actor_of(request), clock.today()
    form = YearForm(request.GET or None, initial={"year": today.year, "as_of": today})
    asked = form.cleaned_data if form.is_valid() else {}
    as_of = asked.get("as_of") or today
    year = asked.get("year") or as_of.year
    found = year_figures(actor=actor, year=year, as_of=as_of)
    context = {
        "form": form,
        "figures": found,
        "parts": [
            ("按县市", "unit", found.by_county),
            ("按项目类别", "priority", found.by_class),
            ("按批复类型", "kind", found.by_kind),
        ],
        "crumbs": [Crumb(LIST_CRUMB, reverse("approvals:documents")), Crumb("年度统计")],
    }
    return render_page(request, "approvals/year_figures.html", context, partial="figures")


@login_required
@require_http_methods(["GET", "POST"])
def terms(request: HttpRequest) -> HttpResponse:
    """The dated terms of 先行用地 and 临时用地; with the right, a new version."""
    actor, today = actor_of(request), clock.today()
    form = document_forms.TermForm(request.POST or None, initial={"effective_from": today})
    if request.method == "POST":
        require(actor, Right.EDIT_PERIODS)

    def act() -> str:
        document_terms.add_term(actor=actor, **form.cleaned_data)
        return "期限已增加一版。"

    if sent(request, form, act):
        return HttpResponseRedirect(reverse("approvals:document-terms"))
    context = {
        "form": form,
        "terms": DocumentTerm.objects.order_by("kind", "name", "-effective_from"),
        "may_edit": allowed(actor, Right.EDIT_PERIODS),
        "crumbs": [Crumb("期限设置", reverse("deadlines:settings")), Crumb("先行和临时用地期限")],
    }
    return render(request, "approvals/document_terms.html", context, status=status_for(form))
