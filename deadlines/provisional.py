"""A year before its notice: the thirteen statutory days alone."""

from __future__ import annotations

from datetime import date, timedelta

from lunar_python import Lunar

SPRING_FESTIVAL_DAYS = 4  # 除夕 to 初三
NATIONAL_DAYS = 3
LABOUR_DAYS = 2


def statutory_holidays(year: int) -> dict[date, str]:
    """The thirteen statutory days of `year` with their names, in order of date.

    Without transferred weekends and make-up days, which only the State Council's notice can
    set; two festivals may share a day (国庆节、中秋节). Used until the notice is entered, and
    every date that depends on it is marked provisional.

    Source: 全国年节及纪念日放假办法 as of 2025-01-01, 第二条; rulings, "Deadline". Earlier years
    have published notices, so the older law is not needed.
    """
    new_year = _solar(Lunar.fromYmd(year, 1, 1))
    found: dict[date, list[str]] = {}
    for name, first, days in (
        ("元旦", date(year, 1, 1), 1),
        ("春节", new_year - timedelta(days=1), SPRING_FESTIVAL_DAYS),
        ("清明节", _qingming(year), 1),
        ("劳动节", date(year, 5, 1), LABOUR_DAYS),
        ("端午节", _solar(Lunar.fromYmd(year, 5, 5)), 1),
        ("国庆节", date(year, 10, 1), NATIONAL_DAYS),
        ("中秋节", _solar(Lunar.fromYmd(year, 8, 15)), 1),
    ):
        for offset in range(days):
            found.setdefault(first + timedelta(days=offset), []).append(name)
    return {day: "、".join(names) for day, names in sorted(found.items())}


def _solar(lunar: Lunar) -> date:
    solar = lunar.getSolar()
    return date(solar.getYear(), solar.getMonth(), solar.getDay())


def _qingming(year: int) -> date:
    solar = Lunar.fromYmd(year, 1, 1).getJieQiTable()["清明"]
    return date(solar.getYear(), solar.getMonth(), solar.getDay())
