"""What changes a clock. Every due date in the product is written here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import models, transaction

from accounts.models import Organisation, Post, User
from accounts.posts import holders_on, post_held_by
from accounts.rights import Right, require
from audit.services import record
from deadlines import rules, selectors
from deadlines.conclusions import CONCLUSIONS, Tools, conclude
from deadlines.errors import (
    AlreadyPaused,
    DateOutOfOrder,
    DeadlineClosed,
    NoSuchLine,
    NotPaused,
    PauseReasonUnlawful,
)
from deadlines.models import (
    CalendarDay,
    CalendarRevision,
    CalendarYear,
    Deadline,
    Extension,
    Pause,
    PauseKind,
)
from deadlines.pause_ends import end_of_pause_came, refuse_end_before_beginning, set_end
from deadlines.sweep import recompute_open


@dataclass(frozen=True, slots=True)
class LineSpec:
    """A line to be stored: the rule's values and the source that the sheet prints."""

    line: rules.Line
    basis: str


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose deadline it is and what every list shows about it."""

    subject: models.Model
    subject_label: str
    holder_organisation: Organisation
    scope_organisation: Organisation
    holder: User | None = None
    subject_code: str = ""
    stage: str = ""
    project_id: int | None = None
    project_code: str = ""
    project_name: str = ""


@transaction.atomic
def open_deadline(
    *,
    owner: Owner,
    role: Deadline.Role,
    started_on: date,
    committed: LineSpec | None,
    statutory: LineSpec | None,
    today: date,
    reminder_days: Sequence[int] = (),
) -> Deadline:
    """Start a clock on `started_on`, which is day 0. The caller has checked the right.

    Args:
        reminder_days: working days before the end on which the holder is reminded; empty: as the
            settings say.

    Raises:
        DateOutOfOrder: `started_on` lies after `today`.
        CalendarGap: the count runs past every year the calendar knows.
    """
    if started_on > today:
        raise DateOutOfOrder(
            f"起算日 {started_on} 在今天（{today}）之后；请填实际发生的日期。", started_on=started_on
        )
    deadline = Deadline(
        role=role,
        subject_kind=owner.subject._meta.label_lower,
        subject_id=owner.subject.pk,
        subject_label=owner.subject_label,
        subject_code=owner.subject_code,
        stage=owner.stage,
        project_id=owner.project_id,
        project_code=owner.project_code,
        project_name=owner.project_name,
        holder_organisation=owner.holder_organisation,
        holder=owner.holder,
        holder_post=_post_of(owner.holder, owner.holder_organisation, today),
        scope_organisation=owner.scope_organisation,
        started_on=started_on,
        reminder_days=list(reminder_days),
        **line_columns(rules.LineName.COMMITTED, committed),
        **line_columns(rules.LineName.STATUTORY, statutory),
    )
    if statutory is not None:
        deadline.statutory_is_reference = statutory.line.is_reference
    conclude(deadline, pauses=(), tools=Tools.load(today))
    deadline.save(force_insert=True)
    return deadline


def line_columns(name: rules.LineName, spec: LineSpec | None) -> dict[str, object]:
    """The columns that hold a line of a deadline; none for a line that it does not have."""
    if spec is None:
        return {}
    return {
        f"{name}_limit": spec.line.limit,
        f"{name}_unit": spec.line.unit.value,
        f"{name}_kind": spec.line.kind.value,
        f"{name}_extension": spec.line.extension,
        f"{name}_basis": spec.basis,
    }


@transaction.atomic
def pause(
    *,
    deadline_id: int,
    kind: PauseKind,
    first_on: date,
    last_on: date | None,
    evidence: str,
    expected_end_on: date | None,
    next_step: str,
    actor: User,
    today: date,
) -> Pause:
    """Stop the lines that `kind` lawfully stops, from `first_on` to `last_on`, both included.

    Args:
        last_on: None while it lasts.
        expected_end_on: by when an open pause should be over; its holder is reminded of it.
        evidence: the paper that proves it (会议通知文号 …); a pause without proof is refused.

    Raises:
        DeadlineClosed, AlreadyPaused: nothing to stop.
        DateOutOfOrder: a date in the future, before the start, or an end before the beginning.
        PauseReasonUnlawful: the kind was not in force on `first_on`, stops no line of this
            deadline, or nothing is named as proof.
    """
    deadline = _locked(deadline_id)
    _refuse_closed(deadline)
    if last_on is None and deadline.pauses.filter(last_on__isnull=True).exists():
        raise AlreadyPaused("这项期限已在暂停中；请先恢复计时，再登记新的暂停。")
    _refuse_odd_days(deadline, first_on, last_on, today)
    refuse_end_before_beginning(first_on, expected_end_on)
    _refuse_unlawful(deadline, kind, first_on, evidence)
    row = Pause.objects.create(
        deadline=deadline,
        kind=kind,
        first_on=first_on,
        last_on=last_on,
        stops_committed=kind.stops_committed,
        stops_statutory=kind.stops_statutory,
        evidence=evidence.strip(),
        expected_end_on=expected_end_on,
        next_step=next_step,
        entered_by=actor,
    )
    if last_on is None:
        set_end(deadline, row, today=today)
    recompute(deadline, today=today)
    return row


@transaction.atomic
def plan_pause(*, pause_id: int, expected_end_on: date | None, next_step: str, today: date) -> Pause:
    """Say anew when an open pause should end and what comes next. The caller has checked the right.

    Raises:
        NotPaused: the pause is over.
        DateOutOfOrder: the end lies before the beginning.
    """
    deadline = _locked(Pause.objects.values_list("deadline_id", flat=True).get(pk=pause_id))
    row = Pause.objects.select_related("kind", "end_deadline").get(pk=pause_id)
    if row.last_on is not None:
        raise NotPaused(f"暂停已于 {row.last_on} 结束，不需要再预计。", last_on=row.last_on)
    refuse_end_before_beginning(row.first_on, expected_end_on)
    row.expected_end_on, row.next_step = expected_end_on, next_step.strip()
    row.save(update_fields=["expected_end_on", "next_step"])
    set_end(deadline, row, today=today)
    return row


def _refuse_odd_days(deadline: Deadline, first_on: date, last_on: date | None, today: date) -> None:
    if first_on > today or (last_on is not None and last_on > today):
        raise DateOutOfOrder(f"暂停只能登记到今天（{today}）为止；还没发生的，请到时再登记。", today=today)
    if first_on < deadline.started_on:
        raise DateOutOfOrder(
            f"暂停开始日 {first_on} 早于起算日 {deadline.started_on}；请核对日期。", first_on=first_on
        )
    if last_on is not None and last_on < first_on:
        raise DateOutOfOrder(f"暂停结束日 {last_on} 早于开始日 {first_on}；请核对日期。", last_on=last_on)


def _refuse_unlawful(deadline: Deadline, kind: PauseKind, first_on: date, evidence: str) -> None:
    if kind.effective_from > first_on or (kind.effective_to and kind.effective_to <= first_on):
        raise PauseReasonUnlawful(
            f"“{kind.label}”在 {first_on} 还不是（或已不是）可暂停的事由。", kind=kind.code
        )
    stops_here = (kind.stops_committed and deadline.committed_limit is not None) or (
        kind.stops_statutory and deadline.statutory_limit is not None
    )
    if not stops_here:
        raise PauseReasonUnlawful(
            f"“{kind.label}”不能停止这一步的计时：它不停法定线（{kind.basis}），而这一步没有承诺线。",
            kind=kind.code,
        )
    if not evidence.strip():
        raise PauseReasonUnlawful(f"登记暂停须写明依据：{kind.evidence_hint}。", kind=kind.code)


@transaction.atomic
def resume(*, deadline_id: int, last_on: date, today: date) -> Pause:
    """End the open pause; `last_on` is its last day and still does not count.

    Raises:
        NotPaused: no pause is open.
        DateOutOfOrder: `last_on` lies in the future or before the pause began.
    """
    deadline = _locked(deadline_id)
    row = deadline.pauses.select_related("kind", "end_deadline").filter(last_on__isnull=True).first()
    if row is None:
        raise NotPaused("这项期限没有在暂停；无需恢复。")
    if last_on > today:
        raise DateOutOfOrder(f"恢复日期不能晚于今天（{today}）。", last_on=last_on)
    if last_on < row.first_on:
        raise DateOutOfOrder(f"暂停从 {row.first_on} 开始，截至日不能早于它；请核对日期。", last_on=last_on)
    row.last_on = last_on
    row.save(update_fields=["last_on"])
    end_of_pause_came(row, on=last_on, state=Deadline.State.MET, today=today)
    recompute(deadline, today=today)
    return row


@transaction.atomic
def extend(
    *,
    deadline_id: int,
    line: rules.LineName,
    days: int,
    approved_by: str,
    approved_on: date,
    told_on: date,
    reason: str,
    actor: User,
    today: date,
) -> Extension:
    """Add `days` in the line's own unit, counted on without a break; marked when approved late.

    Raises:
        DeadlineClosed, NoSuchLine, DateOutOfOrder.

    Source: 行政许可法 42; domain.md 2.2 rule 5.
    """
    deadline = _locked(deadline_id)
    _refuse_closed(deadline)
    stored = selectors.line_of(deadline, line)
    if stored is None or stored.kind is not rules.LineKind.MAX:
        raise NoSuchLine(f"这一步没有可延长的{line.label}。", line=line.value)
    if approved_on > today or told_on > today:
        raise DateOutOfOrder(f"批准日期和告知日期不能晚于今天（{today}）。", today=today)
    if days < 1:
        raise DateOutOfOrder("延长天数至少为 1。", days=days)
    due_before = getattr(deadline, f"{line}_due_on")
    row = Extension.objects.create(
        deadline=deadline,
        line=line.value,
        days=days,
        approved_by=approved_by,
        approved_on=approved_on,
        told_on=told_on,
        reason=reason,
        was_late=due_before is not None
        and rules.extension_is_late(granted_on=approved_on, due_before=due_before),
        entered_by=actor,
    )
    setattr(deadline, f"{line}_extension", stored.extension + days)
    deadline.save(update_fields=[f"{line}_extension"])
    recompute(deadline, today=today)
    return row


@transaction.atomic
def stop(*, deadline_id: int, stopped_on: date, today: date) -> Deadline:
    """The promise is kept (late or not): its numbers stand still from `stopped_on`."""
    return _close(deadline_id, Deadline.State.MET, stopped_on, today)


@transaction.atomic
def cancel(*, deadline_id: int, stopped_on: date, today: date) -> Deadline:
    """The promise falls away: withdrawn, returned, not involved after all."""
    return _close(deadline_id, Deadline.State.CANCELLED, stopped_on, today)


def _close(deadline_id: int, state: Deadline.State, stopped_on: date, today: date) -> Deadline:
    deadline = _locked(deadline_id)
    _refuse_closed(deadline)
    if stopped_on > today:
        raise DateOutOfOrder(f"结束日期不能晚于今天（{today}）。", stopped_on=stopped_on)
    if stopped_on < deadline.started_on:
        raise DateOutOfOrder(
            f"结束日期 {stopped_on} 早于起算日 {deadline.started_on}；请核对日期。", stopped_on=stopped_on
        )
    for row in deadline.pauses.select_related("end_deadline").filter(last_on__isnull=True):
        # A pause that outlives the matter is cut where the matter ended.
        row.last_on = max(row.first_on, stopped_on)
        row.save(update_fields=["last_on"])
        end_of_pause_came(row, on=row.last_on, state=state, today=today)
    deadline.state = state
    deadline.stopped_on = stopped_on
    deadline.save(update_fields=["state", "stopped_on"])
    recompute(deadline, today=today)
    return deadline


@transaction.atomic
def restart(*, deadline_id: int, started_on: date, today: date) -> Deadline:
    """Move the start of a running promise to the day it really began; limits and pauses remain.

    Raises:
        DeadlineClosed.
        DateOutOfOrder: `started_on` lies after `today`, or after a pause began.
    """
    deadline = _locked(deadline_id)
    _refuse_closed(deadline)
    if started_on > today:
        raise DateOutOfOrder(
            f"起算日 {started_on} 在今天（{today}）之后；请填实际发生的日期。", started_on=started_on
        )
    if deadline.pauses.filter(first_on__lt=started_on).exists():
        raise DateOutOfOrder(f"起算日 {started_on} 之前已登记暂停；请核对日期。", started_on=started_on)
    deadline.started_on = started_on
    deadline.save(update_fields=["started_on"])
    recompute(deadline, today=today)
    return deadline


@transaction.atomic
def reissue(
    *, deadline_id: int, committed: LineSpec | None, statutory: LineSpec | None, today: date
) -> Deadline:
    """Put a running promise under other limits; its start, pauses and granted extensions remain.

    Raises:
        DeadlineClosed.
        NoSuchLine: neither line is left.
    """
    deadline = _locked(deadline_id)
    _refuse_closed(deadline)
    if committed is None and statutory is None:
        raise NoSuchLine("新的时限没有一条线；请先撤销计时。", deadline=deadline_id)
    columns: dict[str, object] = {}
    for name, spec in ((rules.LineName.COMMITTED, committed), (rules.LineName.STATUTORY, statutory)):
        granted = getattr(deadline, f"{name}_extension")
        columns |= line_columns(name, spec) or {
            f"{name}_limit": None,
            f"{name}_unit": "",
            f"{name}_kind": "",
            f"{name}_basis": "",
        }
        columns[f"{name}_extension"] = granted if spec is not None else 0
    columns["statutory_is_reference"] = statutory is not None and statutory.line.is_reference
    for column, value in columns.items():
        setattr(deadline, column, value)
    deadline.save(update_fields=list(columns))
    recompute(deadline, today=today)
    return deadline


@transaction.atomic
def assign(*, deadline_id: int, organisation: Organisation, holder: User | None, today: date) -> None:
    """Hand the promise to another holder; the lists follow."""
    deadline = _locked(deadline_id)
    deadline.holder_organisation = organisation
    deadline.holder = holder
    deadline.holder_post = _post_of(holder, organisation, today)
    deadline.save(update_fields=["holder_organisation", "holder", "holder_post"])


def _post_of(holder: User | None, organisation: Organisation, today: date) -> Post | None:
    """The post in which the holder acts; whoever follows in it will hold what is still open."""
    return None if holder is None else post_held_by(holder, organisation=organisation, on=today)


@transaction.atomic
def follow_posts(*, today: date, post_id: int | None = None) -> list[Deadline]:
    """Give every open promise that hangs on a post to who holds the post on `today`.

    Closed ones keep the holder they were closed under. A vacant post, or a holder without an
    account, leaves the promise to the organisation. Safe to repeat. Returns those that moved,
    with their posts, locked in pk order.
    """
    rows = Deadline.objects.open().filter(holder_post__isnull=False)
    if post_id is not None:
        rows = rows.filter(holder_post=post_id)
    open_rows = list(
        rows.select_related("holder_post__organisation").select_for_update(of=("self",)).order_by("pk")
    )
    holding = holders_on([row.holder_post_id for row in open_rows if row.holder_post_id], on=today)
    moved = []
    for row in open_rows:
        tenure = holding.get(row.holder_post_id or 0)
        user = tenure.user if tenure else None
        if row.holder_id != (user.pk if user else None):
            row.holder = user
            row.save(update_fields=["holder"])
            moved.append(row)
    return moved


@transaction.atomic
def mark_dependent(*, deadline_id: int, is_open: bool, today: date) -> None:
    """Say whether an unfinished step depends on this paper: only then does its lapse turn red."""
    deadline = _locked(deadline_id)
    if deadline.dependent_is_open != is_open:
        deadline.dependent_is_open = is_open
        deadline.save(update_fields=["dependent_is_open"])
        recompute(deadline, today=today)


def _locked(deadline_id: int) -> Deadline:
    return (
        Deadline.objects.select_for_update(of=("self",))
        .select_related("scope_organisation")
        .get(pk=deadline_id)
    )


def _refuse_closed(deadline: Deadline) -> None:
    if not deadline.is_open:
        raise DeadlineClosed("这项期限已经结束，不能再改动。", stopped_on=deadline.stopped_on)


def recompute(deadline: Deadline, *, today: date) -> bool:
    """Write the deadline's conclusions from its facts; the one writer. True if any changed."""
    pauses = selectors.pauses_of(deadline)
    before = tuple(getattr(deadline, name) for name in (*CONCLUSIONS, "state"))
    conclude(deadline, pauses=pauses, tools=Tools.load(today))
    if before == tuple(getattr(deadline, name) for name in (*CONCLUSIONS, "state")):
        return False
    deadline.save(update_fields=[*CONCLUSIONS, "state", "calendar_revision"])
    return True


