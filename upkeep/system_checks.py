"""What Django's own checks say besides, at each `migrate`: who brings a new release in reads it there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Warning
from django.db import connections

from accounts.models import User
from accounts.selectors import missing_administrators
from upkeep.health import how_to_make


def administrators_there(*, databases: Sequence[str] | None = None, **_more: Any) -> list[CheckMessage]:
    """A release with three kinds of administrator finds an installation with one: say so, once migrating."""
    if not databases or not _is_built(databases[0]):
        return []
    missing = missing_administrators()
    if not missing:
        return []
    names = "、".join(role.label for role in missing)
    return [Warning(f"没有{names}的在用账号。", hint=how_to_make(missing), id="upkeep.W001")]


def _is_built(alias: str) -> bool:
    """Before the first `migrate` there is nobody to miss."""
    with connections[alias].cursor() as cursor:
        return User._meta.db_table in connections[alias].introspection.table_names(cursor)
