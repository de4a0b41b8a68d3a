"""Reminding the dispatch office that the next year's holidays are not entered."""

from __future__ import annotations

from datetime import date

from accounts.models import User
from deadlines.rules.calendar import notice_awaited
from deadlines.selectors import working_calendar
from notifications.models import Message
from notifications.services import tell_and_mail


def remind_of_calendar(*, today: date) -> int | None:
    """From November on, once a month, until the notice is entered; the year that is awaited.

    Safe to run again: the month is in the message's key.
    """
    year = notice_awaited(working_calendar(), today)
    if year is None:
        return None
    tell_and_mail(
        recipients=User.objects.filter(role=User.Role.DISPATCH, is_active=True),
        kind=Message.Kind.NOTICE,
        key=f"calendar-notice:{year}:{today:%Y-%m}",
        title=f"{year} 年放假安排还没有录入",
        body="国务院办公厅发布通知后，在工作日历粘贴全文并核对。录入前，明年的期限按暂定日历计算。",
        url="/calendar/notice/",
    )
    return year
