"""The review of thrifty use: a project's facts beside the land standards of the day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from approvals.errors import PartTooLarge, ThriftKnown
from approvals.models import LandStandard, LandThrift
from approvals.rules import BuildFacts, Standard, ThriftVerdict, measured, review_thrift, whole_verdict
from approvals.services.thrift import ThriftFacts, change_thrift, set_standard, state_thrift
from approvals.thrift_selectors import thrift_list, thrift_reader
from core.dated import SettingOutOfOrder
from tests.factories import ProjectFactory

TODAY = date(2026, 11, 20)
FACTS = BuildFacts(
    land_m2=30_000, investment_yuan=Decimal(67_500_000), floor_area_m2=24_000, counted_floor_m2=30_000,
    base_m2=12_000, green_m2=6_000, office_m2=2_101,
)  # fmt: skip


def standard(measure: str, least: str | None = None, most: str | None = None) -> Standard:
    return Standard(measure, least and Decimal(least), most and Decimal(most), "依据")


@pytest.mark.parametrize(
    ("measure", "value"),
    [
        # 6,750万元 on 3 公顷; 30,000 of 30,000 ㎡; 12,000, 6,000 and 2,101 of 30,000.
        ("INVESTMENT", Decimal(2250)),
        ("FLOOR_RATIO", Decimal(1)),
        ("BUILDING_SHARE", Decimal(40)),
        ("GREEN_SHARE", Decimal(20)),
        ("FLOOR_AREA", Decimal(24_000)),
        ("LAND_AREA", Decimal(3)),
    ],
)
def test_a_value_at_its_limit_is_met_and_one_step_beyond_is_missed(measure, value):
    assert measured(measure, FACTS) == value
    [met, low, high] = review_thrift(
        FACTS,
        [
            standard(measure, least=str(value), most=str(value)),
            standard(measure, least=str(value + Decimal("0.01"))),
            standard(measure, most=str(value - Decimal("0.01"))),
        ],
    )
    assert (met.verdict, low.verdict, high.verdict) == ("met", "missed", "missed")


def test_rounding_never_decides_and_what_is_not_stated_is_unknown():
    # 2,101 of 30,000 is 7.0033 %: shown as 7.00, and yet more than 7.
    [office] = review_thrift(FACTS, [standard("OFFICE_SHARE", most="7")])
    assert (office.value, office.verdict) == (Decimal("7.00"), "missed")
    unknown = review_thrift(BuildFacts(), [standard("INVESTMENT", least="1"), standard("GREEN_SHARE")])
    assert [finding.verdict for finding in unknown] == ["unknown"]
    assert whole_verdict([office, *unknown]) is ThriftVerdict.MISSED
    assert whole_verdict(unknown) is whole_verdict([]) is ThriftVerdict.UNKNOWN


@pytest.mark.django_db
def test_the_standards_of_the_day_judge_what_is_stated(officer, dispatcher, stranger, leader):
    project = ProjectFactory(land={"total_m2": 30_000}, investment_yuan=Decimal(67_500_000))
    facts = ThriftFacts("工业", floor_area_m2=30_000, base_m2=12_000, green_m2=6_000, office_m2=2_100)
    row = state_thrift(actor=officer, project_id=project.pk, facts=facts, today=TODAY)
    found = thrift_list(actor=officer).get()

    assert thrift_reader(TODAY)(found).verdict is ThriftVerdict.MET
    set_standard(
        actor=dispatcher, use="工业", measure="FLOOR_RATIO", least=Decimal("1.2"), most=None, basis="新标准",
        effective_from=date(2026, 12, 1),
    )  # fmt: skip
    assert thrift_reader(TODAY)(found).verdict is ThriftVerdict.MET
    later = thrift_reader(date(2026, 12, 1))(found)
    assert (later.verdict, later.missed) == (ThriftVerdict.MISSED, "容积率")

    with pytest.raises(ThriftKnown):
        state_thrift(actor=officer, project_id=project.pk, facts=facts, today=TODAY)
    large = ThriftFacts("工业", base_m2=30_001)
    with pytest.raises(PartTooLarge):
        change_thrift(actor=officer, thrift_id=row.pk, facts=large, today=TODAY)
    with pytest.raises(LandThrift.DoesNotExist):
        change_thrift(actor=stranger, thrift_id=row.pk, facts=facts, today=TODAY)
    with pytest.raises(PermissionDenied):
        change_thrift(actor=leader, thrift_id=row.pk, facts=facts, today=TODAY)
    for more in ({"effective_from": date(2026, 12, 1)}, {"least": Decimal(3), "most": Decimal(2)}):
        given = {"least": None, "most": None, "basis": "x", "effective_from": date(2027, 1, 1), **more}
        with pytest.raises(SettingOutOfOrder):
            set_standard(actor=dispatcher, use="工业", measure="FLOOR_RATIO", **given)
    for model, broken in ((LandThrift, {"green_m2": -1}), (LandStandard, {"least": 9, "most": 8})):
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.update(**broken)


@pytest.mark.django_db
@time_machine.travel("2026-11-20T10:00+08:00", tick=False)
def test_the_page_states_it_and_the_list_and_the_api_find_what_is_missed(officer, client):
    project = ProjectFactory(land={"total_m2": 30_000}, investment_yuan=Decimal(67_500_000))
    client.force_login(officer)
    body = {
        "use": "工业",
        "floor_area_m2": "30000",
        "base_m2": "12000",
        "green_m2": "6000",
        "office_m2": "2101",
    }

    refused = client.post(reverse("approvals:thrift-new", args=[project.pk]), {**body, "use": "军用"})
    stored = client.post(reverse("approvals:thrift-new", args=[project.pk]), body)
    row = LandThrift.objects.get()
    page = client.get(row.get_absolute_url()).content.decode()
    [found] = client.get("/api/v1/thrifts/", {"verdict": "missed"}).json()["results"]
    changed = client.post(f"/api/v1/thrifts/{row.pk}/edit/", {**body, "office_m2": 2_100},
                          content_type="application/json")  # fmt: skip

    assert (refused.status_code, stored.status_code) == (422, 302)
    assert "不符合" in page
    assert [line["value"] for line in found["lines"] if line["verdict"] == "missed"] == ["7.00"]
    assert (changed.status_code, changed.json()["verdict"]) == (200, "met")
    assert client.get("/api/v1/thrifts/", {"verdict": "missed"}).json()["results"] == []
    assert row.get_absolute_url() in client.get(f"/projects/{project.pk}/?tab=land").content.decode()
    assert client.get(reverse("approvals:thrifts-export")).content[:2] == b"PK"
