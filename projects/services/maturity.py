"""New versions of the criteria of maturity."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from accounts.models import User
from accounts.rights import Right, require
from audit.services import record
from projects.models import MaturityCriterion
from projects.refusals import ListDayOutOfOrder


@dataclass(frozen=True, slots=True)
class Revision:
    """A criterion from a day on; an empty code is the mark from which a project is mature.

    `points` None: the criterion counts no longer from that day.
    """

    step_code: str
    label: str
    points: int | None
    effective_from: date


@transaction.atomic
def revise_criterion(*, actor: User, revision: Revision, today: date) -> None:
    """Let a criterion count differently from a day on; earlier days keep what counted then.

    Raises:
        ListDayOutOfOrder: the day lies before `today`, or a later version stands already.
    """
    require(actor, Right.EDIT_CRITERIA)
    start = revision.effective_from
    if start < today:
        raise ListDayOutOfOrder(
            f"生效日期 {start} 早于今天（{today}）；已过去的日子不能改。", effective_from=start
        )
    rows = MaturityCriterion.objects.select_for_update().filter(step_code=revision.step_code).order_by("pk")
    known = list(rows)
    if any(row.effective_from > start for row in known):
        raise ListDayOutOfOrder("该条件已有更晚生效的版本；请填更晚的生效日期。", effective_from=start)
    for row in known:
        if row.effective_from == start:
            row.delete()
        elif row.effective_to is None or row.effective_to > start:
            row.effective_to = start
            row.save(update_fields=["effective_to"])
    if revision.points is None:
        subject = next((row for row in known if row.pk), None)
    else:
        subject = MaturityCriterion.objects.create(
            step_code=revision.step_code,
            label=revision.label.strip(),
            points=revision.points,
            effective_from=start,
        )
    if subject is not None:
        record(
            actor=actor,
            verb="maturity.revised",
            subject=subject,
            facts={"step_code": revision.step_code, "points": revision.points, "effective_from": start},
            occurred_on=today,
        )
