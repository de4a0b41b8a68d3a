"""Pages and API about the order of projects and who answers for them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date

import docx
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Post, User
from papers.models import Paper
from projects.models import BracketSet, CriteriaSet, Link, Standing, TaskForce, TaskForceMember
from tests.desk.promises import promise
from tests.factories import PostFactory, ProjectFactory, TenureFactory, organisation
from tests.papers import files
from tests.world import FROZEN_TIME, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with time_machine.travel(FROZEN_TIME, tick=False):
        yield


@pytest.fixture
def office(client: Client, dispatcher: User) -> Client:
    client.force_login(dispatcher)
    return client


# --- order -----------------------------------------------------------------------------------------


def test_the_queue_shows_what_is_led_and_flagged(office: Client, dispatcher: User) -> None:
    project, post = ProjectFactory(), PostFactory(title="副局长（规划）")
    Standing.objects.create(project=project, scope_flags=["ENTRUSTED"])
    Link.objects.create(project=project, kind="LEAD_LEADER", post=post, from_on=TODAY, entered_by=dispatcher)
    ProjectFactory(name="瓮安县环城路", organisation=organisation("522725"))

    page = office.get("/queue/?flag=ENTRUSTED").content.decode()

    assert "党委政府交办" in page
    assert "副局长（规划）" in page
    assert "瓮安县环城路" not in page
    assert "瓮安县环城路" not in office.get("/queue/?led=yes").content.decode()


def test_the_circular_tells_leaders_how_their_projects_stand(office: Client, dispatcher: User) -> None:
    project, post = ProjectFactory(name="都匀水库"), PostFactory(title="副局长（规划）")
    Link.objects.create(project=project, kind="LEAD_LEADER", post=post, from_on=TODAY, entered_by=dispatcher)
    promise(project=project, stage="组卷报件", started_on=date(2026, 10, 12), limit=5)
    ProjectFactory(name="瓮安县环城路")

    answer = office.get("/queue/circular/")

    document = docx.Document(io.BytesIO(answer.content))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    [table] = document.tables
    assert "明确领办领导的项目共1个，由1位领导领办" in text
    assert "超过时限、须重点调度的项目：都匀水库（组卷报件）" in text
    assert [cell.text for cell in table.rows[1].cells][1:4] == ["都匀水库", "都匀市", str(post)]


def test_the_class_opens_with_what_the_criteria_propose(office: Client) -> None:
    project = ProjectFactory(list_category="PROVINCIAL", priority_class="ORDINARY")

    page = office.get(f"/queue/{project.pk}/class/").content.decode()
    assert "按分类标准建议：重点。第 3 条：省重点" in page
    refused = office.post(f"/queue/{project.pk}/class/", {"priority_class": "KEY", "reason": ""})
    done = office.post(f"/queue/{project.pk}/class/", {"priority_class": "KEY", "reason": "第 3 条：省重点"})

    assert (refused.status_code, done.status_code) == (422, 302)
    project.refresh_from_db()
    assert project.priority_class == "KEY"


def test_flags_are_set_and_taken_back(office: Client) -> None:
    project = ProjectFactory()

    office.post(f"/queue/{project.pk}/flags/", {"flags": ["WELFARE", "INVESTMENT"]})
    assert Standing.objects.get().flag_words == ["重点民生", "重大招商"]
    office.post(f"/queue/{project.pk}/flags/", {})

    assert Standing.objects.get().scope_flags == []


def test_a_form_leads_back_to_our_own_pages_only(office: Client) -> None:
    project = ProjectFactory()
    sent = {"priority_class": "KEY", "reason": "x"}

    ours = office.post(f"/queue/{project.pk}/class/?back=/gaps/%3Fgap%3Dclass", sent)
    foreign = office.post(f"/queue/{project.pk}/class/?back=//evil.example/", sent)

    assert ours.headers["Location"] == "/gaps/?gap=class"
    assert foreign.headers["Location"] == "/queue/"


def test_criteria_are_revised_on_the_page(office: Client) -> None:
    sent = {
        "effective_from": "2026-12-01",
        "note": "州府办文件",
        "key_classes": ["URGENT"],
        "lines-TOTAL_FORMS": "2",
        "lines-INITIAL_FORMS": "0",
        "lines-0-priority_class": "URGENT",
        "lines-0-investment_wan": "10000",
        "lines-1-priority_class": "",
    }

    assert office.post("/rules/criteria/new/", sent).status_code == 302

    page = office.get("/rules/criteria/").content.decode()
    assert "总投资不少于1亿元" in page
    assert "州府办文件" in page
    assert CriteriaSet.objects.first().criteria.count() == 1
    assert office.post("/rules/criteria/new/", sent).status_code == 422


def test_brackets_are_revised_with_their_boundary_in_words(office: Client) -> None:
    assert "2000万元以上（含）、5000万元以下（不含）" in office.get("/rules/brackets/").content.decode()
    sent = {
        "effective_from": "2026-12-01",
        "boundary": "LOWER",
        "lines-TOTAL_FORMS": "2",
        "lines-INITIAL_FORMS": "2",
        "lines-0-from_wan": "5000",
        "lines-0-leader_title": "局长",
        "lines-1-from_wan": "0",
        "lines-1-leader_title": "副局长",
    }

    assert office.post("/rules/brackets/new/", sent).status_code == 302

    assert "5000万元以上（不含）" in office.get("/rules/brackets/").content.decode()
    assert BracketSet.objects.first().boundary == "LOWER"


# --- people ----------------------------------------------------------------------------------------


def test_a_county_names_its_deputy_and_he_is_no_longer_missing(client: Client, officer: User) -> None:
    client.force_login(officer)
    assert "都匀市人民政府" in client.get("/contacts/?missing=DEPUTY").content.decode()

    sent = {"name": "分管副市长", "phone": "0854-2", "starts_on": "2026-11-23"}
    done = client.post("/contacts/522701/DEPUTY/", sent)

    assert done.status_code == 302
    assert "都匀市人民政府" not in client.get("/contacts/?missing=DEPUTY").content.decode()
    assert "分管副市长" in client.get("/contacts/").content.decode()
    assert client.get("/contacts/522725/DEPUTY/").status_code == 404
    assert client.post("/contacts/522701/DEPUTY/", {"starts_on": "2026-11-24"}).status_code == 422


def test_a_task_force_is_set_up_joined_and_given_its_task_book(office: Client) -> None:
    post = TenureFactory(post=PostFactory(title="局长"), person_name="州局局长").post
    host = organisation("522700-ZRZY")
    sent = {
        "name": "重大招商专班",
        "host": host.pk,
        "scope_flags": ["INVESTMENT"],
        "established_on": "2026-01-05",
    }
    office.post("/task-forces/new/", sent)
    force = TaskForce.objects.get()
    address = f"/task-forces/{force.pk}/"

    office.post(f"{address}members/new/", {"post": post.pk, "role": "OFFICE_HEAD", "from_on": "2026-01-05"})
    book = SimpleUploadedFile("任务书.pdf", files.pdf(), "application/pdf")
    office.post(f"{address}book/", {"title": "工作任务书", "occurred_on": "2026-01-05", "file": book})

    page = office.get(address).content.decode()
    assert "办公室设在州自然资源局" in page
    assert "州局局长" in page
    assert "工作任务书" in page
    assert Paper.objects.get().subject_id == force.pk
    office.post(f"/task-forces/members/{TaskForceMember.objects.get().pk}/leave/")
    assert "还没有成员" in office.get(address).content.decode()


def test_the_dossier_shows_who_is_missing(office: Client, dispatcher: User) -> None:
    project = ProjectFactory(list_category="PROVINCIAL", priority_class="KEY")

    page = office.get(f"/projects/{project.pk}/?tab=people").content.decode()

    assert "未纳入方案" in page
    assert page.count(f"/projects/{project.pk}/people/") == 5


def test_a_link_is_ended_with_its_reason(office: Client, dispatcher: User) -> None:
    link = Link.objects.create(
        project=ProjectFactory(),
        kind="LEAD_LEADER",
        post=PostFactory(),
        from_on=TODAY,
        entered_by=dispatcher,
    )

    office.post(f"/links/{link.pk}/end/", {"ended_on": "2026-11-23", "reason": "已供地"})

    link.refresh_from_db()
    assert link.to_on == TODAY


def test_an_unknown_kind_of_link_is_no_page(office: Client) -> None:
    assert office.get(f"/projects/{ProjectFactory().pk}/people/BOSS/").status_code == 404


# --- API -------------------------------------------------------------------------------------------


def test_the_api_ranks_and_jumps_as_the_page_does(office: Client) -> None:
    project = ProjectFactory(priority_class="RESERVE")
    ProjectFactory(priority_class="KEY")
    address = f"/api/v1/queue/{project.pk}"
    sent = {"to_class": "KEY", "reason": "防汛应急"}

    jumped = office.post(f"{address}/jump/", sent, content_type="application/json").json()
    listed = office.get("/api/v1/queue/").json()["results"]

    assert (jumped["place"], jumped["jumped_to"], jumped["jump_reason"]) == (1, "KEY", "防汛应急")
    assert listed[0]["id"] == project.pk
    ended = office.post(f"{address}/end-jump/").json()
    assert (ended["place"], ended["jumped_to"]) == (2, "")
    again = office.post(f"{address}/end-jump/")
    assert (again.status_code, again.json()["code"]) == (409, "not_in_queue")


def test_a_project_without_a_plan_is_taken_into_it_from_the_list_of_gaps(office: Client) -> None:
    project = ProjectFactory()
    address = f"/projects/{project.pk}/plan/?back=%2Fgaps%2F%3Fgap%3Dplan"
    assert f'href="{address}"' in office.get("/gaps/?gap=plan").content.decode()
    assert (
        f'href="/projects/{project.pk}/plan/?back='
        in office.get(f"/projects/{project.pk}/?tab=people").content.decode()
    )

    sent = {"problem": "占用耕地", "measure": "落实指标", "limit_on": "2026-12-31"}
    done = office.post(address, {**sent, "responsible": project.organisation_id})

    assert done.headers["Location"] == "/gaps/?gap=plan"
    assert "纳入方案<span" not in office.get("/gaps/?gap=plan").content.decode()


def test_the_api_counts_gaps_and_fills_them(office: Client) -> None:
    project, post = ProjectFactory(), PostFactory()
    assert office.get("/api/v1/gaps/").json()[0]["count"] == 1
    assert office.get("/api/v1/gaps/leader/").json()["results"][0]["id"] == project.pk
    assert office.get("/api/v1/gaps/nothing/").status_code == 404
    sent = {"project": project.pk, "kind": "LEAD_LEADER", "post": post.pk, "from_on": "2026-11-23"}

    made = office.post("/api/v1/links/", sent, content_type="application/json")

    assert made.status_code == 201
    assert office.get("/api/v1/gaps/").json()[0]["count"] == 0
    assert office.get(f"/api/v1/links/?project={project.pk}").json()["results"][0]["target"] == str(post)


def test_the_api_hands_a_post_over(office: Client) -> None:
    post = TenureFactory(person_name="前任").post
    sent = {"name": "后任", "starts_on": "2026-12-01"}

    answer = office.post(f"/api/v1/posts/{post.pk}/succeed/", sent, content_type="application/json").json()

    assert (answer["holder"], answer["next_holder"], answer["next_on"]) == ("前任", "后任", "2026-12-01")
    vacant = PostFactory(duty=Post.Duty.LEADER)
    listed = office.get("/api/v1/posts/?state=vacant").json()["results"]
    assert [row["id"] for row in listed] == [vacant.pk]
