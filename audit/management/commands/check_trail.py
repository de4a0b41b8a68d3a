"""Prove the log against its chain."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.checking import Head, check_trail
from core import clock


class Command(BaseCommand):
    help = "逐条核对操作日志的校验链：被删除、改动、调换、事后插入的记录逐条列出。一致退出 0，不一致退出 1。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--since", metavar="序号:校验值", help="另存的链首（见备份清单或操作日志页），核对链仍经过它"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        proof = check_trail(now=clock.now(), since=_head(options["since"]))
        for finding in proof.findings:
            self.stdout.write(finding)
        self.stdout.write(
            f"{proof.links} 环已核对，其中 {proof.purged} 条记录到期已清理；发现 {proof.wrong} 处不符。"
            f"链首 {proof.head.position}:{proof.head.digest}"
        )
        if not proof.is_sound:
            sys.exit(1)


def _head(text: str | None) -> Head | None:
    if not text:
        return None
    position, _, digest = text.partition(":")
    if not position.isdigit() or not digest:
        raise CommandError("--since 须写成 序号:校验值。")
    return Head(int(position), digest)
