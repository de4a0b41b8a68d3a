"""Every fresh database knows when a target is behind, and by which rules units are appraised."""

from datetime import date
from decimal import Decimal

from django.db import migrations

SINCE = date(2004, 7, 1)
NOTE = "产品默认"
# key, points, full at, none at
RULES = (
    ("on_time", 40, "100", "50"),
    ("reports", 20, "100", "50"),
    ("update_lag", 20, "7", "30"),
    ("waste", 20, "0", "20"),
)


def load(apps, schema_editor):
    apps.get_model("dispatch", "TargetSetting").objects.get_or_create(
        effective_from=SINCE,
        defaults={"amber_points": 10, "red_points": 30, "tolerance": Decimal("0.02"), "note": NOTE},
    )
    for position, (key, points, full_at, zero_at) in enumerate(RULES, start=1):
        apps.get_model("dispatch", "AppraisalRule").objects.get_or_create(
            key=key,
            effective_from=SINCE,
            defaults={
                "position": position,
                "points": points,
                "full_at": Decimal(full_at),
                "zero_at": Decimal(zero_at),
                "note": NOTE,
            },
        )


def forget(apps, schema_editor):
    apps.get_model("dispatch", "TargetSetting").objects.filter(effective_from=SINCE).delete()
    apps.get_model("dispatch", "AppraisalRule").objects.filter(effective_from=SINCE).delete()


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0007_targets_and_appraisal")]

    operations = [migrations.RunPython(load, forget)]
