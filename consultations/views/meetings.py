"""Meetings: the list with its quarters, each meeting, its agenda, who comes, series."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.rights import Right, allowed, require
from consultations import rules
from consultations.documents import AgendaLine, agenda_document
from consultations.export import resolution_workbook
from consultations.filters import MeetingFilterSet
from consultations.forms import (
    AddTopicForm,
    AskUnitForm,
    MeetingChangeForm,
    MeetingForm,
    ReasonForm,
    ReplyForm,
    SeriesForm,
    initial_meeting,
)
from consultations.models import AgendaItem, Attendance, Meeting, MeetingKind, QuarterWatch, Resolution, Topic
from consultations.selectors import meetings as selectors
from consultations.selectors.agenda import escalated_waiting, unfinished_resolutions, waiting_topics
from consultations.selectors.briefs import briefs_of
from consultations.selectors.topics import council_for, units_for
from consultations.services import agenda, calling, meetings, quarters
from consultations.services import series as series_services
from core import clock
from core.errors import DomainError
from deadlines.selectors import lamp_of
from officefiles.documents import DOCX
from ui.downloads import download
from ui.filling import FormPage, fill_in
from ui.htmx import UNPROCESSABLE, render_page
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb

LIST, PAGE = "consultations/meetings.html", "consultations/meeting.html"
HEAD = Crumb("会商会议", "/consultations/meetings/")
TITLES = {MeetingKind.GROUP.value: "用地要素保障领导小组专题研究会议"}


@login_required
@require_GET
def meeting_list(request: HttpRequest) -> HttpResponse:
    """Meetings, newest first; above them the quarters of the last two years."""
    actor, today = actor_of(request), clock.today()
    filterset = MeetingFilterSet(request.GET, queryset=selectors.meeting_list(actor=actor), request=request)
    watched = QuarterWatch.objects.visible_to(actor).select_related("deadline", "meeting")[:8]
    context = {
        "filterset": filterset,
        "page": keyset_page(filterset.qs, order=("-held_on", "-id"), cursor=request.GET.get("cursor")),
        "total": capped_count(Meeting.objects.filter(pk__in=filterset.qs.values("pk"))),
        "for_group": escalated_waiting(actor=actor),
        "quarters": [(watch, lamp_of(watch.deadline, today)) for watch in watched],
        "may_run": allowed(actor, Right.RUN_MEETINGS),
    }
    return render_page(request, LIST, context, partial="list")


def visible_meeting(request: HttpRequest, pk: int) -> Meeting:
    return get_object_or_404(selectors.meeting_list(actor=actor_of(request)), pk=pk)


@login_required
@require_GET
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """One meeting: when and where, its agenda, who comes, its minutes."""
    return _meeting(request, visible_meeting(request, pk))


def _meeting(request: HttpRequest, row: Meeting, *, refusal: str = "") -> HttpResponse:
    actor = actor_of(request)
    people = Attendance.objects.visible_to(actor).filter(meeting=row)
    context = {
        "row": row,
        "items": selectors.agenda_of(row, actor=actor),
        "people": list(people.select_related("organisation", "post").order_by("place", "pk")),
        "minutes": selectors.latest_minutes(row, actor=actor),
        "may_run": allowed(actor, Right.RUN_MEETINGS),
        "may_reply": allowed(actor, Right.REPLY_MEETING) and row.is_planned,
        "own_path": actor.scope.path if actor.scope else "-",
        "states": Attendance.State.choices,
        "refusal": refusal,
        "today": clock.today(),
        "crumbs": [HEAD, Crumb(row.title)],
    }
    return render(request, PAGE, context, status=UNPROCESSABLE if refusal else 200)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Call a meeting."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.RUN_MEETINGS)
    council = council_for(actor)
    quarter = rules.quarter_of(today)
    asked = request.GET.get("kind", "")
    title = TITLES.get(asked, f"{quarter.label}用地要素保障集中会商会议")
    form = MeetingForm(request.POST or None, initial={"title": title, "kind": asked})
    notes = [] if council else ["还没有建立会商组织，请先在“会商组织”页建立。"]
    page = FormPage(
        title="筹备会议",
        back=reverse("consultations:meetings"),
        crumbs=[HEAD, Crumb("筹备会议")],
        notes=notes,
        button="筹备会议",
    )
    if council is None and request.method == "POST":
        form.add_error(None, notes[0])

    def done() -> str:
        assert council is not None
        calling.call_meeting(
            council=council, kind=form.cleaned_data["kind"], facts=form.facts(), actor=actor, today=today
        )
        return "已筹备会议，会商成员已列入参会名单；请生成议程。"

    return fill_in(request, form, page, done)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Another day, place or chair."""
    row, actor = visible_meeting(request, pk), actor_of(request)
    require(actor, Right.RUN_MEETINGS)
    form = MeetingChangeForm(request.POST or None, initial=initial_meeting(row))

    def done() -> str:
        meetings.change_meeting(meeting_id=row.pk, facts=form.facts(), actor=actor, today=clock.today())
        return "已保存。"

    return fill_in(request, form, _page(row, "修改会议"), done)


