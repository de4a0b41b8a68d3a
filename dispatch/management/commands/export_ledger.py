"""manage.py export_ledger: the frozen ledger of a week as a file; made first if it does not exist."""

from __future__ import annotations

import os
import sys
import tempfile
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Organisation
from core import clock
from core.errors import DomainError
from deadlines.selectors import working_calendar
from dispatch.rules.periods import Period
from dispatch.services import rounds
from dispatch.services.ledgers import snapshot_of
from jobs.models import Job
from jobs.services import run_one


def period(text: str) -> Period:
    try:
        return Period.parse(text)
    except ValueError as error:
        raise ArgumentTypeError("期次请写作 2026-W47、2026-M11、2026-Q4 或 2026-Y 的形式。") from error


class Command(BaseCommand):
    help = "导出一期的定稿台账；尚未定稿的先定稿。重复执行得到同一文件。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--week",
            required=True,
            type=period,
            metavar="2026-W47",
            dest="week",
            help="期次，也可写月、季、年：2026-M11、2026-Q4、2026-Y",
        )
        parser.add_argument("--output", required=True, type=Path, metavar="FILE", help="写到哪里")
        parser.add_argument("--organisation", metavar="CODE", help="县市或园区代码（默认全州）")
        parser.add_argument("--dry-run", action="store_true", help="只说明将做什么，不定稿、不写文件")

    def handle(self, *args: Any, **options: Any) -> None:
        chosen: Period = options["week"]
        code = options["organisation"] or settings.PREFECTURE_CODE
        organisation = Organisation.objects.filter(code=code).first()
        if organisation is None:
            raise CommandError(f"没有代码为 {code} 的单位。", returncode=2)
        found = snapshot_of(chosen, organisation)
        if options["dry_run"]:
            state = f"已定稿，{found.row_count} 行" if found else "尚未生成，将先生成并定稿"
            self.stdout.write(f"{organisation.short_name}{chosen.label}台账：{state}。未写文件。")
            return
        if found is None:
            self._make(chosen, organisation)
            found = snapshot_of(chosen, organisation)
        if found is None:
            raise CommandError("台账正由后台任务生成，稍后重试。", returncode=3)
        _put_in_place(options["output"], bytes(found.content))
        self.stdout.write(f"已写入 {options['output']}（{found.row_count} 行，{found.sha256}）。")

    def _make(self, chosen: Period, organisation: Organisation) -> None:
        try:
            job = self._request(chosen, organisation)
            run_one(job_id=job.pk, clock=clock.now)
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        job.refresh_from_db()
        if job.state == Job.State.FAILED:
            raise CommandError(job.error)
        if job.state == Job.State.QUEUED and job.error:
            print(job.error, file=sys.stderr)

    def _request(self, chosen: Period, organisation: Organisation) -> Job:
        today, now = clock.today(), clock.now()
        if organisation.code == settings.PREFECTURE_CODE:
            return rounds.freeze_by_schedule(period=chosen, today=today, calendar=working_calendar(), now=now)
        return rounds.request_by_schedule(period=chosen, organisation=organisation, now=now)


def _put_in_place(path: Path, content: bytes) -> None:
    """Whole or not at all: a reader never finds half a file, and a failure leaves nothing beside it."""
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
            part = Path(folder) / path.name
            with part.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.chmod(0o644)
            part.replace(path)
    except OSError as error:
        raise CommandError(f"写不了 {path}：{error.strerror}。", returncode=2) from error
