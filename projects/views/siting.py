"""Statements about a project's site: one page for each, all of one form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.rights import Right, allowed, require
from core import clock
from papers.forms import SECRECY_NOTICE
from projects import siting_forms as forms
from projects.models import Project, SitingItem
from projects.selectors.siting import current_papers, item_list, read_siting
from projects.services import boundaries, map_shares, siting, siting_marks
from projects.services.editing import require_editor
from projects.views.land import project_of
from ui.filling import sent
from ui.htmx import status_for
from ui.parts import Crumb

PAGE = "projects/site_act.html"

Run = Callable[[User, int, Any, date], object]


@dataclass(frozen=True, slots=True)
class Act:
    """A statement: its title, its form, what stores it, and who may make it."""

    title: str
    form: type[forms.SiteForm]
    run: Run
    is_offices: bool = False
    help: str = ""


def _begin(actor: User, pk: int, form: Any, today: date) -> object:
    return siting.begin_siting(actor=actor, project_id=pk, place=form.cleaned_data["place"], today=today)


def _argue(actor: User, pk: int, form: Any, today: date) -> object:
    data = form.cleaned_data
    argument = siting.Argument(data["mode"], data["argued_on"], data["attendees"], data["opinion"])
    return siting.argue_site(actor=actor, project_id=pk, argument=argument, proof=form.proof(), today=today)


def _check(actor: User, pk: int, form: Any, today: date) -> object:
    return siting.check_compliance(
        actor=actor,
        project_id=pk,
        findings=form.findings(),
        checked_on=form.cleaned_data["checked_on"],
        proof=form.proof(),
        today=today,
    )


def _decide(actor: User, pk: int, form: Any, today: date) -> object:
    data = form.cleaned_data
    verdict = siting.Verdict(data["outcome"], data["reason"], data["decided_on"], data["scheme_days"])
    return siting.decide_site(actor=actor, project_id=pk, verdict=verdict, proof=form.proof(), today=today)


def _scheme(actor: User, pk: int, form: Any, today: date) -> object:
    data = form.cleaned_data
    move = siting.SchemeMove(data["scheme"], data["on"], data["number"])
    return siting.move_scheme(actor=actor, project_id=pk, move=move, proof=form.proof(), today=today)


def _rung(actor: User, pk: int, form: Any, today: date) -> object:
    data = form.cleaned_data
    given = siting_marks.RungAnswer(
        data["code"], data["answer"], data["reason"], data["answered_on"], form.met_area()
    )
    return siting_marks.answer_rung(actor=actor, project_id=pk, given=given, proof=form.proof(), today=today)


def _withdraw(actor: User, pk: int, form: Any, today: date) -> object:
    return siting_marks.withdraw_rung(actor=actor, project_id=pk, today=today)


def _mark(actor: User, pk: int, form: Any, today: date) -> object:
    data = form.cleaned_data
    return siting_marks.mark_in_plan(
        actor=actor,
        project_id=pk,
        kind=data["kind"],
        name_in_plan=data["name_in_plan"],
        marked_on=data["marked_on"],
        proof=form.proof(),
        today=today,
    )


def _standard(actor: User, pk: int, form: Any, today: date) -> object:
    data = form.cleaned_data
    return siting_marks.state_standard_land(
        actor=actor,
        project_id=pk,
        is_standard=data["is_standard"] == "yes",
        reason=data["reason"],
        today=today,
    )


def _fields(actor: User, pk: int, form: Any, today: date) -> object:
    return siting_marks.tag_fields(actor=actor, project_id=pk, codes=form.cleaned_data["codes"], today=today)


def _propose(actor: User, pk: int, form: Any, today: date) -> object:
    data = form.cleaned_data
    return siting_marks.propose_adjustment(
        actor=actor,
        project_id=pk,
        kind=data["kind"],
        need=data["need"],
        area=form.entered(),
        proof=form.proof(),
        today=today,
    )


def _move(actor: User, pk: int, form: Any, today: date) -> object:
    data = form.cleaned_data
    return siting_marks.move_adjustment(
        actor=actor,
        project_id=pk,
        kind=data["kind"],
        state=data["state"],
        on=data["on"],
        doc_no=data["doc_no"],
        answer=data["answer"],
        today=today,
    )


def _boundary(actor: User, pk: int, form: Any, today: date) -> object:
    return boundaries.upload_boundary(actor=actor, project_id=pk, given=form.given(), today=today)


def _share(actor: User, pk: int, form: Any, today: date) -> object:
    return map_shares.share_layer(
        actor=actor, project_id=pk, sharing=form.sharing(), proof=form.proof(), today=today
    )


ACTS: dict[str, Act] = {
    "begin": Act("登记选址位置", forms.BeginForm, _begin),
    "argue": Act("登记选址论证", forms.ArgueForm, _argue, help="实地论证或线上论证；线上论证须已录入红线。"),
    "boundary": Act(
        "上传选址红线", forms.BoundaryForm, _boundary, help=f"每次上传为一个新版本。{SECRECY_NOTICE}"
    ),
    "share": Act("登记一张图共享", forms.ShareForm, _share, help="图层或红线提供给哪个单位、作何用途。"),
    "check": Act("登记合规比对", forms.CheckForm, _check, help="没有选结果的项保持原样；不符合的写明情况。"),
    "decide": Act(
        "判断选址",
        forms.DecideForm,
        _decide,
        is_offices=True,
        help="符合两规可继续办理；可作一致性处理的须编方案报批；不可的重新选址。判断后不能更改。",
    ),
    "scheme": Act("登记方案进度", forms.SchemeForm, _scheme, is_offices=True),
    "rung": Act(
        "核实新增用地前的次序",
        forms.RungForm,
        _rung,
        help="按次序逐项核实，每项须有佐证；能满足的不再申请新增建设用地。",
    ),
    "withdraw-rung": Act("撤回最后一项核实", forms.WithdrawForm, _withdraw),
    "mark": Act("登记规划标识", forms.MarkForm, _mark, help="须有入库或标识的证明材料。"),
    "standard": Act("认定标准地", forms.StandardForm, _standard, is_offices=True),
    "fields": Act("标注优先领域", forms.FieldsForm, _fields, is_offices=True),
    "adjust": Act("提出限制区优化调整", forms.ProposeForm, _propose),
    "move-adjustment": Act("更新优化调整进度", forms.MoveForm, _move, is_offices=True),
}


@login_required
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """One statement about the project's site."""
    actor, today, deed = actor_of(request), clock.today(), ACTS[verb]
    project = project_of(actor, pk)
    may_act(actor, project, deed)
    if request.method == "POST":
        form = bound_form(deed, project, request.POST, request.FILES, actor=actor, today=today)
    else:
        form = _fresh_form(deed, project, actor=actor, today=today)

    def run() -> str:
        deed.run(actor, pk, form, today)
        return f"{deed.title}：已保存。"

    if sent(request, form, run):
        return redirect(f"{project.get_absolute_url()}?tab=siting")
    context = {
        "project": project,
        "deed": deed,
        "form": form,
        "crumbs": [
            Crumb("项目库", reverse("projects:list")),
            Crumb(project.name, f"{project.get_absolute_url()}?tab=siting"),
            Crumb(deed.title),
        ],
    }
    return render(request, PAGE, context, status=status_for(form))


