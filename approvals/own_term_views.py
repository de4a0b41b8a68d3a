"""The page of the levels' own promises: the table, the form for one more, ending one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.rights import Right, allowed, require
from approvals import selectors
from approvals.models import StepType
from approvals.own_terms import own_term_list
from approvals.services.own_terms import OwnTermValues, add_own_term, end_own_term, handled_by
from core import clock
from projects.selectors.previews import reporting_organisation
from ui.ending import end_page
from ui.filling import FormPage, sent
from ui.forms import OfficeForm
from ui.htmx import status_for
from ui.parts import Crumb

LIST_CRUMB = "本地承诺时限"


class OwnTermForm(OfficeForm):
    """One more term of one's own level."""

    code = forms.ChoiceField(label="步骤")
    days = forms.IntegerField(
        label="承诺时限", min_value=1, max_value=365, help_text="按上级时限的单位计，须比上级短。"
    )
    basis = forms.CharField(label="依据", max_length=200, help_text="本地攻坚方案、承诺文件的名称和文号。")
    effective_from = forms.DateField(label="生效日期", help_text="自这一天起受理的步骤适用。")
    effective_to = forms.DateField(label="失效日期", required=False, help_text="有期限的填写。")

    def __init__(self, *args: Any, steps: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = steps

    def values(self) -> OwnTermValues:
        return OwnTermValues(**self.cleaned_data)


@login_required
@require_http_methods(["GET", "POST"])
def own_terms_page(request: HttpRequest) -> HttpResponse:
    """The terms of one's own level, those below and those above; with the right, one more."""
    actor, today = actor_of(request), clock.today()
    kinds = list(selectors.catalogue(today))
    form = OwnTermForm(
        request.POST or None, initial={"effective_from": today}, steps=_own_steps(actor, kinds)
    )
    if request.method == "POST":
        require(actor, Right.SET_OWN_TERMS)

    def add() -> str:
        add_own_term(actor=actor, values=form.values())
        return "本地承诺时限已登记，自生效日期起受理的步骤适用。"

    if sent(request, form, add):
        return redirect("approvals:own-terms")
    by_code = {kind.code: kind for kind in kinds}
    may_edit = allowed(actor, Right.SET_OWN_TERMS)
    own = reporting_organisation(actor) if may_edit else None
    rows = [
        (
            row,
            by_code.get(row.code),
            _promise(by_code.get(row.code)),
            row.organisation == own,
        )
        for row in own_term_list(actor=actor)
    ]
    context = {
        "form": form,
        "rows": rows,
        "own": own,
        "may_edit": may_edit,
        "crumbs": [Crumb("步骤目录", reverse("approvals:catalogue")), Crumb(LIST_CRUMB)],
    }
    return render(request, "approvals/own_terms.html", context, status=status_for(form))


@login_required
@require_http_methods(["GET", "POST"])
def own_term_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a term of one's own level end."""
    actor = actor_of(request)
    require(actor, Right.SET_OWN_TERMS)
    own = own_term_list(actor=actor).filter(organisation=reporting_organisation(actor))
    row = get_object_or_404(own, pk=pk)
    back = reverse("approvals:own-terms")
    page = FormPage(
        title="停用本地承诺时限",
        subtitle=f"{row}；已按此受理的步骤不变",
        back=back,
        crumbs=[Crumb(LIST_CRUMB, back), Crumb("停用")],
    )
    return end_page(
        request,
        page,
        today=clock.today(),
        end=lambda day: end_own_term(actor=actor, term_id=row.pk, effective_to=day),
        done="已停用，已按此受理的步骤不变。",
    )


def _own_steps(actor: User, kinds: list[StepType]) -> list[tuple[str, str]]:
    """The steps that the actor's level handles, for the form."""
    if not allowed(actor, Right.SET_OWN_TERMS):
        return []
    own = reporting_organisation(actor)
    return [(kind.code, f"{kind.code} {kind.name}") for kind in kinds if handled_by(kind, own)]


def _promise(kind: StepType | None) -> str:
    """What the catalogue promises, to compare with."""
    row = selectors.committed_limit(kind) if kind else None
    return f"{row.value}{row.get_unit_display()}" if row and row.value is not None else ""
