"""Every fresh database knows after how many days a project has not been looked at."""

from datetime import date

from django.db import migrations

SINCE = date(2026, 1, 1)


def load_staleness(apps, schema_editor):
    # A week, as reports are weekly; after two, nobody knows.
    apps.get_model("projects", "StalenessSetting").objects.get_or_create(
        effective_from=SINCE,
        defaults={"amber_after_days": 7, "red_after_days": 14, "note": "按周报送制度：一周未核实提示，两周为情况不明"},
    )


def forget_staleness(apps, schema_editor):
    apps.get_model("projects", "StalenessSetting").objects.filter(effective_from=SINCE).delete()


class Migration(migrations.Migration):
    dependencies = [("projects", "0002_lists_people_land_and_sites")]

    operations = [migrations.RunPython(load_staleness, forget_staleness)]
