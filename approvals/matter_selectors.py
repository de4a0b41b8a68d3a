"""Reading matters: a desk's list, one of them, a project's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from accounts.models import Organisation, User
from accounts.rights import allowed
from accounts.selectors import prefecture_of
from approvals import rules
from approvals.models import Matter, MatterKind, MatterQuerySet
from approvals.services.matters import ANSWERS, follows


def matters(*, actor: User, desk: rules.Desk | None = None) -> MatterQuerySet:
    """Matters the actor may see, of one desk or all. One query."""
    rows = Matter.objects.visible_to(actor).select_related(
        *("organisation", "holder", "project", "deadline", "paper", "answer_paper", "entered_by")
    )
    return rows if desk is None else rows.filter(kind__in=rules.KINDS_OF_DESK[desk])


@dataclass(frozen=True, slots=True)
class MatterReading:
    """A matter as it stands on a day, for one reader. What others asked is shown without their name."""

    matter: Matter
    lamp: str
    label: str
    is_own: bool
    may_answer: bool
    may_publish: bool


def read_matter(row: Matter, *, actor: User, today: date) -> MatterReading:
    """A matter of `matters` as it stands. No query."""
    desk = rules.desk_of(row.kind)
    may = allowed(actor, ANSWERS[desk]) and (desk is rules.Desk.QUESTIONS or follows(actor, row))
    lamp, label = _lamp(row, today)
    scope = actor.scope
    return MatterReading(
        matter=row,
        lamp=lamp,
        label=label,
        is_own=scope is not None and row.organisation.path.startswith(scope.path),
        may_answer=may and row.is_open,
        may_publish=may and row.kind == MatterKind.QUESTION and not row.is_open and row.published_on is None,
    )


def _lamp(row: Matter, today: date) -> tuple[str, str]:
    if row.answered_on is not None:
        due = row.deadline.due_on if row.deadline else None
        late = due is not None and row.answered_on > due
        return "done", "逾期办结" if late else "已办结"
    deadline = row.deadline
    if deadline is None:
        return "idle", "未定期限"
    if deadline.red_from is not None and deadline.red_from <= today:
        return "red", "已逾期"
    if deadline.amber_from is not None and deadline.amber_from <= today:
        return "amber", "临近到期"
    return "green", "办理中"


def offices_for(actor: User) -> list[Organisation]:
    """The offices of the actor's prefecture's bureau, which answer questions. Two queries."""
    if actor.organisation is None:
        return []
    rows = Organisation.objects.filter(kind=Organisation.Kind.OFFICE, is_active=True)
    prefecture = prefecture_of(actor.organisation)
    return list(rows.filter(path__startswith=prefecture.path).order_by("path"))
