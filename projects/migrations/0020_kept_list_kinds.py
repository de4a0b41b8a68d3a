from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from core.migrations import watched


class Migration(migrations.Migration):
    """Kinds of lists are kept by each process until one of them changes."""

    dependencies: ClassVar = [("accounts", "0007_reference_version"), ("projects", "0019_brought_in")]

    operations: ClassVar = [watched("projects_listkind")]
