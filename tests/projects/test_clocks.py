"""The stored days of a project's lamp: always what its deadlines give, whoever changes them."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.http import QueryDict

from accounts.models import User
from deadlines.models import Deadline
from deadlines.rules.lamps import WORST_FIRST, worst
from deadlines.selectors import lamp_of
from projects import selectors
from projects.list_page import list_page
from projects.list_question import read_question
from projects.models import NEVER, Project, ProjectClock
from projects.selectors.clock_drift import clock_drift
from projects.tasks import check_clocks
from tests.factories import DeadlineFactory, ProjectFactory
from ui.pagination import segmented_page, turned

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
DAYS = [TODAY + timedelta(days=ahead) for ahead in range(-40, 41, 5)]


def any_deadline(project: Project, r: random.Random) -> Deadline:
    """One as the writer of deadlines could have left it, in any state."""

    def some() -> date | None:
        return TODAY + timedelta(days=r.randint(-30, 30)) if r.random() < 0.7 else None

    state = r.choice(["RUNNING", "RUNNING", "PAUSED", "MET"])
    return DeadlineFactory(
        project_id=project.pk,
        state=state,
        started_on=TODAY - timedelta(days=40),
        stopped_on=TODAY if state == "MET" else None,
        live_from=some(),
        amber_from=some(),
        red_from=some(),
        idle_from=some() if r.random() < 0.4 else None,
    )


@pytest.mark.parametrize("seed", range(6))
def test_on_every_day_the_list_shows_the_worst_of_the_open_deadlines(section, seed):
    r = random.Random(seed)
    for _ in range(12):
        project = ProjectFactory()
        for _ in range(r.randint(0, 4)):
            any_deadline(project, r)

    for day in DAYS:
        lamps: dict[int, list[object]] = {}
        for deadline in Deadline.objects.open():
            lamps.setdefault(deadline.project_id, []).append(lamp_of(deadline, day))
        expected = {pk: worst(lamps.get(pk, [])) for pk in Project.objects.values_list("pk", flat=True)}  # type: ignore[arg-type]
        rows = selectors.with_lamp_rank(selectors.project_list(actor=section), day)

        assert {row.pk: WORST_FIRST[row.lamp_rank] for row in rows} == expected
        ordered = segmented_page(rows, segments=selectors.lamp_segments(day)).rows
        ranks = [WORST_FIRST.index(expected[row.pk]) for row in ordered]
        assert len(ranks) == 12
        assert ranks == sorted(ranks)


def test_every_way_to_change_a_deadline_is_followed():
    first, second = ProjectFactory(), ProjectFactory()
    red = TODAY - timedelta(days=3)

    DeadlineFactory(project_id=first.pk, red_from=red)
    assert ProjectClock.objects.get(project=first).red_from == red
    Deadline.objects.update(project_id=second.pk)
    assert ProjectClock.objects.get(project=first).red_from == NEVER
    assert ProjectClock.objects.get(project=second).red_from == red
    with connection.cursor() as cursor:
        cursor.execute("UPDATE deadlines_deadline SET state = 'PAUSED', red_from = NULL")
    assert ProjectClock.objects.get(project=second).is_paused
    Deadline.objects.all().delete()
    assert not ProjectClock.objects.get(project=second).is_paused
    assert list(clock_drift(days=DAYS)) == []


def test_a_change_that_moves_no_lamp_writes_no_clock(django_assert_num_queries, section):
    deadline = DeadlineFactory(project_id=ProjectFactory().pk, red_from=TODAY)
    before = version_of(deadline.project_id)

    Deadline.objects.update(holder=section)

    assert version_of(deadline.project_id) == before


def version_of(project_id: int | None) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT xmin || ctid::text FROM projects_projectclock WHERE project_id = %s", [project_id]
        )
        return str(cursor.fetchone()[0])


def test_a_project_is_born_with_a_clock_also_in_bulk():
    project = ProjectFactory()
    twin = Project.objects.get(pk=project.pk)
    twin.pk, twin.number = None, "5227-2026-99999"

    Project.objects.bulk_create([twin])

    assert ProjectClock.objects.filter(project=twin).exists()


def test_the_checker_finds_a_wrong_clock_and_repairs_it(capsys):
    project = ProjectFactory(name="都匀水库")
    DeadlineFactory(project_id=project.pk, red_from=TODAY)
    ProjectClock.objects.update(red_from=NEVER)

    with pytest.raises(SystemExit):
        call_command("check_project_clocks", today=TODAY)
    assert "都匀水库" in capsys.readouterr().out
    call_command("check_project_clocks", today=TODAY, repair=True)

    call_command("check_project_clocks", today=TODAY)
    assert ProjectClock.objects.get().red_from == TODAY


@time_machine.travel("2026-11-20T10:00+08:00", tick=False)
def test_a_wrong_clock_is_logged_and_mended_overnight(caplog):
    project = ProjectFactory(name="都匀水库")
    DeadlineFactory(project_id=project.pk, red_from=TODAY)
    ProjectClock.objects.update(red_from=NEVER)

    check_clocks()

    assert ProjectClock.objects.get().red_from == TODAY
    assert f"project {project.pk}" in caplog.text
    caplog.clear()
    check_clocks()
    assert caplog.text == ""


def on_one_page(reader: User, *, is_turned: bool) -> list[int]:
    """The list by lamp as it is read where it fits one page: without its segments."""
    asked = QueryDict("sort=-lamp" if is_turned else "sort=lamp")
    question = read_question(asked, actor=reader, today=TODAY)
    return [row.pk for row in list_page(question, actor=reader, today=TODAY, cursor=None).page]


@pytest.mark.parametrize("is_turned", [False, True])
@pytest.mark.parametrize("size", [3, 5])
def test_segments_page_forwards_and_backwards_without_losing_a_row(section, is_turned, size):
    r = random.Random(7)
    for _ in range(23):
        any_deadline(ProjectFactory(), r)
    rows, segments = selectors.project_list(actor=section), selectors.lamp_segments(TODAY)
    segments = turned(segments) if is_turned else segments
    pages = [segmented_page(rows, segments=segments, size=size)]
    while pages[-1].next_cursor:
        pages.append(segmented_page(rows, segments=segments, size=size, cursor=pages[-1].next_cursor))
    there = [row.pk for page in pages for row in page]

    back = [pages[-1]]
    while back[-1].previous_cursor:
        back.append(segmented_page(rows, segments=segments, size=size, cursor=back[-1].previous_cursor))

    assert len(there) == len(set(there)) == 23
    assert [row.pk for page in reversed(back) for row in page] == there
    assert on_one_page(section, is_turned=is_turned) == there


def test_a_cursor_of_another_order_means_the_first_page(section):
    for _ in range(4):
        ProjectFactory()
    rows, segments = selectors.project_list(actor=section), selectors.lamp_segments(TODAY)
    first = segmented_page(rows, segments=segments, size=2)

    assert (
        segmented_page(rows, segments=turned(segments), size=2, cursor=first.next_cursor).previous_cursor
        is None
    )
    assert segmented_page(rows, segments=segments, size=2, cursor="nonsense").rows == first.rows
