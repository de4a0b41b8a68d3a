"""Opening and closing collection windows; every unit that is asked owes an answer by a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from accounts.models import Organisation, User
from accounts.rights import RIGHTS, Right, require
from audit.services import Act, record, record_all
from deadlines import services as clocks
from deadlines.models import Deadline
from deadlines.rules import Line, LineKind, LineName, Unit
from deadlines.services import LineSpec, Owner
from notifications.models import Message
from notifications.services import Notice, post
from projects.models import CollectionWindow, Project, Submission, WindowDuty
from projects.refusals import (
    NothingIsOwed,
    ReasonMissing,
    WindowNotOpen,
    WindowTitleTaken,
    WindowWithoutReporters,
)
from projects.rules.waves import waits_for_county, wave_days
from projects.selectors import previews
from projects.selectors.windows import possible_reporters, reporters_of, templates_in_force

STAGE = "清单报送"
_REPORTING_ROLES = [role for role, rights in RIGHTS.items() if Right.SUBMIT_LIST in rights]


@dataclass(frozen=True, slots=True)
class NewWindow:
    """A window as the form states it. Days are both included."""

    title: str
    kind: str
    opens_on: date
    closes_on: date
    gathering: str
    reminder_days: Sequence[int] = (5,)
    note: str = ""
    template_id: int | None = None


@transaction.atomic
def plan_window(*, actor: User, new: NewWindow, reporters: Iterable[int], today: date) -> CollectionWindow:
    """Arrange a window for the actor's prefecture and say so to those who have to hand in.

    Opens at once where its first day has come; else the schedule opens it on that day.

    Args:
        reporters: ids of the organisations that are asked; others than the prefecture's are ignored.

    Raises:
        WindowWithoutReporters: nobody is asked.
        WindowTitleTaken: the year has a window of that name.
    """
    require(actor, Right.RUN_WINDOWS)
    prefecture = previews.reporting_organisation(actor)
    wanted = set(reporters)
    asked = [unit for unit in possible_reporters(organisation=prefecture) if unit.pk in wanted]
    return _plan(actor, prefecture, new, asked, today)


@transaction.atomic
def plan_year(*, actor: User, year: int, today: date) -> list[CollectionWindow]:
    """Arrange the year's waves by the templates in force; those that stand already are left alone."""
    require(actor, Right.RUN_WINDOWS)
    prefecture = previews.reporting_organisation(actor)
    planned = []
    for template in templates_in_force(organisation=prefecture, on=date(year, 1, 1)):
        title = f"{year}年{template.title}"
        if CollectionWindow.objects.filter(organisation=prefecture, year=year, title=title).exists():
            continue
        days = wave_days(
            year=year,
            opens_month=template.opens_month,
            opens_day=template.opens_day,
            closes_month=template.closes_month,
            closes_day=template.closes_day,
        )
        new = NewWindow(
            title=title,
            kind=template.kind,
            opens_on=days.opens_on,
            closes_on=days.closes_on,
            gathering=template.gathering,
            reminder_days=template.reminder_days,
            template_id=template.pk,
        )
        planned.append(_plan(actor, prefecture, new, reporters_of(template, organisation=prefecture), today))
    return planned


def _plan(
    actor: User, prefecture: Organisation, new: NewWindow, asked: Sequence[Organisation], today: date
) -> CollectionWindow:
    if not asked:
        raise WindowWithoutReporters("还没有选择应报单位，至少选择一个县市或部门。")
    year, title = new.opens_on.year, new.title.strip()
    if CollectionWindow.objects.filter(organisation=prefecture, year=year, title=title).exists():
        raise WindowTitleTaken(f"{year}年已有批次“{title}”，请换一个名称。", title=title)
    window = CollectionWindow.objects.create(
        organisation=prefecture,
        template_id=new.template_id,
        kind=new.kind,
        title=title,
        year=year,
        opens_on=new.opens_on,
        closes_on=new.closes_on,
        gathering=new.gathering,
        reminder_days=sorted(set(new.reminder_days), reverse=True),
        note=new.note,
        created_by=actor,
    )
    WindowDuty.objects.bulk_create([WindowDuty(window=window, organisation=unit) for unit in asked])
    _record(window, "window.planned", {"asked": len(asked)}, actor=actor, today=today)
    _tell(window, "planned", f"{window.title}：{window.opens_on} 至 {window.closes_on} 报送")
    if window.opens_on <= today:
        _open(window, actor=actor, today=today)
    return window


@transaction.atomic
def open_due_windows(*, today: date) -> list[CollectionWindow]:
    """Open what was planned and whose first day has come. The schedule's verb; safe to repeat."""
    due = CollectionWindow.objects.filter(state=CollectionWindow.State.PLANNED, opens_on__lte=today)
    windows = list(due.select_related("organisation").select_for_update(of=("self",)).order_by("pk"))
    for window in windows:
        _open(window, actor=None, today=today)
    return windows


