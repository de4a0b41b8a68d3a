"""Who works on a step, under which version; exceptions; new versions of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction

from accounts.models import Organisation, User
from accounts.rights import Right, require
from approvals import rules
from approvals.errors import (
    AlreadyExcepted,
    HolderElsewhere,
    NoPromise,
    NothingToReissue,
    ReasonMissing,
    RevisionOutOfOrder,
)
from approvals.models import PromiseException, Step, StepLimit, StepType
from approvals.services.acceptance import LimitChoice, lines_of, refuse_foreign_holder
from approvals.services.steps import (
    locked_step,
    log,
    owner_of,
    refresh_papers,
    refuse_odd_day,
    refuse_silence,
    refuse_unless,
)
from audit.services import record
from deadlines import services as clock
from deadlines.models import Deadline
from deadlines.services import LineSpec


@transaction.atomic
def assign_step(
    *, step_id: int, organisation: Organisation, holder: User | None, actor: User, today: date
) -> Step:
    """Hand a step to an organisation, and to a person in it; reminders follow.

    Raises:
        WrongStatus.
        HolderElsewhere: the person works elsewhere, or county staff hand it out of their unit.
        PermissionDenied, Step.DoesNotExist: see locked_step.
    """
    step = locked_step(step_id, actor=actor)
    refuse_unless(step, rules.Verb.ASSIGN)
    unit = actor.reporting_unit
    if unit is not None and not organisation.path.startswith(unit.path):
        raise HolderElsewhere(
            f"只能在{unit.name}内指派；改派给{organisation.name}请联系州局调度办。",
            organisation=organisation.code,
        )
    before = step.holder_organisation
    step.holder_organisation = organisation
    if holder is not None:
        refuse_foreign_holder(step, holder)
    step.holder = holder
    step.save(update_fields=["holder_organisation", "holder", "updated_at"])
    rows = Deadline.objects.open().filter(subject_kind=step._meta.label_lower, subject_id=step.pk)
    for deadline in rows.order_by("pk"):
        clock.assign(deadline_id=deadline.pk, organisation=organisation, holder=holder, today=today)
    log(
        step,
        actor=actor,
        verb="step.assigned",
        facts={"from": before.name, "to": organisation.name, "holder": holder.label if holder else ""},
    )
    return step


@transaction.atomic
def reissue_step(
    *,
    step_id: int,
    note: str,
    actor: User,
    today: date,
    limit_id: int | None = None,
    is_joint: bool = False,
) -> Step:
    """Put a running step under the catalogue's version of today, or under another of its limits.

    Without this a running step keeps the version it started under. Its start, pauses and granted
    extensions remain.

    Args:
        note: why; it stands in the project's history.
        limit_id, is_joint: see acceptance.LimitChoice.

    Raises:
        WrongStatus, ReasonMissing, LimitNotChosen.
        NothingToReissue: version and limits are those it runs under.
        PermissionDenied, Step.DoesNotExist: see locked_step.
    """
    step = locked_step(step_id, actor=actor)
    refuse_unless(step, rules.Verb.REISSUE)
    said = refuse_silence(note, rules.Verb.REISSUE)
    before, due_before = step.step_type, step.deadline.due_on if step.deadline else None
    step.step_type = StepType.objects.in_force(today).filter(code=step.code).first() or before
    committed, statutory = lines_of(step, LimitChoice(limit_id, is_joint), on=step.accepted_on or today)
    _refuse_same(step, before, committed, statutory)
    step.is_joint = is_joint
    step.deadline = _reissued(step, committed, statutory, today=today)
    step.save(update_fields=["step_type", "is_joint", "deadline", "updated_at"])
    refresh_papers(step.project_id, today=today)
    log(
        step,
        actor=actor,
        verb="step.reissued",
        facts={
            "from": before.effective_from,
            "to": step.step_type.effective_from,
            "note": said,
            "due_before": due_before,
            "due_on": step.deadline.due_on if step.deadline else None,
            "is_joint": is_joint,
        },
    )
    return step


def _refuse_same(
    step: Step, before: StepType, committed: LineSpec | None, statutory: LineSpec | None
) -> None:
    bases = (step.deadline.committed_basis, step.deadline.statutory_basis) if step.deadline else ("", "")
    lengths = (
        (step.deadline.committed_limit, step.deadline.statutory_limit) if step.deadline else (None, None)
    )
    same = all(
        (spec.basis, spec.line.limit) == (basis, limit) if spec else limit is None
        for spec, basis, limit in zip((committed, statutory), bases, lengths, strict=True)
    )
    if same and before.pk == step.step_type.pk:
        raise NothingToReissue(
            f"“{step.step_type.short}”已按现行目录（{before.effective_from} 起）计时，无需重新核定。",
            step=step.code,
            version=before.effective_from,
        )


def _reissued(
    step: Step, committed: LineSpec | None, statutory: LineSpec | None, *, today: date
) -> Deadline | None:
    if committed is None and statutory is None:
        if step.deadline is not None:
            clock.cancel(deadline_id=step.deadline.pk, stopped_on=today, today=today)
        return None
    if step.deadline is not None:
        return clock.reissue(
            deadline_id=step.deadline.pk, committed=committed, statutory=statutory, today=today
        )
    assert step.accepted_on is not None  # a running step was accepted: constraint step_started_has_a_clock
    return clock.open_deadline(
        owner=owner_of(step),
        role=Deadline.Role.HANDLING,
        started_on=step.accepted_on,
        committed=committed,
        statutory=statutory,
        today=today,
    )


@transaction.atomic
def except_step(
    *, step_id: int, cause: str, reason: str, approved_by: str, approved_on: date, actor: User, today: date
) -> PromiseException:
    """Record why a step is let off its promise, which holds “in principle” (原则上).

    The lamps stay; reports count the step apart, unless the cause is nobody else's.

    Args:
        cause: a value of PromiseException.Cause.

    Raises:
        WrongStatus, ReasonMissing, DayOutOfOrder.
        NoPromise: nothing was promised for this step.
        AlreadyExcepted.
        PermissionDenied, Step.DoesNotExist: see locked_step.

    Source: S0 (“资料齐全的情况下，原则上”); S4 (容错：政策、技术、自然条件).
    """
    step = locked_step(step_id, actor=actor)
    refuse_unless(step, rules.Verb.EXCEPT)
    said = refuse_silence(reason, rules.Verb.EXCEPT)
    refuse_odd_day(step, approved_on, words="批准日期", today=today)
    if step.deadline is None or step.deadline.committed_limit is None:
        raise NoPromise(f"“{step.step_type.short}”没有承诺时限，没有“原则上”之外的例外。", step=step.code)
    if PromiseException.objects.filter(step=step).exists():
        raise AlreadyExcepted(f"“{step.step_type.short}”已登记例外，不能重复登记。", step=step.code)
    row = PromiseException.objects.create(
        step=step,
        cause=cause,
        reason=said,
        approved_by=approved_by.strip(),
        approved_on=approved_on,
        entered_by=actor,
    )
    log(
        step,
        actor=actor,
        verb="step.excepted",
        facts={"cause": row.get_cause_display(), "reason": said, "approved_by": row.approved_by},
        occurred_on=approved_on,
    )
    return row


@dataclass(frozen=True, slots=True)
class NewLimit:
    """One limit of a new version. `value` None where the law gives no number.

    round: the round of the step from which it applies; None is every round without its own.
    goes_with: the basis of the limit with which it comes; see StepLimit.
    """

    line: str
    value: int | None
    unit: str
    kind: str
    basis: str
    extension: int | None = None
    evidence: str = ""
    note: str = ""
    is_reference: bool = False
    excluded: tuple[str, ...] = ()
    round: int | None = None
    goes_with: str = ""


# What a new version takes over from the old one unless it says otherwise.
_CARRIED = (
    "name",
    "short",
    "phase",
    "stage",
    "position",
    "actor",
    "applicant",
    "holder_kind",
    "condition",
    "note",
    "predecessors",
    "tracks",
    "materials",
    "outputs",
    "fields",
)
REVISABLE = frozenset(_CARRIED) - {"position"}


@transaction.atomic
def revise_step_type(
    *,
    code: str,
    effective_from: date,
    revision_note: str,
    limits: Sequence[NewLimit],
    actor: User,
    columns: Mapping[str, object] | None = None,
) -> StepType:
    """Add a version of a step type from a day on and close the one before it that day.

    Steps under way keep the version they run under.

    Args:
        columns: changed columns of REVISABLE; the rest is taken over.

    Raises:
        RevisionOutOfOrder: `effective_from` is not after the newest version's own.
        ReasonMissing: no note says why.
        StepType.DoesNotExist: unknown code.
        PermissionDenied: the role does not edit the catalogue.
    """
    require(actor, Right.EDIT_CATALOGUE)
    newest = (
        StepType.objects.select_for_update(of=("self",)).filter(code=code, effective_to__isnull=True).get()
    )
    if not revision_note.strip():
        raise ReasonMissing("修订步骤目录须写明依据或原因。", verb="revise")
    if effective_from <= newest.effective_from:
        raise RevisionOutOfOrder(
            f"新版本须晚于现行版本的生效日期 {newest.effective_from}；请核对日期。",
            effective_from=effective_from,
            newest=newest.effective_from,
        )
    changed = {name: value for name, value in (columns or {}).items() if name in REVISABLE}
    newest.effective_to = effective_from
    newest.save(update_fields=["effective_to"])
    version = StepType.objects.create(
        code=code,
        effective_from=effective_from,
        revision_note=revision_note.strip(),
        **{name: changed.get(name, getattr(newest, name)) for name in _CARRIED},
    )
    StepLimit.objects.bulk_create(
        StepLimit(step_type=version, position=number, **(asdict(limit) | {"excluded": list(limit.excluded)}))
        for number, limit in enumerate(limits)
    )
    record(
        actor=actor,
        verb="catalogue.revised",
        subject=version,
        facts={
            "code": code,
            "effective_from": effective_from,
            "note": revision_note.strip(),
            "changed": sorted(changed),
            "limits": [asdict(limit) for limit in limits],
        },
    )
    return version
