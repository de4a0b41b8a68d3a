"""Statements about a project's site: the order before new land, plan marks, 标准地, fields, adjustments."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from accounts.models import User
from accounts.rights import Right, require
from core.units import AreaUnit, format_area
from projects.land_refusals import AdjustmentOpen, RungOutOfOrder, StatementIncomplete
from projects.models import (
    AreaAdjustment,
    LadderAnswer,
    LandUse,
    PlanningMark,
    PriorityField,
    Project,
    SitingItem,
    StandardLand,
)
from projects.rules.siting import PARTLY, Given, Rung, rung_refusal
from projects.services.editing import EnteredArea, require_editor
from projects.services.evidence import NO_PROOF, Proof, paper_of, required_paper
from projects.services.siting import check_day, locked_project, log


@dataclass(frozen=True, slots=True)
class RungAnswer:
    """The answer to one rung; `met` is what it can supply where it is met in part."""

    code: str
    answer: str
    reason: str
    answered_on: date
    met: EnteredArea | None = None


@transaction.atomic
def answer_rung(
    *, actor: User, project_id: int, given: RungAnswer, proof: Proof, today: date
) -> LadderAnswer:
    """Answer the next rung of the order before new land, or correct the last one, with its evidence.

    Raises:
        RungOutOfOrder: an earlier rung is open, a later one leans on this one, or the need is met.
        EvidenceMissing: no paper.
        StatementIncomplete: no reason, or met in part without an area.
        DayInFuture: answered after today.
    """
    project = locked_project(actor, project_id)
    require_editor(actor, project)
    check_day(given.answered_on, today, "核实日期")
    items = {item.code: item for item in rung_items(today)}
    answers = [
        Given(row.code, row.answer, row.met_m2) for row in LadderAnswer.objects.filter(project=project)
    ]
    need = LandUse.objects.filter(project=project).values_list("total_m2", flat=True).first()
    refusal = rung_refusal(rungs_of(items.values()), answers, given.code, need_m2=need)
    if refusal:
        raise RungOutOfOrder(refusal, code=given.code)
    if not given.reason.strip() or (given.answer == PARTLY and given.met is None):
        raise StatementIncomplete("没有写明情况，或没有填写可满足的面积；请补充后再提交。")
    item = items[given.code]
    paper = required_paper(
        actor=actor, project=project, proof=proof, title=f"{item.name}核实材料", today=today
    )
    row, _ = LadderAnswer.objects.update_or_create(
        project=project,
        code=given.code,
        defaults={
            "item": item,
            "answer": given.answer,
            "met_m2": given.met.m2 if given.met and given.answer == PARTLY else None,
            "reason": given.reason.strip(),
            "evidence": paper,
            "answered_on": given.answered_on,
            "answered_by": actor,
        },
    )
    facts: dict[str, object] = {"rung": item.name, "answer": row.get_answer_display(), "reason": row.reason}
    log(actor, project, "ladder.answered", facts, today=today)
    return row


@transaction.atomic
def withdraw_rung(*, actor: User, project_id: int, today: date) -> None:
    """Take the last answer back, so that the one before can be corrected. Field history keeps it.

    Raises:
        RungOutOfOrder: nothing was answered yet.
    """
    project = locked_project(actor, project_id)
    require_editor(actor, project)
    last = LadderAnswer.objects.filter(project=project).order_by("-item__position").first()
    if last is None:
        raise RungOutOfOrder("还没有核实任何一项，没有可撤回的结论。")
    facts: dict[str, object] = {"rung": last.item.name, "answer": last.get_answer_display()}
    last.delete()
    log(actor, project, "ladder.withdrawn", facts, today=today)


def rung_items(today: date) -> list[SitingItem]:
    """The rungs in force on a day. One query."""
    return list(SitingItem.objects.in_force(today).filter(kind=SitingItem.Kind.LADDER))


def rungs_of(items: Collection[SitingItem]) -> list[Rung]:
    return [Rung(item.code, item.name, item.position, item.ends_search) for item in items]


@transaction.atomic
def mark_in_plan(
    *, actor: User, project_id: int, kind: str, name_in_plan: str, marked_on: date, proof: Proof, today: date
) -> PlanningMark:
    """Record that the project stands in the plan's list or on the 一张图, with its evidence.

    Safe to repeat: the newer statement replaces the older one.

    Raises:
        EvidenceMissing, DayInFuture: as in `answer_rung`.
    """
    project = locked_project(actor, project_id)
    require_editor(actor, project)
    check_day(marked_on, today, "入库或标识日期")
    label = str(PlanningMark.Kind(kind).label)
    paper = required_paper(actor=actor, project=project, proof=proof, title=f"{label}证明", today=today)
    row, _ = PlanningMark.objects.update_or_create(
        project=project,
        kind=kind,
        defaults={
            "name_in_plan": name_in_plan.strip(),
            "marked_on": marked_on,
            "evidence": paper,
            "marked_by": actor,
        },
    )
    log(actor, project, "plan.marked", {"mark": label, "name": row.name_in_plan}, today=today)
    return row


@transaction.atomic
def state_standard_land(
    *, actor: User, project_id: int, is_standard: bool, reason: str, today: date
) -> StandardLand:
    """Record whether the land is supplied as 标准地; where it is not, why.

    Raises:
        StatementIncomplete: not 标准地, and no reason.
    """
    require(actor, Right.EDIT_PROJECT)
    project = locked_project(actor, project_id)
    if not is_standard and not reason.strip():
        raise StatementIncomplete("不按标准地供应须写明理由，请补充后再提交。")
    row, _ = StandardLand.objects.update_or_create(
        project=project,
        defaults={
            "is_standard": is_standard,
            "reason": reason.strip(),
            "stated_on": today,
            "stated_by": actor,
        },
    )
    log(actor, project, "standard_land.stated", {"result": str(row), "reason": row.reason}, today=today)
    return row


@transaction.atomic
def tag_fields(*, actor: User, project_id: int, codes: Collection[str], today: date) -> list[PriorityField]:
    """Say which priority fields a project belongs to; fields left out are taken off. Safe to repeat.

    Raises:
        StatementIncomplete: a field that is not in force.
    """
    require(actor, Right.EDIT_PROJECT)
    project = locked_project(actor, project_id)
    in_force = SitingItem.objects.in_force(today).filter(kind=SitingItem.Kind.FIELD)
    items = {item.code: item for item in in_force}
    unknown = sorted(set(codes) - items.keys())
    if unknown:
        raise StatementIncomplete("有的优先领域已停用，请刷新页面后重新选择。", items=unknown)
    before = set(PriorityField.objects.filter(project=project).values_list("code", flat=True))
    PriorityField.objects.filter(project=project).exclude(code__in=codes).delete()
    PriorityField.objects.bulk_create(
        PriorityField(project=project, item=items[code], code=code) for code in set(codes) - before
    )
    if before != set(codes):
        names = "、".join(items[code].name for code in sorted(codes, key=lambda c: items[c].position))
        log(actor, project, "fields.tagged", {"fields": names}, today=today)
    return list(PriorityField.objects.filter(project=project).select_related("item"))


def _open_adjustment(project: Project, kind: str) -> AreaAdjustment | None:
    open_states = (AreaAdjustment.State.PROPOSED, AreaAdjustment.State.REPORTED)
    rows = AreaAdjustment.objects.select_for_update().filter(project=project, kind=kind)
    return rows.filter(state__in=open_states).first()


@transaction.atomic
def propose_adjustment(
    *,
    actor: User,
    project_id: int,
    kind: str,
    need: str,
    area: EnteredArea | None,
    proof: Proof = NO_PROOF,
    today: date,
) -> AreaAdjustment:
    """Open a case to move a restricted area's boundary for the project.

    Raises:
        AdjustmentOpen: one for the same area is under way.
        StatementIncomplete: no need stated.
    """
    project = locked_project(actor, project_id)
    require_editor(actor, project)
    if not need.strip():
        raise StatementIncomplete("没有写明调整需求，请补充后再提交。")
    if _open_adjustment(project, kind) is not None:
        label = AreaAdjustment.Kind(kind).label
        raise AdjustmentOpen(f"{label}的优化调整正在办理，请在原事项上更新进度。", kind=kind)
    paper = paper_of(actor=actor, project=project, proof=proof, title="限制区优化调整材料", today=today)
    row = AreaAdjustment.objects.create(
        project=project,
        kind=kind,
        need=need.strip(),
        area_m2=area.m2 if area else None,
        entered={"area_m2": area.typed} if area else {},
        state_on=today,
        evidence=paper,
        entered_by=actor,
    )
    facts: dict[str, object] = {"area": row.get_kind_display(), "need": row.need}
    if row.area_m2:
        facts["hectares"] = format_area(row.area_m2, AreaUnit.HA)
    log(actor, project, "adjustment.proposed", facts, today=today)
    return row


@transaction.atomic
def move_adjustment(
    *, actor: User, project_id: int, kind: str, state: str, on: date, doc_no: str, answer: str, today: date
) -> AreaAdjustment:
    """Record that the open case was reported upwards, approved or refused.

    Raises:
        AdjustmentOpen: no case of this kind is open.
        StatementIncomplete: refused without a word why.
        DayInFuture: after today.
    """
    require(actor, Right.EDIT_PROJECT)
    project = locked_project(actor, project_id)
    check_day(on, today, "进度日期")
    row = _open_adjustment(project, kind)
    if row is None:
        raise AdjustmentOpen("没有正在办理的同类调整，请先提出。", kind=kind)
    if state == AreaAdjustment.State.REFUSED and not answer.strip():
        raise StatementIncomplete("未获批准须写明意见，请补充后再提交。")
    row.state, row.state_on = state, on
    row.doc_no, row.answer = doc_no.strip(), answer.strip()
    row.save(update_fields=["state", "state_on", "doc_no", "answer", "updated_at"])
    facts: dict[str, object] = {"area": row.get_kind_display(), "state": row.get_state_display()}
    log(actor, project, "adjustment.moved", facts, today=today)
    return row
