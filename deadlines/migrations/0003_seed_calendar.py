"""Every fresh database has the official calendar: published years, then two provisional ones."""

from django.db import migrations

from deadlines.provisional import statutory_holidays
from deadlines.published import published_year, published_years

OFFICIAL = "official"
PROVISIONAL = "provisional"
SOURCE = {
    OFFICIAL: "产品内置：国务院办公厅历年放假安排（chinesecalendar）",
    PROVISIONAL: "产品内置：全国年节及纪念日放假办法规定的法定节日，待通知发布后更新",
}
LAST_PUBLISHED = 2026
PROVISIONAL_YEARS = (2027, 2028)


def seed(apps, schema_editor):
    for year in range(published_years().start, LAST_PUBLISHED + 1):
        arrangement = published_year(year)
        days = {day: (False, name) for day, name in arrangement.holidays.items()}
        days |= {day: (True, name) for day, name in arrangement.makeup_days.items()}
        load(apps, year, OFFICIAL, days)
    for year in PROVISIONAL_YEARS:
        load(apps, year, PROVISIONAL, {day: (False, name) for day, name in statutory_holidays(year).items()})


def load(apps, year, status, days):
    apps.get_model("deadlines", "CalendarYear").objects.create(year=year, status=status)
    apps.get_model("deadlines", "CalendarDay").objects.bulk_create(
        apps.get_model("deadlines", "CalendarDay")(
            date=day, is_working=works, name=name, status=status, notice_year=year
        )
        for day, (works, name) in sorted(days.items())
    )
    apps.get_model("deadlines", "CalendarRevision").objects.create(
        year=year,
        status=status,
        source=SOURCE[status],
        changed_days=[day.isoformat() for day in sorted(days)],
        recomputed={"moved": []},
    )


class Migration(migrations.Migration):
    dependencies = [("deadlines", "0002_load_pause_kinds")]

    # Deadlines may already rest on these days; they stay when the migration is taken back.
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
