from __future__ import annotations

from typing import Any, ClassVar

from django.db import migrations


def look_again(apps: Any, schema_editor: Any) -> None:
    """Previews kept without their readings are not shown: one click has them computed anew."""
    apps.get_model("projects", "DraftRow").objects.all().delete()
    apps.get_model("projects", "ImportDraft").objects.filter(is_large=True).update(preview=None)


class Migration(migrations.Migration):
    """What was kept before rows had their readings is computed anew."""

    dependencies: ClassVar = [("projects", "0021_readings_of_kept_rows")]

    operations: ClassVar = [migrations.RunPython(look_again, migrations.RunPython.noop)]
