"""Compare the stored days of projects' lamps with their deadlines, and put them right."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand

from core import clock
from projects.selectors.clock_drift import clock_drift, days_to_check
from projects.services.clocks import refresh_clocks


class Command(BaseCommand):
    help = "核对项目灯号与期限是否一致：一致退出 0，不一致逐条列出并退出 1。--repair 按期限重写。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--repair", action="store_true", help="按期限重写全部项目灯号")
        parser.add_argument("--today", type=date.fromisoformat, default=None, help="以此日为今天")

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(clock_drift(days=days_to_check(options["today"] or clock.today())))
        for drift in found:
            shown = drift.stored.label if drift.stored else "无"
            self.stdout.write(
                f"项目 {drift.project.pk}（{drift.project}）{drift.day}："
                f"存为{shown}，应为{drift.computed.label}"
            )
        self.stdout.write(f"{len(found)} 处不一致。")
        if options["repair"]:
            refresh_clocks({drift.project.pk for drift in found})
            self.stdout.write("已按期限重写。")
        elif found:
            sys.exit(1)
