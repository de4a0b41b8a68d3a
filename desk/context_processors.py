"""What every page's frame shows: navigation, unread messages, the office day."""

from __future__ import annotations

from datetime import date
from functools import cache

from django.conf import settings
from django.http import HttpRequest

from accounts.http import actor_of
from core.clock import today
from deadlines.errors import CalendarGap
from deadlines.selectors import working_calendar
from desk.navigation import navigation_of
from notifications.models import Message
from ui.parts import NavigationGroup, OfficeDay

UNREAD_CAP = 100


def shell(request: HttpRequest) -> dict[str, object]:
    """Values for `ui/base.html`, computed when a template asks: a partial pays for none of them.

    Two queries on a page: unread messages, the calendar's revision. Anonymous: the name alone.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"bureau_name": settings.BUREAU_NAME}
    actor = actor_of(request)

    @cache
    def navigation() -> list[NavigationGroup]:
        return navigation_of(actor, path=request.path)

    @cache
    def unread_count() -> int:
        return Message.objects.visible_to(actor).unread().order_by()[:UNREAD_CAP].count()

    @cache
    def office_day() -> OfficeDay:
        return office_day_of(today())

    return {
        "bureau_name": settings.BUREAU_NAME,
        "navigation": navigation,
        "unread_count": unread_count,
        "office_day": office_day,
    }


def office_day_of(day: date) -> OfficeDay:
    """Whether the office works on `day`; by the plain week where no calendar reaches."""
    calendar = working_calendar()
    try:
        return OfficeDay(date=day, is_working=calendar.is_working(day), name=calendar.name(day))
    except CalendarGap:
        return OfficeDay(date=day, is_working=day.isoweekday() <= 5)
