"""The setting that every fresh database begins with names who takes applications in.

Only where the setting is still that of the prefecture whose offices it names; another prefecture
chooses its own on the settings page. Reverse: leaves the rows.
"""

from django.db import migrations

PREFECTURE, REVIEWER = "522700-", "522700-ZRZY-YTGZ"


def name_reviewer(apps, schema_editor):
    rows = apps.get_model("quotas", "ReviewSetting").objects
    rows.filter(reviewer="", offices__startswith=PREFECTURE).update(reviewer=REVIEWER)


class Migration(migrations.Migration):
    dependencies = [("quotas", "0006_links_books_and_deductions")]

    operations = [migrations.RunPython(name_reviewer, migrations.RunPython.noop)]
