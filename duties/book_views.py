"""任务分解: upload, look at what is wrong, confirm, undo; the tree."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.rights import Right, allowed, require
from core import clock
from core.errors import DomainError
from duties import selectors
from duties.book_sheet import restored
from duties.forms import ReasonForm
from duties.models import TaskBook
from duties.readings import read_task
from duties.rules.tree import count_tree
from duties.services import books
from duties.supervision_forms import BookForm
from ui.filling import FormPage, fill_in
from ui.htmx import UNPROCESSABLE, status_for
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb


@login_required
@require_GET
def book_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    rows = selectors.book_list(actor=actor)
    context = {
        "page": keyset_page(rows, order=("-id",), cursor=request.GET.get("cursor")),
        "total": capped_count(rows),
        "may_issue": allowed(actor, Right.ISSUE_TASKS),
    }
    return render(request, "duties/books.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Read a workbook; the next page shows every problem."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.ISSUE_TASKS)
    form = BookForm(
        request.POST or None, request.FILES or None, actor=actor, today=today, initial={"year": today.year}
    )
    if request.method == "POST" and form.is_valid():
        try:
            book = books.read_task_book(actor=actor, facts=form.facts(), upload=form.upload(), today=today)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            return redirect(book.get_absolute_url())
    page = FormPage(
        title="上传任务分解表",
        back=reverse("duties:books"),
        crumbs=[Crumb("任务分解", reverse("duties:books")), Crumb("上传")],
        subtitle="先读取并核对大项、小项数和责任人，确认后才交办",
        button="读取",
    )
    return render(request, "ui/form_page.html", {"form": form, "page": page}, status=status_for(form))


def _book(actor: User, pk: int) -> TaskBook:
    return get_object_or_404(selectors.book_list(actor=actor), pk=pk)


@login_required
@require_GET
def book_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The preview of a workbook, or the tree of the tasks that came of it."""
    return _page(request, pk)


def _page(request: HttpRequest, pk: int, *, refusal: str = "", status: int = 200) -> HttpResponse:
    actor, today = actor_of(request), clock.today()
    book = _book(actor, pk)
    rows = [restored(kept) for kept in book.rows]
    tree = selectors.tree_of(book, actor=actor) if book.state != TaskBook.State.PREVIEW else []
    context = {
        "book": book,
        "counted": count_tree(rows),
        "preview": rows if book.state == TaskBook.State.PREVIEW else [],
        "tree": [read_task(task, today=today) for task in tree],
        "refusal": refusal,
        "may_issue": allowed(actor, Right.ISSUE_TASKS),
        "crumbs": [Crumb("任务分解", reverse("duties:books")), Crumb(book.title)],
    }
    return render(request, "duties/book.html", context, status=status)


@login_required
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Issue all of it."""
    actor = actor_of(request)
    book = _book(actor, pk)
    require(actor, Right.ISSUE_TASKS)
    try:
        books.confirm_task_book(actor=actor, book_id=book.pk, today=clock.today())
    except DomainError as refusal:
        return _page(request, pk, refusal=refusal.message, status=UNPROCESSABLE)
    messages.success(request, f"已交办“{book.title}”的全部任务。")
    return redirect(book.get_absolute_url())


@login_required
@require_http_methods(["GET", "POST"])
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw all of it, while nobody has begun."""
    actor, today = actor_of(request), clock.today()
    book = _book(actor, pk)
    require(actor, Right.ISSUE_TASKS)
    form = ReasonForm(request.POST or None, actor=actor, today=today)
    page = FormPage(
        title="撤销任务分解",
        back=book.get_absolute_url(),
        crumbs=[Crumb("任务分解", reverse("duties:books")), Crumb(book.title, book.get_absolute_url())],
        subtitle=f"{book}：撤销后全部任务作废，已开始办理的不能整批撤销",
        button="撤销",
    )

    def act() -> str:
        books.undo_task_book(actor=actor, book_id=book.pk, reason=form.cleaned_data["reason"], today=today)
        return f"已撤销“{book.title}”。"

    return fill_in(request, form, page, act)
