"""The council's members and contacts, each unit's own page, the record, and the settings."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import actor_of, login_required
from accounts.models import Organisation, Post
from accounts.posts import name_contact
from accounts.rights import Right, allowed, require
from consultations.forms import ContactForm, EndSeatForm, KindForm, SeatForm, SettingForm
from consultations.models import (
    Attendance,
    Circulation,
    MeetingSetting,
    Minutes,
    Resolution,
    Seat,
    Topic,
    TopicKind,
)
from consultations.selectors.council import contacts, own_path
from consultations.selectors.meetings import unit_records
from consultations.selectors.topics import council_for, kinds_in_force, setting_on, topic_list, units_for
from consultations.services import council as services
from consultations.services import settings as setting_services
from core import clock
from duties.models import Task
from ui.filling import FormPage, fill_in
from ui.parts import Crumb

HEAD = Crumb("会商组织", "/consultations/council/")
SETTINGS = Crumb("会商设置", "/settings/consultations/")
MOST = 30


@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What the reader's unit owes the council: meetings to answer, minutes to read, things to do."""
    actor, today = actor_of(request), clock.today()
    own = own_path(actor)
    asked = Attendance.objects.visible_to(actor).filter(
        organisation__path__startswith=own, meeting__state="PLANNED", meeting__notified_at__isnull=False
    )
    unread = Circulation.objects.visible_to(actor).filter(
        organisation__path__startswith=own, read_at__isnull=True, minutes__state=Minutes.State.ISSUED
    )
    owed = (
        Resolution.objects.visible_to(actor)
        .filter(lead__path__startswith=own, task__isnull=False)
        .exclude(task__state__in=Task.FINISHED)
    )
    context = {
        "asked": asked.select_related("meeting", "organisation").order_by("meeting__held_on", "pk")[:MOST],
        "unread": unread.select_related("minutes__meeting", "organisation").order_by("-pk")[:MOST],
        "owed": owed.select_related("lead", "task", "item__topic", "item__meeting").order_by("due_on")[:MOST],
        "raised": topic_list(actor=actor)
        .filter(raised_by_unit__path__startswith=own)
        .exclude(state__in=Topic.OVER)
        .order_by("-pk")[:MOST],
        "may_raise": allowed(actor, Right.RAISE_TOPIC),
        "today": today,
    }
    return render(request, "consultations/home.html", context)


@login_required
@require_GET
def council(request: HttpRequest) -> HttpResponse:
    """Who convenes, who sits, who is called: each unit's seats, liaison and handler today."""
    actor, today = actor_of(request), clock.today()
    found = council_for(actor)
    scope = actor.scope
    context = {
        "council": found,
        "units": contacts(found, today) if found else [],
        "may_run": allowed(actor, Right.RUN_MEETINGS),
        "may_name": allowed(actor, Right.MANAGE_POSTS),
        "own_path": scope.path if scope else "-",
        "today": today,
    }
    return render(request, "consultations/council.html", context)


@login_required
@require_POST
def establish(request: HttpRequest) -> HttpResponse:
    """Set the council up by its founding paper."""
    actor = actor_of(request)
    require(actor, Right.RUN_MEETINGS)
    codes = actor.organisation.ancestor_codes if actor.organisation else []
    rows = Organisation.objects.filter(code__in=codes, kind=Organisation.Kind.PREFECTURE)
    prefecture = get_object_or_404(rows)
    services.establish_council(organisation=prefecture, actor=actor, today=clock.today())
    messages.success(request, "已按会商制度列出召集人、成员单位和办公室；请登记各岗位任职人员。")
    return redirect("consultations:council")


