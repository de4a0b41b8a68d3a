"""The units' registers: written down, counted, put right; what a patrol finds is passed on once."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import openpyxl
import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import User
from approvals.errors import EntryKnown, EntryOutOfOrder, FindingPassedOn
from approvals.models import FieldImprovement, LandPatrol, ReserveLand, ThreeBatchEntry
from approvals.services.land_registers import (
    BatchFacts,
    ImprovementFacts,
    PatrolFacts,
    ReserveFacts,
    change_entry,
    pass_to_case,
    record_entry,
)
from duties.models import Problem
from tests.factories import ProjectFactory, organisation

TODAY = date(2026, 9, 16)
HA = 10_000
NOON = datetime(2026, 9, 16, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        (ImprovementFacts(organisation=None, name="a", department="LAND", year=2026, stage="RUNNING",
                          area_m2=HA, new_arable_m2=2 * HA), "新增耕地"),
        (ImprovementFacts(organisation=None, name="a", department="LAND", year=2026, stage="ACCEPTED",
                          area_m2=HA), "验收日期"),
        (ReserveFacts(organisation=None, name="a", place="b", area_m2=HA, works="c",
                      started_on=TODAY, supplied_on=TODAY), "供应面积"),
        (ReserveFacts(organisation=None, name="a", place="b", area_m2=HA, works="c",
                      started_on=TODAY, finished_on=date(2026, 9, 1)), "完工"),
        (PatrolFacts(organisation=None, level="TOWN", way="TIP", patrolled_on=TODAY, people="王",
                     place="b", facts="c"), "村"),
        (PatrolFacts(organisation=None, level="TOWN", way="PATROL", patrolled_on=date(2026, 9, 17),
                     people="王", place="b", facts="c"), "晚于今天"),
    ],
    ids=["more new than all", "accepted without a day", "supplied nothing", "ends before", "tip", "future"],
)  # fmt: skip
def test_what_cannot_be_is_named(facts, word: str) -> None:
    assert word in facts.gap(TODAY)


@pytest.mark.django_db
def test_each_register_is_kept_counted_filtered_and_exported(officer: User, section: User, client: Client):
    county, project = organisation("522701"), ProjectFactory()
    batch = BatchFacts(
        project=project, batch="APPROVE_IN_YEAR", year=2026, goal="11月取得批复", target_on=date(2026, 11, 30)
    )
    done = [
        record_entry(facts=facts, actor=officer, today=TODAY)
        for facts in (
            batch,
            ImprovementFacts(
                organisation=county, name="墨冲坝区改造", department="FARMING", year=2026, stage="RUNNING",
                area_m2=50 * HA, new_arable_m2=2 * HA, funds_yuan=3_490_000,
            ),
            ReserveFacts(
                organisation=county, name="城东一号", place="城东", area_m2=20 * HA, cost_yuan=1_200_000,
                works="场地平整", started_on=date(2026, 3, 1),
            ),
        )
    ]  # fmt: skip
    with pytest.raises(EntryKnown):
        record_entry(facts=batch, actor=officer, today=TODAY)
    late = BatchFacts(
        project=project, batch="PREPARE", year=2026, goal="x", target_on=TODAY, done_on=date(2026, 9, 17)
    )
    with pytest.raises(EntryOutOfOrder):
        change_entry(entry_id=done[0].pk, facts=late, actor=officer, today=TODAY)
    for model, wrong, constraint in (
        (FieldImprovement, {"new_arable_m2": 51 * HA}, "field_improvement_amounts"),
        (FieldImprovement, {"stage": "ACCEPTED"}, "field_improvement_accepted_on_a_day"),
        (ReserveLand, {"supplied_on": TODAY}, "reserve_land_supplied_with_an_area"),
        (ReserveLand, {"finished_on": date(2026, 1, 1)}, "reserve_land_days_in_order"),
        (ThreeBatchEntry, {"goal": ""}, "three_batch_has_a_goal"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            model.objects.update(**wrong)

    with time_machine.travel(NOON, tick=False):
        client.force_login(section)
        page = client.get("/three-batches/").content.decode()
        assert ("0 / 1" in page, project.name in page, "batch=APPROVE_IN_YEAR" in page) == (True, True, True)
        assert project.name not in client.get("/three-batches/", {"state": "done"}).content.decode()
        assert "50.0000" in client.get("/field-improvements/").content.decode()
        assert "城东一号" in client.get("/reserve-lands/", {"state": "building"}).content.decode()
        sheet = openpyxl.load_workbook(
            io.BytesIO(client.get("/field-improvements/export/", {"unit": "522701"}).content)
        )
        assert any("墨冲坝区改造" in row for row in sheet.active.iter_rows(values_only=True))

        # The API writes by the same form; the goal is reached, and the register's figure says so.
        answer = client.put(
            f"/api/v1/three-batches/{done[0].pk}/",
            {
                "project_code": project.number or project.code, "batch": "APPROVE_IN_YEAR", "year": 2026,
                "goal": "11月取得批复", "target_on": "2026-11-30", "done_on": "2026-09-15",
            },
            content_type="application/json",
        )  # fmt: skip
        assert (answer.status_code, answer.json()["done_on"]) == (200, "2026-09-15")
        assert "1 / 1" in client.get("/three-batches/").content.decode()


@pytest.mark.django_db
def test_a_tip_becomes_a_case_or_a_problem_once_and_no_other_county_sees_it(
    officer: User, section: User, stranger: User, client: Client
):
    county = organisation("522701")
    facts = PatrolFacts(
        organisation=county, level="VILLAGE", way="TIP", patrolled_on=TODAY, people="信息员王某",
        place="墨冲镇良亩村", facts="耕地上堆放砂石", is_suspicious=True,
    )  # fmt: skip
    first, second = (record_entry(facts=facts, actor=officer, today=TODAY) for _ in range(2))

    case = pass_to_case(patrol_id=first.pk, actor=officer, today=TODAY)
    with pytest.raises(FindingPassedOn):
        pass_to_case(patrol_id=first.pk, actor=officer, today=TODAY)
    harmless = PatrolFacts(**{name: getattr(facts, name) for name in PatrolFacts.__dataclass_fields__
                              if name != "is_suspicious"})  # fmt: skip
    with pytest.raises(FindingPassedOn):
        change_entry(entry_id=first.pk, facts=harmless, actor=officer, today=TODAY)
    assert (case.organisation, case.found_on, case.facts) == (county, TODAY, "耕地上堆放砂石")
    with pytest.raises(IntegrityError, match="land_patrol_passes_on"), transaction.atomic():
        LandPatrol.objects.filter(pk=first.pk).update(is_suspicious=False)

    with time_machine.travel(NOON, tick=False):
        client.force_login(section)
        assert "待转办" in client.get("/land-patrols/", {"state": "waiting"}).content.decode()
        answer = client.post(f"/land-patrols/{second.pk}/problem/", {"kind": "VIOLATION"})
        problem = Problem.objects.get()
        assert (answer.status_code, problem.title) == (302, "巡查发现：墨冲镇良亩村")
        assert problem.get_absolute_url() in client.get(second.get_absolute_url()).content.decode()
        assert "待转办" not in client.get("/land-patrols/", {"state": "waiting"}).content.decode()
        client.force_login(stranger)
        assert client.get(second.get_absolute_url()).status_code == 404
        assert client.get(f"/api/v1/land-patrols/{second.pk}/").status_code == 404
