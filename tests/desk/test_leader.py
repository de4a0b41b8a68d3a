"""What one answers for by the posts one holds, and what came in or waits for others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from desk.leader import leader_page
from desk.my_work import my_work
from duties.models import Visit
from projects.models import AreaLink, Link, Project
from tests.desk.promises import TODAY, promise
from tests.factories import PostFactory, ProjectFactory, TenureFactory, organisation
from tests.queries import queries_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_monday")]


@pytest.fixture
def _monday() -> Iterator[None]:
    with time_machine.travel("2026-11-23T10:00+08:00", tick=False):
        yield


def test_a_leader_sees_the_counties_projects_and_visits_of_the_posts_held(
    client: Client, leader: User, dispatcher: User
) -> None:
    post, other = PostFactory(), PostFactory()
    TenureFactory(post=post, user=leader)
    for unit, holder in (("522701", post), ("522725", other)):
        AreaLink.objects.create(
            leader_post=holder, area=organisation(unit), from_on=date(2026, 1, 1), entered_by=dispatcher
        )
    mine = ProjectFactory()
    Link.objects.create(project=mine, kind="LEAD_LEADER", post=post, from_on=TODAY, entered_by=dispatcher)
    promise(unit="522701", started_on=date(2026, 9, 1), limit=5, project=mine)
    promise(unit="522725", started_on=date(2026, 9, 1), limit=5)
    for place, holder in enumerate((post, other)):
        Visit.objects.create(
            kind="SERVICE", leader=holder, organisation=organisation("522701"), visited_on=TODAY,
            topic=f"现场办公{place}", outcome="已协调", entered_by=dispatcher,
        )  # fmt: skip
    client.force_login(leader)

    page = client.get("/leader/").context["page"]

    assert [(row.name, row.open, row.red) for row in page.counties] == [("都匀市", 1, 1)]
    assert len(client.get(page.counties[0].red_url).context["rows"]) == 1
    assert [row.project for row in page.projects] == [mine]
    assert ([visit.topic for visit in page.visits], page.visited) == (["现场办公0"], 1)
    assert (page.services, page.services_due, page.services_lamp) == (1, 1, "done")
    before = queries_of(lambda: leader_page(actor=leader, today=TODAY))
    for place in range(20):
        project = ProjectFactory()
        Link.objects.create(
            project=project, kind="LEAD_LEADER", post=post, from_on=TODAY, entered_by=dispatcher
        )
        promise(unit="522701", started_on=date(2026, 11, 2), limit=5 + place, project=project)
    assert queries_of(lambda: leader_page(actor=leader, today=TODAY)) == before
    for _ in range(10):
        Link.objects.create(
            project=ProjectFactory(), kind="LEAD_LEADER", post=post, from_on=TODAY, entered_by=dispatcher
        )
    assert "共 31 个，列最急的 30 个" in client.get("/leader/").content.decode()


def test_my_work_says_what_came_in_and_what_waits_for_others(client: Client, section: User) -> None:
    old = promise(started_on=date(2026, 11, 2), holder=section)
    new = promise(started_on=date(2026, 11, 17), holder=section)  # the fifth working day back
    just_before = promise(started_on=date(2026, 11, 16), holder=section)
    theirs = promise(
        started_on=date(2026, 11, 3),
        holder_code="522701-ZRZY",
        project=Project.objects.get(pk=old.project_id),
    )
    promise(started_on=date(2026, 11, 3), holder_code="522701-ZRZY")  # of a project that is not mine
    client.force_login(section)

    work = client.get("/").context["work"]

    assert [row.deadline for row in work.arrived] == [new]
    assert [row.deadline for row in work.others] == [theirs]
    assert (work.arrived_number, work.others_number) == (1, 1)
    for url, rows in ((work.arrived_url, [new]), (work.others_url, [theirs])):
        assert [row.deadline for row in client.get(url).context["rows"]] == rows
    assert just_before in [row.deadline for row in work.rows]
    before = queries_of(lambda: my_work(actor=section, today=TODAY))
    for place in range(20):
        promise(started_on=date(2026, 11, 18), limit=5 + place, holder=section)
    assert queries_of(lambda: my_work(actor=section, today=TODAY)) == before
