"""The dossier's papers, words, verifications and follows, on its pages and over the API."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from notifications.models import Message
from papers.models import Paper
from projects.models import Comment, Follow, Project, Verification
from projects.services.annual_plan import ItemFacts, add_item
from projects.services.comments import comment, withdraw_comment
from projects.services.following import follow, tell_followers
from projects.services.verification import verify_unchanged
from tests.factories import ProjectFactory, organisation
from tests.papers import files
from tests.papers.test_papers import attached
from tests.queries import queries_of

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def _office_day():
    with time_machine.travel("2026-11-20T10:00:00+08:00", tick=False):
        yield


@pytest.fixture
def project() -> Project:
    return ProjectFactory(name="都匀市抽水蓄能电站")


def dossier(client, project, tab=""):
    return client.get(reverse("desk:dossier", args=[project.pk]), {"tab": tab}).content.decode()


def upload(client, project, content=None, headers=None, **more):
    file = SimpleUploadedFile("批复.pdf", files.pdf() if content is None else content)
    facts = {"kind": "DECISION", "title": "用地预审批复", "file": file, **more}
    return client.post(reverse("desk:dossier-papers", args=[project.pk]), facts, headers=headers or {})


def test_an_upload_shows_in_the_tab_with_type_version_who_and_when(client, officer, project):
    client.force_login(officer)

    response = upload(client, project)
    page = dossier(client, project, "papers")

    assert response.url.endswith("?tab=papers")
    assert "用地预审批复" in page
    assert "批复（决定）" in page
    assert "第 1 版" in page
    assert officer.label in page
    assert reverse("papers:download", args=[Paper.objects.get().pk]) in page


def test_htmx_gets_the_tab_again_with_its_message(client, officer, project):
    client.force_login(officer)

    page = upload(client, project, headers={"HX-Request": "true"}).content.decode()

    assert page.count('id="papers"') == 1
    assert "附件已上传" in page
    assert "<html" not in page


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_refused_upload_says_why_and_keeps_what_was_typed(client, officer, project, headers):
    client.force_login(officer)

    response = upload(client, project, b"MZ\x90", title="我的标题", headers=headers)

    page = response.content.decode()
    assert response.status_code == 422
    assert "与扩展名 .pdf 不符" in page
    assert "我的标题" in page
    assert not Paper.objects.exists()


def test_an_older_version_stays_in_reach(client, officer, project):
    first = attached(officer, project)
    attached(officer, project, text="2", replaces=first)
    client.force_login(officer)

    page = dossier(client, project, "papers")

    assert "第 2 版" in page
    assert "以前的版本 1 个" in page
    assert reverse("papers:download", args=[first.pk]) in page


def test_a_department_sees_the_papers_of_what_it_handed_in(client, officer, department, project):
    theirs = ProjectFactory(submitted_by=organisation("522700-SWJ"))
    client.force_login(department)
    upload(client, theirs)

    assert "用地预审批复" in dossier(client, theirs, "papers")
    assert client.post(reverse("desk:dossier-papers", args=[project.pk])).status_code == 404


def test_a_leader_reads_papers_and_gets_no_form(client, officer, leader, project):
    attached(officer, project)
    client.force_login(leader)

    page = dossier(client, project, "papers")

    assert "用地预审批复" in page
    assert "data-lg-upload" not in page


def test_the_api_takes_a_paper_into_a_dossier(client, officer, stranger, project):
    address = reverse("project-paper-list")
    facts = {"project": project.pk, "kind": "PLAN", "file": SimpleUploadedFile("方案.docx", files.word())}
    client.force_login(officer)
    taken = client.post(address, facts)
    client.force_login(stranger)
    refused = client.post(address, {**facts, "file": SimpleUploadedFile("方案.docx", files.word("二"))})

    assert (taken.status_code, taken.json()["title"]) == (201, "方案")
    assert refused.status_code == 404


def test_a_directive_is_marked_and_followers_are_told(client, officer, leader, project):
    follow(actor=officer, project=project)
    client.force_login(leader)

    response = client.post(reverse("projects:comment", args=[project.pk]), {"text": "一周内办结<b>"})
    tell_followers(today=TODAY, now=Comment.objects.get().written_at)
    page = dossier(client, project, "comments")

    assert response.url.endswith("?tab=comments")
    assert "lg-directive" in page
    assert "一周内办结&lt;b&gt;" in page
    assert Message.objects.get(recipient=officer).title == "作出批示：都匀市抽水蓄能电站"


def test_withdrawn_words_are_gone_from_the_page_and_the_trace_stays(client, officer, section, project):
    said = comment(actor=officer, project=project, text="写错项目了")
    withdraw_comment(actor=officer, comment=said, reason="项目写错")
    client.force_login(section)

    page = dossier(client, project, "comments")
    api = client.get(reverse("comment-detail", args=[said.pk])).json()

    assert "写错项目了" not in page
    assert "撤回：项目写错" in page
    assert (api["text"], api["withdrawal_reason"]) == ("", "项目写错")


def test_an_empty_comment_comes_back_with_its_sentence(client, officer, project):
    client.force_login(officer)

    response = client.post(reverse("projects:comment", args=[project.pk]), {"text": ""})

    assert response.status_code == 422
    assert "没有填写内容" in response.content.decode()


def test_one_click_verifies_and_both_days_are_shown(client, officer, project):
    client.force_login(officer)
    before = dossier(client, project)

    client.post(reverse("projects:verify", args=[project.pk]))
    after = dossier(client, project)

    assert "情况不明（从未核实）" in before
    assert "已核实无变化</button>" in before
    assert "已核实无变化</button>" not in after
    assert "最近核实" in after
    assert "最近变更" in after
    assert Verification.objects.get().verified_on == TODAY


def test_a_click_in_a_list_gets_its_cell(client, officer, project):
    client.force_login(officer)

    page = client.post(
        reverse("projects:verify", args=[project.pk]), headers={"HX-Request": "true"}
    ).content.decode()

    assert "已核实" in page
    assert "<html" not in page


def test_a_note_of_the_day_stands_in_the_head_and_in_the_record(client, officer, project):
    client.force_login(officer)

    client.post(reverse("projects:note", args=[project.pk]), {"note": "林地报告已送审"})

    assert "林地报告已送审" in dossier(client, project)
    assert "林地报告已送审" in client.get(reverse("projects:verifications")).content.decode()
    assert (
        "林地报告已送审"
        not in client.get(reverse("projects:verifications"), {"kind": "unchanged"}).content.decode()
    )


def test_following_and_no_longer(client, officer, project):
    client.force_login(officer)

    client.post(reverse("projects:follow", args=[project.pk]))
    followed = dossier(client, project)
    client.post(reverse("projects:unfollow", args=[project.pk]))

    assert "取消关注" in followed
    assert not Follow.objects.exists()


def test_the_thresholds_have_a_page_and_their_own_right(client, officer, dispatcher):
    address = reverse("projects:staleness")
    facts = {"effective_from": "2026-12-01", "amber_after_days": 3, "red_after_days": 5, "note": "冲刺期"}
    client.force_login(officer)
    refused = client.post(address, facts)
    client.force_login(dispatcher)
    disordered = client.post(address, {**facts, "red_after_days": 3})
    client.post(address, facts)

    assert refused.status_code == 403
    assert disordered.status_code == 422
    assert "冲刺期" in client.get(address).content.decode()


def test_the_api_verifies_notes_follows_and_sets_thresholds(client, officer, dispatcher, project):
    client.force_login(officer)
    for body in ({"project": project.pk}, {"project": project.pk, "note": "已送审"}):
        client.post(reverse("verification-list"), body, content_type="application/json")
    client.post(reverse("follow-list"), {"project": project.pk}, content_type="application/json")
    client.force_login(dispatcher)
    setting = client.post(
        reverse("staleness-list"),
        {"effective_from": "2026-12-01", "amber_after_days": 3, "red_after_days": 5},
        content_type="application/json",
    )
    client.force_login(officer)

    listed = client.get(reverse("verification-list"), {"project": project.pk}).json()["results"]
    [followed] = client.get(reverse("follow-list")).json()["results"]
    gone = client.delete(reverse("follow-detail", args=[followed["id"]]))

    assert [row["note"] for row in listed] == ["已送审", ""]
    assert setting.status_code == 201
    assert (gone.status_code, Follow.objects.count()) == (204, 0)


@pytest.mark.parametrize("tab", ["papers", "comments"])
def test_the_query_count_does_not_grow_with_what_was_added(client, officer, project, tab):
    client.force_login(officer)
    spent = []
    for places in (range(1), range(1, 20)):
        for place in places:
            paper = attached(officer, project, text=f"{place}")
            attached(officer, project, text=f"{place} 二", replaces=paper)
            comment(actor=officer, project=project, text=f"{place}")
            verify_unchanged(actor=officer, project=project, today=date(2026, 10, 1 + place))
        spent.append(queries_of(lambda: dossier(client, project, tab)))

    assert spent[0] == spent[1]


def test_problems_stand_as_reported_and_as_planned(client, officer, dispatcher, project):
    project.reported_facts = {"obstacle": {"label": "主要问题", "step": "", "text": "林地指标不足<b>"}}
    project.save(update_fields=["reported_facts"])
    add_item(
        actor=dispatcher,
        year=2026,
        project_id=project.pk,
        facts=ItemFacts(
            problem="占补平衡待落实",
            measure="落实补充耕地指标",
            responsible=project.organisation,
            limit_on=date(2026, 12, 31),
        ),
        today=TODAY,
    )
    client.force_login(officer)

    page = dossier(client, project, "problems")

    assert "林地指标不足&lt;b&gt;" in page
    assert "占补平衡待落实" in page
    assert "2026-12-31" in page
