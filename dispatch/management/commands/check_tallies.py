"""Compare the dashboard's kept figures with deadlines and projects, and put them right."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand

from core import clock
from dispatch.selectors.tally_drift import tally_drift
from dispatch.services.tallies import retally


class Command(BaseCommand):
    help = "核对总览计数与期限、项目是否一致：一致退出 0，不一致逐条列出并退出 1。--repair 重新计数。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--repair", action="store_true", help="全部重新计数")
        parser.add_argument("--today", type=date.fromisoformat, default=None, help="以此日为今天")

    def handle(self, *args: Any, **options: Any) -> None:
        found = tally_drift(today=options["today"] or clock.today())
        for drift in found:
            self.stdout.write(f"{drift.cell}：存为 {drift.kept}，应为 {drift.counted}")
        self.stdout.write(f"{len(found)} 处不一致。")
        if options["repair"]:
            retally()
            self.stdout.write("已重新计数。")
        elif found:
            sys.exit(1)
