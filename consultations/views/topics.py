"""Topics: the board, each topic, what may be raised, and the office's verbs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.rights import Right, allowed, require
from consultations import rules
from consultations.export import topic_workbook
from consultations.filters import TABS, TopicFilterSet
from consultations.forms import CollectForm, ReasonForm, TopicForm, TopicWordsForm
from consultations.models import Topic
from consultations.selectors import topics as selectors
from consultations.selectors.sources import Offer, offer_called, offers
from consultations.services import topics as services
from consultations.services.topics import NewTopic, Origin
from core import clock
from core.errors import DomainError
from projects.models import Project
from ui.downloads import download
from ui.filling import FormPage, fill_in
from ui.htmx import UNPROCESSABLE, render_page
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb, Tab

LIST = "consultations/topics.html"
HEAD = Crumb("会商议题", "/consultations/topics/")


@login_required
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Every topic by where it stands; what is stuck longest comes first among those that wait."""
    actor, today = actor_of(request), clock.today()
    filterset = TopicFilterSet(request.GET, queryset=selectors.topic_list(actor=actor), request=request)
    tab = request.GET.get("tab", "")
    active = tab if tab in TABS else "all" if request.GET.get("state") else "raised"
    rows = filterset.qs.filter(TABS[active][1])
    order = ("stuck_since", "id") if active in ("raised", "collected", "assigned") else ("-id",)
    context = {
        "filterset": filterset,
        "page": keyset_page(rows, order=order, cursor=request.GET.get("cursor")),
        "total": capped_count(Topic.objects.filter(pk__in=rows.values("pk"))),
        "tabs": _tabs(actor, active),
        "today": today,
        "may_raise": allowed(actor, Right.RAISE_TOPIC),
    }
    return render_page(request, LIST, context, partial="list")


def _tabs(actor: User, active: str) -> list[Tab]:
    mine = Topic.objects.visible_to(actor)
    return [
        Tab(
            label,
            f"{reverse('consultations:topics')}?tab={key}",
            capped_count(mine.filter(which)),
            active == key,
        )
        for key, (label, which) in TABS.items()
    ]


@login_required
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """The topics of the filters as a workbook."""
    actor, today = actor_of(request), clock.today()
    rows = TopicFilterSet(request.GET, queryset=selectors.topic_list(actor=actor), request=request).qs
    content = topic_workbook(rows.order_by("-pk"), actor=actor, today=today)
    return download(content, f"会商议题{today:%Y%m%d}.xlsx")


def visible_topic(request: HttpRequest, pk: int) -> Topic:
    return get_object_or_404(selectors.topic_list(actor=actor_of(request)), pk=pk)


@login_required
@require_GET
def topic(request: HttpRequest, pk: int) -> HttpResponse:
    """One topic: what it is about, the meetings that took it up, what was resolved and what became of it."""
    actor, row = actor_of(request), visible_topic(request, pk)
    context = {
        "row": row,
        "units": list(row.units.order_by("path")),
        "resolutions": selectors.resolutions_of(row),
        "course": selectors.course_of(row),
        "today": clock.today(),
        "days_stuck": (clock.today() - row.stuck_since).days,
        "way": _way(row),
        "verbs": _verbs(row) if allowed(actor, Right.RUN_MEETINGS) else [],
        "may_collect": allowed(actor, Right.RUN_MEETINGS) and rules.State.COLLECTED in row.next_states,
        "may_revise": allowed(actor, Right.RAISE_TOPIC)
        and row.state in (rules.State.RAISED, rules.State.RETURNED),
        "crumbs": [HEAD, Crumb(row.title)],
    }
    return render(request, "consultations/topic.html", context)


