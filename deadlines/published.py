"""The seed of the official calendar: what chinesecalendar has published, year by year.

Only the loading command and tests read this; the product runs on its own table.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from chinese_calendar import constants

from deadlines.provisional import statutory_holidays
from deadlines.rules.calendar import WorkingCalendar, YearArrangement

CHINESE_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}


def published_years() -> range:
    """The years that the installed chinesecalendar knows."""
    return range(min(constants.holidays).year, max(constants.holidays).year + 1)


def published_year(year: int) -> YearArrangement:
    """The exceptions of a published year, by the date's own year.

    Raises:
        KeyError: chinesecalendar does not know the year.
    """
    if year not in published_years():
        raise KeyError(year)
    return YearArrangement(
        year=year,
        holidays=_of_year(constants.holidays, year),
        makeup_days=_of_year(constants.workdays, year),
    )


def compose_calendar(
    *, first_year: int, last_year: int, official: Mapping[int, YearArrangement]
) -> WorkingCalendar:
    """A calendar from official years; a year that is not among them is filled in provisionally.

    Args:
        official: arrangements by year, each including days it sets in the December before.
    """
    holidays: dict[date, str] = {}
    makeup_days: dict[date, str] = {}
    provisional = frozenset(year for year in range(first_year, last_year + 1) if year not in official)
    for year in sorted(provisional):
        holidays.update(statutory_holidays(year))
    for year in sorted(official):
        holidays.update(official[year].holidays)
        makeup_days.update(official[year].makeup_days)
    return WorkingCalendar(
        first=date(first_year, 1, 1),
        last=date(last_year, 12, 31),
        holidays=frozenset(holidays),
        makeup_days=frozenset(makeup_days),
        names={day: name for day, name in holidays.items() if day not in makeup_days},
        provisional_years=provisional,
    )


def published_calendar(*, last_year: int) -> WorkingCalendar:
    """All published years, and provisional ones up to `last_year`."""
    years = published_years()
    return compose_calendar(
        first_year=years.start,
        last_year=last_year,
        official={year: published_year(year) for year in years},
    )


def _of_year(days: Mapping[date, str], year: int) -> dict[date, str]:
    return {day: CHINESE_NAMES.get(name, name) for day, name in sorted(days.items()) if day.year == year}
