"""Take a backup, once or every day; clear away old ones; restore the newest for practice."""

from __future__ import annotations

import sys
import time
from datetime import datetime
from datetime import time as time_of_day
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import connections
from django.utils import timezone

from core import clock
from core.errors import DomainError
from upkeep.backups.making import clear_old, make_backup
from upkeep.backups.manifest import backups_in
from upkeep.backups.restoring import drill, note_failure
from upkeep.checks import check_the_trail
from upkeep.models import UpkeepRun
from upkeep.rules import next_moment
from upkeep.selectors import upkeep_setting

SIGN_OF_LIFE = ".waiting"
LOOK_EVERY = 60.0


class Command(BaseCommand):
    help = (
        "备份数据库（附件和定稿台账都在其中）到一个新目录，附清单和校验值，并按设置清理旧备份。"
        "--drill 另把最新一份恢复到临时数据库核对。--daily 每天定时执行，不退出。"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, default=settings.BACKUP_DIR, help="存放备份的目录")
        parser.add_argument("--drill", action="store_true", help="备份后做恢复演练")
        parser.add_argument("--only-drill", action="store_true", help="不备份，只用最新一份做恢复演练")
        parser.add_argument(
            "--daily", type=_clock_time, metavar="HH:MM", help="每天此时备份，周日另做恢复演练"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        place: Path = options["to"].resolve()
        if options["daily"] is not None:
            self._every_day(place, options["daily"])
        succeeded = options["only_drill"] or self._back_up(place)
        if succeeded and (options["drill"] or options["only_drill"]):
            succeeded = self._drill(place)
        if not succeeded:
            sys.exit(1)

    def _back_up(self, place: Path) -> bool:
        now = clock.now()
        # Before the newest backup becomes the witness: does the log still agree with the last one?
        trail = check_the_trail(now=now, backups=place)
        if not trail.succeeded:
            self.stderr.write(f"操作日志核对未通过：{trail.summary}")
        try:
            folder = make_backup(place, now=now)
        except DomainError as refusal:
            return self._failed(UpkeepRun.Kind.BACKUP, refusal, now)
        self.stdout.write(f"已备份到 {folder}")
        for gone in clear_old(place, today=clock.today(), setting=upkeep_setting(clock.today())):
            self.stdout.write(f"已清理 {gone.name}")
        return True

    def _drill(self, place: Path) -> bool:
        now = clock.now()
        found = backups_in(place)
        if not found:
            self.stderr.write("没有可供演练的备份；请先备份。")
            return False
        try:
            run = drill(found[0], now=now)
        except DomainError as refusal:
            return self._failed(UpkeepRun.Kind.DRILL, refusal, now)
        self.stdout.write(f"恢复演练通过：{run.summary}")
        return True

    def _failed(self, kind: UpkeepRun.Kind, refusal: DomainError, started_at: datetime) -> bool:
        note_failure(kind, refusal.message, started_at=started_at)
        self.stderr.write(refusal.message)
        return False

    def _every_day(self, place: Path, at: time_of_day) -> None:
        """Wait, back up, on Sundays drill; until it is stopped. What fails is tried again the next day."""
        place.mkdir(parents=True, exist_ok=True)
        while True:
            due = next_moment(after=timezone.localtime(clock.now()), at=at)
            connections.close_all()
            while clock.now() < due:
                (place / SIGN_OF_LIFE).touch()
                time.sleep(LOOK_EVERY)
            if self._back_up(place) and due.isoweekday() == 7:
                self._drill(place)


def _clock_time(text: str) -> time_of_day:
    return time_of_day.fromisoformat(text)
