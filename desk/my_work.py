"""My work: what waits for the person who signed in, each figure with the address of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import islice

from django.db.models import Count, F, Q
from django.urls import reverse

from accounts.models import User
from accounts.rights import Right, allowed
from deadlines.models import Deadline
from deadlines.rules import Lamp
from desk.deadline_filters import arrived_since, waits_for_others
from desk.deadline_rows import DeadlineRow, deadline_rows, obligations, read_rows
from desk.overview import rows_at
from jobs import selectors as jobs
from notifications import selectors as notifications
from projects.models import Project, Push
from ui.lamps import LAMP_WORDS
from ui.parts import Kpi

SHOWN = 20
BESIDE = 8
LAMPS = (Lamp.RED, Lamp.AMBER, Lamp.PAUSE, Lamp.GREEN)


class Reach(StrEnum):
    """Whose obligations the page shows: the nearest circle around the person that has any."""

    MINE = "me"
    UNIT = "unit"
    ALL = "all"

    @property
    def words(self) -> str:
        return {"me": "我的", "unit": "本单位", "all": "全辖区"}[self.value]


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
    reach: Reach
    number: int
    kpis: Sequence[Kpi]
    rows: Sequence[DeadlineRow]
    all_rows: str
    waiting: Sequence[Waiting]
    others: Sequence[DeadlineRow]
    others_number: int
    others_url: str
    arrived: Sequence[DeadlineRow]
    arrived_number: int
    arrived_url: str


def my_work(*, actor: User, today: date) -> MyWork:
    """The page of the person; a fixed number of queries.

    Without own obligations the unit's, and for an office that holds none (调度办, leaders)
    everything it may see.
    """
    counted = _counts(actor, today)
    reach = next((circle for circle in Reach if counted[circle.value]), Reach.UNIT)
    work = deadline_rows(actor=actor, today=today).open().exclude(role=Deadline.Role.VALIDITY)
    urgent = (F("lamp_rank"), F("due_on").asc(nulls_last=True), "pk")
    rows = work.filter(_within(reach, actor)).order_by(*urgent)[:SHOWN]
    others = work.filter(waits_for_others(actor)).order_by(*urgent)[:BESIDE]
    new = Q(started_on__gte=arrived_since(today)) & _within(reach, actor)
    arrived = work.filter(new).order_by("-started_on", "-pk")[:BESIDE]
    lists = [list(rows), list(others), list(arrived)]
    # Read at once: the pauses of all cost one query, whichever of the lists is empty.
    read = iter(read_rows([row for part in lists for row in part], today=today, reader=actor))
    mine, others_read, arrived_read = [list(islice(read, len(part))) for part in lists]
    return MyWork(
        today=today,
        reach=reach,
        number=counted[reach.value],
        kpis=[_lamp_kpi(lamp, counted, reach) for lamp in LAMPS],
        rows=mine,
        all_rows=rows_at(**_holder(reach)),
        waiting=_waiting(actor, counted),
        others=others_read,
        others_number=counted["others"],
        others_url=rows_at(holder="others"),
        arrived=arrived_read,
        arrived_number=counted[f"{reach.value}_arrived"],
        arrived_url=rows_at(**_holder(reach), arrived="true"),
    )


def _within(reach: Reach, actor: User) -> Q:
    if reach is Reach.MINE:
        return Q(holder=actor)
    if reach is Reach.UNIT:
        return Q(holder_organisation=actor.organisation_id)
    return Q()


def _holder(reach: Reach) -> dict[str, str]:
    """The filter of the work list that shows this circle."""
    return {} if reach is Reach.ALL else {"holder": reach.value}


def _counts(actor: User, today: date) -> dict[str, int]:
    """Open obligations in each circle, in all and by lamp; owed papers. One query."""
    counts = {
        "papers": Count("pk", filter=Q(role=Deadline.Role.MISSING_PAPERS)),
        "others": Count("pk", filter=waits_for_others(actor)),
    }
    new = Q(started_on__gte=arrived_since(today))
    for reach in Reach:
        counts[f"{reach.value}_arrived"] = Count("pk", filter=_within(reach, actor) & new)
        counts[reach.value] = Count("pk", filter=_within(reach, actor))
        for lamp in LAMPS:
            counts[f"{reach.value}_{lamp.value}"] = Count(
                "pk", filter=_within(reach, actor) & Q(lamp=lamp.value)
            )
    found: dict[str, int] = obligations(actor=actor, today=today).open().aggregate(**counts)
    return found


def _lamp_kpi(lamp: Lamp, counted: dict[str, int], reach: Reach) -> Kpi:
    beside = Reach.UNIT if reach is Reach.MINE else Reach.ALL
    return Kpi(
        f"{reach.words}{LAMP_WORDS[lamp.value]}",
        counted[f"{reach.value}_{lamp.value}"],
        "项",
        f"{beside.words} {counted[f'{beside.value}_{lamp.value}']} 项",
        rows_at(**_holder(reach), lamp=lamp.value),
        lamp.value,
    )


def _waiting(actor: User, counted: dict[str, int]) -> list[Waiting]:
    projects = Project.objects.visible_to(actor).aggregate(
        submitted=Count("pk", filter=Q(status__in=Project.WAITING)),
        gathering=Count("pk", filter=Q(status=Project.Status.REPORTED)),
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
    if allowed(actor, Right.GATHER_LIST):
        found.append(Waiting("待汇总上报的项目", projects["gathering"], reverse("projects:gathering")))
    if allowed(actor, Right.RECEIVE_PUSH):
        pushed = Push.objects.visible_to(actor).filter(state=Push.State.PUSHED).count()
        found.append(Waiting("待签收的推送项目", pushed, f"{reverse('projects:pushes')}?state=PUSHED"))
    unread = notifications.unread_count(actor=actor)
    found.append(Waiting("未读消息", unread, reverse("notifications:list")))
    running = jobs.running_count(actor=actor)
    found.append(Waiting("进行中的后台任务", running, reverse("jobs:list")))
    return found
