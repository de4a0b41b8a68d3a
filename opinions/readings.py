"""One department's request as a page shows it: its lamp, its sentence, its course."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from deadlines.rules import WorkingCalendar
from deadlines.selectors import lamp_of, reading_of
from notifications.models import Message
from opinions import selectors
from opinions.models import Reply, Request


@dataclass(frozen=True, slots=True)
class RequestReading:
    """conclusion: 还剩 3 个工作日, 视为同意 …; reply: the answer that counts; late: words after the lapse."""

    request: Request
    lamp: str
    conclusion: str
    reply: Reply | None
    demand: Reply | None
    late: Sequence[Reply]
    reminders: Sequence[Message] = ()


def read_request(
    request: Request, *, today: date, calendar: WorkingCalendar, reminders: Sequence[Message] = ()
) -> RequestReading:
    """No query of its own when replies, deadline and its pauses are loaded."""
    reply = selectors.counting_reply(request)
    return RequestReading(
        request=request,
        lamp=_lamp(request, today),
        conclusion=_conclusion(request, reply, today=today, calendar=calendar),
        reply=reply,
        demand=selectors.open_demand(request),
        late=[row for row in request.replies.all() if row.after_lapse],
        reminders=reminders,
    )


def _lamp(request: Request, today: date) -> str:
    if request.is_open and request.deadline is not None:
        return str(lamp_of(request.deadline, today))
    done = (Request.State.ANSWERED, Request.State.LAPSED)
    return "done" if request.state in done else "idle"


def _conclusion(request: Request, reply: Reply | None, *, today: date, calendar: WorkingCalendar) -> str:
    if request.state == Request.State.LAPSED:
        return f"逾期未反馈，自 {request.lapsed_on} 零时起视为同意"
    if reply is not None:
        late = "（逾期）" if reply.is_late else ""
        return f"{reply.answered_on} 反馈：{reply.get_verdict_display()}{late}"
    if not request.is_open or request.deadline is None:
        return request.get_state_display()
    if request.due_on is None:
        return "等待补充材料，暂停计时"
    line = reading_of(request.deadline, today=today, calendar=calendar).committed
    left = line.remaining if line is not None and line.remaining is not None else 0
    if today > request.due_on:
        return f"已逾期，应于 {request.due_on} 前反馈"
    return f"还剩 {max(left, 0)} 个工作日，{request.due_on} 到期"
