"""Two frozen weeks with their differences, a late county, a silent one, and the week that runs.

Before, each county has looked at its projects on some day of the last weeks.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, timedelta

from accounts.models import Organisation, User
from deadlines.selectors import working_calendar
from demo.moments import at
from dispatch.models import Report, Round
from dispatch.rules.periods import Period
from dispatch.selectors.rounds import schedule_of
from dispatch.services import rounds
from dispatch.services.appraisal import last_quarter, make_appraisal
from dispatch.services.circulars import (
    Draft,
    approve_circular,
    draft_circular,
    issue_circular,
    sign_receipt,
)
from dispatch.services.packages import request_package
from dispatch.services.reminders import remind, send_digests
from dispatch.services.reports import report
from jobs.services import run_one
from projects.models import Project
from projects.services.verification import verify_unchanged

WEEKS = 2
LOOKED = 21
REMARKS = "本周新增一个项目报件，其余无变化。"


def hold(*, dispatcher: User, county: Mapping[str, User], today: date) -> None:
    """Open, report and freeze the last weeks, have the newest one's package made, remind of what is due."""
    _look(county, today)
    for period in reversed(_last_weeks(today)):
        _week(period, dispatcher=dispatcher, county=county, today=today)
    rounds.open_due_rounds(today=today, calendar=working_calendar(), now=at(today, 8))
    newest = Round.objects.filter(kind="WEEK", frozen_at__isnull=False).order_by("year", "number").last()
    if newest is not None:
        now = at(today, 9)
        job = request_package(round_id=newest.pk, organisation_code="522700", actor=dispatcher, now=now)
        run_one(job_id=job.pk, clock=lambda: now)
        _circulate(newest, dispatcher=dispatcher, county=county, today=today)
    first, last = last_quarter(today)
    name = f"{last.year} 年第 {last.month // 3} 季度考核"
    make_appraisal(actor=dispatcher, name=name, first_on=first, last_on=last, today=today)
    remind(today=today, calendar=working_calendar())
    send_digests(today=today)


def _circulate(newest: Round, *, dispatcher: User, county: Mapping[str, User], today: date) -> None:
    """The newest round's circular, approved and sent to every county; the first has read it."""
    draft = Draft(f"关于{newest.period.label}重点项目用地要素保障情况的通报")
    now = at(today, 9)
    row = draft_circular(round_id=newest.pk, kind="CIRCULAR", draft=draft, actor=dispatcher, now=now)
    approve_circular(
        circular_id=row.pk, approver="专班组长", approved_on=today, actor=dispatcher, today=today
    )
    copies = list(Organisation.objects.filter(code__in=county).order_by("path"))
    row = issue_circular(circular_id=row.pk, copies=copies, actor=dispatcher, today=today)
    sign_receipt(found=row, actor=county[min(county)], now=now)


def _look(county: Mapping[str, User], today: date) -> None:
    """Every listed project was looked at lately; the county that reports nothing let most of them lie."""
    dice, silent = random.Random(LOOKED), max(county)
    listed = Project.objects.adopted().filter(organisation__code__in=county).select_related("organisation")
    for project in listed.order_by("pk"):
        code = project.organisation.code
        ago = dice.randint(12, 26) if code == silent else dice.randint(1, 9)
        verify_unchanged(actor=county[code], project=project, today=today - timedelta(days=ago))


def _last_weeks(today: date) -> list[Period]:
    """The newest weeks whose reporting day is over, newest first; skipped weeks left out."""
    found: list[Period] = []
    period, calendar = Period.of(today), working_calendar()
    while len(found) < WEEKS:
        schedule = schedule_of(period, calendar=calendar)
        if schedule is not None and schedule.due_on < today:
            found.append(period)
        period = period.before
    return found


def _week(period: Period, *, dispatcher: User, county: Mapping[str, User], today: date) -> None:
    """The last county says nothing, the one before it comes a day late."""
    calendar = working_calendar()
    schedule = schedule_of(period, calendar=calendar)
    assert schedule is not None
    due_on = schedule.due_on
    rounds.open_due_rounds(today=schedule.opens_on, calendar=calendar, now=at(schedule.opens_on, 8))
    codes = sorted(county)
    prompt, late = (codes[:-2], codes[-2]) if len(codes) > 2 else (codes, "")
    for place, code in enumerate(prompt):
        _say(period, code, actor=county[code], day=due_on, remarks="" if place % 3 else REMARKS)
    now = at(due_on, 18)
    job = rounds.freeze_round(period=period, actor=dispatcher, today=due_on, calendar=calendar, now=now)
    run_one(job_id=job.pk, clock=lambda: now)
    day_after = calendar.next_working_day(due_on)
    if late and day_after <= today:
        _say(period, late, actor=county[late], day=day_after, remarks="经办人出差，补报。")


def _say(period: Period, code: str, *, actor: User, day: date, remarks: str) -> None:
    rows = Report.objects.filter(round__kind="WEEK", round__year=period.year, round__number=period.number)
    row = rows.filter(organisation__code=code).first()
    if row is not None:
        report(
            report_id=row.pk,
            is_unchanged=not remarks,
            remarks=remarks,
            actor=actor,
            today=day,
            now=at(day, 15),
        )
