"""Every fresh database has the procedure's own periods."""

from datetime import date

from django.db import migrations

SINCE = date(2004, 7, 1)


def load_handling_setting(apps, schema_editor):
    # The defaults of the columns are those of 行政许可法 32 and 42 and of domain.md.
    apps.get_model("approvals", "HandlingSetting").objects.get_or_create(
        effective_from=SINCE, defaults={"note": "行政许可法第三十二条、第四十二条；其余为产品默认"}
    )


def forget_handling_setting(apps, schema_editor):
    apps.get_model("approvals", "HandlingSetting").objects.filter(effective_from=SINCE).delete()


class Migration(migrations.Migration):
    dependencies = [("approvals", "0004_receipts_rounds_and_settings")]

    operations = [migrations.RunPython(load_handling_setting, forget_handling_setting)]
