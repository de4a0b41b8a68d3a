"""My work: what waits for the person who signed in, each figure with the address of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q
from django.urls import reverse

from accounts.models import User
from accounts.rights import Right, allowed
from deadlines.models import Deadline
from deadlines.rules import Lamp
from desk.deadline_rows import DeadlineRow, deadline_rows, obligations, read_rows
from desk.overview import rows_at
from jobs import selectors as jobs
from notifications import selectors as notifications
from projects.models import Project
from ui.lamps import LAMP_WORDS
from ui.parts import Kpi

SHOWN = 20
LAMPS = (Lamp.RED, Lamp.AMBER, Lamp.PAUSE, Lamp.GREEN)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits, in words, with its number and its rows."""

    label: str
    number: int
    url: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class MyWork:
    today: date
    mine: int
    kpis: Sequence[Kpi]
    rows: Sequence[DeadlineRow]
    is_mine: bool
    waiting: Sequence[Waiting]


def my_work(*, actor: User, today: date) -> MyWork:
    """The page of the person; a fixed number of queries. Without own obligations: the unit's."""
    counted = _counts(actor, today)
    is_mine = counted["mine"] > 0
    rows = (
        deadline_rows(actor=actor, today=today)
        .open()
        .exclude(role=Deadline.Role.VALIDITY)
        .filter(_mine(actor) if is_mine else _units(actor))
        .order_by(F("lamp_rank"), F("due_on").asc(nulls_last=True), "pk")[:SHOWN]
    )
    return MyWork(
        today=today,
        mine=counted["mine"],
        kpis=[_lamp_kpi(lamp, counted) for lamp in LAMPS],
        rows=read_rows(rows, today=today),
        is_mine=is_mine,
        waiting=_waiting(actor, counted),
    )


def _mine(actor: User) -> Q:
    return Q(holder=actor)


def _units(actor: User) -> Q:
    return Q(holder_organisation=actor.organisation_id)


def _counts(actor: User, today: date) -> dict[str, int]:
    """Open obligations of the actor and of their unit, by lamp. One query."""
    mine, unit = _mine(actor), _units(actor)
    counts = {
        "mine": Count("pk", filter=mine),
        "unit": Count("pk", filter=unit),
        "papers": Count("pk", filter=Q(role=Deadline.Role.MISSING_PAPERS)),
    }
    for lamp in LAMPS:
        counts[f"mine_{lamp.value}"] = Count("pk", filter=mine & Q(lamp=lamp.value))
        counts[f"unit_{lamp.value}"] = Count("pk", filter=unit & Q(lamp=lamp.value))
    found: dict[str, int] = obligations(actor=actor, today=today).open().aggregate(**counts)
    return found


def _lamp_kpi(lamp: Lamp, counted: dict[str, int]) -> Kpi:
    return Kpi(
        f"我的{LAMP_WORDS[lamp.value]}",
        counted[f"mine_{lamp.value}"],
        "项",
        f"本单位 {counted[f'unit_{lamp.value}']} 项",
        rows_at(holder="me", lamp=lamp.value),
        lamp.value,
    )


def _waiting(actor: User, counted: dict[str, int]) -> list[Waiting]:
    projects = Project.objects.visible_to(actor).aggregate(
        submitted=Count("pk", filter=Q(status=Project.Status.SUBMITTED)),
        returned=Count("pk", filter=Q(status=Project.Status.RETURNED)),
    )
    found = [Waiting("本单位在办事项", counted["unit"], rows_at(holder="unit"))]
    papers = rows_at(role=Deadline.Role.MISSING_PAPERS.value)
    found.append(Waiting("待补齐的容缺材料", counted["papers"], papers))
    if allowed(actor, Right.SCREEN_LIST):
        found.append(Waiting("待审核的报送项目", projects["submitted"], reverse("desk:screening")))
    if allowed(actor, Right.SUBMIT_LIST):
        found.append(
            Waiting("被退回的项目", projects["returned"], f"{reverse('projects:list')}?status=RETURNED")
        )
    unread = notifications.unread_count(actor=actor)
    found.append(Waiting("未读消息", unread, reverse("notifications:list")))
    running = jobs.running_count(actor=actor)
    found.append(Waiting("进行中的后台任务", running, reverse("jobs:list")))
    return found
