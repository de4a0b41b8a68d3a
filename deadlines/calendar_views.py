"""The working-day calendar: a year at a glance, and next year's notice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.http import actor_of, login_required
from accounts.rights import Right, allowed, require
from core import clock
from deadlines import selectors, services
from deadlines.calendar_forms import NoticeForm, csv_of
from deadlines.calendar_pages import year_page
from deadlines.models import CalendarRevision, CalendarYear
from deadlines.notice import Notice
from deadlines.rules.calendar import WEEKDAY_NAMES
from ui.htmx import status_for
from ui.parts import Crumb

NOTICE_DUE_MONTH = 11


@login_required
@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """One year: `?year=2026`, this year without."""
    today = clock.today()
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and len(asked) == 4 else today.year
    try:
        page = year_page(year=year, calendar=selectors.working_calendar(), today=today)
    except CalendarYear.DoesNotExist:
        raise Http404("没有这一年的工作日历。") from None
    may_edit = allowed(actor_of(request), Right.EDIT_CALENDAR)
    context = {
        "page": page,
        "may_edit": may_edit,
        "asks_for_notice": may_edit and _next_year_waits(today),
        "next_year": today.year + 1,
        "previous": page.year - 1 if page.year - 1 in page.years else None,
        "following": page.year + 1 if page.year + 1 in page.years else None,
        "weekdays": [name[-1] for name in WEEKDAY_NAMES],
    }
    return render(request, "deadlines/calendar.html", context)


def _next_year_waits(today: date) -> bool:
    """From November on the notice for next year may be out (domain.md 2.3)."""
    return (
        today.month >= NOTICE_DUE_MONTH
        and not CalendarYear.objects.filter(year=today.year + 1, status=CalendarYear.Status.OFFICIAL).exists()
    )


@login_required
def calendar_notice(request: HttpRequest) -> HttpResponse:
    """Paste or upload, look at what was read, confirm; nothing is stored before the confirm."""
    actor = actor_of(request)
    require(actor, Right.EDIT_CALENDAR)
    form = NoticeForm(*_sent(request)) if request.method == "POST" else NoticeForm()
    preview: list[PreviewDay] = []
    carried = ""
    if form.is_bound and form.is_valid():
        if "confirm" in request.POST and (not form.notice.problems or form.cleaned_data["accept_problems"]):
            revision = services.load_year(
                days=form.days,
                status=CalendarYear.Status.OFFICIAL,
                notice_no=form.number,
                source=form.cleaned_data["text"] or csv_of(form.notice),
                actor=actor,
                today=clock.today(),
            )
            messages.success(request, f"已录入{revision.year}年放假安排。")
            return redirect("deadlines:calendar-revision", pk=revision.pk)
        preview = preview_of(form.notice)
        carried = csv_of(form.notice) if form.cleaned_data["file"] else ""
        if "confirm" in request.POST:
            form.add_error("accept_problems", "有问题未消除，请先核对并勾选。")
    context = {
        "form": form,
        "preview": preview,
        "carried_csv": carried,
        "crumbs": [Crumb("工作日历", reverse("deadlines:calendar")), Crumb("录入放假通知")],
    }
    return render(request, "deadlines/calendar_notice.html", context, status=status_for(form))


def _sent(request: HttpRequest) -> tuple[Mapping[str, object], Mapping[str, object]]:
    """The form's data and files; a CSV that was previewed comes back as text in `carried_csv`."""
    carried = request.POST.get("carried_csv", "")
    if not carried:
        return request.POST, request.FILES
    return request.POST, {"file": SimpleUploadedFile("calendar.csv", carried.encode())}


@login_required
@require_safe
def calendar_revision(request: HttpRequest, pk: int) -> HttpResponse:
    """What one loading changed: days, and the deadlines that moved."""
    require(actor_of(request), Right.EDIT_CALENDAR)
    revision = get_object_or_404(CalendarRevision.objects.select_related("entered_by"), pk=pk)
    context = {
        "revision": revision,
        "changed_days": [date.fromisoformat(day) for day in revision.changed_days],
        "moved": revision.recomputed.get("moved", []),
        "crumbs": [
            Crumb("工作日历", f"{reverse('deadlines:calendar')}?year={revision.year}"),
            Crumb(str(revision)),
        ],
    }
    return render(request, "deadlines/calendar_revision.html", context)


@dataclass(frozen=True, slots=True)
class PreviewDay:
    """A day that was read; `change` says how it differs from the calendar in force."""

    day: date
    weekday: str
    is_off: bool
    name: str
    change: str


def preview_of(notice: Notice) -> list[PreviewDay]:
    """The days of a notice in order, beside what the calendar says now."""
    calendar = selectors.working_calendar()
    days: Sequence[tuple[date, str, bool]] = sorted(
        [(day, name, True) for day, name in notice.holidays.items()]
        + [(day, name, False) for day, name in notice.makeup_days.items()]
    )
    found = []
    for day, name, is_off in days:
        known = calendar.first <= day <= calendar.last
        change = "新年度" if not known else "改变" if calendar.is_working(day) == is_off else ""
        found.append(PreviewDay(day, WEEKDAY_NAMES[day.weekday()], is_off, name, change))
    return found
