"""A section officer runs a step on real Chromium; every page of it is readable by everyone."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import expect

from approvals.models import Step
from approvals.services.decisions import decide_step
from approvals.services.pauses import pause_step
from core import clock
from tests.approvals.scenes import accepted, kind, opened
from tests.journeys.reading import at_both_sizes, overflows, violations

pytestmark = pytest.mark.django_db(transaction=True)

ACCEPTED = date(2026, 11, 2)


def test_a_step_is_accepted_paused_resumed_and_decided(signed_in, section, dispatcher):
    project, steps = opened(dispatcher, name="独山县抽水蓄能电站")
    page = signed_in(section)
    page.goto(f"/projects/{project.pk}/")
    step = page.locator("#step-A02")

    step.get_by_role("link", name="受理").first.click()
    page.fill("input[name=accepted_on]", "2026-11-02")
    page.get_by_role("button", name="受理").click()
    expect(page.get_by_text("A02 选址论证：已受理，开始计时。")).to_be_visible()
    expect(step).to_contain_text("2026-11-02")

    step.get_by_role("link", name="登记暂停").click()
    page.select_option(
        "select[name=kind]", label="专家评审（两条线都停；专家评审通知及评审意见；通常 15 个工作日）"
    )
    page.fill("input[name=first_on]", "2026-11-03")
    page.fill("input[name=evidence]", "")
    page.get_by_role("button", name="登记暂停").click()
    expect(page.get_by_role("alert").first).to_contain_text("依据")
    expect(page.locator("input[name=first_on]")).to_have_value("2026-11-03")
    page.fill("input[name=evidence]", "州局专家评审通知〔2026〕17号")
    page.fill("input[name=expected_end_on]", "2026-11-24")
    page.fill("input[name=next_step]", "整理评审意见")
    page.get_by_role("button", name="登记暂停").click()
    expect(step).to_contain_text("暂停计时中")
    expect(step).to_contain_text("州局专家评审通知〔2026〕17号")

    step.get_by_role("link", name="恢复计时").click()
    page.fill("input[name=last_on]", "2026-11-04")
    page.get_by_role("button", name="恢复计时").click()
    expect(step).to_contain_text("暂停 2 不计")

    step.get_by_role("link", name="为什么是这一天").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("为什么是这一天")
    expect(page.get_by_text("州局专家评审通知〔2026〕17号")).to_be_visible()
    page.go_back()

    step.get_by_role("link", name="办结").click()
    page.fill("input[name=decided_on]", "2026-11-06")
    page.select_option("select[name=result]", "同意")
    page.fill("input[name=doc_no]", "黔南自然资函[2026] 31 号")
    page.get_by_role("button", name="办结").click()
    expect(step.locator(".lg-step-result")).to_have_text("同意")
    expect(step).to_contain_text("黔南自然资函〔2026〕31号")
    assert Step.objects.get(pk=steps["A02"].pk).deadline.state == "MET"


def test_a_meeting_stops_the_promise_and_not_the_law(signed_in, section, dispatcher):
    _, steps = opened(dispatcher)
    step = accepted(steps["A03"], section, on=ACCEPTED, today=clock.today())
    law = step.deadline.statutory_due_on
    page = signed_in(section)
    page.goto(f"/steps/{step.pk}/pause/")

    page.select_option("select[name=kind]", label="会议（只停承诺线；会议通知或会议纪要；通常 3 个工作日）")
    page.fill("input[name=first_on]", "2026-11-03")
    page.fill("input[name=last_on]", "2026-11-05")
    page.fill("input[name=evidence]", "会议通知〔2026〕3号")
    page.get_by_role("button", name="登记暂停").click()

    expect(page.locator("#step-A03")).to_contain_text("只停承诺线")
    step.deadline.refresh_from_db()
    assert step.deadline.committed_due_on == date(2026, 11, 6)
    assert step.deadline.statutory_due_on == law


def test_every_page_about_steps_is_clean(signed_in, section, officer, dispatcher):
    today = clock.today()
    project, steps = opened(dispatcher)
    red = accepted(steps["A03"], section, on=ACCEPTED, today=today, missing=["申请报告"])
    listed = accepted(steps["A02"], section, on=date(2026, 10, 12), today=today)
    decide_step(step_id=listed.pk, decided_on=date(2026, 10, 20), result="同意", actor=section, today=today)
    standing = accepted(steps["A08"], section, on=ACCEPTED, today=today)
    pause_step(
        step_id=standing.pk,
        kind=kind("EXPERT_REVIEW"),
        first_on=date(2026, 11, 5),
        evidence="专家评审通知",
        expected_end_on=today,
        next_step="整理评审意见",
        actor=section,
        today=today,
    )
    accepted(steps["Z01"], officer, on=date(2026, 11, 4), today=today)
    page = signed_in(dispatcher)

    for address in (
        f"/projects/{project.pk}/",
        f"/projects/{project.pk}/?tab=land",
        f"/projects/{project.pk}/?tab=materials",
        f"/projects/{project.pk}/?tab=history",
        f"/steps/{red.pk}/",
        f"/steps/{red.pk}/decide/",
        f"/steps/{red.pk}/pause/",
        f"/steps/{red.pk}/supply/",
        f"/steps/{red.pk}/assign/",
        f"/steps/{steps['A07'].pk}/accept/",
        f"/deadlines/{red.deadline_id}/",
        f"/deadlines/{standing.deadline_id}/",
        "/catalogue/",
        "/catalogue/A03/",
        "/catalogue/A03/edit/",
    ):
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        for width in at_both_sizes(page):
            assert violations(page) == [], (address, width)
            assert not overflows(page), (address, width)
