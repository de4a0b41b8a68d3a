"""Bring the organisation tree to what the product ships."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from accounts import selectors, services


class Command(BaseCommand):
    help = "导入随产品提供的单位树和别名；可重复执行，已停用的单位保持停用。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="只显示将要改动的内容，不写入")

    def handle(self, *args: Any, **options: Any) -> None:
        plan = selectors.tree_plan() if options["dry_run"] else services.load_organisations()
        for unit in plan.created:
            self.stdout.write(f"新增 {unit.code} {unit.name}")
        for unit in plan.changed:
            self.stdout.write(f"更新 {unit.code} {unit.name}")
        for alias in plan.aliases:
            self.stdout.write(f"别名 {alias.alias} → {alias.code}")
        done = "将" if options["dry_run"] else "已"
        self.stdout.write(
            f"{done}新增 {len(plan.created)} 个单位、更新 {len(plan.changed)} 个单位、"
            f"新增 {len(plan.aliases)} 个别名。"
        )
