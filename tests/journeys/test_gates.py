"""A gate refuses on real Chromium, its page prints, and a document of the government lets the step pass."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from approvals.models import Step
from tests.approvals.test_gates import review
from tests.journeys.conftest import PHONE
from tests.journeys.reading import overflows, violations
from tests.papers import files

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_gate_refuses_its_page_prints_and_a_document_lets_the_step_pass(signed_in, dispatcher):
    step = review(dispatcher, pbf_m2=500, eco_redline_m2=200)
    page = signed_in(dispatcher)
    page.goto(f"/steps/{step.pk}/accept/")
    expect(page.get_by_text("闸门未通过，不能受理")).to_be_visible()

    page.get_by_role("button", name="受理").click()
    refusal = page.get_by_role("alert").first
    expect(refusal).to_contain_text("永久基本农田")
    expect(refusal).to_contain_text("生态保护红线")

    page.get_by_role("link", name="打印审核单、登记证明").click()
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="打印")).to_be_hidden()
    expect(page.get_by_text("土地管理法第三十五条", exact=False).first).to_be_visible()
    expect(page.get_by_text("州局耕地保护科").first).to_be_visible()
    page.emulate_media(media="screen")
    assert violations(page) == []

    page.get_by_role("link", name="凭政府文件放行").click()
    page.get_by_label("永久基本农田").check()
    page.get_by_label("生态保护红线").check()
    page.fill("input[name=doc_no]", "3号")
    page.fill("input[name=authority]", "州人民政府")
    page.fill("input[name=dated_on]", "2026-11-02")
    page.fill("textarea[name=reason]", "省重大项目，省政府已专题研究")
    paper = {"name": "函.pdf", "mimeType": "application/pdf", "buffer": files.pdf(text="函")}
    page.set_input_files("input[name=file]", paper)
    page.get_by_role("button", name="放行").click()
    expect(page.get_by_role("alert").first).to_contain_text("文号")
    page.fill("input[name=doc_no]", "黔南府函[2026]3号")
    page.set_input_files("input[name=file]", paper)
    page.get_by_role("button", name="放行").click()
    expect(page.get_by_text("已登记放行文件。")).to_be_visible()
    expect(page.get_by_text("黔南府函〔2026〕3号").first).to_be_visible()
    assert violations(page) == []

    page.goto(f"/steps/{step.pk}/accept/")
    page.get_by_role("button", name="受理").click()
    expect(page.get_by_text("已受理，开始计时。", exact=False).first).to_be_visible()
    page.goto(f"/steps/{step.pk}/")
    expect(page.get_by_text("凭文件放行“永久基本农田”", exact=False)).to_be_visible()
    assert Step.objects.get(pk=step.pk).status == "RUNNING"


def test_the_pages_of_gates_fit_a_phone_and_axe(signed_in, dispatcher):
    step = review(dispatcher, pbf_m2=500, arable_m2=2_000)
    page = signed_in(dispatcher, viewport=PHONE)

    dossier = f"/projects/{step.project_id}/?tab=gates"
    for address in ("/gates/", "/violations/", "/stock-targets/", "/settings/gates/", dossier):
        page.goto(address)
        assert violations(page) == [], address
        assert not overflows(page), address
