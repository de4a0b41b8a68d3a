"""Load the step catalogue that ships with the product."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from approvals import catalogue_file
from approvals.models import StepLimit, StepType


class Command(BaseCommand):
    """Idempotent: adds the step types that are missing and leaves the others alone."""

    help = "Load the step types that the database lacks from approvals/reference/steps.json."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would be added, write nothing")

    @transaction.atomic
    def handle(self, *, dry_run: bool, **options: Any) -> None:
        created = catalogue_file.load(StepType, StepLimit)
        if dry_run:
            transaction.set_rollback(True)
        word = "将新增" if dry_run else "已新增"
        self.stdout.write(
            f"步骤目录：{word} {len(created)} 个步骤{('：' + '、'.join(created)) if created else ''}。"
        )
