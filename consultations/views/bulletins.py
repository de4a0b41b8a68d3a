"""简报专报: the archive, drafting, editing paragraph by paragraph, issuing, the Word file."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import actor_of, login_required
from accounts.rights import Right, allowed, require
from consultations.documents import bulletin_document
from consultations.filters import BulletinFilterSet
from consultations.forms import BulletinForm, BulletinItemForm
from consultations.models import Bulletin, BulletinItem
from consultations.selectors.bulletins import bulletin_list
from consultations.services import bulletins as services
from core import clock
from core.errors import DomainError
from officefiles.documents import DOCX
from papers.downloads import file_response
from papers.models import PaperContent
from ui.downloads import download
from ui.filling import FormPage, fill_in
from ui.htmx import UNPROCESSABLE, render_page
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb

HEAD = Crumb("简报专报", "/consultations/bulletins/")


@login_required
@require_GET
def bulletins(request: HttpRequest) -> HttpResponse:
    """Every issue, newest first, by kind, year and words."""
    actor = actor_of(request)
    filterset = BulletinFilterSet(request.GET, queryset=bulletin_list(actor=actor), request=request)
    context = {
        "filterset": filterset,
        "page": keyset_page(filterset.qs, order=("-id",), cursor=request.GET.get("cursor")),
        "total": capped_count(Bulletin.objects.filter(pk__in=filterset.qs.values("pk"))),
        "may_run": allowed(actor, Right.RUN_MEETINGS),
    }
    return render_page(request, "consultations/bulletins.html", context, partial="list")


def _visible(request: HttpRequest, pk: int) -> Bulletin:
    return get_object_or_404(bulletin_list(actor=actor_of(request)), pk=pk)


@login_required
@require_GET
def bulletin(request: HttpRequest, pk: int) -> HttpResponse:
    """One issue as it reads."""
    return _bulletin(request, _visible(request, pk))


def _bulletin(request: HttpRequest, row: Bulletin, *, refusal: str = "") -> HttpResponse:
    context = {
        "row": row,
        "items": list(row.items.all()),
        "may_edit": allowed(actor_of(request), Right.RUN_MEETINGS) and row.is_draft,
        "refusal": refusal,
        "crumbs": [HEAD, Crumb(row.title)],
    }
    status = UNPROCESSABLE if refusal else 200
    return render(request, "consultations/bulletin.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Draft an issue of this week."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.RUN_MEETINGS)
    monday = today - timedelta(days=today.weekday())
    initial = {"first_on": monday, "last_on": today, "title": f"一周用地要素保障情况（{monday:%m月%d日}起）"}
    form = BulletinForm(request.POST or None, initial=initial)
    page = FormPage(
        title="编报简报专报",
        back=reverse("consultations:bulletins"),
        crumbs=[HEAD, Crumb("编报")],
        subtitle="按起止日期内的会议、批复、任务和问题起草，起草后逐条修改",
        button="起草",
    )

    def done() -> str:
        made = services.draft_bulletin(facts=form.facts(), actor=actor, today=today)
        return f"已起草“{made.title}”，核对后印发。"

    return fill_in(request, form, page, done)


def _page(row: Bulletin, title: str) -> FormPage:
    return FormPage(
        title=title,
        back=row.get_absolute_url(),
        crumbs=[HEAD, Crumb(row.title, row.get_absolute_url()), Crumb(title)],
        subtitle=row.title,
    )


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Title, kind, days and copies."""
    row, actor = _visible(request, pk), actor_of(request)
    require(actor, Right.RUN_MEETINGS)
    names = ("kind", "title", "first_on", "last_on", "copies_to")
    form = BulletinForm(request.POST or None, initial={name: getattr(row, name) for name in names})

    def done() -> str:
        services.change_bulletin(bulletin_id=row.pk, facts=form.facts(), actor=actor, today=clock.today())
        return "已保存。"

    return fill_in(request, form, _page(row, "修改简报专报"), done)


@login_required
@require_http_methods(["GET", "POST"])
def add_item(request: HttpRequest, pk: int) -> HttpResponse:
    """One more paragraph."""
    row, actor = _visible(request, pk), actor_of(request)
    require(actor, Right.RUN_MEETINGS)
    form = BulletinItemForm(request.POST or None)

    def done() -> str:
        services.write_item(bulletin_id=row.pk, actor=actor, today=clock.today(), **form.cleaned_data)
        return "已增加。"

    return fill_in(request, form, _page(row, "增加条目"), done)


def _visible_item(request: HttpRequest, pk: int) -> BulletinItem:
    rows = BulletinItem.objects.visible_to(actor_of(request)).select_related("bulletin")
    return get_object_or_404(rows, pk=pk)


@login_required
@require_http_methods(["GET", "POST"])
def change_item(request: HttpRequest, pk: int) -> HttpResponse:
    """Other words for a paragraph."""
    row, actor = _visible_item(request, pk), actor_of(request)
    require(actor, Right.RUN_MEETINGS)
    form = BulletinItemForm(request.POST or None, initial={"section": row.section, "text": row.text})

    def done() -> str:
        services.change_item(item_id=row.pk, actor=actor, today=clock.today(), **form.cleaned_data)
        return "已保存。"

    return fill_in(request, form, _page(row.bulletin, "修改条目"), done)


@login_required
@require_POST
def strike_item(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave a paragraph out."""
    row, actor = _visible_item(request, pk), actor_of(request)
    require(actor, Right.RUN_MEETINGS)
    try:
        services.strike_item(item_id=row.pk, actor=actor, today=clock.today())
    except DomainError as refusal:
        return _bulletin(request, _visible(request, row.bulletin_id), refusal=refusal.message)
    messages.success(request, "已删除该条。")
    return redirect(row.bulletin.get_absolute_url())


@login_required
@require_POST
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Give it its number and keep the file."""
    row, actor = _visible(request, pk), actor_of(request)
    require(actor, Right.RUN_MEETINGS)
    try:
        done = services.issue_bulletin(bulletin_id=row.pk, actor=actor, today=clock.today())
    except DomainError as refusal:
        return _bulletin(request, row, refusal=refusal.message)
    messages.success(request, f"已印发，{done.number_text}。")
    return redirect(row.get_absolute_url())


@login_required
@require_GET
def word(request: HttpRequest, pk: int) -> HttpResponse:
    """The Word file: as issued, or the draft as it stands."""
    row = _visible(request, pk)
    if row.document is None:
        content = bulletin_document(services.words_of(row, today=clock.today()))
        return download(content, f"{row.title}（草稿）.docx", content_type=DOCX)
    try:
        return file_response(row.document, actor=actor_of(request))
    except PaperContent.DoesNotExist as withdrawn:
        raise Http404 from withdrawn
