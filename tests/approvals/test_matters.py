"""Questions, requests upward and what follows an approval: each with its clock until it is answered."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from approvals.errors import DayOutOfOrder, MatterOutOfOrder, ReasonMissing
from approvals.models import Matter
from approvals.services.matters import (
    AnswerFacts,
    MatterFacts,
    answer_matter,
    publish_answer,
    raise_matter,
    set_term,
)
from core.dated import SettingOutOfOrder
from deadlines.models import Deadline
from projects.models import Project
from tests.factories import ProjectFactory, organisation
from tests.papers import files

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
MONDAY = date(2026, 11, 16)
FRIDAY = "2026-11-20T10:00+08:00"


def raised(actor, *, kind: str = "QUESTION", **more) -> Matter:
    asked = organisation("522700-ZRZY-YTGZ") if kind == "QUESTION" else None
    given = {"title": "临时用地能否延期", "text": "期满后能否续期一年", "raised_on": MONDAY, "holder": asked}
    return raise_matter(actor=actor, facts=MatterFacts(kind, **{**given, **more}), today=TODAY)


def answered(row: Matter, actor, *, on: date = TODAY, text: str = "不可以，应重新申请") -> Matter:
    return answer_matter(actor=actor, matter_id=row.pk, facts=AnswerFacts(on, text), today=TODAY)


def test_a_question_is_answered_in_time_and_published_for_everyone(officer, section, stranger):
    row = raised(officer, project_id=ProjectFactory().pk)

    # Three working days from Tuesday the 17th.
    assert (row.deadline.due_on, row.deadline.committed_limit) == (date(2026, 11, 19), 3)
    assert row.deadline.holder_organisation.code == "522700-ZRZY-YTGZ"
    assert not Matter.objects.visible_to(stranger).exists()

    answered(row, section)
    assert Deadline.objects.get(pk=row.deadline_id).state == "MET"
    assert not Matter.objects.visible_to(stranger).exists()
    publish_answer(actor=section, matter_id=row.pk, today=TODAY)

    assert Matter.objects.visible_to(stranger).get() == row
    with pytest.raises(MatterOutOfOrder):
        publish_answer(actor=section, matter_id=row.pk, today=TODAY)


@pytest.mark.parametrize(
    ("kind", "due_on", "line"),
    [
        ("PUBLICATION", date(2026, 12, 14), "statutory"),
        ("VILLAGE_NOTICE", date(2026, 12, 7), "statutory"),
        ("DISCLOSURE", date(2026, 12, 14), "statutory"),
        # Sixty days: Friday 15 January 2027.
        ("PETITION", date(2027, 1, 15), "statutory"),
        ("SUPPORT", date(2026, 12, 7), "committed"),
    ],
)
def test_each_kind_runs_under_its_own_term(officer, kind, due_on, line):
    row = raised(officer, kind=kind, project_id=ProjectFactory().pk, addressee="省自然资源厅")

    assert getattr(row.deadline, f"{line}_due_on") == due_on
    assert row.holder.code == "522701"


def test_another_term_holds_for_what_is_raised_later(officer, dispatcher):
    before = raised(officer)
    given = {"kind": "QUESTION", "unit": "wd", "is_law": False, "basis": "首问负责制"}
    set_term(actor=dispatcher, days=1, effective_from=date(2026, 11, 18), **given)
    after = raised(officer, raised_on=date(2026, 11, 18))

    assert (before.deadline.due_on, after.deadline.due_on) == (date(2026, 11, 19), date(2026, 11, 19))
    assert (before.deadline.committed_limit, after.deadline.committed_limit) == (3, 1)
    with pytest.raises(SettingOutOfOrder):
        set_term(actor=dispatcher, days=2, effective_from=date(2026, 11, 18), **given)
    with pytest.raises(PermissionDenied):
        set_term(actor=officer, days=2, effective_from=date(2026, 12, 18), **given)


def test_what_is_incomplete_or_not_one_s_own_is_refused(officer, stranger, department, leader, section):
    project = ProjectFactory()
    for kind, more, refusal in (
        ("QUESTION", {"holder": None}, ReasonMissing),
        ("QUESTION", {"text": " "}, ReasonMissing),
        ("QUESTION", {"raised_on": date(2026, 11, 23)}, DayOutOfOrder),
        ("GUIDANCE", {}, ReasonMissing),
        ("PETITION", {}, ReasonMissing),
    ):
        with pytest.raises(refusal):
            raised(officer, kind=kind, **more)
    with pytest.raises(Project.DoesNotExist):
        raised(stranger, kind="PETITION", project_id=project.pk)
    with pytest.raises(PermissionDenied):
        raised(department, kind="GUIDANCE", addressee="省厅")
    with pytest.raises(PermissionDenied):
        raised(leader)
    row = raised(officer)
    with pytest.raises(PermissionDenied):
        answered(row, officer)
    for changes, refusal in (
        ({"on": date(2026, 11, 13)}, MatterOutOfOrder),
        ({"on": date(2026, 11, 23)}, DayOutOfOrder),
        ({"text": ""}, ReasonMissing),
    ):
        with pytest.raises(refusal):
            answered(row, section, **changes)
    with pytest.raises(MatterOutOfOrder):
        publish_answer(actor=section, matter_id=row.pk, today=TODAY)
    answered(row, section)
    with pytest.raises(MatterOutOfOrder):
        answered(row, section)
    for broken in (
        {"answer": ""},
        {"answered_on": date(2026, 11, 13)},
        {"kind": "PETITION", "published_on": TODAY},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Matter.objects.update(**broken)


def test_what_a_county_reports_is_hidden_from_another(officer, stranger, section):
    row = raised(officer, kind="GUIDANCE", addressee="省自然资源厅")

    with pytest.raises(Matter.DoesNotExist):
        answered(row, stranger)
    assert answered(row, section).answered_by == section


@time_machine.travel(FRIDAY, tick=False)
def test_the_pages_ask_answer_and_publish_without_naming_who_asked(officer, section, stranger, client):
    client.force_login(officer)
    body = {"title": "临时用地能否延期", "text": "期满后能否续期", "raised_on": "2026-11-16"}
    refused = client.post(reverse("approvals:questions-new"), body)
    client.post(
        reverse("approvals:questions-new"),
        {**body, "holder": "522700-ZRZY-YTGZ", "file": SimpleUploadedFile("来文.pdf", files.pdf())},
    )
    row = Matter.objects.get()
    late = client.get(reverse("approvals:questions"), {"state": "late"}).context["page"]
    client.force_login(section)
    page = client.post(reverse("approvals:matter-answer", args=[row.pk]),
                       {"answered_on": "2026-11-20", "answer": "不可以，应重新申请"})  # fmt: skip
    client.post(reverse("approvals:matter-publish", args=[row.pk]))
    client.force_login(stranger)
    shown = client.get(row.get_absolute_url()).content.decode()
    listed = client.get("/api/v1/matters/", {"desk": "questions"}).json()["results"]

    assert (refused.status_code, page.status_code) == (422, 302)
    assert [found.pk for found in late] == [row.pk]
    assert "应重新申请" in shown
    assert "都匀" not in shown
    assert "来文" not in shown
    assert [(one["organisation"], one["paper"], one["answer"]) for one in listed] == [
        (None, None, "不可以，应重新申请")
    ]
    assert client.get(reverse("approvals:questions-export")).content[:2] == b"PK"


@time_machine.travel(FRIDAY, tick=False)
def test_what_follows_an_approval_stands_in_the_dossier(officer, client):
    project = ProjectFactory()
    client.force_login(officer)
    body = {
        "kind": "VILLAGE_NOTICE",
        "title": "龙潭村公告",
        "text": "公告批复和补偿安置方案",
        "raised_on": "2026-11-16",
    }

    client.post(reverse("approvals:project-after-approval-new", args=[project.pk]), body)
    row = Matter.objects.get()
    answer = client.post(
        f"/api/v1/matters/{row.pk}/answer/",
        {"answered_on": "2026-11-18", "answer": "已张贴并拍照"},
        content_type="application/json",
    )
    tab = client.get(f"/projects/{project.pk}/?tab=matters").content.decode()

    assert answer.status_code == 200, answer.content
    assert "龙潭村公告" in tab
    assert "已张贴并拍照" in tab
    assert "已办结" in tab
