"""Every fresh database keeps workbooks of lists for a quarter of a year."""

from datetime import date

from django.db import migrations

SINCE = date(2026, 1, 1)


def load_days(apps, schema_editor):
    # A workbook can be made anew at any time; what is handed on is the file on the office's own disk.
    apps.get_model("projects", "ExportSetting").objects.get_or_create(
        effective_from=SINCE, defaults={"keep_days": 90, "note": "按季度留存，需要时可重新导出"}
    )


def forget_days(apps, schema_editor):
    apps.get_model("projects", "ExportSetting").objects.filter(effective_from=SINCE).delete()


class Migration(migrations.Migration):
    dependencies = [("projects", "0012_list_indexes_and_kept_exports")]

    operations = [migrations.RunPython(load_days, forget_days)]
