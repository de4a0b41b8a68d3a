"""Every fresh database has the step catalogue. Reverse: leaves the rows, projects may use them."""

from django.db import migrations

from approvals import catalogue_file


def load_catalogue(apps, schema_editor):
    catalogue_file.load(apps.get_model("approvals", "StepType"), apps.get_model("approvals", "StepLimit"))


class Migration(migrations.Migration):
    dependencies = [("approvals", "0002_initial")]

    operations = [migrations.RunPython(load_catalogue, migrations.RunPython.noop)]
