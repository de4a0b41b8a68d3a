"""Which projects a person takes along: the words of an address, for the page and for the API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import QueryDict

from accounts.models import User
from projects import selectors
from projects.filters import ProjectFilterSet
from projects.models import Project, ProjectQuerySet


@dataclass(frozen=True, slots=True)
class _Reader:
    """As much of a request as a filterset looks at."""

    user: User


def rows_to_take(question: QueryDict, *, actor: User, today: date) -> ProjectQuerySet:
    """The projects asked for, unit after unit: `mine` everything that is on no list's history, `id`
    the ticked ones, else what the filters of the project list leave."""
    visible = Project.objects.visible_to(actor)
    chosen = [int(pk) for pk in question.getlist("id") if pk.isascii() and pk.isdecimal() and len(pk) < 19]
    if question.get("mine"):
        found = visible.exclude(status__in=Project.HISTORY)
    elif chosen:
        found = visible.filter(pk__in=chosen).exclude(status__in=Project.HISTORY)
    else:
        rows = selectors.project_list(actor=actor)
        filtered = ProjectFilterSet(question, queryset=rows, request=_Reader(actor)).qs
        found = visible.filter(pk__in=filtered.order_by().values("pk"))
    return found.order_by("organisation__code", "pk")


def taking_title(question: QueryDict, *, actor: User, today: date) -> str:
    """What the workbook is called."""
    unit = actor.reporting_unit or actor.organisation
    name = unit.short_name if unit else ""
    if question.get("mine"):
        return f"{name}{today.year}年度建设项目用地清单"
    if question.getlist("id"):
        return f"{name}所选项目清单"
    return f"{name}项目清单（当前筛选）"
