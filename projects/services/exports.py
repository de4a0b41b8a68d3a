"""Workbooks of lists: asked for at once, made in the background, kept for whoever asked."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from jobs.models import Job
from jobs.services import enqueue
from projects.kept_lists import Asked, KeptList
from projects.list_refusals import NothingToExport
from projects.models import ListExport, ListName


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
