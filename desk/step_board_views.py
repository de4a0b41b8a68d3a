"""The pages of the step board."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.http import actor_of, login_required
from accounts.rights import Right, allowed
from core import clock
from deadlines.errors import CalendarGap
from desk import step_board as reading
from ui.downloads import download

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MOST_URGED = 500


@login_required
@require_safe
def step_board(request: HttpRequest) -> HttpResponse:
    """This week by day; with the right, boxes for a letter of reminder."""
    actor, today = actor_of(request), clock.today()
    context = {
        "lanes": reading.board(actor=actor, today=today),
        "may_urge": allowed(actor, Right.URGE_STEPS),
        "today": today,
    }
    return render(request, "desk/step_board.html", context)


@login_required
@require_safe
def step_month(request: HttpRequest) -> HttpResponse:
    """A month of due dates: `?month=2026-11`, this month without."""
    actor, today = actor_of(request), clock.today()
    try:
        month = date.fromisoformat(f"{request.GET.get('month') or f'{today:%Y-%m}'}-01")
        page = reading.month_of(actor=actor, month=month, today=today)
    except (ValueError, CalendarGap):
        raise Http404("没有这个月的工作日历。") from None
    return render(request, "desk/step_month.html", {"month": page, "weekdays": "一二三四五六日"})


@login_required
@require_POST
def urge(request: HttpRequest) -> HttpResponse:
    """A letter of reminder for the chosen promises."""
    actor, today = actor_of(request), clock.today()
    chosen = [int(word) for word in request.POST.getlist("deadline") if word.isdecimal()][:MOST_URGED]
    letter = reading.urge(deadline_ids=chosen, actor=actor, today=today)
    if letter is None:
        messages.warning(request, "没有选中在办事项；请先勾选，再生成督办函。")
        return HttpResponseRedirect(reverse("desk:step-board"))
    return download(letter, f"督办函{today:%Y%m%d}.docx", content_type=DOCX)