def _page(row: Meeting, title: str, *, button: str = "", subtitle: str = "") -> FormPage:
    return FormPage(
        title=title,
        back=row.get_absolute_url(),
        crumbs=[HEAD, Crumb(row.title, row.get_absolute_url()), Crumb(title)],
        subtitle=subtitle or row.title,
        button=button or title,
    )


@login_required
@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Call a meeting off."""
    row, actor = visible_meeting(request, pk), actor_of(request)
    require(actor, Right.RUN_MEETINGS)
    form = ReasonForm(request.POST or None)

    def done() -> str:
        reason = form.cleaned_data["reason"]
        meetings.cancel_meeting(meeting_id=row.pk, reason=reason, actor=actor, today=clock.today())
        return "已取消会议，议题待下次会商。"

    return fill_in(request, form, _page(row, "取消会议"), done)


def _build(row: Meeting, actor: User) -> str:
    count = agenda.build_agenda(meeting_id=row.pk, actor=actor, today=clock.today())
    return f"议程共 {count} 项，按项目类别和受阻天数排序。"


def _notify(row: Meeting, actor: User) -> str:
    count = meetings.notify_units(meeting_id=row.pk, actor=actor, today=clock.today(), now=clock.now())
    return f"已通知 {count} 个参会单位。"


def _start(row: Meeting, actor: User) -> str:
    meetings.start_meeting(meeting_id=row.pk, actor=actor, today=clock.today())
    return "会议开始，纪要草稿随会议记录生成。"


def _end(row: Meeting, actor: User) -> str:
    meetings.end_meeting(meeting_id=row.pk, actor=actor, today=clock.today())
    return "会议结束，核对纪要后印发。"


DEEDS: dict[str, Callable[[Meeting, User], str]] = {
    "agenda": _build,
    "notify": _notify,
    "start": _start,
    "end": _end,
}


@login_required
@require_POST
def do(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """One click: build the agenda, send the notice, begin, end."""
    if verb not in DEEDS:
        raise Http404
    row, actor = visible_meeting(request, pk), actor_of(request)
    require(actor, Right.RUN_MEETINGS)
    try:
        messages.success(request, DEEDS[verb](row, actor))
    except DomainError as refusal:
        return _meeting(request, row, refusal=refusal.message)
    if verb == "start":
        return redirect("consultations:room", row.pk)
    return redirect(row.get_absolute_url())


@login_required
@require_http_methods(["GET", "POST"])
def add_topic(request: HttpRequest, pk: int) -> HttpResponse:
    """Put one waiting topic on the agenda by hand."""
    row, actor = visible_meeting(request, pk), actor_of(request)
    require(actor, Right.RUN_MEETINGS)
    carried = {found.item.topic_id for found in unfinished_resolutions(row)}
    form = AddTopicForm(request.POST or None, topics=waiting_topics(row, carried=carried))

    def done() -> str:
        topic: Topic = form.cleaned_data["topic"]
        agenda.add_topic(meeting_id=row.pk, topic_id=topic.pk, actor=actor, today=clock.today())
        return f"已列入“{topic.title}”。"

    return fill_in(request, form, _page(row, "增加议题"), done)


@login_required
@require_http_methods(["GET", "POST"])
def ask_unit(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask one more unit."""
    row, actor = visible_meeting(request, pk), actor_of(request)
    require(actor, Right.RUN_MEETINGS)
    form = AskUnitForm(request.POST or None, units=units_for(row.council))

    def done() -> str:
        meetings.ask_unit(meeting_id=row.pk, actor=actor, today=clock.today(), **form.cleaned_data)
        return f"已邀请{form.cleaned_data['organisation'].name}列席。"

    return fill_in(request, form, _page(row, "邀请列席单位"), done)


