from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from core.migrations import watched


class Migration(migrations.Migration):
    """Views and habits are kept by each process until somebody changes one."""

    dependencies: ClassVar = [("accounts", "0007_reference_version"), ("projects", "0023_project_by_code")]

    operations: ClassVar = [watched("projects_savedview", "projects_listpreference")]
