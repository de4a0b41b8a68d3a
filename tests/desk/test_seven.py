"""七个一 and 保增长与保红线: figures that equal their rows, and what is lacking."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from approvals.models import LandDocument, Training, ViolationCase
from desk.both_sides import _floor, both_sides
from desk.seven import seven_panels
from dispatch.models import PanelCondition
from dispatch.rules.panels import Measure, Panel, lacking
from dispatch.selectors.panels import conditions_on
from projects.models import Project
from tests.queries import queries_of
from tests.world import FROZEN_TIME, TODAY, Scene, scene_for_module

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


@pytest.fixture
def frozen() -> Iterator[None]:
    with time_machine.travel(FROZEN_TIME, tick=False):
        yield


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scene]:
    with scene_for_module(django_db_blocker) as built:
        yield built


@pytest.fixture
def people(scene: Scene) -> dict[str, User]:
    """Everybody, in the built world."""
    return scene.people


def test_each_panel_counts_its_rows_and_says_what_is_lacking(people: dict[str, User]) -> None:
    panels = {panel.label: panel for panel in seven_panels(actor=people["dispatch"], today=TODAY)}

    assert list(panels) == [
        "工作专班",
        "工作机制",
        "业务培训",
        "资料汇编",
        "报批流程",
        "工作清单",
        "工作成果",
    ]
    assert panels["业务培训"].figure == Training.objects.filter(held_on__year=TODAY.year).count() == 1
    assert panels["业务培训"].facts == ["2026 年参训 12 人次"]
    assert panels["报批流程"].figure == 45
    adopted = Project.objects.visible_to(people["dispatch"]).filter(status="ADOPTED")
    assert panels["工作清单"].figure == adopted.count()
    assert panels["工作成果"].lacking == ["形成管理规定"]
    assert panels["资料汇编"].word == "已建立"


def test_a_training_of_last_year_leaves_this_year_s_panel_lacking(people: dict[str, User]) -> None:
    Training.objects.update(held_on=date(TODAY.year - 1, 3, 7))

    [panel] = [one for one in seven_panels(actor=people["dispatch"], today=TODAY) if one.label == "业务培训"]

    assert (panel.figure, panel.lacking) == (0, [f"登记 {TODAY.year} 年的培训"])


def test_what_a_panel_lacks_is_measured_against_its_conditions() -> None:
    found = {Measure.TRAININGS: 1, Measure.TRAINED: 30, Measure.FORCES: 0}

    def asked(panel: Panel, least: dict[Measure, int]) -> list[str]:
        return lacking(panel, found=found, least=least, year=2026)

    assert asked(Panel.TRAINING, {}) == []
    assert asked(Panel.TRAINING, {Measure.TRAININGS: 1, Measure.TRAINED: 30}) == []
    assert asked(Panel.TRAINING, {Measure.TRAININGS: 2, Measure.TRAINED: 31}) == [
        "登记 2026 年的培训（须有 2 次，现有 1 次）",
        "登记 2026 年的参训人数（须有 31 人次，现有 30 人次）",
    ]
    # A share of no task forces cannot be counted; another panel's condition is not this one's.
    assert asked(Panel.TASK_FORCE, {Measure.FORCES: 1, Measure.HEADED: 100}) == ["成立工作专班"]
    assert asked(Panel.RESULTS, {Measure.TRAININGS: 9}) == []


def test_other_conditions_apply_from_their_day_on_and_the_earlier_ones_stay(
    client: Client, people: dict[str, User]
) -> None:
    client.force_login(people["dispatch"])
    address, tomorrow = reverse("desk:seven-conditions"), TODAY + timedelta(days=1)
    now = {one.value: least for one, least in conditions_on(TODAY).items()}
    before = PanelCondition.objects.count()

    same = client.post(address, now | {"effective_from": tomorrow, "note": "年度部署"})
    over = client.post(address, now | {"effective_from": tomorrow, "note": "年度部署", "HEADED": 101})
    done = client.post(address, now | {"effective_from": tomorrow, "note": "年度部署", "TRAININGS": 2})
    late = client.post(
        "/api/v1/seven-conditions/",
        {
            "effective_from": TODAY,
            "note": "更正",
            "conditions": [{"measure": "TRAININGS", "least": 3}],
        },
        content_type="application/json",
    )

    assert (same.status_code, over.status_code, done.status_code) == (422, 422, 302)
    assert "各项条件都与最新一版相同" in same.content.decode()
    assert (late.status_code, late.json()["code"]) == (409, "setting_out_of_order")
    assert PanelCondition.objects.count() == before + 1
    [row] = PanelCondition.objects.filter(effective_from=tomorrow)
    assert (row.measure, row.least, row.entered_by) == ("TRAININGS", 2, people["dispatch"])
    assert conditions_on(TODAY)[Measure.TRAININGS] == 1

    def training(day: date) -> Sequence[str]:
        panels = seven_panels(actor=people["dispatch"], today=day)
        return next(panel.lacking for panel in panels if panel.label == "业务培训")

    assert training(TODAY) == []
    assert training(tomorrow) == ["登记 2026 年的培训（须有 2 次，现有 1 次）"]
    page, listed = client.get(address).content.decode(), client.get("/api/v1/seven-conditions/").json()
    assert "年度部署" in page
    assert {one["entered_by"] for one in listed["results"]} == {"", people["dispatch"].label}
    with pytest.raises(IntegrityError, match="panel_condition_share_of_a_hundred"), transaction.atomic():
        PanelCondition.objects.create(measure="HEADED", least=101, effective_from=TODAY)
    with pytest.raises(IntegrityError, match="panel_condition_once"), transaction.atomic():
        PanelCondition.objects.create(measure="TRAININGS", least=5, effective_from=tomorrow)


def test_both_sides_equal_their_rows_and_a_county_sees_its_own(people: dict[str, User]) -> None:
    found = {kpi.label: kpi for kpi in both_sides(actor=people["dispatch"], today=TODAY).kept}
    other = {kpi.label: kpi for kpi in both_sides(actor=people["stranger"], today=TODAY).kept}
    growth = {kpi.label: kpi for kpi in both_sides(actor=people["stranger"], today=TODAY).growth}

    open_cases = ViolationCase.objects.filter(state__in=ViolationCase.OPEN_STATES)
    assert found["未结案违法用地"].value == open_cases.count() > 0
    assert other["未结案违法用地"].value == 0
    assert growth["在办项目"].value == 0
    assert LandDocument.objects.visible_to(people["stranger"]).count() == 0


def test_below_the_floor_is_red_and_none_entered_is_grey() -> None:
    assert _floor("耕地保有量", 90_000, 100_000, count=1, url="/").lamp == "red"
    assert _floor("耕地保有量", 100_000, 100_000, count=1, url="/").lamp == "green"
    assert _floor("耕地保有量", 0, 0, count=0, url="/").value == "未登记"


def test_the_pages_and_the_interface_agree_and_cost_the_same_for_anybody(
    client: Client, people: dict[str, User]
) -> None:
    client.force_login(people["leader"])

    page = client.get(reverse("desk:seven")).content.decode()

    for panel in client.get("/api/v1/seven/").json():
        assert panel["label"] in page
        assert all(fact in page for fact in panel["facts"])
    assert queries_of(lambda: client.get(reverse("desk:seven"))) < 30
    sides = client.get(reverse("desk:both-sides")).content.decode()
    for kpi in client.get("/api/v1/both-sides/").json()["kept"]:
        assert kpi["label"] in sides
        assert kpi["note"] in sides
    client.force_login(people["department"])
    assert client.get(reverse("desk:both-sides")).status_code == 403
