"""Steps gone without under a document's authority: the dated rules, and the project that names one."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from approvals.errors import SkipNotAllowed
from approvals.flow import project_chart
from approvals.models import SkipRule, Step, StepSkip, StepType
from approvals.selectors import states_before, states_of, steps_with_papers, unmet_before
from approvals.services.acceptance import accept_step
from approvals.services.decisions import decide_step, mark_not_involved
from approvals.services.opening import reopen
from approvals.services.skips import skip_step
from audit.models import Entry
from tests.factories import ProjectFactory, StepFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
RULE = {
    "kind": "SKIP",
    "code": "A02",
    "track": "single_site",
    "condition": "不涉及新增建设用地",
    "authority": "省自然资源厅",
    "document": "关于深化规划用地改革的通知（黔自然资规〔2026〕2号）",
    "clause": "第三条",
    "effective_from": TODAY,
}


@pytest.fixture(autouse=True)
def _office_day():
    with time_machine.travel("2026-11-20T10:00:00+08:00", tick=False):
        yield


def test_a_step_is_gone_without_only_under_a_rule_in_force_that_the_project_then_names(
    client, section, dispatcher
):
    project = ProjectFactory(status="ADOPTED", track="single_site")
    batch = ProjectFactory(status="ADOPTED", track="batch")
    steps = {code: StepFactory(project=project, code=code) for code in ("A02", "A03", "B01")}
    elsewhere = StepFactory(project=batch, code="A02")
    client.force_login(dispatcher)
    page = reverse("approvals:skip-rules")
    assert "csrfmiddlewaretoken" in client.get(page).content.decode().split("增加一条")[1]
    for refused in ({"document": ""}, {"kind": "MERGE"}, {"kind": "MERGE", "into_code": "A02"},
                    {"effective_to": TODAY}):  # fmt: skip
        assert client.post(page, RULE | refused).status_code == 422
    assert client.post(page, RULE).status_code == 302
    merged = client.post(
        reverse("skip-rule-list"), RULE | {"kind": "MERGE", "code": "A03", "into_code": "B01", "track": ""}
    )
    skip, merge = SkipRule.objects.order_by("id")
    assert (merged.status_code, merge.into_code) == (201, "B01")

    client.force_login(section)

    def act(step, **data):
        return client.post(reverse("approvals:step-not-involved", args=[step.pk]), data)

    form = client.get(reverse("approvals:step-not-involved", args=[steps["A02"].pk])).content.decode()
    assert "第三条（不涉及新增建设用地）" in form
    assert act(steps["A02"], reason="").status_code == 422  # neither a rule nor a reason
    assert act(elsewhere, rule_id=skip.pk).status_code == 422  # another track
    assert act(steps["A02"], rule_id=skip.pk).status_code == 302
    Step.objects.filter(pk=steps["B01"].pk).update(status="NOT_INVOLVED", closing_reason="不涉及")
    assert act(steps["A03"], rule_id=merge.pk).status_code == 422  # nothing to be merged into
    Step.objects.filter(pk=steps["B01"].pk).update(status="NOT_STARTED", closing_reason="")
    answer = client.post(
        reverse("step-not-involved", args=[steps["A03"].pk]), {"rule_id": merge.pk, "reason": "同一批材料"}
    )

    assert answer.status_code == 200
    a02, a03 = (Step.objects.get(pk=steps[code].pk) for code in ("A02", "A03"))
    assert (a02.status, a03.status) == ("NOT_INVOLVED", "NOT_INVOLVED")
    assert a02.closing_reason == f"免于办理，依据省自然资源厅《{RULE['document']}》第三条"
    assert a03.closing_reason.startswith("并入“")
    assert a03.closing_reason.endswith("同一批材料")
    assert [skip.rule for skip in StepSkip.objects.order_by("id")] == [skip, merge]
    assert Entry.objects.filter(verb="step.not_involved", project_id=project.pk).count() == 2
    # What follows the merged step waits for the one that it went into, and says so.
    after = StepFactory(project=project, code="X01")
    before = [{"any_of": ["A03"]}]
    StepType.objects.filter(pk=after.step_type_id).update(predecessors=before)
    after.refresh_from_db()
    states = states_of(steps_with_papers(project.pk), track=project.track)
    for read in (states, states_before(after)):
        [unmet] = unmet_before(after, read, on=TODAY)
        b01 = steps["B01"].step_type.short
        assert unmet.text == f"B01 {b01}尚未办结（未启动），A03 {a03.step_type.short}已并入B01"
    assert unmet.text in client.get(reverse("approvals:step", args=[after.pk])).content.decode()
    waits_for = {unmet.code for unmet in unmet_before(steps["B01"], states, on=TODAY)}
    assert not {"A02", "A03"} & {code for unmet in waits_for for code in unmet.split("|")}
    assert a02.closing_reason in client.get(f"{project.get_absolute_url()}?tab=steps").content.decode()
    refused = act(steps["B01"], reason="不涉及")
    assert refused.status_code == 422
    assert f"A03 {a03.step_type.short}已并入本步骤办理" in refused.content.decode()

    client.force_login(dispatcher)
    assert (
        client.post(reverse("approvals:skip-rule-end", args=[skip.pk]), {"effective_to": TODAY}).status_code
        == 422
    )
    ended = client.post(reverse("skip-rule-end", args=[skip.pk]), {"effective_to": "2026-12-01"})
    assert (ended.status_code, ended.json()["effective_to"]) == (200, "2026-12-01")
    assert list(SkipRule.objects.in_force(date(2026, 11, 30)).for_step("A02", "single_site")) == [skip]
    assert not SkipRule.objects.in_force(date(2026, 12, 1)).for_step("A02", "single_site").exists()


def test_a_merger_counts_wherever_the_order_is_read_and_is_gone_once_the_step_is_taken_up_again(section):
    for code, before in (("A02", ["A03"]), ("A03", []), ("A10", ["A02"]), ("X01", ["A03"])):
        StepType.objects.filter(code=code).update(predecessors=[{"any_of": [one]} for one in before])
    project, other = ProjectFactory(status="ADOPTED"), ProjectFactory(status="ADOPTED")
    a02, a03, x01 = (StepFactory(project=project, code=code) for code in ("A02", "A03", "X01"))
    rule, further = (
        SkipRule.objects.create(**RULE | {"kind": "MERGE", "code": code, "into_code": into, "track": ""})
        for code, into in (("A03", "A10"), ("A10", "X01"))
    )

    def merge(step, rule):
        skip_step(step_id=step.pk, rule_id=rule.pk, actor=section, today=TODAY)

    with pytest.raises(SkipNotAllowed, match="没有该步骤"):
        merge(a03, rule)
    StepFactory(project=project, code="A10", status="NOT_INVOLVED", closing_reason="不涉及")
    a10 = StepFactory(project=project, code="A10", round=2)
    merge(a03, rule)  # the latest round counts

    steps = steps_with_papers(project.pk)
    states = states_of(steps, track=project.track)
    assert "A10" in states_before(x01)
    # A10 waits for A02, so that A02 does not wait for what went into A10.
    unmet = {row.code: [one.code for one in unmet_before(row, states, on=TODAY)] for row in (a02, a10, x01)}
    assert unmet == {"A02": [], "A10": ["A02"], "X01": ["A03"]}
    chart = project_chart(steps, track=project.track, today=TODAY)
    assert {box.code: words[:3] for box, words in chart.before} == {"A02": "", "A10": "A02", "X01": "A10"}
    accept_step(step_id=a10.pk, accepted_on=TODAY, actor=section, today=TODAY)
    decide_step(step_id=a10.pk, decided_on=TODAY, result="核发", actor=section, today=TODAY)
    a10.refresh_from_db()
    assert a10.decision.validity.dependent_is_open  # nothing names A10, but X01 leans on A03

    reopen(step_id=a03.pk, actor=section, today=TODAY)
    a03.refresh_from_db()
    assert (a03.status, a03.merged_into) == ("NOT_STARTED", "")

    # Elsewhere a merger here counts nothing, and what carries another may itself be merged.
    theirs = {code: StepFactory(project=other, code=code) for code in ("A02", "A03", "A10", "X01")}
    merge(theirs["A03"], rule)
    merge(theirs["A10"], further)
    states = states_of(steps_with_papers(other.pk), track=other.track)
    [waits] = unmet_before(theirs["A02"], states, on=TODAY)
    assert waits.text.endswith("已并入X01")
    third = StepFactory(project=ProjectFactory(status="ADOPTED"), code="A10")
    assert mark_not_involved(step_id=third.pk, reason="不涉及", actor=section, today=TODAY).closing_reason
