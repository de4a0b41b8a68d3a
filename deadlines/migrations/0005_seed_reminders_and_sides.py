"""Every fresh database reminds as before, and knows whose days a pause is made of."""

from datetime import date

from django.db import migrations

SIDES = {
    "MEETING": "office",
    "SITE_VISIT": "office",
    "DESIGN_REVIEW": "office",
    "OPINION_ROUND": "department",
}
SINCE = date(2004, 7, 1)


def load_reminder_setting(apps, schema_editor):
    apps.get_model("deadlines", "ReminderSetting").objects.get_or_create(
        effective_from=SINCE,
        defaults={"working_days_before": [3], "validity_days_before": [90, 30, 7], "note": "产品默认"},
    )


def forget_reminder_setting(apps, schema_editor):
    apps.get_model("deadlines", "ReminderSetting").objects.filter(effective_from=SINCE).delete()


def name_sides(apps, schema_editor):
    PauseKind = apps.get_model("deadlines", "PauseKind")
    for code, side in SIDES.items():
        PauseKind.objects.filter(code=code).update(side=side)


class Migration(migrations.Migration):
    dependencies = [("deadlines", "0004_posts_sides_and_reminders")]

    operations = [
        migrations.RunPython(load_reminder_setting, forget_reminder_setting),
        migrations.RunPython(name_sides, migrations.RunPython.noop),
    ]