@login_required
@require_POST
def attendance(request: HttpRequest, pk: int) -> HttpResponse:
    """Who came: one choice a line."""
    row, actor = visible_meeting(request, pk), actor_of(request)
    require(actor, Right.RUN_MEETINGS)
    marks = {
        int(name.removeprefix("person-")): value
        for name, value in request.POST.items()
        if name.startswith("person-") and name[7:].isdecimal() and value in Attendance.State.values
    }
    try:
        meetings.mark_attendance(meeting_id=row.pk, marks=marks, actor=actor, today=clock.today())
    except DomainError as refusal:
        return _meeting(request, row, refusal=refusal.message)
    messages.success(request, "已登记出席情况。")
    return redirect(row.get_absolute_url())


@login_required
@require_http_methods(["GET", "POST"])
def reply(request: HttpRequest, pk: int) -> HttpResponse:
    """A unit says who comes."""
    actor = actor_of(request)
    rows = Attendance.objects.visible_to(actor).select_related("organisation", "meeting")
    row = get_object_or_404(rows, pk=pk)
    require(actor, Right.REPLY_MEETING)
    form = ReplyForm(request.POST or None, initial={"person": row.person, "is_coming": "COMING"})

    def done() -> str:
        meetings.reply(
            attendance_id=row.pk, answer=form.reply(), actor=actor, today=clock.today(), now=clock.now()
        )
        return "已回复参会情况。"

    return fill_in(
        request, form, _page(row.meeting, f"参会回执：{row.organisation.name}", button="回复"), done
    )


