"""The ranking of units and leaders: every figure opens its rows, a county reads its own line."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine

from core.units import round_half_up
from dispatch.models import Report
from dispatch.rules.reporting import Standing, standing_of
from dispatch.selectors.appraisal import update_lags
from dispatch.selectors.league import Span, in_standing, league
from duties.services.visits import VisitFacts, record_visit
from projects.models import Project
from projects.services.verification import verify_unchanged
from tests.dispatch.ledger_data import plant_projects
from tests.dispatch.test_rounds import open_rounds, say
from tests.factories import OrganisationFactory, PostFactory, ProjectFactory, organisation
from tests.queries import queries_of

MONDAY, THURSDAY, FRIDAY = (date(2026, 11, day) for day in (16, 19, 20))
YEAR = Span(date(2026, 1, 1), FRIDAY)


@pytest.mark.django_db
@time_machine.travel("2026-11-20T10:00:00+08:00", tick=False)
def test_units_are_ranked_by_punctuality_and_by_how_long_projects_lie(
    client, leader, officer, stranger, dispatcher, department
):
    projects = plant_projects(4)
    open_rounds(MONDAY)
    week = Report.objects.filter(round__kind="WEEK")
    say(week.get(organisation__code="522701"), officer, THURSDAY)
    say(week.get(organisation__code="522725"), stranger, FRIDAY, remarks="漏报一个项目")
    Project.objects.update(created_at=datetime(2026, 11, 10, 4, tzinfo=UTC))
    mine = [project for project in projects if project.organisation.code == "522701"]
    verify_unchanged(actor=officer, project=mine[0], today=THURSDAY)
    posts = [PostFactory(title=title, duty="LEADER") for title in ("局长", "副局长")]
    for day in (MONDAY, THURSDAY):
        facts = VisitFacts("SERVICE", posts[1], organisation("522701"), day, "现场办公", "已协调")
        record_visit(actor=dispatcher, facts=facts, today=FRIDAY)
    client.force_login(leader)

    page = client.get("/league/")

    rows = {line.row.organisation.code: line for line in page.context["lines"]}
    assert next(iter(rows)) == "522701"
    first, late, silent = rows["522701"].row, rows["522725"].row, rows["522722"].row
    assert (first.on_time, first.rate_place, f"{first.rate}") == (1, 1, "100.00")
    assert (late.late, late.owed, late.rate_place) == (1, 1, 2)
    assert (silent.missing, silent.rate) == (1, 0)
    lag = Decimal(1 + 10 * (len(mine) - 1)) / len(mine)
    assert (first.lag, first.projects, first.lag_place) == (round_half_up(lag, 2), len(mine), 1)
    assert {line.row.lag for line in rows.values()} - {None, first.lag} == {10}
    for line in rows.values():
        for number, url in (
            (line.row.on_time, line.on_time_url),
            (line.row.late, line.late_url),
            (line.row.missing, line.missing_url),
        ):
            assert client.get(url).context["total"].number == number, (line.row.organisation, url)
        if line.row.projects:
            assert client.get(line.projects_url).context["total"].number == line.row.projects
    query = rows["522725"].late_url.partition("?")[2]
    assert len(client.get(f"/api/v1/round-reports/?{query}").json()["results"]) == 1
    places = [(each.row.post.title, each.place, each.row.done) for each in page.context["visits"]]
    assert places[:2] == [("副局长", 1, 2), ("局长", 2, 0)]
    visits = client.get(f"/visits/?year=2026&leader={posts[1].pk}")
    assert visits.context["total"].number == 2
    # The same law in the database as in the rule.
    for row in Report.objects.select_related("round"):
        said = standing_of(reported_on=row.reported_on, due_on=row.round.due_on, today=FRIDAY)
        found = [
            each for each in Standing if Report.objects.filter(in_standing(each, today=FRIDAY), pk=row.pk)
        ]
        assert found == [said]
        on_the_day = standing_of(reported_on=row.reported_on, due_on=row.round.due_on, today=THURSDAY)
        assert Report.objects.filter(in_standing(on_the_day, today=THURSDAY), pk=row.pk).exists()
    # Another prefecture takes no place among ours; a span that is not over counts lags up to today.
    abroad = OrganisationFactory(kind="prefecture", parent=organisation("522700").parent)
    Report.objects.create(
        round=week.first().round,
        organisation=OrganisationFactory(parent=abroad),
        reported_on=THURSDAY,
        reported_at=datetime(2026, 11, 19, 2, tzinfo=UTC),
        reported_by=dispatcher,
        is_unchanged=True,
    )
    whole = league(actor=leader, span=Span(YEAR.first, date(2026, 12, 31)), today=FRIDAY)
    assert [(row.rate_place, row.lag) for row in whole] == [
        (line.row.rate_place, line.row.lag) for line in rows.values()
    ]
    # One round by itself; what is not due yet counts nowhere.
    of_round = client.get(f"/league/?round={week.first().round_id}").context["lines"]
    assert sum(line.row.owed for line in of_round) == 13
    before = Span(MONDAY, THURSDAY)
    assert sum(row.missing for row in league(actor=leader, span=before, today=MONDAY)) == 0
    assert client.get("/league/?first=2026-11-20&last=2026-11-01").status_code == 422
    given = client.get("/api/v1/league/").json()
    assert [row["organisation"] for row in given["units"]] == [*rows]
    assert [row["done"] for row in given["leaders"]][:2] == [2, 0]
    assert client.get("/api/v1/league/?last=x").status_code == 400
    # A county reads its own line alone, with its place among all.
    client.force_login(stranger)
    [own] = client.get("/league/").context["lines"]
    assert (own.row.organisation.code, own.row.rate_place) == ("522725", 2)
    assert client.get(rows["522701"].on_time_url).context["total"].number == 0
    assert queries_of(lambda: league(actor=leader, span=YEAR, today=FRIDAY)) == 3
    ProjectFactory.create_batch(3, organisation=organisation("522722"))
    assert queries_of(lambda: league(actor=leader, span=YEAR, today=FRIDAY)) == 3
    client.force_login(department)
    assert client.get("/league/").status_code == 403


@pytest.mark.django_db
def test_an_average_that_ends_on_a_half_is_rounded_up():
    plant_projects(40, counties=("522701",))
    projects = Project.objects.order_by("pk")
    Project.objects.update(created_at=datetime(2026, 11, 18, 4, tzinfo=UTC))
    older = projects.values("pk")[:27]
    Project.objects.filter(pk__in=older).update(created_at=datetime(2026, 11, 17, 4, tzinfo=UTC))

    [(lag, number)] = update_lags(FRIDAY, prefecture=organisation("522700").path).values()

    assert (lag, number) == (Decimal("2.68"), 40)  # 107 days over 40 projects: 2.675
