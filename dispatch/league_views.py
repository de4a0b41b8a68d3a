"""通报考核: the ranking of units and leaders, and the reports behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.http import actor_of, login_required
from accounts.rights import Right, require
from core import clock
from dispatch.filters import ReportFilter
from dispatch.models import Round
from dispatch.rules.reporting import Standing, standing_of
from dispatch.selectors.league import LeagueRow, Span, VisitPlace, league, visit_ranking
from dispatch.selectors.rounds import ReportRow, report_list
from ui.forms import DateInput, OfficeForm
from ui.htmx import render_page, status_for
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb

ROUNDS_OFFERED = 26


if TYPE_CHECKING:
    _RoundField = forms.ModelChoiceField[Round]
else:
    _RoundField = forms.ModelChoiceField


class RoundChoice(_RoundField):
    """Rounds by the name the office gives them: 2026年第47周."""

    def label_from_instance(self, obj: Round) -> str:
        return obj.period.label


class LeagueForm(OfficeForm):
    """A round, else a period; with neither the year up to today."""

    round = RoundChoice(label="期次", queryset=Round.objects.none(), required=False, empty_label="按期间")
    first = forms.DateField(label="报送日起", required=False, widget=DateInput())
    last = forms.DateField(label="报送日止（含）", required=False, widget=DateInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        opened = Round.objects.filter(opened_at__isnull=False, due_on__isnull=False)
        newest = opened.order_by("-due_on", "-pk").values("pk")[:ROUNDS_OFFERED]
        field = self.fields["round"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Round.objects.filter(pk__in=newest).order_by("-due_on", "-pk")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        first, last = given.get("first"), given.get("last")
        if first and last and last < first:
            self.add_error("last", "止日不能早于起日。")
        return given

    def span(self, today: date) -> Span:
        """What was asked for; the form must be valid."""
        given = self.cleaned_data
        asked: Round | None = given["round"]
        if asked is not None:
            day = asked.due_on or today
            return Span(day, day, asked)
        last = given["last"] or today
        return Span(given["first"] or date(last.year, 1, 1), last)


@dataclass(frozen=True, slots=True)
class LeagueLine:
    """A row of the table with the addresses of its figures."""

    row: LeagueRow
    span: Span

    def _at(self, standing: Standing | None = None) -> str:
        asked = {"unit": self.row.organisation.code}
        if self.span.round is not None:
            asked["round"] = str(self.span.round.pk)
        else:
            asked |= {"first": str(self.span.first), "last": str(self.span.last)}
        if standing is not None:
            asked["standing"] = standing.value
        return f"{reverse('dispatch:report-rows')}?{urlencode(asked)}"

    @property
    def on_time_url(self) -> str:
        return self._at(Standing.ON_TIME)

    @property
    def late_url(self) -> str:
        return self._at(Standing.LATE)

    @property
    def missing_url(self) -> str:
        return self._at(Standing.MISSING)

    @property
    def projects_url(self) -> str:
        return f"{reverse('projects:list')}?{urlencode({'unit': self.row.organisation.code})}"


@login_required
@require_safe
def league_page(request: HttpRequest) -> HttpResponse:
    """Units by punctuality and by how long their projects lie; leaders by their visits."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.READ_OVERVIEW)
    form = LeagueForm(request.GET)
    lines: list[LeagueLine] = []
    visits: list[VisitPlace] = []
    span = None
    if form.is_valid():
        span = form.span(today)
        lines = [LeagueLine(row, span) for row in league(actor=actor, span=span, today=today)]
        visits = visit_ranking(actor=actor, year=span.last.year, today=today)
    context = {"form": form, "span": span, "lines": lines, "visits": visits}
    return render(request, "dispatch/league.html", context, status=status_for(form))


@login_required
@require_safe
def report_rows(request: HttpRequest) -> HttpResponse:
    """The reports behind the figures of the ranking."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.READ_OVERVIEW)
    filterset = ReportFilter(request.GET, queryset=report_list(actor=actor))
    page = keyset_page(filterset.qs, order=("-round__due_on", "-id"), cursor=request.GET.get("cursor"))
    rows = [
        ReportRow(row, standing_of(reported_on=row.reported_on, due_on=row.round.due_on, today=today))
        for row in page
    ]
    context = {
        "filterset": filterset,
        "page": page,
        "rows": rows,
        "total": capped_count(filterset.qs),
        "crumbs": [Crumb("通报排名", reverse("dispatch:league")), Crumb("报送记录")],
    }
    return render_page(request, "dispatch/report_rows.html", context, partial="list")
