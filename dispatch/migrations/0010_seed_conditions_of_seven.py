"""Every fresh database knows when a panel of 七个一 stands."""

from datetime import date

from django.db import migrations

SINCE = date(2004, 7, 1)
NOTE = "产品默认"
LEAST = {
    "FORCES": 1,
    "HEADED": 100,
    "ROUND_KINDS": 1,
    "LADDERS": 1,
    "FROZEN_WEEKS": 1,
    "TRAININGS": 1,
    "TRAINED": 0,
    "GUIDES": 1,
    "TEMPLATES": 0,
    "POLICIES": 0,
    "STEPS": 1,
    "LIST_VERSIONS": 1,
    "RULES": 1,
    "DOCUMENTS": 0,
}


def load(apps, schema_editor):
    condition = apps.get_model("dispatch", "PanelCondition")
    condition.objects.bulk_create(
        [
            condition(measure=measure, least=least, effective_from=SINCE, note=NOTE)
            for measure, least in LEAST.items()
        ],
        ignore_conflicts=True,
    )


def forget(apps, schema_editor):
    apps.get_model("dispatch", "PanelCondition").objects.filter(effective_from=SINCE).delete()


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0009_conditions_of_seven")]

    operations = [migrations.RunPython(load, forget)]
