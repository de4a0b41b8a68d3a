"""A step asks departments: the question, then the round's own page."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.http import actor_of, login_required
from accounts.rights import Right, require
from approvals import selectors
from approvals.models import Step
from approvals.services.consulting import draft_step_round
from approvals.services.steps import require_hands
from core import clock
from core.errors import DomainError
from opinions.forms import QuestionForm
from ui.filling import FormPage
from ui.htmx import status_for
from ui.parts import Crumb


@login_required
@require_http_methods(["GET", "POST"])
def consult(request: HttpRequest, pk: int) -> HttpResponse:
    """Draft a round for the step; its page is where departments are checked and it is sent."""
    actor, today = actor_of(request), clock.today()
    row = get_object_or_404(selectors.step_list(actor=actor), pk=pk)
    require(actor, Right.ASK_OPINIONS)
    require_hands(actor, row)
    form = QuestionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            done = draft_step_round(
                step_id=row.pk, question=form.cleaned_data["question"], actor=actor, today=today
            )
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"已按项目情况拟定 {done.requests.count()} 个部门；核对后发出。")
            return redirect(done.get_absolute_url())
    context = {"form": form, "page": _page(row)}
    return render(request, "ui/form_page.html", context, status=status_for(form))


def _page(row: Step) -> FormPage:
    title = f"{row.code} {row.step_type.short}"
    return FormPage(
        title=f"征求意见：{title}",
        back=f"/steps/{row.pk}/",
        crumbs=[
            Crumb(row.project.name, row.project.get_absolute_url()),
            Crumb(title, f"/steps/{row.pk}/"),
            Crumb("征求意见"),
        ],
        subtitle=row.project.name,
        button="拟定并选择部门",
    )
