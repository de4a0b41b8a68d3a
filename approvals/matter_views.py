"""Pages of matters: three desks with a list each, one matter, what is recorded on it, the terms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import actor_of, login_required
from accounts.models import Organisation, User
from accounts.rights import Right, allowed, require
from approvals.document_filters import UnitFilterSet
from approvals.document_forms import file_field
from approvals.document_views import project_at, tab_of
from approvals.matter_selectors import matters, offices_for, read_matter
from approvals.models import Matter, MatterKind, MatterTerm
from approvals.occasion_views import upload_of
from approvals.rules import KINDS_OF_DESK, Desk, desk_of
from approvals.services.matters import (
    ANSWERS,
    RAISES,
    AnswerFacts,
    MatterFacts,
    answer_matter,
    publish_answer,
    raise_matter,
    set_term,
)
from approvals.services.records import may_record
from approvals.sheets import sheet_response
from core import clock
from officefiles.writing import CellKind, LedgerColumn
from projects.models import Project
from ui.filling import FormPage, fill_in, sent
from ui.forms import OfficeForm
from ui.htmx import render_page, status_for
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb

NEWEST = ("-raised_on", "-id")
SUBTITLES = {
    Desk.QUESTIONS: "县市和部门提问，业务科室按期答复；答复公开后人人可查，不显示提问单位",
    Desk.UPWARD: "难点向上级请求政策指导和工作支持，直到收到答复",
    Desk.AFTER: "批准信息公示、村组公告、依申请公开和信访；在项目卷宗的“批后与汇报”页登记",
}
COLUMNS = (
    LedgerColumn(("序号",), CellKind.INTEGER, 6),
    LedgerColumn(("类型",), CellKind.CENTRED, 16),
    LedgerColumn(("提出单位",), CellKind.CENTRED, 14),
    LedgerColumn(("项目",), CellKind.TEXT, 30),
    LedgerColumn(("事由",), CellKind.TEXT, 30),
    LedgerColumn(("内容",), CellKind.TEXT, 40),
    LedgerColumn(("办理单位（呈送）",), CellKind.TEXT, 20),
    LedgerColumn(("提出日期",), CellKind.DATE),
    LedgerColumn(("期限",), CellKind.DATE),
    LedgerColumn(("状态",), CellKind.CENTRED, 12),
    LedgerColumn(("答复日期",), CellKind.DATE),
    LedgerColumn(("答复（办理结果）",), CellKind.TEXT, 40),
    LedgerColumn(("答复文号",), CellKind.TEXT, 22),
)


class MatterFilterSet(UnitFilterSet):
    """Parameters: q, unit, kind, state (open, late, answered, published), project, desk."""

    q = django_filters.CharFilter(
        label="关键词",
        method="by_words",
        widget=forms.TextInput(attrs={"placeholder": "事由 / 内容 / 答复", "maxlength": 60}),
    )
    unit = django_filters.ChoiceFilter(
        label="县市", field_name="organisation__code", choices=(), empty_label="全部"
    )
    kind = django_filters.ChoiceFilter(label="类型", choices=MatterKind.choices, empty_label="全部")
    state = django_filters.ChoiceFilter(
        label="状态",
        method="by_state",
        choices=[("open", "未答复"), ("late", "逾期"), ("answered", "已答复"), ("published", "已公开")],
        empty_label="全部",
    )
    project = django_filters.NumberFilter(field_name="project_id", widget=forms.HiddenInput)
    desk = django_filters.ChoiceFilter(
        method="by_desk", choices=[(desk.value, desk.label) for desk in Desk], widget=forms.HiddenInput
    )

    class Meta:
        model = Matter
        fields: ClassVar[list[str]] = []

    def by_words(self, rows: QuerySet[Matter], name: str, value: str) -> QuerySet[Matter]:
        for word in value.split()[:5]:
            rows = rows.filter(
                Q(title__icontains=word)
                | Q(text__icontains=word)
                | Q(answer__icontains=word)
                | Q(project__name__icontains=word)
            )
        return rows

    def by_state(self, rows: QuerySet[Matter], name: str, value: str) -> QuerySet[Matter]:
        late = Q(answered_on__isnull=True, deadline__red_from__lte=clock.today())
        return rows.filter(
            {
                "open": Q(answered_on__isnull=True),
                "late": late | Q(answered_on__gt=F("deadline__due_on")),
                "answered": Q(answered_on__isnull=False),
                "published": Q(published_on__isnull=False),
            }[value]
        )

    def by_desk(self, rows: QuerySet[Matter], name: str, value: str) -> QuerySet[Matter]:
        return rows.filter(kind__in=KINDS_OF_DESK[Desk(value)])


class MatterForm(OfficeForm):
    """What is raised at a desk; each desk asks its own of these."""

    kind = forms.ChoiceField(label="类型")
    title = forms.CharField(label="事由", max_length=120)
    text = forms.CharField(label="内容", max_length=2000, widget=forms.Textarea(attrs={"rows": 5}))
    holder = forms.ChoiceField(label="请哪个科室答复")
    step_code = forms.CharField(label="步骤代码", max_length=10, required=False, help_text="如 A03。")
    addressee = forms.CharField(label="呈送", max_length=100, help_text="如 省自然资源厅。")
    person = forms.CharField(label="申请人（信访人）", max_length=60, required=False)
    doc_no = forms.CharField(label="来文（请示）文号", max_length=100, required=False)
    raised_on = forms.DateField(label="提出日期", help_text="当日不计，自次日起算。")
    file = file_field("来文")

    DROPPED: ClassVar[dict[Desk, tuple[str, ...]]] = {
        Desk.QUESTIONS: ("kind", "addressee", "person", "doc_no"),
        Desk.UPWARD: ("holder", "person"),
        Desk.AFTER: ("holder", "addressee", "step_code"),
    }

    def __init__(
        self, *args: Any, desk: Desk, offices: Sequence[Organisation], project_id: int | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.desk, self.project_id = desk, project_id
        self.offices = {office.code: office for office in offices}
        kinds = KINDS_OF_DESK[desk]
        for name, choices in (
            ("kind", [(kind, MatterKind(kind).label) for kind in kinds]),
            ("holder", [("", "请选择"), *((office.code, office.name) for office in offices)]),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
        for name in self.DROPPED[desk]:
            del self.fields[name]

    def facts(self) -> MatterFacts:
        data = {name: value for name, value in self.cleaned_data.items() if name != "file"}
        holder = self.offices.get(data.pop("holder", ""))
        data.setdefault("kind", KINDS_OF_DESK[self.desk][0])
        return MatterFacts(**data, holder=holder, project_id=self.project_id)


class AnswerForm(OfficeForm):
    """What came back, or what was done."""

    answered_on = forms.DateField(label="答复（办结）日期")
    answer = forms.CharField(
        label="答复（办理结果）", max_length=2000, widget=forms.Textarea(attrs={"rows": 5})
    )
    answer_no = forms.CharField(label="答复文号", max_length=100, required=False)
    file = file_field("答复文件、公告照片")

    def facts(self) -> AnswerFacts:
        return AnswerFacts(**{name: value for name, value in self.cleaned_data.items() if name != "file"})


class TermForm(OfficeForm):
    """A new version of a kind's term."""

    kind = forms.ChoiceField(label="类型", choices=MatterKind.choices)
    effective_from = forms.DateField(label="生效日期")
    days = forms.IntegerField(label="期限", min_value=1, max_value=365)
    unit = forms.ChoiceField(label="单位", choices=MatterTerm.Unit.choices)
    is_law = forms.BooleanField(label="法定期限", required=False)
    basis = forms.CharField(label="依据", max_length=200)


