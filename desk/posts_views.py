"""Posts, who holds them, and who follows: what is open goes with the post."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts import posts
from accounts.http import actor_of, login_required
from accounts.models import Post, PostQuerySet, User
from accounts.rights import Right, allowed, require
from core import clock
from deadlines.models import Deadline
from desk import succession
from desk.posts_forms import LeaveForm, NewPostForm, PostForm
from projects.models import AreaLink, Link
from projects.people_forms import HolderForm
from ui.filling import FormPage, fill_in
from ui.filters import FilterSet
from ui.htmx import render_page
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb

ORDER = ("organisation__path", "title")


def posts_with_work(*, actor: User) -> PostQuerySet:
    """Posts with holders of the day, and what hangs on each: open promises, projects, areas. One query."""
    return posts.post_list(actor=actor, on=clock.today()).annotate(
        promises=_hanging(Deadline.objects.open(), "holder_post"),
        projects=_hanging(Link.objects.active(), "post"),
        areas=_hanging(AreaLink.objects.active(), "leader_post"),
    )


def _hanging(rows: QuerySet[Any], post: str) -> Coalesce:
    """How many of `rows` hang on the post; counted apart, so that they do not multiply."""
    counted = rows.filter(**{post: OuterRef("pk")}).order_by().values(post).annotate(number=Count("pk"))
    return Coalesce(Subquery(counted.values("number")), Value(0))


class PostFilterSet(FilterSet):
    """Parameters: q, duty, state (vacant, check, closed). Works on `posts_with_work`."""

    q = django_filters.CharFilter(label="单位、岗位或姓名", method="by_words")
    duty = django_filters.ChoiceFilter(label="职责", choices=Post.Duty.choices, empty_label="全部")
    state = django_filters.ChoiceFilter(
        label="情况",
        method="by_state",
        choices=[("vacant", "空缺"), ("check", "待核"), ("closed", "已停用")],
        empty_label="在用",
    )

    class Meta:
        model = Post
        fields: ClassVar[list[str]] = []

    def filter_queryset(self, queryset: QuerySet[Post]) -> QuerySet[Post]:
        rows: QuerySet[Post] = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("state") == "closed" else rows.filter(is_active=True)

    def by_words(self, rows: QuerySet[Post], name: str, value: str) -> QuerySet[Post]:
        named = Q(title__icontains=value) | Q(organisation__name__icontains=value)
        return rows.filter(named | Q(holder_name__icontains=value))

    def by_state(self, rows: QuerySet[Post], name: str, value: str) -> QuerySet[Post]:
        if value == "vacant":
            return rows.filter(holder_name="")  # type: ignore[misc]  # annotated by `held`
        return rows.exclude(needs_check="") if value == "check" else rows.filter(is_active=False)


@login_required
@require_GET
def post_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    filterset = PostFilterSet(request.GET, queryset=posts_with_work(actor=actor), request=request)
    context = {
        "filterset": filterset,
        "page": keyset_page(filterset.qs, order=ORDER, cursor=request.GET.get("cursor")),
        "total": capped_count(filterset.qs),
        "may_manage": allowed(actor, Right.MANAGE_POSTS),
    }
    return render_page(request, "desk/posts.html", context, partial="list")


@login_required
@require_GET
def post(request: HttpRequest, pk: int) -> HttpResponse:
    """One post: who held it when, and what a successor will inherit."""
    actor = actor_of(request)
    found = get_object_or_404(posts_with_work(actor=actor), pk=pk)
    promises = Deadline.objects.visible_to(actor).open().filter(holder_post=found)
    context = {
        "post": found,
        "tenures": found.tenures.select_related("user", "entered_by").order_by("-starts_on"),
        "promises": promises.select_related("holder").order_by("due_on", "pk")[:50],
        "links": found.links.active().select_related("project__organisation").order_by("-pk")[:50],
        "areas": found.area_links.active().select_related("area"),
        "may_manage": allowed(actor, Right.MANAGE_POSTS),
        "today": clock.today(),
        "crumbs": [Crumb("岗位", reverse("desk:posts")), Crumb(str(found))],
    }
    return render(request, "desk/post.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def post_create(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    require(actor, Right.MANAGE_POSTS)
    form = NewPostForm(request.POST or None, initial={"organisation": actor.organisation_id})

    def act() -> str:
        return f"已设立{posts.create_post(actor=actor, **form.stated())}；请登记任职人员。"

    page = FormPage("设立岗位", reverse("desk:posts"), _crumbs("设立岗位"))
    return fill_in(request, form, page, act)


@login_required
@require_http_methods(["GET", "POST"])
def post_edit(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    require(actor, Right.MANAGE_POSTS)
    found = _post(request, pk)
    initial = {"title": found.title, "duty": found.duty, "is_active": found.is_active}
    form = PostForm(request.POST or None, initial=initial)

    def act() -> str:
        said = form.cleaned_data | {"duty": Post.Duty(form.cleaned_data["duty"])}
        return f"{posts.change_post(actor=actor, post_id=pk, **said)}已保存。"

    notes = (f"待核：{found.needs_check}；核对后保存即消除。",) if found.needs_check else ()
    page = FormPage(f"修改{found}", _address(pk), _crumbs(str(found), pk), notes=notes)
    return fill_in(request, form, page, act)


@login_required
@require_http_methods(["GET", "POST"])
def post_succeed(request: HttpRequest, pk: int) -> HttpResponse:
    """Name who follows; a day to come is kept until it has come."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.MANAGE_POSTS)
    found = _post(request, pk)
    form = HolderForm(request.POST or None, initial={"starts_on": today}, actor=actor)

    def act() -> str:
        said = form.cleaned_data
        done = succession.succeed(
            actor=actor, post_id=pk, holder=form.holder(), starts_on=said["starts_on"], today=today
        )
        if said["starts_on"] > today:
            return f"已登记{done.label}自 {said['starts_on']} 起接任，到期自动承接在办事项。"
        return f"{done.label}已接任，在办事项已承接。"

    note = "接任者自起任日起承接该岗位未办结的事项和包联、领办关系；已办结的仍记在原任名下。"
    page = FormPage(f"接任：{found}", _address(pk), _crumbs(str(found), pk), notes=(note,), button="登记接任")
    return fill_in(request, form, page, act)


@login_required
@require_http_methods(["GET", "POST"])
def post_leave(request: HttpRequest, pk: int) -> HttpResponse:
    actor, today = actor_of(request), clock.today()
    require(actor, Right.MANAGE_POSTS)
    found = _post(request, pk)
    form = LeaveForm(request.POST or None, initial={"ends_on": today})

    def act() -> str:
        done = succession.leave(actor=actor, post_id=pk, ends_on=form.cleaned_data["ends_on"], today=today)
        return f"已登记{done.label}离任；在办事项由单位暂管，接任后自动转交。"

    page = FormPage(f"离任：{found}", _address(pk), _crumbs(str(found), pk), button="登记离任")
    return fill_in(request, form, page, act)


def _post(request: HttpRequest, pk: int) -> Post:
    return get_object_or_404(posts.post_list(actor=actor_of(request), on=clock.today()), pk=pk)


def _address(pk: int) -> str:
    return reverse("desk:post", args=[pk])


def _crumbs(last: str, pk: int | None = None) -> list[Crumb]:
    return [Crumb("岗位", reverse("desk:posts")), Crumb(last, _address(pk) if pk else "")]
