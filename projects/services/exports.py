"""Workbooks of lists: asked for at once, made in the background, kept for whoever asked."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from accounts.models import User
from accounts.rights import Right, require
from audit.services import record
from jobs.models import Job
from jobs.services import enqueue
from projects.kept_lists import Asked, KeptList
from projects.list_refusals import ExportDayPast, NothingToExport
from projects.models import ExportSetting, ListExport, ListName


def ask_export(*, actor: User, kept: KeptList, query: str, asked: Asked, now: datetime) -> Job:
    """Have the rows of a list written to a workbook; the view wakes the workers afterwards.

    Asked twice, it is made twice: the list may have changed between. What is kept is the question;
    the rows are read with the actor's sight when the job runs.

    Args:
        query: as `projects.list_question.kept_query` writes it.
        asked: what the page said the list holds.

    Raises:
        NothingToExport: the list is empty.
    """
    if not asked.count or actor.organisation is None:
        raise NothingToExport("当前筛选没有可导出的行；放宽条件后再导出。")
    payload: dict[str, object] = {"actor": actor.pk, "query": query, "ids": list(asked.ids)}
    return enqueue(
        kind=kept.kind,
        key=f"{kept.kind}:{actor.pk}:{now.isoformat()}",
        title=f"导出{kept.name.label} {asked.count} 行",
        payload=payload,
        actor=actor,
        organisation=actor.organisation,
        now=now,
    )


@transaction.atomic
def keep_export(
    *, owner: User, list_name: ListName, query: str, filename: str, row_count: int, content: bytes
) -> ListExport:
    """Keep a finished workbook; called in the transaction that ends its job."""
    return ListExport.objects.create(
        owner=owner,
        list_name=list_name,
        query=query,
        filename=filename,
        row_count=row_count,
        content=content,
    )


@transaction.atomic
def set_keep_days(
    *, actor: User, effective_from: date, keep_days: int, note: str, today: date
) -> ExportSetting:
    """Keep finished workbooks for another number of days from a day on; a row of that day is replaced.

    Raises:
        ExportDayPast: a day before `today`.
    """
    require(actor, Right.EDIT_CRITERIA)
    if effective_from < today:
        raise ExportDayPast("生效日期早于今天，请改为今天或以后。", effective_from=effective_from)
    row, _ = ExportSetting.objects.update_or_create(
        effective_from=effective_from, defaults={"keep_days": keep_days, "note": note[:300]}
    )
    record(
        actor=actor,
        verb="export.keep_days_set",
        subject=row,
        facts={"keep_days": keep_days, "note": note[:300]},
        occurred_on=effective_from,
    )
    return row


def purge_exports(*, today: date) -> int:
    """Delete workbooks that are older than the days in force; answers how many. Safe to repeat.

    The day of making is day 0: kept for 30 days, a workbook of the first is gone on the 32nd day.
    Without a setting nothing is deleted.
    """
    setting = ExportSetting.objects.filter(effective_from__lte=today).order_by("-effective_from").first()
    if setting is None:
        return 0
    last_kept = today - timedelta(days=setting.keep_days)
    number, _ = ListExport.objects.filter(created_at__date__lt=last_kept).delete()
    return number
