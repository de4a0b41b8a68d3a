from __future__ import annotations

from typing import Any, ClassVar

import django.core.serializers.json
from django.db import migrations, models


def look_again(apps: Any, schema_editor: Any) -> None:
    """Previews kept without their readings are not shown: one click has them computed anew."""
    apps.get_model("projects", "DraftRow").objects.all().delete()
    apps.get_model("projects", "ImportDraft").objects.filter(is_large=True).update(preview=None)


class Migration(migrations.Migration):
    """A kept row says what it was computed from, so that a choice can compute it anew."""

    dependencies: ClassVar = [("projects", "0020_kept_list_kinds")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="draftrow",
            name="reading",
            field=models.JSONField(
                encoder=django.core.serializers.json.DjangoJSONEncoder, null=True, verbose_name="读取内容"
            ),
        ),
        migrations.RunPython(look_again, migrations.RunPython.noop),
    ]
