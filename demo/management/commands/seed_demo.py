from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from core import clock
from demo import building


class Command(BaseCommand):
    help = (
        "Build the demo prefecture (Qiannan's counties, posts, some 180 projects) and print one login "
        "for each role. The same for the same --today; does nothing where people or projects stand already."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--today", type=date.fromisoformat, default=None, help="build as of this day")
        parser.add_argument("--dry-run", action="store_true", help="build, then take everything back")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.IN_PRODUCTION:
            raise CommandError("LANDGUARD_ENVIRONMENT is production; the demo is not built there.")
        if building.is_built():
            self.stderr.write("已有用户或项目，不再生成演示数据。")
            return
        today = options["today"] or clock.today()
        with transaction.atomic():
            cast, logins = building.people()
            building.build(cast=cast, today=today, say=self.stderr.write)
            if options["dry_run"]:
                transaction.set_rollback(True)
                self.stderr.write("试运行：未保存。")
                return
        for login in logins:
            self.stdout.write(f"{login.role:　<7}{login.username:<12}{login.password}  {login.title}")
