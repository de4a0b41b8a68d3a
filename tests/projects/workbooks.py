"""Small project lists as counties would send them, and the way through the import."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
from django.utils import timezone

from accounts.models import User
from projects.models import ImportDraft, Submission
from projects.services import importing

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
SAMPLES = Path(__file__).parents[1] / "samples"
HEADINGS = ("项目名称", "项目代码", "县市", "用地总面积（公顷）", "耕地（公顷）", "建设单位", "备注")


def row(
    name: str,
    *,
    code: str = "",
    county: str = "都匀市",
    total: object = 12.5,
    arable: object = 2,
    owner: str = "都匀市水务局",
    remark: str = "",
) -> tuple[object, ...]:
    return (name, code, county, total, arable, owner, remark)


def workbook(*rows: tuple[object, ...], headings: tuple[str, ...] = HEADINGS) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "项目清单"
    for values in (headings, *rows):
        sheet.append(values)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def staged(actor: User, content: bytes, filename: str = "清单.xlsx") -> ImportDraft:
    return importing.stage_upload(
        actor=actor, filename=filename, content=content, today=TODAY, now=timezone.now()
    )


def imported(actor: User, *rows: tuple[object, ...], **options: Any) -> Submission:
    draft = staged(actor, workbook(*rows))
    return importing.confirm_whole(actor=actor, draft_id=draft.pk, today=TODAY, **options)


def code(number: int, county: str = "522701") -> str:
    return f"2601-{county}-02-05-{number:06d}"
