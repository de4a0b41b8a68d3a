from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """A code that is typed from its beginning is found along an index."""

    dependencies: ClassVar = [("projects", "0022_previews_without_readings")]

    operations: ClassVar = [
        migrations.AddIndex(
            model_name="project",
            index=models.Index(name="project_by_code", fields=["code"], opclasses=["varchar_pattern_ops"]),
        ),
    ]
