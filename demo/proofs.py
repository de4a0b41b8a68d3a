"""The documents that open the gates of a demo project, stated as its officers would have."""

from __future__ import annotations

from datetime import date

from accounts.models import User
from approvals import gates
from approvals.models import Step
from approvals.rules import STATED, Gate, Statement
from approvals.services.gates import state_gate
from projects.models import LandUse

YUAN_PER_M2 = {Gate.SUPPLEMENT: 30, Gate.PRE_DEPOSIT: 60}


def open_gates(step: Step, *, actor: User, on: date) -> None:
    """State what each closed gate of the step asks for; gates that take no statement stay closed."""
    closed = [reading.gate for reading in gates.gates_of(step, on=on).closed if reading.gate in STATED]
    if not closed:
        return
    land = LandUse.objects.get(project=step.project_id)
    for gate in closed:
        stated = _statement(gate, land, number=step.project_id % 90 + 3, on=on)
        state_gate(actor=actor, project_id=step.project_id, gate=gate, stated=stated, today=on)


def _statement(gate: Gate, land: LandUse, *, number: int, on: date) -> Statement:
    area = {
        Gate.SUPPLEMENT: land.arable_m2,
        Gate.FARMLAND: land.pbf_m2,
        Gate.RED_LINE: land.eco_redline_m2,
        Gate.FOREST: land.forest_m2,
        Gate.PLAN_QUOTA: land.new_construction_m2,
    }.get(gate)
    money = YUAN_PER_M2[gate] * (land.total_m2 or 0) if gate in YUAN_PER_M2 else None
    prefix, authority = _ISSUERS[gate]
    return Statement(
        doc_no=f"{prefix}〔{on.year}〕{number}号",
        authority=authority,
        dated_on=on,
        area_m2=area,
        method="土地整治项目补充" if gate is Gate.SUPPLEMENT else "",
        source_projects=f"第{number}号土地整理项目" if gate is Gate.SUPPLEMENT else "",
        is_map_marked=gate is Gate.SUPPLEMENT,
        due_yuan=money,
        paid_yuan=money,
    )


_ISSUERS = {
    Gate.SUPPLEMENT: ("州自然资耕保函", "州自然资源局"),
    Gate.FARMLAND: ("黔自然资函", "省自然资源厅"),
    Gate.RED_LINE: ("黔自然资函", "省自然资源厅"),
    Gate.PRE_DEPOSIT: ("县财农函", "县市财政局"),
    Gate.FOREST: ("黔林资许准", "省林业局"),
    Gate.PLAN_QUOTA: ("黔自然资计划函", "省自然资源厅"),
}
