from __future__ import annotations

from typing import ClassVar

import django.core.serializers.json
from django.db import migrations, models


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
    ]
