"""The catalogue says how long a 核准 may be extended and is good, and what is no limit of the handling.

Reverse: leaves the rows, papers run under them.
"""

from django.db import migrations

from approvals import catalogue_file
from core.migrations import TablesAtOnce


def complete(apps, schema_editor):
    catalogue_file.complete(apps.get_model("approvals", "StepLimit"))


class Migration(TablesAtOnce):
    dependencies = [("approvals", "0026_limits_that_go_with_another")]

    operations = [migrations.RunPython(complete, migrations.RunPython.noop)]
