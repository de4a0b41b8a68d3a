"""The bureau's desk for handed-in projects: adopt many at once, return, merge."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.http import actor_of, login_required
from accounts.rights import Right, allowed, require
from core import clock
from core.errors import DomainError
from desk.screening_forms import DROPPING, RETURNING, AdoptForm, MergeForm, ReasonForm
from desk.services import adopt_and_open
from projects import selectors
from projects.filters import WaitingFilterSet
from projects.models import DuplicatePair, Project, ProjectQuerySet
from projects.selectors import WaitingRow
from projects.selectors.list_kinds import kinds_to_choose
from projects.services import merging
from projects.services import screening as verbs
from projects.services.ordering import confirm_proposals
from ui.filling import same_list
from ui.htmx import UNPROCESSABLE, render_page, wants_partial
from ui.pagination import capped_count, keyset_page
from ui.parts import Tab

PAGE = "desk/screening.html"
AT_ONCE = 30


@dataclass(frozen=True, slots=True)
class Sent:
    """Forms that came back refused, by project; shown again with what was typed."""

    adopting: Mapping[int, AdoptForm]
    returning: Mapping[int, ReasonForm]
    dropping: Mapping[int, ReasonForm]
    merging: Mapping[int, MergeForm]


NOTHING_SENT = Sent({}, {}, {}, {})


@login_required
@require_GET
def screening(request: HttpRequest) -> HttpResponse:
    require(actor_of(request), Right.SCREEN_LIST)
    return _render(request)


@login_required
@require_POST
def adopt(request: HttpRequest) -> HttpResponse:
    """Adopt the chosen rows, all or none."""
    actor = actor_of(request)
    require(actor, Right.SCREEN_LIST)
    ids = [int(pk) for pk in request.POST.getlist("id") if pk.isdecimal() and len(pk) < 19]
    kinds = kinds_to_choose(on=clock.today())
    forms = {pk: AdoptForm(request.POST, prefix=str(pk), kinds=kinds) for pk in ids}
    sent = Sent(forms, {}, {}, {})
    if not ids:
        return _render(request, sent, refusal="还没有选择项目，勾选后再采纳。")
    if not all(form.is_valid() for form in forms.values()):
        return _render(request, sent, refusal="有项目没有选定审批轨道，选定后再采纳。")
    try:
        done = adopt_and_open(
            actor=actor,
            adoptions=[form.adoption(pk) for pk, form in forms.items()],
            today=clock.today(),
        )
    except Project.DoesNotExist as unknown:
        raise Http404 from unknown
    except DomainError as refusal:
        return _render(request, sent, refusal=refusal.message)
    numbers = done[0].number if len(done) == 1 else f"{done[0].number} 至 {done[-1].number}"
    messages.success(request, f"已采纳 {len(done)} 个项目，编号 {numbers}，报批步骤已生成。")
    return same_list(request, "desk:screening")


@login_required
@require_POST
def screen(request: HttpRequest) -> HttpResponse:
    """初审通过: the chosen rows are fit for the list, all or none."""
    actor = actor_of(request)
    require(actor, Right.SCREEN_LIST)
    ids = [int(pk) for pk in request.POST.getlist("id") if pk.isdecimal() and len(pk) < 19]
    if not ids:
        return _render(request, refusal="还没有选择项目，勾选后再通过初审。")
    try:
        done = verbs.screen(actor=actor, project_ids=ids, today=clock.today())
    except Project.DoesNotExist as unknown:
        raise Http404 from unknown
    except DomainError as refusal:
        return _render(request, refusal=refusal.message)
    messages.success(request, f"{len(done)} 个项目初审通过，可以采纳。")
    return same_list(request, "desk:screening")


@login_required
@require_POST
def confirm_classes(request: HttpRequest) -> HttpResponse:
    """Settle the proposed class of one row (`only`) or of the chosen ones, as they were shown."""
    actor = actor_of(request)
    require(actor, Right.RANK_PROJECTS)
    only = request.POST.getlist("only")
    ids = [int(pk) for pk in only or request.POST.getlist("id") if pk.isdecimal() and len(pk) < 19]
    shown = {pk: request.POST.get(f"proposed-{pk}", "") for pk in ids}
    proposed = {pk: code for pk, code in shown.items() if code}
    if not proposed:
        return _render(request, refusal="所选项目没有与现有类别不同的建议；请勾选有建议的项目。")
    try:
        done = confirm_proposals(actor=actor, shown=proposed, today=clock.today())
    except Project.DoesNotExist as unknown:
        raise Http404 from unknown
    except DomainError as refusal:
        return _render(request, refusal=refusal.message)
    if only and wants_partial(request):
        return _class_cell(request, done[0].pk)
    left = len(shown) - len(done)
    rest = f"另有 {left} 个没有建议，请人工选定。" if left else ""
    messages.success(request, f"已按建议确定 {len(done)} 个项目的类别。{rest}")
    return same_list(request, "desk:screening")


def _class_cell(request: HttpRequest, pk: int) -> HttpResponse:
    """The one cell that a click changed, so that what was chosen in other rows stays."""
    actor = actor_of(request)
    waiting = selectors.waiting_list(actor=actor).filter(pk=pk)
    row = next(iter(selectors.with_proposals(waiting, today=clock.today())), None)
    if row is None:
        raise Http404
    form, *_ = _forms(row, NOTHING_SENT, kinds_to_choose(on=clock.today()))
    context = {"row": row, "adopt_form": form, "may_rank": True, "settled": True}
    return render(request, f"{PAGE}#class_cell", context)


@login_required
@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """不予列入, with the reason that the unit reads."""
    form = ReasonForm(request.POST, asked=DROPPING, prefix=f"drop-{pk}")
    return _turn_away(
        request,
        pk,
        form,
        Sent({}, {}, {pk: form}, {}),
        act=verbs.drop,
        lacking="不予列入须写明理由，补充后再办理。",
        done="不予列入",
    )


@login_required
@require_POST
def return_project(request: HttpRequest, pk: int) -> HttpResponse:
    form = ReasonForm(request.POST, asked=RETURNING, prefix=f"return-{pk}")
    return _turn_away(
        request,
        pk,
        form,
        Sent({}, {pk: form}, {}, {}),
        act=verbs.return_project,
        lacking="退回须写明理由，补充后再退回。",
        done="已退回",
    )


def _turn_away(
    request: HttpRequest,
    pk: int,
    form: ReasonForm,
    sent: Sent,
    *,
    act: Callable[..., Project],
    lacking: str,
    done: str,
) -> HttpResponse:
    require(actor_of(request), Right.SCREEN_LIST)
    _visible(request, pk)
    if not form.is_valid():
        return _render(request, sent, refusal=lacking)
    reason = form.cleaned_data["reason"]
    try:
        row = act(actor=actor_of(request), project_id=pk, reason=reason, today=clock.today())
    except DomainError as refusal:
        return _render(request, sent, refusal=refusal.message)
    messages.success(request, f"“{row.name}”{done}，报送单位会收到理由。")
    return same_list(request, "desk:screening")


@login_required
@require_POST
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    actor, form = actor_of(request), MergeForm(request.POST, prefix=f"merge-{pk}")
    require(actor, Right.SCREEN_LIST)
    sent = Sent({}, {}, {}, {pk: form})
    _visible(request, pk)
    target_id = form.find_target(actor) if form.is_valid() else None
    if target_id is None:
        return _render(request, sent, refusal="没有找到要并入的项目，请填写在册项目的编号或代码。")
    try:
        done = merging.merge(
            actor=actor,
            project_id=pk,
            target_id=target_id,
            reason=form.cleaned_data["reason"],
            today=clock.today(),
            now=clock.now(),
        )
    except DomainError as refusal:
        return _render(request, sent, refusal=refusal.message)
    messages.success(request, f"“{done.name}”已并入“{done.merged_into}”。")
    return same_list(request, "desk:screening")


def _visible(request: HttpRequest, pk: int) -> None:
    if not Project.objects.visible_to(actor_of(request)).filter(pk=pk).exists():
        raise Http404


def _render(request: HttpRequest, sent: Sent = NOTHING_SENT, *, refusal: str = "") -> HttpResponse:
    rows = selectors.waiting_list(actor=actor_of(request))
    filterset = WaitingFilterSet(request.GET, queryset=rows, request=request)
    page = keyset_page(filterset.qs, order=("id",), cursor=request.GET.get("cursor"), size=AT_ONCE)
    kinds = kinds_to_choose(on=clock.today())
    context = {
        "filterset": filterset,
        "page": page,
        "rows": [
            (row, *_forms(row, sent, kinds)) for row in selectors.with_proposals(page, today=clock.today())
        ],
        "total": capped_count(filterset.qs),
        "chosen": list(sent.adopting),
        "tabs": _tabs(request),
        "refusal": refusal,
        "may_rank": allowed(actor_of(request), Right.RANK_PROJECTS),
    }
    return render_page(request, PAGE, context, partial="list", status=UNPROCESSABLE if refusal else 200)


def _tabs(request: HttpRequest) -> list[Tab]:
    """What is where on its way to the list, with the number of each."""
    actor, status = actor_of(request), request.GET.get("status", "")
    visible = Project.objects.visible_to(actor)
    here = reverse("desk:screening")
    named: list[tuple[str, object, ProjectQuerySet]] = [("", "全部待办", visible.waiting())]
    named += [
        (value.value, value.label, visible.filter(status=value))
        for value in (Project.Status.SUBMITTED, Project.Status.SCREENED)
    ]
    tabs = [
        Tab(str(label), f"{here}?status={value}" if value else here, capped_count(rows), value == status)
        for value, label, rows in named
    ]
    pairs = DuplicatePair.objects.visible_to(actor).proposed()
    return [
        *tabs,
        Tab("待县市汇总", reverse("projects:gathering"), capped_count(visible.gathering())),
        Tab("疑似重复", reverse("projects:duplicates"), capped_count(pairs)),
    ]


def _forms(row: WaitingRow, sent: Sent, kinds: Sequence[tuple[str, str]]) -> Sequence[object]:
    """The row's four forms: as sent and refused, else with what the product proposes."""
    pk, project = row.project.pk, row.project
    proposed = {
        "track": project.track or row.proposal.track,
        "list_category": project.list_category,
        "priority_class": project.priority_class,
    }
    return (
        sent.adopting.get(pk) or AdoptForm(initial=proposed, prefix=str(pk), kinds=kinds),
        sent.returning.get(pk) or ReasonForm(asked=RETURNING, prefix=f"return-{pk}"),
        sent.dropping.get(pk) or ReasonForm(asked=DROPPING, prefix=f"drop-{pk}"),
        sent.merging.get(pk) or MergeForm(prefix=f"merge-{pk}"),
    )
