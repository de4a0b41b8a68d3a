"""The tabs of the dossier, in their order on the page.

To add one: a module `desk/dossier_<slug>.py` with `read`, a template
`desk/dossier/_<slug>.html`, and one line in TABS. Every template also gets `project`, `page`
(desk.dossier.Dossier), `history` and `tab`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from accounts.models import User
from desk import (
    dossier_collecting,
    dossier_comments,
    dossier_consultations,
    dossier_course,
    dossier_documents,
    dossier_expropriation,
    dossier_fees,
    dossier_file,
    dossier_gates,
    dossier_land,
    dossier_matters,
    dossier_opinions,
    dossier_papers,
    dossier_people,
    dossier_problems,
    dossier_quota,
    dossier_siting,
    dossier_supply,
)
from desk.dossier_schedule import read as read_schedule
from projects.models import Project

Read = Callable[[Project, User, date], Mapping[str, object]]
Count = Callable[[Project, User], int]


@dataclass(frozen=True, slots=True)
class DossierTab:
    """One tab. `read` is called only when the tab is open, `count` on every tab's page.

    `read(project, actor, today)` gives the template's context with a fixed number of queries;
    the caller has made sure that the actor may see the project, not what hangs on it.
    """

    slug: str
    label: str
    template: str
    read: Read
    count: Count | None = None


def _nothing_more(project: Project, actor: User, today: date) -> Mapping[str, object]:
    """For a tab that lives on what the page has read anyway."""
    return {}


TABS: tuple[DossierTab, ...] = (
    DossierTab("progress", "办理进度", "desk/dossier/_progress.html", _nothing_more),
    DossierTab("land", "用地", "desk/dossier/_land.html", dossier_land.read),
    DossierTab("quota", "指标", "desk/dossier/_quota.html", dossier_quota.read),
    DossierTab("siting", "选址", "desk/dossier/_siting.html", dossier_siting.read),
    DossierTab("people", "人员", "desk/dossier/_people.html", dossier_people.read, dossier_people.count),
    DossierTab(
        "collecting",
        "推送对接",
        "desk/dossier/_collecting.html",
        dossier_collecting.read,
        dossier_collecting.count,
    ),
    DossierTab("gates", "闸门", "desk/dossier/_gates.html", dossier_gates.read),
    DossierTab("file", "报件去向", "desk/dossier/_file.html", dossier_file.read),
    DossierTab(
        "opinions", "征求意见", "desk/dossier/_opinions.html", dossier_opinions.read, dossier_opinions.count
    ),
    DossierTab("materials", "材料", "desk/dossier/_materials.html", _nothing_more),
    DossierTab("papers", "附件", "desk/dossier/_papers.html", dossier_papers.read, dossier_papers.count),
    DossierTab("documents", "批复", "desk/dossier/_documents.html", dossier_documents.read),
    DossierTab("expropriation", "征收", "desk/dossier/_expropriation.html", dossier_expropriation.read),
    DossierTab("supply", "供地", "desk/dossier/_supply.html", dossier_supply.read),
    DossierTab("fees", "经费", "desk/dossier/_fees.html", dossier_fees.read),
    DossierTab("matters", "批后与汇报", "desk/dossier/_matters.html", dossier_matters.read),
    DossierTab(
        "problems", "问题", "desk/dossier/_problems.html", dossier_problems.read, dossier_problems.count
    ),
    DossierTab("council", "会商", "desk/dossier/_consultations.html", dossier_consultations.read),
    DossierTab(
        "comments", "意见批示", "desk/dossier/_comments.html", dossier_comments.read, dossier_comments.count
    ),
    DossierTab("course", "全周期", "desk/dossier/_course.html", dossier_course.read),
    DossierTab("schedule", "倒排工期", "desk/dossier/_schedule.html", read_schedule),
    DossierTab("history", "变更历史", "desk/dossier/_history.html", _nothing_more),
)


def tab_called(slug: str) -> DossierTab:
    """The tab of an address; an unknown name opens the first."""
    return next((tab for tab in TABS if tab.slug == slug), TABS[0])
