"""Make an account from the console: how a new installation gets its first administrator."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts import services
from accounts.models import Organisation, User
from core.errors import DomainError


class Command(BaseCommand):
    help = "新建账号并显示一次性密码；首次登录须修改。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="用户名")
        parser.add_argument("--organisation", required=True, help="单位代码，例如 522700-ZRZY")
        parser.add_argument("--role", required=True, choices=User.Role.values, help="岗位")
        parser.add_argument("--title", default="", help="职务")
        parser.add_argument("--email", default="", help="电子邮箱")
        parser.add_argument("--dry-run", action="store_true", help="只检查，不写入")

    def handle(self, *args: Any, **options: Any) -> None:
        organisation = Organisation.objects.filter(code=options["organisation"], is_active=True).first()
        if organisation is None:
            raise CommandError(f"没有代码为 {options['organisation']} 的在用单位。")
        person = services.Person(
            username=options["username"],
            title=options["title"],
            email=options["email"],
            role=User.Role(options["role"]),
            organisation=organisation,
        )
        try:
            with transaction.atomic():
                made = services.create_user(person=person, actor=None)
                transaction.set_rollback(options["dry_run"])
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        if options["dry_run"]:
            self.stdout.write(f"可以新建账号 {person.username}。")
        else:
            self.stdout.write(f"已新建账号 {person.username}，一次性密码：{made.password}")
