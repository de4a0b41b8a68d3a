"""The dossier's tab 供地: parcels, their contracts, and whether they lie idle."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from accounts.models import User
from approvals.services.records import may_record
from approvals.supply_selectors import idle_terms, read_supply, supply_list
from projects.models import Project


def read(project: Project, actor: User, today: date) -> Mapping[str, object]:
    """The tab's context. Four queries."""
    terms = idle_terms(today)
    rows = supply_list(actor=actor).filter(project=project).order_by("pk")
    return {
        "readings": [read_supply(row, terms=terms, today=today) for row in rows],
        "may_record": may_record(actor, project),
    }
