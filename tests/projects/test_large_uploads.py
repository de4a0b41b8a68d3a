"""Large workbooks are looked through and imported in the background."""

from __future__ import annotations

from typing import Any

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
from projects.preview_json import preview_json
from projects.refusals import PreviewNotReady
from projects.rules.three_way import Take
from projects.selectors.previews import preview_of
from projects.services import large_uploads, round_trip
from tests.projects.test_round_trip import Edit, edited, put, taken
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

    shown = page(client, draft)
    assert "没有找到项目清单" in shown
    assert "还没有预检结果" in shown
    assert "正在后台预检" not in shown


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


def copied(name: str) -> Edit:
    """The project's row once more, below the others: both say they are that project."""

    def edit(sheet: Any, places: dict[str, str]) -> None:
        names = {sheet[f"{places['项目名称']}{n}"].value: n for n in range(4, sheet.max_row + 1)}
        last = max(number for found, number in names.items() if found)
        for cell in sheet[names[name]]:
            sheet.cell(row=last + 1, column=cell.column, value=cell.value)

    return edit


def test_a_choice_makes_of_a_kept_row_what_confirming_makes_of_it(officer: User, client: Client):
    """An error lies in the value of the file: it goes with that value and comes back with it."""
    names = ("都匀水库", "都匀电站", "都匀大桥", "都匀厂房")
    imported(officer, *(row(name, total=12.5, arable=2, remark="甲") for name in names))
    content = edited(
        taken(officer),
        *(put("都匀水库", "耕地", 999), put("都匀水库", "清单状态", "已纳入"), put("都匀水库", "备注", "乙")),
        *(copied("都匀大桥"), put("都匀大桥", "备注", "乙"), put("都匀电站", "项目名称", "都匀厂房")),
    )
    Project.objects.filter(name="都匀大桥").update(remark="局里改的")
    client.force_login(officer)
    draft = upload(client, content)
    run()
    pks = dict(Project.objects.values_list("name", "pk"))

    def kept() -> dict[str, Any]:
        """As the API gives it; it has to be what is computed of the whole file."""
        found = client.get(f"/api/v1/imports/{draft.pk}/").json()
        draft.refresh_from_db()
        computed = preview_json(preview_of(draft, actor=officer, today=TODAY))
        fields = ("row", "name", "verdict", "total_m2", "problems", "changes", "cells")
        assert found["summary"] == computed["summary"]
        for one, other in zip(found["rows"], computed["rows"], strict=True):
            other["changes"] = [{k: v for k, v in c.items() if k != "field"} for c in other["changes"]]
            assert {key: one[key] for key in fields} == {key: other[key] for key in fields}
        return found["summary"]

    def choose(take: Take | None, **where: Any) -> dict[str, Any]:
        round_trip.choose(actor=officer, draft_id=draft.pk, take=take, today=TODAY, **where)
        return kept()

    first = kept()
    assert [first[key] for key in ("error", "conflict", "warning")] == [2, 1, 0]

    mended = choose(Take.THEIRS, project_id=pks["都匀水库"], key="arable_m2")
    assert [mended[key] for key in ("error", "conflict", "changed", "warning")] == [1, 1, 1, 1]
    assert "2 行有错误或冲突" in page(client, draft)
    twin = choose(Take.OURS, project_id=pks["都匀大桥"])
    assert (twin["conflict"], twin["changed"]) == (1, 1)
    choose(None, project_id=pks["都匀大桥"])
    assert choose(None, project_id=pks["都匀水库"], key="arable_m2") == first
    choose(Take.THEIRS, project_id=pks["都匀水库"])
    choose(Take.THEIRS, project_id=pks["都匀电站"], key="name")
    last = choose(Take.THEIRS)
    assert (last["error"], last["conflict"], last["unchanged"]) == (0, 0, 5)
    assert "内容与项目库一致" in page(client, draft)


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