@dataclass(frozen=True, slots=True)
class YearDays:
    """A year's arrangement to load: days off and weekend days worked, with their names."""

    year: int
    holidays: Mapping[date, str]
    makeup_days: Mapping[date, str]


@transaction.atomic
def load_year(
    *,
    days: YearDays,
    status: CalendarYear.Status,
    notice_no: str,
    source: str,
    actor: User | None,
    today: date,
) -> CalendarRevision:
    """Replace a year's arrangement and recompute every open deadline, leaving a trace.

    Safe to repeat: the same arrangement again makes no new revision. `actor` is None for the
    seed that ships with the product; a person needs the right.

    Source: domain.md 2.2 rule 10; design.md, One clock.
    """
    if actor is not None:
        require(actor, Right.EDIT_CALENDAR)
    CalendarYear.objects.select_for_update().filter(year=days.year).first()
    wanted = {day: (False, name) for day, name in days.holidays.items()}
    wanted |= {day: (True, name) for day, name in days.makeup_days.items()}
    stored = {
        row.date: (row.is_working, row.name) for row in CalendarDay.objects.filter(notice_year=days.year)
    }
    changed = sorted(day for day in wanted.keys() | stored.keys() if wanted.get(day) != stored.get(day))
    year = CalendarYear.objects.filter(year=days.year).first()
    newest = CalendarRevision.objects.filter(year=days.year).first()
    if newest and year and not changed and (year.status, year.notice_no) == (status, notice_no):
        return newest
    CalendarYear.objects.update_or_create(year=days.year, defaults={"status": status, "notice_no": notice_no})
    CalendarDay.objects.filter(notice_year=days.year).delete()
    # A notice may set days of the December before; the newer word on a day wins.
    CalendarDay.objects.filter(date__in=wanted).delete()
    CalendarDay.objects.bulk_create(
        CalendarDay(
            date=day, is_working=works, name=name, notice_no=notice_no, status=status, notice_year=days.year
        )
        for day, (works, name) in sorted(wanted.items())
    )
    revision = CalendarRevision.objects.create(
        year=days.year,
        status=status,
        notice_no=notice_no,
        source=source,
        changed_days=[day.isoformat() for day in changed],
        entered_by=actor,
    )
    swept = recompute_open(today=today)
    revision.recomputed = {"moved": swept.moved, "moved_count": swept.moved_count}
    revision.save(update_fields=["recomputed"])
    record(
        actor=actor,
        verb="calendar.loaded",
        subject=revision,
        facts={"changed_days": len(changed), "moved": swept.moved_count, "notice_no": notice_no},
    )
    return revision
