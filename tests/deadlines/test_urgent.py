"""What a list reads in two statements is what the deadline itself says."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest

from accounts.models import User
from deadlines import rules, selectors
from deadlines.models import Deadline, Pause, PauseKind
from deadlines.rules.lamps import WORST_FIRST
from deadlines.services import recompute
from deadlines.urgent import urgent_of
from tests.factories import DeadlineFactory, UserFactory

TODAY = date(2026, 11, 23)
PROJECTS = range(1, 41)

pytestmark = pytest.mark.django_db


def any_deadline(draw: Random, project_id: int, person: User) -> Deadline:
    """Either line or both, with and without a person, a stage and a pause, open and closed ones."""
    lines = draw.choice(("committed", "statutory", "both"))
    stated = {
        "statutory_limit": None if lines == "committed" else draw.randint(1, 12),
        "statutory_unit": "" if lines == "committed" else draw.choice(("wd", "cd", "month")),
        "statutory_kind": "" if lines == "committed" else "max",
        "statutory_is_reference": lines != "committed" and draw.random() < 0.3,
    }
    if lines != "statutory":
        stated |= {"committed_limit": draw.randint(1, 20), "committed_unit": "wd", "committed_kind": "max"}
    deadline = DeadlineFactory(
        project_id=project_id,
        started_on=date(2026, draw.randint(8, 11), draw.randint(1, 20)),
        stage=draw.choice(("", "组卷报件")),
        holder=draw.choice((None, person)),
        **stated,
    )
    fate = draw.random()
    if fate < 0.2:
        deadline.state, deadline.stopped_on = Deadline.State.MET, date(2026, 11, 21)
        deadline.save()
    elif fate < 0.6:
        is_open = fate < 0.4
        Pause.objects.create(
            deadline=deadline,
            kind=PauseKind.objects.get(code="EXPERT_REVIEW"),
            first_on=date(2026, 11, 21),
            last_on=None if is_open else date(2026, 11, 22),
            stops_committed=True,
            stops_statutory=draw.random() < 0.5,
            evidence="通知",
            expected_end_on=date(2026, 12, 1) if is_open else None,
            next_step="取结论" if is_open else "",
            entered_by=person,
        )
        deadline.state = Deadline.State.PAUSED if is_open else Deadline.State.RUNNING
        deadline.save()
    recompute(deadline, today=TODAY)
    return deadline


@pytest.mark.parametrize("seed", [1, 2])
def test_the_urgent_one_and_its_figures_are_the_deadlines_own(seed):
    draw, person = Random(seed), UserFactory(title="")
    for project_id in PROJECTS:
        for _ in range(draw.randint(0, 3)):
            any_deadline(draw, project_id, person)
    calendar = selectors.working_calendar()

    found = urgent_of(list(PROJECTS), today=TODAY, calendar=calendar)

    assert {one.lamp for one in found.values()} >= {rules.Lamp.RED, rules.Lamp.GREEN, rules.Lamp.PAUSE}
    for project_id in PROJECTS:
        open_ones = Deadline.objects.open().filter(project_id=project_id).with_lamp(TODAY)
        worst = min(
            open_ones,
            key=lambda one: (WORST_FIRST.index(rules.Lamp(one.lamp)), one.due_on or date.max, one.pk),
            default=None,
        )
        if worst is None:
            assert project_id not in found
            continue
        one = found[project_id]
        holder = worst.holder.label if worst.holder else worst.holder_organisation.short_name
        assert (one.deadline_id, one.lamp.value, one.holder) == (worst.pk, worst.lamp, holder)
        assert one.stage == (worst.stage or worst.subject_label)
        assert one.line == selectors.reading_of(worst, today=TODAY, calendar=calendar).governing


def test_a_gap_in_the_calendar_leaves_the_figures_out_and_the_row_in():
    DeadlineFactory(project_id=1, started_on=date(2003, 1, 6))

    [one] = urgent_of([1], today=TODAY, calendar=selectors.working_calendar()).values()

    assert (one.line, one.stage) == (None, "用地预审")


def test_nothing_open_is_one_query(django_assert_num_queries):
    calendar = selectors.working_calendar()

    with django_assert_num_queries(1):
        assert urgent_of([1, 2], today=TODAY, calendar=calendar) == {}
