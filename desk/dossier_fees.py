"""The dossier's tab 经费: what the approval costs by kind of fee, what was paid, what is lacking."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from accounts.models import User
from approvals.fee_selectors import fee_list, fee_reader
from approvals.services.records import may_record
from projects.models import Project


def read(project: Project, actor: User, today: date) -> Mapping[str, object]:
    """The tab's context. One query."""
    reader = fee_reader(today)
    readings = [reader(row) for row in fee_list(actor=actor).filter(project=project).order_by("pk")]
    return {
        "readings": readings,
        "budget": sum((each.record.budget_yuan for each in readings), Decimal(0)),
        "paid": sum((each.paid for each in readings), Decimal(0)),
        "gap": sum((each.gap for each in readings), Decimal(0)),
        "may_record": may_record(actor, project),
    }
