"""Score sheets from data: what counts, what was excused, and that a made sheet never changes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client

from accounts.models import User
from core.dated import SettingOutOfOrder
from deadlines import services as clocks
from dispatch.errors import AppraisalRefused
from dispatch.models import AppraisalScore
from dispatch.rules.appraisal import Item, Scale, item_of, places, total_of
from dispatch.services.appraisal import (
    answer_objection,
    excuse_delay,
    last_quarter,
    make_appraisal,
    raise_objection,
    set_rule,
)
from tests.desk.promises import TODAY, promise

PERIOD = (date(2026, 9, 1), date(2026, 11, 20))
ON_TIME = Scale("on_time", "按时办结率", 40, Decimal(100), Decimal(50))
LAG = Scale("update_lag", "未核实天数", 20, Decimal(7), Decimal(30))


@pytest.mark.parametrize(
    ("scale", "value", "earned"),
    [
        (ON_TIME, "100", "40.00"),
        (ON_TIME, "75", "20.00"),
        (ON_TIME, "50", "0.00"),
        (ON_TIME, "10", "0.00"),
        (LAG, "3", "20.00"),
        (LAG, "18.5", "10.00"),
        (LAG, "90", "0.00"),
    ],
)
def test_points_fall_evenly_between_the_two_marks(scale: Scale, value: str, earned: str) -> None:
    assert scale.earned(Decimal(value)) == Decimal(earned)


def test_what_has_no_cases_does_not_weigh_and_equal_totals_share_a_place() -> None:
    items = [item_of(ON_TIME, value=Decimal(75), cases=4), item_of(LAG, value=None, cases=0)]

    assert total_of(items) == Decimal("50.00")
    assert total_of([Item("x", "x", 20, None, 0, 0, None)]) == 100
    assert places([(1, Decimal(80)), (2, Decimal(90)), (3, Decimal(80))]) == {1: 2, 2: 1, 3: 2}
    assert last_quarter(date(2026, 11, 23)) == (date(2026, 7, 1), date(2026, 9, 30))


def line(score: AppraisalScore, key: str) -> dict[str, object]:
    return next(item for item in score.items if item["key"] == key)


@pytest.mark.django_db
@time_machine.travel("2026-11-23T10:00+08:00", tick=False)
def test_a_sheet_counts_late_ones_leaves_excused_out_and_never_changes(
    client: Client, dispatcher: User, officer: User, stranger: User
) -> None:
    met = promise(started_on=date(2026, 10, 12), limit=5, holder_code="522701-ZRZY")
    clocks.stop(deadline_id=met.pk, stopped_on=date(2026, 10, 16), today=TODAY)
    late = promise(started_on=date(2026, 10, 12), limit=5, holder_code="522701-ZRZY")
    late_too = promise(started_on=date(2026, 10, 13), limit=5, holder_code="522701-ZRZY")
    clocks.stop(deadline_id=late_too.pk, stopped_on=date(2026, 11, 10), today=TODAY)
    # Due after the period, and not late yet: there is a day from which it would be.
    running = promise(started_on=date(2026, 11, 16), limit=20, holder_code="522701-ZRZY")

    def sheet() -> AppraisalScore:
        made = make_appraisal(
            actor=dispatcher, name="秋季考核", first_on=PERIOD[0], last_on=PERIOD[1], today=TODAY
        )
        return made.scores.get(organisation__code="522701")

    first = sheet()
    excuse_delay(actor=dispatcher, deadline_id=late.pk, reason="上级暂停受理", today=TODAY)
    second = sheet()

    assert (line(first, "on_time")["value"], line(first, "on_time")["cases"]) == ("33.33", 3)
    counted = {name: line(second, "on_time")[name] for name in ("value", "cases", "excused", "earned")}
    assert counted == {"value": "50.00", "cases": 2, "excused": 1, "earned": "0.00"}
    assert [line(first, item["key"])["value"] for item in first.items if "未核实" in item["label"]] == [None]
    assert (first.appraisal.version, second.appraisal.version) == (1, 2)
    with pytest.raises(AppraisalRefused, match="已认定"):
        excuse_delay(actor=dispatcher, deadline_id=late.pk, reason="再一次", today=TODAY)
    for in_time in (met, running):
        with pytest.raises(AppraisalRefused, match="没有逾期"):
            excuse_delay(actor=dispatcher, deadline_id=in_time.pk, reason="没有逾期", today=TODAY)
    with pytest.raises(AppraisalRefused):
        make_appraisal(
            actor=dispatcher, name="x", first_on=PERIOD[0], last_on=date(2026, 12, 31), today=TODAY
        )
    set_rule(
        actor=dispatcher, key="on_time", points=60, full_at=Decimal(90), zero_at=Decimal(60),
        effective_from=TODAY, note="新办法",
    )  # fmt: skip
    first.refresh_from_db()
    assert first.appraisal.rules[0]["points"] == 40
    with pytest.raises(SettingOutOfOrder):
        set_rule(
            actor=dispatcher, key="on_time", points=60, full_at=Decimal(90), zero_at=Decimal(60),
            effective_from=TODAY, note="同日",
        )  # fmt: skip
    # A county reads its own line alone, objects to it alone, and the office answers once.
    client.force_login(officer)
    page = client.get(f"/appraisals/{second.appraisal_id}/")
    assert {score.organisation.code for score in page.context["scores"]} == {"522701"}
    book = openpyxl.load_workbook(
        BytesIO(client.get(f"/appraisals/{second.appraisal_id}/export/").content), read_only=True
    )
    cells = [[cell.value for cell in row] for row in book.worksheets[0]]
    assert 50 in cells[-1]  # a figure to reckon with, and no row of sums below it
    assert "50.00（2 件，不计 1 件）" in page.content.decode()
    with pytest.raises(AppraisalScore.DoesNotExist):
        raise_objection(actor=stranger, score_id=second.pk, text="不是我的", today=TODAY)
    with pytest.raises(PermissionDenied):
        make_appraisal(actor=officer, name="x", first_on=PERIOD[0], last_on=PERIOD[1], today=TODAY)
    client.post(f"/appraisals/scores/{second.pk}/object/", {"text": "停工令有文件"})
    objection = second.objections.get()
    answered = answer_objection(
        actor=dispatcher, objection_id=objection.pk, is_upheld=True, answer="采纳", today=TODAY
    )
    assert answered.answered_on == TODAY
    with pytest.raises(AppraisalRefused):
        answer_objection(
            actor=dispatcher, objection_id=objection.pk, is_upheld=False, answer="再答", today=TODAY
        )
    # The API tells and does the same.
    mine = client.get("/api/v1/objections/").json()["results"]
    assert [(row["score"], row["is_upheld"], row["answer"]) for row in mine] == [(second.pk, True, "采纳")]
    raised = client.post("/api/v1/objections/", {"score": second.pk, "text": "再核"}).json()["id"]
    assert client.post(f"/api/v1/objections/{raised}/answer/", {}).status_code == 403
    client.force_login(dispatcher)
    said = {"is_upheld": False, "answer": "维持"}
    assert client.post(f"/api/v1/objections/{raised}/answer/", said).json()["answered_on"] == "2026-11-23"
    assert client.post(f"/api/v1/objections/{raised}/answer/", said).status_code == 409
    excused = client.post("/api/v1/excused-delays/", {"deadline": late_too.pk, "reason": "停电"})
    assert excused.status_code == 201
    assert [row["deadline"] for row in client.get("/api/v1/excused-delays/").json()["results"]] == [
        late_too.pk,
        late.pk,
    ]
    rule = {
        "key": "reports",
        "points": 10,
        "full_at": 100,
        "zero_at": 60,
        "effective_from": "2026-12-01",
        "note": "新办法",
    }
    assert client.post("/api/v1/appraisal-rules/", rule).status_code == 201
    assert client.post("/api/v1/appraisal-rules/", rule).status_code == 409
    rules = client.get("/api/v1/appraisal-rules/").json()["results"]
    assert ("reports", 10) in {(row["key"], row["points"]) for row in rules}
    client.force_login(stranger)
    assert client.get("/api/v1/objections/").json()["results"] == []
    assert client.get("/api/v1/excused-delays/").json()["results"] == []
