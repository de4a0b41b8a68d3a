"""The pages of trainings: the register, one training, its form; and the tasks of a policy."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import actor_of, login_required
from accounts.models import Organisation
from accounts.rights import Right, allowed, require
from approvals import training_reading as reading
from approvals.models import LibraryItem
from approvals.services.follow_up import order_follow_up
from approvals.services.trainings import change_training, record_training
from approvals.sheets import sheet_response
from approvals.training_forms import FollowUpForm, TrainingFilter, TrainingForm, first_values
from core import clock
from officefiles.writing import CellKind, LedgerColumn
from ui.filling import FormPage, fill_in
from ui.htmx import render_page
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb

ORDER = ("-held_on", "-pk")
COLUMNS = (
    LedgerColumn(("序号",), CellKind.INTEGER, 6),
    LedgerColumn(("名称",), CellKind.TEXT, 40),
    LedgerColumn(("日期",), CellKind.DATE),
    LedgerColumn(("地点",), CellKind.TEXT, 20),
    LedgerColumn(("举办单位",), CellKind.TEXT, 24),
    LedgerColumn(("师资",), CellKind.TEXT, 28),
    LedgerColumn(("内容",), CellKind.TEXT, 40),
    LedgerColumn(("参训单位",), CellKind.INTEGER),
    LedgerColumn(("人数",), CellKind.INTEGER),
)


@login_required
@require_safe
def trainings(request: HttpRequest) -> HttpResponse:
    """Every training, newest first."""
    filterset = TrainingFilter(request.GET, queryset=reading.trainings())
    page = keyset_page(filterset.qs, order=ORDER, cursor=request.GET.get("cursor"))
    context = {
        "filterset": filterset,
        "page": page,
        "total": capped_count(filterset.qs),
        "may_edit": allowed(actor_of(request), Right.EDIT_LIBRARY),
    }
    return render_page(request, "approvals/trainings.html", context, partial="list")


@login_required
@require_safe
def training_export(request: HttpRequest) -> HttpResponse:
    """The register as a sheet, with the filters of the address."""
    found = TrainingFilter(request.GET, queryset=reading.trainings()).qs.order_by(*ORDER)
    rows = [
        (
            number,
            row.title,
            row.held_on,
            row.place,
            row.organiser.name,
            "、".join(f"{one['name']}（{one['unit']}）" for one in row.lecturers),
            row.topics,
            row.unit_count,
            row.people,
        )
        for number, row in enumerate(found, start=1)
    ]
    return sheet_response("培训登记", columns=COLUMNS, rows=rows, today=clock.today())


@login_required
@require_safe
def training(request: HttpRequest, pk: int) -> HttpResponse:
    """One training: who taught, who came, what was handed out."""
    found = get_object_or_404(reading.trainings(), pk=pk)
    context = {
        "training": found,
        "materials": found.materials.all(),
        "may_edit": allowed(actor_of(request), Right.EDIT_LIBRARY),
        "crumbs": [Crumb("培训", reverse("approvals:trainings")), Crumb(found.title)],
    }
    return render(request, "approvals/training.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def training_new(request: HttpRequest) -> HttpResponse:
    """Record a training."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.EDIT_LIBRARY)
    form = TrainingForm(request.POST or None, initial=first_values(None, today))
    page = FormPage(
        title="登记培训",
        back=reverse("approvals:trainings"),
        crumbs=[Crumb("培训", reverse("approvals:trainings")), Crumb("登记")],
    )

    def act() -> str:
        found = record_training(facts=form.facts(), actor=actor, today=today)
        return f"已登记“{found.title}”。"

    return fill_in(request, form, page, act)


@login_required
@require_http_methods(["GET", "POST"])
def training_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a record right."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.EDIT_LIBRARY)
    found = get_object_or_404(reading.trainings(), pk=pk)
    form = TrainingForm(request.POST or None, initial=first_values(found, today), training=found)
    address = reverse("approvals:training", args=[pk])
    page = FormPage(
        title="更正培训记录",
        back=address,
        crumbs=[
            Crumb("培训", reverse("approvals:trainings")),
            Crumb(found.title, address),
            Crumb("更正"),
        ],
    )

    def act() -> str:
        change_training(training_id=pk, facts=form.facts(), actor=actor, today=today)
        return "已更正。"

    return fill_in(request, form, page, act)


@login_required
@require_http_methods(["GET", "POST"])
def library_follow_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Order a unit to carry a document of the library out."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.ISSUE_TASKS)
    item = get_object_or_404(LibraryItem, pk=pk)
    holders = Organisation.objects.visible_to(actor).filter(is_active=True)
    form = FollowUpForm(request.POST or None, holders=holders, initial={"title": f"落实《{item.title}》"})
    address = reverse("approvals:library-item", args=[pk])
    page = FormPage(
        title="交办落实任务",
        back=address,
        subtitle=item.title,
        crumbs=[
            Crumb("资料库", reverse("approvals:library")),
            Crumb(item.title, address),
            Crumb("交办落实"),
        ],
        button="交办",
    )

    def act() -> str:
        task = order_follow_up(item_id=pk, actor=actor, today=today, **form.cleaned_data)
        return f"已交办{task.holder.name}，{task.due_on} 前完成。"

    return fill_in(request, form, page, act)
