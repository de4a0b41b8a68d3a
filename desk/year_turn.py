"""年度结转: what has to happen at the turn of a year, how it stands, and each act with its way back.

Every step reads the rows themselves, so that the page is right whoever did a step and wherever;
doing one again changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef
from django.urls import reverse

from accounts.models import Organisation, User
from accounts.rights import Right, require
from accounts.selectors import prefecture_of
from approvals.models import Step
from deadlines.models import Deadline
from deadlines.rules.calendar import NOTICE_SEASON
from deadlines.selectors import working_calendar
from dispatch.models import Campaign, Round
from projects.models import AnnualList, PlanItem, Project, YearArchive
from projects.models.projects import ProjectQuerySet
from projects.refusals import YearNotReady
from projects.services import archiving
from quotas.models import YearEndRun
from quotas.rules import Pool
from quotas.services.year_end import planned_lines

SHOWN = 20
OPEN_STEPS = (Step.Status.NOT_STARTED.value, *Step.OPEN_STATUSES)
OPEN_DEADLINES = (Deadline.State.RUNNING, Deadline.State.PAUSED)


@dataclass(frozen=True, slots=True)
class TurnStep:
    """One thing to do. `needed`: archiving waits for it. `act`, `undo`: verbs of ACTS; empty: elsewhere."""

    key: str
    title: str
    is_done: bool
    sentence: str
    url: str = ""
    link: str = ""
    act: str = ""
    act_label: str = ""
    undo: str = ""
    undo_label: str = ""
    needed: bool = False
    asks_reason: bool = False


@dataclass(frozen=True, slots=True)
class YearTurn:
    """The turn from `year` to the next. `unfinished`: the first projects that would go over."""

    year: int
    steps: list[TurnStep]
    unfinished: list[Project]
    unfinished_count: int
    archive: YearArchive | None


def year_to_turn(today: date) -> int:
    """The year that is turned by default: this one from November on, else the last."""
    return today.year if today.month >= NOTICE_SEASON else today.year - 1


def unfinished_projects(*, actor: User, year: int) -> ProjectQuerySet:
    """Adopted projects of a year's list with work before them: an open step or promise, or no step yet."""
    steps = Step.objects.filter(project=OuterRef("pk"))
    promises = Deadline.objects.filter(project_id=OuterRef("pk"), state__in=OPEN_DEADLINES)
    rows = Project.objects.visible_to(actor).adopted().filter(annual_list__year=year)
    return rows.filter(Exists(steps.filter(status__in=OPEN_STEPS)) | ~Exists(steps) | Exists(promises))


def year_turn(*, actor: User, year: int, today: date) -> YearTurn:
    """How each step stands. A fixed number of queries, whatever the number of projects."""
    place = _prefecture(actor)
    unfinished = unfinished_projects(actor=actor, year=year)
    count = unfinished.count()
    archive = YearArchive.objects.standing().filter(prefecture=place, year=year).first()
    steps = [
        _calendar(year),
        _list(year),
        _carrying(actor, year, count),
        _plan(actor, year),
        *(_quota(place, pool, year, today) for pool in (Pool.SCALE, Pool.PLAN)),
        _rounds(year),
        _campaigns(actor, year, is_closed=archive is not None),
    ]
    steps.append(_archiving(year, archive, steps, today))
    rows = list(unfinished.select_related("organisation").order_by("number")[:SHOWN])
    return YearTurn(year, steps, rows, count, archive)


def _prefecture(actor: User) -> Organisation:
    assert actor.organisation is not None
    return prefecture_of(actor.organisation)


def _calendar(year: int) -> TurnStep:
    calendar = working_calendar()
    is_known = calendar.last.year > year and year + 1 not in calendar.provisional_years
    sentence = f"{year + 1} 年放假安排已录入" if is_known else f"{year + 1} 年仍按暂定日历计算"
    url = f"{reverse('deadlines:calendar')}?year={year + 1}"
    return TurnStep("calendar", "下一年工作日历", is_known, sentence, url, "工作日历")


def _list(year: int) -> TurnStep:
    row = AnnualList.objects.filter(year=year + 1).first()
    sentence = "还没有建立；未办结项目建立后才能结转"
    if row is not None:
        sentence = f"已建立，编号到 {row.last_number}" if row.last_number else "已建立"
    return TurnStep(
        "list",
        f"{year + 1} 年度清单",
        row is not None,
        sentence,
        f"{reverse('projects:annual-list')}?year={year + 1}",
        "年度清单",
        act="" if row else "open-list",
        act_label="建立清单",
        undo="drop-list" if row else "",
        undo_label="撤销",
        needed=True,
    )


def _carrying(actor: User, year: int, waiting: int) -> TurnStep:
    moved = archiving.carried(actor=actor, year=year)
    sentence = f"{waiting} 个未办结项目留在 {year} 年度清单" if waiting else "没有未办结项目"
    return TurnStep(
        "carry",
        "未办结项目结转",
        waiting == 0,
        f"{sentence}，已结转 {moved} 个",
        act="carry-over" if waiting else "",
        act_label="全部结转",
        undo="take-back" if moved else "",
        undo_label="撤销结转",
        needed=True,
    )