@login_required
@require_http_methods(["GET", "POST"])
def add_seat(request: HttpRequest) -> HttpResponse:
    """One more member."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.RUN_MEETINGS)
    found = council_for(actor)
    if found is None:
        raise Http404
    prefecture = Organisation.objects.filter(pk=found.organisation_id)
    form = SeatForm(request.POST or None, initial={"starts_on": today})
    units = [*prefecture, *units_for(found)]
    field = form.fields["organisation"]
    field.queryset = Organisation.objects.filter(pk__in=[unit.pk for unit in units]).select_related("parent")  # type: ignore[attr-defined]
    page = FormPage(
        title="增加会商成员", back=reverse("consultations:council"), crumbs=[HEAD, Crumb("增加成员")]
    )

    def done() -> str:
        services.add_seat(council=found, new=form.new(), actor=actor, today=today)
        return "已增加会商成员。"

    return fill_in(request, form, page, done)


@login_required
@require_http_methods(["GET", "POST"])
def end_seat(request: HttpRequest, pk: int) -> HttpResponse:
    """A member leaves the council."""
    actor = actor_of(request)
    row = get_object_or_404(Seat.objects.visible_to(actor).select_related("post__organisation"), pk=pk)
    require(actor, Right.RUN_MEETINGS)
    form = EndSeatForm(request.POST or None)
    page = FormPage(
        title=f"停用席位：{row}",
        back=reverse("consultations:council"),
        crumbs=[HEAD, Crumb("停用")],
        button="停用",
    )

    def done() -> str:
        services.end_seat(
            seat_id=row.pk, ends_on=form.cleaned_data["ends_on"], actor=actor, today=clock.today()
        )
        return "已停用。"

    return fill_in(request, form, page, done)


@login_required
@require_http_methods(["GET", "POST"])
def contact(request: HttpRequest, code: str, duty: str) -> HttpResponse:
    """A member unit names its liaison or its handler."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.MANAGE_POSTS)
    duties = {"liaison": Post.Duty.LIAISON, "officer": Post.Duty.OFFICER}
    scope = actor.scope
    rows = Organisation.objects.filter(path__startswith=scope.path if scope else "-")
    unit = get_object_or_404(rows, code=code)
    if duty not in duties:
        raise Http404
    form = ContactForm(request.POST or None, initial={"starts_on": today})
    label = duties[duty].label
    page = FormPage(
        title=f"{unit.name}{label}",
        back=reverse("consultations:council"),
        crumbs=[HEAD, Crumb(label)],
        subtitle="新任自起任日期接替原任",
    )

    def done() -> str:
        name_contact(
            actor=actor,
            organisation=unit,
            duty=duties[duty],
            holder=form.holder(),
            starts_on=form.cleaned_data["starts_on"],
        )
        return f"已登记{label}。"

    return fill_in(request, form, page, done)


@login_required
@require_GET
def record(request: HttpRequest) -> HttpResponse:
    """Each unit's year: topics handed in, meetings answered and attended, minutes unread."""
    actor, today = actor_of(request), clock.today()
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and 2000 < int(asked) < 2100 else today.year
    context = {
        "rows": unit_records(actor=actor, year=year),
        "year": year,
        "years": [today.year - 1, today.year],
        "crumbs": [HEAD, Crumb("报送和参会情况")],
    }
    return render(request, "consultations/record.html", context)


@login_required
@require_GET
def settings(request: HttpRequest) -> HttpResponse:
    """What topics may be about, and the council's figures, each with its versions."""
    actor, today = actor_of(request), clock.today()
    context = {
        "kinds": kinds_in_force(today),
        "versions": TopicKind.objects.select_related("lead").order_by("place", "code", "-effective_from"),
        "setting": setting_on(today),
        "rows": MeetingSetting.objects.order_by("-effective_from"),
        "may_edit": allowed(actor, Right.EDIT_MEETING_RULES),
        "crumbs": [Crumb("期限设置", reverse("deadlines:settings")), Crumb("会商设置")],
    }
    return render(request, "consultations/settings.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def kind(request: HttpRequest, code: str) -> HttpResponse:
    """A new version of a kind of topic; an unknown code makes a new kind."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.EDIT_MEETING_RULES)
    newest = TopicKind.objects.filter(code=code).order_by("-effective_from").first()
    names = ("label", "place", "lead", "duty", "template", "is_active", "basis")
    initial = {name: getattr(newest, name) for name in names} if newest else {"is_active": True, "place": 100}
    form = KindForm(request.POST or None, initial=initial | {"effective_from": today})
    title = f"修订：{newest.label}" if newest else "新增会商内容"
    page = FormPage(
        title=title,
        back=reverse("consultations:settings"),
        crumbs=[SETTINGS, Crumb(title)],
        subtitle="自生效日期起适用，已提出的议题不变",
        button="保存新版本",
    )

    def done() -> str:
        setting_services.revise_kind(
            code=code.upper(),
            terms=form.terms(),
            effective_from=form.cleaned_data["effective_from"],
            actor=actor,
            today=today,
        )
        return "已保存新版本。"

    return fill_in(request, form, page, done)


@login_required
@require_http_methods(["GET", "POST"])
def figures(request: HttpRequest) -> HttpResponse:
    """Other figures from a day on."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.EDIT_MEETING_RULES)
    now = setting_on(today)
    names = ("warn_days", "task_days", "annual_days", "mark", "number_mark", "basis")
    initial = {name: getattr(now, name) for name in names} | {"effective_from": today}
    form = SettingForm(request.POST or None, initial=initial)
    page = FormPage(
        title="修订会商设置",
        back=reverse("consultations:settings"),
        crumbs=[SETTINGS, Crumb("修订")],
        button="保存新版本",
    )

    def done() -> str:
        setting_services.revise_setting(
            terms=form.terms(), effective_from=form.cleaned_data["effective_from"], actor=actor, today=today
        )
        return "已保存新版本。"

    return fill_in(request, form, page, done)
