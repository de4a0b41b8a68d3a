"""Bring a backup back into an empty database."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core import clock
from core.errors import DomainError
from upkeep.backups.restoring import restore_backup


class Command(BaseCommand):
    help = "把一份备份恢复到空数据库，并逐表、逐文件、逐账户核对。备份有任何一个字节不符即拒绝。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "folder", type=Path, help="备份所在目录（内有 database.dump、manifest.json、SHA256SUMS）"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            manifest = restore_backup(options["folder"], now=clock.now())
        except DomainError as refusal:
            self.stderr.write(refusal.message)
            sys.exit(1)
        inventory = manifest.inventory
        self.stdout.write(
            f"已恢复 {manifest.made_at:%Y-%m-%d %H:%M} 的备份：{len(inventory.tables)} 张表、"
            f"{inventory.row_count} 行，内容一致；{inventory.ledger['accounts']} 个指标账户已核对。"
        )
