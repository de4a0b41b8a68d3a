"""One act on a problem or a task, from a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from django.http import HttpRequest, HttpResponse

from accounts.http import actor_of
from accounts.models import User
from accounts.rights import allowed, require
from core import clock
from duties.acts import Act
from duties.models import Problem, Task
from ui.filling import FormPage, fill_in
from ui.parts import Crumb

Row = TypeVar("Row", Problem, Task)


def act_page(request: HttpRequest, row: Row, deed: Act[Row], *, crumbs: Sequence[Crumb]) -> HttpResponse:
    """The form of a verb; sent and well-formed, it is done."""
    actor, today = actor_of(request), clock.today()
    require(actor, deed.right)
    form = deed.form(request.POST or None, request.FILES or None, actor=actor, today=today)
    page = FormPage(
        title=f"{deed.title}：{row.title}",
        back=row.get_absolute_url(),
        crumbs=[*crumbs, Crumb(row.number, row.get_absolute_url()), Crumb(deed.title)],
        button=deed.title,
    )

    def act() -> str:
        deed.run(actor, row, form, today)
        return f"{deed.title}：已办理。"

    return fill_in(request, form, page, act)


def buttons(acts: Mapping[str, Act[Row]], row: Row, *, actor: User) -> list[tuple[str, Act[Row]]]:
    """The verbs that stand on the row's page, the main one first."""
    found = [
        (verb, act)
        for verb, act in acts.items()
        if row.state in act.states and allowed(actor, act.right) and act.mine(actor, row)
    ]
    return sorted(found, key=lambda pair: not pair[1].is_main)
