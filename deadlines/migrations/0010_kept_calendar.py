from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from core.migrations import watched


class Migration(migrations.Migration):
    """The calendar is kept by each process until one of its days changes."""

    dependencies: ClassVar = [("accounts", "0007_reference_version"), ("deadlines", "0009_index_by_project")]

    operations: ClassVar = [watched("deadlines_calendarday", "deadlines_calendaryear")]
