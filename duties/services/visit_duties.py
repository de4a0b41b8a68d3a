"""Each leader goes out so often a year: a promise for each, kept by the visits that are registered."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Max

from accounts.models import Post
from accounts.posts import holders_on
from deadlines.models import Deadline
from deadlines.selectors import working_calendar
from deadlines.services import Owner, open_deadline
from duties import selectors
from duties.models import Visit, VisitDuty
from duties.services import clocks

STAGE = "上门服务"


@transaction.atomic
def watch_visits(*, today: date) -> list[VisitDuty]:
    """See that every leader's post owes its visits of the year of `today`; safe to repeat.

    The promise runs to the last day of the year; reminders begin as many days before as the setting
    says. A post given up meanwhile owes nothing. Returns the new ones.

    Source: S1-06 包联领导年底前至少上门服务一次.
    """
    _let_go(today)
    setting = selectors.setting_on(today)
    if not setting.visits_a_year:
        return []
    known = VisitDuty.objects.filter(year=today.year).values("leader")
    posts = Post.objects.filter(duty=Post.Duty.LEADER, is_active=True).exclude(pk__in=known)
    leaders = list(posts.select_related("organisation").select_for_update(of=("self",)).order_by("pk"))
    return [
        _owe(leader, minimum=setting.visits_a_year, warning=setting.visit_warning_days, today=today)
        for leader in leaders
    ]


def _let_go(today: date) -> None:
    gone = VisitDuty.objects.filter(leader__is_active=False, deadline__state=Deadline.State.RUNNING)
    for duty in gone.select_related("deadline").order_by("pk"):
        clocks.drop(duty.deadline, today=today)


def _owe(leader: Post, *, minimum: int, warning: int, today: date) -> VisitDuty:
    ends_on, started_on = date(today.year, 12, 31), date(today.year - 1, 12, 31)
    warned = working_calendar().count(ends_on - timedelta(days=warning), ends_on)
    held = holders_on([leader.pk], on=today).get(leader.pk)
    deadline = open_deadline(
        owner=Owner(
            subject=leader,
            subject_label=f"{today.year}年上门服务（至少 {minimum} 次）：{leader}"[:200],
            stage=STAGE,
            holder_organisation=leader.organisation,
            holder=held.user if held else None,
            scope_organisation=leader.organisation,
        ),
        role=Deadline.Role.HANDLING,
        started_on=started_on,
        committed=clocks.until(ends_on, since=started_on, basis="包联领导每年上门服务次数"),
        statutory=None,
        today=today,
        reminder_days=[warned] if warned else [],
    )
    duty = VisitDuty.objects.create(leader=leader, year=today.year, minimum=minimum, deadline=deadline)
    _settle(duty, today=today)
    return duty


def settle_visits(leader: Post, *, year: int, today: date) -> None:
    """A visit was registered: the year's promise is kept once there are enough of them."""
    rows = VisitDuty.objects.select_for_update(of=("self",)).select_related("deadline")
    duty = rows.filter(leader=leader, year=year).first()
    if duty is not None:
        _settle(duty, today=today)


def _settle(duty: VisitDuty, *, today: date) -> None:
    visits = Visit.objects.filter(
        leader=duty.leader_id, visited_on__year=duty.year, kind=Visit.Kind.SERVICE
    ).order_by()
    if visits.count() < duty.minimum:
        return
    last_on = visits.aggregate(last=Max("visited_on"))["last"]
    clocks.end(duty.deadline, on=last_on, today=today)
