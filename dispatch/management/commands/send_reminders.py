"""manage.py send_reminders: what the schedule does, by hand."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand

from core import clock
from deadlines.selectors import working_calendar
from dispatch.selectors.reminders import reminders_due
from dispatch.services import reminders


class Command(BaseCommand):
    help = "发送已到时点而尚未发送的到期提醒；可重复执行。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--today", type=date.fromisoformat, metavar="DATE", help="按这一天计算（默认今天）"
        )
        parser.add_argument("--dry-run", action="store_true", help="只列出将要发送的提醒，不发送")

    def handle(self, *args: Any, **options: Any) -> None:
        today = options["today"] or clock.today()
        calendar = working_calendar()
        if options["dry_run"]:
            self._list(today, calendar)
            return
        self.stdout.write(f"已发送 {reminders.remind(today=today, calendar=calendar)} 条提醒。")

    def _list(self, today: date, calendar: Any) -> None:
        count = 0
        for batch in reminders_due(today=today, calendar=calendar):
            for planned in batch:
                if planned.recipient is None or planned.skipped:
                    continue
                self.stdout.write(f"{planned.recipient.label}　{planned.words.title}　{planned.words.body}")
                count += 1
        self.stdout.write(f"将发送 {count} 条提醒（未发送）。")