def _open(window: CollectionWindow, *, actor: User | None, today: date) -> None:
    window.state = CollectionWindow.State.OPEN
    window.save(update_fields=["state"])
    for duty in window.duties.select_related("organisation"):
        duty.deadline = _start_clock(window, duty, today)
        duty.save(update_fields=["deadline"])
    _record(window, "window.opened", {}, actor=actor, today=today)
    _tell(window, "opened", f"{window.title}已开始，请于 {window.closes_on} 前报送")


def _start_clock(window: CollectionWindow, duty: WindowDuty, today: date) -> Deadline:
    days = (window.closes_on - window.opens_on).days
    line = Line(limit=days, unit=Unit.CALENDAR_DAY, kind=LineKind.MAX)
    basis = f"{window.title}：{window.opens_on} 至 {window.closes_on}"
    return clocks.open_deadline(
        owner=Owner(
            subject=duty,
            subject_label=window.title,
            stage=STAGE,
            holder_organisation=duty.organisation,
            scope_organisation=duty.organisation,
        ),
        role=Deadline.Role.SUBMISSION,
        started_on=min(window.opens_on, today),
        committed=LineSpec(line, basis),
        statutory=None,
        reminder_days=window.reminder_days,
        today=today,
    )


@transaction.atomic
def extend_window(
    *, actor: User, window_id: int, closes_on: date, reason: str, today: date
) -> CollectionWindow:
    """Give everybody more time; the reason stands in every unit's deadline.

    Raises:
        WindowNotOpen: it is closed or cancelled, or the new day is not a later one.
        ReasonMissing.
    """
    require(actor, Right.RUN_WINDOWS)
    window = _locked(actor, window_id)
    _refuse_ended(window)
    if closes_on <= window.closes_on:
        raise WindowNotOpen(
            f"新的截止日期须晚于 {window.closes_on}；如需提前结束，请关闭批次。", closes_on=window.closes_on
        )
    if not reason.strip():
        raise ReasonMissing("延长须写明理由，报送单位会看到。")
    days = (closes_on - window.closes_on).days
    for duty in window.duties.filter(answered_on__isnull=True, deadline__isnull=False):
        assert duty.deadline_id is not None
        clocks.extend(
            deadline_id=duty.deadline_id,
            line=LineName.COMMITTED,
            days=days,
            approved_by=actor.label,
            approved_on=today,
            told_on=today,
            reason=reason.strip(),
            actor=actor,
            today=today,
        )
    window.closes_on = closes_on
    window.save(update_fields=["closes_on"])
    _record(window, "window.extended", {"closes_on": closes_on, "reason": reason}, actor=actor, today=today)
    _tell(window, f"extended-{closes_on}", f"{window.title}延长至 {closes_on}：{reason.strip()}")
    return window


@transaction.atomic
def close_window(*, actor: User, window_id: int, reason: str, today: date) -> CollectionWindow:
    """Take in nothing more. Who has not answered stays on the list of those who did not.

    Raises:
        WindowNotOpen: it is not open.
    """
    require(actor, Right.RUN_WINDOWS)
    window = _locked(actor, window_id)
    if not window.is_open:
        raise WindowNotOpen(f"“{window}”{window.get_state_display()}，不能关闭。", state=window.state)
    return _end(window, CollectionWindow.State.CLOSED, "window.closed", reason, actor=actor, today=today)


@transaction.atomic
def cancel_window(*, actor: User, window_id: int, reason: str, today: date) -> CollectionWindow:
    """Call a window off that nobody has answered.

    Raises:
        WindowNotOpen: it has ended, or somebody has handed in.
        ReasonMissing.
    """
    require(actor, Right.RUN_WINDOWS)
    window = _locked(actor, window_id)
    _refuse_ended(window)
    if window.duties.filter(answered_on__isnull=False).exists() or window.submissions.exists():
        raise WindowNotOpen("已有单位报送，不能取消；可以关闭批次。", state=window.state)
    if not reason.strip():
        raise ReasonMissing("取消须写明理由，报送单位会看到。")
    _tell(window, "cancelled", f"{window.title}已取消：{reason.strip()}")
    return _end(
        window, CollectionWindow.State.CANCELLED, "window.cancelled", reason, actor=actor, today=today
    )


def _end(
    window: CollectionWindow, state: str, verb: str, reason: str, *, actor: User, today: date
) -> CollectionWindow:
    window.state, window.closed_on, window.closing_reason = state, today, reason.strip()
    window.save(update_fields=["state", "closed_on", "closing_reason"])
    for duty in window.duties.filter(answered_on__isnull=True, deadline__isnull=False):
        assert duty.deadline_id is not None
        clocks.cancel(deadline_id=duty.deadline_id, stopped_on=today, today=today)
    _record(window, verb, {"reason": window.closing_reason}, actor=actor, today=today)
    return window