def _plan(actor: User, year: int) -> TurnStep:
    items = PlanItem.objects.visible_to(actor).filter(year=year + 1).count()
    sentence = f"已有 {items} 条" if items else "还没有条目；在保障方案按问题生成"
    url = f"{reverse('projects:plan')}?year={year + 1}"
    return TurnStep("plan", f"{year + 1} 年保障方案", items > 0, sentence, url, "保障方案")


def _quota(place: Organisation, pool: Pool, year: int, today: date) -> TurnStep:
    runs = YearEndRun.objects.filter(prefecture=place, pool=pool.value, year=year)
    is_closed = runs.filter(state=YearEndRun.State.COMMITTED).exists()
    left = 0 if is_closed else len(planned_lines(place, pool, year, on=min(today, date(year, 12, 31))))
    sentence = "已办结" if is_closed else f"{left} 个账户有余额待结转" if left else "没有余额"
    title, url = f"{pool.label}年末结转", reverse("quotas:runs")
    return TurnStep(f"quota-{pool.value}", title, left == 0, sentence, url, "年末结转", needed=True)


def _rounds(year: int) -> TurnStep:
    rows = Round.objects.filter(year=year)
    total, left = rows.count(), rows.filter(frozen_at__isnull=True).count()
    sentence = f"{total} 期，{left} 期未定稿" if left else f"{total} 期全部定稿"
    url = reverse("dispatch:rounds")
    return TurnStep("rounds", f"{year} 年调度台账", left == 0, sentence, url, "调度", needed=True)


def _campaigns(actor: User, year: int, *, is_closed: bool) -> TurnStep:
    count = Campaign.objects.visible_to(actor).filter(last_on__year=year).count()
    ending = "已随归档结束" if is_closed else "，归档后结束，不能再改"
    sentence = f"{count} 个目标{ending}" if count else "没有目标"
    url, is_done = reverse("dispatch:targets"), is_closed or count == 0
    return TurnStep("campaigns", f"{year} 年用地目标", is_done, sentence, url, "用地目标")


def _archiving(year: int, archive: YearArchive | None, before: list[TurnStep], today: date) -> TurnStep:
    missing = _missing(before)
    if archive is not None:
        sentence = f"{archive.archived_on} 归档：{archive.reason}"
    elif year >= today.year:
        sentence = f"{year} 年结束后归档；归档后项目只能查阅"
    elif missing:
        sentence = f"先办：{'、'.join(missing)}"
    else:
        sentence = "可以归档；归档后项目只能查阅，仍可检索，可以恢复"
    return TurnStep(
        "archive",
        f"{year} 年度归档",
        archive is not None,
        sentence,
        act="" if archive or missing or year >= today.year else "archive",
        act_label="归档",
        undo="restore" if archive else "",
        undo_label="恢复",
        asks_reason=True,
    )


def _missing(steps: list[TurnStep]) -> list[str]:
    return [step.title for step in steps if step.needed and not step.is_done]


# --- acts -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Order:
    """Who does what to which year, and why."""

    actor: User
    year: int
    reason: str
    today: date


def _open(order: Order) -> str:
    archiving.open_list(actor=order.actor, year=order.year + 1)
    return f"{order.year + 1} 年度清单已建立。"


def _drop(order: Order) -> str:
    archiving.drop_list(actor=order.actor, year=order.year + 1)
    return f"{order.year + 1} 年度清单已撤销。"


def _carry(order: Order) -> str:
    ids = list(unfinished_projects(actor=order.actor, year=order.year).values_list("pk", flat=True))
    done = archiving.carry_over(actor=order.actor, year=order.year, project_ids=ids, today=order.today)
    return f"{done} 个项目已结转到 {order.year + 1} 年度清单。"


def _take_back(order: Order) -> str:
    done = archiving.take_back(actor=order.actor, year=order.year, today=order.today)
    return f"{done} 个项目已回到 {order.year} 年度清单。"


def _archive(order: Order) -> str:
    missing = _missing(year_turn(actor=order.actor, year=order.year, today=order.today).steps)
    if missing:
        raise YearNotReady(f"还不能归档，先办：{'、'.join(missing)}。", missing=missing)
    archiving.archive_year(
        actor=order.actor,
        prefecture=_prefecture(order.actor),
        year=order.year,
        reason=order.reason,
        today=order.today,
    )
    return f"{order.year} 年度已归档，项目只能查阅。"


def _restore(order: Order) -> str:
    archiving.restore_year(
        actor=order.actor,
        prefecture=_prefecture(order.actor),
        year=order.year,
        reason=order.reason,
        today=order.today,
    )
    return f"{order.year} 年度已恢复，可以修改。"


ACTS: Mapping[str, Callable[[Order], str]] = {
    "open-list": _open,
    "drop-list": _drop,
    "carry-over": _carry,
    "take-back": _take_back,
    "archive": _archive,
    "restore": _restore,
}


def turn(verb: str, order: Order) -> str:
    """Do one step or undo it; what was done, in a sentence. Safe to repeat.

    Raises:
        YearNotReady, YearArchived, ReasonMissing: as the services say; archiving also while a step
            that it waits for is not done (facts: missing).
    """
    require(order.actor, Right.TURN_YEAR)
    return ACTS[verb](order)