@login_required
@require_POST
def item_do(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """One place up, or off the agenda."""
    actor = actor_of(request)
    row = get_object_or_404(AgendaItem.objects.visible_to(actor), pk=pk)
    require(actor, Right.RUN_MEETINGS)
    deed = {"up": agenda.move_up, "off": agenda.take_off}.get(verb)
    if deed is None:
        raise Http404
    found = visible_meeting(request, row.meeting_id)
    try:
        deed(item_id=row.pk, actor=actor, today=clock.today())
    except DomainError as refusal:
        return _meeting(request, found, refusal=refusal.message)
    return redirect(found.get_absolute_url())


@login_required
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """The unit confirms what is written about its topic."""
    actor = actor_of(request)
    rows = AgendaItem.objects.visible_to(actor).select_related("meeting", "topic")
    row = get_object_or_404(rows, pk=pk)
    require(actor, Right.RAISE_TOPIC)
    form = ReasonForm(request.POST or None)
    form.fields["reason"].label, form.fields["reason"].required = "确认意见", False

    def done() -> str:
        agenda.confirm_item(
            item_id=row.pk, note=form.cleaned_data["reason"], actor=actor, today=clock.today()
        )
        return "已确认。"

    back = row.meeting.get_absolute_url()
    if not Meeting.objects.visible_to(actor).filter(pk=row.meeting_id).exists():
        back = row.topic.get_absolute_url()
    page = FormPage(
        title=f"逐项确认：{row.topic.title}", back=back, crumbs=[HEAD, Crumb("逐项确认")], button="确认"
    )
    return fill_in(request, form, page, done)


@login_required
@require_GET
def briefs(request: HttpRequest, pk: int) -> HttpResponse:
    """One page a topic, to be printed: facts, steps, clock, quota, earlier resolutions."""
    row, actor = visible_meeting(request, pk), actor_of(request)
    items = selectors.agenda_of(row, actor=actor)
    asked = request.GET.get("item", "")
    chosen = [item for item in items if not asked or str(item.pk) == asked]
    found = briefs_of([item.topic for item in chosen], actor=actor, today=clock.today())
    context = {
        "row": row,
        "pages": list(zip(chosen, found, strict=True)),
        "today": clock.today(),
        "crumbs": [HEAD, Crumb(row.title, row.get_absolute_url()), Crumb("会议材料")],
    }
    return render(request, "consultations/briefs.html", context)


@login_required
@require_GET
def word(request: HttpRequest, pk: int) -> HttpResponse:
    """The agenda as a Word document."""
    row, actor = visible_meeting(request, pk), actor_of(request)
    lines = [
        AgendaLine(
            title=item.topic.title,
            project=item.topic.project.name if item.topic.project else "",
            raised_by=item.topic.raised_by_unit.name,
            times=item.times_words,
            days_stuck=item.days_stuck,
            unfinished=[str(carried) for carried in item.carried.all()],
        )
        for item in selectors.agenda_of(row, actor=actor)
    ]
    content = agenda_document(
        title=row.title, held_on=row.held_on, place=row.place, chair=row.chair, lines=lines
    )
    return download(content, f"{row.title}议程.docx", content_type=DOCX)


@login_required
@require_GET
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """What the meeting resolved, with what became of each, as a workbook."""
    row, actor, today = visible_meeting(request, pk), actor_of(request), clock.today()
    found = Resolution.objects.visible_to(actor).filter(item__meeting=row)
    content = resolution_workbook(found, title=f"{row.title}议定事项", actor=actor, today=today)
    return download(content, f"{row.title}议定事项{today:%Y%m%d}.xlsx")


@login_required
@require_http_methods(["GET", "POST"])
def explain(request: HttpRequest, pk: int) -> HttpResponse:
    """Why a quarter has no collective meeting."""
    actor = actor_of(request)
    row = get_object_or_404(QuarterWatch.objects.visible_to(actor), pk=pk)
    require(actor, Right.RUN_MEETINGS)
    form = ReasonForm(request.POST or None)
    page = FormPage(
        title=f"{row.quarter.label}未召开集中会商",
        back=reverse("consultations:meetings"),
        crumbs=[HEAD, Crumb("说明原因")],
        subtitle="原则上每季度一次；未召开的说明原因，不计逾期",
        button="保存原因",
    )

    def done() -> str:
        reason = form.cleaned_data["reason"]
        quarters.explain_quarter(watch_id=row.pk, reason=reason, actor=actor, today=clock.today())
        return "已登记原因。"

    return fill_in(request, form, page, done)


@login_required
@require_http_methods(["GET", "POST"])
def new_series(request: HttpRequest) -> HttpResponse:
    """A yearly consultation or a mobilisation, with one meeting an area or round."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.RUN_MEETINGS)
    council = council_for(actor)
    form = SeriesForm(request.POST or None, initial={"kind": MeetingKind.ANNUAL})
    page = FormPage(
        title="安排系列会议",
        back=reverse("consultations:meetings"),
        crumbs=[HEAD, Crumb("安排系列会议")],
        subtitle="年度会商在经济工作会议之后集中对接；动员会议按片区召开",
        button="安排会议",
    )

    def done() -> str:
        if council is None:
            raise Http404
        series_services.open_series(council=council, new=form.new(), actor=actor, today=today)
        return "已安排，各次会议见清单，可分别调整日期和地点。"

    return fill_in(request, form, page, done)
