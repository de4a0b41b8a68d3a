"""Pages of the clock's dated settings: every version, and the form for the next one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import actor_of, login_required
from accounts.rights import Right, allowed, require
from core import clock
from deadlines.models import LampSetting, PauseKind, ReminderSetting
from deadlines.setting_forms import LampForm, PauseKindForm, ReminderForm
from deadlines.setting_services import PauseKindFacts, set_lamps, set_pause_kind, set_reminders
from ui.filling import sent
from ui.forms import OfficeForm
from ui.htmx import status_for
from ui.parts import Crumb


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions of one setting as a table."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[object]]
    edit_url: str


@login_required
@require_safe
def settings_page(request: HttpRequest) -> HttpResponse:
    """Lamps, reminders, reasons for pauses: what applies since when."""
    context = {
        "tables": [_lamps(), _reminders(), _pause_kinds()],
        "may_edit": allowed(actor_of(request), Right.EDIT_PERIODS),
    }
    return render(request, "deadlines/settings.html", context)


def _lamps() -> Versions:
    return Versions(
        "灯号阈值",
        ("生效日期", "黄灯比例（%）", "最多提前天数", "有效期预警天数", "依据或原因"),
        [
            (
                row.effective_from,
                row.amber_share_percent,
                row.amber_most_days,
                row.validity_amber_days,
                row.note,
            )
            for row in LampSetting.objects.order_by("-effective_from")
        ],
        reverse("deadlines:settings-lamps"),
    )


def _reminders() -> Versions:
    return Versions(
        "提醒提前量",
        ("生效日期", "办理期限（工作日）", "有效期（自然日）", "依据或原因"),
        [
            (
                row.effective_from,
                _joined(row.working_days_before),
                _joined(row.validity_days_before),
                row.note,
            )
            for row in ReminderSetting.objects.order_by("-effective_from")
        ],
        reverse("deadlines:settings-reminders"),
    )


def _pause_kinds() -> Versions:
    rows = PauseKind.objects.order_by("stops_statutory", "code", "-effective_from")
    return Versions(
        "暂停事由",
        (
            "生效日期",
            "失效日期",
            "代码",
            "名称",
            "停哪条线",
            "期间归属",
            "通常最长",
            "通常次数",
            "所需依据",
            "法定依据",
        ),
        [
            (
                row.effective_from,
                row.effective_to or "",
                row.code,
                row.label,
                _stops(row),
                row.get_side_display(),
                row.usual_days,
                row.usual_number,
                row.evidence_hint,
                row.basis,
            )
            for row in rows
        ],
        reverse("deadlines:settings-pause-kinds"),
    )


def _joined(days: Sequence[int]) -> str:
    return "、".join(str(day) for day in days)


def _stops(row: PauseKind) -> str:
    if row.stops_statutory and row.stops_committed:
        return "两条线都停"
    return "只停法定线" if row.stops_statutory else "只停承诺线"


@login_required
@require_http_methods(["GET", "POST"])
def lamps(request: HttpRequest) -> HttpResponse:
    """Other thresholds of the lamps."""
    newest = LampSetting.objects.order_by("-effective_from").first()
    initial = {
        "effective_from": clock.today(),
        "share_percent": newest.amber_share_percent if newest else 20,
        "most_days": newest.amber_most_days if newest else 5,
        "validity_days": newest.validity_amber_days if newest else 90,
    }
    form = LampForm(request.POST or None, initial=initial)
    return _edit(
        request,
        form,
        "灯号阈值",
        lambda: set_lamps(**form.cleaned_data, actor=actor_of(request), today=clock.today()),
    )


@login_required
@require_http_methods(["GET", "POST"])
def reminders(request: HttpRequest) -> HttpResponse:
    """Other reminder days."""
    newest = ReminderSetting.objects.order_by("-effective_from").first()
    initial = {
        "effective_from": clock.today(),
        "working_days_before": _joined(newest.working_days_before) if newest else "3",
        "validity_days_before": _joined(newest.validity_days_before) if newest else "90、30、7",
    }
    form = ReminderForm(request.POST or None, initial=initial)
    return _edit(
        request, form, "提醒提前量", lambda: set_reminders(**form.cleaned_data, actor=actor_of(request))
    )


@login_required
@require_http_methods(["GET", "POST"])
def pause_kinds(request: HttpRequest) -> HttpResponse:
    """A new reason for a pause, or a new version of `?code=MEETING`."""
    initial: dict[str, object] = {"effective_from": clock.today()}
    asked = request.GET.get("code", "")
    if asked:
        known = get_object_or_404(PauseKind.objects.filter(code=asked).order_by("-effective_from")[:1])
        names = (
            *("code", "label", "stops_statutory", "stops_committed", "evidence_hint", "basis", "side"),
            *("usual_days", "usual_number"),
        )
        initial |= {name: getattr(known, name) for name in names}
    form = PauseKindForm(request.POST or None, initial=initial)

    def save() -> object:
        given = dict(form.cleaned_data)
        code, since, until = given.pop("code"), given.pop("effective_from"), given.pop("ends_on")
        return set_pause_kind(
            code=code,
            effective_from=since,
            ends_on=until,
            facts=PauseKindFacts(**given),
            actor=actor_of(request),
        )

    return _edit(request, form, "暂停事由", save)


def _edit(request: HttpRequest, form: OfficeForm, title: str, save: Callable[[], object]) -> HttpResponse:
    require(actor_of(request), Right.EDIT_PERIODS)

    def act() -> str:
        save()
        return f"{title}已增加一版。"

    if sent(request, form, act):
        return HttpResponseRedirect(reverse("deadlines:settings"))
    context = {
        "form": form,
        "title": title,
        "crumbs": [Crumb("期限设置", reverse("deadlines:settings")), Crumb(title)],
    }
    return render(request, "deadlines/setting_edit.html", context, status=status_for(form))
