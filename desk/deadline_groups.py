"""How promises are gathered into rows and columns: every unit in its county, every promise in its stage."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from accounts.models import Organisation, User
from approvals.rules.matters import Desk
from approvals.services import documents
from consultations.services import quarters, series
from dispatch.services import rounds
from duties.services import letters, visit_duties, visits
from duties.services.clocks import STAGE_PROBLEM, STAGE_TASK, STAGE_VERIFICATION
from opinions.services import rounds as opinion_rounds
from projects.services import annual_plan, contacts, people, pushing, windows
from quotas.services import applications, policies
from quotas.services import clocks as quota_clocks

OTHER = "other"
HEADQUARTERS = "headquarters"


@dataclass(frozen=True, slots=True)
class StageGroup:
    """Promises outside the catalogue of steps that stand in one column. `code` stands in addresses."""

    code: str
    label: str
    stages: Sequence[str]


STAGE_GROUPS = (
    StageGroup("g-lists", "清单方案", (windows.STAGE, contacts.STAGE, pushing.STAGE, annual_plan.STAGE)),
    StageGroup("g-rounds", "调度报送", (rounds.STAGE, people.STAGE)),
    StageGroup("g-council", "征询会商", (opinion_rounds.STAGE, series.STAGE, quarters.STAGE)),
    StageGroup(
        "g-duties",
        "问题任务",
        (STAGE_TASK, STAGE_VERIFICATION, STAGE_PROBLEM, letters.STAGE, visits.STAGE, visit_duties.STAGE),
    ),
    StageGroup("g-quota", "指标办理", (applications.STAGE, policies.STAGE, quota_clocks.STAGE)),
    StageGroup("g-papers", "批复证书", (documents.STAGE,)),
    StageGroup("g-matters", "咨询批后", tuple(desk.label for desk in Desk)),
)


def groups_beside(stages: Iterable[str]) -> list[StageGroup]:
    """The groups, without what the catalogue in force has as a stage of its own."""
    own = set(stages)
    return [
        StageGroup(group.code, group.label, tuple(stage for stage in group.stages if stage not in own))
        for group in STAGE_GROUPS
    ]


@dataclass(frozen=True, slots=True)
class UnitGroup:
    """A row: a county or park with everything below it, or the prefecture's own units. `code` stands in
    addresses; `ids` and `codes` name the units."""

    code: str
    label: str
    ids: Sequence[int]
    codes: Sequence[str]


def unit_groups(*, actor: User) -> list[UnitGroup]:
    """The rows that the actor sees: counties, then parks, by code, then 州本级. One query.

    What lies in no row (another prefecture, for a department the counties that asked it) is other.
    """
    visible = list(Organisation.objects.visible_to(actor).order_by("kind", "code"))
    heads = [unit for unit in visible if unit.is_active and unit.kind in Organisation.REPORTING_KINDS]
    gathered: dict[str, list[Organisation]] = {head.code: [] for head in heads}
    gathered[HEADQUARTERS] = []
    for unit in visible:
        head = next((head for head in heads if unit.path.startswith(head.path)), None)
        gathered[head.code if head else HEADQUARTERS].append(unit)
    labels = {head.code: head.short_name for head in heads} | {HEADQUARTERS: "州本级"}
    return [
        UnitGroup(code, labels[code], [unit.pk for unit in units], [unit.code for unit in units])
        for code, units in gathered.items()
        if units
    ]
