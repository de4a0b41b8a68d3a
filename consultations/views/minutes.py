"""Minutes: the archive with its search, each one, its versions, files and readers."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import actor_of, login_required
from accounts.rights import Right, allowed, require
from consultations.documents import MinutesWords, minutes_document
from consultations.filters import MinutesFilterSet
from consultations.forms import MinutesForm, ReasonForm, ScanForm
from consultations.minute_words import opening_of, words_of
from consultations.models import Minutes
from consultations.selectors.meetings import agenda_of
from consultations.selectors.minutes import circulations_of, excerpt, minutes_list
from consultations.selectors.topics import setting_on
from consultations.services import minutes as services
from core import clock
from core.errors import DomainError
from officefiles.documents import DOCX
from papers.models import Paper, PaperContent
from ui.downloads import download
from ui.filling import FormPage, fill_in
from ui.htmx import UNPROCESSABLE, render_page
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb

HEAD = Crumb("会商纪要", "/consultations/minutes/")


@login_required
@require_GET
def archive(request: HttpRequest) -> HttpResponse:
    """All minutes the reader may see, newest first; with words those whose text holds them."""
    actor = actor_of(request)
    filterset = MinutesFilterSet(request.GET, queryset=minutes_list(actor=actor), request=request)
    page = keyset_page(filterset.qs, order=("-id",), cursor=request.GET.get("cursor"))
    words = request.GET.get("q", "")
    context = {
        "filterset": filterset,
        "page": page,
        "rows": [(row, excerpt(row.text, words) if words else "") for row in page],
        "total": capped_count(Minutes.objects.filter(pk__in=filterset.qs.values("pk"))),
    }
    return render_page(request, "consultations/archive.html", context, partial="list")


def _visible(request: HttpRequest, pk: int) -> Minutes:
    rows = Minutes.objects.visible_to(actor_of(request)).select_related(
        "meeting__council__organisation", "meeting__council__seal", "issued_by", "document", "scan"
    )
    return get_object_or_404(rows, pk=pk)


def _words(request: HttpRequest, row: Minutes) -> MinutesWords:
    today = clock.today()
    items = agenda_of(row.meeting, actor=actor_of(request))
    return words_of(row, items, setting=setting_on(row.issued_on or today), today=today)


@login_required
@require_GET
def minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """The minutes as they read, their files, versions and readers."""
    return _minutes(request, _visible(request, pk))


def _minutes(request: HttpRequest, row: Minutes, *, refusal: str = "") -> HttpResponse:
    actor = actor_of(request)
    sent = circulations_of(row, actor=actor)
    codes = actor.organisation.ancestor_codes if actor.organisation else []
    others = Minutes.objects.visible_to(actor).filter(meeting=row.meeting_id).exclude(pk=row.pk)
    context = {
        "row": row,
        "words": _words(request, row) if row.is_draft else None,
        "lines": row.text.split("\n")[2:],
        "sent": sent,
        "read": sum(line.read_at is not None for line in sent),
        "must_read": any(
            line.organisation.code in codes
            and line.read_at is None
            and line.organisation.kind != "prefecture"
            for line in sent
        ),
        "versions": list(others.order_by("-version")),
        "may_run": allowed(actor, Right.RUN_MEETINGS),
        "refusal": refusal,
        "crumbs": [HEAD, Crumb(row.title)],
    }
    status = UNPROCESSABLE if refusal else 200
    return render(request, "consultations/minutes.html", context, status=status)


@login_required
@require_GET
def word(request: HttpRequest, pk: int) -> HttpResponse:
    """The Word file: as issued, or the draft as it stands."""
    row = _visible(request, pk)
    if row.document is None:
        return download(
            minutes_document(_words(request, row)), f"{row.title}（草稿）.docx", content_type=DOCX
        )
    return _file(request, row, row.document)


@login_required
@require_GET
def scan_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The signed paper."""
    row = _visible(request, pk)
    if row.scan is None:
        raise Http404
    return _file(request, row, row.scan)


def _file(request: HttpRequest, row: Minutes, paper: Paper) -> HttpResponse:
    try:
        opened = services.open_file(minutes=row, paper=paper, actor=actor_of(request))
    except PaperContent.DoesNotExist as withdrawn:
        raise Http404 from withdrawn
    return download(opened.content, opened.paper.filename, content_type=opened.paper.media_type)


def _page(row: Minutes, title: str, *, button: str = "") -> FormPage:
    return FormPage(
        title=title,
        back=row.get_absolute_url(),
        crumbs=[HEAD, Crumb(row.title, row.get_absolute_url()), Crumb(title)],
        subtitle=str(row),
        button=button or title,
    )


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The title, the first paragraph, the copies."""
    row, actor = _visible(request, pk), actor_of(request)
    require(actor, Right.RUN_MEETINGS)
    opening = row.opening or opening_of(row.meeting, agenda_of(row.meeting, actor=actor))
    initial = {"title": row.title, "opening": opening, "copies_to": row.copies_to}
    form = MinutesForm(request.POST or None, initial=initial)

    def done() -> str:
        services.word_minutes(minutes_id=row.pk, actor=actor, today=clock.today(), **form.cleaned_data)
        return "已保存。"

    return fill_in(request, form, _page(row, "修改纪要", button="保存"), done)


@login_required
@require_POST
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Give it its number, give out its tasks, send it round."""
    row, actor = _visible(request, pk), actor_of(request)
    require(actor, Right.RUN_MEETINGS)
    try:
        done = services.issue_minutes(minutes_id=row.pk, actor=actor, today=clock.today(), now=clock.now())
    except DomainError as refusal:
        return _minutes(request, row, refusal=refusal.message)
    messages.success(request, f"已印发{done.number_text}，议定事项已交办为任务。")
    return redirect(row.get_absolute_url())


@login_required
@require_http_methods(["GET", "POST"])
def revise(request: HttpRequest, pk: int) -> HttpResponse:
    """A new version."""
    row, actor = _visible(request, pk), actor_of(request)
    require(actor, Right.RUN_MEETINGS)
    form = ReasonForm(request.POST or None)

    def done() -> str:
        services.revise_minutes(
            minutes_id=row.pk, reason=form.cleaned_data["reason"], actor=actor, today=clock.today()
        )
        return "已拟定新版本，修改后重新印发。"

    return fill_in(request, form, _page(row, "拟定新版本"), done)


@login_required
@require_http_methods(["GET", "POST"])
def scan(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the signed paper."""
    row, actor = _visible(request, pk), actor_of(request)
    require(actor, Right.RUN_MEETINGS)
    form = ScanForm(request.POST or None, request.FILES or None)

    def done() -> str:
        services.attach_scan(minutes_id=row.pk, upload=form.upload(), actor=actor, today=clock.today())
        return "已上传签发件。"

    return fill_in(request, form, _page(row, "上传签发件"), done)


@login_required
@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """The reader's unit has read it."""
    row = _visible(request, pk)
    services.acknowledge(minutes_id=row.pk, actor=actor_of(request), today=clock.today(), now=clock.now())
    messages.success(request, "已签收。")
    return redirect(reverse("consultations:minutes", args=[row.pk]))