@login_required
@require_safe
def index(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A desk's matters, newest first."""
    actor, today = actor_of(request), clock.today()
    filterset = _filterset(request, desk)
    page = keyset_page(filterset.qs, order=NEWEST, cursor=request.GET.get("cursor"))
    context = {
        "desk": desk,
        "subtitle": SUBTITLES[desk],
        "filterset": filterset,
        "page": page,
        "readings": [read_matter(row, actor=actor, today=today) for row in page],
        "total": capped_count(filterset.qs),
        "may_raise": desk is not Desk.AFTER and allowed(actor, RAISES[desk]),
    }
    return render_page(request, "approvals/matters.html", context, partial="list")


def _filterset(request: HttpRequest, desk: Desk) -> MatterFilterSet:
    rows = matters(actor=actor_of(request), desk=desk)
    filterset = MatterFilterSet(request.GET, queryset=rows, request=request)
    del filterset.filters["desk"]
    kinds = KINDS_OF_DESK[desk]
    if len(kinds) == 1:
        del filterset.filters["kind"]
    return filterset


@login_required
@require_safe
def sheet(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The filtered list as a workbook."""
    actor, today = actor_of(request), clock.today()
    rows = _filterset(request, desk).qs.order_by(*NEWEST)
    cells = []
    for number, row in enumerate(rows, start=1):
        reading = read_matter(row, actor=actor, today=today)
        cells.append(
            (
                number,
                row.get_kind_display(),
                row.organisation.short_name if reading.is_own else "",
                row.project.name if row.project and reading.is_own else "",
                row.title,
                row.text,
                row.addressee or row.holder.short_name,
                row.raised_on,
                row.deadline.due_on if row.deadline else None,
                reading.label,
                row.answered_on,
                row.answer,
                row.answer_no,
            )
        )
    return sheet_response(desk.label, columns=COLUMNS, rows=cells, today=today)


@login_required
@require_safe
def matter(request: HttpRequest, pk: int) -> HttpResponse:
    """One matter: what was raised, its clock, what came back."""
    actor, today = actor_of(request), clock.today()
    row = get_object_or_404(matters(actor=actor), pk=pk)
    context = {
        "matter": row,
        "reading": read_matter(row, actor=actor, today=today),
        "crumbs": _crumbs(row),
        "may_open_sheet": actor.scope is not None and not actor.scope.is_department,
    }
    return render(request, "approvals/matter.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def raise_one(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Raise a matter that belongs to no project."""
    back = reverse(f"approvals:{desk.value}")
    return _raise(request, desk, None, back, [Crumb(desk.label, back), Crumb("登记")])


@login_required
@require_http_methods(["GET", "POST"])
def raise_of_project(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Raise a matter of a project."""
    actor = actor_of(request)
    project = project_at(actor, pk)
    require(actor, RAISES[desk])
    if desk is not Desk.QUESTIONS and not may_record(actor, project):
        raise PermissionDenied(f"{project.name}由{project.organisation.short_name}登记。")
    back = tab_of(project, "matters")
    crumbs = [Crumb("项目库", reverse("projects:list")), Crumb(project.name, back), Crumb(desk.label)]
    return _raise(request, desk, project, back, crumbs)


def _raise(
    request: HttpRequest, desk: Desk, project: Project | None, back: str, crumbs: list[Crumb]
) -> HttpResponse:
    actor, today = actor_of(request), clock.today()
    require(actor, RAISES[desk])
    form = MatterForm(
        request.POST or None,
        request.FILES or None,
        desk=desk,
        offices=offices_for(actor) if desk is Desk.QUESTIONS else (),
        project_id=project.pk if project else None,
        initial={"raised_on": today, "step_code": request.GET.get("step", "")[:10]},
    )

    def act() -> str:
        row = raise_matter(actor=actor, facts=form.facts(), proof=upload_of(form), today=today)
        due = f"，{row.deadline.due_on} 前答复" if row.deadline else ""
        return f"{row.get_kind_display()}已登记{due}。"

    title = {Desk.QUESTIONS: "提出咨询", Desk.UPWARD: "向上汇报", Desk.AFTER: "登记批后事项"}[desk]
    page = FormPage(title=title, subtitle=project.name if project else "", back=back, crumbs=crumbs)
    return fill_in(request, form, page, act)


@login_required
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Record what came back."""
    actor, today = actor_of(request), clock.today()
    row = _answerable(actor, pk)
    form = AnswerForm(request.POST or None, request.FILES or None, initial={"answered_on": today})

    def act() -> str:
        answer_matter(actor=actor, matter_id=row.pk, facts=form.facts(), proof=upload_of(form), today=today)
        return "答复已登记。"

    return fill_in(request, form, _page_of(row, "登记答复"), act)


@login_required
@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a question and its answer to everyone."""
    actor, today = actor_of(request), clock.today()
    row = _answerable(actor, pk)
    form = OfficeForm(request.POST if request.method == "POST" else None)

    def act() -> str:
        publish_answer(actor=actor, matter_id=row.pk, today=today)
        return "咨询和答复已公开。"

    page = _page_of(
        row, "公开咨询和答复", notes=["公开后人人可查，不显示提问单位和项目；请确认内容不含项目信息。"]
    )
    return fill_in(request, form, page, act)


def _answerable(actor: User, pk: int) -> Matter:
    row = get_object_or_404(matters(actor=actor), pk=pk)
    require(actor, ANSWERS[desk_of(row.kind)])
    return row


def _page_of(row: Matter, title: str, notes: Sequence[str] = ()) -> FormPage:
    here = row.get_absolute_url()
    crumbs = [*_crumbs(row)[:-1], Crumb(row.title, here), Crumb(title)]
    return FormPage(title=title, subtitle=row.title, back=here, crumbs=crumbs, notes=notes)


def _crumbs(row: Matter) -> list[Crumb]:
    desk = desk_of(row.kind)
    return [Crumb(desk.label, reverse(f"approvals:{desk.value}")), Crumb(row.title)]


@login_required
@require_http_methods(["GET", "POST"])
def terms(request: HttpRequest) -> HttpResponse:
    """By when each kind is answered; with the right, a new version."""
    actor, today = actor_of(request), clock.today()
    form = TermForm(request.POST or None, initial={"effective_from": today})
    if request.method == "POST":
        require(actor, Right.EDIT_PERIODS)

    def act() -> str:
        set_term(actor=actor, **form.cleaned_data)
        return "期限已增加一版。"

    if sent(request, form, act):
        return HttpResponseRedirect(reverse("approvals:matter-terms"))
    context = {
        "form": form,
        "terms": MatterTerm.objects.order_by("kind", "-effective_from"),
        "may_edit": allowed(actor, Right.EDIT_PERIODS),
        "crumbs": [Crumb("期限设置", reverse("deadlines:settings")), Crumb("咨询和批后事项期限")],
    }
    return render(request, "approvals/matter_terms.html", context, status=status_for(form))
