"""试算: choose projects, see what the pool would give them and when it runs out; compare two policies."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from accounts.http import actor_of, login_required
from accounts.rights import Right, require
from core import clock
from projects.models import Project
from quotas import rules
from quotas.selectors.pools import policy_on
from quotas.selectors.what_if import MOST_PROJECTS, WhatIf, candidates, try_projects
from quotas.what_if_form import WhatIfForm
from ui.htmx import render_page, status_for
from ui.parts import Crumb

PAGE = "quotas/what_if.html"


@login_required
@require_GET
def what_if(request: HttpRequest) -> HttpResponse:
    """The trial as a page that can be kept as an address; nothing is written."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.READ_OVERVIEW)
    year = today.year
    rows = list(candidates(actor=actor, year=year)[:MOST_PROJECTS])
    listed = [
        (row.pk, f"{row.name}（{row.organisation.short_name}，{row.planned_start_on or '开工未定'}）")
        for row in rows
    ]
    form = WhatIfForm(request.GET if request.GET else None, projects=listed)
    trials = []
    if request.GET and form.is_valid():
        trials = try_projects(
            actor=actor,
            project_ids=form.cleaned_data["project"],
            year=year,
            policies=form.policies(policy_on(today)),
            today=today,
        )
    context = {
        "form": form,
        "trials": list(zip(("方案一", "方案二"), trials, strict=False)),
        "comparison": _comparison(*trials) if len(trials) == 2 else [],
        "is_asked": bool(request.GET),
        "most": MOST_PROJECTS if len(rows) == MOST_PROJECTS else None,
        "crumbs": [Crumb("指标申请", "/quota/applications/"), Crumb("试算")],
    }
    return render_page(request, PAGE, context, partial="result", status=status_for(form))


def _comparison(left: WhatIf, right: WhatIf) -> list[tuple[str, str, str]]:
    """Two trials side by side: what is met, who gives, what is left and lacking, what it costs."""
    rows = [
        ("满足的项目", f"{left.met} / {len(left.rows)}", f"{right.met} / {len(right.rows)}"),
        ("动用的县（市）", str(left.givers), str(right.givers)),
        ("价款合计（元）", f"{left.yuan:,.2f}", f"{right.yuan:,.2f}"),
    ]
    for one, other in zip(left.balances, right.balances, strict=True):
        item = one.instrument
        pairs = (
            ("取用", one.drawn, other.drawn),
            ("余", one.left, other.left),
            ("尚缺", one.shortfall, other.shortfall),
        )
        rows += [(f"{item.label}{word}", rules.shown(item, a), rules.shown(item, b)) for word, a, b in pairs]
        givers = ["、".join(trial.givers) or "–" for trial in (one, other)]
        rows.append((f"{item.label}从哪些县取", givers[0], givers[1]))
        rows.append((f"{item.label}先不足的项目", _short(one.runs_out), _short(other.runs_out)))
    return rows


def _short(project: Project | None) -> str:
    return "够用" if project is None else f"{project.name}（{project.planned_start_on or '开工未定'}）"
