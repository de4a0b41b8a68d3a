from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from core.migrations import watched


class Migration(migrations.Migration):
    """Notices are kept by each process until one of them changes."""

    dependencies: ClassVar = [("accounts", "0007_reference_version"), ("upkeep", "0003_maintenance_notice")]

    operations: ClassVar = [watched("upkeep_maintenancenotice")]
