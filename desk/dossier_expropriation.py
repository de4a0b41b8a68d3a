"""The dossier's tab 征收: each collective's course and households, and whether the money lies ready."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from accounts.models import User
from approvals.expropriation_selectors import expropriation_funds, expropriation_list, read_expropriation
from approvals.services.records import may_record
from deadlines.selectors import working_calendar
from projects.models import Project


def read(project: Project, actor: User, today: date) -> Mapping[str, object]:
    """The tab's context. Seven queries."""
    calendar = working_calendar()
    rows = expropriation_list(actor=actor).filter(project=project).order_by("pk")
    return {
        "readings": [read_expropriation(row, calendar=calendar, today=today) for row in rows],
        "funds": expropriation_funds(project.pk),
        "may_record": may_record(actor, project),
    }
