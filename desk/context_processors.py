"""What every page's frame shows: navigation, unread messages, the office day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from accounts.doors import is_open
from accounts.http import actor_of
from accounts.rights import Right, allowed
from accounts.rollout import trial_words
from core.clock import now, today
from deadlines.errors import CalendarGap
from deadlines.rules import WorkingCalendar
from deadlines.rules.calendar import notice_awaited
from deadlines.selectors import working_calendar
from desk.handbook import help_for
from desk.navigation import navigation_of
from notifications.models import Message
from ui.parts import Banner, NavigationGroup, OfficeDay, SignedIn
from upkeep.selectors import notices_at

UNREAD_CAP = 100


def shell(request: HttpRequest) -> dict[str, object]:
    """Values for `ui/base.html`, computed when a template asks: a partial pays for none of them.

    One query on a page: unread messages. Calendar and notices are kept (`core.kept`).
    Anonymous: the name, and the notices where the page has a place for them.
    """

    @cache
    def banners() -> list[Banner]:
        return [Banner(text) for text in notices_at(now())]

    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"bureau_name": settings.BUREAU_NAME, "banners": banners}
    actor = actor_of(request)

    @cache
    def navigation() -> Sequence[NavigationGroup]:
        return navigation_of(actor, path=request.path)

    @cache
    def unread_count() -> int:
        return len(Message.objects.visible_to(actor).unread().order_by().values_list("pk")[:UNREAD_CAP])

    calendar = cache(working_calendar)

    @cache
    def office_day() -> OfficeDay:
        return office_day_of(today(), calendar())

    @cache
    def all_banners() -> list[Banner]:
        year = notice_awaited(calendar(), today()) if allowed(actor, Right.EDIT_CALENDAR) else None
        return banners() + ([] if year is None else [calendar_banner(year)])

    def help_url() -> str:
        found = request.resolver_match
        return help_for(found.view_name if found else "", role=actor.role)

    @cache
    def trial() -> str:
        return trial_words(actor, today=today()) if actor.role == actor.Role.COUNTY else ""

    @cache
    def signed_in() -> SignedIn:
        unit = actor.organisation
        return SignedIn(
            name=actor.title or actor.get_username(),
            unit=(unit.short_name or unit.name) if unit else "",
            unit_name=unit.name if unit else "",
            role=actor.get_role_display(),
        )

    return {
        "bureau_name": settings.BUREAU_NAME,
        "signed_in": signed_in,
        "banners": all_banners,
        "help_url": help_url,
        "navigation": navigation,
        "unread_count": unread_count,
        "office_day": office_day,
        "does_business": is_open(actor.role, "desk:search"),
        "trial_words": trial,
    }


def calendar_banner(year: int) -> Banner:
    """What those who keep the calendar read until the next year's notice is entered."""
    text = f"{year} 年放假安排还没有录入，明年的期限按暂定日历计算。国务院办公厅发布后即录入。"
    return Banner(text, reverse("deadlines:calendar-notice"), "录入放假通知")


def office_day_of(day: date, calendar: WorkingCalendar) -> OfficeDay:
    """Whether the office works on `day`; by the plain week where no calendar reaches."""
    try:
        return OfficeDay(date=day, is_working=calendar.is_working(day), name=calendar.name(day))
    except CalendarGap:
        return OfficeDay(date=day, is_working=day.isoweekday() <= 5)