def _way(row: Topic) -> list[tuple[str, str]]:
    """The stations of the way with how each lies to where the topic stands: done, now, idle."""
    states = [rules.State.RAISED, rules.State.COLLECTED, rules.State.ON_AGENDA, rules.State.DISCUSSED]
    states += [rules.State.ASSIGNED, rules.State.DONE, rules.State.CLOSED]
    here = rules.State(row.state)
    if here not in states:
        return [(state.label, "idle") for state in states] + [(here.label, "amber")]
    place = states.index(here)
    return [
        (
            state.label,
            "done" if index < place or here is rules.State.CLOSED else "green" if index == place else "idle",
        )
        for index, state in enumerate(states)
    ]


# Verb of the address → words, the state it leads to, the service's argument for the reason.
VERBS: dict[str, tuple[str, rules.State, Callable[..., Topic], str]] = {
    "return": ("退回", rules.State.RETURNED, services.return_topic, "reason"),
    "refer": ("转办", rules.State.REFERRED, services.refer_topic, "reason"),
    "escalate": ("提级", rules.State.ESCALATED, services.escalate_topic, "reason"),
    "close": ("销号", rules.State.CLOSED, services.close_topic, "result"),
    "reopen": ("重新办理", rules.State.COLLECTED, services.reopen_topic, "reason"),
}
REOPENS = (rules.State.DONE, rules.State.REFERRED, rules.State.ESCALATED, rules.State.CLOSED)


def _verbs(row: Topic) -> list[tuple[str, str]]:
    found = []
    for verb, (label, to, _, _) in VERBS.items():
        if verb == "reopen" and rules.State(row.state) not in REOPENS:
            continue
        if to in row.next_states:
            found.append((verb, label))
    return found


@login_required
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """退回, 转办, 提级, 销号, 重新办理: each with its reason."""
    if verb not in VERBS:
        raise Http404
    row, actor = visible_topic(request, pk), actor_of(request)
    require(actor, Right.RUN_MEETINGS)
    label, _, service, argument = VERBS[verb]
    form = ReasonForm(request.POST or None)
    page = FormPage(
        title=f"{label}：{row.title}",
        back=row.get_absolute_url(),
        crumbs=[HEAD, Crumb(row.title, row.get_absolute_url()), Crumb(label)],
        subtitle="销号后不再列入议程；有任务未核验的不能销号" if verb == "close" else "",
        button=label,
    )

    def done() -> str:
        service(topic_id=row.pk, actor=actor, today=clock.today(), **{argument: form.cleaned_data["reason"]})
        return f"已{label}。"

    return fill_in(request, form, page, done)


@login_required
@require_http_methods(["GET", "POST"])
def collect(request: HttpRequest, pk: int) -> HttpResponse:
    """The office takes a topic up: scope and leader."""
    row, actor = visible_topic(request, pk), actor_of(request)
    require(actor, Right.RUN_MEETINGS)
    proved = rules.proposed_scopes(selectors.scope_facts(row))
    form = CollectForm(
        request.POST or None,
        units=selectors.units_for(row.council),
        initial={"scopes": row.scopes or [scope.value for scope in proved], "lead": row.lead_id},
    )
    page = FormPage(
        title=f"汇总：{row.title}",
        back=row.get_absolute_url(),
        crumbs=[HEAD, Crumb(row.title, row.get_absolute_url()), Crumb("汇总")],
        notes=[f"{scope.label}：{why}" for scope, why in proved.items()],
        button="汇总待上会",
    )

    def done() -> str:
        services.collect_topic(
            topic_id=row.pk,
            scopes=form.chosen(),
            reason=form.cleaned_data["reason"],
            lead=form.cleaned_data["lead"],
            actor=actor,
            today=clock.today(),
        )
        return "已汇总，生成议程时列入。"

    return fill_in(request, form, page, done)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Raise a matter, from scratch, about a project, or from what the offers name."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.RAISE_TOPIC)
    council = selectors.council_for(actor)
    found = offer_called(request.GET.get("from", ""), actor=actor, today=today)
    project = found.project if found else _project(request, actor)
    kinds = selectors.kinds_in_force(today)
    form = TopicForm(
        request.POST or None,
        kinds=kinds,
        units=selectors.units_for(council) if council else [],
        initial=_initial(found, kinds),
    )
    page = FormPage(
        title="提请会商",
        back=reverse("consultations:topics"),
        crumbs=[HEAD, Crumb("提请会商")],
        subtitle=project.name if project else "不涉及单个项目的，直接写明事项",
        notes=[
            f"{kind.label}：{kind.template}"
            for kind in kinds
            if found and kind.code == found.kind_code and kind.template
        ],
        button="提请会商",
    )

    def done() -> str:
        origin = Origin(found.source, found.pk, found.label) if found else Origin()
        services.raise_topic(new=form.new(project=project, origin=origin), actor=actor, today=today)
        return "已提请会商，由保障办汇总。"

    return fill_in(request, form, page, done)


