"""Cases of unlawful land use, from their finding to their end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import Organisation, User
from accounts.rights import Right, require
from approvals.errors import CaseOutOfOrder, DayOutOfOrder, ReasonMissing
from approvals.models import ViolationCase
from audit.services import record
from projects.models import Project


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found. Areas in m²; `project_id` None is a case outside the project list."""

    place: str
    facts: str
    found_on: date
    matter: str = ViolationCase.Matter.LAND
    area_m2: int | None = None
    arable_m2: int | None = None
    project_id: int | None = None


@transaction.atomic
def report_violation(
    *, actor: User, organisation: Organisation | None, finding: Finding, today: date
) -> ViolationCase:
    """Write down a finding; its project's gate is closed from now until the case ends.

    Args:
        organisation: the unit it lies in; None takes the project's.

    Raises:
        DayOutOfOrder: found after today.
        ReasonMissing: no place, no facts, or neither unit nor project.
        CaseOutOfOrder: the arable land is more than the whole.
        PermissionDenied: the role keeps no cases, or the unit is not the actor's.
        Project.DoesNotExist: not visible to the actor.
    """
    require(actor, Right.RUN_CASES)
    project = None
    if finding.project_id is not None:
        project = Project.objects.visible_to(actor).select_related("organisation").get(pk=finding.project_id)
    unit = project.organisation if project is not None else organisation
    if unit is None or not finding.place.strip() or not finding.facts.strip():
        raise ReasonMissing("请写明所在县市（或项目）、位置和违法事实。", verb="report")
    scope = actor.scope
    if scope is None or not unit.path.startswith(scope.path):
        raise PermissionDenied(f"您不能为{unit.name}登记案件。如确需办理，请联系州局。")
    _refuse_future(finding.found_on, today, "发现日期")
    if finding.arable_m2 is not None and finding.arable_m2 > (finding.area_m2 or 0):
        raise CaseOutOfOrder("其中耕地不能大于涉及面积；请核对面积。", arable_m2=finding.arable_m2)
    values = {**asdict(finding), "place": finding.place.strip(), "facts": finding.facts.strip()}
    case = ViolationCase.objects.create(organisation=unit, entered_by=actor, **values)
    _log(case, actor, "violation.found", {"place": case.place, "facts": case.facts}, on=case.found_on)
    return case


@transaction.atomic
def file_case(*, actor: User, case_id: int, filed_on: date, case_no: str, today: date) -> ViolationCase:
    """立案. Raises: CaseOutOfOrder, DayOutOfOrder, ReasonMissing, ViolationCase.DoesNotExist."""
    case = _locked(actor, case_id, right=Right.RUN_CASES, states=("FOUND",), words="立案")
    _refuse_odd(case.found_on, filed_on, today, "立案日期")
    if not case_no.strip():
        raise ReasonMissing("立案须写明案号。", verb="file")
    case.state, case.filed_on, case.case_no = ViolationCase.State.FILED, filed_on, case_no.strip()
    case.save(update_fields=["state", "filed_on", "case_no"])
    _log(case, actor, "violation.filed", {"case_no": case.case_no}, on=filed_on)
    return case


@dataclass(frozen=True, slots=True)
class Penalty:
    """The decision: its number, the fine in yuan, the land taken back in m²."""

    decided_on: date
    decision_no: str
    fine_yuan: int | None = None
    recovered_m2: int | None = None


@transaction.atomic
def decide_case(*, actor: User, case_id: int, penalty: Penalty, today: date) -> ViolationCase:
    """处罚决定. Raises: CaseOutOfOrder, DayOutOfOrder, ReasonMissing, ViolationCase.DoesNotExist."""
    case = _locked(actor, case_id, right=Right.RUN_CASES, states=("FILED",), words="作出处罚决定")
    _refuse_odd(case.filed_on or case.found_on, penalty.decided_on, today, "处罚决定日期")
    if not penalty.decision_no.strip():
        raise ReasonMissing("处罚决定须写明文号。", verb="decide")
    case.state = ViolationCase.State.DECIDED
    case.decided_on, case.decision_no = penalty.decided_on, penalty.decision_no.strip()
    case.fine_yuan, case.recovered_m2 = penalty.fine_yuan, penalty.recovered_m2
    case.save(update_fields=["state", "decided_on", "decision_no", "fine_yuan", "recovered_m2"])
    _log(case, actor, "violation.decided", asdict(penalty), on=penalty.decided_on)
    return case


@transaction.atomic
def close_case(*, actor: User, case_id: int, closed_on: date, reason: str, today: date) -> ViolationCase:
    """结案 of what was filed, or 不予立案 of what was only found; the bureau's, for it opens a gate.

    Raises:
        CaseOutOfOrder: the case has ended already.
        DayOutOfOrder, ReasonMissing, PermissionDenied, ViolationCase.DoesNotExist.
    """
    case = _locked(actor, case_id, right=Right.CLOSE_CASES, states=ViolationCase.OPEN_STATES, words="结案")
    _refuse_odd(case.decided_on or case.filed_on or case.found_on, closed_on, today, "结案日期")
    if not reason.strip():
        raise ReasonMissing("结案须写明理由（整改、处罚到位情况）。", verb="close")
    was_filed = case.state != ViolationCase.State.FOUND
    case.state = ViolationCase.State.CLOSED if was_filed else ViolationCase.State.DISMISSED
    case.closed_on, case.closing_reason = closed_on, reason.strip()
    case.save(update_fields=["state", "closed_on", "closing_reason"])
    verb = "violation.closed" if was_filed else "violation.dismissed"
    _log(case, actor, verb, {"reason": case.closing_reason}, on=closed_on)
    return case


def _locked(actor: User, case_id: int, *, right: Right, states: Sequence[str], words: str) -> ViolationCase:
    require(actor, right)
    rows = ViolationCase.objects.visible_to(actor).select_for_update(of=("self",))
    case = rows.select_related("organisation").get(pk=case_id)
    if case.state not in states:
        raise CaseOutOfOrder(
            f"案件现在是“{case.get_state_display()}”，不能{words}；请刷新后再看。", state=case.state
        )
    return case


def _refuse_future(day: date, today: date, words: str) -> None:
    if day > today:
        raise DayOutOfOrder(f"{words}不能晚于今天（{today}）。", day=day, today=today)


def _refuse_odd(before: date, day: date, today: date, words: str) -> None:
    _refuse_future(day, today, words)
    if day < before:
        raise DayOutOfOrder(f"{words} {day} 早于前一环节 {before}；请核对日期。", day=day, before=before)


def _log(case: ViolationCase, actor: User, verb: str, facts: dict[str, object], *, on: date) -> None:
    record(
        actor=actor,
        verb=verb,
        subject=case,
        facts=facts,
        project_id=case.project_id,
        scope_path=case.organisation.path,
        occurred_on=on,
    )
