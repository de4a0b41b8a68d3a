"""Taking the log along, and for how long it is kept."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import actor_of, login_required
from accounts.rights import Right, allowed, require
from audit.checking import current_head
from audit.models import Purge, TrailRule
from audit.retention import trail_rule
from core import clock
from desk.audit_log import EntryFilter, entries, export_entries
from desk.trail_rules import set_trail_rule
from ui.filling import sent
from ui.forms import DateInput, OfficeForm
from ui.htmx import status_for
from ui.parts import Crumb

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class TrailRuleForm(OfficeForm):
    effective_from = forms.DateField(label="生效日期", widget=DateInput)
    keep_days = forms.IntegerField(label="登录、下载等记录保留（日）", min_value=1, max_value=36_500)
    keep_business_years = forms.IntegerField(label="业务记录保留（年）", min_value=1, max_value=100)
    note = forms.CharField(label="依据或原因", max_length=300)


@login_required
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The log as filtered, as a workbook."""
    actor = actor_of(request)
    require(actor, Right.READ_AUDIT)
    rows = EntryFilter(request.GET, queryset=entries(actor=actor)).qs
    response = HttpResponse(export_entries(rows=rows, actor=actor), content_type=WORKBOOK)
    name = f"audit-{clock.today():%Y%m%d}.xlsx"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: HttpRequest) -> HttpResponse:
    """Since when the log is kept for how long, what was cleared away, and where the chain stands."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.READ_AUDIT, Right.EDIT_TRAIL)
    may_read = allowed(actor, Right.READ_AUDIT)
    now = trail_rule(today)
    initial = {
        "effective_from": today,
        "keep_days": now.keep_days,
        "keep_business_years": now.keep_business_years,
    }
    form = TrailRuleForm(request.POST or None, initial=initial)
    if request.method == "POST":
        require(actor, Right.EDIT_TRAIL)

    def act() -> str:
        set_trail_rule(actor=actor, today=today, **form.cleaned_data)
        return "日志保留期限已增加一版。"

    if sent(request, form, act):
        return redirect("desk:trail-rule")
    context = {
        "form": form,
        "now": now,
        "rules": TrailRule.objects.all(),
        "purges": Purge.objects.all()[:20],
        "head": current_head(),
        "may_edit": allowed(actor, Right.EDIT_TRAIL),
        "crumbs": [Crumb("操作日志", reverse("desk:audit") if may_read else ""), Crumb("保留期限")],
    }
    return render(request, "desk/trail_rule.html", context, status=status_for(form))