def may_act(actor: User, project: Project, deed: Act) -> None:
    """Let who may make this statement about the project pass."""
    if deed.is_offices:
        require(actor, Right.EDIT_PROJECT)
    else:
        require_editor(actor, project)


def bound_form(
    deed: Act, project: Project, data: Any, uploads: Any, *, actor: User, today: date
) -> forms.SiteForm:
    """The form of a statement with what was sent, from the page or the API."""
    return deed.form(data, uploads, **_offers(deed, project, actor=actor, today=today))


def _fresh_form(deed: Act, project: Project, *, actor: User, today: date) -> forms.SiteForm:
    days = ("argued_on", "checked_on", "decided_on", "on", "answered_on", "marked_on", "shared_on")
    offers = _offers(deed, project, actor=actor, today=today)
    return deed.form(initial=dict.fromkeys(days, today), **offers)


def _offers(deed: Act, project: Project, *, actor: User, today: date) -> dict[str, Any]:
    """What the form offers: the state of the site, papers at hand, fields in force."""
    reading = read_siting(project=project, today=today)
    needs_papers = issubclass(deed.form, forms.ProvenForm) and allowed(actor, Right.ATTACH_PAPER)
    papers = current_papers(actor=actor, project=project) if needs_papers else ()
    offers: dict[str, Any] = {"offer": forms.Offer(reading, papers)}
    if deed.form is forms.FieldsForm:
        offers["items"] = list(SitingItem.objects.in_force(today).filter(kind=SitingItem.Kind.FIELD))
    if deed.form is forms.ShareForm:
        offers["layers"] = list(SitingItem.objects.in_force(today).filter(kind=SitingItem.Kind.COMPLIANCE))
        offers["receivers"] = map_shares.receivers_for(project)
    return offers


def items_by_kind(actor: User) -> list[tuple[str, list[SitingItem]]]:
    """The office's lists with their earlier versions, for the page of rules."""
    rows = item_list(actor=actor)
    return [(str(kind.label), [row for row in rows if row.kind == kind]) for kind in SitingItem.Kind]
