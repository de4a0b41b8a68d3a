"""本周和下周到期: the promises of two weeks by day, a month of due dates, letters of reminder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber

from accounts.models import User
from accounts.rights import Right, require
from audit.services import Act, record_all
from deadlines.models import Deadline, DeadlineQuerySet
from deadlines.rules import WorkingCalendar, holiday_note
from deadlines.selectors import working_calendar
from desk.deadline_rows import DeadlineRow, deadline_rows, read_rows
from officefiles.documents import Align, Column, OfficialDocument, office_day

LANE_SHOWN = 30
DAY_SHOWN = 3
DAYS_OF_A_WEEK = 7
WEEKS_SHOWN = 2


@dataclass(frozen=True, slots=True)
class Lane:
    """One column of the board. `total` may be more than the rows that are shown."""

    key: str
    label: str
    note: str
    total: int
    rows: Sequence[DeadlineRow]
    is_today: bool = False


def board(*, actor: User, today: date) -> list[Lane]:
    """Overdue, then each day of this week and the next that is worked or has something due. Four queries."""
    monday = today - timedelta(days=today.weekday())
    sunday = monday + timedelta(days=WEEKS_SHOWN * DAYS_OF_A_WEEK - 1)
    open_rows = _due(actor, today)
    totals = dict(
        open_rows.filter(due_on__range=(monday, sunday))
        .order_by()
        .values_list("due_on")
        .annotate(number=Count("pk"))
    )
    overdue = open_rows.past_end(today)
    numbered = open_rows.filter(due_on__range=(today, sunday)).annotate(
        place=Window(RowNumber(), partition_by="due_on", order_by=[F("lamp_rank"), F("pk")])
    )
    shown = read_rows(
        [*overdue.order_by("due_on", "pk")[:LANE_SHOWN], *numbered.filter(place__lte=LANE_SHOWN)], today=today
    )
    calendar = working_calendar()
    late = [row for row in shown if row.deadline.due_on is not None and row.deadline.due_on < today]
    lanes = [Lane("overdue", "已过到期日", "", overdue.count(), late)]
    for day in (today + timedelta(days=n) for n in range((sunday - today).days + 1)):
        rows = [row for row in shown if row.deadline.due_on == day]
        if rows or calendar.is_working(day):
            lanes.append(_day_lane(day, totals.get(day, 0), rows, today))
    return lanes


def _day_lane(day: date, total: int, rows: Sequence[DeadlineRow], today: date) -> Lane:
    days_on = (day - today).days + today.weekday()
    week = "周" if days_on < DAYS_OF_A_WEEK else "下周"
    return Lane(
        key=day.isoformat(),
        label=f"{week}{'一二三四五六日'[day.weekday()]}",
        note=f"{day:%m-%d}",
        total=total,
        rows=rows,
        is_today=day == today,
    )


def _due(actor: User, today: date) -> DeadlineQuerySet:
    """Open promises with a due date, validities left out: papers lapse, nobody works on them."""
    return (
        deadline_rows(actor=actor, today=today)
        .open()
        .exclude(role=Deadline.Role.VALIDITY)
        .filter(state=Deadline.State.RUNNING, due_on__isnull=False)
    )


# --- a month -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MonthDay:
    """One cell of the month. note: holiday's name or 调休上班."""

    day: date
    in_month: bool
    is_working: bool
    note: str
    total: int
    red: int
    rows: Sequence[Deadline]
    is_today: bool


@dataclass(frozen=True, slots=True)
class Month:
    """A month of due dates in weeks from Monday."""

    first: date
    weeks: Sequence[Sequence[MonthDay]]
    previous: str
    following: str
    total: int


