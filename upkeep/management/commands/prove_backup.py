"""Compare the database served here with a backup; the drill runs it on the restored copy."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.errors import DomainError
from upkeep.backups.manifest import read_backup
from upkeep.backups.restoring import refuse_differences


class Command(BaseCommand):
    help = "逐表逐文件核对当前数据库与一份备份，并核对指标账。一致退出 0，不一致以 JSON 说明并退出 1。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="备份所在目录")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            refuse_differences(read_backup(options["folder"]))
        except DomainError as refusal:
            told = {"message": refusal.message, "differences": refusal.facts.get("differences", [])}
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            sys.exit(1)
        self.stdout.write("与备份一致。")
