"""The task list over all projects: each procedure with who is responsible, by when, and what proves it.

Source: S0-05 (全面分解任务、按清单落实).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from accounts.models import User
from approvals.models import LandDocument, LandDocumentArea, Step, StepQuerySet
from approvals.rules import KIND_OF_STEP
from deadlines import selectors as clocks
from deadlines.rules import Lamp
from desk.decomposition import KINDS
from projects.models import Project
from ui.lamps import LAMP_WORDS

CODES = tuple(code for _, codes in KINDS for code in codes)
NAME_OF_CODE = {code: name for name, codes in KINDS for code in codes}
STATES = [
    ("waiting", "未启动"),
    ("running", "办理中"),
    ("late", "逾期"),
    ("done", "已办结"),
    ("unproved", "办结无佐证"),
]


def task_list(*, actor: User) -> StepQuerySet:
    """The last round of every procedure of adopted projects that the actor may see, with `is_proved`:
    a decision's number or a recorded document. One query.
    """
    later = Step.objects.filter(
        project=OuterRef("project"), code=OuterRef("code"), round__gt=OuterRef("round")
    )
    return (
        Step.objects.visible_to(actor)
        .filter(code__in=CODES, project__status=Project.Status.ADOPTED)
        .exclude(status=Step.Status.NOT_INVOLVED)
        .filter(~Exists(later))
        .annotate(is_proved=_is_proved())
        .select_related("project__organisation", "step_type", "holder_organisation", "holder", "deadline")
        .select_related("decision")
    )


def _is_proved() -> Q:
    """Whether a document of the step's kind names the project, or the decision bears a number."""
    recorded = Q(pk__in=[])
    for code, kind in KIND_OF_STEP.items():
        areas = LandDocumentArea.objects.filter(
            project=OuterRef("project"), document__kind=kind, document__revoked_on__isnull=True
        )
        if code in CODES:
            recorded |= Q(code=code) & Q(Exists(areas))
    return Q(decision__isnull=False) & ~Q(decision__doc_no="") | recorded


def in_state(value: str, today: date) -> Q:
    """Steps in one of STATES on a day."""
    late = Q(deadline__red_from__lte=today, status__in=Step.OPEN_STATUSES)
    return {
        "waiting": Q(status=Step.Status.NOT_STARTED),
        "running": Q(status__in=Step.OPEN_STATUSES),
        "late": late,
        "done": Q(status=Step.Status.DONE),
        "unproved": Q(status=Step.Status.DONE, is_proved=False),
    }[value]


@dataclass(frozen=True, slots=True)
class TaskCounts:
    """How many tasks there are, and how far they have come."""

    total: int
    done: int
    late: int
    unproved: int


def count_tasks(rows: QuerySet[Step], *, today: date) -> TaskCounts:
    """The figures above the list. One query."""
    states = {name: Count("pk", filter=in_state(name, today)) for name in ("done", "late", "unproved")}
    found: dict[str, Any] = rows.order_by().aggregate(total=Count("pk"), **states)
    return TaskCounts(**found)


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One task: `due_on` while it runs or the day of its end; `proof` in words, empty without any."""

    step: Step
    kind: str
    responsible: str
    lamp: Lamp
    word: str
    due_on: date | None
    proof: str
    document: LandDocument | None


def read_tasks(steps: Iterable[Step], *, today: date) -> Sequence[TaskRow]:
    """Steps of `task_list` with their proof. One query."""
    found = list(steps)
    documents = {
        (area.project_id, area.document.kind): area.document
        for area in LandDocumentArea.objects.filter(
            project__in=[step.project_id for step in found], document__revoked_on__isnull=True
        )
        .select_related("document")
        .order_by(F("document__decided_on"), "document_id")
    }
    return [
        _row(step, documents.get((step.project_id, KIND_OF_STEP.get(step.code, ""))), today) for step in found
    ]


def _row(step: Step, document: LandDocument | None, today: date) -> TaskRow:
    decision = getattr(step, "decision", None)
    proof = (decision.doc_no if decision else "") or (document.number if document else "")
    lamp, word, day = Lamp.IDLE, step.get_status_display(), step.closed_on
    if step.status == Step.Status.DONE:
        lamp = Lamp.DONE
    elif step.is_open and step.deadline is not None:
        lamp, day = clocks.lamp_of(step.deadline, today), step.deadline.due_on
        word = LAMP_WORDS[lamp.value]
    elif step.is_open:
        lamp = Lamp.GREEN
    person = f"，{step.holder.label}" if step.holder else ""
    return TaskRow(
        step=step,
        kind=NAME_OF_CODE[step.code],
        responsible=f"{step.holder_organisation.short_name}{person}",
        lamp=lamp,
        word=word,
        due_on=day,
        proof=proof,
        document=document,
    )
