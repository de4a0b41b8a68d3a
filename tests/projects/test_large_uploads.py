"""Large workbooks are looked through and imported in the background."""

from __future__ import annotations

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from jobs.models import Job
from jobs.services import run_waiting
from projects.models import DraftRow, ImportDraft, Project, Submission
from projects.refusals import PreviewNotReady
from projects.rules.three_way import Take
from projects.services import large_uploads, round_trip
from tests.projects.test_round_trip import edited, put, taken
from tests.projects.workbooks import TODAY, code, imported, row, workbook

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _everything_is_large(settings):
    settings.IMPORT_AT_ONCE_KB = 0
    with time_machine.travel("2026-11-20T10:00+08:00", tick=False):
        yield


def upload(client: Client, content: bytes) -> ImportDraft:
    file = SimpleUploadedFile("清单.xlsx", content)
    answer = client.post(reverse("projects:upload"), {"file": file})
    assert answer.status_code == 302, answer.content.decode()
    return ImportDraft.objects.get()


def run() -> None:
    assert run_waiting(clock=timezone.now)


def page(client: Client, draft: ImportDraft, **parameters: str) -> str:
    return client.get(reverse("projects:preview", args=[draft.pk]), parameters).content.decode()


def test_a_large_file_shows_progress_then_its_rows_then_is_imported(officer, client):
    client.force_login(officer)
    draft = upload(client, workbook(row("都匀水库", code=code(1)), row("都匀电站", total=-1)))
    assert draft.is_large
    assert "正在后台预检" in page(client, draft)
    assert not DraftRow.objects.exists()

    run()

    shown = page(client, draft)
    assert "都匀水库" in shown
    assert "只导入无误的 1 行" in shown
    assert "都匀水库" not in page(client, draft, only="problems")
    seen = shown.partition('name="seen" value="')[2].partition('"')[0]
    answer = client.post(reverse("projects:confirm", args=[draft.pk]), {"rows": "good", "seen": seen})
    job = Job.objects.get(kind=large_uploads.IMPORT_JOB)
    assert answer.url == job.get_absolute_url()
    run()
    job.refresh_from_db()
    assert job.state == Job.State.DONE
    assert job.result_url == f"/lists/{Submission.objects.get().pk}/"
    assert [p.name for p in Project.objects.all()] == ["都匀水库"]
    assert not DraftRow.objects.exists()


def test_a_file_that_is_no_list_says_so_with_its_job(officer, client):
    client.force_login(officer)
    draft = upload(client, workbook(("a", "b"), headings=("甲", "乙")))

    run()

    assert "没有找到项目清单" in page(client, draft)


def test_nothing_is_imported_before_the_preview_is_there(officer, client):
    client.force_login(officer)
    draft = upload(client, workbook(row("都匀水库")))

    with pytest.raises(PreviewNotReady):
        large_uploads.request_import(
            actor=officer, draft_id=draft.pk, good_only=True, seen="", today=TODAY, now=timezone.now()
        )


def test_a_list_that_moved_meanwhile_is_not_imported(officer, client):
    client.force_login(officer)
    imported(officer, row("都匀水库", remark="甲"))
    draft = upload(client, workbook(row("都匀水库", remark="乙")))
    run()
    seen = page(client, draft).partition('name="seen" value="')[2].partition('"')[0]
    Project.objects.update(remark="丙", status=Project.Status.REMOVED)
    client.post(reverse("projects:confirm", args=[draft.pk]), {"rows": "all", "seen": seen})

    run()

    job = Job.objects.get(kind=large_uploads.IMPORT_JOB)
    assert job.state == Job.State.FAILED
    assert "清单刚刚有变化" in job.error
    client.post(reverse("projects:look-again", args=[draft.pk]))
    run()
    assert "确认导入 1 行" in page(client, draft)


def test_conflicts_of_a_large_file_are_chosen_row_by_row(officer: User, client: Client):
    imported(officer, row("都匀水库", remark="甲"))
    content = edited(taken(officer), put("都匀水库", "备注", "乙"))
    Project.objects.update(remark="局里改的")
    client.force_login(officer)
    draft = upload(client, content)
    run()
    assert DraftRow.objects.get().verdict == "conflict"

    round_trip.choose(actor=officer, draft_id=draft.pk, take=Take.OURS, today=TODAY)

    shown = page(client, draft)
    assert "确认导入 1 行" in shown
    seen = shown.partition('name="seen" value="')[2].partition('"')[0]
    client.post(reverse("projects:confirm", args=[draft.pk]), {"rows": "all", "seen": seen})
    run()
    assert Project.objects.get().remark == "乙"


def test_the_api_previews_and_imports_a_large_file_too(officer, client):
    client.force_login(officer)
    file = SimpleUploadedFile("清单.xlsx", workbook(row("都匀水库")))
    waiting = client.post("/api/v1/imports/", {"file": file}).json()
    assert waiting["job"] == Job.objects.get(kind="projects.preview").pk
    run()

    found = client.get(f"/api/v1/imports/{waiting['id']}/").json()
    assert found["summary"]["new"] == 1
    assert client.get(f"/api/v1/imports/{waiting['id']}/?after=2").json()["rows"] == []
    answer = client.post(f"/api/v1/imports/{waiting['id']}/confirm/", {"seen": found["seen"]})

    assert answer.status_code == 202
    run()
    assert Project.objects.get().name == "都匀水库"