def month_of(*, actor: User, month: date, today: date) -> Month:
    """The calendar month that holds `month`. Two queries besides the calendar.

    Raises:
        CalendarGap: nobody has entered that year.
    """
    first = month.replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    begin = first - timedelta(days=first.weekday())
    end = after + timedelta(days=(DAYS_OF_A_WEEK - after.weekday()) % DAYS_OF_A_WEEK)
    rows = _due(actor, today).filter(due_on__gte=begin, due_on__lt=end)
    totals: dict[date, int] = {}
    reds: dict[date, int] = {}
    for day, lamp, number in rows.order_by().values_list("due_on", F("lamp")).annotate(number=Count("pk")):
        totals[day] = totals.get(day, 0) + number
        reds[day] = reds.get(day, 0) + (number if lamp == "red" else 0)
    place = Window(RowNumber(), partition_by="due_on", order_by=[F("lamp_rank"), F("pk")])
    shown = list(rows.annotate(place=place).filter(place__lte=DAY_SHOWN))
    calendar = working_calendar()
    days = [begin + timedelta(days=n) for n in range((end - begin).days)]
    cells = [_cell(day, first, today, calendar, totals, reds, shown) for day in days]
    return Month(
        first=first,
        weeks=[cells[n : n + DAYS_OF_A_WEEK] for n in range(0, len(cells), DAYS_OF_A_WEEK)],
        previous=f"{first - timedelta(days=1):%Y-%m}",
        following=f"{after:%Y-%m}",
        total=sum(number for day, number in totals.items() if first <= day < after),
    )


def _cell(
    day: date,
    first: date,
    today: date,
    calendar: WorkingCalendar,
    totals: dict[date, int],
    reds: dict[date, int],
    shown: Iterable[Deadline],
) -> MonthDay:
    return MonthDay(
        day=day,
        in_month=day.month == first.month,
        is_working=calendar.is_working(day),
        note="" if day.weekday() > 4 and not calendar.name(day) else holiday_note(calendar, day),
        total=totals.get(day, 0),
        red=reds.get(day, 0),
        rows=[row for row in shown if row.due_on == day],
        is_today=day == today,
    )


# --- letters of reminder -------------------------------------------------------------------------


def urge(*, deadline_ids: Sequence[int], actor: User, today: date) -> bytes | None:
    """A letter of reminder (督办函) for the chosen open promises, as a Word file; None of none.

    Each promise gets its line in the log. What the actor may not see, or what is closed by now, is
    left out.

    Raises:
        PermissionDenied: the role sends no reminders.

    Source: S0 (推进缓慢即提醒督办).
    """
    require(actor, Right.URGE_STEPS)
    chosen = deadline_rows(actor=actor, today=today).open().filter(pk__in=list(deadline_ids))
    rows = read_rows(
        chosen.order_by("holder_organisation__path", "due_on", "pk"), today=today, calendar=working_calendar()
    )
    if not rows:
        return None
    record_all(
        actor=actor,
        acts=[
            Act(
                "step.urged",
                row.deadline,
                {"step": row.deadline.subject_code, "due_on": row.deadline.due_on, "lamp": row.lamp.value},
                row.deadline.project_id,
                row.deadline.scope_organisation.path,
            )
            for row in rows
        ],
    )
    return _letter(rows, actor=actor, today=today)


def _letter(rows: Sequence[DeadlineRow], *, actor: User, today: date) -> bytes:
    holders = list(dict.fromkeys(row.deadline.holder_organisation.name for row in rows))
    issuer = actor.organisation.name if actor.organisation else ""
    document = OfficialDocument(title="关于加快办理用地保障事项的督办函", addressee="、".join(holders))
    document.paragraph(
        f"截至{office_day(today)}，你单位负责的下列 {len(rows)} 项用地保障事项已逾期或临近到期。"
        "请抓紧办理，并将办理情况登记到系统；依法不计入时限的，请补登暂停依据。"
    )
    document.table(
        [
            Column("序号", 1, Align.CENTRE),
            Column("项目", 4),
            Column("事项", 3),
            Column("到期日", 2, Align.CENTRE),
            Column("情况", 2, Align.CENTRE),
            Column("责任单位", 3),
        ],
        [
            (
                str(number),
                row.deadline.project_name,
                row.deadline.subject_label,
                row.deadline.due_on.isoformat() if row.deadline.due_on else "暂停中",
                row.conclusion,
                row.deadline.holder_organisation.name,
            )
            for number, row in enumerate(rows, start=1)
        ],
    )
    document.sign(issuer, today)
    return document.content(produced_on=today)
