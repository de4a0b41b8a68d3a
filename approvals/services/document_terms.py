"""The dated terms of documents that are good for a time."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from accounts.models import User
from accounts.rights import Right, require
from approvals.models import DocumentTerm
from audit.services import record
from core.dated import end_row


@transaction.atomic
def add_term(
    *,
    actor: User,
    kind: str,
    name: str,
    months: int,
    restoration_months: int | None,
    basis: str,
    effective_from: date,
) -> DocumentTerm:
    """A term from a day on; the open one of the same kind and name ends there. What runs stays.

    Raises:
        SettingOutOfOrder: not after the version it follows.
        PermissionDenied: the role edits no periods.
    """
    require(actor, Right.EDIT_PERIODS)
    now = (
        DocumentTerm.objects.select_for_update()
        .filter(kind=kind, name=name.strip(), effective_to__isnull=True)
        .order_by("-effective_from")
        .first()
    )
    if now is not None:
        end_row(now, on=effective_from)
    row = DocumentTerm.objects.create(
        kind=kind,
        name=name.strip(),
        months=months,
        restoration_months=restoration_months,
        basis=basis.strip(),
        effective_from=effective_from,
    )
    facts: dict[str, object] = {"name": str(row), "basis": row.basis, "effective_from": effective_from}
    record(actor=actor, verb="document_term.added", subject=row, facts=facts)
    return row
