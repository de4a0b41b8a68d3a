"""Every fresh database knows how boundaries are compared. Reverse: leaves the row."""

from datetime import date

from django.db import migrations


def seed(apps, schema_editor):
    apps.get_model("projects", "BoundarySetting").objects.get_or_create(
        effective_from=date(2020, 1, 1),
        defaults={
            "tolerance_percent": "2.00",
            "west": "106.100000",
            "south": "25.000000",
            "east": "108.400000",
            "north": "27.600000",
            "note": "系统预置的起步口径（黔南州外包范围略放宽），请按本地要求修订。",
        },
    )


class Migration(migrations.Migration):
    dependencies = [("projects", "0017_boundaries_and_map_shares")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