def _project(request: HttpRequest, actor: User) -> Project | None:
    asked = request.GET.get("project", "")
    if not asked.isdecimal():
        return None
    rows = Project.objects.visible_to(actor).select_related("organisation")
    return get_object_or_404(rows, pk=int(asked))


def _initial(found: Offer | None, kinds: list[Any]) -> dict[str, object]:
    if found is None:
        return {}
    kind = next((kind for kind in kinds if kind.code == found.kind_code), None)
    return {
        "title": found.title[:120],
        "situation": found.situation,
        "stuck_since": found.stuck_since,
        "kind": kind.pk if kind else None,
    }


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Mend what was raised, or raise again what was returned."""
    row, actor = visible_topic(request, pk), actor_of(request)
    require(actor, Right.RAISE_TOPIC)
    initial = {name: getattr(row, name) for name in ("title", "situation", "proposal")}
    form = TopicWordsForm(request.POST or None, initial=initial)
    page = FormPage(
        title=f"修改：{row.title}",
        back=row.get_absolute_url(),
        crumbs=[HEAD, Crumb(row.title, row.get_absolute_url()), Crumb("修改")],
        notes=[f"退回理由：{row.state_reason}"] if row.state == rules.State.RETURNED else [],
        button="重新提出" if row.state == rules.State.RETURNED else "保存",
    )

    def done() -> str:
        services.revise_topic(topic_id=row.pk, words=form.words(), actor=actor, today=clock.today())
        return "已保存。"

    return fill_in(request, form, page, done)


@login_required
@require_http_methods(["GET", "POST"])
def offer_list(request: HttpRequest) -> HttpResponse:
    """Red steps, open problems and shortages of quota that nobody has raised; chosen ones are raised."""
    actor, today = actor_of(request), clock.today()
    found = offers(actor=actor, today=today)
    refusal = ""
    if request.method == "POST":
        require(actor, Right.RAISE_TOPIC)
        chosen = [offer for offer in found if offer.key in request.POST.getlist("offer")]
        refusal = "" if chosen else "还没有选择事项，勾选后再提请会商。"
        try:
            raised = _raise_all(chosen, actor=actor, today=today)
        except DomainError as error:
            refusal = error.message
        else:
            if chosen:
                messages.success(request, f"已提请会商 {raised} 项，由保障办汇总。")
                return redirect("consultations:topics")
    context = {
        "offers": found,
        "today": today,
        "refusal": refusal,
        "sources": dict(Topic.Source.choices),
        "may_raise": allowed(actor, Right.RAISE_TOPIC),
        "crumbs": [HEAD, Crumb("可提请会商的事项")],
    }
    status = UNPROCESSABLE if refusal else 200
    return render(request, "consultations/offers.html", context, status=status)


def _raise_all(chosen: list[Offer], *, actor: User, today: date) -> int:
    kinds = {kind.code: kind for kind in selectors.kinds_in_force(today)}
    for offer in chosen:
        kind = kinds.get(offer.kind_code) or next(iter(kinds.values()))
        new = NewTopic(
            title=offer.title,
            kind=kind,
            situation=offer.situation,
            project=offer.project,
            stuck_since=offer.stuck_since,
            origin=Origin(offer.source, offer.pk, offer.label),
        )
        services.raise_topic(new=new, actor=actor, today=today)
    return len(chosen)
