"""Promises of a level's own: whose table binds, what it may say, who sees and changes it."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import User
from approvals import rules
from approvals.errors import PauseNotExcluded
from approvals.models import OwnTerm, Step, StepLimit
from approvals.own_terms import own_terms
from approvals.services.acceptance import accept_step
from approvals.services.own_terms import OwnTermValues, add_own_term
from approvals.services.pauses import pause_step
from audit.models import Entry
from deadlines.rules import Unit
from desk.back_schedule import read_plan
from tests.approvals.scenes import kind as kind_of_pause
from tests.approvals.scenes import opened, without_gates
from tests.factories import UserFactory, organisation
from tests.queries import queries_of

TODAY = date(2026, 11, 20)
WD, CD = Unit.WORKING_DAY, Unit.CALENDAR_DAY


def term(days: int | None, unit: Unit = WD) -> rules.Term:
    return rules.Term(days, unit)


@pytest.mark.parametrize(
    ("above", "own", "binds"),
    [
        (term(10), [("州", term(8)), ("县", term(5))], "县"),
        (term(10), [("县", term(5))], "县"),
        (term(10), [("州", term(8))], "州"),
        # The county's row was entered when the prefecture still promised ten; it never lengthens.
        (term(10), [("州", term(4)), ("县", term(5))], "州"),
        (term(3), [("州", term(8)), ("县", term(5))], None),
        (term(5), [("县", term(5))], None),
        (None, [("县", term(30))], "县"),
        (term(None), [("县", term(30))], "县"),
        # Ten days are never longer than ten working days; ten working days may be longer than eleven days.
        (term(10), [("县", term(10, CD))], "县"),
        (term(11, CD), [("县", term(10))], None),
        (term(1, Unit.MONTH), [("县", term(5))], None),
    ],
)
def test_the_nearest_table_binds_and_is_never_looser_than_what_stands_above(above, own, binds):
    assert rules.binding_term(above, own) == binds


@pytest.fixture
def _office_day():
    with time_machine.travel("2026-11-20T10:00:00+08:00", tick=False):
        yield


def form(code: str = "A14", days: int = 10, **more: object) -> dict[str, object]:
    return {"code": code, "days": days, "basis": "攻坚方案", "effective_from": "2026-11-01", **more}


@pytest.mark.django_db
@pytest.mark.usefixtures("_office_day")
def test_a_county_promises_less_than_the_level_above_and_its_steps_and_plans_follow(
    client, dispatcher, section
):
    county = UserFactory(role=User.Role.COUNTY, organisation=organisation("522701-ZRZY"))
    neighbour = UserFactory(role=User.Role.COUNTY, organisation=organisation("522702-ZRZY"))
    page, api = reverse("approvals:own-terms"), reverse("own-term-list")
    client.force_login(dispatcher)
    assert client.post(page, form(days=20)).status_code == 302
    client.force_login(county)
    for refused, why in (
        (form(days=20), "上级规定 20个工作日"),  # no less than the prefecture's
        (form("Z01", 5), "法定最短期间"),
        (form("A08", 5), "选择一个有效"),  # the prefecture's to handle
        (form("A14", 5, effective_to="2026-11-01"), "失效日期须在生效日期之后"),
        (form("A14", 5, basis=""), "依据"),
    ):
        answer = client.post(page, refused)
        assert (answer.status_code, why in answer.content.decode()) == (422, True), why
    stated = client.post(api, form("B05", 10, effective_from="2026-10-01"), "application/json")
    refused = client.post(api, form("A08", 5), "application/json")
    assert (stated.status_code, stated.json()["unit"], refused.status_code) == (201, "wd", 409)
    assert client.post(page, form(days=6)).status_code == 302
    assert client.post(page, form(days=5)).status_code == 422  # that day has its row already

    without_gates()
    project, steps = opened(section, organisation=organisation("522701"), planned_start_on=date(2027, 6, 30))
    _, elsewhere = opened(section, organisation=organisation("522702"))
    shown = client.get(reverse("approvals:step", args=[steps["A14"].pk])).content.decode()
    assert "都匀市本地承诺 6个工作日，受理后按此计时" in shown
    lengths = {line.step.code: line.length for line in read_plan(project, actor=county, today=TODAY).lines}
    assert "6 个工作日" in lengths["A14"]
    assert "10 个工作日" in lengths["B05"]
    mine, theirs, before = (
        accept_step(step_id=step.pk, accepted_on=day, actor=actor, today=TODAY).deadline
        for step, day, actor in (
            (steps["A14"], date(2026, 11, 2), county),
            (elsewhere["A14"], date(2026, 11, 2), neighbour),
            (steps["B05"], date(2026, 9, 30), county),
        )
    )
    assert (mine.committed_limit, mine.committed_unit, mine.due_on) == (6, "wd", date(2026, 11, 10))
    assert mine.committed_basis == "都匀市本地承诺：攻坚方案"
    assert theirs.committed_limit == 20  # the prefecture's binds where a county has none
    assert before.committed_limit is None  # accepted before the term began

    # A promise of the county's own excludes nothing: a meeting goes on its days.
    with pytest.raises(PauseNotExcluded) as refused:
        pause_step(
            step_id=steps["A14"].pk,
            kind=kind_of_pause("MEETING"),
            first_on=TODAY,
            evidence="会议通知",
            expected_end_on=TODAY,
            next_step="汇总",
            actor=county,
            today=TODAY,
        )
    assert refused.value.facts["excluded"] == []

    own = OwnTerm.objects.get(days=6)
    client.force_login(neighbour)
    assert "都匀" not in client.get(page).content.decode()
    assert [row["days"] for row in client.get(api).json()["results"]] == [20]
    end = reverse("approvals:own-term-end", args=[own.pk])
    assert client.post(end, {"effective_to": "2026-11-20"}).status_code == 404
    client.force_login(dispatcher)
    assert client.post(end, {"effective_to": "2026-11-20"}).status_code == 404  # seen, and not its own
    ended = {"effective_to": "2026-11-20"}
    assert client.post(reverse("own-term-end", args=[own.pk]), ended, "application/json").status_code == 404
    assert client.get(page).content.decode().count("都匀市") >= 2
    few = queries_of(lambda: client.get(page))
    client.force_login(county)
    for day, status in (("2026-11-01", 422), ("2026-11-20", 302), ("2026-11-20", 422)):
        assert client.post(end, {"effective_to": day}).status_code == status
    terms = own_terms(on=TODAY)
    assert terms.of_step(steps["A14"]).days == 20
    assert own_terms(on=date(2026, 11, 19)).of_step(steps["A14"]).days == 6
    said = Entry.objects.filter(verb="setting.changed").latest("pk").facts
    assert (said["setting"], said["effective_to"]) == ("本地承诺时限：都匀市 A14 6个工作日", "2026-11-20")
    for code in ("Z02", "Z03", "Z04", "A12"):
        values = OwnTermValues(code=code, days=9, basis="方案", effective_from=TODAY)
        add_own_term(actor=county, values=values)
    client.force_login(dispatcher)
    assert queries_of(lambda: client.get(page)) == few

    # What the catalogue promises later binds again, where it is shorter.
    StepLimit.objects.filter(step_type__code="A14").update(line="committed", value=3, unit="wd")
    fresh = Step.objects.get(pk=steps["A14"].pk)
    assert own_terms(on=date(2026, 11, 19)).of_step(fresh) is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"days": 0}, "own_term_is_a_promise_of_days"),
        ({"unit": "month"}, "own_term_is_a_promise_of_days"),
        ({"basis": ""}, "own_term_is_a_promise_of_days"),
        ({"effective_to": TODAY}, "own_term_ends_after_it_begins"),
    ],
)
def test_the_database_keeps_own_terms_whole(change, constraint):
    values = {"code": "A14", "days": 5, "basis": "方案", "effective_from": TODAY} | change

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        OwnTerm.objects.create(organisation=organisation("522701"), **values)
