"""Prove every stored balance against its movements."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from quotas.proof import lines_of, prove


class Command(BaseCommand):
    help = "逐个账户核对指标余额与分录之和。一致退出 0，不一致逐条列出并退出 1。"

    def handle(self, *args: Any, **options: Any) -> None:
        proof = prove()
        for line in lines_of(proof):
            self.stdout.write(line)
        self.stdout.write(f"{proof.accounts} 个账户、{proof.movements} 笔分录已核对。")
        if not proof.is_sound:
            sys.exit(1)
