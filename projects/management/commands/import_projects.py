"""Import a project list from a file: the same rules as the page."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from accounts.models import Organisation, User
from accounts.rights import Right, allowed
from core import clock
from core.errors import DomainError
from projects.models import ImportDraft, Project, ProjectQuerySet
from projects.models.sharing import shared_with
from projects.preview_json import preview_json
from projects.rules.list_reading import ListReading
from projects.selectors import previews
from projects.selectors.baselines import download_of
from projects.selectors.previews import Preview
from projects.services import importing

UNREADABLE = 2
HAS_ERRORS = 1
HANDS_IN = (*Organisation.REPORTING_KINDS, Organisation.Kind.PREFECTURE)


class Command(BaseCommand):
    help = (
        "Read a project list and import it for an organisation. Exit code: 0 without error rows, 1 with, "
        "2 when the file cannot be read. With error rows nothing is imported unless --good-rows is given. "
        "A list that was taken along pre-filled is compared cell by cell, as on the page."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="workbook: .xlsx, .xlsm, .xls, .csv")
        parser.add_argument(
            "--organisation", required=True, metavar="CODE", help="county, park, department, 522700"
        )
        parser.add_argument("--dry-run", action="store_true", help="preview only, store nothing")
        parser.add_argument("--json", action="store_true", help="print the preview as JSON and nothing else")
        parser.add_argument(
            "--today", type=date.fromisoformat, metavar="DATE", help="the office day, YYYY-MM-DD"
        )
        parser.add_argument(
            "--user", metavar="USERNAME", help="who imports; default: the first who may, of the unit"
        )
        parser.add_argument(
            "--good-rows", action="store_true", help="leave out rows with errors or conflicts"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        today: date = options["today"] or clock.today()
        organisation = self._organisation(options["organisation"])
        try:
            content = options["file"].read_bytes()
            reading = previews.read_submission(
                content=content, filename=options["file"].name, organisation=organisation, today=today
            )
        except OSError as failure:
            raise CommandError(f"文件无法打开：{failure.strerror}。", returncode=UNREADABLE) from failure
        except DomainError as refusal:
            raise CommandError(refusal.message, returncode=UNREADABLE) from refusal
        preview = self._compare(reading, content, organisation, options)
        if options["json"]:
            self.stdout.write(json.dumps(preview_json(preview), ensure_ascii=False, indent=1))
        else:
            self._print(preview)
        if not options["dry_run"] and preview.importable and (options["good_rows"] or not preview.blocked):
            self._import(preview, content, organisation, today, options)
        if preview.blocked:
            raise SystemExit(HAS_ERRORS)

    def _compare(
        self, reading: ListReading, content: bytes, organisation: Organisation, options: dict[str, Any]
    ) -> Preview:
        """What the import would do. A list that was taken along comes back cell by cell, as on the
        page: against what was downloaded and what is stored, with the rights of who imports it.
        """
        filename = options["file"].name
        if reading.mark is None or not reading.mark.is_keyed:
            return previews.preview(
                reading=reading,
                filename=filename,
                organisation=organisation,
                visible=visible_to_unit(organisation),
            )
        actor = self._actor(organisation, options["user"])
        draft = ImportDraft(
            owner=actor,
            organisation=organisation,
            filename=filename,
            content=content,
            download=download_of(mark=reading.mark, actor=actor),
        )
        return previews.compare_with_stored(draft=draft, reading=reading, actor=actor)

    def _organisation(self, code: str) -> Organisation:
        """The unit named, or the county, park or prefecture whose bureau or office it is."""
        try:
            found = Organisation.objects.get(code=code, is_active=True)
        except Organisation.DoesNotExist as unknown:
            raise CommandError(f"没有代码为 {code} 的单位。", returncode=UNREADABLE) from unknown
        if found.kind == Organisation.Kind.DEPARTMENT:
            return found
        above = Organisation.objects.filter(code__in=found.ancestor_codes, kind__in=HANDS_IN)
        return above.order_by("-path").first() or found

    def _print(self, preview: Preview) -> None:
        for problem in preview.problems:
            hint = f"（{problem.suggestion}）" if problem.suggestion else ""
            self.stdout.write(
                f"{problem.cell}\t{problem.severity.value}\t{problem.field}：{problem.message}{hint}"
            )
        for row in preview.rows:
            for cell in (cell for cell in row.cells if cell.is_open):
                self.stdout.write(
                    f"第 {row.row} 行\tconflict\t{cell.label}：下载时“{cell.base}”，"
                    f"系统现为“{cell.stored}”，文件为“{cell.uploaded}”（请在网页上逐格取舍）"
                )
        numbers = " ".join(f"{name}={number}" for name, number in preview.summary.items())
        self.stdout.write(numbers)

    def _import(
        self,
        preview: Preview,
        content: bytes,
        organisation: Organisation,
        today: date,
        options: dict[str, Any],
    ) -> None:
        actor = self._actor(organisation, options["user"])
        act = importing.confirm_good_rows if options["good_rows"] else importing.confirm_whole
        try:
            draft = importing.stage_upload(
                actor=actor, filename=preview.filename, content=content, today=today, now=clock.now()
            )
            act(actor=actor, draft_id=draft.pk, today=today)
        except (DomainError, PermissionDenied) as refusal:
            raise CommandError(str(refusal), returncode=HAS_ERRORS) from refusal

    def _actor(self, organisation: Organisation, username: str | None) -> User:
        people = User.objects.filter(is_active=True, organisation__path__startswith=organisation.path)
        if username:
            people = people.filter(username=username)
        for person in people.select_related("organisation").order_by("pk"):
            if allowed(person, Right.SUBMIT_LIST) and previews.reporting_organisation(person) == organisation:
                return person
        raise CommandError(
            f"{organisation.name}没有可以报送清单的用户，请先建立用户或用 --user 指定。",
            returncode=HAS_ERRORS,
        )


def visible_to_unit(organisation: Organisation) -> ProjectQuerySet:
    """What the people of a unit see: its subtree and what it shares; of a department, what it handed in."""
    if organisation.kind in HANDS_IN:
        own = Q(organisation__path__startswith=organisation.path)
        return Project.objects.filter(own | Q(pk__in=shared_with(organisation.path)))
    return Project.objects.filter(submitted_by__path__startswith=organisation.path)
