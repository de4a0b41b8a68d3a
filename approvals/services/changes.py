"""Who works on a step, and new versions of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction

from accounts.models import Organisation, User
from accounts.rights import Right, require
from approvals import rules
from approvals.errors import HolderElsewhere, ReasonMissing, RevisionOutOfOrder
from approvals.models import Step, StepLimit, StepType
from approvals.services.acceptance import refuse_foreign_holder
from approvals.services.steps import locked_step, log, refuse_unless
from audit.services import record
from deadlines import services as clock
from deadlines.models import Deadline


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


@dataclass(frozen=True, slots=True)
class NewLimit:
    """One limit of a new version. `value` None where the law gives no number."""

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
