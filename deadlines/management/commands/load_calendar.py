"""Load a year of the official calendar from a file, or from what ships with the product."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from core import clock
from deadlines import calendar_services, services
from deadlines.calendar_file import read_calendar_file
from deadlines.models import CalendarRevision, CalendarYear


class Command(BaseCommand):
    help = (
        "导入工作日历。FILE.csv：日期,类型（休/班）,名称，须同时给出 --notice；--year：产品内置的年度，"
        "内置没有的按法定节日暂定。都不给时补齐全部内置年度和其后两个暂定年度。可重复执行。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        source = parser.add_mutually_exclusive_group()
        source.add_argument("file", nargs="?", type=Path, help="CSV 文件")
        source.add_argument("--year", type=int, help="年度")
        parser.add_argument("--notice", default="", help="通知文号，如 国办发明电〔2025〕7号")
        parser.add_argument("--dry-run", action="store_true", help="只显示将要改动的内容，不写入")
        parser.add_argument("--today", type=date.fromisoformat, default=None, help="以此日为今天")

    def handle(self, *args: Any, **options: Any) -> None:
        today = options["today"] or clock.today()
        before = CalendarRevision.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        with transaction.atomic():
            revisions = self._load(options, today)
            transaction.set_rollback(options["dry_run"])
        done = "将" if options["dry_run"] else "已"
        for revision in revisions:
            if revision.pk <= before:
                self.stdout.write(f"{revision.year}年：没有变化。")
                continue
            moved = revision.recomputed.get("moved", [])
            moved_count = revision.recomputed.get("moved_count", len(moved))
            self.stdout.write(
                f"{revision.year}年：{done}改动 {len(revision.changed_days)} 天，"
                f"{moved_count} 项期限的到期日改变。"
            )
            for row in moved:
                self.stdout.write(f"  {row['label']}：{row['from']} → {row['to']}")

    def _load(self, options: dict[str, Any], today: date) -> list[CalendarRevision]:
        if options["file"] is not None:
            return [self._load_file(options["file"], options["notice"], today)]
        if options["year"] is not None:
            return [self._load_year(options["year"], options["notice"], today)]
        official = [
            calendar_services.load_shipped(year=row.year, notice_no=row.notice_no, today=today)
            for row in CalendarYear.objects.filter(status=CalendarYear.Status.OFFICIAL)
            if calendar_services.is_shipped(row.year) and not row.notice_no
        ]
        return official + calendar_services.ensure_provisional_years(today=today)

    def _load_file(self, file: Path, notice_no: str, today: date) -> CalendarRevision:
        if not notice_no:
            raise CommandError("从文件导入须用 --notice 给出通知文号。")
        try:
            content = file.read_bytes()
        except OSError as error:
            raise CommandError(f"读不到文件 {file}：{error.strerror}。") from error
        read = read_calendar_file(content)
        if read.problems or read.year is None:
            raise CommandError("\n".join(["文件有问题，没有导入：", *read.problems]))
        return services.load_year(
            days=services.YearDays(year=read.year, holidays=read.holidays, makeup_days=read.makeup_days),
            status=CalendarYear.Status.OFFICIAL,
            notice_no=notice_no,
            source=content.decode("utf-8", errors="replace"),
            actor=None,
            today=today,
        )

    def _load_year(self, year: int, notice_no: str, today: date) -> CalendarRevision:
        if calendar_services.is_shipped(year):
            return calendar_services.load_shipped(year=year, notice_no=notice_no, today=today)
        entered = CalendarYear.objects.filter(year=year, status=CalendarYear.Status.OFFICIAL).first()
        if entered is not None:
            raise CommandError(f"{year}年已按通知录入（{entered.notice_no}），不再按法定节日暂定。")
        return calendar_services.load_provisional(year=year, today=today)
