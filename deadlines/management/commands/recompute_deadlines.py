"""Compare stored due dates with their facts, and put them right."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand

from core import clock
from deadlines import sweep


class Command(BaseCommand):
    help = (
        "按事实重算未办结期限的到期日和灯号。--check 只比对：一致退出 0，不一致逐条列出并退出 1。"
        "--dry-run 列出将要改动的内容，不写入。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="只比对，不一致时退出码为 1")
        parser.add_argument("--dry-run", action="store_true", help="只列出将要改动的内容")
        parser.add_argument("--today", type=date.fromisoformat, default=None, help="以此日为今天")

    def handle(self, *args: Any, **options: Any) -> None:
        today = options["today"] or clock.today()
        found = list(sweep.deadline_drift(today=today))
        for drift in found:
            self.stdout.write(
                f"期限 {drift.deadline.pk}（{drift.deadline}）{drift.column}："
                f"存 {drift.stored}，应为 {drift.computed}"
            )
        if options["check"] or options["dry_run"]:
            self.stdout.write(f"{len(found)} 处不一致。")
            if options["check"] and found:
                sys.exit(1)
            return
        swept = sweep.recompute_open(today=today)
        self.stdout.write(f"已更正 {len(found)} 处，其中 {swept.moved_count} 项到期日改变。")
