"""The review of thrifty use: a project's facts stated, and the standards as dated rows."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from accounts.models import User
from accounts.rights import Right, require
from approvals.errors import PartTooLarge, ThriftKnown
from approvals.models import LandStandard, LandThrift
from approvals.services.records import locked_projects, log, log_setting
from core.dated import SettingOutOfOrder, refuse_earlier
from projects.models import Project
from projects.services.evidence import NO_PROOF, Proof, paper_of


@dataclass(frozen=True, slots=True)
class ThriftFacts:
    """See LandThrift; areas in m². `investment_yuan` None takes the project's own."""

    use: str
    investment_yuan: Decimal | None = None
    floor_area_m2: int | None = None
    counted_floor_m2: int | None = None
    base_m2: int | None = None
    green_m2: int | None = None
    office_m2: int | None = None
    reason: str = ""


@transaction.atomic
def state_thrift(
    *, actor: User, project_id: int, facts: ThriftFacts, today: date, proof: Proof = NO_PROOF
) -> LandThrift:
    """Put what a project builds on record for the review.

    Raises:
        ThriftKnown: it is on record.
        PartTooLarge: buildings, green or offices take more than the project's land.
        As locked_projects.
    """
    project = locked_projects([project_id], actor=actor)[project_id]
    if LandThrift.objects.filter(project=project).exists():
        raise ThriftKnown("该项目已登记节约集约审查；请在原记录上修改。", project=project.pk)
    return _write(LandThrift(project=project), facts, actor=actor, today=today, proof=proof)


@transaction.atomic
def change_thrift(
    *, actor: User, thrift_id: int, facts: ThriftFacts, today: date, proof: Proof = NO_PROOF
) -> LandThrift:
    """Correct it. Raises: LandThrift.DoesNotExist, PartTooLarge; as locked_projects."""
    require(actor, Right.RUN_STEPS)
    row = LandThrift.objects.visible_to(actor).get(pk=thrift_id)
    row.project = locked_projects([row.project_id], actor=actor)[row.project_id]
    return _write(row, facts, actor=actor, today=today, proof=proof)


def _write(row: LandThrift, facts: ThriftFacts, *, actor: User, today: date, proof: Proof) -> LandThrift:
    _refuse_large(row.project, facts)
    for name, value in asdict(facts).items():
        setattr(row, name, value.strip() if isinstance(value, str) else value)
    paper = paper_of(actor=actor, project=row.project, proof=proof, title="节约集约用地论证", today=today)
    row.paper, row.entered_by = paper or row.paper, actor
    row.save()
    log(row.project, actor=actor, verb="thrift.stated", subject=row, facts={"use": row.use})
    return row


def _refuse_large(project: Project, facts: ThriftFacts) -> None:
    land = getattr(project, "land", None)
    whole = land.total_m2 if land is not None else None
    for words, part in (
        ("建筑物占地", facts.base_m2),
        ("绿地面积", facts.green_m2),
        ("行政办公用地", facts.office_m2),
    ):
        if whole is not None and part is not None and part > whole:
            raise PartTooLarge(f"{words}大于项目用地总面积；请核对面积。", part_m2=part, whole_m2=whole)


@transaction.atomic
def set_standard(
    *,
    actor: User,
    use: str,
    measure: str,
    least: Decimal | None,
    most: Decimal | None,
    basis: str,
    effective_from: date,
) -> LandStandard:
    """Another standard of a use and measure from a day on; both limits empty ends it.

    Raises:
        SettingOutOfOrder: not after the newest row of the two, or the least above the most.
        PermissionDenied: the role edits no periods.
    """
    require(actor, Right.EDIT_PERIODS)
    rows = LandStandard.objects.select_for_update().filter(use=use.strip(), measure=measure)
    newest = rows.order_by("-effective_from").first()
    refuse_earlier(effective_from, newest=newest)
    if least is not None and most is not None and least > most:
        raise SettingOutOfOrder("“不低于”不能大于“不高于”；请核对。", least=least, most=most)
    columns = {"least": least, "most": most, "basis": basis.strip()}
    row = LandStandard.objects.create(
        use=use.strip(), measure=measure, effective_from=effective_from, **columns
    )
    log_setting(row, f"用地标准：{row}", actor=actor, facts={"effective_from": effective_from, **columns})
    return row
