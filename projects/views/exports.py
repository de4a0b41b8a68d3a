"""Files to take away: the list as filtered, the template."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import actor_of, login_required
from accounts.rights import Right, allowed, require
from core import clock
from core.errors import DomainError
from jobs import broker
from projects.exporting import template_workbook
from projects.kept_lists import list_called
from projects.list_question import kept_query
from projects.models import ExportSetting, ListExport, ListName
from projects.selectors.previews import reporting_organisation
from projects.services.exports import ask_export, set_keep_days
from ui.downloads import download
from ui.forms import OfficeForm
from ui.htmx import status_for
from ui.parts import Crumb

OCTETS = "application/octet-stream"


@login_required
@require_http_methods(["GET", "POST"])
def export(request: HttpRequest, list_name: str = ListName.PROJECTS) -> HttpResponse:
    """What will stand in the workbook (GET), and having it made (POST); `id` narrows to chosen rows."""
    actor, today, kept = actor_of(request), clock.today(), list_called(list_name)
    parameters = request.GET if request.method == "GET" else _posted(request)
    asked, query = kept.read(parameters, actor=actor, today=today), kept_query(parameters)
    if request.method == "POST":
        try:
            job = ask_export(actor=actor, kept=kept, query=query, asked=asked, now=clock.now())
        except DomainError as refusal:
            messages.error(request, refusal.message)
            return redirect(kept.address(query))
        broker.wake()
        return redirect(job)
    exports = ListExport.objects.visible_to(actor).filter(list_name=kept.name).defer("content")
    context = {
        "list": kept,
        "asked": asked,
        "query": query,
        "post_url": reverse(kept.export_page),
        "list_url": kept.address(query),
        "kept": exports[:20],
        "crumbs": [Crumb(kept.name.label, reverse(kept.page)), Crumb("导出")],
    }
    return render(request, "projects/export.html", context)


def _posted(request: HttpRequest) -> QueryDict:
    """The question and the ticked rows of the form, as an address says them."""
    asked = QueryDict(request.POST.get("query", "")[:2000], mutable=True)
    asked.setlist("id", request.POST.getlist("id"))
    return asked


@login_required
@require_GET
def export_file(request: HttpRequest, pk: int) -> HttpResponse:
    """A finished workbook; only for who had it made."""
    kept = get_object_or_404(ListExport.objects.visible_to(actor_of(request)), pk=pk)
    return download(bytes(kept.content), kept.filename)


class KeepDaysForm(OfficeForm):
    effective_from = forms.DateField(label="生效日期")
    keep_days = forms.IntegerField(label="保留天数（日）", min_value=1, max_value=3650)
    note = forms.CharField(label="依据或原因", max_length=300, required=False)


@login_required
@require_http_methods(["GET", "POST"])
def keep_days(request: HttpRequest) -> HttpResponse:
    """The dated days for which workbooks are kept, and the form for the next row."""
    actor, today = actor_of(request), clock.today()
    form = KeepDaysForm(request.POST or None, initial={"effective_from": today})
    if request.method == "POST":
        require(actor, Right.EDIT_CRITERIA)
        if form.is_valid():
            try:
                set_keep_days(actor=actor, today=today, **form.cleaned_data)
            except DomainError as refusal:
                form.refuse(refusal, field="effective_from")
            else:
                messages.success(request, "保留天数已保存，自生效日期起每晚清理。")
                return redirect("projects:export-setting")
    context = {
        "form": form,
        "rows": ExportSetting.objects.all(),
        "may_set": allowed(actor, Right.EDIT_CRITERIA),
        "crumbs": [Crumb("项目库", reverse("projects:list")), Crumb("导出文件保留天数")],
    }
    return render(request, "projects/export_setting.html", context, status=status_for(form))


@login_required
@require_GET
def template(request: HttpRequest) -> HttpResponse:
    actor, today = actor_of(request), clock.today()
    require(actor, Right.SUBMIT_LIST)
    organisation = reporting_organisation(actor)
    content = template_workbook(organisation=organisation, today=today)
    return download(content, f"{organisation.short_name}_项目清单模板_{today.year}年.xlsx")
