"""The dashboard's figures are those that counting would find, whatever happened and in any order."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import InternalError, connection, transaction

from accounts.models import User
from deadlines import rules, services
from deadlines.models import Deadline, PauseKind
from dispatch.models import DeadlineTally, FrozenTally
from dispatch.selectors.tallies import Frozen, Narrowing, frozen_rounds, read_tallies
from dispatch.selectors.tally_drift import tally_drift
from dispatch.services.tallies import fold, keep, retally
from projects.models import Project
from tests.desk.promises import TODAY, promise
from tests.factories import AnnualListFactory, ProjectFactory, organisation

pytestmark = pytest.mark.django_db
DAYS = [TODAY, TODAY + timedelta(days=4), TODAY + timedelta(days=40), TODAY + timedelta(days=400)]


def some_life(actor: User, seed: int) -> None:
    """Thirty obligations of several counties, stages, levels and years, half of them with a course."""
    dice = random.Random(seed)
    lists = [AnnualListFactory(year=2025), AnnualListFactory(year=2026)]
    for place in range(30):
        project = ProjectFactory(
            organisation=organisation(dice.choice(["522701", "522725", "522700-P01"])),
            annual_list=dice.choice(lists),
            level=dice.choice(["", *Project.Level.values]),
        )
        is_paper = place % 7 == 0
        row = promise(
            unit=project.organisation.code,
            project=project,
            stage=dice.choice(["用地预审", "立项", "征地前期", ""]),
            started_on=TODAY - timedelta(days=dice.randrange(1, 200)),
            limit=dice.choice([1, 5, 10, 20, 60]),
            role=Deadline.Role.VALIDITY if is_paper else Deadline.Role.HANDLING,
            kind=rules.LineKind.VALIDITY if is_paper else rules.LineKind.MAX,
        )
        deed = dice.choice(["stop", "cancel", "pause", "level", "list", "move", "none", "none"])
        on = row.started_on + timedelta(days=dice.randrange((TODAY - row.started_on).days + 1))
        if deed == "stop":
            services.stop(deadline_id=row.pk, stopped_on=on, today=TODAY)
        elif deed == "cancel":
            services.cancel(deadline_id=row.pk, stopped_on=on, today=TODAY)
        elif deed == "pause":
            services.pause(
                deadline_id=row.pk, kind=PauseKind.objects.get(code="MEETING"), first_on=on, last_on=None,
                evidence="通知", expected_end_on=None, next_step="", actor=actor, today=TODAY,
            )  # fmt: skip
        elif deed == "level":
            Project.objects.filter(pk=project.pk).update(level=dice.choice(Project.Level.values))
        elif deed == "list":
            Project.objects.filter(pk=project.pk).update(
                status=Project.Status.SUBMITTED, annual_list=None, number=None
            )
        elif deed == "move":
            Deadline.objects.filter(pk=row.pk).update(project_id=None, stage="供地")


@pytest.mark.parametrize("seed", [1, 2])
def test_kept_figures_are_the_counted_ones_on_every_day_before_and_after_folding(
    dispatcher: User, seed: int
) -> None:
    some_life(dispatcher, seed)

    assert [tally_drift(today=day) for day in DAYS] == [[], [], [], []]
    assert fold(today=TODAY) > 0
    assert [tally_drift(today=day) for day in DAYS] == [[], [], [], []]
    assert not DeadlineTally.objects.filter(is_folded=False).exists()

    some_life(dispatcher, seed + 10)
    fold(today=TODAY)
    fold(today=DAYS[2])
    fold(today=DAYS[2])
    assert [tally_drift(today=day) for day in DAYS[2:]] == [[], []]
    # What has long been so is one row a cell.
    assert not DeadlineTally.objects.filter(
        measure__in=DeadlineTally.LAMPS, day__gt=date(1, 1, 1), day__lte=DAYS[2]
    ).exists()


def test_drift_is_found_and_repaired(dispatcher: User) -> None:
    promise(stage="立项", started_on=date(2026, 10, 12))
    DeadlineTally.objects.filter(measure="red").update(number=7)

    found = tally_drift(today=TODAY)
    with pytest.raises(SystemExit):
        call_command("check_tallies", today=TODAY)
    retally()

    assert [(drift.cell, drift.kept, drift.counted) for drift in found] == [("522701 立项 2026  red", 7, 1)]
    assert tally_drift(today=TODAY) == []


def test_figures_narrow_to_a_county_a_list_and_a_level_and_a_county_sees_its_own(
    dispatcher: User, officer: User
) -> None:
    some_life(dispatcher, 3)

    whole = read_tallies(actor=dispatcher, today=TODAY)
    one = read_tallies(actor=dispatcher, today=TODAY, asked=Narrowing("522725", 2026, "COUNTY"))
    rows = Deadline.objects.exclude(role=Deadline.Role.VALIDITY).open().filter(
        scope_organisation__code="522725",
        project_id__in=Project.objects.filter(annual_list__year=2026, level="COUNTY").values("pk"),
    )  # fmt: skip

    assert sum(cell.number for cell in one.cells) == rows.count()
    assert {cell.unit for cell in read_tallies(actor=officer, today=TODAY).cells} == {"522701"}
    assert len(whole.weeks) == 12
    late = (
        Deadline.objects.exclude(role="VALIDITY").filter(red_from__lte=TODAY).exclude(stopped_on__lte=TODAY)
    )
    assert whole.weeks[-1].late == late.count() > 0


def test_a_frozen_round_keeps_its_figures_for_good(dispatcher: User, officer: User) -> None:
    some_life(dispatcher, 4)
    before = read_tallies(actor=dispatcher, today=TODAY)
    keep(period="2026-W48", version=1, taken_on=TODAY)

    some_life(dispatcher, 5)
    keep(period="2026-W48", version=1, taken_on=TODAY)
    (frozen,) = frozen_rounds(actor=dispatcher)
    kept = read_tallies(actor=dispatcher, today=TODAY, frozen=frozen)

    assert frozen == Frozen("2026-W48", 1, TODAY)
    assert sorted(kept.cells, key=str) == sorted(before.cells, key=str)
    assert (kept.weeks, kept.adopted, kept.validity) == (before.weeks, before.adopted, before.validity)
    with pytest.raises(InternalError), transaction.atomic():
        FrozenTally.objects.update(number=0)
    with connection.cursor() as cursor, pytest.raises(InternalError), transaction.atomic():
        cursor.execute("DELETE FROM dispatch_frozentally")
