"""The tab of a project's gates: what is closed before anybody tries, and its cases."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from accounts.models import User
from accounts.rights import Right, allowed
from approvals import gates, rules
from projects.models import Project


def read(project: Project, actor: User, today: date) -> Mapping[str, object]:
    """Every guarded step that nobody has accepted, with its gates. At most fourteen queries."""
    waiting = gates.project_gates(project, on=today)
    unit = actor.reporting_unit
    is_own = unit is None or project.organisation.path.startswith(unit.path)
    may_state = allowed(actor, Right.RUN_STEPS) and is_own
    asked = {reading.gate for step in waiting for reading in step.readings}
    return {
        "gated_steps": waiting,
        "closed_count": sum(len(step.closed) for step in waiting),
        "cases": gates.violations_of(project.pk, actor=actor),
        "may_report": allowed(actor, Right.RUN_CASES) and is_own,
        "provable": [gate for gate in rules.STATED if gate in asked] if may_state else [],
    }