@transaction.atomic
def report_nothing(*, actor: User, duty_id: int, reason: str, today: date) -> WindowDuty:
    """The actor's unit has no project to hand in this time, and says why.

    Raises:
        NothingIsOwed: answered already, or the window is not open.
        ReasonMissing.
    """
    require(actor, Right.SUBMIT_LIST)
    own = previews.reporting_organisation(actor)
    duty = (
        WindowDuty.objects.visible_to(actor)
        .filter(organisation=own)
        .select_related("window", "organisation")
        .select_for_update(of=("self",))
        .get(pk=duty_id)
    )
    if duty.answered_on is not None or not duty.window.is_open:
        raise NothingIsOwed("本单位已经报送，或批次没有开放，不能再报零报告。", answered_on=duty.answered_on)
    if not reason.strip():
        raise ReasonMissing("零报告须写明原因，补充后再提交。")
    duty.reason = reason.strip()
    _answer(duty, WindowDuty.Answer.NOTHING, actor=actor, today=today)
    record(
        actor=actor,
        verb="window.nothing",
        subject=duty,
        facts={"window": duty.window.title, "reason": duty.reason},
        scope_path=duty.organisation.path,
        occurred_on=today,
    )
    return duty


def note_submission(
    *, submission: Submission, window: CollectionWindow | None, actor: User, today: date
) -> None:
    """A list has come in through `window`: its unit has answered, unless the county gathers first.

    Called by the import in its transaction; the first answer counts, later lists add to it.
    """
    if window is None or waits_for_county(
        window_needs_gathering=window.needs_gathering,
        lies_in_a_county=submission.organisation.kind in Organisation.REPORTING_KINDS,
    ):
        return
    _answer_of(window, submission.organisation, WindowDuty.Answer.LIST, actor=actor, today=today)


def note_gathering(*, window: CollectionWindow, organisation: Organisation, actor: User, today: date) -> None:
    """A county has passed its gathered list on: that is its answer."""
    _answer_of(window, organisation, WindowDuty.Answer.GATHERED, actor=actor, today=today)


def _answer_of(
    window: CollectionWindow, organisation: Organisation, answer: str, *, actor: User, today: date
) -> None:
    duty = (
        WindowDuty.objects.filter(window=window, organisation=organisation)
        .select_for_update(of=("self",))
        .first()
    )
    # A list after a 零报告 takes its place; of two lists the first is the day of the answer.
    if duty is not None and duty.answer in ("", WindowDuty.Answer.NOTHING):
        _answer(duty, answer, actor=actor, today=today)


def _answer(duty: WindowDuty, answer: str, *, actor: User, today: date) -> None:
    is_first = duty.answered_on is None
    duty.answer, duty.answered_on, duty.answered_by = answer, today, actor
    duty.save(update_fields=["answer", "answered_on", "answered_by", "reason"])
    if is_first and duty.deadline_id is not None:
        clocks.stop(deadline_id=duty.deadline_id, stopped_on=today, today=today)


def entry_status(*, window: CollectionWindow | None, organisation: Organisation) -> Project.Status:
    """Where a row that comes in waits first: with its county, or with the bureau."""
    gathers = window is not None and waits_for_county(
        window_needs_gathering=window.needs_gathering,
        lies_in_a_county=organisation.kind in Organisation.REPORTING_KINDS,
    )
    return Project.Status.REPORTED if gathers else Project.Status.SUBMITTED


def _locked(actor: User, window_id: int) -> CollectionWindow:
    windows = CollectionWindow.objects.visible_to(actor).select_related("organisation")
    return windows.select_for_update(of=("self",)).get(pk=window_id)


def _refuse_ended(window: CollectionWindow) -> None:
    if window.state not in (CollectionWindow.State.PLANNED, CollectionWindow.State.OPEN):
        raise WindowNotOpen(f"“{window}”{window.get_state_display()}，不能再改动。", state=window.state)


def _record(
    window: CollectionWindow, verb: str, facts: dict[str, object], *, actor: User | None, today: date
) -> None:
    act = Act(verb, window, facts, scope_path=window.organisation.path)
    record_all(actor=actor, acts=[act], occurred_on=today)


def _tell(window: CollectionWindow, event: str, title: str) -> None:
    """Everybody who hands in lists for a unit that is asked. Two queries."""
    people = User.objects.filter(
        is_active=True, role__in=_REPORTING_ROLES, organisation__isnull=False
    ).select_related("organisation")
    paths = tuple(window.duties.values_list("organisation__path", flat=True))
    post(
        [
            Notice(
                recipient=person,
                kind=Message.Kind.NOTICE,
                key=f"window-{window.pk}-{event}",
                title=title,
                body=window.note or "请在“报送批次”中查看本单位任务，上传清单或报零报告。",
                url=window.get_absolute_url(),
            )
            for person in people
            if person.organisation is not None and person.organisation.path.startswith(paths)
        ]
    )
