"""The pauses of steps with what is to be asked about each: for the page, the sheet and the API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from accounts.models import User
from approvals import rules, selectors
from approvals.models import Step
from core.clock import day_of
from deadlines.models import Pause, PauseQuerySet
from deadlines.selectors import working_calendar


@dataclass(frozen=True, slots=True)
class PauseRow:
    """One pause on a line of the list."""

    pause: Pause
    review: rules.PauseReview

    @property
    def step_id(self) -> int:
        return self.pause.deadline.subject_id

    @property
    def stops(self) -> str:
        if self.pause.stops_statutory and self.pause.stops_committed:
            return "两条线都停"
        return "只停法定线" if self.pause.stops_statutory else "只停承诺线"


def step_pauses(*, actor: User) -> PauseQuerySet:
    """Pauses of the steps that the actor may see."""
    seen = Step.objects.visible_to(actor).filter(deadline__isnull=False)
    return Pause.objects.filter(deadline__in=seen.order_by().values("deadline_id"))


def with_words(pauses: PauseQuerySet) -> PauseQuerySet:
    """With all that a list shows. One query."""
    return pauses.select_related(
        "kind",
        "entered_by",
        "paper__withdrawal",
        "deadline__scope_organisation",
        "deadline__holder_organisation",
    )


def reviews_of(pauses: PauseQuerySet, *, today: date) -> Mapping[int, rules.PauseReview]:
    """What is to be asked about each of `pauses`, by pk. Two queries besides the calendar.

    The other pauses of the same steps are read along, so that each is counted rightly.
    """
    promises = pauses.order_by().values("deadline_id")
    rows = Pause.objects.filter(deadline__in=promises).values_list(
        *("pk", "deadline_id", "kind__code", "first_on", "last_on", "entered_at", "expected_end_on"),
        *("paper_id", "paper__withdrawal", "kind__usual_days", "kind__usual_number"),
    )
    facts = [
        rules.PauseFacts(
            pk=pk,
            promise=promise,
            kind=kind,
            first_on=first_on,
            last_on=last_on,
            entered_on=day_of(entered_at),
            expected_end_on=expected,
            has_paper=paper is not None and withdrawn is None,
            usual_days=days,
            usual_number=number,
        )
        for pk, promise, kind, first_on, last_on, entered_at, expected, paper, withdrawn, days, number in rows
    ]
    grace = selectors.handling_setting(today).late_entry_days
    return rules.review_pauses(facts, today=today, grace_days=grace, calendar=working_calendar())


def rows_with(pauses: Iterable[Pause], reviews: Mapping[int, rules.PauseReview]) -> list[PauseRow]:
    """The loaded pauses with their reviews. No query."""
    return [PauseRow(pause, reviews[pause.pk]) for pause in pauses]


def pauses_of_step(step: Step, *, today: date) -> Sequence[PauseRow]:
    """The pauses of one step, oldest first. Three queries besides the calendar."""
    own = Pause.objects.filter(deadline=step.deadline_id)
    return rows_with(with_words(own).order_by("first_on", "pk"), reviews_of(own, today=today))


def count_by_flag(reviews: Iterable[rules.PauseReview]) -> dict[rules.PauseFlag, int]:
    """How many pauses are asked about for each reason."""
    counts = dict.fromkeys(rules.PauseFlag, 0)
    for review in reviews:
        for flag in review.flags:
            counts[flag] += 1
    return counts
