from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from core import clock
from demo import building
from demo.building import Login, Stage


class Command(BaseCommand):
    help = (
        "Build the demo prefecture (Qiannan's counties, posts, some 180 projects) and print one login "
        "for each role. The same for the same --today; does nothing where the demo stands already."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--today", type=date.fromisoformat, default=None, help="build as of this day")
        parser.add_argument("--dry-run", action="store_true", help="build, then take everything back")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.IN_PRODUCTION:
            raise CommandError("LANDGUARD_ENVIRONMENT is production; the demo is not built there.")
        stage = building.stage()
        if stage is Stage.BUILT:
            self.stderr.write("演示数据已经建好，不再重复生成。")
            return
        if stage is Stage.HALF:
            raise CommandError("上次建立演示数据时中断了；请清空数据库（删除 var/）后再运行。")
        if stage is Stage.FOREIGN:
            raise CommandError("数据库里已有用户或项目，不在其中生成演示数据。")
        today = options["today"] or clock.today()
        if options["dry_run"]:
            with transaction.atomic():
                self._build(today)
                transaction.set_rollback(True)
            self.stderr.write("试运行：未保存。")
            return
        for login in self._build(today):
            self.stdout.write(f"{login.role:　<7}{login.username:<12}{login.password}  {login.title}")

    def _build(self, today: date) -> list[Login]:
        with connection.cursor() as cursor:
            # A demo lost with the machine's power is built again; it need not wait for the disk.
            cursor.execute("SET synchronous_commit = off")
        building.mark(building.BEGUN)
        cast, logins = building.people()
        building.build(cast=cast, today=today, say=self.stderr.write)
        building.mark(building.BUILT)
        return logins
