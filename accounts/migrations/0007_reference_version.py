from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from core.migrations import reference_version, watched


class Migration(migrations.Migration):
    """A version of what hardly ever changes, and the organisations under it (docs/decisions/0025)."""

    dependencies: ClassVar = [("accounts", "0006_rollout")]

    operations: ClassVar = [reference_version(), watched("accounts_organisation", "accounts_rollout")]
