"""Twenty thousand rows are previewed and imported by a process of its own: progress, within 400 MB."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.apps import apps
from django.utils import timezone

from accounts.models import User
from core import clock
from jobs.models import Job
from officefiles.writing import PrefilledColumn, PrefilledRow, PrefilledSpec, write_prefilled
from projects.models import DraftRow, LandUse, Project, Submission
from projects.rules import LIST_NAME, TEMPLATE_VERSION
from projects.selectors.shown import kept_preview
from projects.services import large_uploads
from tests.services.conftest import ROOT, database_url

ROWS = 20_000
MOST_KB = 400 * 1024
HEADINGS = (
    *("项目名称", "项目代码", "县市", "清单类别", "审批轨道", "建设单位", "所属行业", "总投资（万元）"),
    *("用地总面积（亩）", "农用地（亩）", "耕地（亩）", "林地（亩）", "建设用地（亩）", "未利用地（亩）"),
    *("计划开工时间", "用地预审", "可研批复", "主要问题", "备注"),
)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="VmHWM is Linux's"),
]


def workbook(rows: int = ROWS) -> bytes:
    spec = PrefilledSpec(
        kind=LIST_NAME,
        version=TEMPLATE_VERSION,
        key="",
        title="清单",
        subtitle="单位：亩、万元",
        columns=tuple(PrefilledColumn(heading) for heading in HEADINGS),
    )
    return write_prefilled(spec, (PrefilledRow(_values(number)) for number in range(rows)))


def _values(number: int) -> list[object]:
    return [
        f"都匀市第{number}号产业园道路工程",
        f"2601-522701-02-05-{number:06d}",
        *("都匀市", "省重点", "批次用地", f"都匀市城投公司{number % 30}", "交通", 5_000 + number),
        *(100, 70, 20, 30, 20, 10),
        *("2026年第四季度", "未批复", "办理中", None, f"备注{number}"),
    ]


def run_job(job: Job) -> tuple[int, set[str]]:
    """Run it in a process of its own; kilobytes at its peak, and what it said of its progress meanwhile."""
    running = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "tests.services.run_job", str(job.pk)],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database_url(), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    said = set()
    while running.poll() is None:
        job.refresh_from_db()
        if 0 < job.progress_done < job.progress_total:
            said.add(job.progress_note)
        time.sleep(0.02)
    out, error = running.communicate()
    assert running.returncode == 0, error
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.error
    own, child = map(int, out.split()[-2:])
    return max(own, child), said


def test_twenty_thousand_rows_within_400_mb(dispatcher: User) -> None:
    now, today = timezone.now(), clock.today()
    draft = large_uploads.stage(
        actor=dispatcher, filename="清单.xlsx", content=workbook(), today=today, now=now
    )
    assert draft.is_large

    previewing, said_first = run_job(Job.objects.get(kind=large_uploads.PREVIEW_JOB))

    assert DraftRow.objects.filter(draft=draft, verdict="new").count() == ROWS
    draft.refresh_from_db()
    job = large_uploads.request_import(
        actor=dispatcher,
        draft_id=draft.pk,
        good_only=False,
        seen=kept_preview(draft, []).seen,
        today=today,
        now=now,
    )
    importing, said_then = run_job(job)

    assert Submission.objects.get().rows.count() == ROWS
    assert Project.objects.count() == LandUse.objects.count() == ROWS
    events = apps.get_model("projects", "ProjectEvent").objects.exclude(pgh_context=None)
    assert events.count() == ROWS
    assert "已读取 20,000 行，逐行比对" in said_first
    assert said_then == {"已读取 20,000 行，写入项目库"}
    assert max(previewing, importing) <= MOST_KB, (previewing, importing)
